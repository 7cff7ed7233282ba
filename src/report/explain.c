/* What speaks for a class where: the parts of a linear score, laid out over the image by the stages. With z_j = (x_j -
 * shift_j) scale_j, W_cj z_j = W_cj scale_j x_j - W_cj scale_j shift_j: the first term is nothing where the value
 * is, the second is the same for all images. */
#include <ocellus/show.h>

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/draw/page.h"
#include "src/draw/shapes.h"
#include "src/model/model.h"
#include "src/model/reader.h"
#include "src/pipeline/pipeline.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static oc_status spread_stages(const oc_model *model, const oc_image *image, const double *given, const double *fixed,
                               double *map, double *parts, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0, first = 0; status == OC_OK && i < oc_features_count(model->features); i++) {
        const oc_stage *stage = oc_features_stage(model->features, i);
        parts[i] = 0;
        for (size_t j = first; j < first + stage->plan.dimension; j++) {
            parts[i] += given[j] + fixed[j];
        }
        status = oc_stage_attribute(stage, image, given + first, fixed + first, map, err);
        first += stage->plan.dimension;
    }
    return status;
}

oc_status oc_explain(const oc_model *model, const oc_image *image, size_t label, double *map, double *parts,
                     double *bias, oc_error *err)
{
    const oc_classifier *c = model->classifier;
    size_t d = c->dimension;
    oc_workspace *workspace = NULL;
    if (c->nearest) {
        return oc_fail(err, OC_USAGE, "nearest neighbours have no weights whose parts could be shown");
    }
    if (oc_features_count(model->features) == 0) {
        return oc_fail(err, OC_USAGE, "the model was trained on rows that another program made, not on images");
    }
    if (label >= c->classes) {
        return oc_fail(err, OC_USAGE, "class %zu of %zu", label, c->classes);
    }
    float *row = oc_alloc(d, sizeof *row);
    double *given = oc_alloc(d, sizeof *given), *fixed = oc_alloc(d, sizeof *fixed);
    oc_status status = row && given && fixed ? oc_workspace_create(&workspace, err)
                                             : oc_fail_memory(err, "the explanation");
    if (status == OC_OK) {
        status = oc_features_extract(model->features, image, workspace, row, err);
    }
    if (status == OC_OK) {
        const float *weights = c->weights + label * (d + 1);
        for (size_t j = 0; j < d; j++) {
            double slope = (double)weights[j] * (double)c->scale[j];
            given[j] = slope * (double)row[j];
            fixed[j] = -slope * (double)c->shift[j];
        }
        *bias = (double)weights[d];
        memset(map, 0, image->width * image->height * sizeof *map);
        status = spread_stages(model, image, given, fixed, map, parts, err);
    }
    oc_workspace_free(workspace);
    oc_free(row);
    oc_free(given);
    oc_free(fixed);
    return status;
}

/* Half the image faded, half the colour of what a pixel contributes. */
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
    oc_canvas_pixels(&page->canvas, p->x, p->y, p->width, p->height, rgb, image->width, image->height, 3);
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
    oc_snprintf(text, sizeof text, "%+.2g a pixel", limit);
    oc_canvas_text(canvas, p->x + wide + 10, top + 13, pen, text);
    oc_canvas_text(canvas, p->x + wide + 10, top + 36, pen, "for the class");
    oc_canvas_text(canvas, p->x + wide + 10, top + height / 2 + 6, pen, "0");
    oc_snprintf(text, sizeof text, "%+.2g a pixel", -limit);
    oc_canvas_text(canvas, p->x + wide + 10, top + height - 23, pen, "against it");
    oc_canvas_text(canvas, p->x + wide + 10, top + height, pen, text);
}

/* The sum, stage by stage, as lines of text. */
static void draw_sum(oc_page *page, const oc_panel *p, const oc_model *model, const double *parts, double bias,
                     double score)
{
    oc_canvas *canvas = &page->canvas;
    oc_pen name = oc_page_pen(20, 0, false, OC_INK), number = oc_page_pen(20, 1, false, OC_INK);
    double y = p->y + 24, column = p->x + 90;
    char text[60];
    for (size_t i = 0; i <= oc_features_count(model->features); i++) {
        bool last = i == oc_features_count(model->features);
        oc_snprintf(text, sizeof text, "%+.3f", last ? bias : parts[i]);
        oc_canvas_text(canvas, column, y, number, text);
        oc_canvas_text_cut(canvas, column + 20, y, name, p->width - 110,
                           last ? "bias" : oc_features_part_spec(model->features, i));
        y += 30;
    }
    oc_canvas_fill(canvas, p->x, y - 18, 420, 1, OC_QUIET);
    number.bold = name.bold = true;
    oc_snprintf(text, sizeof text, "%+.3f", score);
    oc_canvas_text(canvas, column, y + 8, number, text);
    oc_canvas_text(canvas, column + 20, y + 8, name, "score");
}

static oc_status draw_page(const oc_model *model, const oc_image *image, const oc_result *result, const double *map,
                           const double *parts, double bias, const char *path, oc_error *err)
{
    char title[300], subtitle[100] = "";
    double aspect = (double)image->width / (double)image->height, height = fmin(520, 760 / aspect);
    double lines = (double)oc_features_count(model->features) + 2;
    oc_panel panels[] = {{.caption = "the image, as the stages see it", .aspect = aspect, .height = height},
                         {.caption = "what speaks for the label where", .aspect = aspect, .height = height},
                         {.caption = " ", .aspect = 200 / height, .height = height},
                         {.heading = "The score is a sum", .aspect = 1100 / (30 * lines), .height = 30 * lines}};
    oc_page page = {.title = title, .panels = panels, .count = 4, .widest = 2000};
    oc_snprintf(title, sizeof title, "%.290s", oc_model_class(model, result->label));
    if (result->probabilities) {
        oc_snprintf(subtitle, sizeof subtitle, "probability %.4f", (double)result->probabilities[result->label]);
        page.subtitle = subtitle;
    }
    oc_status status = oc_page_lay_out(&page, err);
    if (status == OC_OK) {
        double limit = oc_draw_limit(map, image->width * image->height);
        oc_canvas_pixels(&page.canvas, panels[0].x, panels[0].y, panels[0].width, height, image->rgb, image->width,
                         image->height, 3);
        oc_canvas_frame(&page.canvas, panels[0].x, panels[0].y, panels[0].width, height, OC_RULE);
        draw_key(&page, &panels[2], limit);
        draw_sum(&page, &panels[3], model, parts, bias, (double)result->scores[result->label]);
        status = draw_map(&page, &panels[1], image, map, limit, err);
    }
    return oc_page_finish(&page, status, path, err);
}

oc_status oc_explain_file(oc_reader *reader, const char *file, const char *path, oc_result *out, oc_error *err)
{
    const oc_model *model = oc_reader_model(reader);
    oc_image image = {0};
    oc_result result = {0};
    double bias = 0, *map = NULL, *parts = oc_alloc(oc_features_count(model->features), sizeof *parts);
    oc_status status = parts ? oc_reader_classify(reader, file, OC_GRAY | OC_RGB, &image, &result, err)
                             : oc_fail_memory(err, "the explanation");
    if (status == OC_OK) {
        map = oc_alloc(image.width * image.height, sizeof *map);
        status = map ? oc_explain(model, &image, result.label, map, parts, &bias, err)
                     : oc_fail_memory(err, "the explanation");
    }
    if (status == OC_OK) {
        status = draw_page(model, &image, &result, map, parts, bias, path, err);
    }
    if (status == OC_OK && out) {
        *out = result;
    }
    oc_free(map);
    oc_free(parts);
    return status;
}
