/* The stage words: defaults, invariants, save and restore. */
#include "tests/unit/features/words_support.h"

#include "features/plan.h"
#include "src/pipeline/pipeline.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

Test(words, auto_stands_for_what_suits_the_descriptor)
{
    oc_stage patch = make_words("count=9", 32, 32), sift = make_words("count=9,descriptor=sift", 96, 96);
    oc_stage histogram = make_words("count=9,descriptor=sift,encode=hard,grid=2", 96, 96);
    const oc_words_params *p = patch.params, *s = sift.params, *h = histogram.params;
    cr_assert(p->encode == OC_WORDS_TRIANGLE && p->pool == OC_WORDS_SUM && p->map == OC_WORDS_ROOT && p->stride == 1);
    cr_assert_eq(patch.plan.dimension, 4 * 9);
    cr_assert(s->encode == OC_WORDS_SOFT && s->nearest == 5 && s->pool == OC_WORDS_MAX && s->map == OC_WORDS_PLAIN);
    cr_assert_eq(sift.plan.dimension, (1 + 4 + 16) * 9);
    cr_assert(h->pool == OC_WORDS_SUM && h->map == OC_WORDS_ROOT);
    cr_assert_eq(histogram.plan.dimension, 4 * 9);
    free_words(&patch);
    free_words(&sift);
    free_words(&histogram);
}

static void check_scaled(const char *parameters, size_t width, size_t height, int64_t stride, oc_levels cells)
{
    char spec[100];
    oc_features *features = NULL;
    snprintf(spec, sizeof spec, "words:count=9,descriptor=sift%s", parameters);
    cr_assert_eq(oc_features_parse(spec, &features, NULL), OC_OK);
    oc_words_params p = oc_words_scaled(oc_features_stage(features, 0)->params, width, height);
    cr_assert_eq(p.stride, stride, "%s at %zux%zu: %d", parameters, width, height, (int)p.stride);
    cr_assert_eq(p.cells.count, cells.count, "%s at %zux%zu: %zu", parameters, width, height, p.cells.count);
    for (size_t i = 0; i < cells.count; i++) {
        cr_assert_eq(p.cells.level[i], cells.level[i]);
    }
    oc_features_free(features);
}

Test(words, gradient_descriptors_follow_the_size_of_the_image)
{
    check_scaled("", 256, 256, 8, (oc_levels){4, {4, 6, 8, 12}});
    check_scaled("", 512, 512, 16, (oc_levels){4, {8, 12, 16, 24}});
    check_scaled("", 300, 200, 8, (oc_levels){4, {4, 6, 8, 11}});
    check_scaled("", 200, 300, 8, (oc_levels){4, {4, 6, 8, 11}});
    check_scaled("", 224, 224, 6, (oc_levels){4, {4, 5, 7, 11}}); /* 7 would be odd */
    check_scaled("", 64, 64, 2, (oc_levels){2, {2, 3}});
    check_scaled("", 9, 9, 1, (oc_levels){1, {2}});
    check_scaled("", 4000, 3000, 64, (oc_levels){2, {54, 64}});
    check_scaled(",stride=5", 512, 512, 5, (oc_levels){4, {8, 12, 16, 24}});
    check_scaled(",cells=10-3", 512, 512, 16, (oc_levels){2, {10, 3}});
}

Test(words, threads_change_no_byte)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage first = make_words("count=60,samples=4000,mirror=1", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&first, &p, 1, 3, NULL), OC_OK);
    float *row = words_row(&first, picture(&p, 0));
    for (size_t threads = 2; threads <= 3; threads++) {
        oc_stage other = make_words("count=60,samples=4000,mirror=1", WIDTH, HEIGHT);
        cr_assert_eq(fit_words(&other, &p, threads, 3, NULL), OC_OK);
        float *same = words_row(&other, picture(&p, 0));
        cr_assert_arr_eq(row, same, first.plan.dimension * sizeof *row, "%zu threads", threads);
        oc_free(same);
        free_words(&other);
    }
    oc_free(row);
    free_words(&first);
    free_pictures(&p);
}

Test(words, another_seed_gives_other_words)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage a = make_words("count=20,samples=4000", WIDTH, HEIGHT);
    oc_stage b = make_words("count=20,samples=4000", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&a, &p, 1, 3, NULL), OC_OK);
    cr_assert_eq(fit_words(&b, &p, 1, 4, NULL), OC_OK);
    const oc_words *wa = a.state, *wb = b.state;
    cr_assert(memcmp(wa->transform, wb->transform, wa->depth * sizeof(float)) != 0);
    free_words(&a);
    free_words(&b);
    free_pictures(&p);
}

Test(words, levels_of_the_grid_agree)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words("count=30,grid=1-2-3-4,map=none", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
    cr_assert_eq(stage.plan.dimension, 30 * (1 + 4 + 9 + 16));
    float *row = words_row(&stage, picture(&p, 1));
    for (size_t k = 0; k < 30; k++) {
        size_t base = 1;
        for (size_t g = 2; g <= 4; base += g * g, g++) {
            double sum = 0;
            for (size_t region = 0; region < g * g; region++) {
                sum += (double)row[(base + region) * 30 + k];
            }
            cr_assert(fabs(sum - (double)row[k]) <= 1e-5 * sum + 1e-6, "level %zu", g);
        }
    }
    oc_free(row);
    free_words(&stage);
    free_pictures(&p);
}

Test(words, a_mirrored_image_has_the_same_row_with_mirror)
{
    static const char *const specs[] = {"count=30,mirror=1,grid=1-2-3", "count=30,mirror=1,map=none,whiten=0",
                                        "count=30,mirror=1,descriptor=sift,cells=2-4,stride=2,grid=2"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_stage stage = make_words(specs[i], WIDTH, HEIGHT);
        cr_assert_eq(fit_words(&stage, &p, 2, 1, NULL), OC_OK);
        cr_assert(stage.plan.mirrors, "%s", specs[i]);
        oc_image other = mirrored_picture(&p, 4);
        float *row = words_row(&stage, picture(&p, 4)), *same = words_row(&stage, other);
        uint32_t *order = oc_alloc(stage.plan.dimension, sizeof *order);
        stage.type->mirror_order(&stage, order);
        for (size_t j = 0; j < stage.plan.dimension; j++) {
            double difference = fabs((double)same[j] - (double)row[order[j]]);
            cr_assert(difference <= 1e-3 * (1 + fabs((double)row[j])), "%s, value %zu: %g and %g", specs[i], j,
                      (double)row[order[j]], (double)same[j]);
        }
        oc_free(row);
        oc_free(same);
        oc_free(order);
        oc_free(other.rgb);
        oc_free(other.gray);
        free_words(&stage);
    }
    oc_stage plain = make_words("count=30", WIDTH, HEIGHT);
    cr_assert_not(plain.plan.mirrors);
    free_words(&plain);
    oc_stage uneven = make_words("count=30,mirror=1,stride=2", WIDTH, HEIGHT); /* (23 - 6) % 2 = 1 */
    cr_assert_not(uneven.plan.mirrors);
    free_words(&uneven);
    free_pictures(&p);
}

Test(words, flat_images_give_finite_rows)
{
    static const char *const specs[] = {"count=20", "count=20,mirror=1,pool=max", "count=20,encode=soft",
                                        "count=20,descriptor=sift,cells=3,stride=2"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT), flat = make_pictures(1, WIDTH, HEIGHT);
    for (int level = 0; level < 256; level += 255) {
        memset(flat.rgb, level, WIDTH * HEIGHT * 3);
        memset(flat.gray, level, WIDTH * HEIGHT);
        for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
            oc_stage stage = make_words(specs[i], WIDTH, HEIGHT);
            cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
            float *row = words_row(&stage, picture(&flat, 0));
            for (size_t j = 0; j < stage.plan.dimension; j++) {
                cr_assert(isfinite(row[j]), "%s", specs[i]);
            }
            oc_free(row);
            free_words(&stage);
        }
    }
    free_pictures(&p);
    free_pictures(&flat);
}

Test(words, sizes_that_do_not_do_are_named)
{
    oc_stage stage = make_words("patch=6,grid=4", WIDTH, HEIGHT);
    oc_plan plan = {.dimension = 77};
    oc_error err;
    cr_assert_eq(oc_plan_make(&stage, 5, 40, &plan, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "5x40") && strstr(err.message, "6x6"), "%s", err.message);
    cr_assert_eq(oc_plan_make(&stage, 8, 40, &plan, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "8x40") && strstr(err.message, "4x4"), "%s", err.message);
    cr_assert_eq(oc_plan_make(&stage, SIZE_MAX / 4, SIZE_MAX / 4, &plan, &err), OC_TOO_LARGE);
    cr_assert_eq(plan.dimension, 77);
    free_words(&stage);
}

Test(words, more_words_than_patches_is_an_error_with_both_numbers)
{
    pictures p = make_pictures(1, 10, 8);
    oc_stage stage = make_words("count=16", 10, 8); /* 5 x 3 patches */
    oc_error err;
    cr_assert_eq(fit_words(&stage, &p, 1, 1, &err), OC_BAD_DATA);
    cr_assert(strstr(err.message, "16 words") && strstr(err.message, "15 patches"), "%s", err.message);
    cr_assert_null(stage.state);
    free_words(&stage);
    free_pictures(&p);
}

Test(words, unreadable_images_are_left_out)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    p.unreadable = 3;
    oc_stage a = make_words("count=25,samples=3000", WIDTH, HEIGHT);
    oc_stage b = make_words("count=25,samples=3000", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&a, &p, 1, 1, NULL), OC_OK);
    cr_assert_eq(fit_words(&b, &p, 3, 1, NULL), OC_OK);
    const oc_words *wa = a.state, *wb = b.state;
    cr_assert_eq(wa->directions, wb->directions);
    cr_assert_arr_eq(wa->words, wb->words, wa->count * wa->directions * sizeof(float));
    p.unreadable = 1;
    oc_stage none = make_words("count=25", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&none, &p, 2, 1, NULL), OC_BAD_DATA);
    free_words(&a);
    free_words(&b);
    free_words(&none);
    free_pictures(&p);
}

Test(words, saved_and_restored_gives_the_same_bytes)
{
    static const char *const specs[] = {"count=40,mirror=1", "count=33,gray=1,whiten=0,patch=5",
                                        "count=20,descriptor=sift,cells=3,stride=2",
                                        "count=6,patch=4,encode=fisher,mirror=1"};
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_stage stage = make_words(specs[i], WIDTH, HEIGHT), copy = make_words(specs[i], WIDTH, HEIGHT);
        cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
        oc_tensor tensors[OC_STAGE_MAX_TENSORS];
        size_t count = stage.type->save_state(&stage, tensors);
        cr_assert_eq(stage.type->load_state(&copy, tensors, count, NULL), OC_OK);
        float *row = words_row(&stage, picture(&p, 2)), *same = words_row(&copy, picture(&p, 2));
        cr_assert_arr_eq(row, same, stage.plan.dimension * sizeof *row);
        oc_free(row);
        oc_free(same);
        free_words(&stage);
        free_words(&copy);
    }
    free_pictures(&p);
}

static void refuse_damaged_arrays(const char *spec)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words(spec, WIDTH, HEIGHT);
    oc_stage copy = make_words(spec, WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
    oc_tensor good[OC_STAGE_MAX_TENSORS], bad[OC_STAGE_MAX_TENSORS];
    size_t count = stage.type->save_state(&stage, good);
    for (size_t i = 0; i < count; i++) {
        for (int damage = 0; damage < 5; damage++) {
            memcpy(bad, good, sizeof good);
            float saved = bad[i].values[1];
            bad[i].name = damage == 0 ? "other" : bad[i].name;
            bad[i].rows += damage == 1;
            bad[i].columns -= damage == 2;
            bad[i].rows = damage == 3 ? 0 : bad[i].rows;
            bad[i].values[1] = damage == 4 ? NAN : saved;
            oc_error err;
            cr_assert_eq(stage.type->load_state(&copy, bad, count, &err), OC_BAD_FILE, "%zu, %d", i, damage);
            cr_assert_null(copy.state);
            bad[i].values[1] = saved;
        }
    }
    cr_assert_eq(stage.type->load_state(&copy, good, count - 1, NULL), OC_BAD_FILE);
    oc_words *w = stage.state;
    if (w->spread) {
        float saved = w->spread[5];
        w->spread[5] = 0; /* rows are divided by it */
        cr_assert_eq(stage.type->load_state(&copy, good, count, NULL), OC_BAD_FILE);
        w->spread[5] = saved;
    }
    w->parity[0] = -1; /* an odd direction before an even one */
    cr_assert_eq(stage.type->load_state(&copy, good, count, NULL), OC_BAD_FILE);
    free_words(&stage);
    free_words(&copy);
    free_pictures(&p);
}

Test(words, damaged_arrays_are_refused)
{
    refuse_damaged_arrays("count=40,mirror=1");
    refuse_damaged_arrays("count=7,patch=4,encode=fisher,mirror=1");
}

Test(words, nothing_is_allocated_after_the_first_image)
{
    pictures p = make_pictures(IMAGES, WIDTH, HEIGHT);
    oc_stage stage = make_words("count=40,descriptor=sift,cells=2-3,stride=2", WIDTH, HEIGHT);
    cr_assert_eq(fit_words(&stage, &p, 1, 1, NULL), OC_OK);
    oc_scratch scratch = {0};
    float *row = oc_alloc(stage.plan.dimension, sizeof *row);
    oc_image image = picture(&p, 0);
    cr_assert_eq(stage.type->extract(&stage, &image, &scratch, row, NULL), OC_OK);
    oc_arena_reset(&scratch.arena);
    oc_memory_fail_after(1);
    oc_status status = stage.type->extract(&stage, &image, &scratch, row, NULL);
    oc_memory_fail_after(0);
    cr_assert_eq(status, OC_OK);
    oc_arena_free(&scratch.arena);
    oc_free(row);
    free_words(&stage);
    free_pictures(&p);
}

Test(words, short_memory_leaves_the_stage_unfitted)
{
    pictures p = make_pictures(10, WIDTH, HEIGHT);
    oc_stage stage = make_words("count=20,mirror=1", WIDTH, HEIGHT);
    oc_source source = {p.count, read_picture, &p};
    size_t failures = 0;
    for (size_t n = 1; n < 200; n++) {
        oc_memory_fail_after(n);
        oc_status status = stage.type->fit(&stage, &source, 1, NULL, NULL);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            break;
        }
        cr_assert_eq(status, OC_NO_MEMORY, "allocation %zu: %d", n, (int)status);
        cr_assert_null(stage.state);
        failures++;
    }
    cr_assert(failures > 20 && failures < 150, "%zu", failures);
    free_words(&stage);
    free_pictures(&p);
}
