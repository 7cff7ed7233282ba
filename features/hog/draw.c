/* hog: pictures. A cell is drawn as a star of lines, one a bin, each along the edges that vote for it (Dalal and
 * Triggs, 2005, figure 6): over the pale image for its row, and for weights the positive ones on the left, the
 * negative ones on the right. Where a cell is written several times, by blocks or by kinds of directions, the star
 * is the mean. */
#include "features/hog/draw.h"

#include "features/hog/form.h"
#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/shapes.h"

#include <math.h>

/* Shares of the values whose lines are cut off at the border of their cell: were none, a few strong edges would make all
 * others short. */
static const double CUT_OF_ROW = 0.08, CUT_OF_WEIGHTS = 0.01;

/* Where value j of a row comes from. */
typedef struct origin {
    size_t cx, cy;
    size_t line; /* of the star; as many as there are for values without direction */
} origin;

typedef struct layout {
    oc_hog_form form;
    size_t nx, ny;
    size_t lines; /* of a star */
} layout;

static layout describe(const oc_stage *stage)
{
    layout l;
    oc_hog_resolve(stage->params, &l.form);
    l.nx = oc_hog_cells_along(&l.form, stage->width);
    l.ny = oc_hog_cells_along(&l.form, stage->height);
    l.lines = l.form.uoctti ? l.form.bins / 2 : l.form.bins;
    return l;
}

static origin locate(const layout *l, size_t j)
{
    size_t block = l->form.block, bins = l->form.bins;
    if (l->form.uoctti) {
        size_t plane = j / (l->nx * l->ny), cell = j % (l->nx * l->ny), directed = bins + bins / 2;
        return (origin){cell % l->nx, cell / l->nx, plane < directed ? plane % l->lines : l->lines};
    }
    size_t across = l->nx - block + 1, down = l->ny - block + 1;
    size_t k = j % bins, inner = j / bins % (block * block), outer = j / (bins * block * block);
    bool columns = l->form.by_columns;
    size_t bx = columns ? outer / down : outer % across, by = columns ? outer % down : outer / across;
    size_t cx = columns ? inner / block : inner % block, cy = columns ? inner % block : inner / block;
    return (origin){bx + cx, by + cy, k};
}

double oc_hog_aspect(const oc_stage *stage, oc_drawing what)
{
    layout l = describe(stage);
    return what >= OC_DRAW_LEARNED   ? 0
           : what == OC_DRAW_WEIGHTS ? (2 * (double)l.nx + 0.5) / (double)l.ny
                                     : (double)stage->width / (double)stage->height;
}

/* stars (ny, nx, lines): the mean of the values that a line stands for. */
static double *gather(const layout *l, const float *row, size_t dimension, oc_error *err)
{
    size_t count = l->nx * l->ny * l->lines;
    double *stars = oc_alloc(count, 2 * sizeof *stars);
    if (!stars) {
        oc_fail_memory(err, "the picture");
        return NULL;
    }
    double *times = stars + count;
    for (size_t j = 0; j < dimension; j++) {
        origin from = locate(l, j);
        if (from.line < l->lines) {
            size_t at = (from.cy * l->nx + from.cx) * l->lines + from.line;
            stars[at] += (double)row[j];
            times[at] += 1;
        }
    }
    for (size_t i = 0; i < count; i++) {
        stars[i] /= times[i] > 0 ? times[i] : 1;
    }
    return stars;
}

/* The star of a cell of side `cell`; a line for a value of `limit` or more reaches the border of the cell. */
static oc_star star_of(const layout *l, double cell, double limit, oc_color color)
{
    double circle = l->form.with_sign && !l->form.uoctti ? 2 * M_PI : M_PI;
    oc_star star = {.step = circle / (double)l->lines,
                    .radius = 0.5 * cell,
                    .width = fmin(4, fmax(1.2, 0.055 * cell)),
                    .lines = l->lines,
                    .limit = limit,
                    .circle = circle > M_PI,
                    .color = color};
    star.first = l->form.centred ? 0 : star.step / 2;
    return star;
}

/* The stars of all cells, the first of which has its upper left corner at (x, y). */
static void draw_stars(const layout *l, const double *stars, oc_canvas *canvas, double x, double y, const oc_star *star)
{
    double cell = 2 * star->radius;
    for (size_t i = 0; i < l->nx * l->ny; i++) {
        oc_draw_star(canvas, star, x + ((double)(i % l->nx) + 0.5) * cell, y + ((double)(i / l->nx) + 0.5) * cell,
                     stars + i * l->lines);
    }
}

/* Over the pale image. Each star gets a light border, so that it stands out on dark ground as well. */
static void draw_row(const layout *l, const double *stars, const oc_stage *stage, const oc_sketch *s)
{
    double cell = s->width / (double)stage->width * (double)l->form.cell;
    double limit = oc_draw_limit(stars, l->nx * l->ny * l->lines, CUT_OF_ROW);
    oc_star star = star_of(l, cell, limit, OC_FOR), border = star;
    border.color = OC_PAPER;
    border.width += fmin(2, 0.06 * cell);
    oc_draw_pale(s, l->form.color);
    draw_stars(l, stars, s->canvas, s->x, s->y, &border);
    draw_stars(l, stars, s->canvas, s->x, s->y, &star);
    oc_canvas_frame(s->canvas, s->x, s->y, s->width, s->height, OC_RULE);
}

static void draw_weights(const layout *l, const double *stars, const oc_sketch *s)
{
    double cell = s->height / (double)l->ny, half = cell * (double)l->nx, right = s->x + s->width - half;
    double limit = oc_draw_limit(stars, l->nx * l->ny * l->lines, CUT_OF_WEIGHTS);
    oc_star positive = star_of(l, cell, limit, OC_FOR), negative = star_of(l, cell, -limit, OC_AGAINST);
    draw_stars(l, stars, s->canvas, s->x, s->y, &positive);
    draw_stars(l, stars, s->canvas, right, s->y, &negative);
    oc_canvas_frame(s->canvas, s->x, s->y, half, s->height, OC_RULE);
    oc_canvas_frame(s->canvas, right, s->y, half, s->height, OC_RULE);
}

const char *oc_hog_key(const oc_stage *stage)
{
    (void)stage;
    return "blue edges, on the left, speak for the class, orange ones against it";
}

oc_status oc_hog_draw(const oc_stage *stage, const oc_sketch *s, oc_error *err)
{
    layout l = describe(stage);
    double *stars = gather(&l, s->row, stage->dimension, err);
    if (!stars) {
        return OC_NO_MEMORY;
    }
    if (s->what == OC_DRAW_WEIGHTS) {
        draw_weights(&l, stars, s);
    } else {
        draw_row(&l, stars, stage, s);
    }
    oc_free(stars);
    return OC_OK;
}

oc_status oc_hog_spread(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                        double *map, oc_error *err)
{
    (void)err;
    layout l = describe(stage);
    double side = (double)l.form.cell;
    for (size_t j = 0; j < stage->dimension; j++) {
        origin from = locate(&l, j);
        double x = (double)from.cx * side, y = (double)from.cy * side;
        oc_spread_evenly((oc_map){map, image->width, image->height}, (oc_box){x, y, x + side, y + side},
                         given[j] + fixed[j]);
    }
    return OC_OK;
}
