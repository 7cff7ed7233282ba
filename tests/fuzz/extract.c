/* Extraction of one image, from its file to the set on disk and back; the first byte chooses the features. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/set.h>

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *spec;
    size_t side; /* 0: the image's own size */
} kinds[] = {
    {"pixels:size=3", 0},
    {"hog:cell=4+color:bins=4,grid=2", 0},
    {"hog:cell=4,block=2+color:space=lab+color:space=hue", 16},
    {"words:count=3,patch=3,samples=100,iterations=2", 12},
};

static void compare_sets(const oc_set *a, const oc_set *b)
{
    const oc_rows *x = oc_set_rows(a), *y = oc_set_rows(b);
    fuzz_expect(x->count == 1 && y->count == 1 && x->dimension == y->dimension &&
                    memcmp(x->block[0].values, y->block[0].values, x->dimension * sizeof(float)) == 0,
                "rows on disk are those in memory");
    fuzz_expect(strcmp(oc_set_path(a, 0), oc_set_path(b, 0)) == 0, "the path is kept");
}

static void extract(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options)
{
    char folder[300];
    snprintf(folder, sizeof folder, "%s/set", fuzz_folder());
    oc_extract_options to_folder = *options;
    to_folder.output = folder;
    oc_set *memory = NULL, *written = NULL, *opened = NULL;
    oc_error err = {0};
    bool first = fuzz_succeeded(oc_set_extract(dataset, features, options, NULL, &memory, &err), &err);
    bool second = fuzz_succeeded(oc_set_extract(dataset, features, &to_folder, NULL, &written, &err), &err);
    fuzz_expect(first == second, "extraction does not depend on where rows go");
    if (second) {
        fuzz_expect(fuzz_succeeded(oc_set_open(folder, &opened, &err), &err), "a set that was written can be opened");
        compare_sets(memory, opened);
        compare_sets(written, opened);
    }
    oc_set_free(memory);
    oc_set_free(written);
    oc_set_free(opened);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    if (size == 0) {
        return 0;
    }
    size_t kind = bytes[0] % (sizeof kinds / sizeof *kinds);
    oc_extract_options options = {.strict = bytes[0] >= 128};
    oc_dataset *dataset = NULL;
    oc_features *features = NULL;
    oc_error err = {0};
    oc_params_default(oc_image_params, oc_image_param_count, &options.image);
    options.image.max_pixels = 1 << 14;
    options.image.size = (oc_extent){kinds[kind].side, kinds[kind].side};
    fuzz_expect(oc_features_parse(kinds[kind].spec, &features, NULL) == OC_OK, "the spec is one");
    const char *path = fuzz_file("image.png", bytes + 1, size - 1);
    if (fuzz_succeeded(oc_dataset_open(path, &dataset, &err), &err)) {
        extract(dataset, features, &options);
    }
    oc_features_free(features);
    oc_dataset_free(dataset);
    return 0;
}
