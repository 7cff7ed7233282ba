/* Codes of means and variances: how the descriptors around each word differ from the word, and how widely they spread
 * (Fisher vector).
 *
 * With the code g_k(y) of descriptor y (soft codes of the nearest words), and the standard deviation s_kd from word w_k
 * in direction d of the descriptors learned from that are nearest to it, each region has
 *
 *     u_kd = sum over y of g_k(y) (y_d - w_kd) / s_kd
 *     v_kd = sum over y of g_k(y) ((y_d - w_kd)^2 / s_kd^2 - 1) / sqrt(2)
 *
 * Each value becomes its root with its sign. The values of a word are then divided by their length and by the root of
 * the number of words that have descriptors, as those of encode=vlad are (vlad.h).
 *
 * Source: Perronnin, Sanchez and Mensink (2010), where the words are those of a mixture of Gaussians and the length is
 * that of a whole region; here they are those of k-means. A length of 1 for each word: Arandjelovic and Zisserman
 * (2013). */
#ifndef OC_FEATURES_WORDS_FISHER_H
#define OC_FEATURES_WORDS_FISHER_H

#include "features/words/codebook.h"

/* Sums over descriptors; the memory is from an arena. */
typedef struct oc_fisher {
    const oc_words *words;
    size_t values; /* 2 D: values of a word; directions that the whitening did not keep are 0 */
    float *sums;   /* (cells, K, 1 + 2 r): of g, of g (y - w), of g (y - w)^2 */
} oc_fisher;

/* Sums of 0 for so many cells. False when memory is short. */
bool oc_fisher_create(oc_fisher *fisher, const oc_words *words, size_t values, size_t cells, oc_arena *arena);
/* Adds the whitened descriptor y (r), or its mirror image, to the sums of a word with that code. */
void oc_fisher_add(const oc_fisher *fisher, size_t cell, size_t word, float code, const float *y, bool mirrored);
/* The row, region by region: (regions, K, 2 D). The sums have one cell more than the grid. */
void oc_fisher_write(const oc_fisher *fisher, const oc_levels *grid, float *row);

#endif
