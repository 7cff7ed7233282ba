/* Losses of the scores of one row, and their gradients by the scores. In double precision: the scores of a row are few,
 * the products that make them are where the work is.
 *
 * Every loss here is convex in the scores s; t_j = +1 for the true class y and -1 for the others. */
#include "src/learn/loss.h"

#include <math.h>
#include <stdbool.h>

/* -s_y + log sum_j exp s_j; gradient p_j - [j = y]. The maximum is subtracted first, so nothing overflows. */
static double softmax(const double *scores, size_t classes, size_t y, double *gradient)
{
    double highest = scores[0], sum = 0;
    for (size_t j = 1; j < classes; j++) {
        highest = scores[j] > highest ? scores[j] : highest;
    }
    for (size_t j = 0; j < classes; j++) {
        double e = exp(scores[j] - highest);
        sum += e;
        if (gradient) {
            gradient[j] = e;
        }
    }
    for (size_t j = 0; gradient && j < classes; j++) {
        gradient[j] /= sum;
    }
    if (gradient) {
        gradient[y] -= 1;
    }
    return highest - scores[y] + log(sum);
}

/* sum_{j != y} m_j with m_j = max(0, s_j - s_y + 1), or of its square. */
static double hinge(const double *scores, size_t classes, size_t y, double *gradient, bool squared)
{
    double loss = 0, pull = 0;
    for (size_t j = 0; j < classes; j++) {
        double margin = j == y ? 0 : fmax(0, scores[j] - scores[y] + 1);
        double slope = margin > 0 ? (squared ? 2 * margin : 1) : 0;
        loss += squared ? margin * margin : margin;
        pull += slope;
        if (gradient) {
            gradient[j] = slope;
        }
    }
    if (gradient) {
        gradient[y] = -pull;
    }
    return loss;
}

/* sum_j max(0, 1 - t_j s_j)^2 */
static double ovr_squared_hinge(const double *scores, size_t classes, size_t y, double *gradient)
{
    double loss = 0;
    for (size_t j = 0; j < classes; j++) {
        double t = j == y ? 1 : -1;
        double margin = fmax(0, 1 - t * scores[j]);
        loss += margin * margin;
        if (gradient) {
            gradient[j] = -2 * t * margin;
        }
    }
    return loss;
}

/* sum_j (s_j - t_j)^2 */
static double square(const double *scores, size_t classes, size_t y, double *gradient)
{
    double loss = 0;
    for (size_t j = 0; j < classes; j++) {
        double difference = scores[j] - (j == y ? 1 : -1);
        loss += difference * difference;
        if (gradient) {
            gradient[j] = 2 * difference;
        }
    }
    return loss;
}

double oc_loss_value(oc_loss loss, const double *scores, size_t classes, size_t y, double *gradient)
{
    switch (loss) {
    case OC_LOSS_SOFTMAX:
        return softmax(scores, classes, y, gradient);
    case OC_LOSS_HINGE:
    case OC_LOSS_SQUARED_HINGE:
        return hinge(scores, classes, y, gradient, loss == OC_LOSS_SQUARED_HINGE);
    case OC_LOSS_OVR_SQUARED_HINGE:
        return ovr_squared_hinge(scores, classes, y, gradient);
    case OC_LOSS_SQUARE:
        return square(scores, classes, y, gradient);
    }
    return NAN;
}

double oc_loss_rounded(oc_loss loss, double width, const double *scores, size_t classes, size_t y, double *gradient)
{
    if (loss != OC_LOSS_HINGE || !(width > 0)) {
        return oc_loss_value(loss, scores, classes, y, gradient);
    }
    double sum = 0, pull = 0;
    for (size_t j = 0; j < classes; j++) {
        double above = scores[j] - scores[y] + 1 + width / 2; /* the start of the bend */
        double slope = j == y ? 0 : fmin(fmax(above / width, 0), 1);
        sum += slope * (above - slope * width / 2);
        pull += slope;
        gradient[j] = slope;
    }
    gradient[y] = -pull;
    return sum;
}

/* The squared hinge of one row has the Hessian 2 sum_{j != y} (e_j - e_y)(e_j - e_y)^T, largest eigenvalue 2
 * C; its mean over all y is 4 (I - 11^T / C). */
oc_curvature oc_loss_curvature(oc_loss loss, size_t classes)
{
    switch (loss) {
    case OC_LOSS_SOFTMAX:
        return (oc_curvature){0.25, 0.25, 1 / (double)classes};
    case OC_LOSS_HINGE:
        return (oc_curvature){(double)classes, 2, 2};
    case OC_LOSS_SQUARED_HINGE:
        return (oc_curvature){2 * (double)classes, 4, 2};
    case OC_LOSS_OVR_SQUARED_HINGE:
    case OC_LOSS_SQUARE:
        break;
    }
    return (oc_curvature){2, 2, 2};
}

void oc_softmax(const float *scores, size_t classes, float *probabilities)
{
    float highest = scores[0];
    double sum = 0;
    for (size_t j = 1; j < classes; j++) {
        highest = scores[j] > highest ? scores[j] : highest;
    }
    for (size_t j = 0; j < classes; j++) {
        double e = exp((double)scores[j] - (double)highest);
        probabilities[j] = (float)e;
        sum += e;
    }
    for (size_t j = 0; j < classes; j++) {
        probabilities[j] = (float)(probabilities[j] / sum);
    }
}
