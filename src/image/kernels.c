/* Choice of the kernels of this module. */
#include "src/image/kernels.h"

#include "src/base/dispatch.h"

OC_DECLARE_KERNELS(oc_color_kernels, oc_color_kernels);
OC_DECLARE_KERNELS(oc_resize_kernels, oc_resize_kernels);

const oc_color_kernels *oc_color(void)
{
    static const oc_color_kernels *const tables[] = OC_KERNEL_TABLES(oc_color_kernels);
    return tables[oc_isa_index()];
}

const oc_resize_kernels *oc_resize(void)
{
    static const oc_resize_kernels *const tables[] = OC_KERNEL_TABLES(oc_resize_kernels);
    return tables[oc_isa_index()];
}
