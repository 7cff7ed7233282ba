/* The forms of HoG: which choices the parameters and the presets stand for.
 *
 * The references agree on the idea and differ in nearly every detail; a preset fixes them all and leaves `cell` and
 * `bins`:
 *
 *                      own default       skimage           opencv               uoctti (VLFeat)
 *   sides              whole cells       whole cells       whole cells, the     rounded to the nearest
 *                                                          rest does not exist  number of cells
 *   gradient at the    border pixel      0 across the      0 across the         both differences 0
 *   border             repeated          border            border
 *   bin k of 9 covers  20k .. 20k + 20   the same          the same             20k - 10 .. 20k + 10, 18 bins
 *   votes go to        two bins          one bin           two bins, four       one bin, four cells
 *                                                          cells of one block
 *   weight in a block  1                 1                 Gaussian, centre     1
 *                                                          half a pixel off
 *   norm               see oc_hog_norm   l2-hys            l2-hys               four neighbourhoods, clipped
 *   angle              to 2e-6 radians   exact             to 2e-4 radians      exact
 *   beside the norm    root of sum +     root of sum +     root of sum, +       root of sum + 1e-4
 *                      epsilon squared   1e-5 squared,     0.1 a value of the
 *                                        both times        block, then + 1e-3
 *   order of values    row by row        row by row        blocks and cells     value by value, cells
 *                                                          column by column     row by row
 *
 * Sources: Dalal and Triggs (2005); Felzenszwalb, Girshick, McAllester and Ramanan (2010), section 6. */
#include "features/hog/form.h"

#include <math.h>
#include <string.h>

/* Odd polynomials for the arc tangent of 0..1, from x to x^11: least largest error; and OpenCV's, whose error shows in
 * the third digit of a bin's share. */
static const float tangent[OC_HOG_TERMS] = {0.99997721904F,  -0.33262282680F, 0.19354036900F,
                                            -0.11642646357F, 0.05264733087F,  -0.01171912745F};
static const float tangent_opencv[OC_HOG_TERMS] = {0.9997878412794807F, -0.3258083974640975F, 0.1555786518463281F,
                                                   -0.04432655554792128F};

void oc_hog_resolve(oc_hog_params *p)
{
    if (p->preset != OC_HOG_OWN) {
        return;
    }
    if (p->interpolate == OC_HOG_INTERPOLATE_AUTO) {
        p->interpolate = p->block == 1 ? OC_HOG_BINS_LINEAR | OC_HOG_CELLS_LINEAR : OC_HOG_BINS_LINEAR;
    }
    if (p->norm == OC_HOG_NORM_AUTO) {
        p->norm = p->block == 1 ? OC_HOG_NORM_SQRT : OC_HOG_NORM_L2_HYS;
    }
    if (isnan(p->epsilon)) {
        p->epsilon = 0.01;
    }
}

static void own_form(const oc_hog_params *p, oc_hog_form *form)
{
    form->with_sign = p->with_sign;
    form->interpolate = (unsigned)p->interpolate;
    form->color = p->color;
    form->gamma = p->gamma;
    form->window = p->window;
    form->sigma = 0.5 * (double)(form->block * form->cell);
    form->norm = (oc_hog_norm)p->norm;
    form->epsilon = p->epsilon * (double)(form->cell * form->cell);
    form->epsilon_again = 1e-5;
    form->squared = true;
}

static void skimage_form(oc_hog_form *form)
{
    form->block = 2;
    form->border = OC_HOG_REFLECT;
    form->norm = OC_HOG_NORM_L2_HYS;
    /* There the votes are divided by the pixels of a cell before 1e-5 is added. */
    form->epsilon = 1e-5 * (double)(form->cell * form->cell);
    form->epsilon_again = 1e-5;
    form->squared = true;
}

static void opencv_form(oc_hog_form *form)
{
    form->block = 2;
    form->border = OC_HOG_REFLECT;
    form->cropped = true;
    form->interpolate = OC_HOG_BINS_LINEAR | OC_HOG_CELLS_LINEAR;
    form->window = true;
    form->sigma = 0.5 * (double)form->cell;
    form->centre = 0.5;
    form->norm = OC_HOG_NORM_L2_HYS;
    form->epsilon = 0.1 * (double)(form->block * form->block * form->bins);
    form->epsilon_again = 1e-3;
    form->by_columns = true;
    form->tangent = tangent_opencv;
}

static void uoctti_form(oc_hog_form *form)
{
    form->block = 1;
    form->bins *= 2;
    form->with_sign = true;
    form->centred = true;
    form->border = OC_HOG_SILENT;
    form->rounded = true;
    form->interpolate = OC_HOG_CELLS_LINEAR;
    form->norm = OC_HOG_NORM_NEIGHBOURS;
    form->epsilon = 0.01;
    form->squared = true;
    form->uoctti = true;
}

void oc_hog_form_make(const oc_hog_params *p, oc_hog_form *form)
{
    *form = (oc_hog_form){.cell = (size_t)p->cell, .block = (size_t)p->block, .bins = (size_t)p->bins};
    form->tangent = tangent;
    switch ((oc_hog_preset)p->preset) {
    case OC_HOG_OWN:
        own_form(p, form);
        break;
    case OC_HOG_SKIMAGE:
        skimage_form(form);
        break;
    case OC_HOG_OPENCV:
        opencv_form(form);
        break;
    case OC_HOG_UOCTTI:
        uoctti_form(form);
        break;
    }
}

/* True when the preset has what was typed anyway. */
static bool agrees(const oc_hog_params *p, const oc_hog_form *form, const char *name)
{
    bool blocks = form->block == 2;
    return (strcmp(name, "block") == 0 && (size_t)p->block == form->block) ||
           (strcmp(name, "signed") == 0 && p->with_sign == form->with_sign) ||
           (strcmp(name, "interpolate") == 0 && (unsigned)p->interpolate == form->interpolate) ||
           (strcmp(name, "color") == 0 && !p->color) || (strcmp(name, "gamma") == 0 && p->gamma == form->gamma) ||
           (strcmp(name, "window") == 0 && p->window == form->window) ||
           (strcmp(name, "norm") == 0 && blocks && p->norm == OC_HOG_NORM_L2_HYS);
}

const char *oc_hog_conflict(const void *params, const char *name)
{
    const oc_hog_params *p = params;
    oc_hog_form form;
    oc_hog_form_make(p, &form);
    bool own = p->preset == OC_HOG_OWN;
    bool free_to_set = own || strcmp(name, "preset") == 0 || strcmp(name, "cell") == 0 || strcmp(name, "bins") == 0;
    if (!free_to_set && !agrees(p, &form, name)) {
        return "the preset decides it, and differently";
    }
    if (own && strcmp(name, "window") == 0 && p->window && p->block == 1) {
        return "the window weights the pixels of a block, and block is 1";
    }
    if (own && strcmp(name, "norm") == 0 && p->norm == OC_HOG_NORM_NEIGHBOURS && p->block > 1) {
        return "norm=neighbours is of single cells and those around them: block=1";
    }
    bool plain = form.norm == OC_HOG_NORM_NONE || form.norm == OC_HOG_NORM_SQRT;
    if (own && strcmp(name, "epsilon") == 0 && plain) {
        return "it is added to norms, and this norm has none";
    }
    return NULL;
}

bool oc_hog_by_block(const oc_hog_form *form)
{
    return form->window || (form->block > 1 && (form->interpolate & OC_HOG_CELLS_LINEAR));
}

size_t oc_hog_cells_along(const oc_hog_form *form, size_t length)
{
    return (length + (form->rounded ? form->cell / 2 : 0)) / form->cell;
}

size_t oc_hog_scratch(const oc_hog_form *form, size_t nx)
{
    return (form->block * form->block * form->bins + 4) * nx + 2;
}
