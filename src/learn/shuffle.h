/* Shuffles rows for one epoch without random access to a file that is larger than memory.
 *
 * Rows of up to OC_SHUFFLE_WINDOW bytes in total are shuffled together. More rows are cut into chunks of consecutive
 * rows of about OC_SHUFFLE_CHUNK bytes. Chunks are assigned to windows at random: each window gets one chunk of every
 * W consecutive chunks, with W windows. Then the rows of each window are shuffled. So the file is read in pieces of a
 * chunk (if its chunks are requested with oc_rows_read_ahead), at most about one window is in memory, and every
 * window draws evenly from all parts of the file, which is often sorted by class. The order depends on shapes, seed
 * and epoch alone, not on the machine or on where the rows are. */
#ifndef OC_LEARN_SHUFFLE_H
#define OC_LEARN_SHUFFLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { OC_SHUFFLE_WINDOW = 256 << 20, OC_SHUFFLE_CHUNK = 128 << 10 };

typedef struct oc_shuffle {
    size_t count;
    uint32_t *row;         /* (count): the order of the epoch */
    size_t windows;        /* 1: all rows are shuffled together */
    size_t chunk;          /* rows */
    uint32_t *permutation; /* (windows): of the chunks of one group */
    size_t *end;           /* (windows): index in `row` after the last row of each window */
} oc_shuffle;

/* False when memory is short; call oc_shuffle_free in any case. */
bool oc_shuffle_init(oc_shuffle *shuffle, size_t count, size_t row_bytes);
void oc_shuffle_free(oc_shuffle *shuffle);

/* Makes shuffle->row a permutation of 0..count-1. */
void oc_shuffle_epoch(oc_shuffle *shuffle, uint64_t seed, uint64_t epoch);

#endif
