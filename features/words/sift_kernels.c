/* Inner loops of the dense gradient descriptors, compiled once a processor family. */
#include "features/words/sift_kernels.h"

#include "src/base/dispatch.h"

#include <math.h>
#include <string.h>

enum { STRIP = 64 }; /* sums that stay in registers during the loop over the taps */

static inline void convolve_strip(const float *restrict in, size_t stride, const float *restrict weight, size_t taps,
                                  float *restrict out)
{
    float sum[STRIP] = {0};
    for (size_t t = 0; t < taps; t++) {
        const float *from = in + t * stride;
        for (size_t j = 0; j < STRIP; j++) {
            sum[j] += weight[t] * from[j];
        }
    }
    for (size_t j = 0; j < STRIP; j++) {
        out[j] = sum[j];
    }
}

static void convolve(const float *restrict in, size_t n, size_t stride, const float *restrict weight, size_t taps,
                     float *restrict out)
{
    if (n >= STRIP) {
        for (size_t i = 0; i + STRIP < n; i += STRIP) {
            convolve_strip(in + i, stride, weight, taps, out + i);
        }
        convolve_strip(in + n - STRIP, stride, weight, taps, out + n - STRIP); /* may overlap the one before */
        return;
    }
    for (size_t i = 0; i < n; i++) {
        float sum = 0;
        for (size_t t = 0; t < taps; t++) {
            sum += weight[t] * in[i + t * stride];
        }
        out[i] = sum;
    }
}

/* The bins of a place: gcc and clang keep each sum of gather in a register or two, which they do not with loops over
 * bins. */
typedef float octet __attribute__((vector_size(OC_SIFT_BINS * sizeof(float))));
enum { TOGETHER = 4 };

/* `count` places, whose sums need not wait for each other. */
static inline void gather_places(const float *restrict in, const uint32_t *restrict place, size_t count,
                                 const float *restrict weight, size_t taps, float *restrict out)
{
    octet sum[TOGETHER] = {{0}}, votes;
    for (size_t t = 0; t < taps; t++) {
        for (size_t j = 0; j < count; j++) {
            memcpy(&votes, in + (place[j] + t) * OC_SIFT_BINS, sizeof votes);
            sum[j] += weight[t] * votes;
        }
    }
    memcpy(out, sum, count * sizeof *sum);
}

static void gather(const float *restrict in, const uint32_t *restrict place, size_t n, const float *restrict weight,
                   size_t taps, float *restrict out)
{
    size_t i = 0;
    for (; i + TOGETHER <= n; i += TOGETHER) {
        gather_places(in, place + i, TOGETHER, weight, taps, out + i * OC_SIFT_BINS);
    }
    for (; i < n; i++) {
        gather_places(in, place + i, 1, weight, taps, out + i * OC_SIFT_BINS);
    }
}

static inline void vote_pixel(float dx, float dy, float *restrict votes)
{
    static const float half = 0.707106781F;
    static const float across[OC_SIFT_BINS] = {1, half, 0, -half, -1, -half, 0, half};
    static const float down[OC_SIFT_BINS] = {0, half, 1, half, 0, -half, -1, -half};
    float scale = 1 / (dx * dx + dy * dy + 1e-12F);
    for (size_t o = 0; o < OC_SIFT_BINS; o++) {
        float along = across[o] * dx + down[o] * dy;
        along = along > 0 ? along : 0;
        float cosine2 = along * along * scale, cosine4 = cosine2 * cosine2;
        votes[o] = along * cosine4 * cosine4;
    }
}

static void vote(const float *restrict above, const float *restrict row, const float *restrict below, size_t n,
                 float *restrict votes)
{
    size_t last = n - 1;
    vote_pixel(0.5F * (row[last ? 1 : 0] - row[0]), 0.5F * (below[0] - above[0]), votes);
    for (size_t x = 1; x < last; x++) {
        vote_pixel(0.5F * (row[x + 1] - row[x - 1]), 0.5F * (below[x] - above[x]), votes + x * OC_SIFT_BINS);
    }
    if (last) {
        vote_pixel(0.5F * (row[last] - row[last - 1]), 0.5F * (below[last] - above[last]), votes + last * OC_SIFT_BINS);
    }
}

static void describe(const float *restrict votes, const size_t *restrict column, const size_t *restrict row,
                     float least, float *restrict out)
{
    float sums[OC_SIFT_BINS] = {0}, total = least;
    for (size_t i = 0; i < OC_SIFT_CELLS; i++) {
        const float *from = votes + row[i / 4] + column[i % 4];
        for (size_t o = 0; o < OC_SIFT_BINS; o++) {
            out[i * OC_SIFT_BINS + o] = from[o];
            sums[o] += from[o];
        }
    }
    for (size_t o = 0; o < OC_SIFT_BINS; o++) {
        total += sums[o];
    }
    float scale = 1 / total;
    for (size_t j = 0; j < OC_SIFT_VALUES; j++) {
        out[j] = sqrtf(out[j] * scale);
    }
}

extern const oc_sift_kernels OC_KERNELS(oc_sift_kernels);
const oc_sift_kernels OC_KERNELS(oc_sift_kernels) = {convolve, gather, vote, describe};
