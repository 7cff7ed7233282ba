/* What pictures show: enough ink, and the right words. */
#include "features/pictures.h"
#include "src/pipeline/pipeline.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(pictures, .init = make_test_folder, .fini = remove_test_folder);

enum { PAGE = 500 };

/* The part of the canvas that is mostly of the colour: nearer to it than to white or gray. */
static double share_of(const oc_canvas *canvas, oc_color color)
{
    size_t found = 0, count = canvas->width * canvas->height;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *p = canvas->rgb + 3 * i;
        found += abs(p[0] - color.r) + abs(p[1] - color.g) + abs(p[2] - color.b) < 40;
    }
    return (double)found / (double)count;
}

static const oc_stage *first_stage(const oc_model *model)
{
    return oc_features_stage((oc_features *)(uintptr_t)oc_model_features(model), 0);
}

/* Weak texture everywhere and one strong edge, 400 x 160. */
Test(pictures, stars_of_gradients_are_seen_beside_a_strong_edge)
{
    enum { W = 400, H = 160 };
    uint8_t *gray = malloc((size_t)W * H), *rgb = malloc((size_t)3 * W * H);
    for (size_t i = 0; i < W * H; i++) {
        size_t x = i % W, y = i / W;
        gray[i] = (uint8_t)(x > 200 && x < 204 ? 250 : 100 + (x * 7 + y * 3) % 16);
        rgb[3 * i] = rgb[3 * i + 1] = rgb[3 * i + 2] = gray[i];
    }
    oc_image image = {.width = W, .height = H, .gray = gray, .rgb = rgb};
    oc_features *features;
    oc_workspace *workspace;
    cr_assert(oc_features_parse("hog:cell=16", &features, NULL) == OC_OK);
    cr_assert(oc_features_plan(features, W, H, NULL) == OC_OK && oc_workspace_create(&workspace, NULL) == OC_OK);
    float *row = calloc(oc_features_dimension(features), sizeof *row);
    cr_assert(oc_features_extract(features, &image, workspace, row, NULL) == OC_OK);
    oc_canvas canvas;
    cr_assert(oc_canvas_create(&canvas, 900, 360, NULL) == OC_OK);
    oc_draw_request s = {OC_DRAW_ROW, row, &image, &canvas, 0, 0, 900, 360};
    cr_assert(oc_stage_draw(oc_features_stage(features, 0), &s, NULL) == OC_OK);
    double blue = share_of(&canvas, OC_FOR);
    cr_assert(blue > 0.1 && blue < 0.4, "%g", blue);
    oc_canvas_free(&canvas);
    oc_workspace_free(workspace);
    oc_features_free(features);
    free(row);
    free(gray);
    free(rgb);
}

/* Contributions of one word for the class and of none against it: the list for it has ink, the other has none. */
Test(pictures, words_that_contribute_are_listed_on_their_side)
{
    oc_set *set;
    put_stripes("in", 6, 24, 24, 1);
    set = extracted(at("in"), "words:count=6,patch=4,samples=1000,grid=1-2", NULL, NULL, NULL);
    oc_model *model = model_of(set, OC_LOSS_SOFTMAX, NULL);
    const oc_stage *stage = first_stage(model);
    oc_decoder *decoder;
    oc_image image;
    oc_image_options options = oc_model_image_options(model);
    options.planes = OC_GRAY | OC_RGB;
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_decode_file(decoder, at("in/down/001.png"), &options, &image, NULL) == OC_OK);
    float *parts = calloc(stage->plan.dimension, sizeof *parts);
    double aspect = oc_stage_aspect(stage, OC_DRAW_PARTS);
    for (int sign = -1; sign <= 1; sign++) {
        oc_canvas canvas;
        cr_assert(oc_canvas_create(&canvas, (size_t)(aspect * PAGE), PAGE, NULL) == OC_OK);
        parts[3] = (float)sign;
        oc_draw_request s = {OC_DRAW_PARTS, parts, &image, &canvas, 0, 0, aspect * PAGE, PAGE};
        cr_assert(oc_stage_draw(stage, &s, NULL) == OC_OK);
        double blue = share_of(&canvas, OC_FOR), orange = share_of(&canvas, OC_AGAINST);
        cr_assert((blue > 0.001) == (sign > 0), "%d: %g", sign, blue);
        cr_assert((orange > 0.001) == (sign < 0), "%d: %g", sign, orange);
        oc_canvas_free(&canvas);
    }
    free(parts);
    oc_decoder_free(decoder);
    oc_model_free(model);
    oc_set_free(set);
}

/* Are the first words of two sheets, each a tenth of the width, drawn alike? */
static bool first_words_equal(const oc_canvas *a, const oc_canvas *b)
{
    double side = (double)a->width / 10;
    bool equal = true;
    for (size_t y = (size_t)(0.45 * side); y < (size_t)(1.1 * side); y++) {
        equal = equal && memcmp(a->rgb + 3 * y * a->width, b->rgb + 3 * y * b->width, 3 * (size_t)(0.75 * side)) == 0;
    }
    return equal;
}

/* Of 150 gradient words 100 are drawn, ten a line; where the mean row is known, the one that is used most is the first. */
Test(pictures, the_most_used_gradient_words_are_drawn_large)
{
    oc_set *set;
    put_stripes("in", 30, 64, 64, 1);
    set = extracted(at("in"), "words:count=150,descriptor=sift,samples=2000,grid=1", NULL, NULL, NULL);
    oc_model *model = model_of(set, OC_LOSS_SOFTMAX, NULL);
    const oc_stage *stage = first_stage(model);
    double aspect = oc_stage_aspect(stage, OC_DRAW_LEARNED);
    cr_assert(aspect > 0.8 && aspect < 1, "%g", aspect);
    float *mean = calloc(stage->plan.dimension, sizeof *mean);
    oc_canvas canvas[3];
    for (size_t i = 0; i < 3; i++) {
        cr_assert(oc_canvas_create(&canvas[i], (size_t)(aspect * PAGE), PAGE, NULL) == OC_OK);
        mean[120] = i == 1;
        mean[0] = i == 2;
        oc_draw_request s = {OC_DRAW_LEARNED, i ? mean : NULL, NULL, &canvas[i], 0, 0, aspect * PAGE, PAGE};
        cr_assert(oc_stage_draw(stage, &s, NULL) == OC_OK);
    }
    cr_assert(!first_words_equal(&canvas[0], &canvas[1]));
    cr_assert(first_words_equal(&canvas[0], &canvas[2]));
    for (size_t i = 0; i < 3; i++) {
        oc_canvas_free(&canvas[i]);
    }
    free(mean);
    oc_model_free(model);
    oc_set_free(set);
}
