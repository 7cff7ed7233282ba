/* Where patches are taken, and the regions that pool them.
 *
 * Patches stand on a grid of n columns; level g parts it into g regions as evenly as it goes: column c belongs to region
 * floor(c g / n). The borders i / g of all levels together cut the axis into intervals, so that a region of any level is a
 * run of whole intervals and every code is added once, to one cell. */
#include "features/words.h"

size_t oc_words_positions(const oc_words_params *params, size_t length)
{
    size_t patch = (size_t)params->patch;
    return length < patch ? 0 : (length - patch) / (size_t)params->stride + 1;
}

static size_t level(const oc_levels *grid, size_t l)
{
    return (size_t)grid->level[l];
}

/* True when i / g was met at a level before l: every border counts once. */
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

size_t oc_words_interval(const oc_levels *grid, size_t c, size_t n)
{
    return borders_up_to(grid, c, n);
}

size_t oc_words_region_start(const oc_levels *grid, size_t i, size_t g)
{
    return i == g ? oc_words_cuts(grid) : borders_up_to(grid, i, g);
}

/* The first position of an interval: positions count upwards through the intervals. */
static size_t interval_start(const oc_levels *grid, size_t interval, size_t n)
{
    size_t c = 0;
    while (c < n && oc_words_interval(grid, c, n) < interval) {
        c++;
    }
    return c;
}

void oc_words_places(const oc_words_params *params, size_t columns, size_t rows, oc_words_place *places)
{
    const oc_levels *grid = &params->grid;
    size_t cuts = oc_words_cuts(grid), next = 0;
    for (size_t v = 0; v < cuts; v++) {
        size_t top = interval_start(grid, v, rows), bottom = interval_start(grid, v + 1, rows);
        for (size_t column = 0; column < columns; column++) {
            size_t cell = v * cuts + oc_words_interval(grid, column, columns);
            size_t mirrored = v * cuts + oc_words_interval(grid, columns - 1 - column, columns);
            for (size_t row = top; row < bottom; row++) {
                places[next++] = (oc_words_place){(uint32_t)column, (uint32_t)row, (uint32_t)cell,
                                                  (uint32_t)mirrored};
            }
        }
    }
}
