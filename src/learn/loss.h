/* The table of losses. No other file depends on a particular loss. */
#ifndef OC_LEARN_LOSS_H
#define OC_LEARN_LOSS_H

#include <ocellus/classifier.h>

/* Curvature with respect to the scores: of the loss of one row; of the mean loss of rows with balanced classes; and of
 * that mean near the optimum, as an initial guess. */
typedef struct oc_curvature {
    double row, mean, usual;
} oc_curvature;

/* All functions are for one row of scores (C) with true class y. */
typedef struct oc_loss_type {
    /* Returns the loss; gradient (C), if not NULL, is set to dL/ds. */
    double (*value)(const double *scores, size_t classes, size_t y, double *gradient);
    /* The loss with its kink rounded off over `width`: at most width / 8 larger; gradient is not NULL. NULL if the loss
     * has a gradient everywhere. */
    double (*rounded)(double width, const double *scores, size_t classes, size_t y, double *gradient);
    /* The distance of the scores from the points without a second derivative; NULL if there are no such points. */
    double (*distance_to_kink)(const double *scores, size_t classes, size_t y);
    oc_curvature (*curvature)(size_t classes);
} oc_loss_type;

/* Indexed by oc_loss: the losses, and their names; NULL after the last name. */
extern const oc_loss_type oc_loss_types[];
extern const char *const oc_loss_names[];
extern const size_t oc_loss_count;

#endif
