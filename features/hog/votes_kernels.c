/* hog: from rows of pixels to votes, and to their sums down the columns. Compiled once for each processor family. */
#include "features/hog/kernels.h"

#include <math.h>
#include <string.h>
#if defined(__AVX512F__)
#include <immintrin.h>
#endif

enum { STRIP = 64 /* columns that are worked on at a time */, NINE = OC_HOG_BAND_BINS };

/* As many floats as a register holds. */
#if defined(__AVX512F__)
enum { LANES = 16 };
#elif defined(__AVX2__)
enum { LANES = 8 };
#else
enum { LANES = 4 };
#endif
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t places __attribute__((vector_size(LANES * sizeof(int32_t))));

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

static void gradient(const float *restrict above, const float *restrict row, const float *restrict below, size_t width,
                     float *restrict gx, float *restrict gy)
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

/* The angle between gradient and x axis is 0 .. 90 degrees, that to the nearer axis 0 .. 45, where the polynomial
 * holds. The result is in bins, because the coefficients are multiplied by bins_per_radian first. The ratio has a
 * loop of its own: in one loop the compiler would compute the whole polynomial twice, once for each axis. */
static inline __attribute__((always_inline)) void angles(const float *restrict gx, const float *restrict gy,
                                                         size_t width, oc_hog_circle circle, float *restrict position,
                                                         float *restrict magnitude)
{
    const float *tangent = circle.tangent;
    const float b = circle.bins_per_radian, quarter = 1.57079633F * b, half = 2 * quarter;
    const float c0 = b * tangent[0], c1 = b * tangent[1], c2 = b * tangent[2];
    const float c3 = b * tangent[3], c4 = b * tangent[4], c5 = b * tangent[5];
#pragma omp simd /* also where the width is a constant and gcc would rather unroll */
    for (size_t i = 0; i < width; i++) {
        float x = fabsf(gx[i]), y = fabsf(gy[i]);
        float small = x < y ? x : y, large = x < y ? y : x;
        position[i] = small / (large + 1e-30F); /* 0 for no gradient at all */
    }
#pragma omp simd
    for (size_t i = 0; i < width; i++) {
        float r = position[i], s = r * r;
        float angle = r * (c0 + s * (c1 + s * (c2 + s * (c3 + s * (c4 + s * c5)))));
        angle = fabsf(gx[i]) < fabsf(gy[i]) ? quarter - angle : angle;
        angle = gx[i] * gy[i] < 0 ? half - angle : angle;
        position[i] = angle - 0.5F;
        magnitude[i] = sqrtf(gx[i] * gx[i] + gy[i] * gy[i]);
    }
    /* The second half of the circle: half a turn more for downward angles, which leaves 0 .. 180 degrees to the others.
     */
    for (size_t i = 0; circle.with_sign && i < width; i++) {
        float whole = gy[i] < 0 ? half : 0;
        float back = gx[i] < 0 ? half : 0;
        position[i] += gy[i] == 0 ? back : whole;
    }
}

static void linear(const float *restrict gx, const float *restrict gy, size_t width, const oc_hog_circle *circle,
                   float *restrict position, float *restrict magnitude)
{
    angles(gx, gy, width, *circle, position, magnitude);
}

/* Positions of up to LANES gradients: the number of edges at or below their angle. A gradient in the lower half of the
 * circle is turned by 180 degrees, and so are the edges there. Gradients are whole numbers up to 255, which keep a
 * distance of more than a thousandth from every edge that they do not lie on, so that floats compare exactly; the two
 * products are compared, not subtracted, so that equal ones are equal. */
static inline __attribute__((always_inline)) void sector_lanes(const float *gx, const float *gy, size_t n,
                                                               const oc_hog_edges *edges, float *position)
{
    bool with_sign = edges->with_sign;
    lanes x = {0}, y = {0};
    memcpy(&x, gx, n * sizeof *gx);
    memcpy(&y, gy, n * sizeof *gy);
    places lower = (y < 0) | ((y == 0) & (x < 0)), minus = lower & INT32_MIN;
    x = (lanes)((places)x ^ minus);
    y = (lanes)((places)y ^ minus);
    places upper_counts = with_sign ? ~lower : lower | -1, lower_counts = with_sign ? lower : lower & 0;
    places passed = lower_counts & -(int32_t)edges->half;
    for (size_t k = 0; k < edges->count; k++) {
        bool turned = with_sign && k >= edges->turn;
        float sign = turned ? -1 : 1, c = sign * edges->cosine[k], s = sign * edges->sine[k];
        places beyond = edges->upper_inclusive ? y * c > x * s : y * c >= x * s;
        passed += beyond & (turned ? lower_counts : upper_counts);
    }
    passed = -passed; /* a comparison that holds is -1 */
    passed &= passed < (int32_t)edges->bins;
    lanes out = __builtin_convertvector(passed, lanes);
    memcpy(position, &out, n * sizeof *position);
}

static void sectors(const float *restrict gx, const float *restrict gy, size_t width, const oc_hog_edges *edges,
                    float *restrict position, float *restrict magnitude)
{
    size_t x = 0;
    for (; x + LANES <= width; x += LANES) {
        sector_lanes(gx + x, gy + x, LANES, edges, position + x);
    }
    sector_lanes(gx + x, gy + x, width - x, edges, position + x);
    for (size_t i = 0; i < width; i++) {
        magnitude[i] = sqrtf(gx[i] * gx[i] + gy[i] * gy[i]);
    }
}

static inline float hat(float distance)
{
    float height = 1 - fabsf(distance);
    return height > 0 ? height : 0;
}

/* totals (bins, STRIP) += the votes of STRIP pixels of one row. The first and the last bin are neighbours. */
static inline void vote_strip(const float *restrict position, const float *restrict magnitude, size_t bins,
                              float (*restrict totals)[STRIP])
{
    for (size_t k = 0; k < bins; k++) {
        float bin = (float)k;
        for (size_t i = 0; i < STRIP; i++) {
            totals[k][i] += magnitude[i] * hat(position[i] - bin);
        }
    }
    if (bins > 1) {
        float beyond = (float)bins;
        for (size_t i = 0; i < STRIP; i++) {
            totals[0][i] += magnitude[i] * hat(position[i] - beyond);
            totals[bins - 1][i] += magnitude[i] * hat(position[i] + 1);
        }
    }
}

/* Reference implementation of `vote`, for any number of bins. */
static void vote_reference(const oc_hog_rows *v, size_t bins, float *sums)
{
    size_t width = v->width;
    float position[STRIP] = {0}, magnitude[STRIP] = {0}, totals[OC_HOG_BINS][STRIP];
    for (size_t x = 0; x < width; x += STRIP) {
        size_t n = width - x < STRIP ? width - x : STRIP;
        memset(totals, 0, bins * sizeof *totals);
        memset(magnitude, 0, sizeof magnitude); /* columns after the last one do not vote */
        for (size_t r = 0; r < v->rows; r++) {
            float weight = v->weights[r];
            memcpy(position, v->positions[r] + x, n * sizeof *position);
            for (size_t i = 0; i < n; i++) {
                magnitude[i] = weight * v->magnitudes[r][x + i];
            }
            vote_strip(position, magnitude, bins, totals);
        }
        for (size_t k = 0; k < bins; k++) {
            memcpy(sums + k * width + x, totals[k], n * sizeof *sums);
        }
    }
}

/* sums (bins, width) of LANES columns. A vote is split between bin floor(position) and the next one; the bins are
 * compared one after the other, so that their sums stay in registers. Inlined with a constant number of bins. */
static inline __attribute__((always_inline)) void vote_lanes(const oc_hog_rows *v, size_t x, const int bins,
                                                             float *sums)
{
    lanes totals[OC_HOG_BINS];
    for (int k = 0; k < bins; k++) {
        totals[k] = (lanes){0};
    }
    for (size_t r = 0; r < v->rows; r++) {
        lanes position, magnitude;
        memcpy(&position, v->positions[r] + x, sizeof position);
        memcpy(&magnitude, v->magnitudes[r] + x, sizeof magnitude);
        magnitude *= v->weights[r];
        places bin = __builtin_convertvector(position + 1, places) - 1; /* -1 is the last bin */
        lanes second = magnitude * (position - __builtin_convertvector(bin, lanes)), first = magnitude - second;
        bin += (bin < 0) & bins;
        places before = bin == bins - 1;
        for (int k = 0; k < bins; k++) {
            places hit = bin == k;
            totals[k] += (lanes)((hit & (places)first) | (before & (places)second));
            before = hit;
        }
    }
    for (int k = 0; k < bins; k++) {
        memcpy(sums + (size_t)k * v->width + x, &totals[k], sizeof totals[k]);
    }
}

static inline __attribute__((always_inline)) void vote_all(const oc_hog_rows *v, const int bins, float *sums)
{
    for (size_t x = 0; x + LANES < v->width; x += LANES) {
        vote_lanes(v, x, bins, sums);
    }
    vote_lanes(v, v->width - LANES, bins, sums); /* may overlap the columns before */
}

static void vote(const oc_hog_rows *v, size_t bins, float *sums)
{
    if (bins == 9 && v->width >= LANES) {
        vote_all(v, 9, sums);
    } else if (bins == 18 && v->width >= LANES) {
        vote_all(v, 18, sums);
    } else {
        vote_reference(v, bins, sums);
    }
}

/* totals + first where bin is k, + second where it is `before` (no bin when negative). Additions under masks are the
 * fastest where masks have registers of their own, but gcc 12 does not find them in the form below. */
static inline __attribute__((always_inline)) lanes add_votes(lanes totals, places bin, const int k, lanes first,
                                                             const int before, lanes second)
{
#if defined(__AVX512F__)
    __mmask16 hit = _mm512_cmpeq_epi32_mask((__m512i)bin, _mm512_set1_epi32(k));
    totals = (lanes)_mm512_mask_add_ps((__m512)totals, hit, (__m512)totals, (__m512)first);
    hit = _mm512_cmpeq_epi32_mask((__m512i)bin, _mm512_set1_epi32(before));
    return before < 0 ? totals : (lanes)_mm512_mask_add_ps((__m512)totals, hit, (__m512)totals, (__m512)second);
#else
    places votes = (bin == k) & (places)first;
    return totals + (lanes)(before < 0 ? votes : votes | ((bin == before) & (places)second));
#endif
}

static inline void gradient_lanes(const float *above, const float *line, const float *below, float *gx, float *gy)
{
    lanes left, right, up, down;
    memcpy(&left, line - 1, sizeof left);
    memcpy(&right, line + 1, sizeof right);
    memcpy(&up, above, sizeof up);
    memcpy(&down, below, sizeof down);
    right -= left;
    down -= up;
    memcpy(gx, &right, sizeof right);
    memcpy(gy, &down, sizeof down);
}

/* The bin of a gradient among nine of a half circle, by the tangents of the edges at 20, 40, 60 and 80 degrees; the
 * edges above 90 degrees mirror these. No gradient of whole numbers lies on an edge but the one at 0 degrees. */
static inline void nine_sectors(const float *gx, const float *gy, int32_t *bin, float *magnitude)
{
#pragma omp simd
    for (size_t i = 0; i < LANES; i++) {
        float x = fabsf(gx[i]), y = fabsf(gy[i]);
        int32_t passed = (y >= x * 0.36397023F) + (y >= x * 0.83909963F) + (y >= x * 1.7320508F) +
                         (y >= x * 5.6712818F);
        bin[i] = gx[i] * gy[i] < 0 ? NINE - 1 - passed : passed;
        magnitude[i] = sqrtf(x * x + y * y);
    }
}

/* The votes of LANES pixels: `first` for bin, `second` for the next one. */
typedef struct votes {
    places bin;
    lanes first, second;
} votes;

static inline __attribute__((always_inline)) votes find_votes(const oc_hog_band *band, const float *line,
                                                              const bool between_bins)
{
    float gx[LANES], gy[LANES], position[LANES], magnitude[LANES];
    int32_t bin[LANES];
    votes v;
    gradient_lanes(line - band->stride, line, line + band->stride, gx, gy);
    if (!between_bins) {
        nine_sectors(gx, gy, bin, magnitude);
        memcpy(&v.bin, bin, sizeof v.bin);
        memcpy(&v.first, magnitude, sizeof v.first);
        v.second = (lanes){0};
        return v;
    }
    lanes at;
    angles(gx, gy, LANES, (oc_hog_circle){false, (float)(NINE / M_PI), band->tangent}, position, magnitude);
    memcpy(&at, position, sizeof at);
    memcpy(&v.first, magnitude, sizeof v.first);
    v.bin = __builtin_convertvector(at + 1, places) - 1; /* -1 is the last bin */
    v.second = v.first * (at - __builtin_convertvector(v.bin, lanes));
    v.first -= v.second;
    v.bin += (v.bin < 0) & NINE;
    return v;
}

/* LANES columns of a band. The votes of a few rows are computed before they are added, so that the latency of one does
 * not delay the others. With linear cells, the votes of a row stay in the totals for all rows below it, so that the
 * sum of the totals over the rows weights them by the distance to the end of the band. */
static inline __attribute__((always_inline)) void band_lanes(const oc_hog_band *band, size_t x, const bool between_bins,
                                                             const bool between_cells, float *sums, float *carry)
{
    enum { ROWS = 8 };
    votes few[ROWS];
    lanes totals[NINE], weighted[NINE];
    for (int k = 0; k < NINE; k++) {
        totals[k] = weighted[k] = (lanes){0};
    }
    for (size_t begin = 0; begin < band->rows; begin += ROWS) {
        size_t n = band->rows - begin < ROWS ? band->rows - begin : ROWS;
        for (size_t r = 0; r < n; r++) {
            few[r] = find_votes(band, band->lines + (begin + r + 1) * band->stride + x, between_bins);
        }
        for (size_t r = 0; r < n; r++) {
            for (int k = 0; k < NINE; k++) {
                int before = between_bins ? (k + NINE - 1) % NINE : -1;
                totals[k] = add_votes(totals[k], few[r].bin, k, few[r].first, before, few[r].second);
                if (between_cells) {
                    weighted[k] += totals[k];
                }
            }
        }
    }
    for (size_t k = 0; k < NINE; k++) {
        float *out = sums + k * band->room + x, *kept = between_cells ? carry + k * band->room + x : NULL;
        if (between_cells) {
            lanes above, below = (band->end * totals[k] - weighted[k]) * band->per_row;
            memcpy(&above, kept, sizeof above);
            above += totals[k] - below;
            memcpy(out, &above, sizeof above);
            memcpy(kept, &below, sizeof below);
        } else {
            memcpy(out, &totals[k], sizeof totals[k]);
        }
    }
}

static void band_of_nine(const oc_hog_band *band, float *sums, float *carry)
{
    for (size_t x = 0; x < band->room; x += LANES) {
        if (band->tangent && carry) {
            band_lanes(band, x, true, true, sums, carry);
        } else if (band->tangent) {
            band_lanes(band, x, true, false, sums, carry);
        } else if (carry) {
            band_lanes(band, x, false, true, sums, carry);
        } else {
            band_lanes(band, x, false, false, sums, carry);
        }
    }
}

extern const oc_hog_kernels OC_KERNELS(oc_hog_kernels);
const oc_hog_kernels OC_KERNELS(oc_hog_kernels) = {line,    gradient, longest,        linear,
                                                   sectors, vote,     vote_reference, band_of_nine};
