/* Digests: sum = (sum XOR byte) * prime, for each byte. */
#include "src/base/digest.h"

#include <string.h>

uint64_t oc_digest(uint64_t sum, const void *bytes, size_t size)
{
    const unsigned char *at = bytes;
    for (size_t i = 0; i < size; i++) {
        sum = (sum ^ at[i]) * UINT64_C(0x100000001b3);
    }
    return sum;
}

uint64_t oc_digest_text(uint64_t sum, const char *text)
{
    return oc_digest(sum, text, strlen(text) + 1);
}
