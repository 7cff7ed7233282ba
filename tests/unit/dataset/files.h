/* Small files for the tests of data sets, in a temporary folder of the test's own. */
#ifndef TESTS_DATASET_FILES_H
#define TESTS_DATASET_FILES_H

#include <ocellus/dataset.h>

/* For TestSuite's .init and .fini. */
void make_test_folder(void);
void remove_test_folder(void);

/* The full path of a name in the test's folder; valid for the next 16 calls. */
const char *at(const char *name);
/* Writes a file; folders above it are made. */
void put(const char *name, const void *bytes, size_t size);
void put_text(const char *name, const char *text);
/* Writes a gray PNG of 2 x 2 pixels of this value. */
void put_png(const char *name, uint8_t value);
void put_folder(const char *name);

/* Opens what must open, and what must not: the latter returns the status and leaves the message in `refusal`.
 */
oc_dataset *open_set(const char *path);
oc_status refused(const char *path);
extern oc_error refusal;
/* The gray value of the first pixel of item i as oc_dataset_read gives it. */
int first_gray(const oc_dataset *dataset, size_t i);

#endif
