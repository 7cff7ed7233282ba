/* Draws images, templates and codebooks. Each stage draws its own panel. */
#include <ocellus/show.h>

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/draw/page.h"
#include "src/model/model.h"
#include "src/pipeline/pipeline.h"

#include <math.h>
#include <stdio.h>

enum { MAX_CLASSES = 100 };
static const char NO_STAGES[] = "the model was trained on rows made by another program, which cannot be drawn";

static oc_draw_request sketch_of(oc_page *page, size_t panel, oc_drawing what, const float *row, const oc_image *image)
{
    const oc_panel *p = &page->panels[panel];
    return (oc_draw_request){what, row, image, &page->canvas, p->x, p->y, p->width, p->height};
}

static oc_status make_row(const oc_features *features, const oc_image *image, float **row, oc_error *err)
{
    oc_workspace *workspace = NULL;
    *row = oc_alloc(oc_features_dimension(features), sizeof **row);
    oc_status status = *row ? oc_workspace_create(&workspace, err) : oc_fail_memory(err, "the features");
    if (status == OC_OK) {
        status = oc_features_extract(features, image, workspace, *row, err);
    }
    oc_workspace_free(workspace);
    return status;
}

static double row_height(double aspect)
{
    return fmax(160, fmin(560, 900 / aspect));
}

oc_status oc_show_image(const oc_features *features, const oc_image *image, const char *title, const char *path,
                        oc_error *err)
{
    size_t stages = oc_features_count(features), count = 0;
    float *row = NULL;
    if (stages == 0) {
        return oc_fail(err, OC_USAGE, "%s", NO_STAGES);
    }
    oc_panel *panels = oc_alloc(stages + 1, sizeof *panels);
    oc_page page = {.title = title, .panels = panels, .widest = 2000};
    char subtitle[100];
    snprintf(subtitle, sizeof subtitle, "%zu x %zu pixels, %zu values", image->width, image->height,
             oc_features_dimension(features));
    page.subtitle = subtitle;
    oc_status status = panels ? make_row(features, image, &row, err) : oc_fail_memory(err, "the picture");
    if (status == OC_OK) {
        double aspect = (double)image->width / (double)image->height;
        panels[count++] = (oc_panel){.caption = "the image", .aspect = aspect, .height = row_height(aspect)};
        for (size_t i = 0; i < stages; i++) {
            aspect = oc_stage_aspect(oc_features_stage(features, i), OC_DRAW_ROW);
            panels[count++] = (oc_panel){
                .caption = oc_features_part_spec(features, i), .aspect = aspect, .height = row_height(aspect)};
        }
        page.count = count;
        status = oc_page_lay_out(&page, err);
    }
    if (status == OC_OK) {
        oc_draw_request s = sketch_of(&page, 0, OC_DRAW_ROW, row, image);
        oc_canvas_pixels(s.canvas, (oc_rectangle){s.x, s.y, s.width, s.height},
                         (oc_pixels){image->rgb, image->width, image->height, 3, 0});
        oc_canvas_frame(s.canvas, s.x, s.y, s.width, s.height, OC_RULE);
    }
    const float *part = row;
    for (size_t i = 0; status == OC_OK && i < stages; i++) {
        const oc_stage *stage = oc_features_stage(features, i);
        oc_draw_request s = sketch_of(&page, i + 1, OC_DRAW_ROW, part, image);
        status = oc_stage_draw(stage, &s, err);
        part += stage->plan.dimension;
    }
    oc_free(row);
    status = oc_page_finish(&page, status, path, err);
    oc_free(panels);
    return status;
}

static size_t shown_classes(const oc_model *model)
{
    size_t all = oc_model_classes(model);
    return all < MAX_CLASSES ? all : MAX_CLASSES;
}

/* Draws the templates of stage i, whose values begin at `offset` of the row: one for each class, from panel i * classes
 * on. */
static oc_status draw_templates(oc_page *page, const oc_model *model, size_t i, size_t offset, oc_error *err)
{
    const oc_classifier *c = model->classifier;
    size_t classes = shown_classes(model), first = i * classes;
    const oc_stage *stage = oc_features_stage(model->features, i);
    oc_status status = OC_OK;
    for (size_t k = 0; status == OC_OK && k < classes; k++) {
        oc_draw_request s = sketch_of(page, first + k, OC_DRAW_WEIGHTS, c->weights + k * (c->dimension + 1) + offset,
                                      NULL);
        status = oc_stage_draw(stage, &s, err);
    }
    return status;
}

oc_status oc_show_templates(const oc_model *model, const char *path, oc_error *err)
{
    size_t stages = oc_features_count(model->features), all = oc_model_classes(model), count = 0;
    size_t classes = shown_classes(model);
    if (model->classifier->nearest) {
        return oc_fail(err, OC_USAGE, "nearest neighbours have no weights to show");
    }
    if (stages == 0) {
        return oc_fail(err, OC_USAGE, "%s", NO_STAGES);
    }
    oc_panel *panels = oc_alloc(stages * classes, sizeof *panels);
    if (!panels) {
        return oc_fail_memory(err, "the picture");
    }
    double height = 240 * fmin(1, sqrt(150.0 / (double)(stages * classes))); /* so that one page holds them */
    for (size_t i = 0; i < stages; i++) {
        const oc_stage *stage = oc_features_stage(model->features, i);
        double aspect = oc_stage_aspect(stage, OC_DRAW_WEIGHTS);
        for (size_t k = 0; k < classes; k++) {
            panels[count++] = (oc_panel){.heading = k ? NULL : oc_features_part_spec(model->features, i),
                                         .note = oc_stage_legend(stage),
                                         .caption = oc_model_class(model, k),
                                         .aspect = aspect,
                                         .height = fmin(height, 400 / aspect)};
        }
    }
    oc_page page = {.title = "The weights of each class",
                    .subtitle = classes < all ? "The first 100 classes" : NULL,
                    .panels = panels,
                    .count = count,
                    .widest = 1760};
    oc_status status = oc_page_lay_out(&page, err);
    for (size_t i = 0, offset = 0; status == OC_OK && i < stages; i++) {
        status = draw_templates(&page, model, i, offset, err);
        offset += oc_features_part_dimension(model->features, i);
    }
    status = oc_page_finish(&page, status, path, err);
    oc_free(panels);
    return status;
}

/* The mean of the training rows, if the scaler of the model holds it; else NULL. */
static const float *mean_row(const oc_model *model)
{
    oc_scale scale = model->options.scale;
    return scale == OC_SCALE_CENTER || scale == OC_SCALE_STANDARD ? model->classifier->shift : NULL;
}

oc_status oc_show_codebook(const oc_model *model, const char *path, oc_error *err)
{
    const oc_features *features = model->features;
    const float *mean = mean_row(model);
    size_t stages = oc_features_count(features), count = 0;
    oc_panel *panels = oc_alloc(stages, sizeof *panels);
    size_t *which = oc_alloc(stages, 2 * sizeof *which), *offset = which ? which + stages : NULL, first = 0;
    oc_status status = panels && which ? OC_OK : oc_fail_memory(err, "the picture");
    for (size_t i = 0; status == OC_OK && i < stages; i++) {
        const oc_stage *stage = oc_features_stage(features, i);
        double aspect = stage->state ? oc_stage_aspect(stage, OC_DRAW_LEARNED) : 0;
        if (aspect > 0) {
            which[count] = i;
            offset[count] = first;
            panels[count++] = (oc_panel){
                .heading = oc_features_part_spec(features, i), .aspect = aspect, .height = fmin(1200, 1600 / aspect)};
        }
        first += stage->plan.dimension;
    }
    if (status == OC_OK && count == 0) {
        status = oc_fail(err, OC_USAGE, "%s: none of its stages learns from images, so there is no codebook",
                         oc_features_spec(features));
    }
    oc_page page = {.title = "Codebooks learned from images",
                    .subtitle = "The words of each codebook, drawn as image patches.",
                    .panels = panels,
                    .count = count,
                    .widest = 1600};
    if (status == OC_OK) {
        status = oc_page_lay_out(&page, err);
    }
    for (size_t i = 0; status == OC_OK && i < count; i++) {
        const oc_stage *stage = oc_features_stage(features, which[i]);
        oc_draw_request s = sketch_of(&page, i, OC_DRAW_LEARNED, mean ? mean + offset[i] : NULL, NULL);
        status = oc_stage_draw(stage, &s, err);
    }
    status = oc_page_finish(&page, status, path, err);
    oc_free(panels);
    oc_free(which);
    return status;
}
