/* 16-bit PNG samples that use fewer than 16 bits.
 *
 * A channel has `bits` significant bits (sBIT). PNG requires them at the top of the 16 bits, with the rest zero or a
 * repetition; cameras and microscopes often leave them at the bottom. `full`, the sample of full intensity, is
 *
 *     2^bits - 1                   samples at the bottom: no colour is larger, and some sample has bits set in
 *                                  the 16 - bits lowest places, which no sample at the top has
 *     (2^bits - 1) 2^(16 - bits)   samples at the top, the rest zero
 *     65535                        else
 *
 * for all colours together, and for alpha on its own. */
#ifndef OC_IMAGE_PNG_DEPTH_H
#define OC_IMAGE_PNG_DEPTH_H

#include <stddef.h>
#include <stdint.h>

enum { OC_PNG_CHANNELS = 4 }; /* maximum: R, G, B, alpha; 2 are gray, alpha */

/* used (channels): used[c] |= all bits that are set in channel c of n big-endian pixels. */
void oc_png_use(const uint8_t *row, size_t n, size_t channels, uint16_t *used);

/* The rule above, from the bits that the pixels of the whole picture use. */
void oc_png_full(const uint8_t bits[OC_PNG_CHANNELS], const uint16_t used[OC_PNG_CHANNELS], size_t channels,
                 uint16_t full[OC_PNG_CHANNELS]);

/* Converts n pixels to 8 bits, composed over white where there is alpha, which is dropped: (v a + 1 - a) 255, where v
 * and a are sample / full, at most 1; rounded to nearest, ties up. out may be equal to row. */
void oc_png_round(const uint8_t *row, size_t n, size_t channels, const uint16_t full[OC_PNG_CHANNELS], uint8_t *out);

#endif
