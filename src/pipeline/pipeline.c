/* Pipelines of stages. A spec is parsed into stages, which are planned for one image size and fitted, if they learn
 * from images. Then they compute rows: the values of the first stage, of the second, and so on. */
#include "src/pipeline/pipeline.h"

#include "features/plan.h"
#include "src/base/fail.h"
#include "src/pipeline/spec.h"

#include <inttypes.h>
#include <stdint.h>
#include <string.h>

typedef struct stage_part {
    oc_stage stage;
    char *spec; /* as typed */
    char *text; /* a copy that is cut at ':', ',' and '='; OC_TEXT parameters point into it */
} stage_part;

struct oc_features {
    char *spec;
    size_t width, height, dimension;
    size_t count;
    stage_part *parts;
};

struct oc_workspace {
    oc_scratch scratch;
};

/* Parses one "name:key=value,..." of the given length. The caller frees the part also on failure. */
static oc_status parse_part(stage_part *part, const char *spec, size_t length, oc_error *err)
{
    part->spec = oc_realloc(NULL, length + 1, 1);
    part->text = oc_realloc(NULL, length + 1, 1);
    if (!part->spec || !part->text) {
        return oc_fail_memory(err, "a feature stage");
    }
    memcpy(part->spec, spec, length);
    part->spec[length] = '\0';
    memcpy(part->text, part->spec, length + 1);
    return oc_stage_parse(&part->stage, part->text, err);
}

oc_status oc_features_parse(const char *spec, oc_features **out, oc_error *err)
{
    size_t count = 1;
    if (spec[strcspn(spec, " \t\r\n")]) {
        return oc_fail(err, OC_USAGE, "'%s': write the spec without spaces, as in hog:cell=4,bins=9+color", spec);
    }
    for (const char *at = spec; (at = strchr(at, '+')) != NULL; at++) {
        count++;
    }
    oc_features *features = oc_alloc(1, sizeof *features);
    if (!features) {
        return oc_fail_memory(err, "the feature stages");
    }
    oc_status status = OC_OK;
    features->spec = oc_strdup(spec);
    features->parts = oc_alloc(count, sizeof *features->parts);
    if (!features->spec || !features->parts) {
        status = oc_fail_memory(err, "the feature stages");
    }
    for (const char *at = spec; status == OC_OK && features->count < count;) {
        size_t length = strcspn(at, "+");
        if (length == 0) {
            status = oc_fail(err, OC_USAGE, "'%s': a stage is missing; write name:key=value,... joined by '+'", spec);
            break;
        }
        status = parse_part(&features->parts[features->count++], at, length, err);
        at += length + 1;
    }
    if (status != OC_OK) {
        oc_features_free(features);
        return status;
    }
    *out = features;
    return OC_OK;
}

oc_status oc_features_given(size_t dimension, oc_features **out, oc_error *err)
{
    oc_features *features = oc_alloc(1, sizeof *features);
    if (!features || !(features->spec = oc_strdup(""))) {
        oc_free(features);
        return oc_fail_memory(err, "the features");
    }
    features->dimension = dimension;
    *out = features;
    return OC_OK;
}

void oc_features_free(oc_features *features)
{
    if (!features) {
        return;
    }
    for (size_t i = 0; i < features->count; i++) {
        stage_part *part = &features->parts[i];
        if (part->stage.state) {
            part->stage.type->free_state(&part->stage);
        }
        oc_plan_free(&part->stage.plan);
        oc_free(part->stage.params);
        oc_free(part->spec);
        oc_free(part->text);
    }
    oc_free(features->parts);
    oc_free(features->spec);
    oc_free(features);
}

const char *oc_features_spec(const oc_features *features)
{
    return features->spec;
}

unsigned oc_features_planes(const oc_features *features)
{
    unsigned planes = 0;
    for (size_t i = 0; i < features->count; i++) {
        planes |= features->parts[i].stage.needs.planes;
    }
    return planes;
}

size_t oc_features_side(const oc_features *features)
{
    enum { SIDE = 128 };
    size_t largest = 0;
    for (size_t i = 0; i < features->count; i++) {
        const oc_stage *stage = &features->parts[i].stage;
        size_t own = stage->size.width > stage->size.height ? stage->size.width : stage->size.height;
        size_t least = stage->needs.min_side > SIDE ? stage->needs.min_side : SIDE, side = own ? own : least;
        largest = side > largest ? side : largest;
    }
    return largest ? largest : SIDE;
}

/* Plans every stage: plans (count). On failure the caller frees the plans that were made. */
static oc_status make_plans(const oc_features *features, size_t width, size_t height, oc_plan *plans, oc_error *err)
{
    size_t total = 0;
    for (size_t i = 0; i < features->count; i++) {
        const oc_stage *stage = &features->parts[i].stage;
        oc_status status = oc_plan_make(stage, width, height, &plans[i], err);
        if (status == OC_TOO_SMALL && stage->size.width) { /* larger images would not help */
            status = oc_fail(err, OC_USAGE, "%s: give this stage a larger size=", err ? err->message : "");
        }
        if (status != OC_OK) {
            return oc_fail_at(err, status, stage->type->name);
        }
        if (!oc_add(total, plans[i].dimension, &total) || total > SIZE_MAX / (4 * sizeof(float))) {
            return oc_fail(err, OC_TOO_LARGE, "%s: a row of %zux%zu pixels does not fit into memory", features->spec,
                           width, height);
        }
    }
    return OC_OK;
}

/* The features change only when all stages could be planned. */
oc_status oc_features_plan(oc_features *features, size_t width, size_t height, oc_error *err)
{
    size_t pixels;
    if (features->count == 0) {
        return oc_fail(err, OC_USAGE, "rows made by another program have no stages that could be planned");
    }
    if (width == 0 || height == 0) {
        return oc_fail(err, OC_TOO_SMALL, "an image of %zux%zu pixels has no features", width, height);
    }
    if (!oc_multiply(width, height, &pixels) || pixels > SIZE_MAX / 64) {
        return oc_fail(err, OC_TOO_LARGE, "an image of %zux%zu pixels does not fit into memory", width, height);
    }
    oc_plan *plans = oc_alloc(features->count, sizeof *plans);
    if (!plans) {
        return oc_fail_memory(err, "the plan of the features");
    }
    oc_status status = make_plans(features, width, height, plans, err);
    if (status == OC_OK) {
        features->width = width;
        features->height = height;
        features->dimension = 0;
    }
    for (size_t i = 0; i < features->count; i++) {
        if (status == OC_OK) { /* the older plan, if any, is freed below */
            oc_plan older = features->parts[i].stage.plan;
            features->parts[i].stage.plan = plans[i];
            features->dimension += plans[i].dimension;
            plans[i] = older;
        }
        oc_plan_free(&plans[i]);
    }
    oc_free(plans);
    return status;
}

oc_extent oc_features_size(const oc_features *features)
{
    return (oc_extent){features->width, features->height};
}

size_t oc_features_dimension(const oc_features *features)
{
    return features->dimension;
}

size_t oc_features_count(const oc_features *features)
{
    return features->count;
}

size_t oc_features_part_dimension(const oc_features *features, size_t stage)
{
    return features->parts[stage].stage.plan.dimension;
}

const char *oc_features_part_spec(const oc_features *features, size_t stage)
{
    return features->parts[stage].spec;
}

const oc_stage *oc_features_stage(const oc_features *features, size_t i)
{
    return &features->parts[i].stage;
}

oc_stage *oc_features_own_stage(oc_features *features, size_t i)
{
    return &features->parts[i].stage;
}

static bool unfitted(const oc_stage *stage)
{
    return stage->type->fit && !stage->state;
}

bool oc_features_unfitted(const oc_features *features)
{
    for (size_t i = 0; i < features->count; i++) {
        if (unfitted(&features->parts[i].stage)) {
            return true;
        }
    }
    return false;
}

/* The images that a stage learns from, at its size. */
typedef struct stage_source {
    const oc_stage *stage;
    const oc_source *source;
    oc_scratch *scratch; /* (workers) */
} stage_source;

static oc_status read_resized(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    const stage_source *s = context;
    oc_image whole;
    oc_status status = s->source->read(s->source->context, index, worker, &whole, err);
    if (status != OC_OK) {
        return status;
    }
    oc_arena_reset(&s->scratch[worker].arena);
    return oc_stage_image(s->stage, &whole, s->stage->needs.planes, &s->scratch[worker], image, err);
}

static oc_status fit_stage(oc_stage *stage, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err)
{
    size_t workers = oc_job_threads(job);
    stage_source resized = {stage, source, oc_alloc(workers, sizeof *resized.scratch)};
    oc_source own = {source->count, read_resized, &resized};
    if (!resized.scratch) {
        return oc_fail_memory(err, "fitting the features");
    }
    oc_status status = stage->type->fit(stage, stage->size.width ? &own : source, seed, job, err);
    for (size_t i = 0; i < workers; i++) {
        oc_scratch_free(&resized.scratch[i]);
    }
    oc_free(resized.scratch);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, stage->type->name);
}

/* Every stage gets the same seed, so that it learns the same alone and in a joined spec. */
oc_status oc_features_fit(oc_features *features, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err)
{
    if (features->dimension == 0) {
        return oc_fail(err, OC_USAGE, "%s: the size of the images is not planned yet", features->spec);
    }
    bool *fresh = oc_alloc(features->count, sizeof *fresh);
    if (!fresh) {
        return oc_fail_memory(err, "fitting the features");
    }
    oc_status status = OC_OK;
    for (size_t i = 0; status == OC_OK && i < features->count; i++) {
        oc_stage *stage = &features->parts[i].stage;
        if (unfitted(stage)) {
            status = fit_stage(stage, source, seed, job, err);
            fresh[i] = status == OC_OK;
        }
    }
    for (size_t i = 0; status != OC_OK && i < features->count; i++) {
        if (fresh[i]) {
            features->parts[i].stage.type->free_state(&features->parts[i].stage);
        }
    }
    oc_free(fresh);
    return status;
}

oc_status oc_features_fit_next(oc_features *features, const oc_source *source, uint64_t seed, oc_job *job,
                               oc_error *err)
{
    for (size_t i = 0; i < features->count; i++) {
        oc_stage *stage = &features->parts[i].stage;
        if (unfitted(stage)) {
            return fit_stage(stage, source, seed, job, err);
        }
    }
    return OC_OK;
}

oc_status oc_workspace_create(oc_workspace **out, oc_error *err)
{
    oc_workspace *workspace = oc_alloc(1, sizeof *workspace);
    if (!workspace) {
        return oc_fail_memory(err, "a workspace");
    }
    *out = workspace;
    return OC_OK;
}

void oc_workspace_free(oc_workspace *workspace)
{
    if (workspace) {
        oc_scratch_free(&workspace->scratch);
        oc_free(workspace);
    }
}

static oc_status check_image(const oc_features *features, const oc_image *image, oc_error *err)
{
    if (features->count == 0) {
        return oc_fail(
            err, OC_USAGE,
            "the features are rows of %zu values made by another program, which cannot be computed from an image",
            features->dimension);
    }
    if (features->dimension == 0) {
        return oc_fail(err, OC_USAGE, "%s: the size of the images is not planned yet", features->spec);
    }
    if (image->width != features->width || image->height != features->height) {
        return oc_fail(err, OC_USAGE, "%s: planned for images of %zux%zu pixels, but this image has %zux%zu",
                       features->spec, features->width, features->height, image->width, image->height);
    }
    unsigned planes = oc_features_planes(features);
    if (((planes & OC_GRAY) && !image->gray) || ((planes & OC_RGB) && !image->rgb)) {
        return oc_fail(err, OC_USAGE, "%s: the image has no %s plane", features->spec,
                       (planes & OC_GRAY) && !image->gray ? "gray" : "RGB");
    }
    return OC_OK;
}

/* The arena is reset after every stage, not before it: so its size is final after the first image. */
oc_status oc_features_extract(const oc_features *features, const oc_image *image, oc_workspace *workspace, float *row,
                              oc_error *err)
{
    oc_status status = check_image(features, image, err);
    for (size_t i = 0; status == OC_OK && i < features->count; i++) {
        const oc_stage *stage = &features->parts[i].stage;
        if (unfitted(stage)) {
            return oc_fail(err, OC_USAGE, "%s: is not fitted yet; it learns from images", features->parts[i].spec);
        }
        oc_image own;
        status = oc_stage_image(stage, image, stage->needs.planes, &workspace->scratch, &own, err);
        if (status == OC_OK) {
            status = stage->type->extract(stage, &own, &workspace->scratch, row, err);
        }
        oc_arena_reset(&workspace->scratch.arena);
        row += stage->plan.dimension;
    }
    return status;
}

oc_status oc_features_mirror_order(const oc_features *features, uint32_t *order, oc_error *err)
{
    if (features->dimension == 0) {
        return oc_fail(err, OC_USAGE, "the features are not planned for a size of images yet");
    }
    if (features->count == 0) {
        return oc_fail(err, OC_USAGE, "rows made by another program cannot be mirrored");
    }
    if (features->dimension > UINT32_MAX) {
        return oc_fail(err, OC_TOO_LARGE, "rows of %zu values; at most %" PRIu32 " can be mirrored",
                       features->dimension, UINT32_MAX);
    }
    for (size_t i = 0; i < features->count; i++) {
        const oc_stage *stage = &features->parts[i].stage;
        if (!stage->plan.mirrors) {
            return oc_fail(err, OC_USAGE,
                           "the row of a mirrored image cannot be computed from the row of '%s' at %zux%zu pixels",
                           oc_features_part_spec(features, i), stage->plan.width, stage->plan.height);
        }
    }
    for (size_t i = 0, first = 0; order && i < features->count; i++) {
        const oc_stage *stage = &features->parts[i].stage;
        stage->type->mirror_order(stage, order + first);
        for (size_t j = 0; j < stage->plan.dimension; j++) {
            order[first + j] += (uint32_t)first;
        }
        first += stage->plan.dimension;
    }
    return OC_OK;
}

oc_status oc_set_mirror_order(const oc_features *features, oc_rows *rows, uint32_t **order, oc_error *err)
{
    *order = oc_alloc(rows->dimension, sizeof **order);
    if (!*order) {
        return oc_fail_memory(err, "the mirrored rows");
    }
    oc_status status = oc_features_mirror_order(features, *order, err);
    uint32_t *block = *order, first = 0;
    for (size_t b = 0; status == OC_OK && b < rows->blocks; b++) {
        size_t columns = rows->block[b].columns;
        for (size_t j = 0; j < columns; j++) {
            block[j] -= first;
        }
        rows->block[b].mirror = block;
        block += columns;
        first += (uint32_t)columns;
    }
    return status;
}
