/* Notes the classes without a readable image: they have no row in the set, so nothing else names them. */
#include "src/set/lost_classes.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/dataset/label_notes.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_CLASSES = 5 };

/* Searches the classes of the set, which are sorted by bytes. */
static bool has_class(const oc_set *set, const char *name)
{
    const oc_dataset *index = set->index;
    return index->class_count &&
           bsearch(&name, index->classes, index->class_count, sizeof *index->classes, oc_compare_strings);
}

/* The lost classes, as text. */
typedef struct lost_list {
    oc_string names;
    size_t count;
} lost_list;

static void add_lost(lost_list *list, const char *name, size_t images)
{
    if (images && list->count++ < NAMED_CLASSES) {
        oc_string_format(&list->names, "%s%.100s (%zu)", list->count > 1 ? ", " : "", name, images);
    }
}

/* Sends the note if there is a lost class, and frees the list. */
static oc_status send_note(lost_list *list, oc_job *job, oc_error *err)
{
    oc_status status = list->names.failed ? oc_fail_memory(err, "the classes") : OC_OK;
    if (list->count > NAMED_CLASSES) {
        oc_string_format(&list->names, " and %zu more", list->count - NAMED_CLASSES);
    }
    if (status == OC_OK && list->count) {
        oc_job_note(job, "%s without a readable image, which %s left out: %s", list->count == 1 ? "a class" : "classes",
                    list->count == 1 ? "is" : "are", list->names.data);
    }
    oc_string_free(&list->names);
    return status;
}

oc_status oc_note_lost_classes(const oc_dataset *dataset, const oc_set *set, oc_job *job, oc_error *err)
{
    size_t *counts;
    lost_list list = {.count = 0};
    oc_status status = oc_label_counts(dataset, &counts, err);
    if (status != OC_OK) {
        return status;
    }
    for (size_t c = 0; c < dataset->class_count; c++) {
        add_lost(&list, dataset->classes[c], has_class(set, dataset->classes[c]) ? 0 : counts[c]);
    }
    oc_free(counts);
    return send_note(&list, job, err);
}

/* True when each row has the first folder of its path as label. */
static bool of_class_folders(const oc_set *set)
{
    for (size_t i = 0; i < set->rows.count; i++) {
        const char *path = oc_set_path(set, i),
                   *label = set->labels[i] < 0 ? "" : oc_set_class(set, (size_t)set->labels[i]);
        size_t length = strcspn(path, "/");
        if (!path[length] || strlen(label) != length || strncmp(path, label, length) != 0) {
            return false;
        }
    }
    return true;
}

oc_status oc_note_lost_folders(const oc_set *set, oc_job *job, oc_error *err)
{
    lost_list list = {.count = 0};
    if (!of_class_folders(set)) {
        return OC_OK;
    }
    const char **paths = oc_alloc(set->skip_count, sizeof *paths);
    if (!paths) {
        return oc_fail_memory(err, "the classes");
    }
    for (size_t i = 0; i < set->skip_count; i++) {
        paths[i] = set->skips[i].path;
    }
    if (set->skip_count) {
        qsort(paths, set->skip_count, sizeof *paths, oc_compare_strings);
    }
    for (size_t i = 0, images; i < set->skip_count; i += images) { /* the paths of one folder are neighbours now */
        char name[NAME_MAX + 1];
        size_t length = strcspn(paths[i], "/");
        images = 1;
        while (i + images < set->skip_count && strncmp(paths[i], paths[i + images], length + 1) == 0) {
            images++;
        }
        snprintf(name, sizeof name, "%.*s", (int)length, paths[i]);
        if (paths[i][length] && !has_class(set, name)) {
            add_lost(&list, name, images);
        }
    }
    oc_free((void *)paths);
    return send_note(&list, job, err);
}
