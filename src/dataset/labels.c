/* Checks, before the work, whether a classifier can be trained on the labels of a data set. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/utf8.h"
#include "src/dataset/label_notes.h"

#include <stdbool.h>

/* Two classes of one image each are the smallest problem. With three or more images, one class for each image means
 * that file names were used as labels. */
oc_status oc_dataset_check_repeats(const oc_dataset *dataset, oc_error *err)
{
    size_t count = dataset->count, *counts = NULL, single = 0;
    oc_status status = oc_label_counts(dataset, &counts, err);
    for (size_t c = 0; status == OC_OK && c < dataset->class_count; c++) {
        single += counts[c] == 1;
    }
    oc_free(counts);
    if (status == OC_OK && count > 2 && single == count) {
        return oc_fail(err, OC_BAD_DATA,
                       "each of the %zu images or rows has a different label (the first: '%.200s'), so no class can be "
                       "learned; is that the column of labels?",
                       count, dataset->classes[dataset->items[0].label]);
    }
    return status;
}

oc_status oc_dataset_check_labels(const oc_dataset *dataset, oc_error *err)
{
    size_t count = dataset->count, unknown = 0, used = 0, first = 0;
    oc_status status = oc_check_parts(dataset, err);
    if (status != OC_OK) {
        return status;
    }
    bool *seen = oc_alloc(dataset->class_count, sizeof *seen);
    if (!seen) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = count; i-- > 0;) {
        int label = dataset->items[i].label;
        if (label < 0) {
            first = i;
            unknown++;
        } else if (!seen[label]) {
            seen[label] = true;
            used++;
        }
    }
    oc_free(seen);
    if (unknown == count) {
        return oc_fail(
            err, OC_BAD_DATA,
            "the images have no labels: training needs one sub-folder for each class, or a list with path,label");
    }
    if (unknown) {
        return oc_fail(err, OC_BAD_DATA, "%zu of %zu images have no label (the first: %s); leave them out of the list",
                       unknown, count, dataset->items[first].path);
    }
    if (used < 2) {
        return oc_fail(err, OC_BAD_DATA, "all images (%zu) are of one class: a classifier needs two or more", count);
    }
    for (size_t c = 0; c < dataset->class_count; c++) {
        if (!oc_utf8_valid(dataset->classes[c])) {
            return oc_fail(err, OC_BAD_DATA, "the name of class %zu is not UTF-8 text, as model files require: %s", c,
                           dataset->classes[c]);
        }
    }
    return OC_OK;
}
