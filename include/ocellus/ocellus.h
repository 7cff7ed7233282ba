/* Ocellus: classic image features and one linear classifier. This header brings in all the others. */
#ifndef OCELLUS_H
#define OCELLUS_H

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

/* "major.minor.patch" */
OC_API const char *oc_version(void);

#ifdef __cplusplus
}
#endif
#endif
