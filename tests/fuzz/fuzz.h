/* What the fuzz targets share. A target is one file here that defines LLVMFuzzerTestOneInput; libFuzzer drives it
 * (`make fuzz`), or replay.c over the inputs that are kept in inputs.tar.gz (`make replay`). */
#ifndef OC_TESTS_FUZZ_FUZZ_H
#define OC_TESTS_FUZZ_FUZZ_H

#include <ocellus/dataset.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* Ends the program as a crash would when what a target promises does not hold. */
void fuzz_expect(bool holds, const char *promise);

/* A failure has a status and a message, success has none of OC_OK's opposites. Returns true for success. */
bool fuzz_succeeded(oc_status status, const oc_error *err);

/* Takes what was computed from memory that must be readable, so that the reads are made. */
extern volatile unsigned fuzz_read;

/* A folder of this process, in memory where the system has one there; removed at exit. */
const char *fuzz_folder(void);
/* Writes a file in it and gives its path, which is valid until the next call with this name. */
const char *fuzz_file(const char *name, const void *bytes, size_t size);

/* Opens a data set and reads its first images; NULL when it is refused. */
oc_dataset *fuzz_dataset(const char *path);

/* A PNG of 12 x 10 pixels in colour. */
const uint8_t *fuzz_png(size_t *size);

#endif
