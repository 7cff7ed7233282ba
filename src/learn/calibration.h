/* Probabilities from scores: p = softmax(a s), with one factor a for all classes ("temperature scaling": Guo, Pleiss,
 * Sun and Weinberger, "On calibration of modern neural networks", 2017). The order of the classes is kept. */
#ifndef OC_LEARN_CALIBRATION_H
#define OC_LEARN_CALIBRATION_H

#include <stddef.h>

/* Scores of rows that were not trained on. */
typedef struct oc_scored {
    const float *scores; /* (N,C) */
    const int *labels;   /* (N): the true classes */
    size_t count, classes;
    const double *importance; /* (C): weight of the rows of each class; NULL: 1 */
} oc_scored;

/* The weight of a row. */
double oc_scored_weight(const oc_scored *scored, size_t row);

/* The factor with the least log loss. It is in the range 1e-3 / r .. 1e3 / r, r = the root mean square of s_j - s_y. 1
 * when all scores are equal. */
double oc_calibrate(const oc_scored *scored);

/* -log p of class y, with p = softmax(factor * scores) for the scores (C) of a row. */
double oc_row_log_loss(const float *scores, size_t classes, size_t y, double factor);
/* The weighted mean of oc_row_log_loss. */
double oc_log_loss(const oc_scored *scored, double factor);

#endif
