/* Conversion of colours in 16-bit fixed point. The weights are 65536 times the published ones (ITU-R BT.601; JFIF
 * 1.02), rounded to integers; the rounding of results is that of libjpeg: they are the same to the bit. */
#include "src/base/dispatch.h"
#include "src/image/kernels.h"

enum { HALF = 1 << 15 };

static uint8_t clamp(int value)
{
    return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void gray_from_rgb(const uint8_t *restrict rgb, size_t n, uint8_t *restrict gray)
{
    for (size_t i = 0; i < n; i++) {
        int sum = 19595 * rgb[3 * i] + 38470 * rgb[3 * i + 1] + 7471 * rgb[3 * i + 2];
        gray[i] = (uint8_t)((sum + HALF) >> 16);
    }
}

static void round_16(const uint8_t *values, size_t n, uint8_t *out)
{
    for (size_t i = 0; i < n; i++) {
        uint32_t value = (uint32_t)values[2 * i] << 8 | values[2 * i + 1];
        out[i] = (uint8_t)((value * 255 + 32895) >> 16);
    }
}

static void rgb_from_gray(const uint8_t *restrict gray, size_t n, uint8_t *restrict rgb)
{
    for (size_t i = 0; i < n; i++) {
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = gray[i];
    }
}

/* The right shift of a negative number keeps the sign with every compiler that we know, and libjpeg relies on it. */
static void split_ycc(const uint8_t *restrict ycc, size_t n, uint8_t *restrict gray, uint8_t *restrict rgb)
{
    for (size_t i = 0; i < n; i++) {
        int y = ycc[3 * i], cb = ycc[3 * i + 1] - 128, cr = ycc[3 * i + 2] - 128;
        gray[i] = (uint8_t)y;
        rgb[3 * i] = clamp(y + ((91881 * cr + HALF) >> 16));
        rgb[3 * i + 1] = clamp(y + ((-22554 * cb - 46802 * cr + HALF) >> 16));
        rgb[3 * i + 2] = clamp(y + ((116130 * cb + HALF) >> 16));
    }
}

static void rgb_from_cmyk(const uint8_t *restrict cmyk, size_t n, uint8_t *restrict rgb)
{
    for (size_t i = 0; i < n; i++) {
        unsigned light = cmyk[4 * i + 3];
        for (size_t c = 0; c < 3; c++) {
            rgb[3 * i + c] = (uint8_t)((cmyk[4 * i + c] * light + 127) / 255);
        }
    }
}

extern const oc_convert_kernels OC_KERNELS(oc_convert_kernels);
const oc_convert_kernels OC_KERNELS(oc_convert_kernels) = {gray_from_rgb, round_16, rgb_from_gray, split_ycc,
                                                           rgb_from_cmyk};
