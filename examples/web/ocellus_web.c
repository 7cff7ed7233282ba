/* The functions that the page calls, over those of the library. */
#include "examples/web/ocellus_web.h"

#include <ocellus/show.h>

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/canvas.h"
#include "src/learn/descent.h"
#include "src/model/model.h"
#include "src/pipeline/pipeline.h"

#include <math.h>
#include <string.h>

#define EXPORTED __attribute__((used)) /* the linker keeps it, for JavaScript */

static oc_error error;

EXPORTED void *oc_web_alloc(size_t bytes)
{
    return oc_alloc(bytes, 1);
}

EXPORTED void oc_web_free(void *memory)
{
    oc_free(memory);
}

EXPORTED const char *oc_web_message(void)
{
    return error.message;
}

/* A problem on the points as they are, with weights (C,D) and bias (C) apart, in one array each. */
typedef struct plane {
    oc_rows rows;
    oc_problem problem;
    float *center, *scale; /* (D): 0 and 1 */
    float *weights, *bias;
} plane;

static void free_plane(plane *p)
{
    oc_free(p->center);
    oc_free(p->scale);
    oc_free(p->weights);
    oc_free(p->bias);
}

static oc_status make_plane(plane *p, const oc_web_task *task, const float *weights)
{
    size_t d = task->dimension, classes = task->classes;
    *p = (plane){.rows = oc_rows_of(task->points, task->count, d)};
    p->center = oc_alloc(d, sizeof(float));
    p->scale = oc_alloc(d, sizeof(float));
    p->weights = oc_alloc(classes, d * sizeof(float));
    p->bias = oc_alloc(classes, sizeof(float));
    if (!p->center || !p->scale || !p->weights || !p->bias) {
        free_plane(p);
        return oc_fail_memory(&error, "the points");
    }
    for (size_t j = 0; j < d; j++) {
        p->scale[j] = 1;
    }
    for (size_t c = 0; c < classes; c++) {
        memcpy(p->weights + c * d, weights + c * (d + 1), d * sizeof *weights);
        p->bias[c] = weights[c * (d + 1) + d];
    }
    p->problem = (oc_problem){.rows = &p->rows,
                              .labels = task->labels,
                              .classes = classes,
                              .center = p->center,
                              .scale = p->scale,
                              .loss = (oc_loss)task->loss,
                              .l2 = task->l2};
    return OC_OK;
}

EXPORTED int oc_web_measure(const oc_web_task *task, const float *weights, float *gradient, double *figures)
{
    size_t d = task->dimension, classes = task->classes;
    plane p;
    oc_status status = make_plane(&p, task, weights);
    if (status != OC_OK) {
        return (int)status;
    }
    oc_objective found = {.gradient = oc_alloc(classes, d * sizeof(float)), .bias = oc_alloc(classes, sizeof(double))};
    status = found.gradient && found.bias ? oc_problem_evaluate(&p.problem, p.weights, p.bias, &found, NULL, &error)
                                          : oc_fail_memory(&error, "the gradient");
    for (size_t c = 0; status == OC_OK && c < classes; c++) {
        memcpy(gradient + c * (d + 1), found.gradient + c * d, d * sizeof *gradient);
        gradient[c * (d + 1) + d] = (float)found.bias[c];
    }
    figures[0] = found.loss;
    figures[1] = found.value;
    figures[2] = found.accuracy;
    oc_free(found.gradient);
    oc_free(found.bias);
    free_plane(&p);
    return (int)status;
}

EXPORTED int oc_web_step(const oc_web_task *task, double rate, float *weights)
{
    size_t d = task->dimension, steps;
    plane p;
    oc_status status = make_plane(&p, task, weights);
    if (status != OC_OK) {
        return (int)status;
    }
    oc_precondition identity = {0};
    oc_sgd_options options = {
        .batch = task->count, .epochs = 1, .total = 1, .rate = rate, .schedule = OC_SCHEDULE_CONSTANT};
    status = oc_descent(&p.problem, &identity, &options, p.weights, p.bias, &rate, &steps, NULL, &error);
    for (size_t c = 0; status == OC_OK && c < task->classes; c++) {
        memcpy(weights + c * (d + 1), p.weights + c * d, d * sizeof *weights);
        weights[c * (d + 1) + d] = p.bias[c];
    }
    free_plane(&p);
    return (int)status;
}

EXPORTED int oc_web_solve(const oc_web_task *task, float *weights)
{
    oc_rows rows = oc_rows_of(task->points, task->count, task->dimension);
    oc_train_options options = oc_train_defaults();
    oc_classifier *found = NULL;
    options.loss = task->loss;
    options.l2 = task->l2;
    options.scale = OC_SCALE_NONE;
    options.finish = 1000;
    oc_status status = oc_train(&rows, task->labels, task->classes, &options, NULL, &found, NULL, &error);
    if (status == OC_OK) {
        memcpy(weights, found->weights, task->classes * (task->dimension + 1) * sizeof *weights);
    }
    oc_classifier_free(found);
    return (int)status;
}

EXPORTED int oc_web_scores(const float *points, size_t count, size_t dimension, size_t classes, float *weights,
                           float *scores)
{
    oc_rows rows = oc_rows_of(points, count, dimension);
    float *shift = oc_alloc(dimension, sizeof *shift), *scale = oc_alloc(dimension, sizeof *scale);
    oc_status status = shift && scale ? OC_OK : oc_fail_memory(&error, "the scores");
    for (size_t j = 0; status == OC_OK && j < dimension; j++) {
        scale[j] = 1;
    }
    oc_classifier classifier = {classes, dimension, OC_LOSS_SOFTMAX, weights, shift, scale, NULL};
    if (status == OC_OK) {
        status = oc_scores(&classifier, &rows, scores, NULL, &error);
    }
    oc_free(shift);
    oc_free(scale);
    return (int)status;
}

EXPORTED double oc_web_loss(int loss, const double *scores, size_t classes, size_t label)
{
    return oc_loss_value((oc_loss)loss, scores, classes, label, NULL);
}

static struct {
    oc_model model;
    oc_tensor tensors[OC_STAGE_MAX_TENSORS]; /* of the stage that is being restored */
    oc_decoder *decoder;
    oc_workspace *workspace;
    float *row;
    oc_image image; /* the last one, at the model's size; the decoder's */
    oc_canvas canvas;
} page;

static void close_model(void)
{
    oc_features_free(page.model.features);
    oc_classifier_free(page.model.classifier);
    oc_decoder_free(page.decoder);
    oc_workspace_free(page.workspace);
    oc_free(page.row);
    oc_canvas_free(&page.canvas);
    memset(&page, 0, sizeof page);
}

static oc_status make_classifier(size_t classes, int loss)
{
    size_t d = oc_features_dimension(page.model.features);
    oc_classifier *c = page.model.classifier = oc_alloc(1, sizeof *c);
    page.row = oc_alloc(d, sizeof *page.row);
    if (!c || !page.row) {
        return oc_fail_memory(&error, "the model");
    }
    *c = (oc_classifier){.classes = classes, .dimension = d, .loss = loss};
    c->weights = oc_alloc(classes, (d + 1) * sizeof *c->weights);
    c->shift = oc_alloc(d, sizeof *c->shift);
    c->scale = oc_alloc(d, sizeof *c->scale);
    return c->weights && c->shift && c->scale ? OC_OK : oc_fail_memory(&error, "the model");
}

EXPORTED int oc_web_open(const char *spec, size_t width, size_t height, int fit, size_t classes, int loss)
{
    close_model();
    page.model.image = (oc_image_options){.size = {width, height}, .fit = fit, .planes = OC_GRAY | OC_RGB};
    oc_status status = oc_features_parse(spec, &page.model.features, &error);
    if (status == OC_OK) {
        status = oc_features_plan(page.model.features, width, height, &error);
    }
    if (status == OC_OK) {
        status = make_classifier(classes, loss);
    }
    if (status == OC_OK) {
        status = oc_decoder_create(&page.decoder, &error);
    }
    if (status == OC_OK) {
        status = oc_workspace_create(&page.workspace, &error);
    }
    if (status != OC_OK) {
        close_model();
    }
    return (int)status;
}

EXPORTED float *oc_web_array(int which)
{
    const oc_classifier *c = page.model.classifier;
    return which == 0 ? c->weights : which == 1 ? c->shift : c->scale;
}

EXPORTED size_t oc_web_dimension(void)
{
    return oc_features_dimension(page.model.features);
}

EXPORTED int oc_web_tensor(size_t slot, const char *name, size_t rows, size_t columns, float *values)
{
    if (slot >= OC_STAGE_MAX_TENSORS) {
        return (int)oc_fail(&error, OC_BAD_FILE, "a stage with more than %d arrays", OC_STAGE_MAX_TENSORS);
    }
    page.tensors[slot] = (oc_tensor){name, rows, columns, values};
    return OC_OK;
}

EXPORTED int oc_web_restore(size_t i, size_t count)
{
    oc_stage *stage = oc_features_stage(page.model.features, i);
    if (stage->type->load_state) {
        return (int)stage->type->load_state(stage, page.tensors, count, &error);
    }
    return count ? (int)oc_fail(&error, OC_BAD_FILE, "%s does not learn '%s'", stage->type->name, page.tensors[0].name)
                 : OC_OK;
}

/* True when R = G = B everywhere. */
static bool is_gray(const uint8_t *rgb, size_t pixels)
{
    for (size_t i = 0; i < pixels; i++) {
        if (rgb[3 * i] != rgb[3 * i + 1] || rgb[3 * i] != rgb[3 * i + 2]) {
            return false;
        }
    }
    return true;
}

EXPORTED int oc_web_classify(uint8_t *rgb, size_t width, size_t height, float *scores, float *probabilities)
{
    const oc_classifier *c = page.model.classifier;
    size_t channels = 3;
    if (is_gray(rgb, width * height)) {
        channels = 1; /* as the decoder of a gray file has it */
        for (size_t i = 0; i < width * height; i++) {
            rgb[i] = rgb[3 * i];
        }
    }
    oc_status status = oc_decode_pixels(page.decoder, rgb, width * channels, width, height, channels, &page.model.image,
                                        &page.image, &error);
    if (status == OC_OK) {
        status = oc_features_extract(page.model.features, &page.image, page.workspace, page.row, &error);
    }
    oc_rows row = oc_rows_of(page.row, 1, c->dimension);
    if (status == OC_OK) {
        status = oc_scores(c, &row, scores, NULL, &error);
    }
    for (size_t k = 0; status == OC_OK && k < c->classes; k++) {
        status = isfinite(scores[k]) ? OC_OK : oc_fail(&error, OC_BAD_DATA, "the score of class %zu is not finite", k);
    }
    if (status == OC_OK && oc_classifier_probable(c)) {
        oc_softmax(scores, c->classes, probabilities);
    }
    return (int)status;
}

EXPORTED size_t oc_web_stages(void)
{
    return oc_features_count(page.model.features);
}

EXPORTED const char *oc_web_stage(size_t i)
{
    return oc_features_part_spec(page.model.features, i);
}

EXPORTED double oc_web_aspect(size_t i)
{
    const oc_stage *stage = oc_features_stage(page.model.features, i);
    return oc_stage_aspect(stage, OC_DRAW_ROW);
}

EXPORTED const uint8_t *oc_web_draw(size_t i, size_t width, size_t height)
{
    const oc_stage *stage = oc_features_stage(page.model.features, i);
    const float *row = page.row;
    for (size_t before = 0; before < i; before++) {
        row += oc_features_part_dimension(page.model.features, before);
    }
    oc_canvas_free(&page.canvas);
    if (oc_canvas_create(&page.canvas, width, height, &error) != OC_OK) {
        return NULL;
    }
    oc_draw_request sketch = {OC_DRAW_ROW, row, &page.image, &page.canvas, 1, 1, (double)width - 2, (double)height - 2};
    return oc_stage_draw(stage, &sketch, &error) == OC_OK ? page.canvas.rgb : NULL;
}

EXPORTED const uint8_t *oc_web_seen(void)
{
    return page.image.rgb;
}

EXPORTED int oc_web_explain(size_t label, double *map, double *parts, double *bias)
{
    return (int)oc_explain(&page.model, &page.image, label, map, parts, bias, &error);
}
