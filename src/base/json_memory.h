/* jansson's allocations go through src/base/memory.h, so that a test can make them fail; and it is remembered when one
 * does, because jansson itself passes over some (of a key that json_dumps writes): what it made is then not what was
 * meant. */
#ifndef OC_BASE_JSON_MEMORY_H
#define OC_BASE_JSON_MEMORY_H

#include <jansson.h>
#include <stdbool.h>

/* json_loadb that rejects duplicate keys. It ends at the first allocation that fails, and leaves nothing behind: jansson
 * 2.14 would go on without a character that it had no room for, write past the end of a string, or stop the program by
 * an assertion. */
json_t *oc_json_load(const char *text, size_t size, json_error_t *reason);

/* True when an allocation of jansson failed in this thread since the last call. */
bool oc_json_short(void);

#endif
