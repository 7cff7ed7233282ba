/* XXH3 from its own header, compiled for each processor family; all give the same hash. */
#include "src/base/dispatch.h"
#include "src/image/pixel_hash.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

static oc_pixel_hash hash(const uint8_t *pixels, size_t size, uint64_t seed)
{
    XXH128_hash_t sum = XXH3_128bits_withSeed(pixels, size, seed);
    return (oc_pixel_hash){sum.low64, sum.high64};
}

const oc_hash_kernels OC_KERNELS(oc_hash_kernels) = {hash};
