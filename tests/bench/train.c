/* The phases of training on correlated rows of 10 classes, each against the bare matrix product: sgemm on tiles that
 * stay in cache, on the same threads, measured before and after. Prints wall and processor seconds, the rate of the
 * operations that the phase cannot do without, and its share of the bare rate.
 *
 *     bench-train [COLUMNS [ROWS [EPOCHS]]] */
#include "src/base/memory.h"
#include "src/base/random.h"
#include "src/base/threads.h"
#include "src/learn/covariance.h"
#include "src/learn/descent.h"
#include "src/learn/precondition.h"
#include "src/learn/scaler.h"
#include "src/matrix/blas.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { CLASSES = 10, SIDE = 1024, DEPTH = 512, REPEATS = 16 };

typedef struct bench {
    size_t n, d;
    float *values; /* (N, D) */
    float *a, *c;  /* operands and results of the bare product */
    oc_job *job;
    double bare; /* operations a second */
    double wall, processor;
} bench;

static double processor_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static void *get(size_t count, size_t size)
{
    void *memory = oc_alloc(count, size);
    if (!memory) {
        fprintf(stderr, "bench-train: not enough memory\n");
        exit(1);
    }
    return memory;
}

/* Each value near the one before it, as in images; the class shifts slow waves. */
static void make_row(void *context, size_t i, size_t worker)
{
    (void)worker;
    bench *b = context;
    oc_random random = oc_random_stream(1, 1, i);
    float *row = b->values + i * b->d, last = 0;
    double wave = 0.01 * (double)(i % CLASSES + 1);
    for (size_t j = 0; j < b->d; j++) {
        float noise = (float)(oc_random_bits(&random) >> 40) / (float)(1 << 24) - 0.5F;
        last = 0.98F * last + noise;
        row[j] = last + (float)(0.3 * sin(wave * (double)j));
    }
}

static void bare_product(void *context, size_t index, size_t worker)
{
    bench *b = context;
    (void)index;
    oc_matmul_nt(1, oc_packed(b->a, SIDE, DEPTH), oc_packed(b->a, SIDE, DEPTH), 0, b->c + worker * SIDE * SIDE, SIDE);
}

static void start(bench *b)
{
    b->wall = oc_seconds();
    b->processor = processor_seconds();
}

static void measure_bare(bench *b)
{
    start(b);
    oc_parallel(b->job, REPEATS, bare_product, b);
    double rate = REPEATS * 2.0 * SIDE * SIDE * DEPTH / (oc_seconds() - b->wall);
    b->bare = b->bare > 0 ? (b->bare + rate) / 2 : rate;
    start(b);
}

/* Ends a phase of so many operations, and starts the next. */
static void stop(bench *b, const char *phase, double operations, oc_status status, const oc_error *err)
{
    double wall = oc_seconds() - b->wall, processor = processor_seconds() - b->processor;
    if (status != OC_OK) {
        fprintf(stderr, "bench-train: %s: %s\n", phase, err->message);
        exit(1);
    }
    b->bare = 0;
    measure_bare(b);
    printf("%-28s %8.3f s %8.3f s of processor", phase, wall, processor);
    if (operations > 0) {
        printf(" %8.1f GFLOP %7.1f GFLOP/s, bare %5.1f: %3.0f %%", 1e-9 * operations, 1e-9 * operations / wall,
               1e-9 * b->bare, 100 * operations / wall / b->bare);
    }
    printf("\n");
    start(b);
}

int main(int count, char **argument)
{
    bench b = {.d = count > 1 ? strtoul(argument[1], NULL, 10) : 3072,
               .n = count > 2 ? strtoul(argument[2], NULL, 10) : 50000};
    size_t d = b.d, n = b.n, epochs = count > 3 ? strtoul(argument[3], NULL, 10) : 1;
    oc_error err = {0};
    if (oc_job_create(0, NULL, &b.job, &err) != OC_OK) {
        return 1;
    }
    b.values = get(n, d * sizeof(float));
    b.a = get(SIDE, DEPTH * sizeof(float));
    b.c = get(oc_job_threads(b.job), SIDE * SIDE * sizeof(float));
    int *labels = get(n, sizeof *labels);
    for (size_t i = 0; i < n; i++) {
        labels[i] = (int)(i % CLASSES);
    }
    oc_parallel(b.job, n, make_row, &b);
    printf("%zu rows of %zu values, %zu threads\n", n, d, oc_job_threads(b.job));

    float *shift = get(d, sizeof *shift), *scale = get(d, sizeof *scale), *center = get(d, sizeof *center);
    float *gradient = get(CLASSES, (d + 1) * sizeof *gradient), *w = get(CLASSES, (d + 1) * sizeof *w);
    double dn = (double)n, dd = (double)d;
    oc_rows rows = oc_rows_of(b.values, n, d);
    measure_bare(&b);
    oc_scaling scaling = {shift, scale, center, 0};
    oc_status status = oc_scaler_fit(&rows, OC_SCALE_STANDARD, OC_STAGE_WEIGHT_NONE, &scaling, b.job, &err);
    stop(&b, "scaler", 0, status, &err);

    oc_problem problem = {
        .rows = &rows, .labels = labels, .classes = CLASSES, .center = center, .scale = scale, .score_l2 = 0.005};
    oc_covariance covariance = {0};
    status = oc_covariance_fit(&problem, &covariance, b.job, &err);
    stop(&b, "covariance", (double)covariance.rows * dd * dd, status, &err);
    problem.l2 = 0.001;
    oc_precondition precondition;
    status = oc_precondition_fit(&problem, &covariance, 20 * problem.l2, &precondition, b.job, &err);
    stop(&b, "factor, step size", dd * dd * dd / 3, status, &err);
    oc_descent descent = {.problem = &problem, .precondition = &precondition, .used = oc_train_defaults(), .w = w};
    descent.used.batch = d > 6000 ? 2048 : 1024;
    descent.used.epochs = (int64_t)epochs;
    descent.used.batch_passes = 0;
    status = oc_sgd(&descent, b.job, &err);
    size_t steps = descent.steps;
    char name[64];
    snprintf(name, sizeof name, "%zu steps", steps);
    stop(&b, name, 2 * CLASSES * ((double)epochs * 2 * dn * dd + (double)steps * dd * dd), status, &err);
    oc_objective objective = {.gradient = gradient};
    status = oc_problem_evaluate(&problem, w, &objective, b.job, &err);
    stop(&b, "objective", 4 * CLASSES * dn * dd, status, &err);
    printf("objective %.4f\n", objective.value);
    oc_covariance_free(&covariance);
    oc_job_free(b.job);
    return 0;
}
