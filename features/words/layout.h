/* The parameters of the stage words, and where in an image descriptors are taken. */
#ifndef OC_FEATURES_WORDS_LAYOUT_H
#define OC_FEATURES_WORDS_LAYOUT_H

#include "features/stage.h"

enum { OC_WORDS_ENCODE_AUTO, OC_WORDS_TRIANGLE, OC_WORDS_HARD, OC_WORDS_SOFT, OC_WORDS_VLAD, OC_WORDS_FISHER };
enum { OC_WORDS_PATCH, OC_WORDS_SIFT, OC_WORDS_OPPONENT_SIFT };
enum { OC_WORDS_MAP_AUTO, OC_WORDS_PLAIN, OC_WORDS_ROOT };
enum { OC_WORDS_POOL_AUTO, OC_WORDS_SUM, OC_WORDS_MEAN, OC_WORDS_MAX };
enum { OC_WORDS_MAX_NEAREST = 32 };

typedef struct oc_words_params {
    int64_t count, patch, stride, samples, iterations, nearest; /* nearest 0: all words, of fisher 32 */
    bool gray, whiten, mirror;
    double contrast, ridge, keep, softness;
    int descriptor, encode, pool, map;
    oc_levels grid, cells; /* cells: sizes of the gradient descriptors' cells, none for auto */
} oc_words_params;

/* The borders of all regions of all levels cut each axis into intervals; a cell is an interval of columns and one of
 * rows, counted row by row. */

/* One descriptor: its corner, the cell that it belongs to, and the cell that it belongs to when the image is
 * mirrored. */
typedef struct oc_words_place {
    uint32_t x, y, cell, mirror_cell;
    uint32_t size; /* side of a patch, or size of a gradient descriptor's cells */
} oc_words_place;

/* The parameters with the stride and the cells for images of that size, where they are auto. The functions below need
 * such parameters. */
oc_words_params oc_words_scaled(const oc_words_params *params, size_t width, size_t height);
/* Gradient descriptors, of luma or of opponent colours; else pixel patches. */
bool oc_words_gradients(const oc_words_params *params);
/* Values of a descriptor. */
size_t oc_words_depth(const oc_words_params *params);
/* Words have residuals in place of counts: encode=vlad and encode=fisher. */
bool oc_words_residuals(const oc_words_params *params);
/* Most directions that whitening keeps: 0 for no limit. */
size_t oc_words_most_directions(const oc_words_params *params);
/* Values of a word in a row: 1, or the directions of a residual, for encode=fisher twice. */
size_t oc_words_values(const oc_words_params *params);
/* The number of sizes of descriptors: 1, or that of `cells`. */
size_t oc_words_sizes(const oc_words_params *params);
/* The first pixel of the first descriptor that covers `extent` of `length` pixels: the pixels that the stride leaves
 * over are shared by both borders. */
size_t oc_words_margin(size_t extent, size_t stride, size_t length);
/* Pixels that a descriptor of size number s covers on each axis. */
size_t oc_words_extent(const oc_words_params *params, size_t s);
/* Descriptors of size number s on an axis of `length` pixels; 0 when it is too short. */
size_t oc_words_positions(const oc_words_params *params, size_t s, size_t length);
/* Intervals that the levels' borders i / g cut an axis into. */
size_t oc_words_cuts(const oc_levels *grid);
/* The interval in which region i of level g begins. */
size_t oc_words_region_start(const oc_levels *grid, size_t i, size_t g);
/* to (count): the sum over the cells of a region of level g. sums (cuts * cuts, count): a row for each cell. */
void oc_words_sum_region(const oc_levels *grid, size_t g, size_t region, const float *sums, size_t count, float *to);
/* The places of all descriptors of an image, size by size, cell by cell, column by column inside a cell. */
void oc_words_places(const oc_words_params *params, size_t width, size_t height, oc_words_place *places);

#endif
