/* Trains on rows in memory, saves the model, and classifies a row with it: train_rows MODEL
 * The rows are points in the plane, one cloud for each class. */
#include <ocellus/ocellus.h>
#include <stdio.h>
#include <stdlib.h>

enum { POINTS = 300, CLASSES = 3 };

static float points[POINTS][2];
static const char *labels[POINTS];

static void make_points(void)
{
    static const char *const names[CLASSES] = {"left", "right", "above"};
    static const float centres[CLASSES][2] = {{-2, 0}, {2, 0}, {0, 3}};
    for (int i = 0; i < POINTS; i++) {
        labels[i] = names[i % CLASSES];
        for (int j = 0; j < 2; j++) {
            points[i][j] = centres[i % CLASSES][j] + 2 * (float)rand() / (float)RAND_MAX - 1;
        }
    }
}

int main(int argc, char **argv)
{
    oc_error err;
    oc_set *set = NULL;
    oc_model *model = NULL;
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    oc_train_report report;
    oc_train_options options = oc_train_defaults();
    const float point[2] = {0.3f, 2.5f};

    make_points();
    oc_rows rows = oc_rows_of(&points[0][0], POINTS, 2);
    int failed = argc < 2;
    if (failed) {
        fprintf(stderr, "train_rows: needs the name of a file for the model\n");
    } else if (oc_set_of_rows(&rows, labels, &set, &err) ||
               oc_model_train(set, &options, NULL, &model, &report, &err) || oc_model_save(model, argv[1], &err) ||
               oc_predictor_create(model, &predictor, &err) || oc_classify_row(predictor, point, &prediction, &err)) {
        fprintf(stderr, "train_rows: %s\n", err.message);
        failed = 1;
    } else {
        printf("accuracy %.3f on the %d points; (%g, %g) is %s, probability %.3f\n", report.accuracy, POINTS,
               (double)point[0], (double)point[1], oc_model_class(model, prediction.label),
               (double)prediction.probabilities[prediction.label]);
    }
    oc_predictor_free(predictor);
    oc_model_free(model);
    oc_set_free(set);
    return failed;
}
