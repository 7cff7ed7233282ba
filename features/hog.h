/* Histograms of oriented gradients: what the files of the stage share. hog.c holds the parameters, the plan and the
 * extraction, hog_kernels.c gradients and votes, hog_blocks_kernels.c the normalisation, hog_presets.c the forms of
 * other libraries, hog_draw.c the pictures. */
#ifndef OC_FEATURES_HOG_H
#define OC_FEATURES_HOG_H

#include "features/stage.h"
#include "src/base/dispatch.h"

/* The largest that are allowed; terms of the polynomial for angles. */
enum { OC_HOG_BINS = 180, OC_HOG_CELL = 1024, OC_HOG_BLOCK = 16, OC_HOG_TERMS = 6 };
enum { OC_HOG_BAND_BINS = 9, OC_HOG_BAND_ROOM = 16, OC_HOG_JOIN_SCRATCH = 14 }; /* see oc_hog_band */

/* In the order of the choices of the parameter `norm`. */
typedef enum oc_hog_norm {
    OC_HOG_NORM_AUTO,
    OC_HOG_NORM_NONE,
    OC_HOG_NORM_SQRT,
    OC_HOG_NORM_ROW,
    OC_HOG_NORM_NEIGHBOURS,
    OC_HOG_NORM_L1,
    OC_HOG_NORM_L1_SQRT,
    OC_HOG_NORM_L2,
    OC_HOG_NORM_L2_HYS
} oc_hog_norm;

/* Two bits: linear between bins, linear between cells. In the order of the choices of `interpolate`. */
typedef enum oc_hog_interpolate {
    OC_HOG_NEAREST = 0,
    OC_HOG_BINS_LINEAR = 1,
    OC_HOG_CELLS_LINEAR = 2,
    OC_HOG_INTERPOLATE_AUTO = 4
} oc_hog_interpolate;

typedef enum oc_hog_preset { OC_HOG_OWN, OC_HOG_SKIMAGE, OC_HOG_OPENCV, OC_HOG_UOCTTI } oc_hog_preset;

typedef struct oc_hog_params {
    int64_t cell, bins, block;
    bool with_sign;
    int interpolate, color;
    bool gamma, window;
    int norm;
    double epsilon;
    int preset;
} oc_hog_params;

/* What lies beyond the border of the image. */
typedef enum oc_hog_border {
    OC_HOG_REPEAT,  /* the border pixel again: half a one-sided difference's weight */
    OC_HOG_REFLECT, /* the pixel on the other side: the difference across the border is zero */
    OC_HOG_SILENT   /* the gradient of a border pixel is zero altogether */
} oc_hog_border;

/* Every choice that makes a variant of HoG, after the defaults and the preset have been filled in. */
typedef struct oc_hog_form {
    size_t cell, block;
    size_t bins;    /* of one histogram */
    bool with_sign; /* bins cover 360 degrees instead of 180 */
    bool centred;   /* bin k has its centre at k bin widths instead of (k + 1/2); only with nearest bins */
    unsigned interpolate;
    bool color, gamma;
    const float *tangent; /* (OC_HOG_TERMS) */
    oc_hog_border border;
    bool cropped;  /* pixels behind the last whole cell do not exist, not even for gradients */
    bool rounded;  /* sides are rounded to the nearest number of cells instead of down */
    bool window;   /* Gaussian weight of a pixel in its block */
    double sigma;  /* its width in pixels */
    double centre; /* its centre: this far behind block * cell / 2 */
    oc_hog_norm norm;
    double epsilon, epsilon_again; /* added to norms, in units of summed votes; for the second norm of l2-hys */
    bool squared;                  /* epsilon joins the sum of squares as its own square, instead of the root */
    bool by_columns;               /* blocks, and cells in a block, run down columns first */
    bool uoctti;                   /* 3 bins/2 + 4 values a cell, plane by plane */
} oc_hog_form;

void oc_hog_resolve(const oc_hog_params *params, oc_hog_form *form);
/* Why `name` cannot be set beside the others; NULL when it can. */
const char *oc_hog_refuse(const void *params, const char *name);

/* Votes are kept by block where the weight of a pixel depends on the block it is seen in. */
bool oc_hog_by_block(const oc_hog_form *form);
/* Cells along a side of the image. */
size_t oc_hog_cells_along(const oc_hog_form *form, size_t length);

double oc_hog_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_hog_key(const oc_stage *stage);
oc_status oc_hog_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
oc_status oc_hog_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                        double *map, oc_error *err);

/* How the pixels along one side vote for targets (cells, or the cells of each block): target t gathers the pixels
 * start .. start + span - 1, start = (t / per) * step + offset, with weights[(t % per) * span + i]. Pixels outside of
 * the image do not vote. */
typedef struct oc_hog_axis {
    size_t targets, per, step, span;
    ptrdiff_t offset;
    bool even;      /* every pixel votes for one target, with weight 1 */
    float *weights; /* (per, span) */
    /* Where span is a multiple of step, phases = span / step: blocks phase, phase + phases, ... lie end to end, and row
     * c * phases + phase of (per * phases, length) has the weights for cell c of those; else NULL. */
    float *patterns;
} oc_hog_axis;

/* The pixels of target t that lie inside: *first of the image and *skip of the weights; their number. */
size_t oc_hog_reach(const oc_hog_axis *axis, size_t target, size_t length, size_t *first, size_t *skip);

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
const oc_hog_normalizer *oc_hog_normalizer_get(void);

/* cells (down.targets, bins, across.targets) of an image; the axes get what they lack from the arena. OC_NO_MEMORY. */
oc_status oc_hog_cells(const oc_hog_form *form, const oc_image *image, oc_hog_axis *down, oc_hog_axis *across,
                       oc_arena *arena, float *cells, oc_error *err);

/* Floats of scratch memory that the normalisation of rows of nx cells or targets needs. */
size_t oc_hog_scratch(const oc_hog_form *form, size_t nx);

#endif
