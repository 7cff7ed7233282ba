/* The functions that the page calls, over those of the library. */
#include "examples/web/ocellus_web.h"

#include <ocellus/show.h>

#include "features/pictures.h"
#include "src/base/fail.h"
#include "src/draw/canvas.h"
#include "src/learn/problem.h"
#include "src/matrix/vector.h"
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

/* A problem on the points as they are, with the parameters in the layout of src/learn/problem.h. */
typedef struct plane {
    oc_rows rows;
    oc_problem problem;
    float *center, *scale; /* (D): 0 and 1 */
    float *w, *gradient;   /* (C D + C) */
    float *scores;         /* (N, C) */
    oc_objective found;
} plane;

static void free_plane(plane *p)
{
    oc_free(p->center);
    oc_free(p->scale);
    oc_free(p->w);
    oc_free(p->gradient);
    oc_free(p->scores);
}

/* Where parameter i of rows that end in their bias (C, D+1) is in the problem's layout. */
static size_t place(const oc_web_task *task, size_t i)
{
    size_t d = task->dimension, c = i / (d + 1), j = i % (d + 1);
    return j == d ? task->classes * d + c : c * d + j;
}

/* The problem, its objective and gradient at these weights (C, D+1). */
static oc_status make_plane(plane *p, const oc_web_task *task, const float *weights)
{
    size_t d = task->dimension, classes = task->classes;
    *p = (plane){.rows = oc_rows_of(task->points, task->count, d)};
    p->center = oc_alloc(d, sizeof(float));
    p->scale = oc_alloc(d, sizeof(float));
    p->w = oc_alloc(classes, (d + 1) * sizeof(float));
    p->gradient = oc_alloc(classes, (d + 1) * sizeof(float));
    p->scores = oc_alloc(classes, task->count * sizeof(float));
    if (!p->center || !p->scale || !p->w || !p->gradient || !p->scores) {
        free_plane(p);
        return oc_fail_memory(&error, "the points");
    }
    for (size_t j = 0; j < d; j++) {
        p->scale[j] = 1;
    }
    for (size_t i = 0; i < classes * (d + 1); i++) {
        p->w[place(task, i)] = weights[i];
    }
    p->problem = (oc_problem){.rows = &p->rows,
                              .labels = task->labels,
                              .classes = classes,
                              .center = p->center,
                              .scale = p->scale,
                              .loss = (oc_loss)task->loss,
                              .l2 = task->l2};
    p->found.gradient = p->gradient;
    oc_status status = oc_problem_evaluate(&p->problem, p->w, &p->found, NULL, &error);
    if (status != OC_OK) {
        free_plane(p);
    }
    return status;
}

EXPORTED int oc_web_measure(const oc_web_task *task, const float *weights, float *gradient, double *figures)
{
    plane p;
    oc_status status = make_plane(&p, task, weights);
    if (status != OC_OK) {
        return (int)status;
    }
    for (size_t i = 0; i < task->classes * (task->dimension + 1); i++) {
        gradient[i] = p.gradient[place(task, i)];
    }
    figures[0] = p.found.loss;
    figures[1] = p.found.value;
    figures[2] = 0;
    status = oc_problem_scores(&p.problem, p.w, p.scores, NULL, &error);
    for (size_t i = 0; status == OC_OK && i < task->count; i++) {
        bool right = oc_vector_argmax(p.scores + i * task->classes, task->classes) == (size_t)task->labels[i];
        figures[2] += right / (double)task->count;
    }
    free_plane(&p);
    return (int)status;
}

EXPORTED int oc_web_step(const oc_web_task *task, double rate, float *weights)
{
    plane p;
    oc_status status = make_plane(&p, task, weights);
    if (status != OC_OK) {
        return (int)status;
    }
    oc_vector_add(p.w, -rate, p.gradient, oc_problem_parameters(&p.problem));
    for (size_t i = 0; i < task->classes * (task->dimension + 1); i++) {
        weights[i] = p.w[place(task, i)];
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
    options.batch_passes = 1000;
    oc_status status = oc_train(&(oc_examples){&rows, task->labels, task->classes}, &options, NULL, &found, NULL,
                                &error);
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
    oc_classifier classifier = {.classes = classes,
                                .dimension = dimension,
                                .loss = OC_LOSS_SOFTMAX,
                                .weights = weights,
                                .shift = shift,
                                .scale = scale};
    if (status == OC_OK) {
        status = oc_scores(&classifier, &rows, NULL, scores, &error);
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

EXPORTED int oc_web_open(const char *spec, size_t width, size_t height, int fit, size_t classes, int loss, int unit,
                         double calibration)
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
        page.model.classifier->unit = unit;
        page.model.classifier->calibration = calibration;
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
    oc_status status = oc_decode_pixels(page.decoder, &(oc_pixels){rgb, width, height, channels, 0}, &page.model.image,
                                        &page.image, &error);
    if (status == OC_OK) {
        status = oc_features_extract(page.model.features, &page.image, page.workspace, page.row, &error);
    }
    oc_rows row = oc_rows_of(page.row, 1, c->dimension);
    if (status == OC_OK) {
        status = oc_scores(c, &row, NULL, scores, &error);
    }
    for (size_t k = 0; status == OC_OK && k < c->classes; k++) {
        status = isfinite(scores[k]) ? OC_OK : oc_fail(&error, OC_BAD_DATA, "the score of class %zu is not finite", k);
    }
    if (status == OC_OK && oc_classifier_probable(c)) {
        oc_classifier_probabilities(c, scores, probabilities);
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
    oc_explanation explanation = {.map = map, .parts = parts};
    oc_status status = oc_explain(&page.model, &page.image, label, &explanation, &error);
    *bias = explanation.bias;
    return (int)status;
}
