/* Ocellus: classic image features and one linear classifier. This header brings in all the others.
 *
 * Versions: until 1.0 a release with another minor number may change functions and structs, which may also grow. A
 * program must then be compiled again; the name of the shared library, libocellus.so.MAJOR.MINOR, ensures that. A
 * release with another patch number changes neither.
 *
 * Arguments, in this order: the object, inputs, options, the job, outputs, and last the error (error.h).
 *
 * Options: a struct oc_X_options begins with the value of oc_X_defaults(); then the program changes fields.
 *
 * Memory: oc_X_free frees an object that the library created, with all that it holds, and accepts NULL. oc_X_clear
 * frees what the library put into a struct that the program owns, and leaves it empty. Objects and outputs need no
 * value before the call that makes them, but a pointer that is freed in any case must begin as NULL. A pointer that a
 * function returns, or that an output holds, belongs to the object that it came from.
 *
 * Threads: any number of threads may read the same object. A job, decoder, workspace, predictor, batch or answer file
 * belongs to one thread at a time. Each header says what else holds for its functions.
 *
 * Environment: OCELLUS_KERNELS (plain, avx2 or avx512) selects the inner loops of a lower processor family than the
 * processor has, for tests. It is read once, at the first call that needs it. Rows of different families agree to about
 * 1e-5, except those of a learned codebook. */
#ifndef OCELLUS_H
#define OCELLUS_H

#include <ocellus/binding.h>
#include <ocellus/classifier.h>
#include <ocellus/dataset.h>
#include <ocellus/error.h>
#include <ocellus/evaluate.h>
#include <ocellus/features.h>
#include <ocellus/image.h>
#include <ocellus/job.h>
#include <ocellus/model.h>
#include <ocellus/param.h>
#include <ocellus/rows.h>
#include <ocellus/set.h>
#include <ocellus/show.h>

#ifdef __cplusplus
extern "C" {
#endif

/* The version that a program is compiled with. */
#define OCELLUS_VERSION_MAJOR 0
#define OCELLUS_VERSION_MINOR 1
#define OCELLUS_VERSION_PATCH 0
/* For comparisons: #if OCELLUS_VERSION_NUMBER >= 100 (0.1.0), 10203 (1.2.3) */
#define OCELLUS_VERSION_NUMBER (OCELLUS_VERSION_MAJOR * 10000 + OCELLUS_VERSION_MINOR * 100 + OCELLUS_VERSION_PATCH)

/* The version of the library that the program runs with, "major.minor.patch". */
OC_API const char *oc_version(void);

#ifdef __cplusplus
}
#endif
#endif
