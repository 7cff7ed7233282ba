/* color: counting the pixels of a region by their colours; color.c defines the bins. */
#include "features/color/histogram.h"

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <pthread.h>
#include <string.h>

enum { HUES = 180, LEVELS = OC_HISTOGRAM_LEVELS };

OC_KERNEL_GETTER(extern, oc_histogram_kernels, oc_histogram_kernels_get)

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
    oc_histogram h = {.space = (oc_color_space)p->space,
                      .norm = (oc_color_norm)p->norm,
                      .by_saturation = p->weight,
                      .grid = (size_t)p->grid,
                      .bins = (size_t)p->bins};
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

/* The histogram to count, the image, and scratch memory. */
typedef struct counting {
    oc_histogram h;
    const oc_histogram_map *map;
    const oc_histogram_kernels *kernels;
    const oc_image *image;
    uint8_t *converted; /* (3, width) */
    float *lab;         /* (3, width) */
    uint32_t *counts;   /* (banks, size) joint, else (channels, banks, 256) */
    uint64_t *sums;     /* (256): saturation of each hue */
    size_t banks;
} counting;

/* The pixels x0 <= x < x1, y0 <= y < y1. */
typedef struct rectangle {
    size_t x0, x1, y0, y1;
} rectangle;

static levels convert(const counting *s, const uint8_t *rgb, size_t n)
{
    const oc_histogram *h = &s->h;
    uint8_t *to = s->converted;
    if (h->space == OC_SPACE_RGB) {
        return (levels){{rgb, rgb + 1, rgb + 2}, 3};
    }
    if (h->space == OC_SPACE_LAB) {
        float per_unit = (float)h->bins / 100, per_color = (float)h->bins / 255, last = (float)(h->bins - 1);
        s->kernels->lab(rgb, n, oc_histogram_linear(), s->lab);
        s->kernels->quantize(s->lab, n, per_unit, 0, last, to);
        s->kernels->quantize(s->lab + n, 2 * n, per_color, 128 * per_color, last, to + n);
    } else {
        s->kernels->hsv(rgb, n, to, to + n, to + 2 * n);
    }
    return (levels){{to, to + n, to + 2 * n}, 1};
}

static void count(const counting *s, const levels *l, size_t n)
{
    const oc_histogram *h = &s->h;
    if (h->joint) {
        s->kernels->count_joint(l->channel, l->stride, n, s->map,
                                (oc_histogram_counters){s->counts, h->size, s->banks});
    } else if (h->by_saturation) {
        for (size_t i = 0; i < n; i++) {
            s->sums[l->channel[0][i]] += l->channel[1][i];
        }
    } else {
        for (size_t c = 0; c < h->channels; c++) {
            s->kernels->count_levels(l->channel[c], l->stride, n, s->counts + c * s->banks * LEVELS, s->banks);
        }
    }
}

/* Adds the counters up into the row of the region. */
static void collect(const counting *s, float *row)
{
    const oc_histogram *h = &s->h;
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
            uint64_t total = h->by_saturation ? s->sums[level] : 0;
            for (size_t bank = 0; bank < s->banks && !h->by_saturation; bank++) {
                total += s->counts[(c * s->banks + bank) * LEVELS + level];
            }
            totals[s->map->bins[c][level]] += total;
        }
        for (size_t bin = 0; bin < h->bins; bin++) {
            row[bin] = (float)((double)totals[bin] / (h->by_saturation ? 255 : 1));
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

static void extract_region(const counting *s, rectangle r, float *row)
{
    const oc_histogram *h = &s->h;
    size_t counters = h->joint ? h->size : h->channels * LEVELS, width = s->image->width;
    memset(s->counts, 0, s->banks * counters * sizeof *s->counts);
    memset(s->sums, 0, LEVELS * sizeof *s->sums);
    /* Whole rows side by side are one long row. */
    bool whole = r.x1 - r.x0 == width && h->space == OC_SPACE_RGB;
    size_t n = whole ? (r.y1 - r.y0) * width : r.x1 - r.x0;
    for (size_t y = r.y0; y < (whole ? r.y0 + 1 : r.y1); y++) {
        levels l = convert(s, s->image->rgb + 3 * (y * width + r.x0), n);
        count(s, &l, n);
    }
    collect(s, row);
    size_t each = h->joint ? h->size : h->bins;
    for (size_t i = 0; h->norm != OC_COLOR_NONE && i < h->size; i += each) {
        normalize(row + i, each, h->norm);
    }
}

/* False when memory is short. */
static bool start(counting *s, const oc_color_plan *plan, const oc_image *image, oc_arena *arena)
{
    const oc_histogram *h = &plan->histogram;
    size_t counters = h->joint ? h->size : h->channels * LEVELS;
    size_t pixels = image->width / h->grid * (image->height / h->grid);
    *s = (counting){.h = *h, .map = &plan->map, .kernels = oc_histogram_kernels_get(), .image = image};
    s->banks = counters <= 4096 && pixels >= 4 * counters ? OC_HISTOGRAM_BANKS : 1;
    s->converted = oc_arena_take(arena, image->width, 3);
    s->lab = oc_arena_take(arena, h->space == OC_SPACE_LAB ? image->width : 1, 3 * sizeof(float));
    s->counts = oc_arena_take(arena, s->banks * counters, sizeof *s->counts);
    s->sums = oc_arena_take(arena, LEVELS, sizeof *s->sums);
    return s->converted && s->lab && s->counts && s->sums;
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

/* The pixels of region i of the grid. */
static rectangle region_bounds(const oc_histogram *h, const oc_image *image, size_t i)
{
    size_t x = i % h->grid, y = i / h->grid;
    return (rectangle){x * image->width / h->grid, (x + 1) * image->width / h->grid, y * image->height / h->grid,
                       (y + 1) * image->height / h->grid};
}

oc_status oc_histogram_extract(const oc_stage *stage, const oc_image *image, oc_scratch *memory, float *row,
                               oc_error *err)
{
    counting s;
    if (!start(&s, stage->plan.own, image, &memory->arena)) {
        return oc_fail_memory(err, "a colour histogram");
    }
    for (size_t i = 0; i < s.h.grid * s.h.grid; i++) {
        extract_region(&s, region_bounds(&s.h, image, i), row + i * s.h.size);
    }
    return OC_OK;
}

/* The arrays of oc_histogram_attribute; data_term and offset begin with the first value of the region. */
typedef struct attribution {
    const double *data_term, *offset;
    float *counts; /* (2, size): of the region, of one pixel */
    double *map;
} attribution;

/* The data term of a bin is shared equally by the pixels of that bin; offsets, and the data terms of empty bins, are
 * spread evenly over the region. */
static void attribute_region(const counting *s, rectangle r, const attribution *a)
{
    size_t size = s->h.size, width = s->image->width;
    float *own = a->counts + size;
    double rest = 0;
    extract_region(s, r, a->counts);
    for (size_t k = 0; k < size; k++) {
        rest += a->offset[k] + (a->counts[k] > 0 ? 0 : a->data_term[k]);
    }
    oc_spread_evenly((oc_map){a->map, width, s->image->height},
                     (oc_box){(double)r.x0, (double)r.y0, (double)r.x1, (double)r.y1}, rest);
    for (size_t y = r.y0; y < r.y1; y++) {
        for (size_t x = r.x0; x < r.x1; x++) {
            extract_region(s, (rectangle){x, x + 1, y, y + 1}, own);
            for (size_t k = 0; k < size; k++) {
                a->map[y * width + x] += own[k] > 0 ? a->data_term[k] / (double)a->counts[k] : 0;
            }
        }
    }
}

oc_status oc_histogram_attribute(const oc_stage *stage, const oc_image *image, const double *data_term,
                                 const double *offset, double *map, oc_error *err)
{
    const oc_color_plan *plan = stage->plan.own;
    size_t size = plan->histogram.size, grid = plan->histogram.grid;
    oc_arena arena = {0};
    counting s;
    float *counts = oc_alloc(size, 2 * sizeof *counts);
    oc_status status = OC_OK;
    if (!counts || !start(&s, plan, image, &arena)) {
        status = oc_fail_memory(err, "the picture");
        goto cleanup;
    }
    s.h.norm = OC_COLOR_NONE;
    s.h.by_saturation = false;
    for (size_t i = 0; i < grid * grid; i++) {
        attribution a = {data_term + i * size, offset + i * size, counts, map};
        attribute_region(&s, region_bounds(&s.h, image, i), &a);
    }
cleanup:
    oc_arena_free(&arena);
    oc_free(counts);
    return status;
}
