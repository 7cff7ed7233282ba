/* hog: the plan. A row is one array with these axes:
 *
 *   cells          y, x, bin
 *   blocks         y, x (of the block), cell y, cell x (in the block), bin; of preset=opencv x, y, cell x, cell y, bin
 *   preset=uoctti  value (B directions with sign, B/2 without, 4 sums), y, x */
#include "features/hog/plan.h"

#include "src/base/fail.h"

#include <math.h>

static oc_status set_axes(const oc_hog_form *form, size_t nx, size_t ny, oc_plan *plan, oc_error *err)
{
    size_t block = form->block, rows = ny - block + 1, columns = nx - block + 1;
    oc_row_axis bin = {"bin", "bin", form->bins, {0}};
    if (form->uoctti) {
        oc_row_axis axes[] = {{"value", "value: directions with sign, without, 4 sums", form->bins / 2 * 3 + 4, {0}},
                              {"y", "row of cells", ny, {0}},
                              {"x", "cell", nx, {0}}};
        return oc_plan_axes(plan, axes, 3, err);
    }
    if (block == 1) {
        oc_row_axis axes[] = {{"y", "row of cells", ny, {0}}, {"x", "cell", nx, {0}}, bin};
        return oc_plan_axes(plan, axes, 3, err);
    }
    if (form->by_columns) {
        oc_row_axis axes[] = {{"x", "column of blocks", columns, {0}},
                              {"y", "block", rows, {0}},
                              {"cell x", "column of cells in the block", block, {0}},
                              {"cell y", "cell", block, {0}},
                              bin};
        return oc_plan_axes(plan, axes, 5, err);
    }
    oc_row_axis axes[] = {{"y", "row of blocks", rows, {0}},
                          {"x", "block", columns, {0}},
                          {"cell y", "row of cells in the block", block, {0}},
                          {"cell x", "cell", block, {0}},
                          bin};
    return oc_plan_axes(plan, axes, 5, err);
}

/* Directions of the edges between bins. There is none at 0 degrees, where counting starts; directions along the axes
 * are exact. */
static void make_edges(const oc_hog_form *form, oc_hog_edges *edges)
{
    double circle = form->with_sign ? 2 * M_PI : M_PI;
    *edges = (oc_hog_edges){.with_sign = form->with_sign, .bins = form->bins, .upper_inclusive = form->centred};
    for (size_t k = form->centred ? 0 : 1; k < form->bins; k++) {
        size_t twice = 2 * k + form->centred; /* the edge lies at twice / (2 bins) of the circle */
        double angle = (double)twice * circle / (double)(2 * form->bins);
        double c = cos(angle), s = sin(angle);
        if (form->with_sign && twice <= form->bins) {
            edges->half += 1;
            edges->turn += twice < form->bins;
        }
        if (!form->with_sign || twice != form->bins) {
            edges->cosine[edges->count] = fabs(c) < 1e-12 ? 0 : (float)c;
            edges->sine[edges->count++] = fabs(s) < 1e-12 ? 0 : (float)s;
        }
    }
}

/* Mirroring sends the angle a to 180 - a degrees, so bin k to bins - 1 - k of a half circle. With votes for the nearest
 * bin alone an angle on an edge stays where it is and breaks the symmetry, and so do columns of pixels that no cell
 * covers. */
static bool mirrors(const oc_hog_form *form, size_t width)
{
    return (form->interpolate & OC_HOG_BINS_LINEAR) && form->centre == 0 && !form->uoctti &&
           !(form->with_sign && form->bins % 2) && width % form->cell == 0;
}

oc_status oc_hog_plan_make(const void *params, oc_plan *plan, oc_error *err)
{
    oc_hog_form form;
    oc_hog_form_make(params, &form);
    size_t nx = oc_hog_cells_along(&form, plan->width), ny = oc_hog_cells_along(&form, plan->height);
    if (nx < form.block || ny < form.block) {
        size_t side = form.block * form.cell;
        return oc_fail(err, OC_TOO_SMALL, "an image of %zux%zu pixels is smaller than one %s of %zux%zu", plan->width,
                       plan->height, form.block > 1 ? "block" : "cell", side, side);
    }
    oc_status status = set_axes(&form, nx, ny, plan, err);
    if (status != OC_OK) {
        return status;
    }
    size_t width = form.cropped ? plan->width / form.cell * form.cell : plan->width;
    size_t height = form.cropped ? plan->height / form.cell * form.cell : plan->height;
    size_t room = oc_hog_axis_room(&form), patterns = oc_hog_axis_patterns(&form), floats;
    oc_hog_plan *own = NULL;
    if (oc_multiply(patterns, width, &floats) && oc_add(floats, 2 * room, &floats) &&
        floats < SIZE_MAX / (2 * sizeof(float))) {
        own = oc_alloc(1, sizeof *own + floats * sizeof(float));
    }
    if (!own) {
        return oc_fail_memory(err, "hog");
    }
    own->form = form;
    own->width = width;
    own->height = height;
    own->nx = nx;
    own->ny = ny;
    own->down = oc_hog_axis_make(&form, ny, own->weights);
    own->across = oc_hog_axis_make(&form, nx, own->weights + room);
    if (patterns) {
        oc_hog_axis_fill_patterns(&own->across, width, own->weights + 2 * room);
    }
    make_edges(&form, &own->edges);
    plan->own = own;
    plan->mirrors = mirrors(&form, plan->width);
    return OC_OK;
}

void oc_hog_mirror_order(const oc_stage *stage, uint32_t *order)
{
    const oc_hog_plan *plan = stage->plan.own;
    size_t bins = plan->form.bins, block = plan->form.block, nx = plan->nx - block + 1, ny = plan->ny - block + 1;
    size_t last = plan->form.with_sign ? bins / 2 + bins - 1 : bins - 1;
    for (size_t i = 0; i < ny * nx * block * block; i++) {
        size_t cx = i % block, cy = i / block % block, bx = i / (block * block) % nx, by = i / (block * block) / nx;
        size_t to = ((by * nx + nx - 1 - bx) * block + cy) * block + block - 1 - cx;
        for (size_t k = 0; k < bins; k++) {
            order[to * bins + (last - k) % bins] = (uint32_t)(i * bins + k);
        }
    }
}

oc_hog_origin oc_hog_locate(const oc_hog_plan *plan, size_t j)
{
    size_t block = plan->form.block, bins = plan->form.bins, nx = plan->nx, ny = plan->ny;
    if (plan->form.uoctti) {
        size_t value = j / (nx * ny), cell = j % (nx * ny), half = bins / 2;
        return (oc_hog_origin){cell % nx, cell / nx, value < bins + half ? value % half : half};
    }
    size_t across = nx - block + 1, down = ny - block + 1;
    size_t k = j % bins, inner = j / bins % (block * block), outer = j / (bins * block * block);
    bool columns = plan->form.by_columns;
    size_t bx = columns ? outer / down : outer % across, by = columns ? outer % down : outer / across;
    size_t cx = columns ? inner / block : inner % block, cy = columns ? inner % block : inner / block;
    return (oc_hog_origin){bx + cx, by + cy, k};
}
