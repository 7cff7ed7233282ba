/* k-means on one set of points and first centres (float32, C order): prints seconds and the error. With `seed` in place
 * of the file of centres it chooses them and writes them.
 *
 *     bench-kmeans POINTS N D K CENTRES ITERATIONS THREADS
 *     bench-kmeans POINTS N D K seed OUTPUT THREADS */
#include "bench.h"

#include "src/base/threads.h"
#include "src/cluster/kmeans.h"

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: bench-kmeans POINTS N D K CENTRES|seed ITERATIONS|OUTPUT THREADS\n");
        return 2;
    }
    size_t n = bench_number(argv[2]), d = bench_number(argv[3]), k = bench_number(argv[4]);
    bool seeding = strcmp(argv[5], "seed") == 0;
    float *x = bench_read(argv[1], n * d * sizeof *x);
    float *centers = seeding ? oc_alloc(k * d, sizeof *centers) : bench_read(argv[5], k * d * sizeof *centers);
    oc_matrix points = oc_packed(x, n, d);
    oc_kmeans_options options = {.count = k, .seed = 1};
    oc_error err;
    oc_job *job;
    bench_check(oc_job_create(bench_number(argv[7]), NULL, &job, &err), &err);
    double start = oc_seconds();
    if (seeding) {
        bench_check(oc_kmeans_seed(points, &options, centers, job, &err), &err);
        printf("%.6f\n", oc_seconds() - start);
        FILE *file = fopen(argv[6], "wb");
        if (!file || fwrite(centers, sizeof *centers, k * d, file) != k * d || fclose(file) != 0) {
            fprintf(stderr, "bench-kmeans: %s: cannot be written\n", argv[6]);
            return 1;
        }
    } else {
        options.iterations = bench_number(argv[6]);
        oc_kmeans_report report = {0};
        bench_check(oc_kmeans_lloyd(points, &options, centers, &report, job, &err), &err);
        printf("%.6f error %.4f\n", report.seconds, report.error);
    }
    oc_job_free(job);
    oc_free(x);
    oc_free(centers);
    return 0;
}
