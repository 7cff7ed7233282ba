#include "tests/unit/model/support.h"

#include "src/base/file.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void put_picture(const char *name, size_t kind, size_t width, size_t height, oc_random *random)
{
    uint8_t *pixels = malloc(width * height * 3);
    size_t phase = oc_random_below(random, 8), contrast = 40 + oc_random_below(random, 100);
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            size_t wave = kind == 0 ? y + phase : kind == 1 ? x + phase : (x + y) / 2;
            size_t level = 40 + (wave / 3 % 2) * contrast + oc_random_below(random, 30);
            for (size_t c = 0; c < 3; c++) {
                pixels[(y * width + x) * 3 + c] = (uint8_t)(level + 10 * c);
            }
        }
    }
    oc_error err = {0};
    cr_assert(oc_image_write_png(&(oc_pixels){pixels, width, height, 3, 0}, at(name), &err) == OC_OK, "%s",
              err.message);
    free(pixels);
}

void put_stripes(const char *name, size_t each, size_t width, size_t height, uint64_t seed)
{
    static const char *const kinds[] = {"across", "down", "slope"};
    oc_random random = oc_random_stream(seed, 0, 0);
    mkdir(at(name), 0777);
    for (size_t kind = 0; kind < 3; kind++) {
        char path[200];
        snprintf(path, sizeof path, "%s/%s", name, kinds[kind]);
        mkdir(at(path), 0777);
        for (size_t i = 0; i < each; i++) {
            snprintf(path, sizeof path, "%s/%s/%03zu.png", name, kinds[kind], i);
            put_picture(path, kind, width, height, &random);
        }
    }
}

oc_extract_options extract_defaults(void)
{
    oc_extract_options options = {.seed = 0};
    oc_params_default(oc_image_params, oc_image_param_count, &options.image);
    return options;
}

oc_job *job_of(size_t threads)
{
    oc_job *job = NULL;
    cr_assert(oc_job_create(threads, NULL, &job, NULL) == OC_OK);
    return job;
}

static oc_status extract(const char *images, const char *spec, const char *folder, const oc_extract_options *options,
                         oc_job *job, oc_set **set, oc_error *err)
{
    oc_dataset *dataset = open_set(images);
    oc_features *features = NULL;
    cr_assert(oc_features_parse(spec, &features, err) == OC_OK, "%s", err->message);
    oc_extract_options written = *options;
    written.output = folder;
    oc_status status = oc_set_extract(dataset, features, &written, job, set, err);
    oc_features_free(features);
    oc_dataset_free(dataset);
    return status;
}

oc_set *extracted(const char *images, const char *spec, const char *folder, const oc_extract_options *options,
                  oc_job *job)
{
    oc_extract_options defaults = extract_defaults();
    oc_set *set = NULL;
    oc_error err = {0};
    oc_status status = extract(images, spec, folder, options ? options : &defaults, job, &set, &err);
    cr_assert(status == OC_OK, "%s", err.message);
    return set;
}

oc_status extraction_refused(const char *images, const char *spec, const char *folder,
                             const oc_extract_options *options)
{
    oc_extract_options defaults = extract_defaults();
    oc_set *set = NULL;
    oc_status status = extract(images, spec, folder, options ? options : &defaults, NULL, &set, &refusal);
    cr_assert(status != OC_OK && set == NULL && refusal.status == status);
    return status;
}

oc_model *model_of(const oc_set *set, int loss, oc_job *job)
{
    oc_train_options options = oc_train_defaults();
    oc_model *model = NULL;
    oc_error err = {0};
    options.loss = (oc_loss)loss;
    options.epochs = 20;
    cr_assert(oc_model_train(set, &options, job, &model, NULL, &err) == OC_OK, "%s", err.message);
    return model;
}

char *contents(const char *path, size_t *size)
{
    oc_bytes bytes = {0};
    oc_error err = {0};
    cr_assert(oc_bytes_read(&bytes, path, SIZE_MAX / 4, &err) == OC_OK, "%s", err.message);
    char *copy = malloc(bytes.size + 1);
    memcpy(copy, bytes.data, bytes.size + 1);
    *size = bytes.size;
    oc_bytes_free(&bytes);
    return copy;
}

void expect_same_file(const char *a, const char *b)
{
    size_t first, second;
    char *x = contents(a, &first), *y = contents(b, &second);
    cr_assert(first == second && memcmp(x, y, first) == 0, "%s and %s differ", a, b);
    free(x);
    free(y);
}

size_t sampled(size_t step)
{
    return getenv("LONG") ? 1 : step;
}
