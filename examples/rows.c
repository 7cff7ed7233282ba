/* Feature rows of a folder in memory: rows FOLDER [SPEC]
 * Prints for each image its path, its label, and the values of its row. */
#include <ocellus/ocellus.h>
#include <stdio.h>

static void print_rows(const oc_set *set)
{
    const oc_rows *rows = oc_set_rows(set); /* (N, D), contiguous */
    for (size_t i = 0; i < rows->count; i++) {
        int label = oc_set_labels(set)[i];
        printf("%s\t%s", oc_set_path(set, i), label < 0 ? "" : oc_set_class(set, (size_t)label));
        for (size_t j = 0; j < rows->dimension; j++) {
            printf("\t%g", (double)rows->block[0].values[i * rows->dimension + j]);
        }
        putchar('\n');
    }
}

int main(int argc, char **argv)
{
    oc_error err;
    oc_job *job = NULL;
    oc_dataset *images = NULL;
    oc_features *features = NULL;
    oc_set *set = NULL;
    oc_extract_options options = oc_extract_defaults();
    oc_params_default(oc_image_params, oc_image_param_count, &options.image);

    int failed = argc < 2;
    if (failed) {
        fprintf(stderr, "rows: needs a folder of images\n");
    } else if (oc_job_create(0, NULL, &job, &err) || oc_dataset_open(argv[1], &images, &err) ||
               oc_features_parse(argc > 2 ? argv[2] : "hog+color", &features, &err) ||
               oc_set_extract(images, features, &options, job, &set, &err)) {
        fprintf(stderr, "rows: %s\n", err.message);
        failed = 1;
    } else {
        print_rows(set);
    }
    oc_set_free(set);
    oc_features_free(features);
    oc_dataset_free(images);
    oc_job_free(job);
    return failed;
}
