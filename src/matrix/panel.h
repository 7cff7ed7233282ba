/* Products of blocks of rows with a codebook that stays the same for many blocks.
 *
 * A general matrix product packs both operands in every call and writes the whole result to memory. Here the words are
 * packed once, in panels of OC_PANEL words, and a product leaves a small tile in the first-level cache, where the
 * caller uses it (nearest word, distance, code) at once. Every value of a tile is one sum in the order of the columns,
 * so a result does not depend on the grouping of the rows. */
#ifndef OC_MATRIX_PANEL_H
#define OC_MATRIX_PANEL_H

#include <stddef.h>

enum {
    OC_PANEL = 32,         /* words in a panel */
    OC_PANEL_MAX_ROWS = 12 /* maximum of R, the rows of a tile; R of every family divides OC_PANEL_BLOCK */
};
enum { OC_PANEL_BLOCK = 48 }; /* rows that are multiplied with all panels together */

typedef struct oc_panel_kernels {
    size_t rows; /* R: rows of a group and of a tile */
    /* X (count,depth) with a stride -> packed (depth,R), where rows count..R-1 are zero; count <= R. */
    void (*pack)(const float *x, size_t stride, size_t count, size_t depth, float *packed);
    /* tile (R,OC_PANEL) = bias (OC_PANEL) + packed^T (R,depth) panel (depth,OC_PANEL); bias and panel are aligned to 64
     * bytes. */
    void (*product)(const float *packed, const float *panel, size_t depth, const float *bias, float *tile);
} oc_panel_kernels;

const oc_panel_kernels *oc_panel(void);

/* The number of panels for `words` words; the last one is padded. */
size_t oc_panel_count(size_t words);

/* Packs scale * W (words,depth) with a stride into panels (oc_panel_count, depth, OC_PANEL); the padding is zero. */
void oc_panel_pack(const float *w, size_t words, size_t depth, size_t stride, float scale, float *panels);

/* Packs rows (count <= OC_PANEL_BLOCK) in consecutive groups of R: packed (OC_PANEL_BLOCK / R, depth, R). Groups
 * without rows are left out. Returns the number of groups. */
size_t oc_panel_pack_block(const float *x, size_t stride, size_t count, size_t depth, float *packed);

#endif
