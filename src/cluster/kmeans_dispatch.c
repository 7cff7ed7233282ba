/* Choice of the kernels of k-means. */
#include "src/base/dispatch.h"
#include "src/cluster/kmeans_kernels.h"

OC_DECLARE_KERNELS(oc_kmeans_kernels, oc_kmeans_kernels);

const oc_kmeans_kernels *oc_kmeans(void)
{
    static const oc_kmeans_kernels *const tables[] = OC_KERNEL_TABLES(oc_kmeans_kernels);
    return tables[oc_isa_index()];
}
