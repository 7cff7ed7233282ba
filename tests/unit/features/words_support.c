#include "tests/unit/features/words_support.h"
#include "src/base/random.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

static void paint(uint8_t *rgb, size_t width, size_t height, oc_random *random)
{
    float *plane = oc_alloc(width * height * 3, sizeof *plane);
    for (size_t r = 0; r < 12; r++) {
        size_t x0 = oc_random_below(random, width), y0 = oc_random_below(random, height);
        size_t x1 = x0 + 1 + oc_random_below(random, width), y1 = y0 + 1 + oc_random_below(random, height);
        float color[3];
        for (size_t c = 0; c < 3; c++) {
            color[c] = (float)(255 * oc_random_unit(random));
        }
        for (size_t y = y0; y < y1 && y < height; y++) {
            for (size_t x = x0; x < x1 && x < width; x++) {
                for (size_t c = 0; c < 3; c++) {
                    float *value = &plane[(y * width + x) * 3 + c];
                    *value += 0.6F * (color[c] - *value) + (float)(x - x0);
                }
            }
        }
    }
    for (size_t i = 0; i < width * height * 3; i++) {
        float value = plane[i] + (float)(20 * oc_random_unit(random));
        rgb[i] = (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
    }
    oc_free(plane);
}

pictures make_pictures(size_t count, size_t width, size_t height)
{
    pictures p = {.count = count, .width = width, .height = height};
    p.rgb = oc_alloc(count * width * height, 3);
    p.gray = oc_alloc(count * width * height, 1);
    for (size_t i = 0; i < count; i++) {
        oc_random random = oc_random_stream(7, 7, i);
        paint(p.rgb + i * width * height * 3, width, height, &random);
    }
    for (size_t i = 0; i < count * width * height; i++) {
        p.gray[i] = (uint8_t)((p.rgb[3 * i] + p.rgb[3 * i + 1] + p.rgb[3 * i + 2]) / 3);
    }
    return p;
}

void free_pictures(pictures *p)
{
    oc_free(p->rgb);
    oc_free(p->gray);
}

oc_image picture(const pictures *p, size_t i)
{
    size_t pixels = p->width * p->height;
    return (oc_image){
        .width = p->width, .height = p->height, .gray = p->gray + i * pixels, .rgb = p->rgb + i * pixels * 3};
}

oc_image mirrored_picture(const pictures *p, size_t i)
{
    oc_image image = picture(p, i);
    size_t w = p->width, h = p->height;
    uint8_t *rgb = oc_alloc(w * h, 3), *gray = oc_alloc(w * h, 1);
    for (size_t y = 0; y < h; y++) {
        for (size_t x = 0; x < w; x++) {
            memcpy(rgb + (y * w + x) * 3, image.rgb + (y * w + w - 1 - x) * 3, 3);
            gray[y * w + x] = image.gray[y * w + w - 1 - x];
        }
    }
    image.rgb = rgb;
    image.gray = gray;
    return image;
}

oc_status read_picture(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    const pictures *p = context;
    (void)worker, (void)err;
    if (p->unreadable && index % p->unreadable == 0) {
        return OC_BAD_IMAGE;
    }
    *image = picture(p, index);
    return OC_OK;
}

static const oc_stage_type *find_words(void)
{
    size_t i = 0;
    while (strcmp(oc_stage_types[i]->name, "words") != 0) {
        i++;
    }
    return oc_stage_types[i];
}

oc_stage make_words(const char *spec, size_t width, size_t height)
{
    oc_stage stage = {.type = find_words()};
    stage.params = oc_alloc(1, stage.type->param_size);
    oc_params_default(stage.type->params, stage.type->param_count, stage.params);
    char copy[200];
    snprintf(copy, sizeof copy, "%s", spec);
    for (char *item = strtok(copy, ","); item; item = strtok(NULL, ",")) {
        char *value = strchr(item, '=');
        *value++ = '\0';
        const oc_param *param = oc_params_find(stage.type->params, stage.type->param_count, item);
        cr_assert(param != NULL, "%s", item);
        cr_assert_eq(oc_param_set(param, value, stage.params, NULL), OC_OK);
    }
    cr_assert_eq(stage.type->resolve(stage.params, &stage.needs, NULL), OC_OK);
    cr_assert_eq(oc_plan_make(&stage, width, height, &stage.plan, NULL), OC_OK);
    return stage;
}

void free_words(oc_stage *stage)
{
    stage->type->free_state(stage);
    oc_plan_free(&stage->plan);
    oc_free(stage->params);
}

oc_status fit_words(oc_stage *stage, pictures *p, size_t threads, uint64_t seed, oc_error *err)
{
    oc_job *job;
    cr_assert_eq(oc_job_create(threads, NULL, &job, NULL), OC_OK);
    oc_source source = {p->count, read_picture, p};
    oc_status status = stage->type->fit(stage, &source, seed, job, err);
    oc_job_free(job);
    return status;
}

float *words_row(const oc_stage *stage, oc_image image)
{
    oc_scratch scratch = {0};
    float *row = oc_alloc(stage->plan.dimension, sizeof *row);
    cr_assert_eq(stage->type->extract(stage, &image, &scratch, row, NULL), OC_OK);
    oc_arena_free(&scratch.arena);
    return row;
}
