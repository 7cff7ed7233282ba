/* The two passes of a change of size; resize.c has the weights. */
#include "src/base/dispatch.h"
#include "src/image/kernels.h"

/* Makes the reciprocal of a total too large by far less than two neighbouring quotients differ: a tie, a whole number
 * after half the total was added, then never falls below that number. */
static const double NUDGE = 1 + 0x1p-44;

static void start_sums(const uint8_t *restrict row, size_t n, uint32_t weight, uint32_t *restrict sums)
{
    for (size_t i = 0; i < n; i++) {
        sums[i] = weight * row[i];
    }
}

static void add_to_sums(const uint8_t *restrict row, size_t n, uint32_t weight, uint32_t *restrict sums)
{
    for (size_t i = 0; i < n; i++) {
        sums[i] += weight * row[i];
    }
}

static inline uint8_t divide(uint64_t sum, uint64_t half, double reciprocal)
{
    return (uint8_t)(int)((double)(int64_t)(sum + half) * reciprocal);
}

/* Inlined with a constant number of channels. */
static inline void combine_channels(const uint32_t *restrict sums, size_t channels, const oc_axis *axis,
                                    const oc_window *down, uint8_t *restrict out)
{
    for (size_t x = 0; x < axis->out; x++) {
        const oc_window *window = &axis->windows[x];
        const uint32_t *weights = axis->weights + window->offset;
        const uint32_t *first = sums + window->first * channels;
        uint64_t total[4] = {0};
        for (size_t k = 0; k < window->count; k++) {
            for (size_t c = 0; c < channels; c++) {
                total[c] += (uint64_t)weights[k] * first[k * channels + c];
            }
        }
        uint64_t half = (uint64_t)window->total * down->total / 2;
        double reciprocal = window->scale * down->scale * NUDGE;
        for (size_t c = 0; c < channels; c++) {
            out[x * channels + c] = divide(total[c], half, reciprocal);
        }
    }
}

static void combine(const uint32_t *sums, size_t channels, const oc_axis *axis, const oc_window *down, uint8_t *out)
{
    switch (channels) {
    case 1:
        combine_channels(sums, 1, axis, down, out);
        break;
    case 3:
        combine_channels(sums, 3, axis, down, out);
        break;
    default:
        combine_channels(sums, channels, axis, down, out);
    }
}

extern const oc_resize_kernels OC_KERNELS(oc_resize_kernels);
const oc_resize_kernels OC_KERNELS(oc_resize_kernels) = {start_sums, add_to_sums, combine};
