/* Models: training on sets, saving and loading, classifying, and damaged files. */
#include "tests/unit/model/support.h"

#include "src/base/memory.h"
#include "src/learn/loss.h"
#include "src/matrix/safetensors.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(model, .init = make_test_folder, .fini = remove_test_folder);

static const char SPEC[] = "hog:cell=6+words:count=6,patch=4,samples=1000";

static oc_model *loaded(const char *path)
{
    oc_model *model = NULL;
    oc_error err = {0};
    cr_assert(oc_model_load(path, &model, &err) == OC_OK, "%s", err.message);
    return model;
}

Test(model, saving_and_loading_keep_every_byte)
{
    put_stripes("in", 6, 18, 18, 1);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_set *set = extracted(at("in"), SPEC, NULL, NULL, NULL);
        oc_model *model = model_of(set, loss, NULL);
        cr_assert(oc_model_save(model, at("a"), NULL) == OC_OK);
        oc_model *back = loaded(at("a"));
        cr_assert(oc_model_save(back, at("b"), NULL) == OC_OK);
        expect_same_file(at("a"), at("b"));
        cr_assert(oc_model_recognise(at("a")) && !oc_model_recognise(at("in/down/000.png")));
        cr_assert(oc_model_classes(back) == 3 && strcmp(oc_model_class(back, 1), "down") == 0);
        cr_assert(strcmp(oc_features_spec(oc_model_features(back)), SPEC) == 0);
        size_t d = oc_features_dimension(oc_model_features(back));
        cr_assert(oc_model_parameters(back) == 3 * (d + 1) && oc_model_stage_parameters(back) > 0);
        cr_assert(oc_model_classifier(back)->loss == (oc_loss)loss && oc_model_train_options(back).epochs == 20);
        cr_assert(oc_model_matches(back, set, NULL) == OC_OK);
        oc_model_free(model);
        oc_model_free(back);
        oc_set_free(set);
    }
}

Test(model, threads_and_the_way_over_the_disk_change_no_byte)
{
    put_stripes("in", 8, 18, 18, 2);
    put_text("in/broken/1.png", "a class without any readable image");
    oc_job *two = job_of(2);
    oc_set *one_thread = extracted(at("in"), SPEC, NULL, NULL, NULL), *opened = NULL;
    oc_set *disk = extracted(at("in"), SPEC, at("set"), NULL, two);
    cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_OK);
    oc_model *models[] = {model_of(one_thread, 0, NULL), model_of(disk, 0, two), model_of(opened, 0, two)};
    for (size_t i = 0; i < 3; i++) {
        static const char *const names[] = {"0", "1", "2"};
        cr_assert(oc_model_save(models[i], at(names[i]), NULL) == OC_OK);
        expect_same_file(at("0"), at(names[i]));
        oc_model_free(models[i]);
    }
    oc_set_free(one_thread);
    oc_set_free(disk);
    oc_set_free(opened);
    oc_job_free(two);
}

/* The label of an image by its pixels alone, of which the rows lie apart. */
static size_t label_of_pixels(oc_predictor *predictor, const void *bytes, size_t size)
{
    enum { GAP = 5 };
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_prediction prediction;
    oc_image_options options = {.planes = OC_GRAY | OC_RGB};
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    cr_assert(oc_decode_memory(decoder, bytes, size, &options, &image, NULL) == OC_OK);
    size_t channels = image.grayscale ? 1 : 3, row = image.width * channels, stride = row + GAP;
    uint8_t *pixels = calloc(image.height, stride);
    for (size_t y = 0; y < image.height; y++) {
        memcpy(pixels + y * stride, (image.grayscale ? image.gray : image.rgb) + y * row, row);
    }
    cr_assert(oc_classify_pixels(predictor, &(oc_pixels){pixels, image.width, image.height, channels, stride},
                                 &prediction, NULL) == OC_OK);
    cr_assert(oc_classify_pixels(predictor, &(oc_pixels){pixels, image.width, image.height, channels, row - 1},
                                 &prediction, NULL) == OC_USAGE);
    free(pixels);
    oc_decoder_free(decoder);
    return prediction.label;
}

/* One file at a time, from its name, from memory and by its pixels, against all rows at once. */
static void check_classification(const char *images, const oc_model *model, const oc_set *set)
{
    oc_evaluation evaluation;
    oc_predictor *predictor = NULL;
    oc_error err = {0};
    cr_assert(oc_evaluate(model, set, NULL, &evaluation, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_predictor_create(model, &predictor, &err) == OC_OK);
    for (size_t i = 0; i < oc_set_count(set); i++) {
        char path[300];
        oc_prediction prediction, again;
        size_t size;
        snprintf(path, sizeof path, "%s/%s", images, oc_set_path(set, i));
        cr_assert(oc_classify_file(predictor, at(path), &prediction, &err) == OC_OK, "%s", err.message);
        cr_assert((int)prediction.label == evaluation.predicted[i], "%s", path);
        cr_assert((prediction.probabilities != NULL) == !oc_model_classifier(model)->nearest);
        double sum = 0;
        for (size_t c = 0; c < oc_model_classes(model); c++) {
            cr_assert(isfinite(prediction.scores[c]) && prediction.scores[c] <= prediction.scores[prediction.label]);
            sum += prediction.probabilities ? (double)prediction.probabilities[c]
                                            : 1.0 / (double)oc_model_classes(model);
        }
        cr_assert(!(fabs(sum - 1) > 1e-6));
        char *bytes = contents(at(path), &size);
        size_t label = prediction.label;
        cr_assert(oc_classify_memory(predictor, bytes, size, &again, &err) == OC_OK && again.label == label);
        cr_assert(label_of_pixels(predictor, bytes, size) == label);
        free(bytes);
    }
    oc_prediction prediction;
    put_text("text.png", "no image");
    cr_assert(oc_classify_file(predictor, at("none.png"), &prediction, &err) == OC_NOT_FOUND);
    cr_assert(oc_classify_file(predictor, at("text.png"), &prediction, &err) == OC_BAD_IMAGE);
    cr_assert(strstr(err.message, "text.png"), "%s", err.message);
    oc_predictor_free(predictor);
    oc_evaluation_clear(&evaluation);
}

Test(model, classifying_a_file_is_what_evaluation_says)
{
    put_stripes("in", 10, 18, 18, 3);
    put_stripes("new", 10, 18, 18, 4);
    for (int loss = 0; loss < (int)oc_loss_count; loss++) {
        oc_set *set = extracted(at("in"), SPEC, NULL, NULL, NULL), *test = NULL;
        oc_model *model = model_of(set, loss, NULL);
        oc_dataset *dataset = open_set(at("new"));
        oc_extract_options options = extract_defaults();
        cr_assert(oc_set_extract(dataset, oc_model_features(model), &options, NULL, &test, NULL) == OC_OK);
        check_classification("new", model, test);
        oc_dataset_free(dataset);
        oc_model_free(model);
        oc_set_free(set);
        oc_set_free(test);
    }
}

Test(model, real_garments_are_distinguished)
{
    static const char garments[] = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz";
    FILE *file = fopen(garments, "rb");
    if (!file) {
        cr_skip_test("%s is not installed", garments);
    }
    fclose(file);
    /* The first 300 of the test images, cut out as an IDX file of their own. */
    oc_dataset *all = open_set(garments);
    enum { IMAGES = 300, SIDE = 28 };
    static unsigned char idx[16 + IMAGES * SIDE * SIDE] = {0, 0, 8, 3,    0, 0, IMAGES >> 8, IMAGES & 255,
                                                           0, 0, 0, SIDE, 0, 0, 0,           SIDE};
    static unsigned char labels[8 + IMAGES] = {0, 0, 8, 1, 0, 0, IMAGES >> 8, IMAGES & 255};
    oc_decoder *decoder = NULL;
    oc_image_options options = extract_defaults().image;
    options.planes = OC_GRAY;
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK);
    for (size_t i = 0; i < IMAGES; i++) {
        oc_image image;
        cr_assert(oc_dataset_read(all, i, decoder, &options, &image, NULL) == OC_OK);
        memcpy(idx + 16 + i * SIDE * SIDE, image.gray, SIDE * SIDE);
        labels[8 + i] = (unsigned char)oc_dataset_label(all, i);
    }
    oc_decoder_free(decoder);
    oc_dataset_free(all);
    put("t-images-idx3-ubyte", idx, sizeof idx);
    put("t-labels-idx1-ubyte", labels, sizeof labels);
    oc_dataset *cut = open_set(at("t-images-idx3-ubyte"));
    size_t written;
    cr_assert(oc_unpack(cut, at("folders"), NULL, &written, NULL) == OC_OK && written == IMAGES);
    oc_dataset_free(cut);
    oc_set *binary = extracted(at("t-images-idx3-ubyte"), "hog:cell=7", NULL, NULL, NULL);
    oc_set *folders = extracted(at("folders"), "hog:cell=7", NULL, NULL, NULL);
    cr_assert(oc_set_count(binary) == IMAGES && oc_set_count(folders) == IMAGES);
    oc_model *model = model_of(folders, 0, NULL);
    oc_evaluation evaluation;
    cr_assert(oc_evaluate(model, binary, NULL, &evaluation, NULL) == OC_OK);
    cr_assert(evaluation.images == IMAGES && evaluation.accuracy > 0.85, "%g", evaluation.accuracy);
    oc_evaluation_clear(&evaluation);
    check_classification("folders", model, folders);
    oc_model_free(model);
    oc_set_free(binary);
    oc_set_free(folders);
}

Test(model, stages_that_differ_are_reported)
{
    put_stripes("in", 4, 18, 18, 5);
    put_stripes("other", 4, 18, 18, 6);
    oc_set *set = extracted(at("in"), SPEC, NULL, NULL, NULL), *other = extracted(at("other"), SPEC, NULL, NULL, NULL);
    oc_set *cells = extracted(at("in"), "hog:cell=9", NULL, NULL, NULL);
    oc_extract_options larger = extract_defaults();
    larger.image.size = (oc_extent){24, 24};
    oc_set *sized = extracted(at("in"), SPEC, NULL, &larger, NULL);
    oc_model *model = model_of(set, 0, NULL), *simple = model_of(cells, 0, NULL);
    oc_error err = {0};
    cr_assert(oc_model_matches(model, set, &err) == OC_OK);
    cr_assert(oc_model_matches(model, other, &err) == OC_USAGE && strstr(err.message, "words"), "%s", err.message);
    cr_assert(oc_model_matches(model, cells, &err) == OC_USAGE && strstr(err.message, "specs differ"), "%s",
              err.message);
    cr_assert(oc_model_matches(model, sized, &err) == OC_USAGE && strstr(err.message, "24x24"), "%s", err.message);
    larger.image.size = (oc_extent){18, 18};
    larger.image.fit = OC_FIT_PAD;
    oc_set *padded = extracted(at("in"), "hog:cell=9", NULL, &larger, NULL);
    cr_assert(oc_model_matches(simple, padded, &err) == OC_USAGE && strstr(err.message, "`fit`"), "%s", err.message);
    oc_set_free(padded);
    oc_set *other_cells = extracted(at("in"), "hog:cell=6", NULL, NULL, NULL);
    cr_assert(oc_model_matches(simple, other_cells, &err) == OC_USAGE && strstr(err.message, "cell=9"), "%s",
              err.message);
    oc_model_free(model);
    oc_model_free(simple);
    oc_set_free(set);
    oc_set_free(other);
    oc_set_free(cells);
    oc_set_free(sized);
    oc_set_free(other_cells);
}

Test(model, sets_that_cannot_be_learned_are_refused)
{
    put_stripes("in", 2, 12, 12, 7);
    static const struct {
        const char *list, *what;
    } cases[] = {{"path\nin/down/000.png\n", "no labels"},
                 {"path,label\nin/down/000.png,a\nin/down/001.png,\nin/slope/000.png,b\n", "1 of 3"},
                 {"path,label\nin/down/000.png,a\nin/down/001.png,a\n", "one class"}};
    for (size_t i = 0; i < 3; i++) {
        put_text("list.csv", cases[i].list);
        oc_set *set = extracted(at("list.csv"), "pixels:size=4", NULL, NULL, NULL);
        oc_train_options options = oc_train_defaults();
        oc_model *model = NULL;
        oc_error err = {0};
        cr_assert(oc_model_train(set, &options, NULL, &model, NULL, &err) == OC_BAD_DATA && model == NULL);
        cr_assert(strstr(err.message, cases[i].what), "%s", err.message);
        oc_set_free(set);
    }
}
