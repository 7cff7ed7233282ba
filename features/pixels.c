/* pixels: the image itself as a feature, the baseline that others are compared with.
 *
 * The image is brought to `size` by oc_image_resize (area average when it shrinks, linear when it grows) and its values
 * 0..255 are written as they are, in row, column, R G B order; with gray=1 the luma alone. */
#include "features/stage.h"

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>
#include <string.h>

typedef struct pixels_params {
    oc_extent size;
    bool gray;
} pixels_params;

static const oc_param params[] = {
    {"size", OC_EXTENT, offsetof(pixels_params, size), "32", 1, 4096, NULL, "size to which images are resized"},
    {"gray", OC_FLAG, offsetof(pixels_params, gray), "0", 0, 1, NULL, "luma instead of R, G and B"},
};

static oc_status resolve(void *values, oc_needs *needs, oc_error *err)
{
    (void)err;
    needs->planes = ((const pixels_params *)values)->gray ? OC_GRAY : OC_RGB;
    return OC_OK;
}

/* The mirror order is exact where the columns are left as they are; a resized row may differ from the mirrored one in
 * its last rounding. */
static oc_status make_plan(const void *values, oc_plan *plan, oc_error *err)
{
    const pixels_params *p = values;
    oc_row_axis axes[] = {{"y", "row", p->size.height, {0}},
                          {"x", "column", p->size.width, {0}},
                          {"channel", "channel: R, G, B", 3, {0}}};
    plan->mirrors = plan->width == p->size.width;
    return oc_plan_axes(plan, axes, p->gray ? 2 : 3, err);
}

static oc_status extract(const oc_stage *stage, const oc_image *image, oc_scratch *scratch, float *row, oc_error *err)
{
    const pixels_params *p = stage->params;
    const uint8_t *pixels = p->gray ? image->gray : image->rgb;
    size_t channels = p->gray ? 1 : 3;
    if (image->width != p->size.width || image->height != p->size.height) {
        uint8_t *resized = oc_arena_take(&scratch->arena, stage->plan.dimension, 1);
        if (!resized) {
            return oc_fail_memory(err, "the resized image");
        }
        oc_pixels in = {pixels, image->width, image->height, channels, 0};
        oc_plane_out out = {resized, p->size.width * channels, p->size.width, p->size.height};
        oc_status status = oc_resizer_run(&scratch->resizer, &in, out, err);
        if (status != OC_OK) {
            return status;
        }
        pixels = resized;
    }
    for (size_t i = 0; i < stage->plan.dimension; i++) {
        row[i] = pixels[i];
    }
    return OC_OK;
}

static void mirror_order(const oc_stage *stage, uint32_t *order)
{
    const pixels_params *p = stage->params;
    size_t width = p->size.width, channels = p->gray ? 1 : 3;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        size_t y = j / (channels * width), x = j / channels % width;
        order[j] = (uint32_t)((y * width + width - 1 - x) * channels + j % channels);
    }
}

static double aspect(const oc_stage *stage, oc_drawing kind)
{
    const pixels_params *p = stage->params;
    return kind >= OC_DRAW_LEARNED ? 0 : (double)p->size.width / (double)p->size.height;
}

/* The weight that has full colour: three times the root mean square, so that a few large ones do not leave the others
 * pale. */
static double full_weight(const float *weights, size_t count)
{
    double sum = 0;
    for (size_t i = 0; i < count; i++) {
        sum += (double)weights[i] * (double)weights[i];
    }
    return fmin(oc_largest(weights, count), fmax(1e-30, 3 * sqrt(sum / (double)count)));
}

/* Weights in colour: 0 is mid-gray, the lectures' picture of a template. Gray ones have a colour for either sign. */
static oc_status draw(const oc_stage *stage, const oc_draw_request *s, oc_error *err)
{
    const pixels_params *p = stage->params;
    size_t count = p->size.width * p->size.height;
    uint8_t *rgb = oc_alloc(count, 3);
    if (!rgb) {
        return oc_fail_memory(err, "the picture");
    }
    bool weights = s->kind == OC_DRAW_WEIGHTS;
    double scale = weights ? 127.5 / full_weight(s->row, stage->plan.dimension) : 1, zero = weights ? 127.5 : 0;
    for (size_t i = 0; i < 3 * count; i++) {
        double value = (double)s->row[p->gray ? i / 3 : i];
        rgb[i] = (uint8_t)lround(fmin(255, fmax(0, zero + scale * value)));
    }
    for (size_t i = 0; weights && p->gray && i < count; i++) {
        oc_color color = oc_color_signed((double)s->row[i] * scale / 127.5);
        memcpy(rgb + 3 * i, (uint8_t[3]){color.r, color.g, color.b}, 3);
    }
    oc_canvas_pixels(s->canvas, (oc_rectangle){s->x, s->y, s->width, s->height},
                     (oc_pixels){rgb, p->size.width, p->size.height, 3, 0});
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
    oc_free(rgb);
    return OC_OK;
}

static const char *legend(const oc_stage *stage)
{
    const pixels_params *p = stage->params;
    return p->gray ? "light at blue pixels speaks for the class, at orange ones against it"
                   : "these colours speak for the class, their opposites against it; mid-gray says nothing";
}

static oc_status attribute(const oc_stage *stage, const oc_image *image, const double *data_term, const double *offset,
                           double *map, oc_error *err)
{
    (void)err;
    const pixels_params *p = stage->params;
    double across = (double)image->width / (double)p->size.width;
    double down = (double)image->height / (double)p->size.height;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        size_t pixel = p->gray ? j : j / 3;
        double x = (double)(pixel % p->size.width) * across, y = (double)(pixel / p->size.width) * down;
        oc_spread_evenly((oc_map){map, image->width, image->height}, (oc_box){x, y, x + across, y + down},
                         data_term[j] + offset[j]);
    }
    return OC_OK;
}

static const oc_stage_pictures pictures = {aspect, legend, draw, attribute};

const oc_stage_type oc_stage_pixels = {
    .name = "pixels",
    .help = "the pixels of the image, the baseline",
    .params = params,
    .param_count = sizeof params / sizeof *params,
    .param_size = sizeof(pixels_params),
    .resolve = resolve,
    .plan = make_plan,
    .extract = extract,
    .mirror_order = mirror_order,
    .pictures = &pictures,
};
