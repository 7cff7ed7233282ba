/* color: histograms of the pixels' colours.
 *
 * Channel values fall into `bins` bins of equal width over the channel's range: R, G, B, S and V 0..255, H 0..179 (hue
 * in steps of two degrees, as in OpenCV's 8-bit HSV), L 0..100, a and b -128..127. The largest value belongs to the
 * last bin. Rows: region by region (grid rows, grid columns); in a region joint=1 writes one histogram of bins^3, the
 * first channel slowest, joint=0 one of `bins` a channel. space=hue counts H alone; gray pixels count as hue 0, or not
 * at all with weight=saturation.
 *
 * Equal to cvtColor and calcHist of OpenCV, bin for bin. Source: Swain and Ballard, "Color indexing" (1991). */
#include "features/color/draw.h"
#include "features/color/histogram.h"
#include "src/base/fail.h"

#include <string.h>

enum { JOINT_BINS = 32 };

static const char *const spaces[] = {"rgb", "hsv", "lab", "hue", NULL};
static const char *const norms[] = {"l1", "hellinger", "none", NULL};
static const char *const weights[] = {"count", "saturation", NULL};

static const oc_param params[] = {
    {"space", OC_CHOICE, offsetof(oc_color_params, space), "hsv", 0, 0, spaces,
     "colour space; hue is the H of hsv alone"},
    {"bins", OC_INTEGER, offsetof(oc_color_params, bins), "auto", 2, OC_HISTOGRAM_LEVELS, NULL,
     "bins of a channel, joint at most 32; auto: 10 for hue, else 8"},
    {"joint", OC_FLAG, offsetof(oc_color_params, joint), "1", 0, 1, NULL,
     "one histogram of bins^3 instead of one a channel"},
    {"grid", OC_INTEGER, offsetof(oc_color_params, grid), "1", 1, 256, NULL, "histograms of grid x grid regions"},
    {"norm", OC_CHOICE, offsetof(oc_color_params, norm), "l1", 0, 0, norms,
     "l1: each histogram sums to 1; hellinger: its square root; none: counts"},
    {"weight", OC_CHOICE, offsetof(oc_color_params, weight), "count", 0, 0, weights,
     "what a pixel adds to the histogram of hues: 1 or its saturation 0..1"},
};

static oc_status check(const void *values, oc_error *err)
{
    const oc_color_params *p = values;
    oc_histogram h = oc_histogram_describe(p);
    if (h.joint && h.bins > JOINT_BINS) {
        return oc_fail(err, OC_USAGE, "bins: %zu are too many for joint=1, which takes at most %d", h.bins, JOINT_BINS);
    }
    if (p->weight && h.space != OC_SPACE_HUE) {
        return oc_fail(err, OC_USAGE, "weight=saturation needs space=hue");
    }
    return OC_OK;
}

static const char *refuse(const void *values, const char *name)
{
    const oc_color_params *p = values;
    bool idle = strcmp(name, "joint") == 0 && p->joint && p->space == OC_SPACE_HUE;
    return idle ? "space=hue has one channel" : NULL;
}

static unsigned planes(const void *values)
{
    (void)values;
    return OC_RGB;
}

static oc_status plan(const void *values, size_t width, size_t height, size_t *dimension, oc_error *err)
{
    oc_histogram h = oc_histogram_describe(values);
    if (width < h.grid || height < h.grid) {
        return oc_fail(err, OC_TOO_SMALL, "an image of %zux%zu pixels is smaller than a grid of %zux%zu", width, height,
                       h.grid, h.grid);
    }
    if (width > UINT32_MAX / height) {
        return oc_fail(err, OC_TOO_LARGE, "an image of %zux%zu pixels is too large to count", width, height);
    }
    *dimension = h.grid * h.grid * h.size; /* at most 2^31 */
    return OC_OK;
}

/* The columns of the grid change places where they are equally wide. */
static bool can_mirror(const oc_stage *stage)
{
    return stage->width % oc_histogram_describe(stage->params).grid == 0;
}

static void mirror(const oc_stage *stage, const float *row, float *out)
{
    oc_histogram h = oc_histogram_describe(stage->params);
    for (size_t y = 0; y < h.grid; y++) {
        for (size_t x = 0; x < h.grid; x++) {
            memcpy(out + (y * h.grid + h.grid - 1 - x) * h.size, row + (y * h.grid + x) * h.size, h.size * sizeof *row);
        }
    }
}

const oc_stage_type oc_stage_color = {
    .name = "color",
    .help = "histograms of the pixels' colours",
    .params = params,
    .param_count = sizeof params / sizeof *params,
    .param_size = sizeof(oc_color_params),
    .check = check,
    .refuse = refuse,
    .planes = planes,
    .plan = plan,
    .extract = oc_histogram_extract,
    .can_mirror = can_mirror,
    .mirror = mirror,
    .aspect = oc_histogram_aspect,
    .key = oc_histogram_key,
    .draw = oc_histogram_draw,
    .spread = oc_histogram_spread,
};
