/* The inner loops of decoding, compiled once for each processor family. All sums are integers and exact, so every
 * family gives the same bytes. n counts pixels. */
#ifndef OC_IMAGE_KERNELS_H
#define OC_IMAGE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef struct oc_convert_kernels {
    /* gray = (19595 R + 38470 G + 7471 B + 32768) >> 16: 0.299, 0.587, 0.114 in 16 bits, rounded, as in libjpeg. */
    void (*gray_from_rgb)(const uint8_t *rgb, size_t n, uint8_t *gray);
    /* n big-endian 16-bit values v -> v 255 / 65535, rounded. out may be equal to values. */
    void (*round_16)(const uint8_t *values, size_t n, uint8_t *out);
    void (*rgb_from_gray)(const uint8_t *gray, size_t n, uint8_t *rgb);
    /* gray = Y; RGB from Y, Cb, Cr by the equations of JFIF in the arithmetic of libjpeg. */
    void (*split_ycc)(const uint8_t *ycc, size_t n, uint8_t *gray, uint8_t *rgb);
    /* R = C K / 255, rounded; G and B likewise from M and Y. JPEG stores 255 - ink in C, M, Y and K. */
    void (*rgb_from_cmyk)(const uint8_t *cmyk, size_t n, uint8_t *rgb);
} oc_convert_kernels;

/* The axis along the rows (oc_axis), laid out for vectors: one lane for every channel of every output pixel. All lanes
 * have as many taps as the longest window; surplus taps have weight 0. */
typedef struct oc_lanes {
    size_t count, taps, channels; /* count = (out, channels) */
    int32_t *first;          /* (count) index of the first tap in a row of sums; the next tap is `channels` further */
    double *weights;         /* (taps, count) */
    double *totals, *scales; /* (count) sum of the weights; its reciprocal */
    double *memory;          /* the block that holds all of these arrays */
    size_t capacity;
} oc_lanes;

typedef struct oc_resize_kernels {
    /* sums = weight * row, and sums += weight * row, over n bytes. */
    void (*start_sums)(const uint8_t *row, size_t n, int32_t weight, int32_t *sums);
    void (*add_to_sums)(const uint8_t *row, size_t n, int32_t weight, int32_t *sums);
    /* One output row: sums (in, channels), weighted along the row, divided by the totals of both axes; `down` is the
     * total of the columns. Rounded to nearest, ties up with `up`, else to even. */
    void (*combine)(const int32_t *sums, const oc_lanes *lanes, uint32_t down, bool up, uint8_t *out);
} oc_resize_kernels;

/* The best tables that this processor supports. */
const oc_convert_kernels *oc_convert(void);
const oc_resize_kernels *oc_resize(void);

#endif
