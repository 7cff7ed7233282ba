/* Codes of residuals: not which words occur, but how descriptors differ from their words (vector of locally aggregated
 * descriptors, VLAD).
 *
 * For each region, word w_k and whitened direction d the row holds
 *
 *     v_kd = sum over the descriptors y that are nearest to w_k of (y_d - w_kd)
 *
 * and v_k is then divided by its length and by the root of the number of words that have descriptors, so that the
 * values of a region have length 1 and a word counts the same however often it occurs.
 *
 * Source: Jegou, Douze, Schmid and Perez (2010); a length of 1 for each word: Arandjelovic and Zisserman (2013). */
#ifndef OC_FEATURES_WORDS_VLAD_H
#define OC_FEATURES_WORDS_VLAD_H

#include "features/words/codebook.h"

/* Sums of residuals; the memory is from an arena. */
typedef struct oc_vlad {
    const oc_words *words;
    size_t values; /* D: values of a word; directions that the whitening did not keep are 0 */
    float *sums;   /* (cells, K, D) */
} oc_vlad;

/* Sums of 0 for so many cells. False when memory is short. */
bool oc_vlad_create(oc_vlad *vlad, const oc_words *words, size_t values, size_t cells, oc_arena *arena);
/* Adds the whitened descriptor y (r), or its mirror image, to the sums of its nearest word. */
void oc_vlad_add(const oc_vlad *vlad, size_t cell, size_t word, const float *y, bool mirrored);
/* The row, region by region: (regions, K, D). */
void oc_vlad_write(const oc_vlad *vlad, const oc_levels *grid, float *row);

#endif
