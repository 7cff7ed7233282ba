/* jansson's allocations go through src/base/memory.h, so that a test can make them fail; and it is remembered when one
 * does, because jansson itself passes over some (of a key that json_dumps writes, of a character that it reads): what
 * it made is then not what was meant. */
#ifndef OC_BASE_JSON_MEMORY_H
#define OC_BASE_JSON_MEMORY_H

#include <stdbool.h>

/* True when an allocation of jansson failed in this thread since the last call. */
bool oc_json_short(void);

#endif
