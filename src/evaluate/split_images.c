/* Equal images are found by the hashes of their pixels, which extraction computes. So all images are read once, with
 * the cheapest stage, before the split is drawn. oc_split then draws each group of equal images as one image, so that
 * all images of a group are in the same part. */
#include "src/evaluate/split_images.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/evaluate/evaluate.h"
#include "src/learn/split.h"
#include "src/set/equal_images.h"

static const double TEST_FRACTION = 0.2;
static const char CHEAPEST_STAGE[] = "pixels:size=4";

/* Computes group (N), for images, from first (rows), the first equal row of each row of the set. */
static oc_status group_items(const oc_dataset *images, const oc_set *set, const uint32_t *first, uint32_t *group,
                             oc_error *err)
{
    size_t *items;
    oc_status status = oc_match_items(set, images, &items, err);
    if (status != OC_OK) {
        return status;
    }
    for (size_t i = 0; i < oc_dataset_count(images); i++) {
        group[i] = OC_UNREADABLE;
    }
    for (size_t row = 0; row < oc_set_count(set); row++) {
        group[items[row]] = (uint32_t)items[first[row]];
    }
    oc_free(items);
    return OC_OK;
}

static oc_status find_groups(const oc_dataset *images, const oc_set *set, oc_job *job, uint32_t **group, oc_error *err)
{
    uint32_t *first = oc_alloc(oc_set_count(set), sizeof *first);
    uint32_t *found = oc_alloc(oc_dataset_count(images), sizeof *found);
    oc_status status = first && found ? oc_set_find_equal(set, first, err) : oc_fail_memory(err, "the split");
    if (status == OC_OK) {
        status = group_items(images, set, first, found, err);
    }
    if (status == OC_OK) {
        status = oc_set_note_equal(set, true, job, err);
    }
    oc_free(first);
    if (status != OC_OK) {
        oc_free(found);
        return status;
    }
    *group = found;
    return OC_OK;
}

oc_status oc_group_images(const oc_dataset *images, oc_extract_options *extract, oc_job *job, uint32_t **group,
                          oc_error *err)
{
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_extract_options cheap = *extract;
    cheap.mirror = false;
    oc_status status = oc_features_parse(CHEAPEST_STAGE, &features, err);
    if (status == OC_OK) {
        status = oc_set_extract(images, features, &cheap, job, &set, err);
    }
    if (status == OC_OK) {
        extract->image.size = oc_set_image_options(set).size;
        status = find_groups(images, set, job, group, err);
    }
    oc_set_free(set);
    oc_features_free(features);
    return status;
}

/* Draws the fold of the first image of each group. */
static oc_status split_groups(const oc_dataset *images, const uint32_t *group, size_t folds, uint64_t seed,
                              uint16_t *fold, oc_error *err)
{
    size_t n = oc_dataset_count(images), count = 0;
    uint32_t *item = oc_alloc(n, sizeof *item); /* (count): these images, their labels and folds */
    int *label = oc_alloc(n, sizeof *label);
    oc_folds drawn = {.fold = oc_alloc(n, sizeof *drawn.fold)};
    const oc_split_options split = {folds, TEST_FRACTION, seed};
    oc_status status = OC_OK;
    if (!item || !label || !drawn.fold) {
        status = oc_fail_memory(err, "the split");
        goto cleanup;
    }
    for (size_t i = 0; i < n; i++) {
        if (group[i] == i) {
            item[count] = (uint32_t)i;
            label[count++] = oc_dataset_label(images, i);
        }
    }
    status = oc_split(label, count, oc_dataset_classes(images), &split, &drawn, err);
    if (status == OC_BAD_DATA && err) {
        oc_fail(err, status,
                "%zu different images are too few to use some of them as test images (%s); give other images to "
                "test on",
                count, err->message);
    }
    for (size_t k = 0; status == OC_OK && k < count; k++) {
        fold[item[k]] = drawn.fold[k];
    }
cleanup:
    oc_free(item);
    oc_free(label);
    oc_free(drawn.fold);
    return status;
}

oc_status oc_split_images(const oc_dataset *images, const uint32_t *group, size_t folds, uint64_t seed, uint16_t *fold,
                          oc_error *err)
{
    oc_status status = split_groups(images, group, folds, seed, fold, err);
    for (size_t i = 0; status == OC_OK && i < oc_dataset_count(images); i++) {
        fold[i] = group[i] == OC_UNREADABLE ? OC_FOLD_NONE : fold[group[i]];
    }
    return status;
}
