/* Aligned, checked allocation and arenas. */
#include "src/base/memory.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

static atomic_size_t fail_countdown; /* 0: off; 1: fail now and from now on */

void oc_memory_fail_after(size_t n)
{
    atomic_store(&fail_countdown, n);
}

static bool must_fail(void)
{
    size_t left = atomic_load_explicit(&fail_countdown, memory_order_relaxed);
    while (left > 1) {
        if (atomic_compare_exchange_weak(&fail_countdown, &left, left - 1)) {
            return false;
        }
    }
    return left == 1;
}

bool oc_multiply(size_t a, size_t b, size_t *product)
{
    return !__builtin_mul_overflow(a, b, product);
}

bool oc_add(size_t a, size_t b, size_t *sum)
{
    return !__builtin_add_overflow(a, b, sum);
}

void *oc_alloc(size_t count, size_t size)
{
    size_t bytes;
    if (must_fail() || !oc_multiply(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    void *memory = aligned_alloc(ALIGNMENT, bytes);
    return memory ? memset(memory, 0, bytes) : NULL;
}

void *oc_realloc(void *array, size_t count, size_t size)
{
    size_t bytes;
    if (must_fail() || !oc_multiply(count, size, &bytes) || bytes > SIZE_MAX / 2) {
        return NULL;
    }
    return realloc(array, bytes ? bytes : 1);
}

void *oc_grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity) {
        return array;
    }
    size_t wanted = *capacity + *capacity / 2 + 16;
    void *grown = oc_realloc(array, wanted, size);
    *capacity = grown ? wanted : *capacity;
    return grown;
}

char *oc_strdup(const char *text)
{
    size_t length = strlen(text) + 1;
    char *copy = oc_realloc(NULL, length, 1);
    return copy ? memcpy(copy, text, length) : NULL;
}

void oc_free(void *memory)
{
    free(memory);
}

/* Each outgrown block begins with the pointer to the one before it. */
typedef union header {
    void *older;
    unsigned char padding[ALIGNMENT];
} header;

void *oc_arena_take(oc_arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (!oc_multiply(count, size, &bytes) || bytes > SIZE_MAX / 4 || arena->needed > SIZE_MAX / 4) {
        return NULL;
    }
    bytes = bytes ? (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
    if (bytes > arena->size - arena->used) {
        size_t grown = bytes > 2 * arena->size ? bytes : 2 * arena->size;
        header *block = oc_alloc(1, sizeof(header) + grown);
        if (!block) {
            return NULL;
        }
        if (arena->block) {
            block->older = arena->block - sizeof(header);
        }
        arena->block = (unsigned char *)block + sizeof(header);
        arena->size = grown;
        arena->used = 0;
    }
    void *taken = arena->block + arena->used;
    arena->used += bytes;
    arena->needed += bytes;
    return taken;
}

static void free_older(oc_arena *arena)
{
    header *block = (header *)(void *)(arena->block - sizeof(header));
    header *older = block->older;
    block->older = NULL;
    while (older) {
        header *next = older->older;
        oc_free(older);
        older = next;
    }
}

void oc_arena_reset(oc_arena *arena)
{
    if (arena->block) {
        free_older(arena);
    }
    if (arena->needed > arena->size) {
        size_t needed = arena->needed;
        oc_arena_free(arena);
        (void)oc_arena_take(arena, needed, 1); /* when it fails, the next take tries again */
    }
    arena->used = 0;
    arena->needed = 0;
}

void oc_arena_free(oc_arena *arena)
{
    if (arena->block) {
        free_older(arena);
        oc_free(arena->block - sizeof(header));
    }
    *arena = (oc_arena){0};
}
