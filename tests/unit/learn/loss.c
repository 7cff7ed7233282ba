/* The losses: every worked number of the definitions, and their gradients. */
#include "src/learn/loss.h"

#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <ocellus/classifier.h>
#include <string.h>

static void near(double value, double expected, double tolerance)
{
    cr_assert(!(fabs(value - expected) > tolerance) && !isnan(value), "%.9g, not %.9g", value, expected);
}

static double loss3(oc_loss loss, double a, double b, double c, size_t y)
{
    return oc_loss_value(loss, (double[]){a, b, c}, 3, y, NULL);
}

Test(loss, hinge_of_three_images)
{
    double first = loss3(OC_LOSS_HINGE, 3.2, 5.1, -1.7, 0), second = loss3(OC_LOSS_HINGE, 1.3, 4.9, 2.0, 1);
    double third = loss3(OC_LOSS_HINGE, 2.2, 2.5, -3.1, 2);
    near(first, 2.9, 1e-12);
    near(second, 0, 0);
    near(third, 12.9, 1e-12);
    near((first + second + third) / 3, 15.8 / 3, 1e-12);
    near((first + second + third) / 3, 5.27, 0.005);
}

Test(loss, softmax_of_the_same_images)
{
    near(loss3(OC_LOSS_SOFTMAX, 3.2, 5.1, -1.7, 0), 2.04, 0.005);
    near(loss3(OC_LOSS_SOFTMAX, 1.3, 4.9, 2.0, 1), 0.08, 0.005);
    float p[3];
    oc_softmax((float[]){3.2F, 5.1F, -1.7F}, 3, p);
    near((double)p[0], 0.13, 0.005);
    near((double)p[1], 0.87, 0.005);
    near((double)p[2], 0.00, 0.005);
    near(-log((double)p[0]), loss3(OC_LOSS_SOFTMAX, 3.2, 5.1, -1.7, 0), 1e-6);
    oc_softmax((float[]){1.3F, 4.9F, 2.0F}, 3, p);
    near((double)p[1], 0.92, 0.005);
}

Test(loss, softmax_against_hinge)
{
    double softmax = loss3(OC_LOSS_SOFTMAX, -2.85, 0.86, 0.28, 2);
    near(softmax, 1.04, 0.005);
    near(softmax / log(10), 0.452, 0.0005);
    near(loss3(OC_LOSS_HINGE, -2.85, 0.86, 0.28, 2), 1.58, 1e-12);
}

Test(loss, hinge_is_content_where_softmax_is_not)
{
    static const double scores[][3] = {{10, -2, 3}, {10, 9, 9}, {10, -100, -100}};
    static const double softmax[] = {0.0009, 0.551, 0};
    for (size_t i = 0; i < 3; i++) {
        near(oc_loss_value(OC_LOSS_HINGE, scores[i], 3, 0, NULL), 0, 0);
        near(oc_loss_value(OC_LOSS_SOFTMAX, scores[i], 3, 0, NULL), softmax[i], i == 0 ? 0.00005 : 0.0005);
    }
    near(loss3(OC_LOSS_HINGE, 10, 100, -100, 0), 91, 0);
    near(loss3(OC_LOSS_SOFTMAX, 10, 100, -100, 0), 90, 1e-12);
}

Test(loss, softmax_of_large_scores_is_finite)
{
    near(loss3(OC_LOSS_SOFTMAX, 123, 456, 789, 0), 666, 1e-9);
    near(loss3(OC_LOSS_SOFTMAX, 123, 456, 789, 2), 0, 1e-9);
    near(loss3(OC_LOSS_SOFTMAX, 1e300, -1e300, 0, 0), 0, 0);
    float p[3];
    oc_softmax((float[]){123, 456, 789}, 3, p);
    near((double)p[0], 0, 1e-30);
    near((double)p[2], 1, 0);
    oc_softmax((float[]){-3e38F, 3e38F, 3e38F}, 3, p);
    near((double)p[0], 0, 0);
    near((double)p[1], 0.5, 0);
}

Test(loss, probabilities_are_positive_and_sum_to_one)
{
    oc_random random = oc_random_stream(1, 2, 3);
    for (size_t round = 0; round < 200; round++) {
        float scores[20], p[20];
        size_t classes = 1 + round % 20;
        double sum = 0;
        for (size_t j = 0; j < classes; j++) {
            scores[j] = (float)(5 * oc_random_normal(&random));
        }
        oc_softmax(scores, classes, p);
        for (size_t j = 0; j < classes; j++) {
            cr_assert(p[j] > 0 && p[j] <= 1);
            sum += (double)p[j];
        }
        near(sum, 1, 1e-6);
    }
}

Test(loss, square)
{
    near(loss3(OC_LOSS_SQUARE, 1, -1, -1, 0), 0, 0);
    near(loss3(OC_LOSS_SQUARE, 0.5, 2, -1, 1), 2.25 + 1 + 0, 1e-12); /* targets -1, 1, -1 */
    near(loss3(OC_LOSS_SQUARE, 0, 0, 0, 2), 3, 0);
}

Test(loss, squared_hinges)
{
    near(loss3(OC_LOSS_SQUARED_HINGE, 3.2, 5.1, -1.7, 0), 2.9 * 2.9, 1e-12);
    near(loss3(OC_LOSS_SQUARED_HINGE, 2.2, 2.5, -3.1, 2), 6.3 * 6.3 + 6.6 * 6.6, 1e-12);
    near(loss3(OC_LOSS_OVR_SQUARED_HINGE, 3.2, 5.1, -1.7, 0), 6.1 * 6.1, 1e-12);
    near(loss3(OC_LOSS_OVR_SQUARED_HINGE, 0.5, -0.5, -2, 0), 0.25 + 0.25, 1e-12);
}

Test(loss, at_zero_weights)
{
    double zeros[50] = {0};
    for (size_t classes = 2; classes <= 50; classes++) {
        near(oc_loss_value(OC_LOSS_SOFTMAX, zeros, classes, classes / 2, NULL), log((double)classes), 1e-12);
        near(oc_loss_value(OC_LOSS_HINGE, zeros, classes, 0, NULL), (double)classes - 1, 0);
        near(oc_loss_value(OC_LOSS_SQUARED_HINGE, zeros, classes, classes - 1, NULL), (double)classes - 1, 0);
        near(oc_loss_value(OC_LOSS_OVR_SQUARED_HINGE, zeros, classes, 1, NULL), (double)classes, 0);
        near(oc_loss_value(OC_LOSS_SQUARE, zeros, classes, 1, NULL), (double)classes, 0);
    }
}

Test(loss, doubling_the_weights_keeps_a_zero_hinge)
{
    for (double factor = 1; factor < 100; factor *= 2) {
        near(loss3(OC_LOSS_HINGE, factor * 1.3, factor * 4.9, factor * 2.0, 1), 0, 0);
    }
}

/* The sum runs over j != y; the term of j = y would be max(0, 0 + 1) whatever the scores. */
Test(loss, the_true_class_would_add_exactly_one)
{
    static const double scores[][3] = {{3.2, 5.1, -1.7}, {1.3, 4.9, 2.0}, {2.2, 2.5, -3.1}};
    for (size_t y = 0; y < 3; y++) {
        double all = 0;
        for (size_t j = 0; j < 3; j++) {
            all += fmax(0, scores[y][j] - scores[y][y] + 1);
        }
        near(all - oc_loss_value(OC_LOSS_HINGE, scores[y], 3, y, NULL), 1, 1e-12);
    }
}

static float *copied(const float *values, float *into, size_t count)
{
    return memcpy(into, values, count * sizeof *values);
}

Test(loss, scores_of_two_classes)
{
    float weights[6], shift[2], scale[2], scores[2];
    oc_classifier classifier = {
        .classes = 2,
        .dimension = 2,
        .loss = OC_LOSS_HINGE,
        .weights = copied((float[]){1, 4, -12, 5, 3, 0}, weights, 6), /* the bias is the last column */
        .shift = copied((float[]){0, 0}, shift, 2),
        .scale = copied((float[]){1, 1}, scale, 2),
    };
    oc_rows rows = oc_rows_of((float[]){2, 2}, 1, 2);
    cr_assert(oc_scores(&classifier, &rows, NULL, scores, NULL) == OC_OK);
    near((double)scores[0], -2, 0);
    near((double)scores[1], 16, 0);
}

/* The distance of a row of scores from the nearest kink of a hinge. */
static double kink(oc_loss loss, const double *s, size_t classes, size_t y)
{
    double nearest = INFINITY;
    for (size_t j = 0; j < classes; j++) {
        if (j != y && (loss == OC_LOSS_HINGE || loss == OC_LOSS_SQUARED_HINGE)) {
            nearest = fmin(nearest, fabs(s[j] - s[y] + 1));
        }
        if (loss == OC_LOSS_OVR_SQUARED_HINGE) {
            nearest = fmin(nearest, fabs(1 - (j == y ? 1 : -1) * s[j]));
        }
    }
    return nearest;
}

Test(loss, gradients_agree_with_centred_differences)
{
    oc_random random = oc_random_stream(5, 6, 7);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        for (size_t round = 0, tested = 0; tested < 200; round++) {
            double s[12], g[12], numeric[12], error = 0, length = 0;
            size_t classes = 2 + round % 11, y = oc_random_below(&random, classes);
            for (size_t j = 0; j < classes; j++) {
                s[j] = 2 * oc_random_normal(&random);
            }
            if (kink((oc_loss)loss, s, classes, y) < 1e-3) {
                continue;
            }
            tested++;
            double value = oc_loss_value((oc_loss)loss, s, classes, y, g);
            cr_assert(value == oc_loss_value((oc_loss)loss, s, classes, y, NULL));
            for (size_t j = 0; j < classes; j++) {
                double kept = s[j], h = 1e-5;
                s[j] = kept + h;
                double above = oc_loss_value((oc_loss)loss, s, classes, y, NULL);
                s[j] = kept - h;
                numeric[j] = (above - oc_loss_value((oc_loss)loss, s, classes, y, NULL)) / (2 * h);
                s[j] = kept;
                error += (numeric[j] - g[j]) * (numeric[j] - g[j]);
            }
            double other = 0;
            for (size_t j = 0; j < classes; j++) {
                length += g[j] * g[j];
                other += numeric[j] * numeric[j];
            }
            cr_assert(!(sqrt(error) > 1e-7 * (sqrt(length) + sqrt(other)) + 1e-12), "loss %d: %g of %g", loss,
                      sqrt(error), sqrt(length));
        }
    }
}

Test(loss, curvature_bounds_the_second_difference)
{
    oc_random random = oc_random_stream(8, 9, 10);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        if (loss == OC_LOSS_HINGE) {
            continue; /* has none */
        }
        for (size_t round = 0; round < 300; round++) {
            double s[5], up[5], down[5], length = 0, h = 1e-3;
            size_t classes = 2 + round % 4, y = oc_random_below(&random, classes);
            double bound = oc_loss_types[loss].curvature(classes).row;
            bound = loss == OC_LOSS_SOFTMAX ? 0.5 : bound; /* Boehning's bound; the table holds half of it */
            for (size_t j = 0; j < classes; j++) {
                double direction = oc_random_normal(&random);
                s[j] = oc_random_normal(&random);
                up[j] = s[j] + h * direction;
                down[j] = s[j] - h * direction;
                length += direction * direction;
            }
            double second = (oc_loss_value((oc_loss)loss, up, classes, y, NULL) +
                             oc_loss_value((oc_loss)loss, down, classes, y, NULL) -
                             2 * oc_loss_value((oc_loss)loss, s, classes, y, NULL)) /
                            (h * h);
            cr_assert(second <= bound * length * (1 + 1e-6) + 1e-6, "loss %d: %g over %g", loss, second / length,
                      bound);
        }
    }
}
