/* Rows in svmlight text: what is read, written and read again is the same. */
#include "tests/fuzz/fuzz.h"

#include "src/matrix/svmlight.h"

#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    enum { WIDEST = 1000 }; /* an index of a billion takes its memory, and says so when there is none */
    oc_svmlight rows = {0}, again = {0};
    oc_error err = {0};
    if (fuzz_succeeded(oc_svmlight_read(fuzz_file("rows", bytes, size), WIDEST, &rows, &err), &err)) {
        oc_string text = {0};
        for (size_t i = 0; i < rows.count; i++) {
            oc_svmlight_add(&text, (int)(rows.labels[i] % 1000), rows.values + i * rows.dimension, rows.dimension);
        }
        fuzz_expect(
            fuzz_succeeded(oc_svmlight_read(fuzz_file("again", text.data, text.length), WIDEST, &again, &err), &err),
            "what was written can be read");
        fuzz_expect(again.count == rows.count, "no row is lost");
        for (size_t i = 0; i < rows.count * rows.dimension; i++) {
            fuzz_expect(!(rows.values[i] < again.values[i]) && !(rows.values[i] > again.values[i]), "values are kept");
        }
        oc_string_free(&text);
    }
    oc_svmlight_free(&rows);
    oc_svmlight_free(&again);
    return 0;
}
