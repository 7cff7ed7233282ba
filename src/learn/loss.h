/* The losses, one entry each: no other file knows which there are. */
#ifndef OC_LEARN_LOSS_H
#define OC_LEARN_LOSS_H

#include <ocellus/classifier.h>

/* Curvature by the scores: of the loss of one row; of its mean over rows whose classes are evenly mixed; and of that mean
 * near the optimum, a guess to start with. */
typedef struct oc_curvature {
    double row, mean, usual;
} oc_curvature;

/* Of one row of scores (C) with true class y. */
typedef struct oc_loss_type {
    /* The loss; gradient (C), when not NULL, takes dL/ds. */
    double (*value)(const double *scores, size_t classes, size_t y, double *gradient);
    /* The loss with its kink rounded off over `width`, at most width / 8 above; gradient is not NULL. NULL where the loss
     * has a gradient everywhere. */
    double (*rounded)(double width, const double *scores, size_t classes, size_t y, double *gradient);
    /* How near the scores come to where the loss has no second derivative; NULL where it has one everywhere. */
    double (*distance_to_kink)(const double *scores, size_t classes, size_t y);
    oc_curvature (*curvature)(size_t classes);
} oc_loss_type;

/* By oc_loss: the losses, and what they are called, ended by NULL. */
extern const oc_loss_type oc_loss_types[];
extern const char *const oc_loss_names[];
extern const size_t oc_loss_count;

#endif
