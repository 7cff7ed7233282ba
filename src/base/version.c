/* The version, from the Makefile. */
#include <ocellus/ocellus.h>

const char *oc_version(void)
{
    return OC_VERSION;
}
