/* Pictures of stages that have none of their own, and the pale image that other pictures are drawn on. */
#include "features/pictures.h"
#include "src/draw/shapes.h"

#include <math.h>

void oc_draw_pale(const oc_draw_request *s, bool color)
{
    oc_canvas_pixels(s->canvas, s->x, s->y, s->width, s->height, color ? s->image->rgb : s->image->gray,
                     s->image->width, s->image->height, color ? 3 : 1);
    oc_canvas_wash(s->canvas, s->x, s->y, s->width, s->height, OC_PAPER, 0.55);
}

/* Bars up and down from a middle line, or up from the ground where no value is below 0. With more than MOST_BARS values,
 * each bar shows the largest of a run of values. */
static void draw_bars(const oc_stage *stage, const oc_draw_request *s)
{
    enum { MOST_BARS = 128 };
    size_t n = stage->plan.dimension, bars = n < MOST_BARS ? n : MOST_BARS;
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
    return kind == OC_DRAW_LEARNED ? 0 : 2;
}

const char *oc_stage_legend(const oc_stage *stage)
{
    const oc_stage_pictures *own = stage->type->pictures;
    return own && own->legend ? own->legend(stage) : "bars up speak for the class, bars down against it";
}

oc_status oc_stage_draw(const oc_stage *stage, const oc_draw_request *request, oc_error *err)
{
    const oc_stage_pictures *own = stage->type->pictures;
    if (own && own->draw) {
        return own->draw(stage, request, err);
    }
    draw_bars(stage, request);
    return OC_OK;
}

oc_status oc_stage_attribute(const oc_stage *stage, const oc_image *image, const double *data_term,
                             const double *offset, double *map, oc_error *err)
{
    const oc_stage_pictures *own = stage->type->pictures;
    if (own && own->attribute) {
        return own->attribute(stage, image, data_term, offset, map, err);
    }
    double sum = 0, width = (double)image->width, height = (double)image->height;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        sum += data_term[j] + offset[j];
    }
    oc_spread_evenly(map, image->width, image->height, 0, 0, width, height, sum);
    return OC_OK;
}
