/* What the optimiser needs to know of a loss besides its value (oc_loss_value in the public header). */
#ifndef OC_LEARN_LOSS_H
#define OC_LEARN_LOSS_H

#include <ocellus/classifier.h>

/* Curvature by the scores: of the loss of one row, and of its mean over rows whose classes are evenly mixed.
 * Both are the largest eigenvalue of the Hessian, but for softmax, where it is half of Boehning's (1992)
 * bound 1/2, which is reached only between two classes of equal probability, and for the hinge, which has no
 * Hessian and is taken half as steep as its square: measured, minibatches then come closest to the optimum. */
typedef struct oc_curvature {
    double row, mean, usual; /* usual: near the optimum, a guess to start with; of a softmax of C equal classes 1 / C */
} oc_curvature;

/* The loss with the kink of the hinge rounded off: for margins m = s_j - s_y + 1 within width / 2 of 0 it is (m +
 * width / 2)^2 / (2 width), at most width / 8 above. Everything else is as in oc_loss_value. gradient is not NULL. */
double oc_loss_rounded(oc_loss loss, double width, const double *scores, size_t classes, size_t y, double *gradient);

oc_curvature oc_loss_curvature(oc_loss loss, size_t classes);

#endif
