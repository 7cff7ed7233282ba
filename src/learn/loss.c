/* Losses of the scores of one row, and their gradients by the scores, in double precision: nearly all the time is spent
 * on the products that give the scores.
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
static double margins(const double *scores, size_t classes, size_t y, double *gradient, bool squared)
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

static double hinge(const double *scores, size_t classes, size_t y, double *gradient)
{
    return margins(scores, classes, y, gradient, false);
}

static double squared_hinge(const double *scores, size_t classes, size_t y, double *gradient)
{
    return margins(scores, classes, y, gradient, true);
}

/* (m + width / 2)^2 / (2 width) for margins within width / 2 of 0. */
static double rounded_hinge(double width, const double *scores, size_t classes, size_t y, double *gradient)
{
    double sum = 0, pull = 0;
    for (size_t j = 0; j < classes; j++) {
        double above = scores[j] - scores[y] + 1 + width / 2; /* distance from the start of the rounded part */
        double slope = j == y ? 0 : fmin(fmax(above / width, 0), 1);
        sum += slope * (above - slope * width / 2);
        pull += slope;
        gradient[j] = slope;
    }
    gradient[y] = -pull;
    return sum;
}

static double to_margin_kink(const double *scores, size_t classes, size_t y)
{
    double least = INFINITY;
    for (size_t c = 0; c < classes; c++) {
        least = c == y ? least : fmin(least, fabs(scores[c] - scores[y] + 1));
    }
    return least;
}

static double to_ovr_kink(const double *scores, size_t classes, size_t y)
{
    double least = INFINITY;
    for (size_t c = 0; c < classes; c++) {
        least = fmin(least, fabs(1 - (c == y ? 1 : -1) * scores[c]));
    }
    return least;
}

/* The largest eigenvalue of the Hessian, with two exceptions. Softmax: half of Boehning's (1992) bound 1/2, which is
 * reached only by two classes of equal probability. Hinge, which has no Hessian: half of the value of the squared
 * hinge. In measurements, minibatches came closest to the optimum with these values. */
static oc_curvature of_softmax(size_t classes)
{
    return (oc_curvature){0.25, 0.25, 1 / (double)classes};
}

static oc_curvature of_hinge(size_t classes)
{
    return (oc_curvature){(double)classes, 2, 2};
}

/* Of one row the Hessian is 2 sum_{j != y} (e_j - e_y)(e_j - e_y)^T, largest eigenvalue 2 C; its mean over all y is
 * 4 (I - 11^T / C). */
static oc_curvature of_squared_hinge(size_t classes)
{
    return (oc_curvature){2 * (double)classes, 4, 2};
}

static oc_curvature of_squares(size_t classes)
{
    (void)classes;
    return (oc_curvature){2, 2, 2};
}

const char *const oc_loss_names[] = {"softmax", "hinge", "squared-hinge", "ovr-squared-hinge", "square", NULL};
const oc_loss_type oc_loss_types[] = {
    [OC_LOSS_SOFTMAX] = {softmax, NULL, NULL, of_softmax},
    [OC_LOSS_HINGE] = {hinge, rounded_hinge, to_margin_kink, of_hinge},
    [OC_LOSS_SQUARED_HINGE] = {squared_hinge, NULL, to_margin_kink, of_squared_hinge},
    [OC_LOSS_OVR_SQUARED_HINGE] = {ovr_squared_hinge, NULL, to_ovr_kink, of_squares},
    [OC_LOSS_SQUARE] = {square, NULL, NULL, of_squares},
};
const size_t oc_loss_count = sizeof oc_loss_types / sizeof *oc_loss_types;

double oc_loss_value(oc_loss loss, const double *scores, size_t classes, size_t y, double *gradient)
{
    return oc_loss_types[loss].value(scores, classes, y, gradient);
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
