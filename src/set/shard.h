/* Stores in stages.safetensors which part of a list of images a set holds. */
#ifndef OC_SET_SHARD_H
#define OC_SET_SHARD_H

#include "src/dataset/dataset.h"
#include "src/matrix/safetensors.h"

/* For a whole set nothing is stored, and a count of 0 is loaded. OC_BAD_FILE when the text does not describe a
 * shard. */
oc_status oc_shard_store(oc_archive *archive, const oc_shard *shard, oc_error *err);
oc_status oc_shard_load(const oc_archive *archive, oc_shard *shard, oc_error *err);

#endif
