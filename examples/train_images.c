/* A model of images in memory in three calls: data set, rows, model. train_images MODEL
 * The images are stripes that a program drew; files and encoded images go into the same array.
 * Build: cc train_images.c -o train_images $(pkg-config --cflags --libs ocellus) */
#include <ocellus/ocellus.h>
#include <stdio.h>
#include <stdlib.h>

enum { IMAGES = 120, WIDTH = 48, HEIGHT = 32 };

static uint8_t pixels[IMAGES][HEIGHT][WIDTH][3];
static oc_dataset_image images[IMAGES]; /* zeros, but for what is filled in */

static void draw_images(void)
{
    for (size_t i = 0; i < IMAGES; i++) {
        oc_pixels p = {&pixels[i][0][0][0], WIDTH, HEIGHT, 3, 0};
        for (size_t y = 0; y < HEIGHT; y++) {
            for (size_t x = 0; x < WIDTH; x++) {
                for (size_t c = 0; c < 3; c++) {
                    pixels[i][y][x][c] = (uint8_t)(60 + ((i % 2 ? x : y) + i) / 4 % 2 * 80 + (size_t)rand() % 60);
                }
            }
        }
        images[i].pixels = p;
        images[i].label = i % 2 ? "upright" : "across";
    }
}

/* Label of an image by the model, to standard output. */
static oc_status classify(const oc_model *model, const oc_dataset_image *image, oc_error *err)
{
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_status status = oc_predictor_create(model, &predictor, err);
    if (status == OC_OK) {
        status = oc_classify_pixels(predictor, &image->pixels, &prediction, err);
    }
    if (status == OC_OK) {
        printf("%s is taken as %s\n", image->label, oc_model_class(model, prediction.label));
    }
    oc_predictor_free(predictor);
    return status;
}

int main(int argc, char **argv)
{
    oc_error err = {OC_USAGE, "needs the name of the model to write"};
    oc_dataset *dataset = NULL;
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_model *model = NULL;
    oc_job *job = NULL; /* all processors */
    oc_extract_options extract = oc_extract_defaults();
    oc_train_options train = oc_train_defaults();
    draw_images();
    int failed = argc != 2 || oc_features_parse("hog:cell=8+color", &features, &err) ||
                 oc_job_create(0, NULL, &job, &err) || /* and now the three: */
                 oc_dataset_of_images(images, IMAGES, &dataset, &err) ||
                 oc_set_extract(dataset, features, &extract, job, &set, &err) ||
                 oc_model_train(set, &train, job, &model, NULL, &err) || oc_model_save(model, argv[1], &err);
    if (!failed) {
        draw_images(); /* new ones */
        failed = classify(model, &images[0], &err) || classify(model, &images[1], &err);
    }
    if (failed) {
        fprintf(stderr, "train_images: %s\n", err.message);
    }
    oc_model_free(model);
    oc_set_free(set);
    oc_features_free(features);
    oc_dataset_free(dataset);
    oc_job_free(job);
    return failed;
}
