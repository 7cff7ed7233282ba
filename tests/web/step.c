/* One step of gradient descent by the library as it is built for this machine, for page.test.mjs to compare with. Reads
 *
 *     N C loss l2 rate, then N rows of x y label, then C rows of w1 w2 b
 *
 * from standard input and writes the new W, one class a line. */
#include <ocellus/classifier.h>

#include <stdio.h>

enum { MOST = 1000, CLASSES = 10 };

typedef struct oc_web_task {
    const float *points;
    const int *labels;
    size_t count, dimension, classes;
    int loss;
    double l2;
} oc_web_task;

int oc_web_step(const oc_web_task *task, double rate, float *weights);

static float points[2 * MOST], weights[3 * CLASSES];
static int labels[MOST];

int main(void)
{
    oc_web_task task = {.points = points, .labels = labels, .dimension = 2};
    double rate;
    bool read = scanf("%zu %zu %d %lf %lf", &task.count, &task.classes, &task.loss, &task.l2, &rate) == 5 &&
                task.count <= MOST && task.classes <= CLASSES;
    for (size_t i = 0; read && i < task.count; i++) {
        read = scanf("%f %f %d", &points[2 * i], &points[2 * i + 1], &labels[i]) == 3;
    }
    for (size_t j = 0; read && j < 3 * task.classes; j++) {
        read = scanf("%f", &weights[j]) == 1;
    }
    if (!read || oc_web_step(&task, rate, weights) != OC_OK) {
        fputs("bad input\n", stderr);
        return 1;
    }
    for (size_t c = 0; c < task.classes; c++) {
        printf("%.9g %.9g %.9g\n", (double)weights[3 * c], (double)weights[3 * c + 1], (double)weights[3 * c + 2]);
    }
    return 0;
}
