/* Memory: every allocation of the library goes through these functions, which check the product of count
 * and size, so that a test can make any of them fail. */
#ifndef OC_BASE_MEMORY_H
#define OC_BASE_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

/* count * size bytes, zeroed, aligned to 64 bytes (a cache line, an AVX-512 register). NULL when the product
 * overflows or memory is short. A count or size of 0 gives a valid pointer. Free with oc_free. */
void *oc_alloc(size_t count, size_t size);

/* Like realloc, for arrays that grow: the old contents are kept, nothing is zeroed, no special alignment.
 * On failure NULL, and the old array stays. */
void *oc_realloc(void *array, size_t count, size_t size);

/* Room for one more element in an array of `count` that grows by half: the array, moved or not, or NULL when memory is
 * short; the old array then stays. */
void *oc_grow(void *array, size_t count, size_t *capacity, size_t size);

/* A copy of the string, or NULL. */
char *oc_strdup(const char *text);

void oc_free(void *memory);

/* a * b and a + b, false when they do not fit. */
bool oc_multiply(size_t a, size_t b, size_t *product);
bool oc_add(size_t a, size_t b, size_t *sum);

/* Test hook: the n-th allocation from now fails (1 is the next), and every later one too; 0 switches off. */
void oc_memory_fail_after(size_t n);

/* An arena: scratch memory that a thread takes afresh for every image and that stops growing after the
 * first. Pointers stay valid until oc_arena_reset. Zero-initialise it. */
typedef struct oc_arena {
    unsigned char *block; /* the current block */
    size_t size, used;
    size_t needed; /* bytes taken since the last reset */
} oc_arena;

/* count * size bytes, aligned to 64, not zeroed; NULL when memory is short. A count or size of 0 gives a
 * valid pointer. */
void *oc_arena_take(oc_arena *arena, size_t count, size_t size);
/* Forget all that was taken; memory is kept, as one block that is large enough for what the last round took. */
void oc_arena_reset(oc_arena *arena);
void oc_arena_free(oc_arena *arena);

#endif
