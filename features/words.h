/* What the files of the stage `words` share.
 *
 * words.c         the stage: parameters, plan, learned arrays, save and restore
 * words_layout.c  where descriptors are taken and in which regions they count
 * words_patch.c   pixel patches, contrast normalised
 * words_fit.c     learning the whitening and the words
 * words_encode.c  an image's row
 * words_kernels.c inner loops */
#ifndef OC_FEATURES_WORDS_H
#define OC_FEATURES_WORDS_H

#include "features/stage.h"

enum { OC_WORDS_TRIANGLE, OC_WORDS_HARD, OC_WORDS_SOFT };
enum { OC_WORDS_SUM, OC_WORDS_MEAN, OC_WORDS_MAX };

typedef struct oc_words_params {
    int64_t count, patch, stride, samples, iterations;
    bool gray, whiten, mirror;
    double contrast, ridge, keep, softness;
    int encode, pool;
    oc_levels grid;
} oc_words_params;

/* What is learned. The arrays before `panels` are stored, the others follow from them. */
typedef struct oc_words {
    size_t depth;     /* D: values of a descriptor */
    size_t directions, even; /* r: values after whitening; the first `even` stay when the image is mirrored */
    size_t count;     /* K */
    float *mean;      /* (D) */
    float *transform; /* T (r,D) */
    float *parity;    /* (r): 1 even, -1 odd */
    float *words;     /* (K,r) */

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

/* One descriptor: where it is, the cell it counts in, the cell it counts in when the image is mirrored. */
typedef struct oc_words_place {
    uint32_t column, row, cell, mirror_cell;
} oc_words_place;

/* Number of descriptors on an axis of `length` pixels; 0 when it is shorter than a patch. */
size_t oc_words_positions(const oc_words_params *params, size_t length);
/* Intervals that the levels' borders i / g cut an axis into. */
size_t oc_words_cuts(const oc_levels *grid);
/* The interval of position c of n, and the interval in which region i of level g begins. */
size_t oc_words_interval(const oc_levels *grid, size_t c, size_t n);
size_t oc_words_region_start(const oc_levels *grid, size_t i, size_t g);
/* All descriptors of an image, cell by cell, column by column inside a cell. places (columns * rows). */
void oc_words_places(const oc_words_params *params, size_t columns, size_t rows, oc_words_place *places);

/* Values of a descriptor. */
size_t oc_words_depth(const oc_words_params *params);
/* Writes the descriptors (count, depth) at the places. */
void oc_words_describe(const oc_words_params *params, const oc_image *image,
                       const oc_words_place *places, size_t count, float *out);

/* words is unchanged on failure. */
oc_status oc_words_fit(const oc_words_params *params, size_t width, size_t height,
                       const oc_source *source, uint64_t seed, oc_words *words, oc_job *job,
                       oc_error *err);
oc_status oc_words_encode(const oc_words_params *params, const oc_words *words, const oc_image *image,
                          oc_arena *arena, float *row, oc_error *err);

#endif
