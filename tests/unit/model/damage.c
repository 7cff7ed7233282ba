/* Damaged model files: refused with a reason or harmless, never a crash. */
#include "src/base/memory.h"
#include "src/matrix/safetensors.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(model_damage, .init = make_test_folder, .fini = remove_test_folder);

static void make_model(const char *spec)
{
    put_stripes("in", 3, 12, 12, 1);
    oc_set *set = extracted(at("in"), spec, NULL, NULL, NULL);
    oc_model *model = model_of(set, OC_LOSS_SOFTMAX, NULL);
    cr_assert(oc_model_save(model, at("model"), NULL) == OC_OK);
    oc_model_free(model);
    oc_set_free(set);
}

/* A model that loads must be fit for use. */
static void use(const oc_model *model)
{
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_error err;
    cr_assert(oc_predictor_create(model, &predictor, &err) == OC_OK);
    if (oc_classify_file(predictor, at("in/down/000.png"), &prediction, &err) == OC_OK) {
        cr_assert(prediction.label < oc_model_classes(model));
        char *json = oc_json_prediction(model, "x", &prediction);
        oc_json_free(json);
    }
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        cr_assert(oc_model_class(model, c) != NULL);
    }
    cr_assert(oc_model_save(model, at("again"), &err) == OC_OK, "%s", err.message);
    oc_json_free(oc_json_info_model(model));
    oc_predictor_free(predictor);
}

static void expect_bad(const char *what)
{
    oc_model *model = NULL;
    oc_error err = {0};
    oc_status status = oc_model_load(at("bad"), &model, &err);
    cr_assert(status == OC_BAD_FILE && model == NULL, "%s: %s, %s", what, oc_status_text(status), err.message);
    cr_assert(strstr(err.message, "/bad") && strstr(err.message, what), "'%s' does not say '%s'", err.message, what);
}

Test(model_damage, every_cut_is_refused)
{
    make_model("pixels:size=3+words:count=3,patch=4,samples=200");
    size_t size;
    char *bytes = contents(at("model"), &size);
    for (size_t length = 0; length < size; length += sampled(7)) {
        put("bad", bytes, length);
        expect_bad("");
    }
    bytes[size] = 'x';
    put("bad", bytes, size + 1);
    expect_bad("");
    free(bytes);
}

Test(model_damage, flipped_bits_do_no_harm)
{
    make_model("pixels:size=3+words:count=3,patch=4,samples=200");
    size_t size;
    char *bytes = contents(at("model"), &size);
    size_t header = 8 + ((unsigned char)bytes[0] | (size_t)(unsigned char)bytes[1] << 8), accepted = 0, tried = 0;
    for (size_t i = 0; i < size; i += sampled(i < header ? 3 : 23)) {
        oc_model *model = NULL;
        oc_error err = {.message = ""};
        char kept = bytes[i];
        bytes[i] = (char)(kept ^ (1 << (i * 5 + i / 8) % 8));
        put("bad", bytes, size);
        oc_status status = oc_model_load(at("bad"), &model, &err);
        if (status == OC_OK) {
            use(model);
            accepted += i < header;
            oc_model_free(model);
        } else {
            cr_assert(status == OC_BAD_FILE && *err.message, "byte %zu: %s", i, err.message);
        }
        tried += i < header;
        bytes[i] = kept;
    }
    /* What passes is another name, seed, number or padding, not another structure. */
    cr_assert(accepted < tried / 2, "%zu of %zu", accepted, tried);
    free(bytes);
}

/* Saves a copy of the model with a string changed or, for NULL, left out; or an array of other sizes. */
static void alter(const char *key, const char *value, const char *array, size_t rows, size_t columns)
{
    static const char *const keys[] = {"format",     "version", "spec", "size",       "fit",
                                       "max-pixels", "classes", "seed", "train.loss", "train.epochs"};
    oc_archive *archive = NULL, *changed = NULL;
    float *values = calloc(rows * columns + 1, sizeof *values);
    cr_assert(oc_archive_read(at("model"), &archive, NULL) == OC_OK && oc_archive_create(&changed, NULL) == OC_OK);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        const char *text = key && strcmp(keys[i], key) == 0 ? value : oc_archive_get(archive, keys[i]);
        cr_assert(!text || oc_archive_set(changed, keys[i], text, NULL) == OC_OK);
    }
    for (size_t i = 0; i < oc_archive_count(archive); i++) {
        oc_tensor tensor = oc_archive_tensor(archive, i);
        if (array && strcmp(tensor.name, array) == 0) {
            tensor = (oc_tensor){.name = tensor.name, .rows = rows, .columns = columns, .values = values};
        }
        cr_assert(tensor.rows == 0 || oc_archive_add(changed, tensor.name, tensor, NULL) == OC_OK);
    }
    cr_assert(oc_archive_write(changed, at("bad"), NULL, NULL) == OC_OK);
    oc_archive_free(archive);
    oc_archive_free(changed);
    free(values);
}

Test(model_damage, contents_that_do_not_fit_together_are_refused)
{
    make_model("pixels:size=3"); /* 27 values, 3 classes */
    static const struct {
        const char *key, *value, *what;
    } strings[] = {
        {"format", NULL, "not a model"},
        {"format", "ocellus-stages", "ocellus-stages"},
        {"version", NULL, "version"},
        {"version", "2", "version 2"},
        {"spec", NULL, "spec"},
        {"spec", "", "no feature spec"},
        {"spec", "pixels:size=4", "3x49"},
        {"spec", "nothing", "damaged features"},
        {"spec", "hog+", "damaged features"},
        {"size", NULL, "size"},
        {"size", "0x12", "size"},
        {"size", "-1", "size"},
        {"size", "12110x12110", "100000000"},
        {"fit", "bend", "fit"},
        {"classes", NULL, "0 class names for 3"},
        {"classes", "a\nb\n", "2 class names"},
        {"classes", "a\nb\nc\nd\n", "4 class names"},
        {"classes", "a,b\nc\n", "class names"},
        {"classes", "a,b,c\n", "class names"},
        {"classes", "a\n\"b\nc\n", "closed"},
        {"train.loss", "guess", "training options"},
        {"train.epochs", "0", "training options"},
        {"classes", "b\na\nb\n", "the name 'b'"},
    };
    for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
        alter(strings[i].key, strings[i].value, NULL, 0, 0);
        expect_bad(strings[i].what);
    }
    static const struct {
        const char *array;
        size_t rows, columns;
        const char *what;
    } arrays[] = {{"weights", 0, 0, "weights"}, {"weights", 1, 28, "two or more"}, {"weights", 3, 27, "3x27"},
                  {"weights", 4, 28, "for 4"},  {"shift", 0, 0, "shift"},          {"shift", 1, 26, "1x26"},
                  {"shift", 27, 1, "27x1"},     {"scale", 0, 0, "scale"},          {"scale", 1, 28, "1x28"}};
    for (size_t i = 0; i < sizeof arrays / sizeof *arrays; i++) {
        alter(NULL, NULL, arrays[i].array, arrays[i].rows, arrays[i].columns);
        expect_bad(arrays[i].what);
    }
    alter(NULL, NULL, NULL, 0, 0); /* unchanged it loads */
    oc_model *model = NULL;
    oc_error err = {0};
    cr_assert(oc_model_load(at("bad"), &model, &err) == OC_OK, "%s", err.message);
    use(model);
    oc_model_free(model);
}

Test(model_damage, scores_that_overflow_are_an_error)
{
    make_model("pixels:size=3");
    oc_archive *archive = NULL;
    oc_model *model = NULL;
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_error err = {0};
    cr_assert(oc_archive_read(at("model"), &archive, NULL) == OC_OK);
    oc_tensor weights = oc_archive_find(archive, "weights");
    for (size_t i = 0; i < weights.rows * weights.columns; i++) {
        weights.values[i] = i % 2 ? 3e38F : -3e38F;
    }
    oc_tensor scale = oc_archive_find(archive, "scale");
    for (size_t i = 0; i < scale.columns; i++) {
        scale.values[i] = 1e3F;
    }
    cr_assert(oc_archive_write(archive, at("bad"), NULL, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_load(at("bad"), &model, &err) == OC_OK && oc_predictor_create(model, &predictor, &err) == OC_OK);
    cr_assert(oc_classify_file(predictor, at("in/down/000.png"), &prediction, &err) == OC_BAD_DATA);
    cr_assert(strstr(err.message, "finite"), "%s", err.message);
    oc_predictor_free(predictor);
    oc_model_free(model);
    oc_archive_free(archive);
}

Test(model_damage, what_is_no_file_is_refused)
{
    oc_model *model = NULL;
    oc_error err = {0};
    put_text("empty", "");
    cr_assert(oc_model_load(at("none"), &model, &err) == OC_NOT_FOUND);
    cr_assert(oc_model_load(at(""), &model, &err) == OC_IO);
    cr_assert(oc_model_load(at("empty"), &model, &err) == OC_BAD_FILE && model == NULL);
    cr_assert(!oc_model_recognise(at("none")) && !oc_model_recognise(at("empty")) && !oc_model_recognise(at("")));
}

Test(model_damage, short_memory_is_an_error_at_every_step)
{
    make_model("pixels:size=3+words:count=3,patch=4,samples=200");
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_model *model = NULL;
        oc_error err = {0};
        oc_memory_fail_after(n);
        oc_status status = oc_model_load(at("model"), &model, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            oc_model_free(model);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && model == NULL, "allocation %zu: %s, %s", n, oc_status_text(status),
                  err.message);
        failures++;
    }
    cr_assert(failures > 15);
}
