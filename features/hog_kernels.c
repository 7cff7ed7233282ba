/* hog: from rows of pixels to votes, and from votes to cells. Compiled once for each processor family. */
#include "features/hog.h"

#include <math.h>

static void line(const uint8_t *bytes, size_t stride, size_t width, float *out)
{
    if (stride == 1) {
        for (size_t x = 0; x < width; x++) {
            out[x] = bytes[x];
        }
        return;
    }
    for (size_t x = 0; x < width; x++) {
        out[x] = bytes[x * stride];
    }
}

static void gradient(const float *restrict above, const float *restrict row, const float *restrict below,
                     size_t width, float *restrict gx, float *restrict gy)
{
    for (size_t x = 0; x < width; x++) {
        gx[x] = row[x + 1] - row[(ptrdiff_t)x - 1];
        gy[x] = below[x] - above[x];
    }
}

static void longest(const float *restrict other_x, const float *restrict other_y, size_t width, float *restrict gx,
                    float *restrict gy)
{
    for (size_t x = 0; x < width; x++) {
        float other = other_x[x] * other_x[x] + other_y[x] * other_y[x];
        bool longer = other > gx[x] * gx[x] + gy[x] * gy[x];
        gx[x] = longer ? other_x[x] : gx[x];
        gy[x] = longer ? other_y[x] : gy[x];
    }
}

/* atan(r) for r in 0..1 */
static inline float arc_tangent(float r, const float *c)
{
    float s = r * r;
    return r * (c[0] + s * (c[1] + s * (c[2] + s * (c[3] + s * (c[4] + s * c[5])))));
}

static void linear(const float *restrict gx, const float *restrict gy, size_t width, bool with_sign,
                   float bins_per_radian, const float *tangent, float *restrict position,
                   float *restrict magnitude)
{
    const float pi = 3.14159265F;
    const float terms[OC_HOG_TERMS] = {tangent[0], tangent[1], tangent[2], tangent[3], tangent[4], tangent[5]};
    for (size_t i = 0; i < width; i++) {
        float x = fabsf(gx[i]), y = fabsf(gy[i]);
        float small = x < y ? x : y, large = x < y ? y : x;
        float angle = arc_tangent(small / (large > 0 ? large : 1), terms); /* between the nearer axis and the gradient */
        angle = x < y ? pi / 2 - angle : angle;               /* 0..pi/2, from the x axis */
        bool opposite = (gx[i] < 0) != (gy[i] < 0);
        float whole = gx[i] < 0 ? pi : gy[i] < 0 ? 2 * pi : 0;
        float base = with_sign ? whole : opposite ? pi : 0;
        angle = opposite ? base - angle : base + angle;
        position[i] = angle * bins_per_radian - 0.5F;
        magnitude[i] = sqrtf(x * x + y * y);
    }
}

/* Integers up to 255 keep a distance of more than a thousandth from every edge that they do not lie on, so that floats
 * decide exactly; the two products are compared, not subtracted, so that equal ones are equal. */
static void sectors(const float *restrict gx, const float *restrict gy, size_t width, bool with_sign,
                    const oc_hog_edges *edges, size_t bins, float *restrict position, float *restrict magnitude)
{
    for (size_t i = 0; i < width; i++) {
        bool lower = gy[i] < 0 || (!(gy[i] > 0) && gx[i] < 0);
        position[i] = with_sign && lower ? edges->half : 0;
        magnitude[i] = sqrtf(gx[i] * gx[i] + gy[i] * gy[i]);
    }
    for (size_t k = 0; k < edges->count; k++) {
        float c = edges->cosine[k], s = edges->sine[k];
        /* An edge is for one half of the circle; folded to the upper half it is compared with the folded gradient. */
        bool for_lower = with_sign && k >= edges->turn;
        float fold = for_lower ? -1 : 1;
        c *= fold;
        s *= fold;
        bool beyond = edges->beyond;
        for (size_t i = 0; i < width; i++) {
            bool lower = gy[i] < 0 || (!(gy[i] > 0) && gx[i] < 0);
            float x = lower ? -gx[i] : gx[i], y = lower ? -gy[i] : gy[i];
            float left = y * c, right = x * s;
            bool passed = beyond ? left > right : left >= right;
            bool counts = !with_sign || lower == for_lower;
            position[i] += passed && counts ? 1.0F : 0.0F;
        }
    }
    for (size_t i = 0; i < width; i++) {
        position[i] = position[i] >= (float)bins ? 0 : position[i];
    }
}

static inline float hat(float distance)
{
    float height = 1 - fabsf(distance);
    return height > 0 ? height : 0;
}

enum { STRIP = 64 }; /* columns that are summed at a time */

/* sums (width) for one bin; `wrap` is the same bin once round the circle, or the bin itself where there is none. */
static inline void vote_strip(const float *const *positions, const float *const *magnitudes, const float *weights,
                              size_t rows, size_t x, size_t columns, float bin, float wrap, float *restrict sums)
{
    float total[STRIP] = {0};
    for (size_t r = 0; r < rows; r++) {
        const float *restrict position = positions[r] + x, *restrict magnitude = magnitudes[r] + x;
        float weight = weights[r];
        if (wrap == bin) {
            for (size_t i = 0; i < columns; i++) {
                total[i] += weight * magnitude[i] * hat(position[i] - bin);
            }
        } else {
            for (size_t i = 0; i < columns; i++) {
                total[i] += weight * magnitude[i] * (hat(position[i] - bin) + hat(position[i] - wrap));
            }
        }
    }
    for (size_t i = 0; i < columns; i++) {
        sums[i] = total[i];
    }
}

static void vote(const float *const *positions, const float *const *magnitudes, const float *weights, size_t rows,
                 size_t width, size_t bins, float *sums)
{
    for (size_t x = 0; x < width; x += STRIP) {
        size_t columns = width - x < STRIP ? width - x : STRIP;
        for (size_t k = 0; k < bins; k++) {
            float bin = (float)k, wrap = bin;
            if (bins > 1 && k == 0) {
                wrap = (float)bins;
            } else if (bins > 1 && k == bins - 1) {
                wrap = -1;
            }
            vote_strip(positions, magnitudes, weights, rows, x, columns, bin, wrap, sums + k * width + x);
        }
    }
}

static void gather(const float *sums, size_t width, size_t bins, const oc_hog_axis *axis, float *cells)
{
    for (size_t t = 0; t < axis->targets; t++) {
        size_t first, skip;
        size_t reach = oc_hog_reach(axis, t, width, &first, &skip);
        const float *weights = axis->weights + t % axis->per * axis->span + skip;
        for (size_t k = 0; k < bins; k++) {
            const float *from = sums + k * width + first;
            float total = 0;
#pragma omp simd reduction(+ : total)
            for (size_t i = 0; i < reach; i++) {
                total += weights[i] * from[i];
            }
            cells[t * bins + k] = total;
        }
    }
}

extern const oc_hog_kernels OC_KERNELS(oc_hog_kernels);
const oc_hog_kernels OC_KERNELS(oc_hog_kernels) = {line, gradient, longest, linear, sectors, vote, gather};
