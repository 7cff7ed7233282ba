/* Pictures of stages that have none of their own, and the pale image that other pictures are drawn on. */
#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>

void oc_draw_pale(const oc_draw_request *s, bool color)
{
    const oc_image *image = s->image;
    oc_rectangle frame = {s->x, s->y, s->width, s->height};
    oc_canvas_pixels(s->canvas, frame,
                     (oc_pixels){color ? image->rgb : image->gray, image->width, image->height, color ? 3 : 1, 0});
    oc_canvas_wash(s->canvas, frame, OC_PAPER, 0.55);
}

/* Bars up and down from a middle line, or up from the ground where no value is below 0. With more than MAX_BARS values,
 * each bar shows the largest of a run of values. */
static void draw_bars(const oc_stage *stage, const oc_draw_request *s)
{
    enum { MAX_BARS = 128 };
    size_t n = stage->plan.dimension, bars = n < MAX_BARS ? n : MAX_BARS;
    double largest = oc_largest(s->row, n), width = s->width / (double)bars;
    bool both = s->kind == OC_DRAW_WEIGHTS;
    for (size_t j = 0; j < n && !both; j++) {
        both = s->row[j] < 0;
    }
    double room = both ? s->height / 2 : s->height, ground = s->y + room;
    for (size_t b = 0; b < bars; b++) {
        double value = 0;
        for (size_t j = b * n / bars; j < (b + 1) * n / bars; j++) {
            value = fabs((double)s->row[j]) > fabs(value) ? (double)s->row[j] : value;
        }
        double height = room * fabs(value) / largest;
        oc_canvas_fill(s->canvas, s->x + (double)b * width, value > 0 ? ground - height : ground, width, height,
                       both ? oc_color_signed(value > 0 ? 1 : -1) : OC_QUIET);
    }
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
}

double oc_stage_aspect(const oc_stage *stage, oc_drawing kind)
{
    const oc_stage_pictures *own = stage->type->pictures;
    if (own && own->aspect) {
        return own->aspect(stage, kind);
    }
    return kind >= OC_DRAW_LEARNED ? 0 : 2;
}

const char *oc_stage_legend(const oc_stage *stage)
{
    const oc_stage_pictures *own = stage->type->pictures;
    return own && own->legend ? own->legend(stage) : "bars up speak for the class, bars down against it";
}

oc_status oc_stage_draw(const oc_stage *stage, const oc_draw_request *request, oc_error *err)
{
    const oc_stage_pictures *own = stage->type->pictures;
    oc_draw_request resized = *request;
    oc_scratch scratch = {0};
    oc_image image;
    if (!own || !own->draw) {
        draw_bars(stage, request);
        return OC_OK;
    }
    oc_status status = OC_OK;
    if (request->image) {
        status = oc_stage_image(stage, request->image, OC_GRAY | OC_RGB, &scratch, &image, err);
        resized.image = &image;
    }
    if (status == OC_OK) {
        status = own->draw(stage, &resized, err);
    }
    oc_scratch_free(&scratch);
    return status;
}

/* Adds to each pixel of `to` its part of the values of `from`, a map of the same scene. */
static void add_map(oc_map from, oc_map to)
{
    double across = (double)to.width / (double)from.width, down = (double)to.height / (double)from.height;
    for (size_t i = 0; i < from.width * from.height; i++) {
        double x = (double)(i % from.width) * across, y = (double)(i / from.width) * down;
        oc_spread_evenly(to, (oc_box){x, y, x + across, y + down}, from.values[i]);
    }
}

/* For a stage with a size of its own: the map of the resized image, brought to the size of the image. */
static oc_status attribute_resized(const oc_stage *stage, const oc_image *image, const double *data_term,
                                   const double *offset, double *map, oc_error *err)
{
    oc_map own = {oc_alloc(stage->plan.width * stage->plan.height, sizeof *own.values), stage->plan.width,
                  stage->plan.height};
    oc_scratch scratch = {0};
    oc_image resized;
    oc_status status = own.values ? oc_stage_image(stage, image, OC_GRAY | OC_RGB, &scratch, &resized, err)
                                  : oc_fail_memory(err, "the map of a score");
    if (status == OC_OK) {
        status = stage->type->pictures->attribute(stage, &resized, data_term, offset, own.values, err);
    }
    if (status == OC_OK) {
        add_map(own, (oc_map){map, image->width, image->height});
    }
    oc_scratch_free(&scratch);
    oc_free(own.values);
    return status;
}

oc_status oc_stage_attribute(const oc_stage *stage, const oc_image *image, const double *data_term,
                             const double *offset, double *map, oc_error *err)
{
    const oc_stage_pictures *own = stage->type->pictures;
    if (own && own->attribute && stage->size.width) {
        return attribute_resized(stage, image, data_term, offset, map, err);
    }
    if (own && own->attribute) {
        return own->attribute(stage, image, data_term, offset, map, err);
    }
    double sum = 0;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        sum += data_term[j] + offset[j];
    }
    oc_spread_evenly((oc_map){map, image->width, image->height},
                     (oc_box){0, 0, (double)image->width, (double)image->height}, sum);
    return OC_OK;
}
