/* Whether a data set can be learned from, told before the work and not after it. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/memory.h"

#include <stdbool.h>

/* Bytes of the UTF-8 character at `at`; 0 when there is none (RFC 3629: no overlong forms, no surrogates). */
static size_t character(const unsigned char *at)
{
    unsigned char lead = at[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < length; i++) {
        if (at[i] < (i == 1 ? low : 0x80) || at[i] > (i == 1 ? high : 0xbf)) {
            return 0;
        }
    }
    return length;
}

static bool is_utf8(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    for (size_t step; *at; at += step) {
        step = character(at);
        if (step == 0) {
            return false;
        }
    }
    return true;
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
        if (!is_utf8(dataset->classes[c])) {
            return oc_fail(err, OC_BAD_DATA, "class %zu has a name that is not UTF-8, which model files need: %s", c,
                           dataset->classes[c]);
        }
    }
    return OC_OK;
}
