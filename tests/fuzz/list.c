/* Lists of images: the same bytes as a CSV list, as the index of a set and as plain lines. */
#include "tests/fuzz/fuzz.h"

#include "src/base/csv.h"
#include "src/base/memory.h"
#include "src/dataset/dataset.h"

#include <string.h>

static oc_dataset *read_with(oc_status (*reader)(oc_dataset *, const char *, oc_error *), const char *path)
{
    oc_dataset *dataset = oc_alloc(1, sizeof *dataset);
    oc_error err = {0};
    fuzz_expect(dataset != NULL, "memory suffices");
    if (!fuzz_succeeded(reader(dataset, path, &err), &err)) {
        oc_dataset_free(dataset);
        return NULL;
    }
    for (size_t i = 0; i < oc_dataset_count(dataset); i++) {
        int label = oc_dataset_label(dataset, i);
        fuzz_expect(*oc_dataset_path(dataset, i), "no path is empty");
        fuzz_expect(label >= -1 && label < (int)oc_dataset_classes(dataset), "a label is a class or unknown");
    }
    for (size_t c = 1; c < oc_dataset_classes(dataset); c++) {
        fuzz_expect(strcmp(oc_dataset_class(dataset, c - 1), oc_dataset_class(dataset, c)) < 0, "classes are sorted");
    }
    return dataset;
}

/* What was read, written as a list and read again, is the same. */
static void check_round_trip(const oc_dataset *dataset)
{
    oc_string text = {0};
    oc_string_add(&text, "path,label\n");
    for (size_t i = 0; i < oc_dataset_count(dataset); i++) {
        int label = oc_dataset_label(dataset, i);
        oc_csv_add(&text, oc_dataset_path(dataset, i));
        oc_string_add(&text, ",");
        oc_csv_add(&text, label < 0 ? "" : oc_dataset_class(dataset, (size_t)label));
        oc_string_add(&text, "\n");
    }
    oc_dataset *again = read_with(oc_read_csv, fuzz_file("again.csv", text.data, text.length));
    fuzz_expect(again && oc_dataset_count(again) == oc_dataset_count(dataset) &&
                    oc_dataset_classes(again) == oc_dataset_classes(dataset),
                "a list that is written again is a list");
    for (size_t i = 0; i < oc_dataset_count(dataset); i++) {
        fuzz_expect(strcmp(oc_dataset_path(again, i), oc_dataset_path(dataset, i)) == 0 &&
                        oc_dataset_label(again, i) == oc_dataset_label(dataset, i),
                    "a list that is written again is the same");
    }
    oc_string_free(&text);
    oc_dataset_free(again);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const char *path = fuzz_file("list.csv", bytes, size);
    oc_dataset *list = read_with(oc_read_csv, path);
    if (list) {
        check_round_trip(list);
    }
    oc_dataset_free(list);
    oc_dataset_free(read_with(oc_read_index, path));
    oc_dataset_free(read_with(oc_read_lines, path));
    return 0;
}
