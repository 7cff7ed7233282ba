/* Explanations and losses around a model; pages. */
#include "features/pictures.h"
#include "src/draw/shapes.h"
#include "src/learn/loss.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(show, .init = make_test_folder, .fini = remove_test_folder);

static const char SPEC[] =
    "hog:cell=6+color:grid=2,joint=0+words:count=6,patch=4,samples=1000,mirror=1,grid=1-2+pixels:size=7";

/* A model of stripes and the set it was trained on. */
static oc_model *make(const char *spec, int loss, oc_set **set)
{
    put_stripes("in", 6, 19, 20, 1);
    *set = extracted(at("in"), spec, NULL, NULL, NULL);
    return model_of(*set, loss, NULL);
}

static oc_image decoded(oc_decoder *decoder, const oc_model *model, const char *file)
{
    oc_image image;
    oc_image_options options = oc_model_image_options(model);
    options.planes = OC_GRAY | OC_RGB;
    cr_assert(oc_decode_file(decoder, file, &options, &image, NULL) == OC_OK);
    return image;
}

Test(show, contributions_sum_to_the_score_without_its_bias)
{
    oc_set *set;
    oc_model *model = make(SPEC, OC_LOSS_SOFTMAX, &set);
    oc_predictor *predictor;
    oc_decoder *decoder;
    oc_prediction prediction;
    cr_assert(oc_predictor_create(model, &predictor, NULL) == OC_OK && oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_classify_file(predictor, at("in/down/001.png"), &prediction, NULL) == OC_OK);
    oc_image image = decoded(decoder, model, at("in/down/001.png"));
    size_t d = oc_features_dimension(oc_model_features(model));
    double *map = calloc(image.width * image.height, sizeof *map), *values = calloc(d, sizeof *values);
    for (size_t c = 0; c < 3; c++) {
        double parts[4], sum = 0, all = 0, every = 0;
        oc_explanation e = {.map = map, .parts = parts, .values = values};
        cr_assert(oc_explain(model, &image, c, &e, NULL) == OC_OK);
        for (size_t i = 0; i < image.width * image.height; i++) {
            sum += map[i];
        }
        for (size_t i = 0; i < 4; i++) {
            all += parts[i];
        }
        cr_assert(fabs(sum + e.bias - (double)prediction.scores[c]) <= 1e-4, "%g + %g, %g", sum, e.bias,
                  (double)prediction.scores[c]);
        for (size_t j = 0; j < d; j++) {
            every += values[j];
        }
        cr_assert(fabs(sum - all) <= 1e-9 && fabs(every - all) <= 1e-9);
    }
    oc_error err;
    oc_explanation none = {.map = map, .parts = map};
    cr_assert(oc_explain(model, &image, 3, &none, &err) == OC_USAGE);
    free(map);
    free(values);
    oc_decoder_free(decoder);
    oc_predictor_free(predictor);
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, explaining_gives_the_result_of_classifying)
{
    oc_set *set;
    oc_model *model = make(SPEC, OC_LOSS_HINGE, &set);
    oc_predictor *predictor;
    oc_prediction prediction, again;
    cr_assert(oc_predictor_create(model, &predictor, NULL) == OC_OK);
    cr_assert(oc_classify_file(predictor, at("in/slope/002.png"), &prediction, NULL) == OC_OK);
    float score = prediction.scores[prediction.label];
    size_t label = prediction.label;
    cr_assert(oc_explain_file(predictor, at("in/slope/002.png"), at("why.png"), &again, NULL) == OC_OK);
    cr_assert(again.label == label && fabs((double)(again.scores[label] - score)) <= 0);
    cr_assert(oc_explain_file(predictor, at("in/none.png"), at("no.png"), &again, NULL) == OC_NOT_FOUND);
    cr_assert(fopen(at("no.png"), "rb") == NULL);
    oc_predictor_free(predictor);
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, losses_along_a_ray_and_a_plane_meet_at_the_weights)
{
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_set *set;
        oc_model *model = make("hog:cell=6", loss, &set);
        oc_losses ray, plane, again;
        cr_assert(oc_losses_measure(model, set, &(oc_losses_options){OC_LANDSCAPE_RAY, 3}, NULL, &ray, NULL) == OC_OK);
        cr_assert(oc_losses_measure(model, set, &(oc_losses_options){OC_LANDSCAPE_PLANE, 3}, NULL, &plane, NULL) ==
                  OC_OK);
        oc_job *two = job_of(2);
        cr_assert(oc_losses_measure(model, set, &(oc_losses_options){OC_LANDSCAPE_PLANE, 3}, two, &again, NULL) ==
                  OC_OK);
        cr_assert(memcmp(plane.loss, again.loss, plane.count * plane.count * sizeof *plane.loss) == 0);
        size_t middle = plane.count / 2;
        cr_assert(fabs(ray.loss[ray.count / 2] - ray.start) <= 1e-9 * ray.start && ray.rows == 18);
        cr_assert(fabs(plane.loss[middle * plane.count + middle] - ray.start) <= 1e-9 * ray.start);
        /* both run along U, and begin at the same place */
        cr_assert(fabs(plane.loss[middle * plane.count] - ray.loss[0]) <= 1e-9 * ray.loss[0]);
        oc_losses_clear(&ray);
        oc_losses_clear(&plane);
        oc_losses_clear(&again);
        oc_job_free(two);
        oc_model_free(model);
        oc_set_free(set);
    }
}

Test(show, small_steps_downhill_lower_the_loss_in_proportion)
{
    oc_set *set;
    oc_model *model = make("hog:cell=6", OC_LOSS_SOFTMAX, &set);
    oc_losses steps;
    cr_assert(oc_losses_measure(model, set, &(oc_losses_options){OC_LANDSCAPE_STEPS, 3}, NULL, &steps, NULL) == OC_OK);
    cr_assert(fabs(steps.start - log(3)) <= 0.05, "%g", steps.start); /* log C, for small weights */
    double first_order = (steps.start - steps.loss[0]) / steps.at[0];
    double ten_times = (steps.start - steps.loss[steps.decade]) / steps.at[steps.decade];
    cr_assert(first_order > 0 && fabs(ten_times / first_order - 1) <= 0.01, "%g, %g", first_order, ten_times);
    oc_losses_clear(&steps);
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, losses_that_differ_by_rounding_alone_are_drawn, .timeout = 60)
{
    oc_set *set;
    oc_model *model = make("hog:cell=6", OC_LOSS_SOFTMAX, &set);
    for (int kind = 0; kind < 3; kind++) {
        oc_losses losses;
        cr_assert(oc_losses_measure(model, set, &(oc_losses_options){(oc_landscape)kind, 0}, NULL, &losses, NULL) ==
                  OC_OK);
        size_t count = kind == OC_LANDSCAPE_PLANE ? losses.count * losses.count : losses.count;
        for (size_t i = 0; i < count; i++) {
            losses.loss[i] = i % 2 ? log(2) : nextafter(log(2), 1);
        }
        losses.start = log(2);
        cr_assert(oc_show_losses(model, &losses, at("equal.png"), NULL) == OC_OK);
        oc_losses_clear(&losses);
    }
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, every_page_is_a_png_of_reasonable_size)
{
    oc_set *set;
    oc_model *model = make(SPEC, OC_LOSS_SOFTMAX, &set);
    oc_decoder *decoder;
    oc_losses losses;
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    oc_image image = decoded(decoder, model, at("in/down/001.png"));
    cr_assert(oc_show_image(oc_model_features(model), &image, "stripes", at("image.png"), NULL) == OC_OK);
    cr_assert(oc_show_templates(model, at("templates.png"), NULL) == OC_OK);
    cr_assert(oc_show_codebook(model, at("codebook.png"), NULL) == OC_OK);
    for (int kind = 0; kind < 3; kind++) {
        cr_assert(oc_losses_measure(model, set, &(oc_losses_options){(oc_landscape)kind, 0}, NULL, &losses, NULL) ==
                  OC_OK);
        cr_assert(oc_show_losses(model, &losses,
                                 at(kind == 0   ? "ray.png"
                                    : kind == 1 ? "plane.png"
                                                : "steps.png"),
                                 NULL) == OC_OK);
        oc_losses_clear(&losses);
    }
    static const char *const pages[] = {"image.png", "templates.png", "codebook.png",
                                        "ray.png",   "plane.png",     "steps.png"};
    oc_image_options options = {.planes = OC_RGB, .max_pixels = 100000000};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        oc_error err;
        oc_image page;
        cr_assert(oc_decode_file(decoder, at(pages[i]), &options, &page, &err) == OC_OK, "%s", err.message);
        cr_assert(page.width >= 600 && page.width <= 2200 && page.height >= 200, "%s: %zux%zu", pages[i], page.width,
                  page.height);
    }
    oc_decoder_free(decoder);
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, what_cannot_be_shown_is_refused)
{
    oc_set *set;
    oc_model *model = make("hog:cell=6", OC_LOSS_SOFTMAX, &set), *nearest = NULL;
    oc_train_options options = oc_train_defaults();
    oc_losses losses;
    oc_error err;
    options.classifier = (oc_learner){OC_NEAREST, 1, OC_METRIC_L2};
    cr_assert(oc_model_train(set, &options, NULL, &nearest, NULL, &err) == OC_OK);
    cr_assert(oc_show_codebook(model, at("no.png"), &err) == OC_USAGE);
    cr_assert(oc_show_templates(nearest, at("no.png"), &err) == OC_USAGE);
    cr_assert(oc_losses_measure(nearest, set, &(oc_losses_options){OC_LANDSCAPE_RAY, 0}, NULL, &losses, &err) ==
              OC_USAGE);
    oc_model_free(nearest);
    oc_model_free(model);
    oc_set_free(set);
}

Test(show, few_values_that_stick_out_do_not_set_the_scale)
{
    double values[1000] = {0};
    for (size_t i = 0; i < 1000; i++) {
        values[i] = (i % 2 ? -1.0 : 1.0) * (double)(i + 1) / 1000;
    }
    values[0] = -50;
    values[1] = 50;
    double limit = oc_draw_limit(values, 1000, 0.01);
    cr_assert(limit > 0.95 && limit < 1.1, "%g", limit);
    double same[4] = {2, -2, 2, 0}, none[3] = {0};
    cr_assert(fabs(oc_draw_limit(same, 4, 0.01) - 2) < 1e-9);
    cr_assert(oc_draw_limit(none, 3, 0.01) > 0);
}
