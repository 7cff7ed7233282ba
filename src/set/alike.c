/* Comparing the stages of sets. */
#include "src/set/alike.h"

#include "src/base/fail.h"
#include "src/pipeline/store.h"
#include "src/set/set.h"

oc_status oc_sets_check_alike(const oc_set *a, const char *name, const oc_set *b, const char *other_name, oc_error *err)
{
    oc_error reason;
    oc_status status = oc_compare_features(a->features, b->features, &reason);
    if (status == OC_OK && a->image.fit != b->image.fit) {
        status = oc_fail(&reason, OC_USAGE, "`fit` differs");
    }
    if (status == OC_OK && a->image.depth != b->image.depth) {
        status = oc_fail(&reason, OC_USAGE, "`depth` differs");
    }
    return status == OC_OK ? OC_OK
                           : oc_fail(err, OC_BAD_DATA, "%.250s and %.250s were not extracted alike: %.400s", name,
                                     other_name, reason.message);
}
