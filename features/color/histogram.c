/* color: counting the pixels of a region by their colours; color.c says which bins there are. */
#include "features/color/histogram.h"

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { HUES = 180, LEVELS = OC_HISTOGRAM_LEVELS };

OC_DECLARE_KERNELS(oc_histogram_kernels, oc_histogram_kernels);

const oc_histogram_kernels *oc_histogram_kernels_get(void)
{
    static const oc_histogram_kernels *const tables[] = OC_KERNEL_TABLES(oc_histogram_kernels);
    return tables[oc_isa_index()];
}

static float linear[LEVELS];

static void fill_linear(void)
{
    for (int level = 0; level < LEVELS; level++) {
        double c = level / 255.0;
        linear[level] = (float)(c > 0.04045 ? pow((c + 0.055) / 1.055, 2.4) : c / 12.92);
    }
}

const float *oc_histogram_linear(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, fill_linear);
    return linear;
}

oc_histogram oc_histogram_describe(const oc_color_params *p)
{
    oc_histogram h = {.space = (oc_color_space)p->space, .grid = (size_t)p->grid};
    h.bins = p->bins == OC_AUTO ? (h.space == OC_SPACE_HUE ? 10 : 8) : (size_t)p->bins;
    h.channels = h.space == OC_SPACE_HUE ? 1 : 3;
    h.joint = p->joint && h.channels == 3;
    h.size = h.joint ? h.bins * h.bins * h.bins : h.channels * h.bins;
    return h;
}

/* Bin of every level of a channel whose values are below `range`. In the arithmetic of calcHist, so that levels on an
 * edge fall to the same side. */
static void fill_bins(uint16_t *bins, size_t count, double range, size_t stride)
{
    double factor = (double)count / range;
    for (int level = 0; level < LEVELS; level++) {
        size_t bin = (size_t)(level * factor);
        bins[level] = (uint16_t)((bin < count ? bin : count - 1) * stride);
    }
}

/* One row of a region as levels: pointers into the image, or into scratch after a conversion. */
typedef struct levels {
    const uint8_t *channel[3];
    size_t stride;
} levels;

typedef struct scratch {
    uint8_t *converted; /* (3, width) */
    float *lab;         /* (3, width) */
    oc_histogram_map *map;
    uint32_t *counts; /* (banks, size) joint, else (channels, banks, 256) */
    uint64_t *sums;   /* (256): saturation of each hue */
    size_t banks;
} scratch;

static levels convert(const oc_histogram *h, const oc_histogram_kernels *kernels, const uint8_t *rgb, size_t n,
                      const scratch *s)
{
    uint8_t *to = s->converted;
    if (h->space == OC_SPACE_RGB) {
        return (levels){{rgb, rgb + 1, rgb + 2}, 3};
    }
    if (h->space == OC_SPACE_LAB) {
        float per_unit = (float)h->bins / 100, per_color = (float)h->bins / 255, last = (float)(h->bins - 1);
        kernels->lab(rgb, n, oc_histogram_linear(), s->lab);
        kernels->quantize(s->lab, n, per_unit, 0, last, to);
        kernels->quantize(s->lab + n, 2 * n, per_color, 128 * per_color, last, to + n);
    } else {
        kernels->hsv(rgb, n, to, to + n, to + 2 * n);
    }
    return (levels){{to, to + n, to + 2 * n}, 1};
}

static void count(const oc_histogram *h, const oc_color_params *p, const oc_histogram_kernels *kernels, const levels *l,
                  size_t n, const scratch *s)
{
    if (h->joint) {
        kernels->count_joint(l->channel, l->stride, n, s->map, s->counts, h->size, s->banks);
    } else if (p->weight) {
        for (size_t i = 0; i < n; i++) {
            s->sums[l->channel[0][i]] += l->channel[1][i];
        }
    } else {
        for (size_t c = 0; c < h->channels; c++) {
            kernels->count_levels(l->channel[c], l->stride, n, s->counts + c * s->banks * LEVELS, s->banks);
        }
    }
}

/* Adds the counters up into the row of the region. */
static void collect(const oc_histogram *h, const oc_color_params *p, const scratch *s, float *row)
{
    for (size_t i = 0; h->joint && i < h->size; i++) {
        uint32_t total = 0;
        for (size_t bank = 0; bank < s->banks; bank++) {
            total += s->counts[bank * h->size + i];
        }
        row[i] = (float)total;
    }
    if (h->joint) {
        return;
    }
    for (size_t c = 0; c < h->channels; c++, row += h->bins) {
        uint64_t totals[LEVELS] = {0};
        for (size_t level = 0; level < LEVELS; level++) {
            uint64_t total = p->weight ? s->sums[level] : 0;
            for (size_t bank = 0; bank < s->banks && !p->weight; bank++) {
                total += s->counts[(c * s->banks + bank) * LEVELS + level];
            }
            totals[s->map->bins[c][level]] += total;
        }
        for (size_t bin = 0; bin < h->bins; bin++) {
            row[bin] = (float)((double)totals[bin] / (p->weight ? 255 : 1));
        }
    }
}

static void normalize(float *row, size_t size, oc_color_norm norm)
{
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += (double)row[i];
    }
    float factor = sum > 0 ? (float)(1 / sum) : 0;
    for (size_t i = 0; i < size; i++) {
        row[i] *= factor;
        row[i] = norm == OC_COLOR_HELLINGER ? sqrtf(row[i]) : row[i];
    }
}

/* The histogram of the pixels x0 <= x < x1, y0 <= y < y1. */
static void extract_region(const oc_histogram *h, const oc_color_params *p, const oc_image *image, const size_t x[2],
                           const size_t y[2], const scratch *s, float *row)
{
    const oc_histogram_kernels *kernels = oc_histogram_kernels_get();
    size_t counters = h->joint ? h->size : h->channels * LEVELS;
    memset(s->counts, 0, s->banks * counters * sizeof *s->counts);
    memset(s->sums, 0, LEVELS * sizeof *s->sums);
    /* Whole rows side by side are one long row. */
    bool whole = x[1] - x[0] == image->width && h->space == OC_SPACE_RGB;
    size_t n = whole ? (y[1] - y[0]) * image->width : x[1] - x[0];
    for (size_t i = y[0]; i < (whole ? y[0] + 1 : y[1]); i++) {
        levels l = convert(h, kernels, image->rgb + 3 * (i * image->width + x[0]), n, s);
        count(h, p, kernels, &l, n, s);
    }
    collect(h, p, s, row);
    size_t each = h->joint ? h->size : h->bins;
    for (size_t i = 0; p->norm != OC_COLOR_NONE && i < h->size; i += each) {
        normalize(row + i, each, (oc_color_norm)p->norm);
    }
}

static bool make_scratch(const oc_histogram *h, const oc_image *image, oc_arena *arena, scratch *s)
{
    size_t counters = h->joint ? h->size : h->channels * LEVELS;
    size_t pixels = image->width / h->grid * (image->height / h->grid);
    s->banks = counters <= 4096 && pixels >= 4 * counters ? OC_HISTOGRAM_BANKS : 1;
    s->converted = oc_arena_take(arena, image->width, 3);
    s->lab = oc_arena_take(arena, h->space == OC_SPACE_LAB ? image->width : 1, 3 * sizeof(float));
    s->map = oc_arena_take(arena, 1, sizeof *s->map);
    s->counts = oc_arena_take(arena, s->banks * counters, sizeof *s->counts);
    s->sums = oc_arena_take(arena, LEVELS, sizeof *s->sums);
    return s->converted && s->lab && s->map && s->counts && s->sums;
}

void oc_histogram_fill_map(const oc_histogram *h, oc_histogram_map *map)
{
    bool hue_first = h->space == OC_SPACE_HSV || h->space == OC_SPACE_HUE;
    map->even = h->joint;
    for (size_t c = 0; c < 3; c++) {
        size_t range = h->space == OC_SPACE_LAB ? h->bins : c == 0 && hue_first ? HUES : LEVELS;
        size_t stride = !h->joint || c == 2 ? 1 : c == 1 ? h->bins : h->bins * h->bins;
        fill_bins(map->bins[c], h->bins, (double)range, stride);
        map->factor[c] = (uint32_t)(((h->bins << 16) + range - 1) / range);
        map->step[c] = (uint32_t)stride;
        for (size_t level = 0; level < range; level++) { /* rounding can take a level on an edge to the bin below */
            map->even = map->even && (level * map->factor[c] >> 16) * stride == map->bins[c][level];
        }
    }
}

/* The pixels of region i: x[0] <= x < x[1], y[0] <= y < y[1]. */
static void region_bounds(const oc_histogram *h, const oc_image *image, size_t i, size_t x[2], size_t y[2])
{
    for (size_t end = 0; end < 2; end++) {
        x[end] = (i % h->grid + end) * image->width / h->grid;
        y[end] = (i / h->grid + end) * image->height / h->grid;
    }
}

oc_status oc_histogram_extract(const oc_stage *stage, const oc_image *image, oc_scratch *memory, float *row,
                               oc_error *err)
{
    const oc_color_params *p = stage->params;
    oc_histogram h = oc_histogram_describe(p);
    scratch s = {0};
    if (!make_scratch(&h, image, &memory->arena, &s)) {
        return oc_fail_memory(err, "a colour histogram");
    }
    oc_histogram_fill_map(&h, s.map);
    for (size_t i = 0; i < h.grid * h.grid; i++) {
        size_t x[2], y[2];
        region_bounds(&h, image, i, x, y);
        extract_region(&h, p, image, x, y, &s, row + i * h.size);
    }
    return OC_OK;
}

/* Every pixel's own bins take what the image's bins were given, in equal parts; what is fixed lies evenly over a
 * region. */
static void spread_region(const oc_histogram *h, const oc_image *image, size_t region, const double *given,
                          const double *fixed, const scratch *s, float *counts, double *map)
{
    oc_color_params raw = {.norm = OC_COLOR_NONE};
    size_t x[2], y[2];
    double rest = 0;
    region_bounds(h, image, region, x, y);
    float *own = counts + h->size;
    extract_region(h, &raw, image, x, y, s, counts);
    for (size_t k = 0; k < h->size; k++) {
        rest += fixed[k] + (counts[k] > 0 ? 0 : given[k]);
    }
    oc_spread_evenly((oc_map){map, image->width, image->height},
                     (oc_box){(double)x[0], (double)y[0], (double)x[1], (double)y[1]}, rest);
    for (size_t v = y[0]; v < y[1]; v++) {
        for (size_t u = x[0]; u < x[1]; u++) {
            extract_region(h, &raw, image, (size_t[2]){u, u + 1}, (size_t[2]){v, v + 1}, s, own);
            for (size_t k = 0; k < h->size; k++) {
                map[v * image->width + u] += own[k] > 0 ? given[k] / (double)counts[k] : 0;
            }
        }
    }
}

oc_status oc_histogram_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                              double *map, oc_error *err)
{
    oc_histogram h = oc_histogram_describe(stage->params);
    oc_arena arena = {0};
    scratch s = {0};
    float *counts = oc_alloc(h.size, 2 * sizeof *counts);
    oc_status status = counts && make_scratch(&h, image, &arena, &s) ? OC_OK : oc_fail_memory(err, "the picture");
    if (status == OC_OK) {
        oc_histogram_fill_map(&h, s.map);
    }
    for (size_t i = 0; status == OC_OK && i < h.grid * h.grid; i++) {
        spread_region(&h, image, i, given + i * h.size, fixed + i * h.size, &s, counts, map);
    }
    oc_arena_free(&arena);
    oc_free(counts);
    return status;
}
