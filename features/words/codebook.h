/* The learned state of the stage words: a whitening and the words. */
#ifndef OC_FEATURES_WORDS_CODEBOOK_H
#define OC_FEATURES_WORDS_CODEBOOK_H

#include "features/words/layout.h"

/* The arrays up to `spread` are stored, the others are computed from them. */
typedef struct oc_words {
    size_t depth;            /* D: values of a descriptor */
    size_t directions, even; /* r: values after whitening; the first `even` stay when the image is mirrored */
    size_t count;            /* K */
    float *mean;             /* (D) */
    float *transform;        /* T (r,D) */
    float *parity;           /* (r): 1 even, -1 odd */
    float *words;            /* (K,r) */
    float *spread;           /* (K,r), for encode=fisher: standard deviation from a word of what is nearest to it */

    float *transform_panels, *transform_bias; /* T, -T mean */
    float *even_panels, *odd_panels;          /* -2 words, the even and the odd values apart */
    float *word_bias;                         /* |word|^2 */
    float *no_bias;                           /* zeros, one panel */
} oc_words;

/* Makes the other arrays from the stored ones. OC_NO_MEMORY. */
oc_status oc_words_prepare(oc_words *words, bool mirror, oc_error *err);
void oc_words_free(oc_words *words);

/* The stored arrays as tensors, and back: checks names, shapes and values, copies, prepares. words is all zeros on
 * failure. OC_BAD_FILE, OC_NO_MEMORY. */
size_t oc_words_save(const oc_words *words, oc_tensor *tensors);
oc_status oc_words_load(const oc_words_params *params, const oc_tensor *tensors, size_t count, oc_words *words,
                        oc_error *err);

#endif
