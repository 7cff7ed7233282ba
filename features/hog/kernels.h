/* Inner loops of the stage hog; see src/base/dispatch.h. votes_kernels.c has gradients, votes and their sums down the
 * columns, gather_kernels.c the sums across, blocks_kernels.c the normalisation. */
#ifndef OC_FEATURES_HOG_KERNELS_H
#define OC_FEATURES_HOG_KERNELS_H

#include "features/hog/axis.h"
#include "features/hog/form.h"
#include "src/base/dispatch.h"

enum { OC_HOG_BAND_BINS = 9, OC_HOG_BAND_ROOM = 16, OC_HOG_JOIN_SCRATCH = 14 }; /* see oc_hog_band */

/* Edges between sectors, as directions: cosines (count), then sines (count), in order of angle from 0 to 360 degrees.
 * An angle belongs behind an edge when it is equal or larger; with `beyond`, only when it is larger. `turn` is the
 * first edge past 180 degrees, `half` the number of bins that begin up to there; an edge at 180 degrees itself is not
 * in the list. */
typedef struct oc_hog_edges {
    size_t count, turn;
    bool beyond;
    float half;
    float cosine[OC_HOG_BINS], sine[OC_HOG_BINS];
} oc_hog_edges;

/* Rows whose votes go to the same cells: those of a cell, or where votes are split between cells those between the
 * centres of two. The form that nearly everybody uses, nine bins of a half circle, goes from lines to sums in one
 * kernel. */
typedef struct oc_hog_band {
    const float
        *lines; /* (rows + 2, stride), from the row above the band to the row below; columns -1 .. room are finite */
    size_t stride, rows, width;
    size_t room;          /* width, rounded up to a multiple of OC_HOG_BAND_ROOM */
    const float *tangent; /* coefficients to split votes between bins by; NULL: whole votes */
    float per_row, end;   /* 1 / cell; rows of a whole band up to the last one here, and a half */
} oc_hog_band;

/* Rows are of `width` floats. A pixel's vote is a magnitude and a position in bins, -1/2 .. bins - 1/2; bin b gets the
 * magnitude times max(0, 1 - |position - b|), counted round the circle. */
typedef struct oc_hog_kernels {
    /* Bytes that lie `stride` apart to floats. */
    void (*line)(const uint8_t *bytes, size_t stride, size_t width, float *line);
    /* Centred differences; line[-1] and line[width] exist. */
    void (*gradient)(const float *above, const float *line, const float *below, size_t width, float *gx, float *gy);
    /* Replaces a gradient by another channel's where that is longer. */
    void (*longest)(const float *other_x, const float *other_y, size_t width, float *gx, float *gy);
    /* Votes by angle: position = angle * bins_per_radian - 1/2, the angle modulo pi or 2 pi. tangent (OC_HOG_TERMS) are
     * the coefficients of x, x^3 and so on. */
    void (*linear)(const float *gx, const float *gy, size_t width, bool with_sign, float bins_per_radian,
                   const float *tangent, float *position, float *magnitude);
    /* Votes by sector: position is the number of edges that the angle has passed, 0 for all of `bins`. */
    void (*sectors)(const float *gx, const float *gy, size_t width, bool with_sign, const oc_hog_edges *edges,
                    size_t bins, float *position, float *magnitude);
    /* sums (bins, width) = the weighted votes of `rows` rows, column by column. */
    void (*vote)(const float *const *positions, const float *const *magnitudes, const float *weights, size_t rows,
                 size_t width, size_t bins, float *sums);
    /* The same without haste. */
    void (*vote_plain)(const float *const *positions, const float *const *magnitudes, const float *weights, size_t rows,
                       size_t width, size_t bins, float *sums);
    /* Gradients and votes of a band in one go. sums (9, room) = the votes, column by column; of columns past the width
     * they mean nothing. With carry (9, room), votes are split between the cell above and the cell below the band:
     * sums = carry + the former's, carry = the latter's. Equal to gradient, linear or sectors, and vote_plain. */
    void (*band)(const oc_hog_band *band, float *sums, float *carry);
} oc_hog_kernels;

/* From the sums of votes down the columns to cells. */
typedef struct oc_hog_gatherer {
    /* cells (bins, targets) from sums (bins, width); of targets that belong to blocks the first of each block come
     * first, then the second of each, and so on. scratch (2, width + 2 span). */
    void (*gather)(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch, float *cells);
    /* The same without haste; scratch may be NULL. */
    void (*gather_plain)(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch,
                         float *cells);
    /* cells (9, targets) from sums (9, room), split between cells of an even side; half a side behind the sums is
     * read, but means nothing. weights (room / 2): of the first value of each pair from column cell / 2 on. scratch
     * (OC_HOG_JOIN_SCRATCH, room). Equal to gather_plain. */
    void (*join)(const float *sums, const oc_hog_band *band, size_t cell, size_t targets, const float *weights,
                 float *scratch, float *cells);
} oc_hog_gatherer;

typedef struct oc_hog_normalizer {
    /* cells (ny, bins, nx) to the row; where votes were kept by block, per = block, ny and nx count targets.
     * scratch: oc_hog_scratch floats. */
    void (*normalize)(const oc_hog_form *form, const float *cells, size_t ny, size_t nx, size_t per, float *scratch,
                      float *row);
} oc_hog_normalizer;

/* The best for this processor. */
const oc_hog_kernels *oc_hog_kernels_get(void);
const oc_hog_gatherer *oc_hog_gatherer_get(void);
const oc_hog_normalizer *oc_hog_normalizer_get(void);

#endif
