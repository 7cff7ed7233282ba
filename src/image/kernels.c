/* Choice of the kernels of this module. */
#include "src/image/kernels.h"

#include "src/base/dispatch.h"

OC_KERNEL_GETTER(extern, oc_convert_kernels, oc_convert)
OC_KERNEL_GETTER(extern, oc_resize_kernels, oc_resize)
