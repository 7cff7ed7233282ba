/* Which kernels this processor can run. */
#include "src/base/dispatch.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static const char *const names[] = {"plain", "avx2", "avx512"};

const char *oc_isa_name(size_t index)
{
    return index < sizeof names / sizeof *names ? names[index] : "unknown";
}

static size_t supported(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) {
        return 0;
    }
    if (!__builtin_cpu_supports("avx512f") || !__builtin_cpu_supports("avx512bw") ||
        !__builtin_cpu_supports("avx512dq") || !__builtin_cpu_supports("avx512vl")) {
        return 1;
    }
    return 2;
#else
    return 0;
#endif
}

size_t oc_isa_index(void)
{
    static atomic_size_t chosen; /* index + 1; 0 before the first call */
    size_t known = atomic_load(&chosen);
    if (known) {
        return known - 1;
    }
    size_t best = supported();
    const char *wanted = getenv("OCELLUS_KERNELS");
    for (size_t i = 0; wanted && i < best; i++) {
        if (strcmp(wanted, names[i]) == 0) {
            best = i;
        }
    }
    atomic_store(&chosen, best + 1);
    return best;
}
