/* jansson's allocations go through src/base/memory.h, so that a test can make them fail; and it is remembered when one
 * does, because jansson itself passes over some (of a key that json_dumps writes): what it made is then not what was
 * meant. */
#ifndef OC_BASE_JSON_MEMORY_H
#define OC_BASE_JSON_MEMORY_H

#include <stdbool.h>
#include <stddef.h>

struct json_t; /* jansson's */
enum { OC_JSON_REASON = 160 };

/* json_loadb that rejects duplicate keys. It ends at the first allocation that fails, and leaves nothing behind:
 * jansson 2.14 would go on without a character that it had no room for, write past the end of a string, or stop the
 * program by an assertion. NULL, and the reason, for text that is no JSON. */
struct json_t *oc_json_load(const char *text, size_t size, char reason[OC_JSON_REASON]);

/* True when an allocation of jansson failed in this thread since the last call. */
bool oc_json_short(void);
/* Makes the next oc_json_short return true: memory was short for a text that was to become JSON. */
void oc_json_note_short(void);

#endif
