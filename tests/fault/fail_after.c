/* Linked with the command into the test program ocellus-faulty: with OCELLUS_FAIL_AFTER=n in the environment, the n-th
 * allocation through src/base/memory.h fails, and every later one. */
#include "src/base/memory.h"

#include <stdlib.h>

static void __attribute__((constructor)) fail_after(void)
{
    const char *n = getenv("OCELLUS_FAIL_AFTER");
    oc_memory_fail_after(n ? strtoul(n, NULL, 10) : 0);
}
