/* With W windows, group g consists of the chunks g W .. g W + W - 1. A random permutation assigns the chunks of each
 * group to the windows. */
#include "src/learn/shuffle.h"

#include "src/base/memory.h"
#include "src/base/random.h"

#include <string.h>

bool oc_shuffle_init(oc_shuffle *shuffle, size_t count, size_t row_bytes)
{
    size_t room = OC_SHUFFLE_WINDOW / row_bytes, chunk = OC_SHUFFLE_CHUNK / row_bytes;
    room = room ? room : 1;
    *shuffle = (oc_shuffle){.count = count, .windows = (count + room - 1) / room, .chunk = chunk ? chunk : 1};
    shuffle->row = oc_alloc(count, sizeof *shuffle->row);
    shuffle->permutation = oc_alloc(shuffle->windows, sizeof *shuffle->permutation);
    shuffle->end = oc_alloc(shuffle->windows, sizeof *shuffle->end);
    return shuffle->row && shuffle->permutation && shuffle->end;
}

void oc_shuffle_free(oc_shuffle *shuffle)
{
    oc_free(shuffle->row);
    oc_free(shuffle->permutation);
    oc_free(shuffle->end);
    *shuffle = (oc_shuffle){0};
}

static void shuffle_numbers(oc_random *random, uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint32_t)i;
    }
    oc_random_shuffle(random, numbers, count);
}

/* Calls visit for each chunk and the window it is assigned to. */
static void assign_chunks(oc_shuffle *s, oc_random random,
                          void (*visit)(oc_shuffle *s, size_t first, size_t end, size_t window))
{
    for (size_t first = 0, turn = 0; first < s->count; first += s->chunk, turn = (turn + 1) % s->windows) {
        if (turn == 0) {
            shuffle_numbers(&random, s->permutation, s->windows);
        }
        visit(s, first, s->count - first < s->chunk ? s->count : first + s->chunk, s->permutation[turn]);
    }
}

static void count_chunk(oc_shuffle *s, size_t first, size_t end, size_t window)
{
    s->end[window] += end - first;
}

static void store_chunk(oc_shuffle *s, size_t first, size_t end, size_t window)
{
    for (size_t i = first; i < end; i++) {
        s->row[s->end[window]++] = (uint32_t)i;
    }
}

void oc_shuffle_epoch(oc_shuffle *s, uint64_t seed, uint64_t epoch)
{
    oc_random random = oc_random_stream(seed, 0x65706f6368, epoch);
    if (s->windows <= 1) {
        shuffle_numbers(&random, s->row, s->count);
        return;
    }
    oc_random assignment = oc_random_stream(seed, 0x6465616c, epoch);
    memset(s->end, 0, s->windows * sizeof *s->end);
    assign_chunks(s, assignment, count_chunk);
    for (size_t w = 0, sum = 0; w < s->windows; w++) { /* end: from the size of each window to its first index */
        size_t size = s->end[w];
        s->end[w] = sum;
        sum += size;
    }
    assign_chunks(s, assignment, store_chunk);
    for (size_t w = 0, first = 0; w < s->windows; first = s->end[w++]) {
        oc_random_shuffle(&random, s->row + first, s->end[w] - first);
    }
}
