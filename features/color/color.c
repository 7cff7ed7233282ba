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
    {"space", OC_CHOICE, offsetof(oc_color_params, space), "hsv", 0, 0, spaces, "colour space; hue: only the H of hsv"},
    {"bins", OC_INTEGER, offsetof(oc_color_params, bins), "auto", 2, OC_HISTOGRAM_LEVELS, NULL,
     "bins of a channel (at most 32 for joint=1); auto: 10 for hue, else 8"},
    {"joint", OC_FLAG, offsetof(oc_color_params, joint), "1", 0, 1, NULL,
     "one joint histogram of bins^3 instead of one for each channel"},
    {"grid", OC_INTEGER, offsetof(oc_color_params, grid), "1", 1, 256, NULL,
     "one histogram for each of grid x grid "
     "regions"},
    {"norm", OC_CHOICE, offsetof(oc_color_params, norm), "l1", 0, 0, norms,
     "l1: each histogram sums to 1; hellinger: its square root; none: counts"},
    {"weight", OC_CHOICE, offsetof(oc_color_params, weight), "count", 0, 0, weights,
     "weight of a pixel in the histogram of hues: 1, or its saturation (0 to 1)"},
};

static oc_status resolve(void *values, oc_needs *needs, oc_error *err)
{
    oc_color_params *p = values;
    if (p->bins == OC_AUTO) {
        p->bins = p->space == OC_SPACE_HUE ? 10 : 8;
    }
    if (p->space != OC_SPACE_HUE && p->joint && p->bins > JOINT_BINS) {
        return oc_fail(err, OC_USAGE, "bins: %d are too many for joint=1, which takes at most %d", (int)p->bins,
                       JOINT_BINS);
    }
    if (p->weight && p->space != OC_SPACE_HUE) {
        return oc_fail(err, OC_USAGE, "weight=saturation needs space=hue");
    }
    needs->planes = OC_RGB;
    return OC_OK;
}

static const char *conflict(const void *values, const char *name)
{
    const oc_color_params *p = values;
    bool idle = strcmp(name, "joint") == 0 && p->joint && p->space == OC_SPACE_HUE;
    return idle ? "space=hue has one channel" : NULL;
}

/* The names of the axes of a histogram, the channels in the order of the space. */
static const char *const channel_names[][3] = {{"r", "g", "b"}, {"h", "s", "v"}, {"l", "a", "b"}, {"h"}};
static const char *const channel_meanings[][3] = {{"bin of R", "bin of G", "bin of B"},
                                                  {"bin of H", "bin of S", "bin of V"},
                                                  {"bin of L", "bin of a", "bin of b"},
                                                  {"bin of H"}};
static const char *const channel_lists[] = {"channel: R, G, B", "channel: H, S, V", "channel: L, a, b"};

/* Regions of the grid by row and column; in a region the bins of a joint histogram, or channel and bin. */
static oc_status set_axes(const oc_histogram *h, oc_plan *plan, oc_error *err)
{
    oc_row_axis axes[5] = {{"y", "row of regions", h->grid, {0}}, {"x", "region", h->grid, {0}}};
    size_t count = 2;
    if (h->joint || h->channels == 1) {
        for (size_t c = 0; c < h->channels; c++) {
            axes[count++] = (oc_row_axis){channel_names[h->space][c], channel_meanings[h->space][c], h->bins, {0}};
        }
    } else {
        axes[count++] = (oc_row_axis){"channel", channel_lists[h->space], h->channels, {0}};
        axes[count++] = (oc_row_axis){"bin", "bin", h->bins, {0}};
    }
    return oc_plan_axes(plan, axes, count, err);
}

static oc_status make_plan(const void *values, oc_plan *plan, oc_error *err)
{
    oc_histogram h = oc_histogram_describe(values);
    if (plan->width < h.grid || plan->height < h.grid) {
        return oc_fail(err, OC_TOO_SMALL, "an image of %zux%zu pixels is smaller than a grid of %zux%zu", plan->width,
                       plan->height, h.grid, h.grid);
    }
    if (plan->width > UINT32_MAX / plan->height) {
        return oc_fail(err, OC_TOO_LARGE, "an image of %zux%zu pixels is too large to count", plan->width,
                       plan->height);
    }
    oc_status status = set_axes(&h, plan, err);
    if (status != OC_OK) {
        return status;
    }
    oc_color_plan *own = oc_alloc(1, sizeof *own);
    if (!own) {
        return oc_fail_memory(err, "a colour histogram");
    }
    own->histogram = h;
    oc_histogram_fill_map(&h, &own->map);
    plan->own = own;
    plan->mirrors = plan->width % h.grid == 0; /* the columns of the grid are equally wide */
    return OC_OK;
}

static void mirror_order(const oc_stage *stage, uint32_t *order)
{
    const oc_color_plan *own = stage->plan.own;
    size_t grid = own->histogram.grid, size = own->histogram.size;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        size_t y = j / (size * grid), x = j / size % grid;
        order[j] = (uint32_t)((y * grid + grid - 1 - x) * size + j % size);
    }
}

const oc_stage_type oc_stage_color = {
    .name = "color",
    .help = "histograms of the colours of the pixels",
    .params = params,
    .param_count = sizeof params / sizeof *params,
    .param_size = sizeof(oc_color_params),
    .resolve = resolve,
    .conflict = conflict,
    .plan = make_plan,
    .extract = oc_histogram_extract,
    .mirror_order = mirror_order,
    .pictures = &oc_color_pictures,
};
