/* Names for the classes of a binary data set. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/utf8.h"

#include <stdlib.h>
#include <string.h>

static const size_t MAX_NAMES_FILE = (size_t)1 << 26;

/* Splits the text into lines, in place. *count is the number of lines; at most `capacity` are stored. */
static void split_lines(char *text, char **lines, size_t capacity, size_t *count)
{
    *count = 0;
    while (*text) {
        size_t length = strcspn(text, "\n");
        char *next = text + length + (text[length] == '\n');
        text[length] = '\0';
        if (length > 0 && text[length - 1] == '\r') {
            text[length - 1] = '\0';
        }
        if (*count < capacity) {
            lines[*count] = text;
        }
        ++*count;
        text = next;
    }
}

/* Checks that no name is empty or repeated; sorts the names. */
static oc_status check_names(const char *path, char **names, size_t count, oc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        if (!*names[i]) {
            return oc_fail(err, OC_BAD_FILE, "%s: line %zu is empty, every line names a class", path, i + 1);
        }
    }
    qsort(names, count, sizeof *names, oc_compare_strings);
    for (size_t i = 1; i < count; i++) {
        if (strcmp(names[i], names[i - 1]) == 0) {
            return oc_fail(err, OC_BAD_FILE, "%s: the name %s occurs twice", path, names[i]);
        }
    }
    return OC_OK;
}

/* Builds a new list of names. On failure the old list is kept. */
static oc_status replace_classes(oc_dataset *dataset, char **names, oc_error *err)
{
    size_t classes = dataset->class_count;
    oc_dataset named = *dataset;
    named.classes = NULL;
    named.class_count = named.class_capacity = 0;
    oc_status status = OC_OK;
    for (size_t i = 0; i < classes && status == OC_OK; i++) {
        status = oc_dataset_add_class(&named, names[i], err);
    }
    dataset->strings = named.strings; /* the new strings belong to the data set in any case */
    if (status != OC_OK) {
        oc_free(named.classes);
        return status;
    }
    oc_free(dataset->classes);
    *dataset = named;
    return OC_OK;
}

oc_status oc_dataset_name_classes(oc_dataset *dataset, const char *names_file, oc_error *err)
{
    size_t classes = dataset->class_count, count;
    if (!dataset->pixels || classes == 0) {
        return oc_fail(err, OC_USAGE, "%s: class names are for labelled IDX and CIFAR-10 files only", names_file);
    }
    oc_bytes bytes = {0};
    char **names = oc_alloc(classes, 2 * sizeof *names); /* as written, then sorted */
    oc_status status = names ? oc_bytes_read(&bytes, names_file, MAX_NAMES_FILE, err)
                             : oc_fail_memory(err, "the class names");
    if (status != OC_OK) {
        goto cleanup;
    }
    if (memchr(bytes.data, '\0', bytes.size)) {
        status = oc_fail(err, OC_BAD_FILE, "%s: not a list of names: it holds NUL bytes", names_file);
        goto cleanup;
    }
    char *text = (char *)bytes.data;
    split_lines(text + oc_utf8_mark(text), names, classes, &count);
    if (count != classes) {
        status = oc_fail(err, OC_BAD_FILE, "%s: %zu names for the %zu classes of the data set", names_file, count,
                         classes);
        goto cleanup;
    }
    memcpy(names + classes, names, classes * sizeof *names);
    status = check_names(names_file, names + classes, classes, err);
    if (status == OC_OK) {
        status = replace_classes(dataset, names, err);
    }
cleanup:
    oc_free(names);
    oc_bytes_free(&bytes);
    return status;
}
