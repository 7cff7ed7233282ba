/* Choice of the kernels of the stage hog. */
#include "features/hog/kernels.h"

OC_DECLARE_KERNELS(oc_hog_kernels, oc_hog_kernels);
OC_DECLARE_KERNELS(oc_hog_gatherer, oc_hog_gatherer);
OC_DECLARE_KERNELS(oc_hog_normalizer, oc_hog_normalizer);

const oc_hog_kernels *oc_hog_kernels_get(void)
{
    static const oc_hog_kernels *const tables[] = OC_KERNEL_TABLES(oc_hog_kernels);
    return tables[oc_isa_index()];
}

const oc_hog_gatherer *oc_hog_gatherer_get(void)
{
    static const oc_hog_gatherer *const tables[] = OC_KERNEL_TABLES(oc_hog_gatherer);
    return tables[oc_isa_index()];
}

const oc_hog_normalizer *oc_hog_normalizer_get(void)
{
    static const oc_hog_normalizer *const tables[] = OC_KERNEL_TABLES(oc_hog_normalizer);
    return tables[oc_isa_index()];
}
