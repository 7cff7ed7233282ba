/* Which parts of an image raise or lower the score of a class. The score is linear: with z_j = (x_j - shift_j) scale_j,
 *
 *     W_cj z_j = W_cj scale_j x_j - W_cj scale_j shift_j = data_term_j + offset_j
 *
 * The first term is zero where the value is zero; the second does not depend on the image. The stages spread both over
 * the pixels that a value was computed from. */
#include <ocellus/show.h>

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/draw/page.h"
#include "src/draw/shapes.h"
#include "src/matrix/rows.h"
#include "src/model/model.h"
#include "src/model/predictor.h"
#include "src/pipeline/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* The two terms of W_cj z_j, (D) each. */
typedef struct terms {
    double *data_term, *offset;
} terms;

static void compute_terms(const oc_classifier *c, size_t label, const float *row, terms *t)
{
    const float *weights = c->weights + label * (c->dimension + 1);
    oc_rows view = oc_rows_of(row, 1, c->dimension);
    view.unit = c->unit;
    double factor = oc_rows_factor(&view, 0);
    for (size_t j = 0; j < c->dimension; j++) {
        double slope = (double)weights[j] * (double)c->scale[j];
        t->data_term[j] = slope * factor * (double)row[j];
        t->offset[j] = -slope * (double)c->shift[j];
    }
}

static oc_status spread_stages(const oc_model *model, const oc_image *image, const terms *t, oc_explanation *e,
                               oc_error *err)
{
    oc_status status = OC_OK;
    memset(e->map, 0, image->width * image->height * sizeof *e->map);
    for (size_t i = 0, first = 0; status == OC_OK && i < oc_features_count(model->features); i++) {
        const oc_stage *stage = oc_features_stage(model->features, i);
        e->parts[i] = 0;
        for (size_t j = first; j < first + stage->plan.dimension; j++) {
            double value = t->data_term[j] + t->offset[j];
            e->parts[i] += value;
            if (e->values) {
                e->values[j] = value;
            }
        }
        status = oc_stage_attribute(stage, image, t->data_term + first, t->offset + first, e->map, err);
        first += stage->plan.dimension;
    }
    return status;
}

static oc_status check_explainable(const oc_model *model, size_t label, oc_error *err)
{
    const oc_classifier *c = model->classifier;
    if (c->nearest) {
        return oc_fail(err, OC_USAGE,
                       "a model of nearest neighbours has no weights, so no part of its score can be shown");
    }
    if (oc_features_count(model->features) == 0) {
        return oc_fail(err, OC_USAGE, "the model was trained on rows made by another program, not on images");
    }
    return label < c->classes
               ? OC_OK
               : oc_fail(err, OC_USAGE, "there is no class %zu; the classes are 0 to %zu", label, c->classes - 1);
}

oc_status oc_explain(const oc_model *model, const oc_image *image, size_t label, oc_explanation *explanation,
                     oc_error *err)
{
    const oc_classifier *c = model->classifier;
    size_t d = c->dimension;
    oc_workspace *workspace = NULL;
    oc_status status = check_explainable(model, label, err);
    if (status != OC_OK) {
        return status;
    }
    float *row = oc_alloc(d, sizeof *row);
    terms t = {oc_alloc(d, sizeof(double)), oc_alloc(d, sizeof(double))};
    status = row && t.data_term && t.offset ? oc_workspace_create(&workspace, err)
                                            : oc_fail_memory(err, "the explanation");
    if (status == OC_OK) {
        status = oc_features_extract(model->features, image, workspace, row, err);
    }
    if (status == OC_OK) {
        compute_terms(c, label, row, &t);
        explanation->bias = (double)c->weights[label * (d + 1) + d];
        status = spread_stages(model, image, &t, explanation, err);
    }
    oc_workspace_free(workspace);
    oc_free(row);
    oc_free(t.data_term);
    oc_free(t.offset);
    return status;
}

/* Draws the faded image, mixed with the colours of the contributions of its pixels. */
static oc_status draw_map(oc_page *page, const oc_panel *p, const oc_image *image, const double *map, double limit,
                          oc_error *err)
{
    size_t count = image->width * image->height;
    uint8_t *rgb = oc_alloc(count, 3);
    if (!rgb) {
        return oc_fail_memory(err, "the picture");
    }
    for (size_t i = 0; i < count; i++) {
        oc_color color = oc_color_signed(map[i] / limit);
        double shade = 0.7 + 0.3 * (double)image->gray[i] / 255;
        rgb[3 * i] = (uint8_t)lround(shade * color.r);
        rgb[3 * i + 1] = (uint8_t)lround(shade * color.g);
        rgb[3 * i + 2] = (uint8_t)lround(shade * color.b);
    }
    oc_canvas_pixels(&page->canvas, (oc_rectangle){p->x, p->y, p->width, p->height},
                     (oc_pixels){rgb, image->width, image->height, 3, 0});
    oc_canvas_frame(&page->canvas, p->x, p->y, p->width, p->height, OC_RULE);
    oc_free(rgb);
    return OC_OK;
}

static void draw_key(oc_page *page, const oc_panel *p, double limit)
{
    oc_canvas *canvas = &page->canvas;
    double height = fmin(p->height, 320), top = p->y, wide = 24;
    oc_pen pen = oc_page_pen(18, 0, false, OC_INK);
    char text[60];
    for (double y = 0; y < height; y++) {
        oc_canvas_fill(canvas, p->x, top + y, wide, 1, oc_color_signed(1 - 2 * (y + 0.5) / height));
    }
    oc_canvas_frame(canvas, p->x, top, wide, height, OC_RULE);
    oc_snprintf(text, sizeof text, "%+.2g per pixel", limit);
    oc_canvas_text(canvas, p->x + wide + 10, top + 13, pen, text);
    oc_canvas_text(canvas, p->x + wide + 10, top + 36, pen, "for the class");
    oc_canvas_text(canvas, p->x + wide + 10, top + height / 2 + 6, pen, "0");
    oc_snprintf(text, sizeof text, "%+.2g per pixel", -limit);
    oc_canvas_text(canvas, p->x + wide + 10, top + height - 23, pen, "against it");
    oc_canvas_text(canvas, p->x + wide + 10, top + height, pen, text);
}

/* The contents of the page. */
typedef struct subject {
    const oc_model *model;
    const oc_image *image;
    const oc_prediction *prediction;
    const oc_explanation *explanation;
} subject;

/* Writes the sum, one line for each stage. */
static void draw_sum(oc_page *page, const oc_panel *p, const subject *s)
{
    oc_canvas *canvas = &page->canvas;
    oc_pen name = oc_page_pen(20, 0, false, OC_INK), number = oc_page_pen(20, 1, false, OC_INK);
    double y = p->y + 24, column = p->x + 90;
    char text[60];
    for (size_t i = 0; i <= oc_features_count(s->model->features); i++) {
        bool last = i == oc_features_count(s->model->features);
        oc_snprintf(text, sizeof text, "%+.3f", last ? s->explanation->bias : s->explanation->parts[i]);
        oc_canvas_text(canvas, column, y, number, text);
        oc_canvas_text_cut(canvas, column + 20, y, name, p->width - 110,
                           last ? "bias" : oc_features_part_spec(s->model->features, i));
        y += 30;
    }
    oc_canvas_fill(canvas, p->x, y - 18, 420, 1, OC_QUIET);
    number.bold = name.bold = true;
    oc_snprintf(text, sizeof text, "%+.3f", (double)s->prediction->scores[s->prediction->label]);
    oc_canvas_text(canvas, column, y + 8, number, text);
    oc_canvas_text(canvas, column + 20, y + 8, name, "score");
}

/* Adds a panel for each stage that draws its own contributions. Returns the number of panels. */
static size_t add_stage_panels(const oc_model *model, oc_panel *panels)
{
    size_t count = 0;
    for (size_t i = 0; i < oc_features_count(model->features); i++) {
        double aspect = oc_stage_aspect(oc_features_stage(model->features, i), OC_DRAW_PARTS);
        if (aspect > 0) {
            panels[count++] = (oc_panel){
                .heading = oc_features_part_spec(model->features, i),
                .note =
                    "the largest contributions to the score, each with its region; numbers mark its place in the image",
                .aspect = aspect,
                .height = fmin(520, 1600 / aspect)};
        }
    }
    return count;
}

static oc_status draw_stages(oc_page *page, oc_panel *panel, const subject *s, oc_error *err)
{
    const oc_features *features = s->model->features;
    size_t d = oc_features_dimension(features);
    float *values = oc_alloc(d, sizeof *values);
    if (!values) {
        return oc_fail_memory(err, "the explanation");
    }
    for (size_t j = 0; j < d; j++) {
        values[j] = (float)s->explanation->values[j];
    }
    oc_status status = OC_OK;
    for (size_t i = 0, first = 0; status == OC_OK && i < oc_features_count(features); i++) {
        const oc_stage *stage = oc_features_stage(s->model->features, i);
        if (oc_stage_aspect(stage, OC_DRAW_PARTS) > 0) {
            oc_draw_request sketch = {OC_DRAW_PARTS, values + first, s->image,     &page->canvas,
                                      panel->x,      panel->y,       panel->width, panel->height};
            status = oc_stage_draw(stage, &sketch, err);
            panel++;
        }
        first += stage->plan.dimension;
    }
    oc_free(values);
    return status;
}

enum { PANELS = 4 }; /* without those of the stages */
/* panels (PANELS + stages) */
static oc_status draw_page(const subject *s, oc_panel *panels, const char *path, oc_error *err)
{
    const oc_image *image = s->image;
    char title[300], subtitle[100] = "";
    double aspect = (double)image->width / (double)image->height, height = fmin(520, 760 / aspect);
    double lines = (double)oc_features_count(s->model->features) + 2;
    panels[0] = (oc_panel){.caption = "the image, as the stages see it", .aspect = aspect, .height = height};
    panels[1] = (oc_panel){
        .caption = "parts of the image that raise or lower the score", .aspect = aspect, .height = height};
    panels[2] = (oc_panel){.caption = " ", .aspect = 200 / height, .height = height};
    size_t count = 3 + add_stage_panels(s->model, panels + 3);
    oc_panel *sum = &panels[count++];
    *sum = (oc_panel){.heading = "The score is a sum", .aspect = 1100 / (30 * lines), .height = 30 * lines};
    oc_page page = {.title = title, .panels = panels, .count = count, .widest = 2000};
    oc_snprintf(title, sizeof title, "%.290s", oc_model_class(s->model, s->prediction->label));
    if (s->prediction->probabilities) {
        oc_snprintf(subtitle, sizeof subtitle, "probability %.4f",
                    (double)s->prediction->probabilities[s->prediction->label]);
        page.subtitle = subtitle;
    }
    oc_status status = oc_page_lay_out(&page, err);
    if (status == OC_OK) {
        const double *map = s->explanation->map;
        double limit = oc_draw_limit(map, image->width * image->height, 0.01);
        oc_canvas_pixels(&page.canvas, (oc_rectangle){panels[0].x, panels[0].y, panels[0].width, height},
                         (oc_pixels){image->rgb, image->width, image->height, 3, 0});
        oc_canvas_frame(&page.canvas, panels[0].x, panels[0].y, panels[0].width, height, OC_RULE);
        draw_key(&page, &panels[2], limit);
        draw_sum(&page, sum, s);
        status = draw_map(&page, &panels[1], image, map, limit, err);
    }
    if (status == OC_OK) {
        status = draw_stages(&page, panels + 3, s, err);
    }
    return oc_page_finish(&page, status, path, err);
}

static oc_status explain_prediction(const oc_model *model, const oc_image *image, const oc_prediction *prediction,
                                    const char *path, oc_error *err)
{
    size_t stages = oc_features_count(model->features);
    oc_explanation e = {.map = oc_alloc(image->width * image->height, sizeof *e.map),
                        .parts = oc_alloc(stages, sizeof *e.parts),
                        .values = oc_alloc(oc_features_dimension(model->features), sizeof *e.values)};
    oc_panel *panels = oc_alloc(stages + PANELS, sizeof *panels);
    oc_status status = e.map && e.parts && e.values && panels ? oc_explain(model, image, prediction->label, &e, err)
                                                              : oc_fail_memory(err, "the explanation");
    if (status == OC_OK) {
        subject s = {model, image, prediction, &e};
        status = draw_page(&s, panels, path, err);
    }
    oc_free(e.map);
    oc_free(e.parts);
    oc_free(e.values);
    oc_free(panels);
    return status;
}

oc_status oc_explain_file(oc_predictor *predictor, const char *file, const char *path, oc_prediction *out,
                          oc_error *err)
{
    oc_image image = {0};
    oc_prediction prediction = {0};
    oc_status status = oc_predictor_classify(predictor, file, OC_GRAY | OC_RGB, &image, &prediction, err);
    if (status == OC_OK) {
        status = explain_prediction(oc_predictor_model(predictor), &image, &prediction, path, err);
    }
    if (status == OC_OK && out) {
        *out = prediction;
    }
    return status;
}
