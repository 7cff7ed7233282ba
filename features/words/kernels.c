/* Choice of the kernels of the stage words. */
#include "features/words/kernels.h"
#include "src/base/dispatch.h"

OC_KERNEL_GETTER(extern, oc_words_kernels, oc_words_kernels_get)
