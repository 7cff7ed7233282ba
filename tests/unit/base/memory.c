/* Allocation, checked sizes, arenas. */
#include "src/base/memory.h"

#include <criterion/criterion.h>
#include <stdint.h>
#include <string.h>

Test(memory, is_zeroed_and_aligned)
{
    for (size_t size = 0; size < 300; size += 7) {
        unsigned char *memory = oc_alloc(size, 3);
        cr_assert(memory != NULL);
        cr_assert((uintptr_t)memory % 64 == 0);
        for (size_t i = 0; i < 3 * size; i++) {
            cr_assert(memory[i] == 0);
            memory[i] = 0xff;
        }
        oc_free(memory);
    }
    oc_free(NULL);
}

Test(memory, sizes_that_overflow_are_refused)
{
    cr_assert(oc_alloc(SIZE_MAX, 2) == NULL);
    cr_assert(oc_alloc(SIZE_MAX / 2 + 1, 1) == NULL);
    cr_assert(oc_alloc(SIZE_MAX / 16 + 1, SIZE_MAX / 16 + 1) == NULL);
    cr_assert(oc_realloc(NULL, SIZE_MAX, 2) == NULL);
    size_t result = 7;
    cr_assert(oc_multiply(3, 5, &result) && result == 15);
    cr_assert(oc_multiply(SIZE_MAX, 1, &result) && result == SIZE_MAX);
    cr_assert(oc_multiply(SIZE_MAX, 0, &result) && result == 0);
    cr_assert(!oc_multiply(SIZE_MAX, 2, &result));
    cr_assert(!oc_multiply(SIZE_MAX / 16 + 1, SIZE_MAX / 16 + 1, &result));
    cr_assert(oc_add(SIZE_MAX - 1, 1, &result) && result == SIZE_MAX);
    cr_assert(!oc_add(SIZE_MAX, 1, &result));
}

Test(memory, arrays_grow_and_keep_their_contents)
{
    char *array = oc_strdup("abc");
    char *grown = oc_realloc(array, 1000, 4);
    cr_assert(grown && strcmp(grown, "abc") == 0);
    cr_assert(oc_realloc(grown, SIZE_MAX, SIZE_MAX) == NULL);
    cr_assert(strcmp(grown, "abc") == 0); /* the old one stays */
    oc_free(grown);
}

Test(memory, the_chosen_allocation_fails_and_all_later_ones)
{
    oc_memory_fail_after(3);
    void *first = oc_alloc(1, 1), *second = oc_realloc(NULL, 1, 1);
    cr_assert(first && second);
    cr_assert(oc_alloc(1, 1) == NULL && oc_strdup("x") == NULL && oc_realloc(second, 100, 1) == NULL);
    oc_memory_fail_after(0);
    void *third = oc_alloc(1, 1);
    cr_assert(third);
    oc_free(first);
    oc_free(second);
    oc_free(third);
}

Test(arena, pieces_are_aligned_apart_and_stay_valid)
{
    oc_arena arena = {0};
    unsigned char *piece[100];
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 100; i++) {
            piece[i] = oc_arena_take(&arena, i * 13 + 1, 3);
            cr_assert(piece[i] && (uintptr_t)piece[i] % 64 == 0);
            memset(piece[i], (int)i, (i * 13 + 1) * 3);
        }
        for (size_t i = 0; i < 100; i++) {
            for (size_t k = 0; k < (i * 13 + 1) * 3; k++) {
                cr_assert(piece[i][k] == i, "piece %zu was overwritten in round %zu", i, round);
            }
        }
        oc_arena_reset(&arena);
    }
    oc_arena_free(&arena);
    oc_arena_free(&arena);
}

Test(arena, stops_growing_after_the_first_round)
{
    oc_arena arena = {0};
    for (size_t round = 0; round < 2; round++) {
        for (size_t i = 0; i < 50; i++) {
            cr_assert(oc_arena_take(&arena, 1000 + i, 1));
        }
        oc_arena_reset(&arena);
    }
    oc_memory_fail_after(1);
    for (size_t round = 0; round < 3; round++) {
        for (size_t i = 0; i < 50; i++) {
            cr_assert(oc_arena_take(&arena, 1000 + i, 1), "piece %zu of round %zu asked for memory", i, round);
        }
        oc_arena_reset(&arena);
    }
    oc_memory_fail_after(0);
    oc_arena_free(&arena);
}

Test(arena, nothing_at_all_is_a_valid_piece)
{
    oc_arena arena = {0};
    cr_assert(oc_arena_take(&arena, 0, 4) != NULL);
    cr_assert(oc_arena_take(&arena, 5, 4) != NULL);
    cr_assert(oc_arena_take(&arena, 0, 4) != NULL);
    oc_arena_free(&arena);
}

Test(arena, refuses_what_overflows_and_goes_on)
{
    oc_arena arena = {0};
    cr_assert(oc_arena_take(&arena, SIZE_MAX, 2) == NULL);
    cr_assert(oc_arena_take(&arena, SIZE_MAX / 2, 1) == NULL);
    char *piece = oc_arena_take(&arena, 10, 1);
    cr_assert(piece);
    memset(piece, 'x', 10);
    oc_memory_fail_after(1);
    cr_assert(oc_arena_take(&arena, 1 << 20, 1) == NULL);
    oc_memory_fail_after(0);
    cr_assert(piece[0] == 'x' && piece[9] == 'x');
    cr_assert(oc_arena_take(&arena, 1 << 20, 1) != NULL);
    cr_assert(piece[0] == 'x' && piece[9] == 'x');
    oc_arena_free(&arena);
}

Test(arena, a_reset_without_memory_recovers)
{
    oc_arena arena = {0};
    for (size_t i = 0; i < 20; i++) {
        cr_assert(oc_arena_take(&arena, 1000, 1));
    }
    oc_memory_fail_after(1);
    oc_arena_reset(&arena);
    oc_memory_fail_after(0);
    cr_assert(oc_arena_take(&arena, 1000, 1));
    oc_arena_free(&arena);
}
