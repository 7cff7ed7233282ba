/* Choice of kernels by processor family at run time.
 *
 * A file named *_kernels.c is compiled once for each family of the architecture, with OC_ISA set to the name of the
 * family. It defines static functions and one constant table named OC_KERNELS(module). OC_KERNEL_GETTER collects the
 * tables and picks one with oc_isa_index(). NEON is part of the base instruction set of 64-bit Arm, so the plain build
 * uses it. */
#ifndef OC_BASE_DISPATCH_H
#define OC_BASE_DISPATCH_H

#include <stddef.h>

#define OC_PASTE_(a, b) a##_##b
#define OC_PASTE(a, b) OC_PASTE_(a, b)
#define OC_KERNELS(module) OC_PASTE(module, OC_ISA)

#if defined(__x86_64__)
#define OC_KERNEL_TABLES(module)                                                                                       \
    {                                                                                                                  \
        &module##_plain, &module##_avx2, &module##_avx512                                                              \
    }
#define OC_DECLARE_KERNELS(type, module) extern const type module##_plain, module##_avx2, module##_avx512
#else
#define OC_KERNEL_TABLES(module)                                                                                       \
    {                                                                                                                  \
        &module##_plain                                                                                                \
    }
#define OC_DECLARE_KERNELS(type, module) extern const type module##_plain
#endif

/* Defines the function `getter`, which returns the table of the best family; `linkage` is extern or static. */
#define OC_KERNEL_GETTER(linkage, type, getter)                                                                        \
    OC_DECLARE_KERNELS(type, type);                                                                                    \
    linkage const type *getter(void)                                                                                   \
    {                                                                                                                  \
        return ((const type *const[])OC_KERNEL_TABLES(type))[oc_isa_index()];                                          \
    }

/* Index into an OC_KERNEL_TABLES array: the best family that this processor supports. The environment variable
 * OCELLUS_KERNELS (plain, avx2, avx512) selects a lower family, for tests and benchmarks; it is read once.
 * Thread-safe. */
size_t oc_isa_index(void);

/* "plain", "avx2" or "avx512". */
const char *oc_isa_name(size_t index);

#endif
