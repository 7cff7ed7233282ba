/* Choice of the kernels of the stage words. */
#include "features/words/kernels.h"
#include "src/base/dispatch.h"

OC_DECLARE_KERNELS(oc_words_kernels, oc_words_kernels);

const oc_words_kernels *oc_words_kernels_get(void)
{
    static const oc_words_kernels *const tables[] = OC_KERNEL_TABLES(oc_words_kernels);
    return tables[oc_isa_index()];
}
