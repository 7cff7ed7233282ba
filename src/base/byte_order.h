/* Numbers in files are little-endian. On a little-endian processor these functions change nothing and cost no time; on
 * a big-endian processor (s390x) they reverse the bytes of each number. */
#ifndef OC_BASE_BYTE_ORDER_H
#define OC_BASE_BYTE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* True on a big-endian processor. */
bool oc_bytes_reversed(void);
/* Converts `count` numbers of `width` bytes between the byte orders of files and of memory, in place. */
void oc_order_bytes(void *numbers, size_t count, size_t width);
/* Writes numbers in the byte order of files. Returns false when fwrite fails. */
bool oc_write_numbers(const void *numbers, size_t count, size_t width, FILE *file);

#endif
