/* Opponent colours as planes of 8 bits, for gradient descriptors of colour (van de Sande, Gevers and Snoek, 2010):
 *
 *     red against green     (R - G) / 2 + 128
 *     yellow against blue   (R + G - 2 B) / 4 + 128
 *
 * each rounded down; a gray image is 128 in both. */
#ifndef OC_FEATURES_WORDS_OPPONENT_H
#define OC_FEATURES_WORDS_OPPONENT_H

#include <stddef.h>
#include <stdint.h>

/* rgb (pixels,3); red_green and yellow_blue (pixels). */
void oc_opponent_planes(const uint8_t *rgb, size_t pixels, uint8_t *red_green, uint8_t *yellow_blue);

#endif
