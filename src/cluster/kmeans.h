/* k-means: codebooks by Lloyd's iterations with k-means++ seeding.
 *
 * Minimises the mean squared distance of N points to the nearest of K centres. Distances are matrix products in
 * cache-sized blocks, and assignment is part of the product: no (N, K) array exists. An iteration never raises the
 * error. A centre that loses all its points is moved to a point that is far from its own centre. Results depend on
 * points and seed alone, not on the number of threads. Sources: Lloyd (1982); Arthur and Vassilvitskii (2007). */
#ifndef OC_CLUSTER_KMEANS_H
#define OC_CLUSTER_KMEANS_H

#include "src/matrix/matrix.h"

#include <ocellus/job.h>
#include <stdint.h>

typedef struct oc_kmeans_options {
    size_t count;      /* K */
    size_t iterations; /* maximum */
    double tolerance;  /* stop when an iteration lowers the error by less than this fraction; 0: never */
    uint64_t seed;
} oc_kmeans_options;

typedef struct oc_kmeans_report {
    size_t iterations; /* done */
    double error;      /* mean squared distance of the points to the centres returned */
    size_t reseeded;   /* empty centres that were moved, over all iterations */
    double seeding_seconds, seconds;
} oc_kmeans_report;

/* k-means++ on at most 20 K points, drawn at random: points (N,D), stride D, -> centres (K,D). OC_BAD_DATA when K > N,
 * with both numbers; OC_USAGE, OC_TOO_LARGE, OC_NO_MEMORY, OC_CANCELLED. */
oc_status oc_kmeans_seed(oc_matrix points, const oc_kmeans_options *options, float *centers, oc_job *job,
                         oc_error *err);

/* Lloyd's iterations; on success the centres (K,D) are replaced. report may be NULL. Errors as above. */
oc_status oc_kmeans_lloyd(oc_matrix points, const oc_kmeans_options *options, float *centers, oc_kmeans_report *report,
                          oc_job *job, oc_error *err);

#endif
