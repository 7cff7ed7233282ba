/* Digests against the published values of FNV-1a (draft-eastlake-fnv, appendix C). */
#include "src/base/digest.h"

#include <criterion/criterion.h>

Test(digest, is_fnv_1a)
{
    cr_assert(oc_digest(OC_DIGEST_START, "", 0) == UINT64_C(0xcbf29ce484222325));
    cr_assert(oc_digest(OC_DIGEST_START, "a", 1) == UINT64_C(0xaf63dc4c8601ec8c));
    cr_assert(oc_digest(OC_DIGEST_START, "foobar", 6) == UINT64_C(0x85944171f73967e8));
    cr_assert(oc_digest(oc_digest(OC_DIGEST_START, "foo", 3), "bar", 3) == UINT64_C(0x85944171f73967e8));
}

Test(digest, of_texts_keeps_them_apart)
{
    uint64_t one = oc_digest_text(oc_digest_text(OC_DIGEST_START, "a"), "bc");
    cr_assert(one != oc_digest_text(oc_digest_text(OC_DIGEST_START, "ab"), "c"));
    cr_assert(oc_digest_text(OC_DIGEST_START, "a") == oc_digest(OC_DIGEST_START, "a", 2));
}
