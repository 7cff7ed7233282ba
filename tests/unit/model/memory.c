/* Models, stages and data sets without files: from parts, and to and from memory. */
#include "tests/unit/model/support.h"

#include "src/base/memory.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(model_memory, .init = make_test_folder, .fini = remove_test_folder);

static const char SPEC[] = "hog:cell=6+words:count=6,patch=4,samples=1000";
static const char *const NAMES[] = {"across", "down", "slope"};

/* The bytes of a model, to be freed. */
static void *bytes_of(const oc_model *model, size_t *size)
{
    oc_error err = {0};
    cr_assert(oc_model_save_memory(model, NULL, 0, size, &err) == OC_OK, "%s", err.message);
    void *bytes = malloc(*size);
    cr_assert(oc_model_save_memory(model, bytes, *size, size, &err) == OC_OK, "%s", err.message);
    return bytes;
}

static void expect_file(const void *bytes, size_t size, const char *path)
{
    size_t file_size;
    char *file = contents(path, &file_size);
    cr_assert(size == file_size && memcmp(bytes, file, size) == 0);
    free(file);
}

Test(model_memory, the_bytes_in_memory_are_those_of_the_file_and_load)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_set *set = extracted(at("in"), SPEC, NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL), *back = NULL;
    size_t size;
    char *bytes = bytes_of(model, &size);
    cr_assert(oc_model_save(model, at("a"), NULL) == OC_OK);
    expect_file(bytes, size, at("a"));
    cr_assert(oc_model_load_memory(bytes, size, &back, NULL) == OC_OK);
    size_t again;
    char *second = bytes_of(back, &again);
    cr_assert(again == size && memcmp(bytes, second, size) == 0);
    oc_model_free(back);
    back = NULL;
    oc_error err = {0};
    size_t untouched = 7;
    cr_assert(oc_model_save_memory(model, second, size - 1, &untouched, &err) == OC_USAGE && untouched == 7);
    cr_assert(strstr(err.message, "are needed"), "%s", err.message);
    for (size_t cut = 0; cut < size; cut += sampled(97)) {
        cr_assert(oc_model_load_memory(bytes, cut, &back, &err) == OC_BAD_FILE && back == NULL);
    }
    cr_assert(oc_model_load_memory(NULL, 0, &back, &err) == OC_BAD_FILE && back == NULL);
    free(second);
    free(bytes);
    oc_model_free(model);
    oc_set_free(set);
}

static oc_classifier *trained(const oc_set *set, const oc_train_options *options, oc_train_report *report)
{
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    cr_assert(oc_train(&(oc_examples){oc_set_rows(set), oc_set_labels(set), 3}, options, NULL, &classifier, report,
                       &err) == OC_OK,
              "%s", err.message);
    return classifier;
}

Test(model_memory, a_model_of_parts_is_the_model_that_training_on_the_set_makes)
{
    put_stripes("in", 6, 18, 18, 1);
    /* One stage: oc_model_train knows where stages begin and may weigh them, rows of one block are one stage. */
    oc_set *set = extracted(at("in"), "words:count=6,patch=4,samples=1000", NULL, NULL, NULL);
    oc_image_options image = oc_set_image_options(set);
    oc_train_options options = oc_train_defaults();
    for (int kind = OC_LINEAR; kind <= OC_NEAREST; kind++) {
        options.classifier = (oc_learner){.kind = (oc_learner_kind)kind, .k = 3};
        oc_train_report report;
        oc_classifier *classifier = trained(set, &options, &report);
        oc_model *expected = NULL, *model = NULL;
        oc_error err = {0};
        cr_assert(oc_model_train(set, &options, NULL, &expected, NULL, &err) == OC_OK, "%s", err.message);
        cr_assert(oc_model_create(oc_set_features(set), classifier, NAMES, &image, &model, &err) == OC_OK, "%s",
                  err.message);
        oc_classifier_free(classifier);
        cr_assert(isnan(oc_model_train_accuracy(model)) && !oc_model_class_counts(model));
        cr_assert(oc_model_save(model, at("plain"), &err) == OC_OK, "%s", err.message);
        cr_assert(oc_model_note_training(model, &options, &report, oc_set_labels(set), oc_set_count(set), &err) ==
                  OC_OK);
        cr_assert(oc_model_note_training(model, &options, &report, (const int[]){0, 3}, 2, &err) == OC_BAD_DATA);
        cr_assert(oc_model_save(model, at("parts"), &err) == OC_OK, "%s", err.message);
        cr_assert(oc_model_save(expected, at("whole"), &err) == OC_OK);
        expect_same_file(at("parts"), at("whole"));
        oc_model *back = NULL;
        cr_assert(oc_model_load(at("plain"), &back, &err) == OC_OK, "%s", err.message);
        oc_model_free(back);
        oc_model_free(model);
        oc_model_free(expected);
    }
    oc_set_free(set);
}

Test(model_memory, a_model_of_parts_divides_rows_by_their_length_after_it_was_loaded)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_set *set = extracted(at("in"), "pixels:size=4", NULL, NULL, NULL);
    oc_image_options image = oc_set_image_options(set);
    oc_train_options options = oc_train_defaults();
    options.scale = OC_SCALE_UNIT;
    oc_classifier *classifier = trained(set, &options, NULL);
    oc_model *model = NULL, *back = NULL;
    oc_error err = {0};
    cr_assert(oc_model_create(oc_set_features(set), classifier, NAMES, &image, &model, &err) == OC_OK, "%s",
              err.message);
    cr_assert(oc_model_save(model, at("unit"), &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_load(at("unit"), &back, &err) == OC_OK, "%s", err.message);
    cr_assert(classifier->unit && oc_model_classifier(model)->unit && oc_model_classifier(back)->unit);
    oc_model_free(back);
    oc_model_free(model);
    oc_classifier_free(classifier);
    oc_set_free(set);
}

static void expect_refused(const oc_features *features, const oc_classifier *classifier, const char *const *names,
                           const oc_image_options *image, const char *why)
{
    oc_model *model = NULL;
    oc_error err = {0};
    cr_assert(oc_model_create(features, classifier, names, image, &model, &err) == OC_USAGE && !model);
    cr_assert(strstr(err.message, why), "%s lacks %s", err.message, why);
}

Test(model_memory, parts_that_do_not_belong_together_are_refused)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_set *set = extracted(at("in"), SPEC, NULL, NULL, NULL);
    const oc_features *features = oc_set_features(set);
    oc_train_options options = oc_train_defaults();
    oc_classifier *c = trained(set, &options, NULL);
    oc_image_options image = oc_set_image_options(set), wide = image;
    oc_features *other = NULL, *unfitted = NULL;
    wide.size.width++;
    cr_assert(oc_features_parse("pixels:size=4", &other, NULL) == OC_OK);
    expect_refused(other, c, NAMES, &image, "oc_features_plan");
    cr_assert(oc_features_plan(other, 18, 18, NULL) == OC_OK);
    expect_refused(other, c, NAMES, &image, "the features compute 48");
    cr_assert(oc_features_parse(SPEC, &unfitted, NULL) == OC_OK && oc_features_plan(unfitted, 18, 18, NULL) == OC_OK);
    expect_refused(unfitted, c, NAMES, &image, "oc_features_fit");
    expect_refused(features, c, NAMES, &wide, "19x18");
    expect_refused(features, c, (const char *const[]){"a", "", "b"}, &image, "class 1 of 3 has no name");
    expect_refused(features, c, (const char *const[]){"a", "b", "\xff"}, &image,
                   "class 2 of 3 has a name that is not UTF-8");
    expect_refused(features, c, (const char *const[]){"a", "b", "a"}, &image, "two classes have the name 'a'");
    oc_classifier_free(c);
    oc_features_free(other);
    oc_features_free(unfitted);
    oc_set_free(set);
}

Test(model_memory, stages_are_the_file_of_the_set_and_come_back_from_memory)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_set *set = extracted(at("in"), SPEC, at("set"), NULL, NULL);
    oc_image_options image = oc_set_image_options(set), loaded;
    oc_features *copy = NULL, *back = NULL, *raw = NULL;
    oc_error err = {0};
    cr_assert(oc_features_copy(oc_set_features(set), &copy, &err) == OC_OK);
    cr_assert(oc_features_save(copy, &image, at("stages"), &err) == OC_OK, "%s", err.message);
    expect_same_file(at("stages"), at("set/stages.safetensors"));
    size_t size = 0;
    cr_assert(oc_features_save_memory(copy, &image, NULL, 0, &size, &err) == OC_OK);
    void *bytes = malloc(size);
    cr_assert(oc_features_save_memory(copy, &image, bytes, size, &size, &err) == OC_OK);
    expect_file(bytes, size, at("stages"));
    cr_assert(oc_features_load_memory(bytes, size, &back, &loaded, &err) == OC_OK, "%s", err.message);
    cr_assert(loaded.size.width == 18 && loaded.fit == image.fit && !oc_features_unfitted(back));
    oc_features_free(back);
    cr_assert(oc_features_load(at("set/stages.safetensors"), &back, &loaded, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_features_dimension(back) == oc_features_dimension(copy));
    cr_assert(oc_features_parse(SPEC, &raw, NULL) == OC_OK);
    cr_assert(oc_features_save(raw, &image, at("no"), &err) == OC_USAGE);
    cr_assert(oc_features_plan(raw, 18, 18, NULL) == OC_OK &&
              oc_features_save(raw, &image, at("no"), &err) == OC_USAGE);
    free(bytes);
    oc_features_free(raw);
    oc_features_free(back);
    oc_features_free(copy);
    oc_set_free(set);
}

/* The images of a data set of files as a program would hold them: as a path, as bytes and as pixels, in turn. */
typedef struct held {
    oc_dataset_image images[18];
    void *memory[18];
} held;

static oc_dataset *hold(const oc_dataset *files, held *h)
{
    oc_decoder *decoder = NULL;
    oc_dataset *dataset = NULL;
    oc_error err = {0};
    cr_assert(oc_decoder_create(&decoder, NULL) == OC_OK && oc_dataset_count(files) == 18);
    for (size_t i = 0; i < 18; i++) {
        char path[100];
        snprintf(path, sizeof path, "in/%s", oc_dataset_path(files, i));
        oc_dataset_image *image = &h->images[i];
        image->label = oc_dataset_class(files, (size_t)oc_dataset_label(files, i));
        image->path = i % 3 == 0 ? strdup(at(path)) : oc_dataset_path(files, i);
        if (i % 3 == 0) {
            h->memory[i] = (char *)(uintptr_t)image->path;
        } else if (i % 3 == 1) {
            image->bytes = h->memory[i] = contents(at(path), &image->size);
        } else {
            oc_image_options options = {.planes = OC_RGB};
            oc_image decoded;
            cr_assert(oc_decode_file(decoder, at(path), &options, &decoded, NULL) == OC_OK);
            size_t stride = 3 * decoded.width + 5; /* padded */
            uint8_t *pixels = calloc(decoded.height, stride);
            for (size_t y = 0; y < decoded.height; y++) {
                memcpy(pixels + y * stride, decoded.rgb + y * 3 * decoded.width, 3 * decoded.width);
            }
            h->memory[i] = pixels;
            image->pixels = (oc_pixels){pixels, decoded.width, decoded.height, 3, stride};
        }
    }
    oc_decoder_free(decoder);
    cr_assert(oc_dataset_of_images(h->images, 18, &dataset, &err) == OC_OK, "%s", err.message);
    return dataset;
}

static oc_set *extract_of(const oc_dataset *dataset, const char *spec, bool fit_only, oc_job *job)
{
    oc_features *features = NULL;
    oc_extract_options options = extract_defaults();
    oc_set *set = NULL;
    oc_error err = {0};
    cr_assert(oc_features_parse(spec, &features, NULL) == OC_OK);
    oc_status status = fit_only ? oc_set_fit(dataset, features, &options, job, &set, &err)
                                : oc_set_extract(dataset, features, &options, job, &set, &err);
    cr_assert(status == OC_OK, "%s", err.message);
    oc_features_free(features);
    return set;
}

static void expect_same_stages(const oc_set *a, const oc_set *b)
{
    oc_image_options first = oc_set_image_options(a), second = oc_set_image_options(b);
    cr_assert(oc_features_save(oc_set_features(a), &first, at("first"), NULL) == OC_OK);
    cr_assert(oc_features_save(oc_set_features(b), &second, at("second"), NULL) == OC_OK);
    expect_same_file(at("first"), at("second"));
}

Test(model_memory, images_in_memory_give_the_rows_stages_and_answers_of_their_files)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_dataset *files = open_set(at("in"));
    held h = {0};
    oc_dataset *dataset = hold(files, &h);
    oc_job *two = job_of(2);
    oc_set *expected = extracted(at("in"), SPEC, NULL, NULL, NULL), *set = extract_of(dataset, SPEC, false, two);
    size_t d = oc_features_dimension(oc_set_features(set));
    cr_assert(memcmp(oc_set_array(set), oc_set_array(expected), 18 * d * sizeof(float)) == 0);
    cr_assert(memcmp(oc_set_labels(set), oc_set_labels(expected), 18 * sizeof(int)) == 0);
    expect_same_stages(set, expected);
    oc_set *fitted = extract_of(dataset, SPEC, true, two);
    cr_assert(oc_set_count(fitted) == 0);
    expect_same_stages(fitted, expected);
    oc_model *model = model_of(set, 0, NULL);
    oc_image_options limits = {.fit = OC_FIT_STRETCH};
    float from_files[18 * 3], from_memory[18 * 3], probabilities[18 * 3], rows[18 * 3];
    int status[18];
    oc_answer_arrays arrays = {.scores = from_files};
    cr_assert(oc_classify_dataset(model, files, &limits, NULL, &arrays, NULL) == OC_OK);
    arrays = (oc_answer_arrays){.scores = from_memory, .probabilities = probabilities, .status = status};
    cr_assert(oc_classify_dataset(model, dataset, &limits, two, &arrays, NULL) == OC_OK);
    cr_assert(memcmp(from_files, from_memory, sizeof from_files) == 0);
    arrays = (oc_answer_arrays){.scores = rows};
    cr_assert(oc_classify_set(model, set, two, &arrays, NULL) == OC_OK);
    cr_assert(memcmp(rows, from_memory, sizeof rows) == 0);
    for (size_t i = 0; i < 18; i++) {
        const float *p = probabilities + 3 * i;
        cr_assert(status[i] == OC_OK && !(fabs((double)(p[0] + p[1] + p[2]) - 1) > 1e-5));
        free(h.memory[i]);
    }
    oc_model_free(model);
    oc_set_free(fitted);
    oc_set_free(set);
    oc_set_free(expected);
    oc_job_free(two);
    oc_dataset_free(dataset);
    oc_dataset_free(files);
}

Test(model_memory, fitting_alone_notices_images_of_another_size)
{
    put_stripes("in", 6, 18, 18, 1);
    put_stripes("in/down", 1, 20, 18, 2); /* the last folder in it has three of 20 x 18 */
    oc_dataset *files = open_set(at("in"));
    oc_set *fitted = extract_of(files, "pixels:size=4", true, NULL);
    cr_assert(oc_set_image_options(fitted).size.width == 128);
    oc_set *set = extract_of(files, "pixels:size=4", false, NULL);
    cr_assert(oc_set_image_options(set).size.width == 128);
    oc_set_free(set);
    oc_set_free(fitted);
    oc_dataset_free(files);
}

static size_t failures;
static void count_failure(void *context, size_t i, const char *message)
{
    failures++;
    cr_assert(context == &failures && i == 1 && strstr(message, "image#1"), "%s", message);
}

Test(model_memory, an_image_that_cannot_be_read_is_an_answer_and_a_bad_list_an_error)
{
    put_stripes("in", 6, 18, 18, 1);
    oc_set *set = extracted(at("in"), "pixels:size=4", NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL);
    uint8_t gray[18 * 18] = {0};
    oc_dataset_image images[] = {{.pixels = {gray, 18, 18, 1, 0}}, {.bytes = "no image", .size = 8}};
    oc_dataset *dataset = NULL;
    oc_image_options limits = {.fit = OC_FIT_STRETCH};
    float scores[6] = {0, 0, 0, 5, 5, 5};
    int status[2];
    oc_answer_arrays arrays = {.scores = scores, .status = status, .failed = count_failure, .context = &failures};
    cr_assert(oc_dataset_of_images(images, 2, &dataset, NULL) == OC_OK);
    cr_assert(oc_dataset_label(dataset, 0) == -1 && oc_dataset_classes(dataset) == 0);
    cr_assert(oc_classify_dataset(model, dataset, &limits, NULL, &arrays, NULL) == OC_OK);
    cr_assert(status[0] == OC_OK && status[1] == OC_BAD_IMAGE && failures == 1);
    cr_assert(scores[0] != 0 && scores[3] == 5 && scores[5] == 5);
    oc_dataset_free(dataset);
    dataset = NULL;
    cr_assert(oc_dataset_of_images(images, 0, &dataset, NULL) == OC_BAD_DATA);
    images[0].bytes = "both";
    cr_assert(oc_dataset_of_images(images, 2, &dataset, NULL) == OC_USAGE);
    images[0] = (oc_dataset_image){.label = "nothing"};
    cr_assert(oc_dataset_of_images(images, 2, &dataset, NULL) == OC_USAGE && dataset == NULL);
    oc_model_free(model);
    oc_set_free(set);
}

Test(model_memory, settings_take_every_option_by_its_name)
{
    oc_settings *settings = NULL;
    oc_error err = {0};
    char text[40];
    cr_assert(oc_settings_create(&settings, NULL) == OC_OK);
    oc_train_options defaults = oc_train_defaults();
    for (size_t i = 0; i < oc_train_param_count; i++) {
        char expected[40];
        oc_param_format(&oc_train_params[i], &defaults, expected, sizeof expected);
        cr_assert(oc_settings_get(settings, oc_train_params[i].name, text, sizeof text) == strlen(expected));
        cr_assert_str_eq(text, expected);
    }
    cr_assert(oc_settings_set(settings, "loss", "hinge", &err) == OC_OK);
    cr_assert(oc_settings_set(settings, "size", "64x32", &err) == OC_OK);
    cr_assert(oc_settings_set(settings, "max-side", "99", &err) == OC_OK);
    cr_assert(oc_settings_set(settings, "seed", "18446744073709551615", &err) == OC_OK);
    cr_assert(oc_settings_set(settings, "strict", "1", &err) == OC_OK);
    cr_assert(oc_settings_set(settings, "augment", "mirror", &err) == OC_OK);
    const oc_extract_options *extract = oc_settings_extract(settings);
    cr_assert(extract->image.size.width == 64 && extract->image.size.height == 32 && extract->image.max_side == 99);
    cr_assert(extract->strict && extract->mirror && !extract->resume && extract->seed == UINT64_MAX);
    cr_assert(oc_settings_train(settings)->loss == OC_LOSS_HINGE && oc_settings_train(settings)->seed == UINT64_MAX);
    cr_assert(oc_settings_image(settings) == &extract->image);
    oc_settings_get(settings, "seed", text, sizeof text);
    cr_assert_str_eq(text, "18446744073709551615");
    const char *const bad[][2] = {
        {"los", "hinge"}, {"loss", "hnge"},  {"seed", "-1"},   {"seed", "18446744073709551616"},
        {"seed", ""},     {"strict", "yes"}, {"max-side", "0"}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert(oc_settings_set(settings, bad[i][0], bad[i][1], &err) == OC_USAGE, "%s=%s", bad[i][0], bad[i][1]);
        cr_assert(strstr(err.message, bad[i][i < 1 ? 0 : 1]), "%s", err.message);
    }
    oc_settings_free(settings);
}

Test(model_memory, the_version_macros_are_those_of_the_library)
{
    char text[40];
    snprintf(text, sizeof text, "%d.%d.%d", OCELLUS_VERSION_MAJOR, OCELLUS_VERSION_MINOR, OCELLUS_VERSION_PATCH);
    cr_assert_str_eq(text, oc_version());
    cr_assert(OCELLUS_VERSION_NUMBER ==
              OCELLUS_VERSION_MAJOR * 10000 + OCELLUS_VERSION_MINOR * 100 + OCELLUS_VERSION_PATCH);
}

/* Every allocation fails once; nothing may leak, and outputs stay as they were. */
Test(model_memory, short_memory_is_reported)
{
    put_stripes("in", 2, 18, 18, 1);
    oc_set *set = extracted(at("in"), "pixels:size=2,gray=1", NULL, NULL, NULL);
    oc_image_options image = oc_set_image_options(set);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = trained(set, &options, NULL);
    for (size_t n = 1;; n++) {
        oc_model *model = NULL, *back = NULL;
        size_t size = 0;
        char bytes[20000];
        oc_error err = {0};
        oc_memory_fail_after(n);
        oc_status status = oc_model_create(oc_set_features(set), classifier, NAMES, &image, &model, &err);
        if (status == OC_OK) {
            status = oc_model_save_memory(model, bytes, sizeof bytes, &size, &err);
        }
        if (status == OC_OK) {
            status = oc_model_load_memory(bytes, size, &back, &err);
        }
        oc_memory_fail_after(0);
        oc_model_free(model);
        oc_model_free(back);
        if (status == OC_OK) {
            cr_assert(n > 10);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && !back, "%zu: %s", n, err.message);
    }
    oc_classifier_free(classifier);
    oc_set_free(set);
}
