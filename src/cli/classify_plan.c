/* Counts the images of all operands, and tries a few images of the operand that has most. */
#include "src/cli/classify_plan.h"

#include "src/cli/dry_run.h"
#include "src/cli/inputs.h"
#include "src/cli/test_rows.h"

#include <string.h>

/* Estimated bytes of a line of the result: a path, a label and a probability. */
enum { LINE_BYTES = 80 };

typedef struct counting {
    const cli_settings *settings;
    named_model model;
    oc_job *job;
    size_t images, rows;
    oc_dataset *largest; /* of the operands with images, or NULL */
} counting;

static oc_status count_rows(counting *c, const cli_input *in, oc_error *err)
{
    oc_set *set = NULL;
    oc_status status = open_fitting_rows(c->settings, &c->model, in, c->job, &set, err);
    c->rows += status ? 0 : oc_set_count(set);
    oc_set_free(set);
    return status;
}

static void take(counting *c, oc_dataset *dataset)
{
    size_t count = oc_dataset_count(dataset);
    c->images += count;
    if (!c->largest || count > oc_dataset_count(c->largest)) {
        oc_dataset_free(c->largest);
        c->largest = dataset;
    } else {
        oc_dataset_free(dataset);
    }
}

static oc_status count_operand(counting *c, const char *path, oc_error *err)
{
    const cli_input in = recognise(path);
    oc_dataset *dataset = NULL;
    bool own_rows = oc_features_count(oc_model_features(c->model.model)) == 0;
    if (in.kind == INPUT_SET || own_rows) {
        return count_rows(c, &in, err);
    }
    if (strcmp(path, "-") == 0) {
        return wrong_usage(err, "--dry-run does not read standard input; name files or folders");
    }
    oc_status status = oc_dataset_open_unlabelled(path, &dataset, err);
    if (!status) {
        take(c, dataset);
    }
    return status;
}

static oc_status count_list(counting *c, oc_error *err)
{
    oc_dataset *dataset = NULL;
    if (strcmp(c->settings->files_from, "-") == 0) {
        return wrong_usage(err, "--dry-run does not read standard input; --files-from FILE names a file");
    }
    oc_status status = oc_dataset_open_list(c->settings->files_from, &dataset, err);
    if (!status) {
        take(c, dataset);
    }
    return status;
}

static oc_status count_all(counting *c, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 1; !status && i < c->settings->operands.count; i++) {
        status = count_operand(c, c->settings->operands.items[i], err);
    }
    return !status && c->settings->files_from ? count_list(c, err) : status;
}

int classify_plan(const cli_settings *settings, const oc_model *model, oc_job *job)
{
    counting c = {.settings = settings, .model = {settings->operands.items[0], model}, .job = job};
    oc_extract_options options = extract_options(settings);
    oc_error err;
    cli_trial t = {.dimension = oc_model_classifier(model)->dimension};
    use_image_options(&options.image, oc_model_image_options(model));
    oc_status status = count_all(&c, &err);
    if (!status && c.largest) {
        status = try_images(c.largest, oc_model_features(model), &options, job, &t, &err);
    }
    oc_dataset_free(c.largest);
    if (status) {
        return report_failure(&err);
    }
    t.images = c.images + c.rows;
    t.classes = 0;
    if (t.images) {
        t.image_seconds *= (double)c.images / (double)t.images; /* rows take next to no time */
    }
    cli_plan p = {.work = t, .output = settings->output ? t.images * LINE_BYTES : 0, .memory = t.memory};
    print_plan(&p, settings->json);
    return EXIT_DONE;
}
