/* A model from frames that are in memory, as a camera gives them: camera MODEL
 * Build: cc camera.c -o camera $(pkg-config --cflags --libs ocellus) */
#include <ocellus/ocellus.h>
#include <stdio.h>
#include <stdlib.h>

enum { WIDTH = 48, HEIGHT = 32, FRAMES = 120, CLASSES = 2 };

static const char *const names[CLASSES] = {"across", "upright"};

/* All frames, (FRAMES, HEIGHT, WIDTH) gray, and a decoder for each thread that asks for one of them. */
typedef struct camera {
    uint8_t *pixels;
    int labels[FRAMES];
    oc_decoder *decoders[2];
    oc_image_options options;
} camera;

/* Stands for the camera: stripes across or upright, with noise. */
static void take_frames(camera *c)
{
    for (size_t i = 0; i < FRAMES; i++) {
        c->labels[i] = rand() % CLASSES;
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++) {
                size_t along = c->labels[i] == 0 ? y : x;
                c->pixels[(i * HEIGHT + y) * WIDTH + x] = (uint8_t)(60 + (along + i) / 4 % 2 * 80 +
                                                                    (size_t)rand() % 60);
            }
        }
    }
}

/* What oc_source asks for: frame i, at the planned size and with the planes that the stages read. */
static oc_status read_frame(void *context, size_t i, size_t worker, oc_image *image, oc_error *err)
{
    camera *c = (camera *)context;
    oc_pixels frame = {c->pixels + i * HEIGHT * WIDTH, WIDTH, HEIGHT, 1, 0};
    return oc_decode_pixels(c->decoders[worker], &frame, &c->options, image, err);
}

/* Parses, plans, and lets the stages learn what they must. */
static oc_status make_features(camera *c, oc_job *job, oc_features **features, oc_error *err)
{
    oc_source source = {FRAMES, read_frame, c};
    oc_status status = oc_features_parse("hog:cell=8+words:count=16,patch=6,gray=1", features, err);
    if (status == OC_OK) {
        status = oc_features_plan(*features, WIDTH, HEIGHT, err);
    }
    if (status == OC_OK) {
        c->options.size = oc_features_size(*features);
        c->options.planes = oc_features_planes(*features);
        status = oc_features_fit(*features, &source, 0, job, err);
    }
    return status;
}

/* rows (FRAMES, D) */
static oc_status extract_rows(camera *c, const oc_features *features, float *rows, oc_error *err)
{
    oc_workspace *workspace = NULL;
    oc_image image;
    oc_status status = oc_workspace_create(&workspace, err);
    for (size_t i = 0; status == OC_OK && i < FRAMES; i++) {
        status = read_frame(c, i, 0, &image, err);
        if (status == OC_OK) {
            status = oc_features_extract(features, &image, workspace, rows + i * oc_features_dimension(features), err);
        }
    }
    oc_workspace_free(workspace);
    return status;
}

static oc_status make_model(camera *c, const oc_features *features, const float *values, oc_job *job, oc_model **model,
                            oc_error *err)
{
    oc_rows rows = oc_rows_of(values, FRAMES, oc_features_dimension(features));
    oc_examples examples = {&rows, c->labels, CLASSES};
    oc_train_options options = oc_train_defaults();
    oc_train_report report;
    oc_classifier *classifier = NULL;
    oc_status status = oc_train(&examples, &options, job, &classifier, &report, err);
    if (status == OC_OK) {
        status = oc_model_create(features, classifier, names, &c->options, model, err);
    }
    if (status == OC_OK) {
        status = oc_model_note_training(*model, &options, &report, c->labels, FRAMES, err);
    }
    oc_classifier_free(classifier);
    return status;
}

/* The newest frame, by the model as it was shipped. */
static oc_status classify_frame(const camera *c, const char *path, oc_error *err)
{
    oc_model *model = NULL;
    oc_predictor *predictor = NULL;
    oc_pixels frame = {c->pixels, WIDTH, HEIGHT, 1, 0};
    oc_prediction prediction;
    oc_status status = oc_model_load(path, &model, err);
    if (status == OC_OK) {
        status = oc_predictor_create(model, &predictor, err);
    }
    if (status == OC_OK) {
        status = oc_classify_pixels(predictor, &frame, &prediction, err);
    }
    if (status == OC_OK) {
        printf("%s, taken as %s\n", oc_model_class(model, prediction.label), names[c->labels[0]]);
    }
    oc_predictor_free(predictor);
    oc_model_free(model);
    return status;
}

int main(int argc, char **argv)
{
    camera c = {NULL, {0}, {NULL, NULL}, oc_image_defaults()};
    oc_error err = {OC_OK, "needs the name of the model to write, and memory"};
    oc_job *job = NULL;
    oc_features *features = NULL;
    oc_model *model = NULL;
    float *rows = NULL;
    c.pixels = (uint8_t *)malloc((size_t)FRAMES * HEIGHT * WIDTH);
    int failed = argc != 2 || !c.pixels || oc_job_create(2, NULL, &job, &err) ||
                 oc_decoder_create(&c.decoders[0], &err) || oc_decoder_create(&c.decoders[1], &err);
    if (!failed) {
        take_frames(&c);
        failed = make_features(&c, job, &features, &err) != OC_OK;
    }
    if (!failed) {
        rows = (float *)malloc(FRAMES * oc_features_dimension(features) * sizeof *rows);
        failed = !rows || extract_rows(&c, features, rows, &err) || make_model(&c, features, rows, job, &model, &err) ||
                 oc_model_save(model, argv[1], &err);
    }
    if (!failed) {
        take_frames(&c); /* new ones */
        failed = classify_frame(&c, argv[1], &err) != OC_OK;
    }
    if (failed) {
        fprintf(stderr, "camera: %s\n", err.message);
    }
    oc_model_free(model);
    oc_features_free(features);
    oc_job_free(job);
    oc_decoder_free(c.decoders[0]);
    oc_decoder_free(c.decoders[1]);
    free(rows);
    free(c.pixels);
    return failed;
}
