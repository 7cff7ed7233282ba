/* Numbers in files are little-endian. On a little-endian processor they lie there as in memory, and nothing here costs
 * time; on a big-endian one (s390x) their bytes are reversed. */
#ifndef OC_BASE_BYTE_ORDER_H
#define OC_BASE_BYTE_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* False where files hold numbers as memory does. */
bool oc_bytes_reversed(void);
/* Turns `count` numbers of `width` bytes from the order of files to that of memory, or back, in place. */
void oc_order_bytes(void *numbers, size_t count, size_t width);
/* fwrite of numbers in the order of files. Returns false when not all were written. */
bool oc_write_numbers(const void *numbers, size_t count, size_t width, FILE *file);

#endif
