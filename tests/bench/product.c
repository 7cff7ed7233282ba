/* The limit of k-means, encoding and training: the bare matrix product, X (M,K) times W (N,K) transposed, in tiles of
 * 4,096 rows over the threads, COUNT times. Prints seconds, on one thread those of the processor. --core: what OpenBLAS
 * has chosen.
 *
 *     bench-product M N K COUNT THREADS */
#include "bench.h"

#include "src/base/threads.h"
#include "src/matrix/blas.h"

#include <cblas.h>

enum { TILE = 4096 };

typedef struct product {
    size_t m, n, k;
    const float *x, *w;
    float *out; /* (threads, TILE, N) */
} product;

static void run_tile(void *context, size_t index, size_t worker)
{
    const product *p = context;
    size_t first = index * TILE, rows = p->m - first < TILE ? p->m - first : TILE;
    oc_matmul_nt(1, oc_packed(p->x + first * p->k, rows, p->k), oc_packed(p->w, p->n, p->k), 0,
                 p->out + worker * TILE * p->n, p->n);
}

static float *fill(size_t count)
{
    float *values = oc_alloc(count, sizeof *values);
    for (size_t i = 0; values && i < count; i++) {
        values[i] = (float)(i * 2654435761U % 1000) / 1000 - 0.5F;
    }
    return values;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "--core") == 0) {
        printf("%s, core %s\n", openblas_get_config(), openblas_get_corename());
        return 0;
    }
    if (argc != 6) {
        fprintf(stderr, "usage: bench-product M N K COUNT THREADS\n");
        return 2;
    }
    oc_error err;
    oc_job *job;
    product p = {bench_number(argv[1]), bench_number(argv[2]), bench_number(argv[3]), NULL, NULL, NULL};
    size_t count = bench_number(argv[4]), threads = bench_number(argv[5]);
    float *x = fill(p.m * p.k), *w = fill(p.n * p.k);
    p.x = x;
    p.w = w;
    p.out = oc_alloc(threads * TILE * p.n, sizeof *p.out);
    if (!x || !w || !p.out) {
        fprintf(stderr, "bench-product: out of memory\n");
        return 1;
    }
    bench_check(oc_job_create(threads, NULL, &job, &err), &err);
    size_t tiles = (p.m + TILE - 1) / TILE;
    oc_parallel(job, tiles < threads ? tiles : threads, run_tile, &p);
    double (*clock_of)(void) = threads == 1 ? bench_seconds_used : oc_seconds, start = clock_of();
    for (size_t i = 0; i < count; i++) {
        oc_parallel(job, tiles, run_tile, &p);
    }
    double seconds = clock_of() - start;
    printf("%.6f %.0f GFLOP/s\n", seconds, 2e-9 * (double)(p.m * p.n * p.k * count) / seconds);
    oc_job_free(job);
    oc_free(x);
    oc_free(w);
    oc_free(p.out);
    return 0;
}
