/* Labels of rows: the bytes are the file that names the class of each row of a .npy file. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/set.h>

#include <string.h>

enum { HEADER = 128, ROWS = 3 };

/* ROWS rows of one value. */
static const char *rows_file(void)
{
    static const char about[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (3, 1), }";
    uint8_t npy[HEADER + ROWS * sizeof(float)] = {0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, HEADER - 10, 0};
    memset(npy + 10, ' ', HEADER - 10);
    memcpy(npy + 10, about, sizeof about - 1);
    npy[HEADER - 1] = '\n';
    return fuzz_file("rows.npy", npy, sizeof npy);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    oc_set *set = NULL;
    oc_error err = {0};
    if (fuzz_succeeded(oc_set_open_rows(rows_file(), fuzz_file("labels", bytes, size), 0, NULL, &set, &err), &err)) {
        fuzz_expect(oc_set_count(set) == ROWS, "each row has a label");
        for (size_t i = 0; i < ROWS; i++) {
            int label = oc_set_labels(set)[i];
            fuzz_expect(label >= -1 && label < (int)oc_set_classes(set), "a label is a class or unknown");
        }
        for (size_t c = 0; c < oc_set_classes(set); c++) {
            fuzz_expect(*oc_set_class(set, c), "no class name is empty");
            fuzz_expect(c == 0 || strcmp(oc_set_class(set, c - 1), oc_set_class(set, c)) < 0, "classes are sorted");
        }
    }
    oc_set_free(set);
    return 0;
}
