/* hog: pictures. A cell is drawn as a star with a line for each bin, along the edges that vote for it (Dalal and
 * Triggs, 2005, figure 6). The row of an image is drawn over the pale image; of weights the positive ones are on the
 * left, the negative ones on the right. Where a row has several values for one cell and direction, from several
 * blocks or with and without sign, the line is their mean. */
#include "features/hog/draw.h"

#include "features/hog/plan.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>

/* Shares of the values whose lines are cut off at the border of their cell: were none, a few strong edges would make
 * all others short. */
static const double CUT_OF_ROW = 0.08, CUT_OF_WEIGHTS = 0.01;

/* The lines of a star. */
static size_t line_count(const oc_hog_plan *plan)
{
    return plan->form.uoctti ? plan->form.bins / 2 : plan->form.bins;
}

static double aspect(const oc_stage *stage, oc_drawing kind)
{
    const oc_hog_plan *plan = stage->plan.own;
    return kind >= OC_DRAW_LEARNED   ? 0
           : kind == OC_DRAW_WEIGHTS ? (2 * (double)plan->nx + 0.5) / (double)plan->ny
                                     : (double)stage->plan.width / (double)stage->plan.height;
}

typedef struct stars {
    const oc_hog_plan *plan;
    size_t lines;
    double *values; /* (ny, nx, lines): the mean of the values of a line */
} stars;

static oc_status gather(stars *s, const oc_stage *stage, const float *row, oc_error *err)
{
    const oc_hog_plan *plan = stage->plan.own;
    *s = (stars){.plan = plan, .lines = line_count(plan)};
    size_t count = plan->nx * plan->ny * s->lines;
    s->values = oc_alloc(count, 2 * sizeof *s->values);
    if (!s->values) {
        return oc_fail_memory(err, "the picture");
    }
    double *times = s->values + count;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        oc_hog_origin from = oc_hog_locate(plan, j);
        if (from.bin < s->lines) {
            size_t at = (from.cy * plan->nx + from.cx) * s->lines + from.bin;
            s->values[at] += (double)row[j];
            times[at] += 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        s->values[i] /= times[i] > 0 ? times[i] : 1;
    }
    return OC_OK;
}

/* The star of a cell of side `cell`; the line of the value that the share `cut` of the values exceed reaches the
 * border of the cell. */
static oc_star star_of(const stars *s, double cell, double cut, oc_color color)
{
    const oc_hog_form *form = &s->plan->form;
    double circle = form->with_sign && !form->uoctti ? 2 * M_PI : M_PI;
    oc_star star = {.step = circle / (double)s->lines,
                    .radius = 0.5 * cell,
                    .width = fmin(4, fmax(1.2, 0.055 * cell)),
                    .lines = s->lines,
                    .limit = oc_draw_limit(s->values, s->plan->nx * s->plan->ny * s->lines, cut),
                    .circle = circle > M_PI,
                    .color = color};
    star.first = form->centred ? 0 : star.step / 2;
    return star;
}

/* The stars of all cells, the first of which has its upper left corner at (x, y). */
static void draw_stars(const stars *s, oc_canvas *canvas, double x, double y, const oc_star *star)
{
    double cell = 2 * star->radius;
    for (size_t i = 0; i < s->plan->nx * s->plan->ny; i++) {
        double left = x + (double)(i % s->plan->nx) * cell, top = y + (double)(i / s->plan->nx) * cell;
        oc_draw_star(canvas, star, left + 0.5 * cell, top + 0.5 * cell, s->values + i * s->lines);
    }
}

/* Over the pale image. Each star gets a light border, so that it stands out on dark ground as well. */
static void draw_row(const stars *s, const oc_stage *stage, const oc_draw_request *r)
{
    double cell = r->width / (double)stage->plan.width * (double)s->plan->form.cell;
    oc_star star = star_of(s, cell, CUT_OF_ROW, OC_FOR), border = star;
    border.color = OC_PAPER;
    border.width += fmin(2, 0.06 * cell);
    oc_draw_pale(r, s->plan->form.color);
    draw_stars(s, r->canvas, r->x, r->y, &border);
    draw_stars(s, r->canvas, r->x, r->y, &star);
    oc_canvas_frame(r->canvas, r->x, r->y, r->width, r->height, OC_RULE);
}

static void draw_weights(const stars *s, const oc_draw_request *r)
{
    double cell = r->height / (double)s->plan->ny, half = cell * (double)s->plan->nx, right = r->x + r->width - half;
    oc_star positive = star_of(s, cell, CUT_OF_WEIGHTS, OC_FOR), negative = positive;
    negative.limit = -positive.limit;
    negative.color = OC_AGAINST;
    draw_stars(s, r->canvas, r->x, r->y, &positive);
    draw_stars(s, r->canvas, right, r->y, &negative);
    oc_canvas_frame(r->canvas, r->x, r->y, half, r->height, OC_RULE);
    oc_canvas_frame(r->canvas, right, r->y, half, r->height, OC_RULE);
}

static const char *legend(const oc_stage *stage)
{
    (void)stage;
    return "blue edges, on the left, speak for the class, orange ones against it";
}

static oc_status draw(const oc_stage *stage, const oc_draw_request *r, oc_error *err)
{
    stars s;
    oc_status status = gather(&s, stage, r->row, err);
    if (status != OC_OK) {
        return status;
    }
    if (r->kind == OC_DRAW_WEIGHTS) {
        draw_weights(&s, r);
    } else {
        draw_row(&s, stage, r);
    }
    oc_free(s.values);
    return OC_OK;
}

static oc_status attribute(const oc_stage *stage, const oc_image *image, const double *data_term, const double *offset,
                           double *map, oc_error *err)
{
    const oc_hog_plan *plan = stage->plan.own;
    double side = (double)plan->form.cell;
    (void)err;
    for (size_t j = 0; j < stage->plan.dimension; j++) {
        oc_hog_origin from = oc_hog_locate(plan, j);
        double x = (double)from.cx * side, y = (double)from.cy * side;
        oc_spread_evenly((oc_map){map, image->width, image->height}, (oc_box){x, y, x + side, y + side},
                         data_term[j] + offset[j]);
    }
    return OC_OK;
}

const oc_stage_pictures oc_hog_pictures = {aspect, legend, draw, attribute};
