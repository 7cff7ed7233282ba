/* What a program of another language hands over from its memory: the bytes as a model, as the stages of a set, as an encoded
 * image and as pixels. The first byte chooses. What is refused has a reason, what is taken gives finite answers, and what
 * is saved in memory loads and is saved as the same bytes. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/binding.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { IMAGES = 3, CLASSES = 2, DIMENSION = 12, LARGEST = 1 << 18 };

static void *room_of(size_t size)
{
    void *bytes = malloc(size + 1);
    fuzz_expect(bytes != NULL, "memory suffices");
    return bytes;
}

static uint8_t *saved(const oc_model *model, size_t *size)
{
    oc_error err = {0};
    size_t written;
    fuzz_expect(fuzz_succeeded(oc_model_save_memory(model, NULL, 0, size, &err), &err), "a model has a size");
    uint8_t *bytes = room_of(*size);
    fuzz_expect(oc_model_save_memory(model, bytes, *size - 1, &written, NULL) == OC_USAGE,
                "too little room is an error");
    fuzz_expect(fuzz_succeeded(oc_model_save_memory(model, bytes, *size, &written, &err), &err) && written == *size,
                "and that size is right");
    return bytes;
}

static void load_model(const uint8_t *bytes, size_t size)
{
    oc_model *model = NULL, *again = NULL;
    oc_error err = {0};
    if (fuzz_succeeded(oc_model_load_memory(bytes, size, &model, &err), &err)) {
        size_t first_size, second_size;
        uint8_t *first = saved(model, &first_size);
        fuzz_expect(fuzz_succeeded(oc_model_load_memory(first, first_size, &again, &err), &err), "saved bytes load");
        uint8_t *second = saved(again, &second_size);
        fuzz_expect(first_size == second_size && memcmp(first, second, first_size) == 0, "and are saved as the same");
        free(first);
        free(second);
    }
    oc_model_free(model);
    oc_model_free(again);
}

static void load_stages(const uint8_t *bytes, size_t size)
{
    oc_features *features = NULL;
    oc_image_options image;
    oc_error err = {0};
    if (fuzz_succeeded(oc_features_load_memory(bytes, size, &features, &image, &err), &err)) {
        size_t needed, written;
        fuzz_expect(fuzz_succeeded(oc_features_save_memory(features, &image, NULL, 0, &needed, &err), &err),
                    "stages that were loaded can be saved");
        uint8_t *again = room_of(needed);
        fuzz_expect(fuzz_succeeded(oc_features_save_memory(features, &image, again, needed, &written, &err), &err) &&
                        written == needed,
                    "in the room that they need");
        free(again);
    }
    oc_features_free(features);
}

/* Of raw pixels of 2 x 2. */
static oc_model *pixel_model(void)
{
    static const char *const names[CLASSES] = {"a", "b"};
    static float weights[CLASSES * (DIMENSION + 1)], shift[DIMENSION], scale[DIMENSION];
    oc_features *features = NULL;
    oc_model *model = NULL;
    oc_image_options image = oc_image_defaults();
    for (size_t j = 0; j < DIMENSION; j++) {
        weights[j] = (float)j - 5;
        scale[j] = 1;
    }
    oc_classifier classifier = {.classes = CLASSES,
                                .dimension = DIMENSION,
                                .weights = weights,
                                .shift = shift,
                                .scale = scale,
                                .calibration = 0.01};
    fuzz_expect(oc_features_parse("pixels:size=2", &features, NULL) == OC_OK &&
                    oc_features_plan(features, 8, 8, NULL) == OC_OK &&
                    oc_model_create(features, &classifier, names, &image, &model, NULL) == OC_OK,
                "a model can be made");
    oc_features_free(features);
    return model;
}

static void note_failure(void *context, size_t i, const char *message)
{
    fuzz_expect(i < IMAGES && *message, "what has no answer has a reason");
    (*(size_t *)context)++;
}

static void classify(const oc_dataset *dataset)
{
    static oc_model *model;
    oc_image_options limits = {0};
    oc_error err = {0};
    float scores[IMAGES * CLASSES] = {0}, probabilities[IMAGES * CLASSES] = {0};
    int status[IMAGES];
    size_t failures = 0, expected = 0;
    oc_answer_arrays arrays = {scores, probabilities, status, note_failure, &failures};
    model = model ? model : pixel_model();
    oc_params_default(oc_image_params, oc_image_param_count, &limits);
    limits.max_pixels = LARGEST;
    fuzz_expect(fuzz_succeeded(oc_classify_dataset(model, dataset, &limits, NULL, &arrays, &err), &err),
                "an image that cannot be read is an answer");
    for (size_t i = 0; i < IMAGES; i++) {
        expected += status[i] != OC_OK;
        for (size_t c = 0; c < CLASSES; c++) {
            size_t at = i * CLASSES + c;
            fuzz_expect(isfinite(scores[at]) && probabilities[at] >= 0 && probabilities[at] <= 1.0001F,
                        "scores and probabilities are");
        }
    }
    fuzz_expect(status[0] == OC_OK, "an image that can be read is answered beside one that cannot");
    fuzz_expect(failures == expected, "every failure is reported");
}

/* The bytes as an encoded image, as the pixels of one, and its name and label; beside it a PNG that is right. */
static void classify_images(const uint8_t *bytes, size_t size)
{
    enum { NAME = 20 };
    char name[NAME + 1] = {0};
    size_t width = size > 0 ? bytes[0] : 0, channels = size > 1 ? bytes[1] % 5 : 0, height = 0, png_size;
    memcpy(name, bytes, size < NAME ? size : NAME);
    if (width && channels) {
        height = size / (width * channels);
    }
    oc_dataset_image images[IMAGES] = {{.path = name, .label = name},
                                       {.bytes = bytes, .size = size, .label = name},
                                       {.pixels = {bytes, width, height, channels, 0}, .label = "b"}};
    images[0].bytes = fuzz_png(&png_size);
    images[0].size = png_size;
    oc_dataset *dataset = NULL;
    oc_error err = {0};
    if (fuzz_succeeded(oc_dataset_of_images(images, IMAGES, &dataset, &err), &err)) {
        fuzz_expect(oc_dataset_count(dataset) == IMAGES && strcmp(oc_dataset_path(dataset, 0), name) == 0,
                    "images keep their names");
        int label = oc_dataset_label(dataset, 1);
        fuzz_expect(*name ? label >= 0 && strcmp(oc_dataset_class(dataset, (size_t)label), name) == 0 : label == -1,
                    "and labels");
        classify(dataset);
    }
    oc_dataset_free(dataset);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static void (*const kinds[])(const uint8_t *, size_t) = {load_model, load_stages, classify_images};
    if (size > 0) {
        kinds[bytes[0] % (sizeof kinds / sizeof *kinds)](bytes + 1, size - 1);
    }
    return 0;
}
