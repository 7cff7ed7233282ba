/* Analytic and numerical gradient of
 *
 *     F(W, b) = mean_i [ v_y L(W z_i + b, y_i) + score_l2 |W z_i|^2 ] + l2 sum W^2 + l1 sum |W|     z_i centred
 *
 *     dF/dW = mean_i (v_y dL/ds_i + 2 score_l2 W z_i) z_i^T + 2 l2 W + l1 sign W,   dF/db = mean_i v_y dL/ds_i
 *
 * with the weight v_y of the class of row i. A single weight w_cj enters the scores of class c alone, s_ic = (W z_i +
 * b)_c, so F(w_cj +- h) is worked out from scores of which one column is moved by +- h z_ij. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "src/learn/scaler.h"

#include <ocellus/classifier.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MOST_ROWS = 200, MOST_COMPONENTS = 2000 };
static const double STEP = 1e-5;

typedef struct check {
    size_t rows, dimension, classes; /* n, D, C */
    oc_loss loss;
    double l2, score_l2, l1;
    double *importance; /* (C): class weights v */
    double *z;          /* (n, D) */
    size_t *y;          /* (n) */
    double *weights;    /* (C, D) */
    double *bias;       /* (C) */
    double *scores;     /* (n, C), with bias */
    double *slope;      /* (n, C): dL/ds + 2 score_l2 (s - b), without the second term for the bias */
    double *row;        /* (2 C) */
} check;

/* Rows drawn at random, scaled, centred, of root mean square 1. */
static oc_status take_rows(check *k, const oc_rows *rows, const int *labels, const oc_train_options *options,
                           oc_error *err)
{
    size_t d = k->dimension;
    float *columns = oc_alloc(d, 4 * sizeof *columns);
    double sum = 0;
    uint32_t chosen[MOST_ROWS];
    if (!columns) {
        return oc_fail_memory(err, "the gradient");
    }
    float *shift = columns, *factor = columns + d, *mean = columns + 2 * d, *z = columns + 3 * d;
    oc_random random = oc_random_stream(options->seed, 0x67726164, 0);
    oc_rows view = *rows;
    for (size_t i = 0; i < k->rows; i++) {
        size_t at = rows->count <= MOST_ROWS ? i : oc_random_below(&random, rows->count);
        chosen[i] = rows->chosen ? rows->chosen[at] : (uint32_t)at;
        k->y[i] = at;
    }
    view.count = k->rows;
    view.chosen = chosen;
    oc_scaling scaling = {.shift = shift, .scale = factor, .mean = mean};
    oc_status status = oc_scaler_fit(&view, (oc_scale)options->scale, (oc_stage_weight)options->stage_weight, &scaling,
                                     NULL, err);
    view.unit = options->scale == OC_SCALE_UNIT;
    for (size_t i = 0; status == OC_OK && i < k->rows; i++) {
        size_t at = k->y[i];
        if (labels[at] < 0 || (size_t)labels[at] >= k->classes) {
            status = oc_fail(err, OC_BAD_DATA, "row %zu has the label %d; with %zu classes labels are 0..%zu", at,
                             labels[at], k->classes, k->classes - 1);
            break;
        }
        k->y[i] = (size_t)labels[at];
        oc_scaler_row(&view, i, mean, factor, z);
        for (size_t j = 0; j < d; j++) {
            k->z[i * d + j] = (double)z[j];
            sum += (double)z[j] * (double)z[j];
        }
    }
    double unit = sum > 0 ? sqrt((double)(k->rows * d) / sum) : 1;
    for (size_t j = 0; j < k->rows * d; j++) {
        k->z[j] *= unit;
    }
    oc_free(columns);
    return status;
}

/* Weights that give scores of about 1, none so small that a step would change its sign. */
static void draw_weights(check *k, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, 0x67726164, 1);
    double unit = 1 / sqrt((double)k->dimension);
    for (size_t j = 0; j < k->classes * k->dimension; j++) {
        double w = oc_random_normal(&random);
        k->weights[j] = unit * (w + copysign(0.1, w));
    }
    for (size_t c = 0; c < k->classes; c++) {
        k->bias[c] = 0.1 * oc_random_normal(&random);
    }
}

static void score(check *k)
{
    size_t d = k->dimension, classes = k->classes;
    for (size_t i = 0; i < k->rows; i++) {
        for (size_t c = 0; c < classes; c++) {
            double sum = k->bias[c];
            for (size_t j = 0; j < d; j++) {
                sum += k->weights[c * d + j] * k->z[i * d + j];
            }
            k->scores[i * classes + c] = sum;
        }
    }
}

/* Moves the rows away from kinks to the front. */
static void leave_out_kinks(check *k)
{
    size_t d = k->dimension, classes = k->classes, kept = 0;
    double (*kink)(const double *, size_t, size_t) = oc_losses[k->loss].distance_to_kink;
    for (size_t i = 0; i < k->rows; i++) {
        double reach = 1;
        for (size_t j = 0; j < d; j++) {
            reach = fmax(reach, fabs(k->z[i * d + j]));
        }
        if (kink && kink(k->scores + i * classes, classes, k->y[i]) <= 2 * STEP * reach) {
            continue;
        }
        memmove(k->z + kept * d, k->z + i * d, d * sizeof *k->z);
        memmove(k->scores + kept * classes, k->scores + i * classes, classes * sizeof *k->scores);
        k->y[kept++] = k->y[i];
    }
    k->rows = kept;
}

/* Balanced: inverse to the number of rows of the class, 1 in the mean over rows. */
static void weigh_classes(check *k, bool balanced)
{
    size_t used = 0;
    for (size_t i = 0; i < k->rows; i++) {
        used += k->importance[k->y[i]]++ < 0.5;
    }
    for (size_t c = 0; c < k->classes; c++) {
        double count = k->importance[c];
        k->importance[c] = !balanced ? 1 : count > 0 ? (double)k->rows / ((double)used * count) : 0;
    }
}

static void find_slopes(check *k)
{
    size_t classes = k->classes;
    for (size_t i = 0; i < k->rows; i++) {
        double *slope = k->slope + i * classes;
        oc_loss_value(k->loss, k->scores + i * classes, classes, k->y[i], slope);
        for (size_t c = 0; c < classes; c++) {
            slope[c] *= k->importance[k->y[i]];
        }
    }
}

/* Component j of class c, of the bias for j = D. */
static double analytic(const check *k, size_t c, size_t j)
{
    size_t d = k->dimension, classes = k->classes;
    double sum = 0;
    for (size_t i = 0; i < k->rows; i++) {
        double plain = k->scores[i * classes + c] - k->bias[c], slope = k->slope[i * classes + c];
        sum += j == d ? slope : (slope + 2 * k->score_l2 * plain) * k->z[i * d + j];
    }
    double weight = j == d ? 0 : k->weights[c * d + j];
    return sum / (double)k->rows + (j == d ? 0 : 2 * k->l2 * weight + copysign(k->l1, weight));
}

/* What F depends on the component by, with h added to it. */
static double objective(const check *k, size_t c, size_t j, double h)
{
    size_t d = k->dimension, classes = k->classes;
    double sum = 0, weight = j == d ? 0 : k->weights[c * d + j] + h;
    for (size_t i = 0; i < k->rows; i++) {
        double change = h * (j == d ? 1 : k->z[i * d + j]);
        memcpy(k->row, k->scores + i * classes, classes * sizeof *k->row);
        k->row[c] += change;
        double plain = k->row[c] - k->bias[c] - (j == d ? h : 0);
        sum += k->importance[k->y[i]] * oc_loss_value(k->loss, k->row, classes, k->y[i], NULL) +
               k->score_l2 * plain * plain;
    }
    return sum / (double)k->rows + k->l2 * weight * weight + k->l1 * fabs(weight);
}

static double relative_error(check *k, uint64_t seed)
{
    size_t all = k->classes * (k->dimension + 1), count = all < MOST_COMPONENTS ? all : MOST_COMPONENTS;
    oc_random random = oc_random_stream(seed, 0x67726164, 2);
    double difference = 0, a2 = 0, n2 = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = all <= MOST_COMPONENTS ? i : oc_random_below(&random, all);
        size_t c = at / (k->dimension + 1), j = at % (k->dimension + 1);
        double a = analytic(k, c, j);
        double n = (objective(k, c, j, STEP) - objective(k, c, j, -STEP)) / (2 * STEP);
        difference += (a - n) * (a - n);
        a2 += a * a;
        n2 += n * n;
    }
    return a2 + n2 > 0 ? sqrt(difference) / (sqrt(a2) + sqrt(n2)) : 0;
}

static bool allocate(check *k)
{
    size_t values, weights, scores;
    if (!oc_multiply(k->rows, k->dimension, &values) || !oc_multiply(k->classes, k->dimension, &weights) ||
        !oc_multiply(k->rows, k->classes, &scores)) {
        return false;
    }
    k->z = oc_alloc(values, sizeof *k->z);
    k->y = oc_alloc(k->rows, sizeof *k->y);
    k->weights = oc_alloc(weights, sizeof *k->weights);
    k->bias = oc_alloc(k->classes, sizeof *k->bias);
    k->scores = oc_alloc(scores, sizeof *k->scores);
    k->slope = oc_alloc(scores, sizeof *k->slope);
    k->row = oc_alloc(k->classes, sizeof *k->row);
    k->importance = oc_alloc(k->classes, sizeof *k->importance);
    return k->z && k->y && k->weights && k->bias && k->scores && k->slope && k->row && k->importance;
}

oc_status oc_check_gradient(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                            double *error, oc_error *err)
{
    check k = {.rows = rows->count < MOST_ROWS ? rows->count : MOST_ROWS,
               .dimension = rows->dimension,
               .classes = classes,
               .loss = (oc_loss)options->loss,
               .l2 = isnan(options->l2) ? 0 : options->l2,
               .score_l2 = isnan(options->score_l2) ? 0 : options->score_l2,
               .l1 = options->l1};
    if (k.rows == 0 || k.dimension == 0 || classes < 2) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of %zu values, %zu classes: no gradient to check", rows->count,
                       rows->dimension, classes);
    }
    oc_status status = oc_params_check(oc_train_params, oc_train_param_count, options, err);
    if (status != OC_OK) {
        return status;
    }
    status = allocate(&k) ? take_rows(&k, rows, labels, options, err) : oc_fail_memory(err, "the gradient");
    if (status == OC_OK) {
        draw_weights(&k, options->seed);
        score(&k);
        leave_out_kinks(&k);
        status = k.rows ? OC_OK : oc_fail(err, OC_BAD_DATA, "every row lies on a kink of the loss");
    }
    if (status == OC_OK) {
        weigh_classes(&k, options->class_weight == OC_CLASS_WEIGHT_BALANCED);
        find_slopes(&k);
        *error = relative_error(&k, options->seed);
    }
    oc_free(k.z);
    oc_free(k.y);
    oc_free(k.weights);
    oc_free(k.bias);
    oc_free(k.scores);
    oc_free(k.slope);
    oc_free(k.row);
    oc_free(k.importance);
    return status;
}
