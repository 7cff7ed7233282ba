/* Which pixels along a side of the image vote for which cells. */
#ifndef OC_FEATURES_HOG_AXIS_H
#define OC_FEATURES_HOG_AXIS_H

#include "features/hog/form.h"

/* How the pixels along one side vote for targets (cells, or the cells of each block): target t gathers the pixels
 * start .. start + span - 1, start = (t / per) * step + offset, with weights[(t % per) * span + i]. Pixels outside of
 * the image do not vote. */
typedef struct oc_hog_axis {
    size_t targets, per, step, span;
    ptrdiff_t offset;
    bool even;            /* every pixel votes for one target, with weight 1 */
    const float *weights; /* (per, span) */
    /* If span is a multiple of step, blocks that are phases = span / step apart do not overlap and tile the image:
     * row c * phases + phase of patterns (per * phases, length) has the weights for cell c of the blocks that start at
     * that phase. Else NULL. */
    const float *patterns;
} oc_hog_axis;

/* The pixels of target t that lie inside the image: the first one is pixel *first, which has weight *skip. Returns
 * their number. */
size_t oc_hog_reach(const oc_hog_axis *axis, size_t target, size_t length, size_t *first, size_t *skip);

/* The axis along one side with n cells, without patterns. weights has room for oc_hog_axis_room floats. */
oc_hog_axis oc_hog_axis_make(const oc_hog_form *form, size_t n, float *weights);
size_t oc_hog_axis_room(const oc_hog_form *form);
/* Rows of the patterns; 0 where there are none. */
size_t oc_hog_axis_patterns(const oc_hog_form *form);
/* Fills and sets the patterns for a side of `length` pixels. */
void oc_hog_axis_fill_patterns(oc_hog_axis *axis, size_t length, float *patterns);

#endif
