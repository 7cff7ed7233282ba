/* 16-bit PNG samples that use fewer than 16 bits. */
#include "src/image/png_depth.h"

#include <stdbool.h>
#include <string.h>

static unsigned sample(const uint8_t *row, size_t i)
{
    return (unsigned)row[2 * i] << 8 | row[2 * i + 1];
}

/* The union of the bits of n samples that are `step` samples apart. The byte order does not matter to a union. */
static inline unsigned bits_of(const uint8_t *row, size_t n, size_t step)
{
    uint16_t all = 0;
    uint8_t bytes[2];
#pragma omp simd reduction(| : all)
    for (size_t i = 0; i < n; i++) {
        uint16_t word;
        memcpy(&word, row + 2 * i * step, sizeof word);
        all |= word;
    }
    memcpy(bytes, &all, sizeof all);
    return sample(bytes, 0);
}

void oc_png_use(const uint8_t *row, size_t n, size_t channels, uint16_t *used)
{
    if (channels == 1) { /* a constant step, so that the compiler vectorises the loop */
        used[0] = (uint16_t)(used[0] | bits_of(row, n, 1));
        return;
    }
    for (size_t c = 0; c < channels; c++) {
        used[c] = (uint16_t)(used[c] | bits_of(row + 2 * c, n, channels));
    }
}

/* Computes full for the channels from `first` to `end`, for which one rule holds. */
static void find_full(const uint8_t *bits, const uint16_t *used, size_t first, size_t end, uint16_t *full)
{
    bool low = false, small = true;
    for (size_t c = first; c < end; c++) {
        small = small && used[c] >> bits[c] == 0;
        low = low || (used[c] & ((1U << (16 - bits[c])) - 1)) != 0;
    }
    for (size_t c = first; c < end; c++) {
        unsigned largest = (1U << bits[c]) - 1;
        full[c] = (uint16_t)(!low ? largest << (16 - bits[c]) : small ? largest : 0xFFFF);
    }
}

void oc_png_full(const uint8_t bits[OC_PNG_CHANNELS], const uint16_t used[OC_PNG_CHANNELS], size_t channels,
                 uint16_t full[OC_PNG_CHANNELS])
{
    size_t colors = channels < 3 ? 1 : 3;
    find_full(bits, used, 0, colors, full);
    find_full(bits, used, colors, channels, full);
}

static uint64_t at_most(uint64_t value, uint64_t limit)
{
    return value < limit ? value : limit;
}

void oc_png_round(const uint8_t *row, size_t n, size_t channels, const uint16_t full[OC_PNG_CHANNELS], uint8_t *out)
{
    size_t colors = channels < 3 ? 1 : 3;
    for (size_t i = 0; i < n; i++) {
        uint64_t opaque = channels > colors ? full[colors] : 1;
        uint64_t alpha = channels > colors ? at_most(sample(row, i * channels + colors), opaque) : 1;
        for (size_t c = 0; c < colors; c++) {
            uint64_t white = full[c], value = at_most(sample(row, i * channels + c), white), whole = white * opaque;
            out[i * colors + c] = (uint8_t)((255 * (value * alpha + white * (opaque - alpha)) + whole / 2) / whole);
        }
    }
}
