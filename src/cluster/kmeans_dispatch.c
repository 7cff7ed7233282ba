/* Choice of the kernels of k-means. */
#include "src/base/dispatch.h"
#include "src/cluster/kmeans_kernels.h"

OC_KERNEL_GETTER(extern, oc_kmeans_kernels, oc_kmeans)
