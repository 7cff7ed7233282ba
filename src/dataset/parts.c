/* Decides from their names whether folders are classes, or parts of a data set (train, test) that hold class
 * folders. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"

#include <string.h>
#include <strings.h>

typedef enum part { NO_PART, TRAIN, TEST, VALIDATION, PARTS } part;

/* The part that the name of a folder means. */
typedef struct folder_name {
    part part;
    bool plain; /* all other words of the name are fillers, such as "data" */
} folder_name;

static bool among(const char *word, size_t length, const char *const *words)
{
    for (; *words; words++) {
        if (strlen(*words) == length && strncasecmp(*words, word, length) == 0) {
            return true;
        }
    }
    return false;
}

static part part_of_word(const char *word, size_t length)
{
    static const char *const train[] = {"train", "training", "trn", "trainset", NULL};
    static const char *const test[] = {"test", "tests", "testing", "tst", "testset", "eval", "evaluation", NULL};
    static const char *const validation[] = {"val",   "valid",  "validate", "validation", "valset", "dev",
                                             "devel", "devset", "holdout",  "heldout",    NULL};
    if (among(word, length, train)) {
        return TRAIN;
    }
    if (among(word, length, test)) {
        return TEST;
    }
    return among(word, length, validation) ? VALIDATION : NO_PART;
}

/* Length of a word: ASCII letters, and the bytes of other letters. */
static size_t word_length(const char *at)
{
    size_t length = 0;
    for (unsigned char c = (unsigned char)*at; (c | 32) >= 'a' && ((c | 32) <= 'z' || c >= 0x80);) {
        c = (unsigned char)at[++length];
    }
    return length;
}

static folder_name read_name(const char *name)
{
    static const char *const fillers[] = {"set",      "data",  "dataset", "image", "images", "img",  "imgs", "picture",
                                          "pictures", "photo", "photos",  "split", "folder", "part", NULL};
    folder_name found = {NO_PART, true};
    for (const char *at = name; *at; at++) {
        size_t length = word_length(at);
        part p = part_of_word(at, length);
        if (p != NO_PART && found.part != NO_PART && p != found.part) {
            return (folder_name){NO_PART, false}; /* train_test means neither */
        }
        found.part = p != NO_PART ? p : found.part;
        found.plain = found.plain && (length == 0 || p != NO_PART || among(at, length, fillers));
        at += length ? length - 1 : 0;
    }
    return found;
}

/* True when the path has a folder below the first one. */
static bool is_deeper(const char *path)
{
    const char *slash = strchr(path, '/');
    return slash && strchr(slash + 1, '/');
}

size_t oc_dataset_nested(const oc_dataset *dataset, const char **example)
{
    size_t count = 0;
    const char *first = NULL;
    for (size_t i = 0; dataset->class_folders && i < dataset->count; i++) {
        const char *path = dataset->items[i].path;
        if (is_deeper(path)) {
            first = first ? first : path;
            count++;
        }
    }
    if (example) {
        *example = first;
    }
    return count;
}

/* True when all items of the class are in folders below the class folder. The items of a class are neighbours; *next
 * moves past them. */
static bool holds_folders(const oc_dataset *dataset, int32_t label, size_t *next)
{
    bool deeper = false, flat = false;
    for (; *next < dataset->count && dataset->items[*next].label == label; ++*next) {
        bool is = is_deeper(dataset->items[*next].path);
        deeper = deeper || is;
        flat = flat || !is;
    }
    return deeper && !flat;
}

static bool two_of(const bool parts[PARTS])
{
    return parts[TRAIN] + parts[TEST] + parts[VALIDATION] >= 2;
}

bool oc_dataset_parts(const oc_dataset *dataset, oc_parts *parts)
{
    const char *first[PARTS] = {
        NULL}; /* for each part, the first folder that holds class folders; at NO_PART, of any part */
    bool plain[PARTS] = {false}, labelled[PARTS] = {false}, all_plain = true, plain_labelled = false;
    size_t next = 0;
    for (size_t c = 0; dataset->class_folders && c < dataset->class_count; c++) {
        folder_name name = read_name(dataset->classes[c]);
        bool is_plain = name.plain && name.part != NO_PART, holds = holds_folders(dataset, (int32_t)c, &next);
        all_plain = all_plain && is_plain;
        plain[name.part] = plain[name.part] || is_plain;
        if (name.part != NO_PART && holds) {
            labelled[name.part] = true;
            plain_labelled = plain_labelled || is_plain;
            first[name.part] = first[name.part] ? first[name.part] : dataset->classes[c];
            first[NO_PART] = first[NO_PART] ? first[NO_PART] : dataset->classes[c];
        }
    }
    bool found = two_of(labelled) || (plain_labelled && (two_of(plain) || all_plain));
    if (found) {
        parts->train = first[TRAIN] ? first[TRAIN] : first[NO_PART];
        parts->test = first[TEST] ? first[TEST] : first[VALIDATION];
        parts->test = parts->test == parts->train ? NULL : parts->test;
    }
    return found;
}

oc_status oc_check_parts(const oc_dataset *dataset, oc_error *err)
{
    oc_parts parts;
    if (!oc_dataset_parts(dataset, &parts)) {
        return OC_OK;
    }
    return oc_fail(err, OC_BAD_DATA,
                   "%s: its folders are parts of a data set that hold class folders, not classes: open one of "
                   "them, such as %s%s",
                   dataset->prefix, dataset->prefix, parts.train);
}
