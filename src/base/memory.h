/* Memory: every allocation of the library is made by these functions. They check the product of count and size, and a
 * test can make any of them fail. Thread-safe, except arenas: an arena belongs to one thread. */
#ifndef OC_BASE_MEMORY_H
#define OC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* Returns count * size bytes, zeroed, aligned to 64 bytes (a cache line, an AVX-512 register); NULL when the product
 * overflows or memory is short. A count or size of 0 gives a valid pointer. The caller frees it with oc_free. */
void *oc_alloc(size_t count, size_t size);

/* Like realloc: keeps the old contents, zeroes nothing, has no special alignment. On failure returns NULL and keeps the
 * old array. */
void *oc_realloc(void *array, size_t count, size_t size);

/* Makes room for one more element in an array of `count`, which grows by half. Returns the array, moved or not; NULL
 * when memory is short, and the old array then stays. */
void *oc_grow(void *array, size_t count, size_t *capacity, size_t size);

/* A copy of the string, to be freed with oc_free; NULL when memory is short. */
char *oc_strdup(const char *text);

void oc_free(void *memory);

/* a * b and a + b; false when the result overflows. */
bool oc_multiply(size_t a, size_t b, size_t *product);
bool oc_add(size_t a, size_t b, size_t *sum);

/* Test hook: the n-th allocation from now on (1 is the next) and every later one fail; 0 switches it off. */
void oc_memory_fail_after(size_t n);

/* An arena: scratch memory that a thread takes anew for every image. It stops growing after the first image. Pointers
 * are valid until oc_arena_reset. Zero-initialise it. */
typedef struct oc_arena {
    unsigned char *block; /* the current block */
    size_t size, used;
    size_t needed; /* bytes taken since the last reset */
} oc_arena;

/* Returns count * size bytes, aligned to 64, not zeroed; NULL when memory is short. A count or size of 0 gives a valid
 * pointer. */
void *oc_arena_take(oc_arena *arena, size_t count, size_t size);
/* Gives back everything that was taken. The memory is kept, as one block that is as large as all that was taken since
 * the last reset. */
void oc_arena_reset(oc_arena *arena);
void oc_arena_free(oc_arena *arena);

#endif
