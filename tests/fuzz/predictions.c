/* CSV files that the command writes: predictions, answers with ranks, and rows. The bytes are paths and labels, each ended by
 * a NUL, and the values of rows; whatever they are, each image is one record that is read again as it was. */
#include "tests/fuzz/fuzz.h"

#include "src/base/csv.h"
#include "src/base/utf8.h"

#include <ocellus/binding.h>
#include <ocellus/evaluate.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 4, DIMENSION = 3, MOST_FIELDS = 2 + DIMENSION, PLACE = 300 };

typedef struct input {
    char *text;
    const char *path[IMAGES], *label[IMAGES];
    float value[IMAGES * DIMENSION];
} input;

/* Paths are never empty and no two are equal: that of image i ends with i. */
static input read_input(const uint8_t *bytes, size_t size)
{
    static char paths[IMAGES][9000];
    input in = {.text = malloc(size + 1)};
    fuzz_expect(in.text != NULL, "memory suffices");
    memcpy(in.text, bytes, size);
    in.text[size] = '\0';
    const char *at = in.text, *end = in.text + size;
    for (size_t i = 0; i < 2 * IMAGES; i++) {
        const char *name = at;
        at += at < end ? strlen(at) + 1 : 0;
        at = at < end ? at : end;
        if (i % 2) {
            in.label[i / 2] = name;
        } else {
            snprintf(paths[i / 2], sizeof paths[0], "%s%zu", name, i / 2);
            in.path[i / 2] = paths[i / 2];
        }
    }
    size_t left = (size_t)(end - at);
    memcpy(in.value, at, left < sizeof in.value ? left : sizeof in.value);
    return in;
}

static char *contents_of(const char *path)
{
    enum { ROOM = 1 << 17 };
    char *text = malloc(ROOM);
    FILE *file = fopen(path, "rb");
    fuzz_expect(text && file, "a file that was written is there");
    size_t size = fread(text, 1, ROOM - 1, file);
    text[size] = '\0';
    fuzz_expect(strlen(text) == size, "text has no NUL");
    fclose(file);
    return text;
}

/* Reads the next record, which must have `count` fields. */
static void expect_record(oc_csv *csv, char **fields, size_t count)
{
    size_t found = 0;
    oc_error err = {0};
    fuzz_expect(fuzz_succeeded(oc_csv_record(csv, fields, MOST_FIELDS, &found, &err), &err) && found == count,
                "each image is one record");
}

static void expect_end(oc_csv *csv)
{
    char *fields[MOST_FIELDS];
    expect_record(csv, fields, 0);
}

static void check_rows(const input *in)
{
    oc_set *set = NULL;
    char path[PLACE], *fields[MOST_FIELDS];
    oc_error err = {0};
    bool finite = true;
    for (size_t i = 0; i < IMAGES * DIMENSION; i++) {
        finite = finite && isfinite(in->value[i]);
    }
    snprintf(path, sizeof path, "%s/rows.csv", fuzz_folder());
    fuzz_expect(oc_set_of_array(in->value, IMAGES, DIMENSION, in->label, &set, NULL) == OC_OK, "rows are a set");
    bool written = fuzz_succeeded(oc_set_export(set, OC_FORMAT_CSV, path, NULL, &err), &err);
    fuzz_expect(written == finite, "rows are written where all values are finite");
    if (written) {
        char *text = contents_of(path);
        oc_csv csv = oc_csv_start(text);
        expect_record(&csv, fields, MOST_FIELDS);
        for (size_t i = 0; i < IMAGES; i++) {
            expect_record(&csv, fields, MOST_FIELDS);
            fuzz_expect(strcmp(fields[1], in->label[i]) == 0, "a row keeps its label");
            for (size_t j = 0; j < DIMENSION; j++) {
                float value = strtof(fields[2 + j], NULL);
                fuzz_expect(!(value < in->value[i * DIMENSION + j]) && !(value > in->value[i * DIMENSION + j]),
                            "and its values");
            }
        }
        expect_end(&csv);
        free(text);
    }
    oc_set_free(set);
}

static oc_dataset *open_images(const input *in)
{
    static const uint8_t pixels[IMAGES][3] = {{1, 2, 3}, {200, 100, 0}, {0, 0, 0}, {255, 255, 255}};
    oc_dataset_image images[IMAGES] = {{0}};
    oc_dataset *dataset = NULL;
    for (size_t i = 0; i < IMAGES; i++) {
        images[i] = (oc_dataset_image){.path = in->path[i], .label = in->label[i], .pixels = {pixels[i], 1, 1, 3, 0}};
    }
    fuzz_expect(oc_dataset_of_images(images, IMAGES, &dataset, NULL) == OC_OK, "images with any names are a data set");
    return dataset;
}

/* A model that has the labels as classes; NULL when they are not UTF-8. */
static oc_model *make_model(const oc_set *set)
{
    static float weights[IMAGES * (DIMENSION + 1)], shift[DIMENSION], scale[DIMENSION];
    const char *names[IMAGES];
    oc_model *model = NULL;
    oc_image_options image = oc_image_defaults();
    oc_error err = {0};
    bool text = true;
    for (size_t j = 0; j < DIMENSION; j++) {
        scale[j] = 1;
        weights[j] = 0.01F;
    }
    for (size_t c = 0; c < oc_set_classes(set); c++) {
        names[c] = oc_set_class(set, c);
        text = text && oc_utf8_valid(names[c]);
    }
    oc_classifier classifier = {.classes = oc_set_classes(set),
                                .dimension = DIMENSION,
                                .weights = weights,
                                .shift = shift,
                                .scale = scale,
                                .calibration = 1};
    bool made = fuzz_succeeded(oc_model_create(oc_set_features(set), &classifier, names, &image, &model, &err), &err);
    fuzz_expect(made == text, "names of UTF-8, and only they, are names of classes");
    return model;
}

static void check_predictions(const input *in, const oc_model *model, const oc_set *set, const oc_dataset *images)
{
    enum { FIELDS = 4 };
    char path[PLACE], *fields[MOST_FIELDS];
    oc_evaluation evaluation = {0};
    oc_error err = {0};
    snprintf(path, sizeof path, "%s/predictions.csv", fuzz_folder());
    fuzz_expect(fuzz_succeeded(oc_evaluate(model, set, NULL, &evaluation, &err), &err) &&
                    fuzz_succeeded(oc_predictions_evaluation(model, &evaluation, set, images, path, &err), &err),
                "predictions are written");
    char *text = contents_of(path);
    oc_csv csv = oc_csv_start(text);
    expect_record(&csv, fields, FIELDS);
    for (size_t i = 0; i < IMAGES; i++) {
        if (*in->label[i]) {
            expect_record(&csv, fields, FIELDS);
            double probability = strtod(fields[3], NULL);
            fuzz_expect(strcmp(fields[0], in->path[i]) == 0 && strcmp(fields[1], in->label[i]) == 0 && *fields[2],
                        "a prediction has path, label and class");
            fuzz_expect(probability >= 0 && probability <= 1, "and a probability");
        }
    }
    expect_end(&csv);
    free(text);
    oc_evaluation_clear(&evaluation);
}

static oc_status take_answer(void *context, const oc_answer *answer, oc_error *err)
{
    return oc_answer_file_add(context, answer, err);
}

static void check_answers(const input *in, const oc_model *model, const oc_dataset *dataset)
{
    enum { FIELDS = 4, TOP = 2 };
    char path[PLACE], *fields[MOST_FIELDS];
    oc_answer_file_options options = oc_answer_file_defaults();
    oc_batch_options to_file = oc_batch_defaults();
    oc_answer_file *file = NULL;
    oc_batch *batch = NULL;
    oc_error err = {0};
    snprintf(path, sizeof path, "%s/answers.csv", fuzz_folder());
    options.top = TOP;
    fuzz_expect(fuzz_succeeded(oc_answer_file_create(model, path, &options, &file, &err), &err), "a file is begun");
    to_file.answer = take_answer;
    to_file.context = file;
    oc_status status = oc_batch_create(model, &to_file, NULL, &batch, &err);
    status = status == OC_OK ? oc_batch_add_dataset(batch, dataset, &err) : status;
    status = status == OC_OK ? oc_batch_flush(batch, &err) : status;
    oc_batch_free(batch);
    fuzz_expect(fuzz_succeeded(oc_answer_file_close(file, status, &err), &err), "answers are written");
    char *text = contents_of(path);
    oc_csv csv = oc_csv_start(text);
    expect_record(&csv, fields, FIELDS);
    for (size_t i = 0; i < TOP * IMAGES; i++) {
        expect_record(&csv, fields, FIELDS);
        fuzz_expect(strcmp(fields[0], in->path[i / TOP]) == 0, "an answer has the path");
    }
    expect_end(&csv);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { MOST = 8000 };
    input in = read_input(bytes, size < MOST ? size : MOST);
    oc_dataset *dataset = open_images(&in);
    oc_extract_options options = oc_extract_defaults();
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_error err = {0};
    fuzz_expect(oc_features_parse("pixels:size=1", &features, NULL) == OC_OK, "the spec is one");
    fuzz_expect(fuzz_succeeded(oc_set_extract(dataset, features, &options, NULL, &set, &err), &err), "pixels are rows");
    check_rows(&in);
    oc_model *model = oc_set_classes(set) >= 2 ? make_model(set) : NULL;
    if (model) {
        check_predictions(&in, model, set, dataset);
        check_predictions(&in, model, set, NULL);
        check_answers(&in, model, dataset);
    }
    oc_model_free(model);
    oc_set_free(set);
    oc_features_free(features);
    oc_dataset_free(dataset);
    free(in.text);
    return 0;
}
