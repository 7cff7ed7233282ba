/* One step of gradient descent by the library as it is built for this machine, for page.test.mjs to compare with; it
 * fails when the step is not the one of the formula. Reads
 *
 *     N C loss l2 rate, then N rows of x y label, then C rows of w1 w2 b
 *
 * from standard input and writes the new W, one class a line. */
#include "examples/web/ocellus_web.h"

#include <math.h>
#include <ocellus/classifier.h>
#include <stdbool.h>
#include <stdio.h>

enum { MAX_POINTS = 1000, CLASSES = 10 };

static float points[2 * MAX_POINTS], weights[3 * CLASSES];
static int labels[MAX_POINTS];

/* W - rate (dL/ds x^T / N + 2 l2 W), the bias without penalty, point by point: expected (C, 3). */
static void follow(const oc_web_task *task, double rate, const float *from, double *expected)
{
    double scores[CLASSES], slope[CLASSES];
    for (size_t j = 0; j < 3 * task->classes; j++) {
        double weight = (double)from[j];
        expected[j] = j % 3 < 2 ? weight - rate * 2 * task->l2 * weight : weight;
    }
    for (size_t i = 0; i < task->count; i++) {
        double x[3] = {(double)task->points[2 * i], (double)task->points[2 * i + 1], 1};
        for (size_t c = 0; c < task->classes; c++) {
            const float *w = from + 3 * c;
            scores[c] = (double)w[0] * x[0] + (double)w[1] * x[1] + (double)w[2];
        }
        oc_loss_value((oc_loss)task->loss, scores, task->classes, (size_t)task->labels[i], slope);
        for (size_t j = 0; j < 3 * task->classes; j++) {
            expected[j] -= rate * slope[j / 3] * x[j % 3] / (double)task->count;
        }
    }
}

int main(void)
{
    oc_web_task task = {.points = points, .labels = labels, .dimension = 2};
    double rate;
    bool read = scanf("%zu %zu %d %lf %lf", &task.count, &task.classes, &task.loss, &task.l2, &rate) == 5 &&
                task.count <= MAX_POINTS && task.classes <= CLASSES;
    for (size_t i = 0; read && i < task.count; i++) {
        read = scanf("%f %f %d", &points[2 * i], &points[2 * i + 1], &labels[i]) == 3;
    }
    for (size_t j = 0; read && j < 3 * task.classes; j++) {
        read = scanf("%f", &weights[j]) == 1;
    }
    double expected[3 * CLASSES];
    if (read) {
        follow(&task, rate, weights, expected);
    }
    if (!read || oc_web_step(&task, rate, weights) != 0) {
        fputs("bad input\n", stderr);
        return 1;
    }
    for (size_t j = 0; j < 3 * task.classes; j++) {
        if (!(fabs((double)weights[j] - expected[j]) <= 1e-6 * fmax(1, fabs(expected[j])))) {
            fprintf(stderr, "value %zu: %g, by the formula %g\n", j, (double)weights[j], expected[j]);
            return 1;
        }
    }
    for (size_t c = 0; c < task.classes; c++) {
        printf("%.9g %.9g %.9g\n", (double)weights[3 * c], (double)weights[3 * c + 1], (double)weights[3 * c + 2]);
    }
    return 0;
}
