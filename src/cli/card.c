/* Prints the model card, from the model file and the evaluation alone. */
#include "src/cli/card.h"

#include "src/cli/escape.h"
#include "src/cli/inputs.h"

#include <ocellus/evaluate.h>

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MIN_EXAMPLES = 20, VALUE = 100, NAMED = 10 };

/* Writes text, escaped so that Markdown does not change it. */
static void put_plain(FILE *stream, const char *text)
{
    escape_put_marked(stream, text, "\\`*_{}[]<>|#");
}

static void put_title(FILE *stream, const char *title)
{
    fprintf(stream, "\n## %s\n\n", title);
}

static bool takes_images(const oc_model *model)
{
    return oc_features_count(oc_model_features(model)) > 0;
}

static void put_purpose(FILE *stream, const oc_model *model, const char *name)
{
    size_t classes = oc_model_classes(model);
    fputs("# Model card: ", stream);
    put_plain(stream, name);
    fprintf(stream, "\n\nClassifies %s of %zu classes:", takes_images(model) ? "images" : "rows of features", classes);
    for (size_t c = 0; c < classes && c < NAMED; c++) {
        fputs(c ? ", " : " ", stream);
        put_plain(stream, oc_model_class(model, c));
    }
    fputs(classes > NAMED ? ", and others (below).\n" : ".\n", stream);
    fprintf(stream, "%s, trained by Ocellus and used by `ocellus classify`.\n",
            oc_model_classifier(model)->nearest ? "The nearest neighbours among the training rows vote"
                                                : "One linear classifier");
}

static void put_data(FILE *stream, const oc_model *model)
{
    const size_t *counts = oc_model_class_counts(model);
    size_t total = 0;
    put_title(stream, "Training data");
    if (!counts) {
        fputs("The model file does not record its training data.\n", stream);
        return;
    }
    fputs("| class | training |\n| --- | ---: |\n", stream);
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        fputs("| ", stream);
        put_plain(stream, oc_model_class(model, c));
        fprintf(stream, " | %zu |\n", counts[c]);
        total += counts[c];
    }
    fprintf(stream, "| all | %zu |\n", total);
}

static void put_features(FILE *stream, const oc_model *model)
{
    const oc_features *features = oc_model_features(model);
    oc_image_options image = oc_model_image_options(model);
    put_title(stream, "Features");
    if (!takes_images(model)) {
        fprintf(stream, "Rows of %zu values that another program makes; the model file does not record how.\n",
                oc_features_dimension(features));
        return;
    }
    char fit[VALUE];
    oc_param_format(oc_params_find(oc_image_params, oc_image_param_count, "fit"), &image, fit, sizeof fit);
    fprintf(stream, "Images are brought to %zux%zu pixels (%s). ", image.size.width, image.size.height, fit);
    if (image.depth) {
        fprintf(stream, "Of the samples of 16-bit PNG files the lowest %d bits are used. ", (int)image.depth);
    }
    fprintf(stream, "%zu values are measured in each:\n\n", oc_features_dimension(features));
    for (size_t i = 0; i < oc_features_count(features); i++) {
        fprintf(stream, "- `%s`: %zu values\n", oc_features_part_spec(features, i),
                oc_features_part_dimension(features, i));
    }
    if (oc_model_stage_parameters(model)) {
        fprintf(stream, "\nThe stages learned %zu numbers from images.\n", oc_model_stage_parameters(model));
    }
}

static void put_settings(FILE *stream, const oc_model *model)
{
    oc_train_options options = oc_model_train_options(model);
    put_title(stream, "Classifier");
    fprintf(stream, "%zu %s. Settings, automatic ones as they were chosen:\n\n", oc_model_parameters(model),
            oc_model_classifier(model)->nearest ? "values of neighbours" : "weights and biases");
    fputs("| setting | value |\n| --- | --- |\n", stream);
    for (size_t i = 0; i < oc_train_param_count; i++) {
        char value[VALUE];
        if (!oc_train_uses(&options, oc_train_params[i].name)) {
            continue;
        }
        oc_param_format(&oc_train_params[i], &options, value, sizeof value);
        if (oc_train_params[i].type == OC_REAL && strcmp(value, "auto") != 0) {
            snprintf(value, sizeof value, "%.6g", strtod(value, NULL));
        }
        fprintf(stream, "| %s | %s |\n", oc_train_params[i].name, value);
    }
    fprintf(stream, "| seed | %" PRIu64 " |\n", options.seed);
}

static void put_share(FILE *stream, double share)
{
    if (isnan(share)) {
        fputs(" - |", stream);
    } else {
        fprintf(stream, " %.1f %% |", 100 * share);
    }
}

static void put_accuracy(FILE *stream, const oc_model *model, const char *name, const oc_evaluation *test,
                         const char *test_name)
{
    double own = oc_model_train_accuracy(model), low, high;
    oc_validation v = oc_model_validation(model);
    put_title(stream, "Accuracy");
    if (v.held) {
        double accuracy = oc_validation_accuracy(&v);
        oc_wilson((size_t)(accuracy * (double)v.held + 0.5), v.held, &low, &high);
        fprintf(stream, "- On %zu training examples held out in turn: %.2f %% (95 %% interval %.2f to %.2f %%)", v.held,
                100 * accuracy, 100 * low, 100 * high);
        if (isfinite(v.balanced_accuracy)) {
            fprintf(stream, ", balanced over the classes %.2f %%", 100 * v.balanced_accuracy);
        }
        fputs(".\n", stream);
    }
    if (isfinite(own)) {
        fprintf(stream, "- On its training data: %.2f %%, which says little about other images.\n", 100 * own);
    }
    if (!test) {
        fprintf(stream, "- On test images: not measured. `ocellus info --card %s --test IMAGES` adds it.\n", name);
        return;
    }
    fputs("- On ", stream);
    put_plain(stream, test_name);
    fprintf(stream, ": %.2f %% of %zu (95 %% interval %.2f to %.2f %%).\n\n", 100 * test->accuracy, test->images,
            100 * test->ci_low, 100 * test->ci_high);
    fputs("| class | test | precision | recall |\n| --- | ---: | ---: | ---: |\n", stream);
    for (size_t c = 0; c < test->classes; c++) {
        fputs("| ", stream);
        put_plain(stream, oc_model_class(model, c));
        fprintf(stream, " | %zu |", test->metrics[c].count);
        put_share(stream, test->metrics[c].precision);
        put_share(stream, test->metrics[c].recall);
        fputc('\n', stream);
    }
}

/* Lists the classes with too few training rows for reliable results. */
static void put_rare(FILE *stream, const oc_model *model)
{
    const size_t *counts = oc_model_class_counts(model);
    size_t rare = 0;
    for (size_t c = 0; counts && c < oc_model_classes(model); c++) {
        if (counts[c] < MIN_EXAMPLES) {
            fputs(rare++ ? ", " : "- Fewer than 20 training examples, too few to rely on: ", stream);
            put_plain(stream, oc_model_class(model, c));
        }
    }
    fputs(rare ? ".\n" : "", stream);
}

static void put_limits(FILE *stream, const oc_model *model)
{
    oc_image_options image = oc_model_image_options(model);
    put_title(stream, "Limits");
    fputs("- It always answers with one of its classes, for a picture of anything else too.\n", stream);
    fputs(oc_classifier_probable(oc_model_classifier(model))
              ? "- Its probabilities are calibrated on images held out in training; they hold for images like those.\n"
              : "- Its scores are no probabilities; only their order counts.\n",
          stream);
    fputs("- Accuracy holds for data like those it was measured on; another camera, light or framing may cost much.\n",
          stream);
    if (takes_images(model)) {
        fprintf(stream, "- It sees images at %zux%zu pixels; smaller details are lost.\n", image.size.width,
                image.size.height);
    }
    put_rare(stream, model);
}

void print_card(FILE *stream, const oc_model *model, const char *name, const oc_evaluation *test, const char *test_name)
{
    put_purpose(stream, model, name);
    put_data(stream, model);
    put_features(stream, model);
    put_settings(stream, model);
    put_accuracy(stream, model, name, test, test_name);
    put_limits(stream, model);
}
