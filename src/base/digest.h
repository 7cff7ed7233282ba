/* Digests of texts and bytes by the hash of Fowler, Noll and Vo (FNV-1a, 64 bits): they find mistakes, not malice. */
#ifndef OC_BASE_DIGEST_H
#define OC_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* The digest of nothing, with which each digest starts. */
#define OC_DIGEST_START UINT64_C(0xcbf29ce484222325)

/* The digest of what `sum` is the digest of, followed by these bytes. */
uint64_t oc_digest(uint64_t sum, const void *bytes, size_t size);
/* The same for a text and the NUL at its end, which separates it from the next one. */
uint64_t oc_digest_text(uint64_t sum, const char *text);

#endif
