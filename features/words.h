/* What the files of the stage `words` share.
 *
 * words.c         the stage: parameters, plan, learned arrays, save and restore
 * words_layout.c  where descriptors are taken and in which regions they count
 * words_patch.c   what is described: pixel patches, contrast normalised, or
 * words_sift.c    gradients around a place
 * words_fit.c     learning the whitening and the words
 * words_encode.c  an image's row
 * words_kernels.c inner loops
 * words_draw.c    pictures */
#ifndef OC_FEATURES_WORDS_H
#define OC_FEATURES_WORDS_H

#include "features/stage.h"

enum { OC_WORDS_ENCODE_AUTO, OC_WORDS_TRIANGLE, OC_WORDS_HARD, OC_WORDS_SOFT };
enum { OC_WORDS_PATCH, OC_WORDS_SIFT };
enum { OC_WORDS_MAP_AUTO, OC_WORDS_PLAIN, OC_WORDS_ROOT };
enum { OC_WORDS_POOL_AUTO, OC_WORDS_SUM, OC_WORDS_MEAN, OC_WORDS_MAX };
enum { OC_WORDS_MOST_NEAREST = 32 };

typedef struct oc_words_params {
    int64_t count, patch, stride, samples, iterations, nearest; /* nearest 0: all words */
    bool gray, whiten, mirror;
    double contrast, ridge, keep, softness;
    int descriptor, encode, pool, map;
    oc_levels grid, cells; /* cells: sizes of the gradient descriptors' cells, none for auto */
} oc_words_params;

/* What is learned. The arrays before `panels` are stored, the others follow from them. */
typedef struct oc_words {
    size_t depth;            /* D: values of a descriptor */
    size_t directions, even; /* r: values after whitening; the first `even` stay when the image is mirrored */
    size_t count;            /* K */
    float *mean;             /* (D) */
    float *transform;        /* T (r,D) */
    float *parity;           /* (r): 1 even, -1 odd */
    float *words;            /* (K,r) */

    float *transform_panels, *transform_bias; /* T, -T mean */
    float *even_panels, *odd_panels;          /* -2 words, the even and the odd values apart; odd NULL without mirror */
    float *word_bias;                         /* |word|^2 */
    float *no_bias;                           /* zeros, one panel */
} oc_words;

/* Checks the stored arrays against each other, makes the others. OC_NO_MEMORY. */
oc_status oc_words_prepare(oc_words *words, bool mirror, oc_error *err);
void oc_words_free(oc_words *words);

/* The borders of all regions of all levels cut each axis into intervals; a cell is an interval of columns and one of
 * rows, counted row by row. */

/* One descriptor: its corner, the cell it counts in, the one it counts in when the image is mirrored. */
typedef struct oc_words_place {
    uint32_t x, y, cell, mirror_cell;
    uint32_t size; /* side of a patch, or size of a gradient descriptor's cells */
} oc_words_place;

/* With stride and cells as they are in images of that size, where they are auto. What is asked about one axis below
 * needs them so. */
oc_words_params oc_words_scaled(const oc_words_params *params, size_t width, size_t height);
/* Sizes of descriptors in an image: 1, or that of `cells`. */
size_t oc_words_sizes(const oc_words_params *params);
/* The first pixel of the first descriptor that covers `extent` of `length` pixels: what the stride leaves over is
 * shared by both borders. */
size_t oc_words_margin(size_t extent, size_t stride, size_t length);
/* Pixels a descriptor of size number s covers on each axis. */
size_t oc_words_extent(const oc_words_params *params, size_t s);
/* Descriptors of size number s on an axis of `length` pixels; 0 when it is too short. */
size_t oc_words_positions(const oc_words_params *params, size_t s, size_t length);
/* Of all sizes, in a whole image. */
size_t oc_words_place_count(const oc_words_params *params, size_t width, size_t height);
/* Intervals that the levels' borders i / g cut an axis into. */
size_t oc_words_cuts(const oc_levels *grid);
/* The interval in which region i of level g begins. */
size_t oc_words_region_start(const oc_levels *grid, size_t i, size_t g);
/* All descriptors of an image, size by size, cell by cell, column by column inside a cell. */
void oc_words_places(const oc_words_params *params, size_t width, size_t height, oc_words_place *places);

/* Dense gradient descriptors: an image at one size of cells, scratch memory from an arena. */
enum { OC_SIFT_LEAST_CELL = 2, OC_SIFT_MOST_CELL = 64 };
typedef struct oc_sift_view {
    size_t width, height, cell;
    size_t step, left, top, columns, rows; /* of the lattice that holds every cell's centre */
    const uint8_t *gray;
    float *smooth;     /* (height, width) */
    float *dx, *dy;    /* (width) */
    float *votes;      /* (height, width, 8) */
    float *line;       /* a row of votes between borders */
    float *histograms; /* (rows, columns, 8): votes around the places of the lattice */
} oc_sift_view;

size_t oc_sift_extent(size_t cell);
/* False when memory is short. */
bool oc_sift_view_create(oc_sift_view *v, const oc_image *image, size_t largest_cell, oc_arena *arena);
/* For descriptors of that size whose corners lie `stride` apart, in the middle of the image. */
void oc_sift_view_prepare(oc_sift_view *v, size_t cell, size_t stride);
/* out (128) of the descriptor whose corner is at (x, y). */
void oc_sift_describe(const oc_sift_view *v, size_t x, size_t y, double contrast, float *out);
/* The place of each value in the mirrored descriptor: its own inverse. */
void oc_sift_mirror_order(uint32_t *order);

/* Values of a descriptor. */
size_t oc_words_depth(const oc_words_params *params);
/* The place of each value in the mirrored descriptor. */
void oc_words_mirror_order(const oc_words_params *params, uint32_t *order);

/* An image that is being described. */
typedef struct oc_words_view {
    oc_words_params params; /* settled */
    const oc_image *image;
    oc_sift_view sift;
} oc_words_view;

/* OC_NO_MEMORY */
oc_status oc_words_view_create(oc_words_view *view, const oc_words_params *params, const oc_image *image,
                               oc_arena *arena, oc_error *err);
/* Writes the descriptors (count, depth) at the places. */
void oc_words_describe(oc_words_view *view, const oc_words_place *places, size_t count, float *out);

/* words is unchanged on failure. */
oc_status oc_words_fit(const oc_words_params *params, size_t width, size_t height, const oc_source *source,
                       uint64_t seed, oc_words *words, oc_job *job, oc_error *err);
oc_status oc_words_encode(const oc_words_params *params, const oc_words *words, const oc_image *image, oc_arena *arena,
                          float *row, oc_error *err);
/* The codes (count, K) of single places, at most OC_PANEL_BLOCK, before they are pooled; with `mirror` those of their
 * mirror images are added. */
oc_status oc_words_codes(const oc_words_params *params, const oc_words *words, const oc_image *image,
                         const oc_words_place *places, size_t count, oc_arena *arena, float *codes, oc_error *err);

double oc_words_aspect(const oc_stage *stage, oc_drawing what);
const char *oc_words_key(const oc_stage *stage);
oc_status oc_words_draw(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
oc_status oc_words_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                          double *map, oc_error *err);

#endif
