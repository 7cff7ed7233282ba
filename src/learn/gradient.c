/* Compares the analytic with the numerical gradient of
 *
 *     F(W, b) = mean_i [ v_y L(W z_i + b, y_i) + score_l2 |W z_i|^2 ] + l2 sum W^2 + l1 sum |W|     z_i centred
 *
 *     dF/dW = mean_i (v_y dL/ds_i + 2 score_l2 W z_i) z_i^T + 2 l2 W + l1 sign W,   dF/db = mean_i v_y dL/ds_i
 *
 * with the weight v_y of the class of row i. The bias is the weight of a last column of ones. A single weight w_cj
 * enters the scores of class c alone, s_ic = (W z_i + b)_c, so F(w_cj +- h) is computed by adding
 * +- h z_ij to one column of the scores. */
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/learn/loss.h"
#include "src/learn/problem.h"
#include "src/learn/scaler.h"

#include <ocellus/classifier.h>

#include <math.h>
#include <stdbool.h>
#include <string.h>

enum { MAX_ROWS = 200, MAX_COMPONENTS = 2000 };
static const double STEP = 1e-5;

typedef struct check {
    size_t rows, dimension, classes; /* n, D, C */
    oc_loss loss;
    double l2, score_l2, l1;
    int y[MAX_ROWS];
    double *importance; /* (C): class weights v */
    double *z;          /* (n, D+1): 1 last */
    double *w;          /* (C, D+1): bias last */
    double *scores;     /* (n, C) */
    double *slope;      /* (n, C): v dL/ds */
    double *row;        /* (C) */
} check;

/* Draws rows at random, centres them and scales them to root mean square 1. */
static oc_status take_rows(check *k, const oc_rows *rows, const int *labels, const oc_train_options *options,
                           oc_error *err)
{
    size_t d = k->dimension;
    float *columns = oc_alloc(d, 4 * sizeof *columns);
    double sum = 0;
    uint32_t chosen[MAX_ROWS];
    if (!columns) {
        return oc_fail_memory(err, "the gradient");
    }
    oc_scaling scaling = {.shift = columns, .scale = columns + d, .mean = columns + 2 * d};
    float *z = columns + 3 * d;
    oc_random random = oc_random_stream(options->seed, 0x67726164, 0);
    oc_rows view = *rows;
    view.count = k->rows;
    view.chosen = chosen;
    for (size_t i = 0; i < k->rows; i++) {
        size_t at = rows->count <= MAX_ROWS ? i : oc_random_below(&random, rows->count);
        chosen[i] = rows->chosen ? rows->chosen[at] : (uint32_t)at;
        k->y[i] = labels[at];
        if (labels[at] < 0 || (size_t)labels[at] >= k->classes) {
            oc_free(columns);
            return oc_fail(err, OC_BAD_DATA, "row %zu has the label %d; with %zu classes labels are 0..%zu", at,
                           labels[at], k->classes, k->classes - 1);
        }
    }
    oc_status status = oc_scaler_fit(&view, options->scale, options->stage_weight, &scaling, NULL, err);
    view.unit = options->scale == OC_SCALE_UNIT;
    for (size_t i = 0; status == OC_OK && i < k->rows; i++) {
        oc_scaler_row(&view, i, scaling.mean, scaling.scale, z);
        for (size_t j = 0; j < d; j++) {
            k->z[i * (d + 1) + j] = (double)z[j];
            sum += (double)z[j] * (double)z[j];
        }
    }
    double unit = sum > 0 ? sqrt((double)(k->rows * d) / sum) : 1;
    for (size_t i = 0; i < k->rows * (d + 1); i++) {
        k->z[i] = i % (d + 1) < d ? unit * k->z[i] : 1;
    }
    oc_free(columns);
    return status;
}

/* Draws weights that give scores of about 1, none so small that a step changes its sign; computes the scores. */
static void draw_weights(check *k, uint64_t seed)
{
    oc_random random = oc_random_stream(seed, 0x67726164, 1);
    size_t columns = k->dimension + 1;
    double unit = 1 / sqrt((double)k->dimension);
    for (size_t j = 0; j < k->classes * columns; j++) {
        double w = oc_random_normal(&random);
        k->w[j] = j % columns < k->dimension ? unit * (w + copysign(0.1, w)) : 0.1 * w;
    }
    for (size_t at = 0; at < k->rows * k->classes; at++) {
        const double *z = k->z + at / k->classes * columns, *w = k->w + at % k->classes * columns;
        for (size_t j = 0; j < columns; j++) {
            k->scores[at] += w[j] * z[j];
        }
    }
}

/* Moves the rows away from kinks to the front. */
static void leave_out_kinks(check *k)
{
    size_t columns = k->dimension + 1, classes = k->classes, kept = 0;
    double (*kink)(const double *, size_t, size_t) = oc_loss_types[k->loss].distance_to_kink;
    for (size_t i = 0; i < k->rows; i++) {
        double reach = 1;
        for (size_t j = 0; j < columns; j++) {
            reach = fmax(reach, fabs(k->z[i * columns + j]));
        }
        if (!kink || kink(k->scores + i * classes, classes, (size_t)k->y[i]) > 2 * STEP * reach) {
            memmove(k->z + kept * columns, k->z + i * columns, columns * sizeof *k->z);
            memmove(k->scores + kept * classes, k->scores + i * classes, classes * sizeof *k->scores);
            k->y[kept++] = k->y[i];
        }
    }
    k->rows = kept;
}

static void find_slopes(check *k)
{
    for (size_t i = 0; i < k->rows; i++) {
        double *slope = k->slope + i * k->classes;
        oc_loss_value(k->loss, k->scores + i * k->classes, k->classes, (size_t)k->y[i], slope);
        for (size_t c = 0; c < k->classes; c++) {
            slope[c] *= k->importance[k->y[i]];
        }
    }
}

/* The derivative by w_cj; j = D is the bias. */
static double analytic(const check *k, size_t c, size_t j)
{
    size_t d = k->dimension;
    double sum = 0, weight = k->w[c * (d + 1) + j], bias = k->w[c * (d + 1) + d];
    for (size_t i = 0; i < k->rows; i++) {
        double plain = j == d ? 0 : k->scores[i * k->classes + c] - bias;
        sum += (k->slope[i * k->classes + c] + 2 * k->score_l2 * plain) * k->z[i * (d + 1) + j];
    }
    return sum / (double)k->rows + (j == d ? 0 : 2 * k->l2 * weight + copysign(k->l1, weight));
}

/* The part of F that depends on w_cj, with h added to it. */
static double objective(const check *k, size_t c, size_t j, double h)
{
    size_t d = k->dimension, classes = k->classes;
    double sum = 0, weight = j == d ? 0 : k->w[c * (d + 1) + j] + h, bias = k->w[c * (d + 1) + d] + (j == d ? h : 0);
    for (size_t i = 0; i < k->rows; i++) {
        memcpy(k->row, k->scores + i * classes, classes * sizeof *k->row);
        k->row[c] += h * k->z[i * (d + 1) + j];
        sum += k->importance[k->y[i]] * oc_loss_value(k->loss, k->row, classes, (size_t)k->y[i], NULL) +
               k->score_l2 * (k->row[c] - bias) * (k->row[c] - bias);
    }
    return sum / (double)k->rows + k->l2 * weight * weight + k->l1 * fabs(weight);
}

static double relative_error(check *k, uint64_t seed)
{
    size_t columns = k->dimension + 1, all = k->classes * columns, count = all < MAX_COMPONENTS ? all : MAX_COMPONENTS;
    oc_random random = oc_random_stream(seed, 0x67726164, 2);
    double difference = 0, a2 = 0, n2 = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = all <= MAX_COMPONENTS ? i : oc_random_below(&random, all), c = at / columns, j = at % columns;
        double a = analytic(k, c, j);
        double n = (objective(k, c, j, STEP) - objective(k, c, j, -STEP)) / (2 * STEP);
        difference += (a - n) * (a - n);
        a2 += a * a;
        n2 += n * n;
    }
    return a2 + n2 > 0 ? sqrt(difference) / (sqrt(a2) + sqrt(n2)) : 0;
}

static oc_status measure(check *k, const oc_rows *rows, const int *labels, const oc_train_options *options,
                         oc_error *err)
{
    oc_status status = take_rows(k, rows, labels, options, err);
    if (status != OC_OK) {
        return status;
    }
    draw_weights(k, options->seed);
    leave_out_kinks(k);
    if (k->rows == 0) {
        return oc_fail(err, OC_BAD_DATA, "every row is at a kink of the loss");
    }
    for (size_t c = 0; c < k->classes; c++) {
        k->importance[c] = 1;
    }
    if (options->class_weight == OC_CLASS_WEIGHT_BALANCED) {
        oc_problem_balance(k->y, k->rows, k->classes, k->importance);
    }
    find_slopes(k);
    return OC_OK;
}

oc_status oc_check_gradient(const oc_rows *rows, const int *labels, size_t classes, const oc_train_options *options,
                            double *error, oc_error *err)
{
    size_t n = rows->count < MAX_ROWS ? rows->count : MAX_ROWS, columns = rows->dimension + 1, weights;
    check k = {.rows = n,
               .dimension = rows->dimension,
               .classes = classes,
               .loss = options->loss,
               .l2 = isnan(options->l2) ? 0 : options->l2,
               .score_l2 = isnan(options->score_l2) ? 0 : options->score_l2,
               .l1 = options->l1};
    if (n == 0 || rows->dimension == 0 || classes < 2) {
        return oc_fail(err, OC_BAD_DATA, "%zu rows of %zu values, %zu classes: no gradient to check", rows->count,
                       rows->dimension, classes);
    }
    oc_status status = oc_params_check(oc_train_params, oc_train_param_count, options, err);
    if (status != OC_OK) {
        return status;
    }
    k.z = oc_alloc(columns, n * sizeof *k.z);
    k.w = oc_multiply(classes, columns, &weights) ? oc_alloc(weights, sizeof *k.w) : NULL;
    k.scores = oc_alloc(classes, (2 * n + 2) * sizeof *k.scores);
    if (k.z && k.w && k.scores) {
        k.slope = k.scores + n * classes;
        k.row = k.slope + n * classes;
        k.importance = k.row + classes;
        status = measure(&k, rows, labels, options, err);
    } else {
        status = oc_fail_memory(err, "the gradient");
    }
    if (status == OC_OK) {
        *error = relative_error(&k, options->seed);
    }
    oc_free(k.z);
    oc_free(k.w);
    oc_free(k.scores);
    return status;
}
