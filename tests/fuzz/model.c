/* Model files: what loads can classify an image, is described, and is the same after it was saved and loaded again. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/evaluate.h>
#include <ocellus/model.h>

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MAX_PIXELS = 1 << 18 }; /* pixels; more only take longer */

static void use(const oc_model *model)
{
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_error err = {0};
    size_t size;
    const uint8_t *png = fuzz_png(&size);
    char *text = oc_json_info_model(model);
    fuzz_expect(text != NULL, "a model can be described");
    oc_json_free(text);
    if (fuzz_succeeded(oc_predictor_create(model, &predictor, &err), &err) &&
        fuzz_succeeded(oc_classify_memory(predictor, png, size, &prediction, &err), &err)) {
        fuzz_expect(prediction.label < oc_model_classes(model), "the label is a class");
        for (size_t c = 0; c < oc_model_classes(model); c++) {
            fuzz_expect(isfinite(prediction.scores[c]), "scores are finite");
            fuzz_expect(!prediction.probabilities ||
                            (prediction.probabilities[c] >= 0 && prediction.probabilities[c] <= 1.0001F),
                        "probabilities are");
        }
        text = oc_json_prediction(model, "x", &prediction);
        fuzz_expect(text != NULL, "a result can be described");
        oc_json_free(text);
    }
    oc_predictor_free(predictor);
}

static void save_and_load(const oc_model *model)
{
    char path[300];
    oc_model *again = NULL;
    oc_error err = {0};
    snprintf(path, sizeof path, "%s/again", fuzz_folder());
    fuzz_expect(fuzz_succeeded(oc_model_save(model, path, &err), &err), "what loads can be saved");
    fuzz_expect(fuzz_succeeded(oc_model_load(path, &again, &err), &err), "what was saved can be loaded");
    fuzz_expect(oc_model_classes(model) == oc_model_classes(again) &&
                    oc_model_parameters(model) == oc_model_parameters(again) &&
                    strcmp(oc_features_spec(oc_model_features(model)), oc_features_spec(oc_model_features(again))) == 0,
                "a model that is saved again is the same");
    for (size_t c = 0; c < oc_model_classes(model); c++) {
        fuzz_expect(strcmp(oc_model_class(model, c), oc_model_class(again, c)) == 0, "classes keep their names");
    }
    oc_model_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file("model", bytes, size);
    oc_model *model = NULL;
    oc_error err = {0};
    (void)oc_model_recognise(path);
    if (fuzz_succeeded(oc_model_load(path, &model, &err), &err)) {
        oc_extent image = oc_model_image_options(model).size;
        if (image.width * image.height <= MAX_PIXELS) {
            use(model);
        }
        save_and_load(model);
    }
    oc_model_free(model);
    return 0;
}
