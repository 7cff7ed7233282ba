/* Panel products against sums in double precision, with guard values around what is written. */
#include "src/matrix/panel.h"
#include "src/base/memory.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

static const float guard = 12345.0F;

static float *noise(size_t count, uint64_t index)
{
    oc_random random = oc_random_stream(3, 3, index);
    float *values = oc_alloc(count, sizeof *values);
    for (size_t i = 0; i < count; i++) {
        values[i] = (float)oc_random_normal(&random);
    }
    return values;
}

/* rows x words products of vectors of `depth` values. */
static void check_product(size_t rows, size_t words, size_t depth)
{
    const oc_panel_kernels *kernels = oc_panel();
    size_t panels = oc_panel_count(words), R = kernels->rows;
    float *x = noise(rows * (depth + 3), 1), *w = noise(words * (depth + 1), 2);
    float *packed = oc_alloc(OC_PANEL_BLOCK * depth, sizeof(float));
    float *packed_words = oc_alloc(panels * OC_PANEL * depth, sizeof(float));
    float *bias = oc_alloc(panels * OC_PANEL, sizeof(float));
    for (size_t k = 0; k < words; k++) {
        bias[k] = (float)k;
    }
    float tile[(OC_PANEL_MAX_ROWS + 2) * OC_PANEL];
    size_t groups = oc_panel_pack_block(x, depth + 3, rows, depth, packed);
    cr_assert_eq(groups, (rows + R - 1) / R);
    oc_panel_pack(w, words, depth, depth + 1, -2, packed_words);
    for (size_t g = 0; g < groups; g++) {
        for (size_t p = 0; p < panels; p++) {
            for (size_t i = 0; i < sizeof tile / sizeof *tile; i++) {
                tile[i] = guard;
            }
            kernels->product(packed + g * R * depth, packed_words + p * OC_PANEL * depth, depth, bias + p * OC_PANEL,
                             tile + OC_PANEL);
            for (size_t i = 0; i < R * OC_PANEL; i++) {
                size_t row = g * R + i / OC_PANEL, word = p * OC_PANEL + i % OC_PANEL;
                double wanted = (double)bias[word];
                for (size_t j = 0; row < rows && word < words && j < depth; j++) {
                    wanted -= 2 * (double)x[row * (depth + 3) + j] * (double)w[word * (depth + 1) + j];
                }
                double difference = fabs((double)tile[OC_PANEL + i] - wanted);
                cr_assert(difference <= 1e-4 * (1 + fabs(wanted)), "%zu rows, %zu words, %zu deep", rows, words, depth);
            }
            for (size_t i = 0; i < OC_PANEL; i++) {
                cr_assert_float_eq(tile[i], guard, 0);
                cr_assert_float_eq(tile[OC_PANEL + R * OC_PANEL + i], guard, 0);
            }
        }
    }
    oc_free(x);
    oc_free(w);
    oc_free(packed);
    oc_free(packed_words);
    oc_free(bias);
}

Test(panel, product_is_the_sum)
{
    check_product(1, 1, 1);
    check_product(48, 64, 108);
    check_product(47, 33, 27);
    check_product(13, 100, 5);
    check_product(5, 31, 0);
}

Test(panel, a_row_does_not_depend_on_its_neighbours)
{
    enum { DEPTH = 37 };
    const oc_panel_kernels *kernels = oc_panel();
    float *x = noise(OC_PANEL_BLOCK * DEPTH, 4), *panel = noise(OC_PANEL * DEPTH, 5);
    float *packed = oc_alloc(OC_PANEL_BLOCK * DEPTH, sizeof(float)), *bias = noise(OC_PANEL, 6);
    float together[OC_PANEL_MAX_ROWS * OC_PANEL], alone[OC_PANEL_MAX_ROWS * OC_PANEL];
    oc_panel_pack_block(x, DEPTH, OC_PANEL_BLOCK, DEPTH, packed);
    kernels->product(packed, panel, DEPTH, bias, together);
    for (size_t row = 0; row < kernels->rows; row++) {
        oc_panel_pack_block(x + row * DEPTH, DEPTH, 1, DEPTH, packed);
        kernels->product(packed, panel, DEPTH, bias, alone);
        cr_assert_arr_eq(together + row * OC_PANEL, alone, OC_PANEL * sizeof *alone);
    }
    oc_free(x);
    oc_free(panel);
    oc_free(packed);
    oc_free(bias);
}
