/* Rows in .npy files: what opens can be read to its last value. */
#include "tests/fuzz/fuzz.h"

#include <ocellus/rows.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    oc_npy *npy = NULL;
    oc_error err = {0};
    if (fuzz_succeeded(oc_npy_open(fuzz_file("features.npy", bytes, size), &npy, &err), &err)) {
        oc_rows rows = oc_npy_rows(npy);
        float sum = 0;
        for (size_t i = 0; i < rows.count * rows.dimension; i++) {
            sum += rows.block[0].values[i];
        }
        fuzz_read = (unsigned)(sum > 0);
    }
    oc_npy_free(npy);
    return 0;
}
