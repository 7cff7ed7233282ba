/* The cross-entropy L(a) = mean_i [ log sum_j exp a s_ij - a sum_j t_ij s_ij ] is convex in a: its slope, the mean of
 * sum_j (p_ij - t_ij) s_ij, rises, and its zero is found by Newton steps that stay in an interval of log a, or else
 * halve it. The targets t are 1 - e for the true class, and e for the highest score among the others, with e =
 * 1 / (N + 2): without e, the factor would be infinite when all N rows are classified correctly, although the next row
 * may not be (Platt, "Probabilistic outputs for support vector machines", 1999, section 2.2, for two classes). */
#include "src/learn/calibration.h"

#include <math.h>

enum { STEPS = 40 };
static const double WIDEST = 1e3; /* limit of a times the root mean square of the scores, and of its inverse */
static const double EXACT = 1e-9; /* change of log a at which the search ends */

/* Derivatives of the log loss with respect to the factor. */
typedef struct slopes {
    double first, second;
} slopes;

/* Returns -log p of the true class of one row, and adds its derivatives. */
static double row_loss(const float *s, size_t classes, size_t y, double factor, slopes *slope)
{
    double highest = 0, sum = 0, mean = 0, square = 0;
    for (size_t j = 0; j < classes; j++) {
        highest = fmax(highest, factor * ((double)s[j] - (double)s[y]));
    }
    for (size_t j = 0; j < classes; j++) {
        double ahead = (double)s[j] - (double)s[y], e = exp(factor * ahead - highest);
        sum += e;
        mean += e * ahead;
        square += e * ahead * ahead;
    }
    mean /= sum;
    slope->first += mean;
    slope->second += square / sum - mean * mean;
    return highest + log(sum);
}

double oc_scored_weight(const oc_scored *s, size_t row)
{
    return s->importance ? s->importance[s->labels[row]] : 1;
}

static slopes slopes_at(const oc_scored *s, double factor)
{
    slopes total = {0};
    double doubt = 1 / ((double)s->count + 2);
    for (size_t i = 0; i < s->count; i++) {
        const float *scores = s->scores + i * s->classes;
        size_t y = (size_t)s->labels[i];
        slopes row = {0};
        double nearest = -INFINITY, weight = oc_scored_weight(s, i);
        row_loss(scores, s->classes, y, factor, &row);
        for (size_t j = 0; j < s->classes; j++) {
            nearest = j == y ? nearest : fmax(nearest, (double)scores[j] - (double)scores[y]);
        }
        total.first += weight * (row.first - doubt * nearest);
        total.second += weight * row.second;
    }
    return total;
}

double oc_calibrate(const oc_scored *scored)
{
    double square = 0;
    for (size_t i = 0; i < scored->count; i++) {
        const float *s = scored->scores + i * scored->classes;
        for (size_t j = 0; j < scored->classes; j++) {
            double ahead = (double)s[j] - (double)s[scored->labels[i]];
            square += ahead * ahead / ((double)scored->count * (double)scored->classes);
        }
    }
    if (!(square > 0) || !isfinite(square)) {
        return 1;
    }
    double low = -log(WIDEST), high = log(WIDEST), unit = 1 / sqrt(square), log_factor = 0, step = 1;
    for (int k = 0; k < STEPS && fabs(step) > EXACT; k++) {
        double factor = unit * exp(log_factor);
        slopes found = slopes_at(scored, factor);
        low = found.first < 0 ? log_factor : low;
        high = found.first < 0 ? high : log_factor;
        double next = log_factor +
                      log(fmax(1 - found.first / (found.second * factor), 0)); /* infinite values are outside */
        next = next >= low && next <= high ? next : (low + high) / 2;
        step = next - log_factor;
        log_factor = next;
    }
    return unit * exp(log_factor);
}

double oc_row_log_loss(const float *scores, size_t classes, size_t y, double factor)
{
    slopes slope = {0};
    return row_loss(scores, classes, y, factor, &slope);
}

double oc_log_loss(const oc_scored *s, double factor)
{
    double total = 0, weights = 0;
    for (size_t i = 0; i < s->count; i++) {
        double weight = oc_scored_weight(s, i);
        total += weight * oc_row_log_loss(s->scores + i * s->classes, s->classes, (size_t)s->labels[i], factor);
        weights += weight;
    }
    return total / weights;
}
