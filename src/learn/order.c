/* With W windows, chunks g W .. g W + W - 1 make group g; group by group, a random permutation says which window gets
 * which chunk. */
#include "src/learn/order.h"

#include "src/base/memory.h"
#include "src/base/random.h"

#include <string.h>

bool oc_order_init(oc_order *order, size_t count, size_t row_bytes)
{
    size_t room = OC_ORDER_WINDOW / row_bytes, chunk = OC_ORDER_CHUNK / row_bytes;
    room = room ? room : 1;
    *order = (oc_order){.count = count, .windows = (count + room - 1) / room, .chunk = chunk ? chunk : 1};
    order->row = oc_alloc(count, sizeof *order->row);
    order->deal = oc_alloc(order->windows, sizeof *order->deal);
    order->end = oc_alloc(order->windows, sizeof *order->end);
    return order->row && order->deal && order->end;
}

void oc_order_free(oc_order *order)
{
    oc_free(order->row);
    oc_free(order->deal);
    oc_free(order->end);
    *order = (oc_order){0};
}

static void shuffle_numbers(oc_random *random, uint32_t *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        numbers[i] = (uint32_t)i;
    }
    oc_random_shuffle(random, numbers, count);
}

/* Calls visit for each chunk with the window that gets it. */
static void deal_chunks(oc_order *o, oc_random random,
                        void (*visit)(oc_order *o, size_t first, size_t end, size_t window))
{
    for (size_t first = 0, turn = 0; first < o->count; first += o->chunk, turn = (turn + 1) % o->windows) {
        if (turn == 0) {
            shuffle_numbers(&random, o->deal, o->windows);
        }
        visit(o, first, o->count - first < o->chunk ? o->count : first + o->chunk, o->deal[turn]);
    }
}

static void count_chunk(oc_order *o, size_t first, size_t end, size_t window)
{
    o->end[window] += end - first;
}

static void put_chunk(oc_order *o, size_t first, size_t end, size_t window)
{
    for (size_t i = first; i < end; i++) {
        o->row[o->end[window]++] = (uint32_t)i;
    }
}

void oc_order_epoch(oc_order *o, uint64_t seed, uint64_t epoch)
{
    oc_random random = oc_random_stream(seed, 0x65706f6368, epoch);
    if (o->windows <= 1) {
        shuffle_numbers(&random, o->row, o->count);
        return;
    }
    oc_random dealing = oc_random_stream(seed, 0x6465616c, epoch);
    memset(o->end, 0, o->windows * sizeof *o->end);
    deal_chunks(o, dealing, count_chunk);
    for (size_t w = 0, sum = 0; w < o->windows; w++) { /* from sizes to where each window begins */
        size_t size = o->end[w];
        o->end[w] = sum;
        sum += size;
    }
    deal_chunks(o, dealing, put_chunk);
    for (size_t w = 0, first = 0; w < o->windows; first = o->end[w++]) {
        oc_random_shuffle(&random, o->row + first, o->end[w] - first);
    }
}
