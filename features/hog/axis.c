/* hog: the weights with which the pixels along a side vote for cells. */
#include "features/hog/axis.h"

#include <math.h>

/* Weight of a pixel at distance `at` (in pixels, from the first pixel's outer edge) from cell `index`. */
static double cell_weight(const oc_hog_form *form, double at, double index)
{
    double distance = fabs(at / (double)form->cell - 0.5 - index);
    if (form->interpolate & OC_HOG_CELLS_LINEAR) {
        return distance < 1 ? 1 - distance : 0;
    }
    return distance < 0.5 ? 1 : 0;
}

/* The axis along one side with n cells, without weights. */
static oc_hog_axis make_shape(const oc_hog_form *form, size_t n)
{
    oc_hog_axis axis = {.targets = n, .per = 1, .step = form->cell, .span = form->cell};
    if (oc_hog_by_block(form)) {
        axis.per = form->block;
        axis.targets = (n - form->block + 1) * form->block;
        axis.span = form->block * form->cell;
    } else if (form->interpolate & OC_HOG_CELLS_LINEAR) {
        axis.span = 2 * form->cell + form->cell % 2;
        axis.offset = -(ptrdiff_t)((form->cell + 1) / 2);
    } else {
        axis.even = true;
    }
    return axis;
}

oc_hog_axis oc_hog_axis_make(const oc_hog_form *form, size_t n, float *weights)
{
    oc_hog_axis axis = make_shape(form, n);
    axis.weights = weights;
    double middle = (double)(form->block * form->cell) / 2 + form->centre;
    for (size_t c = 0; c < axis.per; c++) {
        for (size_t i = 0; i < axis.span; i++) {
            double at = (double)axis.offset + (double)i + 0.5;
            double weight = cell_weight(form, at, (double)c);
            if (form->window) {
                double from = (at - middle) / form->sigma;
                weight *= exp(-0.5 * from * from);
            }
            weights[c * axis.span + i] = (float)weight;
        }
    }
    return axis;
}

size_t oc_hog_axis_room(const oc_hog_form *form)
{
    oc_hog_axis axis = make_shape(form, form->block);
    return axis.per * axis.span;
}

size_t oc_hog_axis_patterns(const oc_hog_form *form)
{
    oc_hog_axis axis = make_shape(form, form->block);
    return axis.even || axis.span % axis.step ? 0 : axis.per * (axis.span / axis.step);
}

void oc_hog_axis_fill_patterns(oc_hog_axis *axis, size_t length, float *patterns)
{
    size_t phases = axis->span / axis->step;
    for (size_t f = 0; f < axis->per * phases; f++) {
        const float *weights = axis->weights + f / phases * axis->span;
        ptrdiff_t start = (ptrdiff_t)(f % phases * axis->step) + axis->offset;
        size_t at = (size_t)((start < 0 ? -start : (ptrdiff_t)axis->span - start % (ptrdiff_t)axis->span)) % axis->span;
        for (size_t x = 0; x < length; x++) {
            patterns[f * length + x] = weights[at];
            at = at + 1 < axis->span ? at + 1 : 0;
        }
    }
    axis->patterns = patterns;
}

size_t oc_hog_reach(const oc_hog_axis *axis, size_t target, size_t length, size_t *first, size_t *skip)
{
    ptrdiff_t start = (ptrdiff_t)(target / axis->per * axis->step) + axis->offset;
    ptrdiff_t end = start + (ptrdiff_t)axis->span;
    ptrdiff_t from = start < 0 ? 0 : start, to = end > (ptrdiff_t)length ? (ptrdiff_t)length : end;
    *first = (size_t)from;
    *skip = (size_t)(from - start);
    return to > from ? (size_t)(to - from) : 0;
}
