/* Labels of image files: classify MODEL FILE...
 * Build: cc classify.c -o classify $(pkg-config --cflags --libs ocellus) */
#include <ocellus/ocellus.h>
#include <stdio.h>

int main(int argc, char **argv)
{
    oc_error err;
    oc_model *model = NULL;
    oc_predictor *predictor = NULL;
    oc_prediction prediction;
    int failed = 0;
    if (argc < 3 || oc_model_load(argv[1], &model, &err) || oc_predictor_create(model, &predictor, &err)) {
        fprintf(stderr, "classify: %s\n", argc < 3 ? "needs a model and an image" : err.message);
        oc_model_free(model);
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        if (oc_classify_file(predictor, argv[i], &prediction, &err) == OC_OK) {
            printf("%s: %s\n", argv[i], oc_model_class(model, prediction.label));
        } else {
            fprintf(stderr, "%s\n", err.message);
            failed = 1;
        }
    }
    oc_predictor_free(predictor);
    oc_model_free(model);
    return failed;
}
