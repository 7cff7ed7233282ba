/* Hooks for jansson. Blocks come from realloc and go to free, like jansson's own, so that a program that uses jansson
 * too may free what was made before they were set. One that has set hooks itself keeps them. */
#include "src/base/json_memory.h"

#include "src/base/memory.h"

#include <jansson.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct blocks {
    void **at;
    size_t count, room;
} blocks;

/* A text that is being read: every block that was made for it, and those of them that jansson has done with, which are
 * freed at the end, when it is known of which list. */
typedef struct reading {
    jmp_buf memory_is_short;
    blocks made, done_with;
    bool failed;
} reading;

static _Thread_local reading *current;
static _Thread_local bool is_short;

static bool add(blocks *b, void *block)
{
    if (b->count == b->room) {
        size_t room = b->room ? 2 * b->room : 64;
        void **grown = oc_realloc(b->at, room, sizeof *grown);
        if (!grown) {
            return false;
        }
        b->at = grown;
        b->room = room;
    }
    b->at[b->count++] = block;
    return true;
}

static void escape(reading *r)
{
    r->failed = true;
    longjmp(r->memory_is_short, 1);
}

static void *allocate(size_t size)
{
    void *memory = oc_realloc(NULL, size, 1);
    if (current && (!memory || !add(&current->made, memory))) {
        oc_free(memory);
        escape(current);
    }
    is_short = is_short || !memory;
    return memory;
}

static void release(void *memory)
{
    if (!current || !memory) {
        oc_free(memory);
    } else if (!add(&current->done_with, memory)) {
        escape(current);
    }
}

static void __attribute__((constructor)) set_hooks(void)
{
    json_malloc_t allocator;
    json_free_t deallocator;
    json_get_alloc_funcs(&allocator, &deallocator);
    if (allocator == malloc && deallocator == free) {
        json_set_alloc_funcs(allocate, release);
    }
}

static json_t *load(reading *r, const char *text, size_t size, json_error_t *reason)
{
    return setjmp(r->memory_is_short) ? NULL : json_loadb(text, size, JSON_REJECT_DUPLICATES, reason);
}

struct json_t *oc_json_load(const char *text, size_t size, char reason[OC_JSON_REASON])
{
    reading r = {0};
    json_error_t error = {.text = ""};
    current = &r;
    json_t *json = load(&r, text, size, &error);
    current = NULL;
    snprintf(reason, OC_JSON_REASON, "%s", error.text);
    blocks *gone = r.failed ? &r.made : &r.done_with;
    for (size_t i = 0; i < gone->count; i++) {
        oc_free(gone->at[i]);
    }
    oc_free(r.made.at);
    oc_free(r.done_with.at);
    is_short = is_short || r.failed;
    return json;
}

bool oc_json_short(void)
{
    bool was = is_short;
    is_short = false;
    return was;
}

void oc_json_note_short(void)
{
    is_short = true;
}
