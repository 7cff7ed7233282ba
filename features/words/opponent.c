/* Opponent colours; opponent.h has the formulas. */
#include "features/words/opponent.h"

void oc_opponent_planes(const uint8_t *rgb, size_t pixels, uint8_t *red_green, uint8_t *yellow_blue)
{
    for (size_t i = 0; i < pixels; i++, rgb += 3) {
        int r = rgb[0], g = rgb[1], b = rgb[2];
        red_green[i] = (uint8_t)((r - g + 256) / 2);
        yellow_blue[i] = (uint8_t)((r + g - 2 * b + 512) / 4);
    }
}
