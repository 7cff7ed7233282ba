/* Finds different labels that look alike to people: sorted by oc_label_key, they are neighbours. */
#include "src/dataset/label_notes.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/label_key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SHOWN = 5,
    MAX_LIST_LENGTH = 500
}; /* labels in a message, and the length from which it names no further label */

typedef struct keyed_label {
    char *key;
    const char *name;
} keyed_label;

static int compare_keys(const void *a, const void *b)
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

/* Sorts the labels by their keys. The caller frees them with free_keyed. */
static oc_status sort_labels(oc_class_list list, keyed_label **out, oc_error *err)
{
    keyed_label *labels = oc_alloc(list.count, sizeof *labels);
    bool done = labels != NULL;
    for (size_t i = 0; done && i < list.count; i++) {
        labels[i].name = list.names[i];
        labels[i].key = oc_label_key(labels[i].name, OC_FOLD_ALL);
        done = labels[i].key != NULL;
    }
    if (!done) {
        free_keyed(labels, list.count);
        return oc_fail_memory(err, "the labels");
    }
    if (list.count) {
        qsort(labels, list.count, sizeof *labels, compare_keys);
    }
    *out = labels;
    return OC_OK;
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

/* Begins the next item of a list; false when the list is long enough. */
static bool begin_item(oc_string *list, size_t *items)
{
    bool more = *items < SHOWN && list->length < MAX_LIST_LENGTH;
    if (more) {
        oc_string_add(list, *items ? ", " : "");
    }
    ++*items;
    return more;
}

static void end_list(oc_string *list, size_t items, size_t shown)
{
    if (items > shown) {
        oc_string_format(list, " and %zu more", items - shown);
    }
}

/* Sends a note "labels that look alike are different classes: 'Cat' and 'cat' (case)". */
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
        oc_job_note(job, "%.200s: %zu of %zu classes %s only one image or row: %s", where, singles, used,
                    singles == 1 ? "has" : "have", list.data);
    }
    bool failed = list.failed;
    oc_string_free(&list);
    return failed ? oc_fail_memory(err, "a note") : OC_OK;
}

oc_status oc_dataset_note_labels(const oc_dataset *dataset, const char *where, oc_job *job, oc_error *err)
{
    oc_class_list list = oc_dataset_class_list(dataset);
    keyed_label *labels = NULL;
    size_t *counts = NULL;
    oc_status status = sort_labels(list, &labels, err);
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

/* The first known label with the key of this label, or NULL; *same is true when the label itself is known. */
static const char *find_alike(const keyed_label *known, size_t count, const keyed_label *label, bool *same)
{
    size_t low = 0, high = count;
    while (low < high) { /* find the first label whose key is not less */
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

/* The state of a class in the search for unknown labels. */
typedef enum label_state { NOT_SEEN, KNOWN, NOT_READ, UNKNOWN } label_state;

/* A comparison of labels with a list of known labels. */
typedef struct label_check {
    const oc_dataset *dataset;
    const keyed_label *known; /* (known_count), sorted */
    size_t known_count;
    const char *owner;  /* of the known labels, such as "the model" */
    label_state *state; /* (classes) */
    const char **first; /* (classes): of an unknown class, the first image, or the first that can be read */
    oc_string unknown;  /* the unknown labels, as text */
    size_t count;       /* of them */
} label_check;

/* Sets *alike to a known label that looks like the label of class c, or NULL; *same is true when both are equal. */
static oc_status look_up(const label_check *check, size_t c, const char **alike, bool *same, oc_error *err)
{
    keyed_label label = {oc_label_key(check->dataset->classes[c], OC_FOLD_ALL), check->dataset->classes[c]};
    if (!label.key) {
        return oc_fail_memory(err, "the labels");
    }
    *alike = find_alike(check->known, check->known_count, &label, same);
    oc_free(label.key);
    return OC_OK;
}

/* Sets *readable: without a decoder every image counts as readable. OC_NO_MEMORY. */
static oc_status try_to_read(const oc_dataset *dataset, size_t i, oc_decoder *decoder, const oc_image_options *options,
                             bool *readable, oc_error *err)
{
    oc_image image;
    oc_status status = decoder ? oc_dataset_read(dataset, i, decoder, options, &image, err) : OC_OK;
    *readable = status == OC_OK;
    return status == OC_NO_MEMORY ? status : OC_OK;
}

/* Fills `state` and `first`. With a decoder, a class counts as unknown only if one of its images can be read; images of
 * known classes are not read. */
static oc_status find_unknown(label_check *check, oc_decoder *decoder, const oc_image_options *options, oc_error *err)
{
    const oc_dataset *dataset = check->dataset;
    for (size_t i = 0; i < dataset->count; i++) {
        if (dataset->items[i].label < 0) {
            continue;
        }
        size_t c = (size_t)dataset->items[i].label;
        if (check->state[c] == NOT_SEEN) {
            const char *alike;
            bool same;
            oc_status status = look_up(check, c, &alike, &same, err);
            if (status != OC_OK) {
                return status;
            }
            check->state[c] = same ? KNOWN : NOT_READ;
        }
        bool readable = false;
        if (check->state[c] == NOT_READ && try_to_read(dataset, i, decoder, options, &readable, err) != OC_OK) {
            return OC_NO_MEMORY;
        }
        if (readable) {
            check->state[c] = UNKNOWN;
            check->first[c] = dataset->items[i].path;
        }
    }
    return OC_OK;
}

/* Writes the unknown labels as text, in the order of the classes. */
static oc_status list_unknown(label_check *check, oc_error *err)
{
    size_t shown = 0;
    for (size_t c = 0; c < check->dataset->class_count; c++) {
        if (check->state[c] != UNKNOWN || !begin_item(&check->unknown, &check->count)) {
            continue;
        }
        const char *alike, *name = check->dataset->classes[c];
        bool same;
        oc_status status = look_up(check, c, &alike, &same, err);
        if (status != OC_OK) {
            return status;
        }
        if (alike) {
            char between[100];
            snprintf(between, sizeof between, " where %.80s has ", check->owner);
            oc_label_add_pair(&check->unknown, name, between, alike);
        } else {
            oc_string_format(&check->unknown, "'%.255s' (first: %.100s)", name, check->first[c]);
        }
        shown++;
    }
    end_list(&check->unknown, check->count, shown);
    return check->unknown.failed ? oc_fail_memory(err, "the labels") : OC_OK;
}

static oc_status check_known(label_check *check, const oc_image_options *read, oc_error *err)
{
    oc_decoder *decoder = NULL;
    oc_image_options options = read ? *read : (oc_image_options){0};
    oc_status status = read ? oc_decoder_create(&decoder, err) : OC_OK;
    if (status != OC_OK) {
        return status;
    }
    options.size = (oc_extent){0, 0};
    options.planes = OC_GRAY;
    status = find_unknown(check, decoder, &options, err);
    oc_decoder_free(decoder);
    if (status == OC_OK) {
        status = list_unknown(check, err);
    }
    if (status == OC_OK && check->count) {
        status = oc_fail(err, OC_BAD_DATA, "the test has %zu %s that %s does not know: %s", check->count,
                         check->count == 1 ? "label" : "labels", check->owner, check->unknown.data);
    }
    return status;
}

oc_status oc_labels_check_known(const oc_dataset *dataset, oc_class_list list, const char *owner,
                                const oc_image_options *read, oc_error *err)
{
    keyed_label *known = NULL;
    oc_status status = sort_labels(list, &known, err);
    if (status != OC_OK) {
        return status;
    }
    label_check check = {.dataset = dataset,
                         .known = known,
                         .known_count = list.count,
                         .owner = owner,
                         .state = oc_alloc(dataset->class_count, sizeof *check.state),
                         .first = oc_alloc(dataset->class_count, sizeof *check.first)};
    status = check.state && check.first ? check_known(&check, read, err) : oc_fail_memory(err, "the labels");
    oc_string_free(&check.unknown);
    oc_free(check.state);
    oc_free((void *)check.first);
    free_keyed(known, list.count);
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

oc_status oc_dataset_check_test(const oc_dataset *test, const oc_dataset *train, const oc_image_options *image,
                                oc_error *err)
{
    oc_status status = oc_labels_check_any(test, err);
    return status == OC_OK ? oc_labels_check_known(test, oc_dataset_class_list(train), "training", image, err) : status;
}
