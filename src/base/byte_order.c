/* Reverses the bytes of numbers where the processor is big-endian. */
#include "src/base/byte_order.h"

#include <string.h>

enum { BLOCK = 4096 };

bool oc_bytes_reversed(void)
{
    return __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__;
}

void oc_order_bytes(void *numbers, size_t count, size_t width)
{
    unsigned char *at = numbers;
    for (size_t i = 0; oc_bytes_reversed() && i < count; i++, at += width) {
        for (size_t b = 0; b < width / 2; b++) {
            unsigned char byte = at[b];
            at[b] = at[width - 1 - b];
            at[width - 1 - b] = byte;
        }
    }
}

bool oc_write_numbers(const void *numbers, size_t count, size_t width, FILE *file)
{
    if (!oc_bytes_reversed()) {
        return fwrite(numbers, width, count, file) == count;
    }
    unsigned char block[BLOCK];
    const unsigned char *at = numbers;
    for (size_t n; count > 0; count -= n, at += n * width) {
        n = count < BLOCK / width ? count : BLOCK / width;
        memcpy(block, at, n * width);
        oc_order_bytes(block, n, width);
        if (fwrite(block, width, n, file) != n) {
            return false;
        }
    }
    return true;
}
