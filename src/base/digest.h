/* Digests by the hash of Fowler, Noll and Vo (FNV-1a, 64 bits). They find accidental changes; they do not protect
 * against an attacker. */
#ifndef OC_BASE_DIGEST_H
#define OC_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* The digest of no bytes: every digest starts with it. */
#define OC_DIGEST_START UINT64_C(0xcbf29ce484222325)

/* The digest of a sequence whose digest is `sum`, followed by these bytes. */
uint64_t oc_digest(uint64_t sum, const void *bytes, size_t size);
/* The same for a string and its final NUL, which separates it from the next string. */
uint64_t oc_digest_text(uint64_t sum, const char *text);

#endif
