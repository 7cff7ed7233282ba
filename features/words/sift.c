/* Dense gradient descriptors: 4 x 4 cells of 8 directions on a regular grid, at several cell sizes, without a Gaussian
 * window (the flat window of Vedaldi and Fulkerson, 2010). Per cell size b, on luma smoothed by a Gaussian of variance
 * (b / 6)^2 - 1/4:
 *
 *     votes    |g| max(0, cos(angle(g) - 45 degrees o))^9, o = 0..7     (Lazebnik, Schmid and Ponce, 2006)
 *     h        votes weighted by a triangle of half width b around each cell's centre, centres b pixels apart
 *     value    sqrt(h / (sum h + 16 sqrt(contrast)))                    (RootSIFT: Arandjelovic and Zisserman, 2012)
 *
 * A triangle's weights have the sum 1, so sum h / 16 is the mean gradient in gray levels a pixel: nearly flat areas
 * give short vectors and not amplified noise. Values in cell row, cell column, direction order. Outside
 * the image there is no gradient. */
#include "features/words/sift.h"

#include "features/words/sift_kernels.h"
#include "src/base/dispatch.h"

#include <math.h>
#include <string.h>

enum { MAX_TAPS = 2 * OC_SIFT_MAX_CELL - 1, CACHE_LINE = 64 / sizeof(float) };

OC_KERNEL_GETTER(extern, oc_sift_kernels, oc_sift)

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

/* v->smooth is the plane, smoothed along both axes; the border values are repeated outside the image. */
static void smoothen(const oc_sift_view *v, const float *weight, size_t taps)
{
    size_t radius = taps / 2, w = v->width;
    float *rows = v->votes; /* (height + 2 radius, width), free until the votes are cast */
    for (size_t y = 0; y < v->height; y++) {
        const uint8_t *in = v->gray + y * w;
        float *line = v->line + radius;
#pragma omp simd
        for (size_t x = 0; x < w; x++) {
            line[x] = in[x];
        }
        for (size_t t = 0; t < radius; t++) {
            v->line[t] = in[0];
            line[w + t] = in[w - 1];
        }
        oc_sift()->convolve(v->line, w, 1, weight, taps, rows + (radius + y) * w);
    }
    for (size_t t = 0; t < radius; t++) {
        memcpy(rows + t * w, rows + radius * w, w * sizeof *rows);
        memcpy(rows + (radius + v->height + t) * w, rows + (radius + v->height - 1) * w, w * sizeof *rows);
    }
    for (size_t y = 0; y < v->height; y++) {
        oc_sift()->convolve(rows + y * w, w, w, weight, taps, v->smooth + y * w);
    }
}

/* Weighted sums of the votes around every centre of a cell; there are no votes outside the image. */
static void gather(const oc_sift_view *v, const float *weight, size_t taps)
{
    size_t radius = taps / 2, length = v->width * OC_SIFT_BINS, border = radius * OC_SIFT_BINS;
    memset(v->line, 0, border * sizeof *v->line);
    memset(v->line + border + length, 0, border * sizeof *v->line);
    for (size_t i = 0; i < v->y.count; i++) {
        size_t y = v->y.pixel[i], above = y < radius ? radius - y : 0;
        size_t below = y + radius < v->height ? 0 : y + radius - v->height + 1;
        oc_sift()->convolve(v->votes + (y + above - radius) * v->stride, length, v->stride, weight + above,
                            taps - above - below, v->line + border);
        oc_sift()->gather(v->line, v->x.pixel, v->x.count, weight, taps, v->histograms + i * v->x.count * OC_SIFT_BINS);
    }
}

static bool take_axis(oc_sift_axis *axis, size_t length, oc_arena *arena)
{
    axis->pixel = oc_arena_take(arena, length, sizeof *axis->pixel);
    axis->index = oc_arena_take(arena, length, sizeof *axis->index);
    return axis->pixel && axis->index;
}

bool oc_sift_view_create(oc_sift_view *v, const uint8_t *plane, size_t width, size_t height, size_t largest_cell,
                         oc_arena *arena)
{
    *v = (oc_sift_view){.width = width, .height = height, .gray = plane};
    size_t pixels = width * height, spare = 2 * largest_cell * width; /* for smoothing */
    v->stride = ((width * OC_SIFT_BINS + CACHE_LINE - 1) / CACHE_LINE | 1) * CACHE_LINE;
    v->smooth = oc_arena_take(arena, pixels, sizeof *v->smooth);
    v->votes = oc_arena_take(arena, height * v->stride + spare, sizeof *v->votes);
    v->line = oc_arena_take(arena, width + 2 * largest_cell, OC_SIFT_BINS * sizeof *v->line);
    v->histograms = oc_arena_take(arena, pixels, OC_SIFT_BINS * sizeof *v->histograms);
    return take_axis(&v->x, width, arena) && take_axis(&v->y, height, arena) && v->smooth && v->votes && v->line &&
           v->histograms;
}

static void vote(const oc_sift_view *v)
{
    for (size_t y = 0; y < v->height; y++) {
        const float *row = v->smooth + y * v->width, *above = y ? row - v->width : row;
        const float *below = y + 1 < v->height ? row + v->width : row;
        oc_sift()->vote(above, row, below, v->width, v->votes + y * v->stride);
    }
}

/* For descriptors whose corners lie `stride` apart, the first at `corner`. */
static void find_centers(oc_sift_axis *axis, size_t length, size_t cell, size_t stride, size_t corner)
{
    memset(axis->index, 0, length * sizeof *axis->index);
    for (; corner + oc_sift_extent(cell) <= length; corner += stride) {
        for (size_t i = 0; i < 4; i++) {
            axis->index[corner + cell / 2 + i * cell] = 1;
        }
    }
    axis->count = 0;
    for (size_t i = 0; i < length; i++) {
        if (axis->index[i]) {
            axis->index[i] = (uint32_t)axis->count;
            axis->pixel[axis->count++] = (uint32_t)i;
        }
    }
}

void oc_sift_view_prepare(oc_sift_view *v, size_t cell, size_t stride, size_t left, size_t top)
{
    float weight[MAX_TAPS];
    if (v->cell == cell) {
        return;
    }
    v->cell = cell;
    find_centers(&v->x, v->width, cell, stride, left);
    find_centers(&v->y, v->height, cell, stride, top);
    smoothen(v, weight, gaussian(cell, weight));
    vote(v);
    gather(v, weight, triangle(cell, weight));
}

void oc_sift_describe(const oc_sift_view *v, size_t x, size_t y, double contrast, float *out)
{
    size_t column[4], row[4];
    for (size_t i = 0; i < 4; i++) {
        column[i] = v->x.index[x + v->cell / 2 + i * v->cell] * OC_SIFT_BINS;
        row[i] = v->y.index[y + v->cell / 2 + i * v->cell] * v->x.count * OC_SIFT_BINS;
    }
    oc_sift()->describe(v->histograms, column, row, (float)(OC_SIFT_CELLS * sqrt(contrast)), out);
}
