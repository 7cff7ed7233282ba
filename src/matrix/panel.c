/* Packing for the panel products. */
#include "src/matrix/panel.h"

#include "src/base/dispatch.h"

OC_KERNEL_GETTER(extern, oc_panel_kernels, oc_panel)

size_t oc_panel_count(size_t words)
{
    return words / OC_PANEL + (words % OC_PANEL != 0);
}

void oc_panel_pack(const float *w, size_t words, size_t depth, size_t stride, float scale, float *panels)
{
    size_t count = oc_panel_count(words);
    for (size_t p = 0; p < count; p++) {
        float *panel = panels + p * depth * OC_PANEL;
        for (size_t lane = 0; lane < OC_PANEL; lane++) {
            size_t word = p * OC_PANEL + lane;
            for (size_t j = 0; j < depth; j++) {
                panel[j * OC_PANEL + lane] = word < words ? scale * w[word * stride + j] : 0;
            }
        }
    }
}

size_t oc_panel_pack_block(const float *x, size_t stride, size_t count, size_t depth, float *packed)
{
    const oc_panel_kernels *kernels = oc_panel();
    size_t groups = 0;
    for (size_t row = 0; row < count; row += kernels->rows, groups++) {
        size_t rows = count - row < kernels->rows ? count - row : kernels->rows;
        kernels->pack(x + row * stride, stride, rows, depth, packed + row * depth);
    }
    return groups;
}
