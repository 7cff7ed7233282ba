/* The text of a shard: "1/3 of 1000 images, list 0123456789abcdef". */
#include "src/set/shard.h"

#include "src/base/fail.h"

#include <inttypes.h>
#include <stdio.h>

oc_status oc_shard_store(oc_archive *archive, const oc_shard *shard, oc_error *err)
{
    char text[100];
    if (shard->count == 0) {
        return OC_OK;
    }
    snprintf(text, sizeof text, "%zu/%zu of %zu images, list %016" PRIx64, shard->index, shard->count, shard->items,
             shard->digest);
    return oc_archive_set(archive, "shard", text, err);
}

oc_status oc_shard_load(const oc_archive *archive, oc_shard *shard, oc_error *err)
{
    const char *text = oc_archive_get(archive, "shard");
    oc_shard found = {0};
    if (text && (sscanf(text, "%zu/%zu of %zu images, list %" SCNx64, &found.index, &found.count, &found.items,
                        &found.digest) != 4 ||
                 found.index < 1 || found.index > found.count || found.count > OC_MAX_SHARDS)) {
        return oc_fail(err, OC_BAD_FILE, "'%.100s' does not describe a shard", text);
    }
    *shard = found;
    return OC_OK;
}
