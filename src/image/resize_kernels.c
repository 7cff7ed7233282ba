/* The two passes of a change of size, with the weights of resize.c. Sums down the columns stay below 2^30, sums along
 * the rows below 2^52: a double holds them exactly, in any order of addition, fused or not. */
#include "src/base/dispatch.h"
#include "src/image/kernels.h"

enum { BLOCK = 256 }; /* lanes at a time, so that their sums stay in the first-level cache */

/* Half the total is added before the division, so a tie is an integer, and the quotient is truncated. The reciprocal is
 * too large by far less than the distance of two neighbouring quotients, so that a tie is never rounded below its
 * integer; a quotient less than TIE above an integer is a tie. */
static const double NUDGE = 1 + 0x1p-44, TIE = 0x1p-32;

static void start_sums(const uint8_t *restrict row, size_t n, int32_t weight, int32_t *restrict sums)
{
    for (size_t i = 0; i < n; i++) {
        sums[i] = weight * row[i];
    }
}

static void add_to_sums(const uint8_t *restrict row, size_t n, int32_t weight, int32_t *restrict sums)
{
    for (size_t i = 0; i < n; i++) {
        sums[i] += weight * row[i];
    }
}

/* The first n of the lanes, BLOCK at most. */
static void combine_block(const int32_t *restrict sums, const oc_lanes *lanes, size_t n, uint32_t down, bool up,
                          uint8_t *restrict out)
{
    double acc[BLOCK];
    const double half = down / 2.0, scale = NUDGE / down;
    const double *totals = lanes->totals, *scales = lanes->scales;
    const int32_t *first = lanes->first;
    for (size_t i = 0; i < n; i++) {
        acc[i] = totals[i] * half;
    }
    for (size_t k = 0; k < lanes->taps; k++) {
        const double *weights = lanes->weights + k * lanes->count;
        const int32_t *from = sums + k * lanes->channels;
        for (size_t i = 0; i < n; i++) {
            acc[i] += weights[i] * from[first[i]];
        }
    }
    for (size_t i = 0; i < n; i++) {
        double quotient = acc[i] * scales[i] * scale;
        int whole = (int)quotient;
        int odd_tie = !up & (quotient - whole < TIE) & whole;
        out[i] = (uint8_t)(whole - odd_tie);
    }
}

static void combine(const int32_t *sums, const oc_lanes *lanes, uint32_t down, bool up, uint8_t *out)
{
    oc_lanes rest = *lanes;
    for (size_t left = lanes->count; left;) {
        size_t n = left < BLOCK ? left : BLOCK;
        combine_block(sums, &rest, n, down, up, out);
        rest.first += n;
        rest.weights += n;
        rest.totals += n;
        rest.scales += n;
        out += n;
        left -= n;
    }
}

extern const oc_resize_kernels OC_KERNELS(oc_resize_kernels);
const oc_resize_kernels OC_KERNELS(oc_resize_kernels) = {start_sums, add_to_sums, combine};
