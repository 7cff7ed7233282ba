/* Probabilities from scores: p = softmax(a s), with one factor a for all classes ("temperature scaling": Guo, Pleiss,
 * Sun and Weinberger, "On calibration of modern neural networks", 2017). The order of the classes is kept. */
#ifndef OC_LEARN_CALIBRATION_H
#define OC_LEARN_CALIBRATION_H

#include <stddef.h>

/* The factor with the least log loss for scores (N,C) of rows that were not trained on, with true classes labels (N).
 * It is in the range 1e-3 / r .. 1e3 / r, r = the root mean square of s_j - s_y. 1 when all scores are equal. */
double oc_calibrate(const float *scores, const int *labels, size_t count, size_t classes);

/* -log p of class y, with p = softmax(factor * scores) for the scores (C) of a row. */
double oc_row_log_loss(const float *scores, size_t classes, size_t y, double factor);
/* The mean of oc_row_log_loss over rows with these labels. */
double oc_log_loss(const float *scores, const int *labels, size_t count, size_t classes, double factor);

#endif
