/* CIFAR-10: whole records are a data set; anything else is the file with its classes' names. */
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { RECORD = 3073 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const uint8_t record[RECORD] = {3, 1, 2, 3};
    bool records = size > 0 && size % RECORD == 0;
    oc_dataset *dataset = records ? fuzz_dataset(fuzz_file("batch.bin", bytes, size))
                                  : fuzz_dataset(fuzz_file("one.bin", record, RECORD));
    if (!records) {
        oc_error err = {0};
        fuzz_expect(dataset != NULL, "a whole record is a data set");
        if (fuzz_succeeded(oc_dataset_name_classes(dataset, fuzz_file("names.txt", bytes, size), &err), &err)) {
            for (size_t c = 0; c < oc_dataset_classes(dataset); c++) {
                fuzz_expect(*oc_dataset_class(dataset, c), "no class name is empty");
            }
        }
    }
    oc_dataset_free(dataset);
    return 0;
}
