/* Which part of which list a set is, in its stages.safetensors. */
#ifndef OC_SET_SHARD_H
#define OC_SET_SHARD_H

#include "src/dataset/dataset.h"
#include "src/matrix/safetensors.h"

/* Stores nothing for a whole set; loads a count of 0 where nothing is stored. OC_BAD_FILE for what is no shard. */
oc_status oc_shard_store(oc_archive *archive, const oc_shard *shard, oc_error *err);
oc_status oc_shard_load(const oc_archive *archive, oc_shard *shard, oc_error *err);

#endif
