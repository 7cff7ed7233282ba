/* Dense gradient descriptors: an image at one size of cells. */
#ifndef OC_FEATURES_WORDS_SIFT_H
#define OC_FEATURES_WORDS_SIFT_H

#include "src/base/memory.h"

#include <stdbool.h>
#include <stdint.h>

enum { OC_SIFT_MIN_CELL = 2, OC_SIFT_MAX_CELL = 64 };

/* The pixels of an axis on which centres of cells lie. */
typedef struct oc_sift_axis {
    size_t count;
    uint32_t *pixel; /* (count), ascending */
    uint32_t *index; /* (pixels of the axis): of a centre, its place in `pixel`; else 0 */
} oc_sift_axis;

/* Scratch memory is from an arena. */
typedef struct oc_sift_view {
    size_t width, height, cell;
    oc_sift_axis x, y;
    size_t stride; /* an odd number of cache lines: else a column of votes would fall into few sets of the cache */
    const uint8_t *gray;
    float *smooth;     /* (height, width) */
    float *votes;      /* (height, width, 8), rows `stride` apart */
    float *line;       /* a row of votes between borders */
    float *histograms; /* (y.count, x.count, 8): votes around the centres */
} oc_sift_view;

/* Pixels that a descriptor covers on each axis. */
size_t oc_sift_extent(size_t cell);
/* plane (height, width): luma, or another that is seen as such. False when memory is short. */
bool oc_sift_view_create(oc_sift_view *v, const uint8_t *plane, size_t width, size_t height, size_t largest_cell,
                         oc_arena *arena);
/* For descriptors of that size whose corners lie `stride` apart; (left, top) is the corner of the first. Does
 * nothing when the view is prepared for that size already. */
void oc_sift_view_prepare(oc_sift_view *v, size_t cell, size_t stride, size_t left, size_t top);
/* out (128) of the descriptor whose corner is at (x, y). */
void oc_sift_describe(const oc_sift_view *v, size_t x, size_t y, double contrast, float *out);
/* The place of each value in the mirrored descriptor: its own inverse. */
void oc_sift_mirror_order(uint32_t *order);

#endif
