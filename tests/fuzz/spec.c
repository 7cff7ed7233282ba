/* Specs: two bytes of image size, then the text. What parses can be planned or says why not, and then writes a row. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/features.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_SIDE = 40, MAX_ROW = 100000 };

static void extract(const oc_features *features)
{
    static uint8_t gray[MAX_SIDE * MAX_SIDE], rgb[3 * MAX_SIDE * MAX_SIDE];
    oc_extent size = oc_features_size(features);
    size_t dimension = oc_features_dimension(features);
    oc_image image = {.width = size.width, .height = size.height, .gray = gray, .rgb = rgb};
    oc_workspace *workspace = NULL;
    oc_error err = {0};
    for (size_t i = 0; i < sizeof rgb; i++) {
        rgb[i] = (uint8_t)(i * i / 7);
        gray[i / 3] = rgb[i];
    }
    float *row = malloc(dimension * sizeof *row);
    uint32_t *order = malloc(dimension * sizeof *order);
    fuzz_expect(row && order && oc_workspace_create(&workspace, NULL) == OC_OK, "memory suffices");
    if (fuzz_succeeded(oc_features_extract(features, &image, workspace, row, &err), &err)) {
        for (size_t i = 0; i < dimension; i++) {
            fuzz_expect(isfinite(row[i]), "values are finite");
        }
        if (fuzz_succeeded(oc_features_mirror_order(features, order, &err), &err)) {
            fuzz_expect(order[0] < dimension && order[dimension - 1] < dimension, "values come from the row");
        }
    }
    oc_workspace_free(workspace);
    free(row);
    free(order);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size < 2) {
        return 0;
    }
    char *spec = malloc(size - 1);
    memcpy(spec, bytes + 2, size - 2);
    spec[size - 2] = '\0';
    oc_features *features = NULL;
    oc_error err = {0};
    if (fuzz_succeeded(oc_features_parse(spec, &features, &err), &err)) {
        size_t width = 1 + bytes[0] % MAX_SIDE, height = 1 + bytes[1] % MAX_SIDE;
        fuzz_expect(strcmp(oc_features_spec(features), spec) == 0, "a spec is kept as it was typed");
        bool planned = fuzz_succeeded(oc_features_plan(features, width, height, &err), &err);
        fuzz_expect(planned == (oc_features_dimension(features) > 0), "what is planned has values");
        if (planned && !oc_features_unfitted(features) && oc_features_dimension(features) <= MAX_ROW) {
            extract(features);
        }
    }
    oc_features_free(features);
    free(spec);
    return 0;
}
