/* Hooks for jansson. Blocks come from realloc and go to free, like jansson's own, so that a program that uses jansson
 * too may free what was made before they were set. One that has set hooks itself keeps them. */
#include "src/base/json_memory.h"

#include "src/base/memory.h"

#include <jansson.h>
#include <stdlib.h>

static _Thread_local bool is_short;

static void *allocate(size_t size)
{
    void *memory = oc_realloc(NULL, size, 1);
    is_short = is_short || !memory;
    return memory;
}

static void __attribute__((constructor)) set_hooks(void)
{
    json_malloc_t allocator;
    json_free_t release;
    json_get_alloc_funcs(&allocator, &release);
    if (allocator == malloc && release == free) {
        json_set_alloc_funcs(allocate, oc_free);
    }
}

bool oc_json_short(void)
{
    bool was = is_short;
    is_short = false;
    return was;
}
