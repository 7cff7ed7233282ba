/* The order in which an epoch visits the rows: at random, and yet kind to rows in a file that is larger than memory.
 *
 * Rows of up to OC_ORDER_WINDOW bytes in all are shuffled. More are cut into chunks of consecutive rows of about
 * OC_ORDER_CHUNK bytes; one chunk after the other is dealt at random to windows, each of which gets one of every so
 * many consecutive chunks, and the rows of each window are shuffled. So reading comes in pieces of a chunk, no more
 * than about a window is in use at a time, and every window has its share of each part of the file, which is often
 * sorted by class. The order depends on shapes, seed and epoch alone, never on the machine or on where the rows lie. */
#ifndef OC_LEARN_ORDER_H
#define OC_LEARN_ORDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OC_ORDER_WINDOW = 256 << 20, OC_ORDER_CHUNK = 128 << 10 };

typedef struct oc_order {
    size_t count;
    uint32_t *row;  /* (count): the order of the epoch */
    size_t windows; /* 1: all rows are shuffled together */
    size_t chunk;   /* rows */
    uint32_t *deal; /* (windows) scratch */
    size_t *end;    /* (windows): where each window ends in `row` */
} oc_order;

/* False when memory is short. Free in any case. */
bool oc_order_init(oc_order *order, size_t count, size_t row_bytes);
void oc_order_free(oc_order *order);

/* Makes order->row a permutation of 0..count-1. */
void oc_order_epoch(oc_order *order, uint64_t seed, uint64_t epoch);

#endif
