/* ocellus show: pictures of features, weights, codebooks and losses. */
#include "src/cli/choose.h"
#include "src/cli/inputs.h"
#include "src/cli/test_rows.h"

#include <stdio.h>
#include <string.h>

/* In the order of the choices of --what. */
typedef enum show_what {
    SHOW_AUTO,
    SHOW_FEATURES,
    SHOW_TEMPLATES,
    SHOW_CODEBOOK,
    SHOW_RAY,
    SHOW_PLANE,
    SHOW_STEPS
} show_what;
static const char *const pictures[] = {"auto", "features", "templates", "codebook", "ray", "plane", "steps", NULL};

/* clang-format off */
static const cli_option own_options[] = {
    {'f', "SPEC", REPEAT_COLLECTED, 0,
     {OPTION_TEXT("features", specs,
                  "features of the image to draw: stages joined by '+', see 'ocellus help stages'; default: "
                  DEFAULT_SPEC)}},
    {'w', "WORD", REPEAT_LAST_WINS, 0,
     {OPTION_CHOICE("what", what, pictures, "auto",
                    "features: of an image; templates: the weights of each class; codebook: the learned words; ray, "
                    "plane: the loss along random directions from the weights; steps: the loss after one step of "
                    "each size from small random weights; auto: features if an image is given, else templates")}},
    {'o', "PICTURE.png", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output, "PNG file to write; replaces an older one")}},
};
/* clang-format on */

/* Decodes with both planes; the image belongs to the decoder. */
static oc_status read_image(const char *path, oc_image_options options, oc_decoder **decoder, oc_image *image,
                            oc_error *err)
{
    options.planes = OC_GRAY | OC_RGB;
    oc_status status = oc_decoder_create(decoder, err);
    return status ? status : oc_decode_file(*decoder, path, &options, image, err);
}

static const char *file_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash && slash[1] ? slash + 1 : path;
}

/* Draws the features of an image by the stages of -f. */
static oc_status show_image(const cli_settings *settings, oc_error *err)
{
    const char *path = settings->operands.items[0];
    const char *spec = settings->specs.count ? settings->specs.items[0] : DEFAULT_SPEC;
    oc_features *features = NULL;
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_status status = oc_features_parse(spec, &features, err);
    if (!status && oc_features_unfitted(features)) {
        snprintf(err->message, sizeof err->message,
                 "%.300s must learn from images first: train a model with it, then use 'ocellus show MODEL IMAGE'",
                 spec);
        status = err->status = OC_USAGE;
    }
    if (!status) {
        status = read_image(path, settings->image, &decoder, &image, err);
    }
    if (!status) {
        status = oc_features_plan(features, image.width, image.height, err);
        if (status == OC_TOO_SMALL) {
            oc_error small = *err;
            snprintf(err->message, sizeof err->message, "%.300s; give --size WxH", small.message);
        }
    }
    if (!status) {
        status = oc_show_image(features, &image, file_name(path), settings->output, err);
    }
    oc_decoder_free(decoder);
    oc_features_free(features);
    return status;
}

/* Draws the features of an image by the stages of a model. */
static oc_status show_model_image(const cli_settings *settings, const oc_model *model, oc_error *err)
{
    const char *path = settings->operands.items[1];
    oc_image_options options = settings->image;
    oc_decoder *decoder = NULL;
    oc_image image;
    use_image_options(&options, oc_model_image_options(model));
    oc_status status = read_image(path, options, &decoder, &image, err);
    if (!status) {
        status = oc_show_image(oc_model_features(model), &image, file_name(path), settings->output, err);
    }
    oc_decoder_free(decoder);
    return status;
}

/* *skipped: EXIT_SKIPPED if images could not be read, else EXIT_DONE. */
static oc_status show_losses(const cli_settings *settings, const oc_model *model, oc_job *job, int *skipped,
                             oc_error *err)
{
    test_rows rows = {NULL, NULL};
    oc_losses losses = {.count = 0};
    oc_landscape kind = settings->what == SHOW_RAY     ? OC_LANDSCAPE_RAY
                        : settings->what == SHOW_PLANE ? OC_LANDSCAPE_PLANE
                                                       : OC_LANDSCAPE_STEPS;
    if (oc_model_classifier(model)->nearest) {
        return wrong_usage(err, "nearest neighbours have no weights, so there is no loss around them");
    }
    const cli_input tested = recognise(settings->operands.items[1]);
    oc_status status = open_test_rows(settings, &(named_model){settings->operands.items[0], model}, &tested, job, &rows,
                                      err);
    if (!status) {
        *skipped = report_skipped(rows.set, "image");
        status = oc_losses_measure(model, rows.set, &(oc_losses_options){kind, (uint64_t)settings->seed}, job, &losses,
                                   err);
    }
    if (!status) {
        status = oc_show_losses(model, &losses, settings->output, err);
    }
    if (!status && kind == OC_LANDSCAPE_STEPS && strcmp(settings->output, "-") != 0) {
        printf("      step        loss\n         0  %10.6g\n", losses.start);
        for (size_t i = 0; i < losses.count; i += losses.decade) {
            printf("%10.3g  %10.6g\n", losses.at[i], losses.loss[i]);
        }
    }
    oc_losses_clear(&losses);
    test_rows_free(&rows);
    return status;
}

static bool wants_rows(int what)
{
    return what == SHOW_RAY || what == SHOW_PLANE || what == SHOW_STEPS;
}

/* Reports arguments that exclude each other; EXIT_DONE when there are none. */
static int wrong_options(const cli_settings *settings, bool is_model)
{
    static const char *const of_images[] = {"size", "fit", "depth"};
    size_t operands = settings->operands.count;
    int what = settings->what;
    if (!settings->output) {
        return report_usage(&command_show, "-o PICTURE.png is missing: the file to write");
    }
    if (settings->specs.count && is_auto(settings->specs.items[0])) {
        return report_usage(&command_show, "%s", AUTO_REFUSED);
    }
    if (settings->specs.count > 1) {
        return report_usage(&command_show, "-f is given %zu times; join stages by '+'", settings->specs.count);
    }
    if (settings->labels && !(is_model && wants_rows(what))) {
        return report_usage(&command_show, "--labels has no effect: it names the labels of rows, for --what ray, plane "
                                           "and steps");
    }
    oc_error err;
    if (is_absent(settings->operands.items[0], &err)) {
        return report_failure(&err);
    }
    if (!is_model) {
        return operands > 1           ? report_usage(&command_show, "only one IMAGE can be drawn; '%s' is one too many",
                                                     settings->operands.items[1])
               : what > SHOW_FEATURES ? report_usage(&command_show, "this --what needs a MODEL; '%s' is not a model",
                                                     settings->operands.items[0])
                                      : EXIT_DONE;
    }
    if (settings->specs.count) {
        return report_usage(&command_show, "-f has no effect: the model has its own features");
    }
    for (size_t i = 0; i < sizeof of_images / sizeof *of_images; i++) {
        if (option_given(settings, of_images[i])) {
            return report_usage(&command_show, "--%s has no effect: the model defines it", of_images[i]);
        }
    }
    if (operands == 1 && (wants_rows(what) || what == SHOW_FEATURES)) {
        return report_usage(&command_show, "this --what needs %s after the model",
                            wants_rows(what) ? "labelled IMAGES or a SET" : "an IMAGE");
    }
    if (operands == 2 && (what == SHOW_TEMPLATES || what == SHOW_CODEBOOK)) {
        return report_usage(&command_show, "this --what needs only the MODEL; '%s' is one too many",
                            settings->operands.items[1]);
    }
    return EXIT_DONE;
}

static int run(const cli_settings *settings, oc_job *job)
{
    const cli_strings *operands = &settings->operands;
    bool is_model = recognise(operands->items[0]).kind == INPUT_MODEL;
    oc_model *model = NULL;
    oc_error err;
    int wrong = wrong_options(settings, is_model), skipped = EXIT_DONE;
    if (wrong) {
        return wrong;
    }
    oc_status status = check_outputs(settings, &(cli_output){settings->output, "the picture", check_output_picture}, 1,
                                     &err);
    if (!status && is_model) {
        status = oc_model_load(operands->items[0], &model, &err);
    }
    if (!status) {
        status = !is_model                         ? show_image(settings, &err)
                 : wants_rows(settings->what)      ? show_losses(settings, model, job, &skipped, &err)
                 : operands->count > 1             ? show_model_image(settings, model, &err)
                 : settings->what == SHOW_CODEBOOK ? oc_show_codebook(model, settings->output, &err)
                                                   : oc_show_templates(model, settings->output, &err);
    }
    oc_model_free(model);
    return status ? report_failure(&err) : skipped;
}

const cli_command command_show = {
    .name = "show",
    .options = {READS_IMAGES | SKIPS_IMAGES | TAKES_SPEC | TAKES_LABELS | WORKS_LONG, OWN_OPTIONS(own_options)},
    .summary = "draw features, weights and losses",
    .usage = "show IMAGE [-f SPEC] -o PICTURE.png\n"
             "show MODEL [IMAGE] -o PICTURE.png\n"
             "show MODEL --what templates|codebook -o PICTURE.png\n"
             "show MODEL IMAGES|SET --what ray|plane|steps -o PICTURE.png\n"
             "show MODEL ROWS.npy --labels FILE --what plane -o PICTURE.png",
    .about = "Draws the features of an image, the weights of each class of a model, the codebook of a model, or the "
             "loss around its weights, or after one step of training.\n\n"
             "Features of an IMAGE: gradients as stars of lines along the edges, colours as bars, visual words as a "
             "mosaic. Templates are the weights of each class: a picture for pixels; stars and words for the class "
             "(blue, left) and against it (orange, right). For ray, plane and steps, the loss is the mean over at "
             "most 2,000 labelled rows, drawn by --seed, without penalties; steps also prints it as a table.",
    .examples = "ocellus show photo.jpg -f hog:cell=8+color:grid=2 -o photo-hog.png\n"
                "ocellus show photos.model -o templates.png\n"
                "ocellus show photos.model --what codebook -o words.png\n"
                "ocellus show photos.model photo.jpg -o photo-words.png\n"
                "ocellus show photos.model photos --what plane -o loss.png",
    .expects = "an IMAGE, or a MODEL and its other arguments",
    .min_operands = 1,
    .max_operands = 2,
    .run = run,
};
