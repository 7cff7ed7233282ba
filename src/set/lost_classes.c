/* A class of which no image can be read leaves no row, so that nothing but this note names it. */
#include "src/set/lost_classes.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"

#include <stdlib.h>

enum { NAMED_CLASSES = 5 };

/* The classes of a set are sorted by bytes. */
static bool has_class(const oc_set *set, const char *name)
{
    const oc_dataset *index = set->index;
    return index->class_count &&
           bsearch(&name, index->classes, index->class_count, sizeof *index->classes, oc_compare_strings);
}

/* counts (classes): images of each. Returns how many classes were lost. */
static size_t name_lost(const oc_dataset *dataset, const oc_set *set, const size_t *counts, oc_string *names)
{
    size_t lost = 0;
    for (size_t c = 0; c < dataset->class_count; c++) {
        if (counts[c] && !has_class(set, dataset->classes[c]) && lost++ < NAMED_CLASSES) {
            oc_string_format(names, "%s%.100s (%zu)", lost > 1 ? ", " : "", dataset->classes[c], counts[c]);
        }
    }
    if (lost > NAMED_CLASSES) {
        oc_string_format(names, " and %zu more", lost - NAMED_CLASSES);
    }
    return lost;
}

oc_status oc_note_lost_classes(const oc_dataset *dataset, const oc_set *set, oc_job *job, oc_error *err)
{
    size_t *counts = oc_alloc(dataset->class_count, sizeof *counts);
    oc_string names = {0};
    if (!counts) {
        return oc_fail_memory(err, "the classes");
    }
    for (size_t i = 0; i < dataset->count; i++) {
        if (dataset->items[i].label >= 0) {
            counts[dataset->items[i].label]++;
        }
    }
    size_t lost = name_lost(dataset, set, counts, &names);
    oc_free(counts);
    oc_status status = names.failed ? oc_fail_memory(err, "the classes") : OC_OK;
    if (status == OC_OK && lost) {
        oc_job_note(job, "%s of which no image can be read, and which %s left out: %s",
                    lost == 1 ? "a class" : "classes", lost == 1 ? "is" : "are", names.data);
    }
    oc_string_free(&names);
    return status;
}
