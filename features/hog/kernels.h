/* Inner loops of the stage hog; see src/base/dispatch.h. votes_kernels.c has gradients, votes and their sums down the
 * columns, gather_kernels.c the sums across, blocks_kernels.c the normalisation. */
#ifndef OC_FEATURES_HOG_KERNELS_H
#define OC_FEATURES_HOG_KERNELS_H

#include "features/hog/axis.h"
#include "features/hog/form.h"
#include "src/base/dispatch.h"

enum { OC_HOG_BAND_BINS = 9, OC_HOG_BAND_ROOM = 16, OC_HOG_JOIN_SCRATCH = 14 }; /* see oc_hog_band */

/* Edges between bins, as directions: cosines (count), then sines (count), in order of angle from 0 to 360 degrees.
 * Bin k holds the angles in [edge k, edge k + 1); with upper_inclusive, (edge k, edge k + 1]. `turn` is the index of
 * the first edge above 180 degrees, `half` the number of bins that start at or below 180 degrees; an edge at 180
 * degrees itself is not in the list. */
typedef struct oc_hog_edges {
    bool with_sign; /* bins cover 360 degrees */
    size_t bins;
    size_t count, turn;
    bool upper_inclusive;
    float half;
    float cosine[OC_HOG_BINS], sine[OC_HOG_BINS];
} oc_hog_edges;

/* How angles become positions in bins. */
typedef struct oc_hog_circle {
    bool with_sign; /* bins cover 360 degrees, and the angle counts modulo 2 pi, not pi */
    float bins_per_radian;
    const float *tangent; /* (OC_HOG_TERMS): the coefficients of x, x^3 and so on of the arc tangent */
} oc_hog_circle;

/* Rows of votes, (rows) of `width` positions and magnitudes each, and the weight of each row. */
typedef struct oc_hog_rows {
    const float *const *positions, *const *magnitudes;
    const float *weights;
    size_t rows, width;
} oc_hog_rows;

/* A band: the rows of pixels whose votes go to the same cells. It is one row of cells high, and where votes are split
 * between cells it reaches from the centres of one row of cells to the centres of the next. For the most common form,
 * nine bins of a half circle, one kernel goes from lines of pixels to sums. */
typedef struct oc_hog_band {
    /* (rows + 2, stride), from the row above the band to the row below it; columns -1 .. room are finite */
    const float *lines;
    size_t stride, rows, width;
    size_t room;          /* width, rounded up to a multiple of OC_HOG_BAND_ROOM */
    const float *tangent; /* coefficients to split votes between bins by; NULL: whole votes */
    size_t cell;          /* side of a cell */
    float per_row;        /* 1 / cell */
    float end;            /* the last row's distance from the top of a whole band, plus 1.5 */
} oc_hog_band;

/* Rows are of `width` floats. A pixel's vote is a magnitude and a position in bins, -1/2 .. bins - 1/2; bin b gets the
 * magnitude times max(0, 1 - |position - b|), counted round the circle. */
typedef struct oc_hog_kernels {
    /* Converts bytes, `stride` apart, to floats. */
    void (*line)(const uint8_t *bytes, size_t stride, size_t width, float *line);
    /* Centred differences; line[-1] and line[width] exist. */
    void (*gradient)(const float *above, const float *line, const float *below, size_t width, float *gx, float *gy);
    /* Replaces a gradient by that of another channel where the other is longer. */
    void (*longest)(const float *other_x, const float *other_y, size_t width, float *gx, float *gy);
    /* Votes by angle: position = angle * bins_per_radian - 1/2. */
    void (*linear)(const float *gx, const float *gy, size_t width, const oc_hog_circle *circle, float *position,
                   float *magnitude);
    /* Votes for the nearest bin: position is the number of edges at or below the angle, 0 for all of them. */
    void (*sectors)(const float *gx, const float *gy, size_t width, const oc_hog_edges *edges, float *position,
                    float *magnitude);
    /* sums (bins, width) = the weighted votes of the rows, column by column. */
    void (*vote)(const oc_hog_rows *rows, size_t bins, float *sums);
    /* Reference implementation of the above. */
    void (*vote_reference)(const oc_hog_rows *rows, size_t bins, float *sums);
    /* Gradients and votes of a band in one pass. sums (9, room) = the votes, column by column; of columns past the width
     * they are undefined. With carry (9, room), votes are split between the cells above and the cells below the band:
     * sums = carry + the votes for the cells above, carry = those for the cells below. Equal to gradient, linear or
     * sectors, and vote_reference. */
    void (*band)(const oc_hog_band *band, float *sums, float *carry);
} oc_hog_kernels;

/* From the sums of votes down the columns to cells. */
typedef struct oc_hog_gatherer {
    /* cells (bins, targets) from sums (bins, width); of targets that belong to blocks the first of each block come
     * first, then the second of each, and so on. scratch (2, width + 2 span). */
    void (*gather)(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch, float *cells);
    /* Reference implementation of the above; scratch may be NULL. */
    void (*gather_reference)(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *scratch,
                             float *cells);
    /* cells (9, targets) from sums (9, room), split between cells of an even side; half a side of floats
     * after the sums is read and has no effect. weights (room / 2): of the first value of each pair from column cell / 2
     * on. scratch (OC_HOG_JOIN_SCRATCH, room). Equal to gather_reference. */
    void (*join)(const float *sums, const oc_hog_band *band, size_t targets, const float *weights, float *scratch,
                 float *cells);
} oc_hog_gatherer;

/* cells (ny, bins, nx); where votes are kept by block, per = block, and ny and nx count the cells of every block. */
typedef struct oc_hog_grid {
    const float *cells;
    size_t ny, nx, per;
} oc_hog_grid;

typedef struct oc_hog_normalizer {
    /* The row of the cells; scratch has oc_hog_scratch floats. */
    void (*normalize)(const oc_hog_form *form, const oc_hog_grid *grid, float *scratch, float *row);
} oc_hog_normalizer;

/* The tables of the best family for this processor. */
const oc_hog_kernels *oc_hog_kernels_get(void);
const oc_hog_gatherer *oc_hog_gatherer_get(void);
const oc_hog_normalizer *oc_hog_normalizer_get(void);

#endif
