/* Choice of the kernels of images. */
#include "src/image/kernels.h"

#include "src/base/dispatch.h"

OC_DECLARE_KERNELS(oc_convert_kernels, oc_convert_kernels);
OC_DECLARE_KERNELS(oc_resize_kernels, oc_resize_kernels);

const oc_convert_kernels *oc_convert(void)
{
    static const oc_convert_kernels *const tables[] = OC_KERNEL_TABLES(oc_convert_kernels);
    return tables[oc_isa_index()];
}

const oc_resize_kernels *oc_resize(void)
{
    static const oc_resize_kernels *const tables[] = OC_KERNEL_TABLES(oc_resize_kernels);
    return tables[oc_isa_index()];
}
