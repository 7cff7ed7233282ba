/* Dense gradient descriptors: 4 x 4 cells of 8 directions on a regular grid, at several cell sizes, without a Gaussian
 * window (the flat window of Vedaldi and Fulkerson, 2010). Per cell size b, on luma smoothed by a Gaussian of variance
 * (b / 6)^2 - 1/4:
 *
 *     votes    |g| max(0, cos(angle(g) - 45 degrees o))^9, o = 0..7     (Lazebnik, Schmid and Ponce, 2006)
 *     h        votes weighted by a triangle of half width b around each cell's centre, centres b pixels apart
 *     value    sqrt(h / (sum h + 16 sqrt(contrast)))                    (RootSIFT: Arandjelovic and Zisserman, 2012)
 *
 * A triangle's weights have the sum 1, so sum h / 16 is the mean gradient in gray levels a pixel: areas that are as
 * good as flat give short vectors and not amplified noise. Values in cell row, cell column, direction order. Outside
 * the image there is no gradient. */
#include "features/words.h"
#include "features/words_sift_kernels.h"

#include "src/base/dispatch.h"

#include <math.h>
#include <string.h>

enum { MOST_TAPS = 2 * OC_SIFT_MOST_CELL - 1 };

OC_DECLARE_KERNELS(oc_sift_kernels, oc_sift_kernels);

const oc_sift_kernels *oc_sift(void)
{
    static const oc_sift_kernels *const tables[] = OC_KERNEL_TABLES(oc_sift_kernels);
    return tables[oc_isa_index()];
}

size_t oc_sift_extent(size_t cell)
{
    return 3 * cell + 2 * (cell / 2) + 1;
}

void oc_sift_mirror_order(uint32_t *order)
{
    for (size_t i = 0; i < OC_SIFT_VALUES; i++) {
        size_t row = i / 32, column = i / 8 % 4, o = i % 8;
        order[i] = (uint32_t)(row * 32 + (3 - column) * 8 + (12 - o) % 8);
    }
}

/* Weights of the triangle of half width b, sum 1; returns their number. */
static size_t triangle(size_t b, float *weight)
{
    for (size_t t = 0; t < 2 * b - 1; t++) {
        size_t distance = t < b ? b - 1 - t : t - (b - 1);
        weight[t] = (float)(b - distance) / (float)(b * b);
    }
    return 2 * b - 1;
}

static size_t gaussian(size_t b, float *weight)
{
    double variance = (double)(b * b) / 36 - 0.25, sum = 0;
    if (variance <= 0) {
        weight[0] = 1;
        return 1;
    }
    size_t radius = (size_t)ceil(3 * sqrt(variance));
    for (size_t t = 0; t <= 2 * radius; t++) {
        double distance = (double)t - (double)radius;
        weight[t] = (float)exp(-distance * distance / (2 * variance));
        sum += (double)weight[t];
    }
    for (size_t t = 0; t <= 2 * radius; t++) {
        weight[t] /= (float)sum;
    }
    return 2 * radius + 1;
}

/* Filters a plane (height, width, depth) along both axes with an odd number of taps. Beyond the border the plane goes
 * on with its border values when `extend`, else with zeros. in and out may be the same: the first pass goes through
 * v->rows. */
static void filter(const oc_sift_view *v, const float *in, size_t depth, const float *weight, size_t taps, bool extend,
                   float *out)
{
    size_t radius = taps / 2, length = v->width * depth;
    float *rows = v->rows; /* (height + 2 radius, width, depth), the plane between borders */
    for (size_t y = 0; y < v->height; y++) {
        float *line = v->line;
        for (size_t t = 0; t < radius; t++) {
            for (size_t c = 0; c < depth; c++) {
                line[t * depth + c] = extend ? in[y * length + c] : 0;
                line[(radius + v->width + t) * depth + c] = extend ? in[(y + 1) * length - depth + c] : 0;
            }
        }
        memcpy(line + radius * depth, in + y * length, length * sizeof *line);
        oc_sift()->convolve(line, length, depth, weight, taps, rows + (radius + y) * length);
    }
    for (size_t t = 0; t < radius; t++) {
        float *above = rows + t * length, *below = rows + (radius + v->height + t) * length;
        if (extend) {
            memcpy(above, rows + radius * length, length * sizeof *rows);
            memcpy(below, rows + (radius + v->height - 1) * length, length * sizeof *rows);
        } else {
            memset(above, 0, length * sizeof *rows);
            memset(below, 0, length * sizeof *rows);
        }
    }
    for (size_t y = 0; y < v->height; y++) {
        oc_sift()->convolve(rows + y * length, length, length, weight, taps, out + y * length);
    }
}

bool oc_sift_view_create(oc_sift_view *v, const oc_image *image, size_t largest_cell, oc_arena *arena)
{
    *v = (oc_sift_view){.width = image->width, .height = image->height, .gray = image->gray};
    size_t pixels = image->width * image->height, radius = largest_cell;
    v->smooth = oc_arena_take(arena, pixels, sizeof *v->smooth);
    v->dx = oc_arena_take(arena, image->width, sizeof *v->dx);
    v->dy = oc_arena_take(arena, image->width, sizeof *v->dy);
    v->votes = oc_arena_take(arena, pixels, OC_SIFT_BINS * sizeof *v->votes);
    v->line = oc_arena_take(arena, image->width + 2 * radius, OC_SIFT_BINS * sizeof *v->line);
    v->rows = oc_arena_take(arena, (image->height + 2 * radius) * image->width, OC_SIFT_BINS * sizeof *v->rows);
    return v->smooth && v->dx && v->dy && v->votes && v->line && v->rows;
}

/* Votes of one row of the smoothed plane; differences of the two neighbours, of one where the other is missing. */
static void vote_row(const oc_sift_view *v, size_t y)
{
    size_t w = v->width, above = y ? y - 1 : 0, below = y + 1 < v->height ? y + 1 : y;
    const float *row = v->smooth + y * w;
    for (size_t x = 0; x < w; x++) {
        size_t left = x ? x - 1 : 0, right = x + 1 < w ? x + 1 : x;
        v->dx[x] = 0.5F * (row[right] - row[left]);
        v->dy[x] = 0.5F * (v->smooth[below * w + x] - v->smooth[above * w + x]);
    }
    oc_sift()->vote(v->dx, v->dy, w, v->votes + y * w * OC_SIFT_BINS);
}

void oc_sift_view_prepare(oc_sift_view *v, size_t cell)
{
    float weight[MOST_TAPS];
    if (v->cell == cell) {
        return;
    }
    v->cell = cell;
    for (size_t i = 0; i < v->width * v->height; i++) {
        v->smooth[i] = v->gray[i];
    }
    size_t taps = gaussian(cell, weight);
    if (taps > 1) {
        filter(v, v->smooth, 1, weight, taps, true, v->smooth);
    }
    for (size_t y = 0; y < v->height; y++) {
        vote_row(v, y);
    }
    taps = triangle(cell, weight);
    filter(v, v->votes, OC_SIFT_BINS, weight, taps, false, v->votes);
}

void oc_sift_describe(const oc_sift_view *v, size_t x, size_t y, double contrast, float *out)
{
    size_t first = v->cell / 2, row = v->width * OC_SIFT_BINS;
    const float *votes = v->votes + (y + first) * row + (x + first) * OC_SIFT_BINS;
    float least = (float)(OC_SIFT_CELLS * sqrt(contrast));
    oc_sift()->describe(votes, v->cell * OC_SIFT_BINS, v->cell * row, least, out);
}
