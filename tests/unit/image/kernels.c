/* Every family's kernels give the plain ones' bytes, and write nothing behind their output. */
#include "src/image/kernels.h"

#include "src/base/dispatch.h"
#include "src/image/resize.h"
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

OC_DECLARE_KERNELS(oc_convert_kernels, oc_convert_kernels);
OC_DECLARE_KERNELS(oc_resize_kernels, oc_resize_kernels);

enum { MAX_WIDTH = 300, GUARD = 64 };

static void run_color(const oc_convert_kernels *kernels, int kernel, const uint8_t *in, size_t n, uint8_t *out)
{
    switch (kernel) {
    case 0:
        kernels->gray_from_rgb(in, n, out);
        break;
    case 1:
        kernels->round_16(in, n, out);
        break;
    case 2:
        kernels->rgb_from_gray(in, n, out);
        break;
    case 3:
        kernels->split_ycc(in, n, out + 3 * n, out);
        break;
    default:
        kernels->rgb_from_cmyk(in, n, out);
    }
}

Test(image_kernels, colour_is_the_same_for_every_processor)
{
    static const oc_convert_kernels *const tables[] = OC_KERNEL_TABLES(oc_convert_kernels);
    static const size_t written[] = {1, 1, 3, 4, 3};
    uint8_t *in = make_pixels(MAX_WIDTH, 4, 1), plain[4 * MAX_WIDTH + GUARD], tuned[4 * MAX_WIDTH + GUARD];
    for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
        for (int kernel = 0; kernel < 5; kernel++) {
            for (size_t n = 0; n <= MAX_WIDTH; n += n < 70 ? 1 : 23) {
                memset(plain, 0xA5, sizeof plain);
                memset(tuned, 0xA5, sizeof tuned);
                run_color(tables[0], kernel, in, n, plain);
                run_color(tables[isa], kernel, in, n, tuned);
                cr_assert_arr_eq(plain, tuned, sizeof plain, "%s, kernel %d, n %zu", oc_isa_name(isa), kernel, n);
                cr_assert_eq(tuned[written[kernel] * n], 0xA5, "%s, kernel %d, n %zu", oc_isa_name(isa), kernel, n);
            }
        }
    }
    free(in);
}

/* What libjpeg does with tables: JFIF's equations for all colours of a coarse grid, in double precision. */
Test(image_kernels, jfif_equations)
{
    for (int y = 0; y < 256; y += 5) {
        for (int cb = 0; cb < 256; cb += 5) {
            for (int cr = 0; cr < 256; cr += 5) {
                uint8_t ycc[3] = {(uint8_t)y, (uint8_t)cb, (uint8_t)cr}, gray, rgb[3];
                oc_convert()->split_ycc(ycc, 1, &gray, rgb);
                double exact[3] = {y + 1.402 * (cr - 128), y - 0.34414 * (cb - 128) - 0.71414 * (cr - 128),
                                   y + 1.772 * (cb - 128)};
                cr_assert_eq(gray, y);
                for (int c = 0; c < 3; c++) {
                    double clamped = exact[c] < 0 ? 0 : exact[c] > 255 ? 255 : exact[c], off = rgb[c] - clamped;
                    cr_assert(!(off > 0.51 || off < -0.51));
                }
            }
        }
    }
}

Test(image_kernels, resizing_is_the_same_for_every_processor)
{
    static const oc_resize_kernels *const tables[] = OC_KERNEL_TABLES(oc_resize_kernels);
    uint8_t *in = make_pixels(MAX_WIDTH, 2, 1);
    for (size_t width = 1; width <= MAX_WIDTH; width += width < 40 ? 1 : 37) {
        for (size_t out_width = 1; out_width <= MAX_WIDTH; out_width += out_width < 40 ? 3 : 41) {
            oc_resizer resizer = {0};
            uint8_t ready[MAX_WIDTH], plain[MAX_WIDTH + GUARD], tuned[MAX_WIDTH + GUARD];
            int32_t a[MAX_WIDTH], b[MAX_WIDTH];
            if (width == out_width) {
                continue;
            }
            oc_pixels from = {in, width, 1, 1, 0};
            oc_plane_out to = {ready, out_width, out_width, 1};
            cr_assert_eq(oc_resizer_run(&resizer, &from, to, NULL), OC_OK);
            for (size_t isa = 0; isa <= oc_isa_index(); isa++) {
                memset(plain, 0xA5, sizeof plain);
                memset(tuned, 0xA5, sizeof tuned);
                tables[0]->start_sums(in, width, 12345, a);
                tables[0]->add_to_sums(in + MAX_WIDTH, width, 23456, a);
                tables[isa]->start_sums(in, width, 12345, b);
                tables[isa]->add_to_sums(in + MAX_WIDTH, width, 23456, b);
                cr_assert_arr_eq(a, b, width * sizeof *a);
                tables[0]->combine(a, &resizer.lanes, 12345 + 23456, width % 2, plain);
                tables[isa]->combine(a, &resizer.lanes, 12345 + 23456, width % 2, tuned);
                cr_assert_arr_eq(plain, tuned, sizeof plain, "%s, %zu to %zu", oc_isa_name(isa), width, out_width);
                cr_assert_eq(tuned[out_width], 0xA5);
            }
            oc_resizer_free(&resizer);
        }
    }
    free(in);
}
