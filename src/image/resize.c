/* Change of size, each axis on its own.
 *
 * Shrinking `in` pixels to `out`: output i is the mean over [i in/out, (i+1) in/out), where a partly covered pixel
 * counts in part. Enlarging: output i is at (i + 1/2) in/out - 1/2 between two pixel centres and is interpolated
 * linearly; the border is repeated.
 *
 * Positions are fixed-point numbers with 16 fractional bits (fewer beyond a ratio of 60 to 1, so that the sum of a
 * column fits in 30 bits). Weights are differences of positions, hence integers, and so are all sums; one division at
 * the end rounds to nearest. Integer ratios are exact, others within 0.01 of a level before rounding. Ties go to even,
 * but upward when both sides are halved: integer ratios then give the bytes of OpenCV's INTER_AREA. */
#include "src/image/resize.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/image/kernels.h"
#include "src/image/picture.h"

#include <string.h>

enum { FRACTION_BITS = 16 };
static const size_t TOTAL_LIMIT = (size_t)1 << 22; /* 255 times its square fits in 52 bits */

/* Reserves an array, which only grows; false when memory is short, and the array then stays as it was. */
static bool reserve(void **array, size_t *capacity, size_t count, size_t size)
{
    if (count > *capacity) {
        void *larger = oc_alloc(count, size);
        if (!larger) {
            return false;
        }
        oc_free(*array);
        *array = larger;
        *capacity = count;
    }
    return true;
}

static void weigh_areas(oc_axis *axis)
{
    unsigned bits = FRACTION_BITS;
    while ((uint64_t)(axis->in / axis->out + 2) << bits > TOTAL_LIMIT) { /* 32 bits: 65534 + 2 is too much */
        bits--;
    }
    uint32_t offset = 0;
    uint64_t begin = 0;
    for (size_t i = 0; i < axis->out; i++) {
        uint64_t end = (((uint64_t)(i + 1) * axis->in << bits) + axis->out / 2) / axis->out;
        uint64_t first = begin >> bits, last = (end - 1) >> bits;
        uint32_t total = (uint32_t)(end - begin);
        axis->windows[i] = (oc_window){(uint32_t)first, (uint32_t)(last - first + 1), offset, total};
        for (uint64_t pixel = first; pixel <= last; pixel++) {
            uint64_t left = pixel << bits, right = (pixel + 1) << bits;
            axis->weights[offset++] = (uint32_t)((right < end ? right : end) - (left > begin ? left : begin));
        }
        begin = end;
    }
}

static void weigh_neighbors(oc_axis *axis)
{
    const int64_t one = 1 << FRACTION_BITS, last = (int64_t)(axis->in - 1) * one;
    for (size_t i = 0; i < axis->out; i++) {
        int64_t center = (int64_t)((2 * i + 1) * axis->in << (FRACTION_BITS - 1)) / (int64_t)axis->out;
        int64_t position = center - one / 2;
        position = position < 0 ? 0 : position > last ? last : position;
        uint32_t far = (uint32_t)(position % one), first = (uint32_t)(position / one);
        axis->windows[i] = (oc_window){first, far ? 2 : 1, (uint32_t)(2 * i), (uint32_t)one};
        axis->weights[2 * i] = (uint32_t)one - far;
        axis->weights[2 * i + 1] = far;
    }
}

static bool prepare_axis(oc_axis *axis, size_t in, size_t out)
{
    if (axis->in == in && axis->out == out) {
        return true;
    }
    axis->in = axis->out = 0;
    void *windows = axis->windows, *weights = axis->weights;
    bool reserved = reserve(&windows, &axis->window_capacity, out, sizeof *axis->windows) &&
                    reserve(&weights, &axis->weight_capacity, in + 2 * out, sizeof *axis->weights);
    axis->windows = windows;
    axis->weights = weights;
    if (!reserved) {
        return false;
    }
    axis->in = in;
    axis->out = out;
    if (in > out) {
        weigh_areas(axis);
    } else {
        weigh_neighbors(axis);
    }
    return true;
}

static bool prepare_lanes(oc_lanes *lanes, const oc_axis *axis, size_t channels)
{
    lanes->count = 0;
    size_t taps = 1, count = axis->out * channels;
    for (size_t x = 0; x < axis->out; x++) {
        taps = axis->windows[x].count > taps ? axis->windows[x].count : taps;
    }
    void *memory = lanes->memory;
    bool reserved = reserve(&memory, &lanes->capacity, (taps + 3) * count, sizeof *lanes->memory);
    lanes->memory = memory;
    if (!reserved) {
        return false;
    }
    lanes->weights = lanes->memory;
    lanes->totals = lanes->weights + taps * count;
    lanes->scales = lanes->totals + count;
    lanes->first = (int32_t *)(lanes->scales + count);
    memset(lanes->weights, 0, taps * count * sizeof *lanes->weights);
    for (size_t i = 0; i < count; i++) {
        const oc_window *window = &axis->windows[i / channels];
        /* No tap may be past the end of the row. */
        size_t first = window->first < axis->in - taps ? window->first : axis->in - taps;
        lanes->first[i] = (int32_t)(first * channels + i % channels);
        lanes->totals[i] = window->total;
        lanes->scales[i] = 1.0 / window->total;
        for (size_t k = 0; k < window->count; k++) {
            lanes->weights[(window->first - first + k) * count + i] = axis->weights[window->offset + k];
        }
    }
    lanes->taps = taps;
    lanes->channels = channels;
    lanes->count = count;
    return true;
}

static bool prepare(oc_resizer *resizer, const oc_pixels *in, oc_plane_out out)
{
    oc_axis *across = &resizer->across;
    bool known = across->in == in->width && across->out == out.width &&
                 resizer->lanes.count == out.width * in->channels;
    void *sums = resizer->sums;
    bool reserved = (known || (prepare_axis(across, in->width, out.width) &&
                               prepare_lanes(&resizer->lanes, across, in->channels))) &&
                    prepare_axis(&resizer->down, in->height, out.height) &&
                    reserve(&sums, &resizer->sums_capacity, in->width * in->channels, sizeof *resizer->sums);
    resizer->sums = sums;
    return reserved;
}

static bool is_side(size_t side)
{
    return side >= 1 && side <= OC_MAX_SIDE;
}

oc_status oc_resizer_run(oc_resizer *resizer, const oc_pixels *in, oc_plane_out out, oc_error *err)
{
    size_t stride = oc_pixels_stride(in);
    if (in->channels < 1 || in->channels > 4) {
        return oc_fail(err, OC_USAGE, "%zu channels: a plane has 1 to 4", in->channels);
    }
    if (!is_side(in->width) || !is_side(in->height) || !is_side(out.width) || !is_side(out.height)) {
        return oc_fail(err, OC_USAGE, "size %zu x %zu to %zu x %zu: a side has 1 to %d pixels", in->width, in->height,
                       out.width, out.height, OC_MAX_SIDE);
    }
    oc_status status = oc_pixels_check(in, err);
    if (status != OC_OK) {
        return status;
    }
    if (in->width == out.width && in->height == out.height) {
        for (size_t y = 0; y < in->height; y++) {
            memcpy(out.pixels + y * out.stride, in->data + y * stride, in->width * in->channels);
        }
        return OC_OK;
    }
    if (!prepare(resizer, in, out)) {
        return oc_fail_memory(err, "the change of size");
    }
    const oc_resize_kernels *kernels = oc_resize();
    bool up = in->width == 2 * out.width && in->height == 2 * out.height;
    for (size_t y = 0; y < out.height; y++) {
        const oc_window *window = &resizer->down.windows[y];
        const uint32_t *weights = resizer->down.weights + window->offset;
        const uint8_t *row = in->data + window->first * stride;
        kernels->start_sums(row, in->width * in->channels, (int32_t)weights[0], resizer->sums);
        for (size_t k = 1; k < window->count; k++) {
            kernels->add_to_sums(row + k * stride, in->width * in->channels, (int32_t)weights[k], resizer->sums);
        }
        kernels->combine(resizer->sums, &resizer->lanes, window->total, up, out.pixels + y * out.stride);
    }
    return OC_OK;
}

static void free_axis(oc_axis *axis)
{
    oc_free(axis->windows);
    oc_free(axis->weights);
}

void oc_resizer_free(oc_resizer *resizer)
{
    free_axis(&resizer->across);
    free_axis(&resizer->down);
    oc_free(resizer->lanes.memory);
    oc_free(resizer->sums);
    *resizer = (oc_resizer){0};
}

oc_status oc_image_resize(const oc_pixels *pixels, oc_extent size, uint8_t *out, oc_error *err)
{
    oc_resizer resizer = {0};
    oc_status status = oc_resizer_run(&resizer, pixels,
                                      (oc_plane_out){out, size.width * pixels->channels, size.width, size.height}, err);
    oc_resizer_free(&resizer);
    return status;
}
