#include "tests/unit/learn/support.h"

#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void make_sample(sample *s, size_t n, size_t d, size_t classes, double apart, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, 0, 0);
    double center[MAX_CLASSES * MAX_COLUMNS];
    cr_assert(n <= MAX_ROWS && d <= MAX_COLUMNS && classes <= MAX_CLASSES);
    for (size_t i = 0; i < classes * d; i++) {
        center[i] = apart * oc_random_normal(&random) / sqrt((double)d);
    }
    for (size_t i = 0; i < n; i++) {
        size_t y = i % classes;
        double common = oc_random_normal(&random); /* makes columns correlated */
        s->y[i] = (int)y;
        for (size_t j = 0; j < d; j++) {
            double value = center[y * d + j] + oc_random_normal(&random) + 0.5 * common;
            s->x[i * d + j] = (float)(3 + (double)(j % 4 + 1) * value);
        }
    }
    s->n = n;
    s->d = d;
    s->classes = classes;
    s->rows = oc_rows_of(s->x, n, d);
}

oc_classifier *trained_on(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                          oc_train_report *report)
{
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(examples, options, job, &classifier, report, &err) == OC_OK, "%s", err.message);
    return classifier;
}

oc_classifier *trained(const sample *s, const oc_train_options *options, oc_job *job, oc_train_report *report)
{
    return trained_on(&(oc_examples){&s->rows, s->y, s->classes}, options, job, report);
}

/* Z (N,D): columns of mean 0 and standard deviation 1. The caller frees it. */
static double *standardise(const sample *s)
{
    double *z = calloc(s->n * s->d, sizeof *z);
    for (size_t j = 0; j < s->d; j++) {
        double mean = 0, variance = 0;
        for (size_t i = 0; i < s->n; i++) {
            mean += (double)s->x[i * s->d + j] / (double)s->n;
        }
        for (size_t i = 0; i < s->n; i++) {
            double difference = (double)s->x[i * s->d + j] - mean;
            variance += difference * difference / (double)s->n;
        }
        for (size_t i = 0; i < s->n && variance > 0; i++) {
            z[i * s->d + j] = ((double)s->x[i * s->d + j] - mean) / sqrt(variance);
        }
    }
    return z;
}

static double objective(const sample *s, const double *z, int loss, double l2, double score_l2, const double *w,
                        double *gradient)
{
    size_t d = s->d, classes = s->classes;
    double total = 0, n = (double)s->n;
    if (gradient) {
        memset(gradient, 0, classes * (d + 1) * sizeof *gradient);
    }
    for (size_t i = 0; i < s->n; i++) {
        double plain[MAX_CLASSES], scores[MAX_CLASSES], g[MAX_CLASSES];
        for (size_t c = 0; c < classes; c++) {
            plain[c] = 0;
            for (size_t j = 0; j < d; j++) {
                plain[c] += w[c * (d + 1) + j] * z[i * d + j];
            }
            scores[c] = plain[c] + w[c * (d + 1) + d];
            total += score_l2 * plain[c] * plain[c] / n;
        }
        total += oc_loss_value((oc_loss)loss, scores, classes, (size_t)s->y[i], g) / n;
        for (size_t c = 0; gradient && c < classes; c++) {
            for (size_t j = 0; j < d; j++) {
                gradient[c * (d + 1) + j] += (g[c] + 2 * score_l2 * plain[c]) * z[i * d + j] / n;
            }
            gradient[c * (d + 1) + d] += g[c] / n;
        }
    }
    for (size_t c = 0; c < classes; c++) {
        for (size_t j = 0; j < d; j++) {
            total += l2 * w[c * (d + 1) + j] * w[c * (d + 1) + j];
            if (gradient) {
                gradient[c * (d + 1) + j] += 2 * l2 * w[c * (d + 1) + j];
            }
        }
    }
    return total;
}

double slow_objective(const sample *s, int loss, double l2, double score_l2, const double *weights, double *gradient)
{
    double *z = standardise(s);
    double value = objective(s, z, loss, l2, score_l2, weights, gradient);
    free(z);
    return value;
}

double slow_minimum(const sample *s, int loss, double l2, double score_l2)
{
    enum { SIZE = MAX_CLASSES * (MAX_COLUMNS + 1), STEPS = 1500 };
    double w[SIZE] = {0}, last[SIZE] = {0}, ahead[SIZE], next[SIZE], g[SIZE];
    double *z = standardise(s), rate = 1, momentum = 1, best = objective(s, z, loss, l2, score_l2, w, NULL);
    size_t size = s->classes * (s->d + 1);
    for (size_t step = 0; step < STEPS; step++) {
        double grown = (1 + sqrt(1 + 4 * momentum * momentum)) / 2, length = 0, value;
        for (size_t i = 0; i < size; i++) {
            ahead[i] = w[i] + (momentum - 1) / grown * (w[i] - last[i]);
        }
        double here = objective(s, z, loss, l2, score_l2, ahead, g);
        for (size_t i = 0; i < size; i++) {
            length += g[i] * g[i];
        }
        for (;; rate /= 2) { /* until the decrease is what the slope promises */
            for (size_t i = 0; i < size; i++) {
                next[i] = ahead[i] - rate * g[i];
            }
            value = objective(s, z, loss, l2, score_l2, next, NULL);
            if (value <= here - rate / 2 * length + 1e-12 || rate < 1e-9) {
                break;
            }
        }
        bool worse = value > best;
        memcpy(last, worse ? next : w, sizeof last);
        memcpy(w, next, sizeof w);
        momentum = worse ? 1 : grown;
        best = value < best ? value : best;
        rate *= loss == OC_LOSS_HINGE ? 1.5 : 1.05;
        if (length < 1e-16) {
            break;
        }
    }
    free(z);
    return best;
}
