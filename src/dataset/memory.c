/* A data set of images that a program gives: encoded bytes, pixels, or paths of files. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <stdio.h>
#include <string.h>

enum { NAME = 40 };

static oc_status add_image(oc_dataset *dataset, size_t i, const oc_dataset_image *image, oc_error *err)
{
    char number[NAME];
    const char *path = image->path;
    if (image->bytes && image->pixels.data) {
        return oc_fail(err, OC_USAGE, "image %zu has both bytes and pixels; one of the two is allowed", i);
    }
    if (!path && !image->bytes && !image->pixels.data) {
        return oc_fail(err, OC_USAGE, "image %zu has neither a path, bytes nor pixels", i);
    }
    if (!path) {
        snprintf(number, sizeof number, "image#%zu", i);
        path = number;
    }
    return oc_dataset_add(dataset, path, strlen(path), -1, err);
}

static oc_status label_images(oc_dataset *dataset, oc_error *err)
{
    const char **labels = oc_alloc(dataset->count, sizeof *labels);
    if (!labels) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < dataset->count; i++) {
        labels[i] = dataset->images[i].label;
    }
    oc_status status = oc_dataset_name_labels(dataset, labels, dataset->count, err);
    oc_free(labels);
    return status;
}

static oc_status fill(oc_dataset *dataset, const oc_dataset_image *images, size_t count, oc_error *err)
{
    dataset->prefix = oc_strdup("");
    dataset->images = oc_alloc(count, sizeof *dataset->images);
    if (!dataset->prefix || !dataset->images) {
        return oc_fail_memory(err, "the data set");
    }
    memcpy(dataset->images, images, count * sizeof *images);
    oc_status status = OC_OK;
    for (size_t i = 0; i < count && status == OC_OK; i++) {
        status = add_image(dataset, i, &images[i], err);
    }
    return status == OC_OK ? label_images(dataset, err) : status;
}

oc_status oc_dataset_of_images(const oc_dataset_image *images, size_t count, oc_dataset **out, oc_error *err)
{
    if (count == 0) {
        return oc_fail(err, OC_BAD_DATA, "no image");
    }
    oc_dataset *dataset = oc_alloc(1, sizeof *dataset);
    oc_status status = dataset ? fill(dataset, images, count, err) : oc_fail_memory(err, "the data set");
    if (status != OC_OK) {
        oc_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return OC_OK;
}
