/* Probabilities from scores: p = softmax(a s), with one factor a for all classes ("temperature scaling": Guo, Pleiss,
 * Sun and Weinberger, "On calibration of modern neural networks", 2017). The order of the classes stays. */
#ifndef OC_LEARN_CALIBRATION_H
#define OC_LEARN_CALIBRATION_H

#include <stddef.h>

/* The factor of least log loss for scores (N,C) of rows that were not trained on, with true classes labels (N): within
 * 1e-3 .. 1e3 over the root mean square of the scores' distances from the true class's. 1 where all scores are equal. */
double oc_calibrate(const float *scores, const int *labels, size_t count, size_t classes);

/* Mean of -log p of the true class, with p = softmax(factor * scores). */
double oc_log_loss(const float *scores, const int *labels, size_t count, size_t classes, double factor);

#endif
