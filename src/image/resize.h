/* Resizes planes. The weights of the last axes are kept, because the images of a folder often have the same size. */
#ifndef OC_IMAGE_RESIZE_H
#define OC_IMAGE_RESIZE_H

#include "src/image/kernels.h"

#include <ocellus/image.h>

/* The pixels of an axis that contribute to one output pixel: `count` of them, from `first` on. */
typedef struct oc_window {
    uint32_t first, count;
    uint32_t offset; /* of the first weight */
    uint32_t total;  /* sum of the weights, at most 2^22 */
} oc_window;

typedef struct oc_axis {
    size_t in, out;     /* 0 before the first use */
    oc_window *windows; /* (out) */
    uint32_t *weights;
    size_t window_capacity, weight_capacity;
} oc_axis;

/* Zero-initialise. For speed, use one for each number of channels. One thread at a time may use it. */
typedef struct oc_resizer {
    oc_axis across, down;
    oc_lanes lanes;
    int32_t *sums; /* one row, weighted down the columns */
    size_t sums_capacity;
} oc_resizer;

/* A plane to write, or a part of a larger one, of width x height pixels: rows begin `stride` bytes apart. */
typedef struct oc_plane_out {
    uint8_t *pixels;
    size_t stride, width, height;
} oc_plane_out;

/* As oc_image_resize, into a part of a plane. */
oc_status oc_resizer_run(oc_resizer *resizer, const oc_pixels *in, oc_plane_out out, oc_error *err);
void oc_resizer_free(oc_resizer *resizer);

#endif
