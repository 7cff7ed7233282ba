/* Choice of the kernels of the stage hog. */
#include "features/hog/kernels.h"

OC_KERNEL_GETTER(extern, oc_hog_kernels, oc_hog_kernels_get)
OC_KERNEL_GETTER(extern, oc_hog_gatherer, oc_hog_gatherer_get)
OC_KERNEL_GETTER(extern, oc_hog_normalizer, oc_hog_normalizer_get)
