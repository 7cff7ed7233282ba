/* Ocellus: classic image features and one linear classifier. This header brings in all the others.
 *
 * Versions: until 1.0 a release with another minor number may change functions and structs. Structs may grow: a program
 * is compiled again for it, and the name of the shared library, libocellus.so.MAJOR.MINOR, makes sure of that. A release
 * with another patch number alone changes neither.
 *
 * Options: a struct of zeros has the defaults, but for oc_train_options and for what holds one (oc_compare_options):
 * these begin with oc_train_defaults, and zeros are refused. Objects and outputs need no value before the call that makes
 * them, but a pointer that is freed in any case begins as NULL.
 *
 * Threads: objects that are only read may be shared by any number of threads; an oc_job, and what is named decoder,
 * workspace, reader or batch, belongs to one thread at a time. */
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
