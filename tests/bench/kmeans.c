/* k-means for the side-by-side benchmark: reads points and first centres (float32, C order), runs Lloyd's iterations
 * and prints one line: seconds, error, iterations. With `seed` in place of the file of centres it chooses them and
 * writes them.
 *
 *     bench-kmeans POINTS N D K CENTRES ITERATIONS THREADS
 *     bench-kmeans POINTS N D K seed OUTPUT THREADS */
#include "src/learn/kmeans.h"
#include "src/base/memory.h"
#include "src/base/threads.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static float *read_floats(const char *path, size_t count)
{
    float *values = oc_alloc(count, sizeof *values);
    FILE *file = fopen(path, "rb");
    if (!values || !file || fread(values, sizeof *values, count, file) != count) {
        fprintf(stderr, "bench-kmeans: %s: cannot read %zu values\n", path, count);
        exit(1);
    }
    fclose(file);
    return values;
}

static void check(oc_status status, const oc_error *err)
{
    if (status != OC_OK) {
        fprintf(stderr, "bench-kmeans: %s\n", err->message);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    if (argc != 8) {
        fprintf(stderr, "usage: bench-kmeans POINTS N D K CENTRES|seed ITERATIONS|OUTPUT THREADS\n");
        return 2;
    }
    size_t n = strtoull(argv[2], NULL, 10), d = strtoull(argv[3], NULL, 10), k = strtoull(argv[4], NULL, 10);
    bool seeding = strcmp(argv[5], "seed") == 0;
    float *x = read_floats(argv[1], n * d);
    float *centers = seeding ? oc_alloc(k * d, sizeof *centers) : read_floats(argv[5], k * d);
    oc_error err;
    oc_job *job;
    check(oc_job_create(strtoull(argv[7], NULL, 10), NULL, &job, &err), &err);
    double start = oc_seconds();
    if (seeding) {
        check(oc_kmeans_seed(x, n, d, k, 1, centers, job, &err), &err);
        printf("%.6f\n", oc_seconds() - start);
        FILE *file = fopen(argv[6], "wb");
        if (!file || fwrite(centers, sizeof *centers, k * d, file) != k * d || fclose(file) != 0) {
            fprintf(stderr, "bench-kmeans: %s: cannot be written\n", argv[6]);
            return 1;
        }
    } else {
        oc_kmeans_options options = {strtoull(argv[6], NULL, 10), 0, 1};
        oc_kmeans_report report = {0};
        check(oc_kmeans_lloyd(x, n, d, k, &options, centers, &report, job, &err), &err);
        printf("%.6f %.9g %zu\n", report.seconds, report.error, report.iterations);
    }
    oc_job_free(job);
    oc_free(x);
    oc_free(centers);
    return 0;
}
