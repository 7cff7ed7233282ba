/* Where descriptors are taken, and the regions that pool them.
 *
 * Descriptors of one size stand on a grid in the middle of the image (the pixels that the stride leaves over are
 * shared by both borders). At level g, column c of n columns belongs to region floor(c g / n). The borders i / g of
 * all levels together cut the axis into intervals, so that a region of any level is a run of whole intervals and
 * every code is added once, to one cell. */
#include "features/words/layout.h"

#include "features/words/sift.h"
#include "features/words/sift_kernels.h"

#include <math.h>
#include <string.h>

/* Images of this side have a gradient descriptor every 8 pixels, of cells of these sizes; other images have them in
 * proportion, so that a descriptor covers the same part of the scene at every scale. */
enum { SIDE = 256, STRIDE = 8, MAX_STRIDE = 64 };
static const int64_t cell_sizes[] = {4, 6, 8, 12};

static int64_t between(int64_t value, int64_t least, int64_t most)
{
    return value < least ? least : value > most ? most : value;
}

oc_words_params oc_words_scaled(const oc_words_params *params, size_t width, size_t height)
{
    oc_words_params p = *params;
    double scale = sqrt((double)width * (double)height) / SIDE;
    if (p.stride == OC_AUTO) {
        int64_t stride = lround(STRIDE * scale);
        stride -= stride > 2 && stride % 2; /* of even cells, an even stride has fewer centres */
        p.stride = between(stride, 1, MAX_STRIDE);
    }
    if (p.cells.count == 0) {
        for (size_t i = 0; i < sizeof cell_sizes / sizeof *cell_sizes; i++) {
            int64_t cell = between(lround((double)cell_sizes[i] * scale), OC_SIFT_MIN_CELL, OC_SIFT_MAX_CELL);
            if (p.cells.count == 0 || p.cells.level[p.cells.count - 1] < cell) {
                p.cells.level[p.cells.count++] = cell;
            }
        }
    }
    return p;
}

bool oc_words_gradients(const oc_words_params *params)
{
    return params->descriptor != OC_WORDS_PATCH;
}

enum { RESIDUAL_DIRECTIONS = 64 }; /* of most variance; more add noise and values */

size_t oc_words_depth(const oc_words_params *params)
{
    if (oc_words_gradients(params)) {
        return (params->descriptor == OC_WORDS_OPPONENT_SIFT ? 3 : 1) * (size_t)OC_SIFT_VALUES;
    }
    return (size_t)(params->patch * params->patch) * (params->gray ? 1 : 3);
}

bool oc_words_residuals(const oc_words_params *params)
{
    return params->encode == OC_WORDS_VLAD || params->encode == OC_WORDS_FISHER;
}

size_t oc_words_most_directions(const oc_words_params *params)
{
    size_t depth = oc_words_depth(params);
    if (!oc_words_residuals(params)) {
        return 0;
    }
    return depth < RESIDUAL_DIRECTIONS ? depth : RESIDUAL_DIRECTIONS;
}

size_t oc_words_values(const oc_words_params *params)
{
    size_t directions = oc_words_most_directions(params);
    return directions == 0 ? 1 : params->encode == OC_WORDS_FISHER ? 2 * directions : directions;
}

size_t oc_words_sizes(const oc_words_params *params)
{
    return oc_words_gradients(params) ? params->cells.count : 1;
}

/* The side of a patch, or the side of a descriptor's cells. */
static size_t size_value(const oc_words_params *params, size_t s)
{
    return (size_t)(oc_words_gradients(params) ? params->cells.level[s] : params->patch);
}

size_t oc_words_extent(const oc_words_params *params, size_t s)
{
    size_t size = size_value(params, s);
    return oc_words_gradients(params) ? oc_sift_extent(size) : size;
}

size_t oc_words_positions(const oc_words_params *params, size_t s, size_t length)
{
    size_t extent = oc_words_extent(params, s);
    return length < extent ? 0 : (length - extent) / (size_t)params->stride + 1;
}

size_t oc_words_margin(size_t extent, size_t stride, size_t length)
{
    return (length - extent) % stride / 2;
}

/* The first pixel of position c. */
static uint32_t pixel(const oc_words_params *params, size_t s, size_t length, size_t c)
{
    size_t stride = (size_t)params->stride;
    return (uint32_t)(oc_words_margin(oc_words_extent(params, s), stride, length) + c * stride);
}

static size_t level(const oc_levels *grid, size_t l)
{
    return (size_t)grid->level[l];
}

/* True when the border i / g is one of a level before l: every border counts once. */
static bool border_known(const oc_levels *grid, size_t l, size_t i)
{
    for (size_t before = 0; before < l; before++) {
        if (i * level(grid, before) % level(grid, l) == 0) {
            return true;
        }
    }
    return false;
}

/* Borders at or below the fraction num / den of the axis. */
static size_t borders_up_to(const oc_levels *grid, size_t num, size_t den)
{
    size_t count = 0;
    for (size_t l = 0; l < grid->count; l++) {
        for (size_t i = 1; i < level(grid, l) && i * den <= num * level(grid, l); i++) {
            count += !border_known(grid, l, i);
        }
    }
    return count;
}

size_t oc_words_cuts(const oc_levels *grid)
{
    return borders_up_to(grid, 1, 1) + 1;
}

size_t oc_words_region_start(const oc_levels *grid, size_t i, size_t g)
{
    return i == g ? oc_words_cuts(grid) : borders_up_to(grid, i, g);
}

void oc_words_sum_region(const oc_levels *grid, size_t g, size_t region, const float *sums, size_t count, float *to)
{
    size_t cuts = oc_words_cuts(grid), v = region / g, u = region % g;
    size_t left = oc_words_region_start(grid, u, g), right = oc_words_region_start(grid, u + 1, g);
    memset(to, 0, count * sizeof *to);
    for (size_t row = oc_words_region_start(grid, v, g); row < oc_words_region_start(grid, v + 1, g); row++) {
        for (size_t column = left; column < right; column++) {
            const float *cell = sums + (row * cuts + column) * count;
            for (size_t j = 0; j < count; j++) {
                to[j] += cell[j];
            }
        }
    }
}

/* The first position of an interval: positions count upwards through the intervals. */
static size_t interval_start(const oc_levels *grid, size_t interval, size_t n)
{
    size_t c = 0;
    while (c < n && borders_up_to(grid, c, n) < interval) {
        c++;
    }
    return c;
}

static oc_words_place *size_places(const oc_words_params *params, size_t s, size_t width, size_t height,
                                   oc_words_place *places)
{
    const oc_levels *grid = &params->grid;
    size_t cuts = oc_words_cuts(grid), columns = oc_words_positions(params, s, width);
    size_t rows = oc_words_positions(params, s, height);
    for (size_t v = 0; v < cuts; v++) {
        size_t top = interval_start(grid, v, rows), bottom = interval_start(grid, v + 1, rows);
        for (size_t column = 0; column < columns; column++) {
            size_t cell = v * cuts + borders_up_to(grid, column, columns);
            size_t mirrored = v * cuts + borders_up_to(grid, columns - 1 - column, columns);
            for (size_t row = top; row < bottom; row++) {
                *places++ = (oc_words_place){pixel(params, s, width, column), pixel(params, s, height, row),
                                             (uint32_t)cell, (uint32_t)mirrored, (uint32_t)size_value(params, s)};
            }
        }
    }
    return places;
}

void oc_words_places(const oc_words_params *params, size_t width, size_t height, oc_words_place *places)
{
    for (size_t s = 0; s < oc_words_sizes(params); s++) {
        places = size_places(params, s, width, height, places);
    }
}
