/* Class folders of small striped pictures, and sets and models of them, in the folder of dataset_files.h. */
#ifndef TESTS_MODEL_SUPPORT_H
#define TESTS_MODEL_SUPPORT_H

#include "tests/unit/dataset/files.h"

#include <ocellus/ocellus.h>

/* Writes name/across, name/down and name/slope, `each` pictures of width x height in each: stripes and slopes with
 * noise, no two equal. */
void put_stripes(const char *name, size_t each, size_t width, size_t height, uint64_t seed);

oc_extract_options extract_defaults(void);
oc_job *job_of(size_t threads);
/* Extracts and fails the test when that fails; folder NULL for memory. */
oc_set *extracted(const char *images, const char *spec, const char *folder, const oc_extract_options *options,
                  oc_job *job);
/* The status of an extraction that must fail; the message is in `refusal`. */
oc_status extraction_refused(const char *images, const char *spec, const char *folder,
                             const oc_extract_options *options);
/* Trains with few epochs and seed 0. */
oc_model *model_of(const oc_set *set, int loss, oc_job *job);
/* The bytes of a file, ended by a NUL; freed with free. */
char *contents(const char *path, size_t *size);
void expect_same_file(const char *a, const char *b);
/* The step through the bytes of a file that is damaged at each of them: `step`, or 1 with LONG in the environment. */
size_t sampled(size_t step);

#endif
