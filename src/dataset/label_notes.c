/* Labels that are no mistake for a program and look like one to people: sorted by oc_label_key, those that are alike lie
 * side by side. */
#include "src/dataset/label_notes.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/label_key.h"

#include <stdlib.h>
#include <string.h>

enum { SHOWN = 5, LONGEST = 500 }; /* labels of a message, and the bytes after which it names no further one */

typedef struct keyed_label {
    char *key;
    const char *name;
} keyed_label;

static int by_key(const void *a, const void *b)
{
    const keyed_label *left = a, *right = b;
    int order = strcmp(left->key, right->key);
    return order ? order : strcmp(left->name, right->name);
}

static void free_keyed(keyed_label *labels, size_t count)
{
    for (size_t i = 0; labels && i < count; i++) {
        oc_free(labels[i].key);
    }
    oc_free(labels);
}

/* The labels sorted by their keys; to be freed with free_keyed. */
static oc_status sort_labels(const oc_label_list *list, keyed_label **out, oc_error *err)
{
    keyed_label *labels = oc_alloc(list->count, sizeof *labels);
    bool done = labels != NULL;
    for (size_t i = 0; done && i < list->count; i++) {
        labels[i].name = list->name(list->source, i);
        labels[i].key = oc_label_key(labels[i].name, OC_FOLD_ALL);
        done = labels[i].key != NULL;
    }
    if (!done) {
        free_keyed(labels, list->count);
        return oc_fail_memory(err, "the labels");
    }
    if (list->count) {
        qsort(labels, list->count, sizeof *labels, by_key);
    }
    *out = labels;
    return OC_OK;
}

static const char *class_of_dataset(const void *dataset, size_t label)
{
    return oc_dataset_class(dataset, label);
}

oc_status oc_label_counts(const oc_dataset *dataset, size_t **out, oc_error *err)
{
    size_t *counts = oc_alloc(dataset->class_count, sizeof *counts);
    if (!counts) {
        return oc_fail_memory(err, "the labels");
    }
    for (size_t i = 0; i < dataset->count; i++) {
        if (dataset->items[i].label >= 0) {
            counts[dataset->items[i].label]++;
        }
    }
    *out = counts;
    return OC_OK;
}

/* Begins the next item of a list; false when it has enough of them. */
static bool begin_item(oc_string *list, size_t *items)
{
    bool room = *items < SHOWN && list->length < LONGEST;
    if (room) {
        oc_string_add(list, *items ? ", " : "");
    }
    ++*items;
    return room;
}

static void end_list(oc_string *list, size_t items, size_t shown)
{
    if (items > shown) {
        oc_string_format(list, " and %zu more", items - shown);
    }
}

/* "the labels 'Cat' and 'cat' (case) are ..." */
static oc_status note_alike(const keyed_label *labels, size_t count, const char *where, oc_job *job, oc_error *err)
{
    oc_string list = {0};
    size_t pairs = 0, shown = 0;
    for (size_t i = 1; i < count; i++) {
        if (strcmp(labels[i - 1].key, labels[i].key) == 0 && begin_item(&list, &pairs)) {
            oc_label_add_pair(&list, labels[i - 1].name, " and ", labels[i].name);
            shown++;
        }
    }
    end_list(&list, pairs, shown);
    if (pairs && !list.failed) {
        oc_job_note(job, "%.200s: labels that look alike are different classes: %s", where, list.data);
    }
    bool failed = list.failed;
    oc_string_free(&list);
    return failed ? oc_fail_memory(err, "a note") : OC_OK;
}

static oc_status note_single(const oc_dataset *dataset, const size_t *counts, const char *where, oc_job *job,
                             oc_error *err)
{
    oc_string list = {0};
    size_t singles = 0, used = 0, shown = 0;
    for (size_t c = 0; c < dataset->class_count; c++) {
        used += counts[c] > 0;
        if (counts[c] == 1 && begin_item(&list, &singles)) {
            oc_string_format(&list, "'%.255s'", dataset->classes[c]);
            shown++;
        }
    }
    end_list(&list, singles, shown);
    if (singles && !list.failed) {
        oc_job_note(job, "%.200s: %zu of %zu classes %s one image or row alone: %s", where, singles, used,
                    singles == 1 ? "has" : "have", list.data);
    }
    bool failed = list.failed;
    oc_string_free(&list);
    return failed ? oc_fail_memory(err, "a note") : OC_OK;
}

oc_status oc_dataset_note_labels(const oc_dataset *dataset, const char *where, oc_job *job, oc_error *err)
{
    oc_label_list list = {dataset->class_count, class_of_dataset, dataset};
    keyed_label *labels = NULL;
    size_t *counts = NULL;
    oc_status status = sort_labels(&list, &labels, err);
    if (status == OC_OK) {
        status = note_alike(labels, list.count, where, job, err);
    }
    if (status == OC_OK) {
        status = oc_label_counts(dataset, &counts, err);
    }
    if (status == OC_OK) {
        status = note_single(dataset, counts, where, job, err);
    }
    oc_free(counts);
    free_keyed(labels, list.count);
    return status;
}

/* The first label of the key among the sorted ones, or NULL; *same is true when the label itself is there. */
static const char *find_alike(const keyed_label *known, size_t count, const keyed_label *label, bool *same)
{
    size_t low = 0, high = count;
    while (low < high) { /* the first whose key is not less */
        size_t middle = low + (high - low) / 2;
        bool less = strcmp(known[middle].key, label->key) < 0;
        low = less ? middle + 1 : low;
        high = less ? high : middle;
    }
    *same = false;
    for (size_t i = low; i < count && !*same && strcmp(known[i].key, label->key) == 0; i++) {
        *same = strcmp(known[i].name, label->name) == 0;
    }
    return low < count && strcmp(known[low].key, label->key) == 0 ? known[low].name : NULL;
}

static const char *first_path(const oc_dataset *dataset, size_t label)
{
    size_t i = 0;
    while (dataset->items[i].label != (int32_t)label) {
        i++;
    }
    return dataset->items[i].path;
}

/* Adds the labels that are not known to the list; OC_NO_MEMORY. */
static oc_status list_unknown(const oc_dataset *dataset, const size_t *counts, const keyed_label *known, size_t count,
                              const char *owner, oc_string *list, size_t *unknown, oc_error *err)
{
    oc_string between = {0};
    size_t shown = 0;
    oc_string_format(&between, " where %s has ", owner);
    for (size_t c = 0; c < dataset->class_count && !list->failed && !between.failed; c++) {
        keyed_label label = {oc_label_key(dataset->classes[c], OC_FOLD_ALL), dataset->classes[c]};
        bool same;
        if (!label.key) {
            oc_string_free(&between);
            return oc_fail_memory(err, "the labels");
        }
        const char *alike = find_alike(known, count, &label, &same);
        if (counts[c] && !same && begin_item(list, unknown)) {
            if (alike) {
                oc_label_add_pair(list, label.name, between.data, alike);
            } else {
                oc_string_format(list, "'%.255s' (first: %.100s)", label.name, first_path(dataset, c));
            }
            shown++;
        }
        oc_free(label.key);
    }
    end_list(list, *unknown, shown);
    bool failed = list->failed || between.failed;
    oc_string_free(&between);
    return failed ? oc_fail_memory(err, "the labels") : OC_OK;
}

oc_status oc_labels_check_known(const oc_dataset *dataset, const oc_label_list *list, const char *owner, oc_error *err)
{
    keyed_label *known = NULL;
    size_t *counts = NULL, unknown = 0;
    oc_string text = {0};
    oc_status status = sort_labels(list, &known, err);
    if (status == OC_OK) {
        status = oc_label_counts(dataset, &counts, err);
    }
    if (status == OC_OK) {
        status = list_unknown(dataset, counts, known, list->count, owner, &text, &unknown, err);
    }
    if (status == OC_OK && unknown) {
        status = oc_fail(err, OC_BAD_DATA, "the test has %zu %s that %s does not know: %s", unknown,
                         unknown == 1 ? "label" : "labels", owner, text.data);
    }
    oc_string_free(&text);
    oc_free(counts);
    free_keyed(known, list->count);
    return status;
}

oc_status oc_labels_check_any(const oc_dataset *dataset, oc_error *err)
{
    for (size_t i = 0; i < dataset->count; i++) {
        if (dataset->items[i].label >= 0) {
            return OC_OK;
        }
    }
    return oc_fail(
        err, OC_BAD_DATA,
        "the images have no labels: an accuracy needs one sub-folder for each class, or a list with path,label");
}

oc_status oc_dataset_check_test(const oc_dataset *test, const oc_dataset *train, oc_error *err)
{
    oc_label_list known = {train->class_count, class_of_dataset, train};
    oc_status status = oc_labels_check_any(test, err);
    return status == OC_OK ? oc_labels_check_known(test, &known, "training", err) : status;
}
