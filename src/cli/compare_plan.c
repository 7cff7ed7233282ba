/* ocellus compare --dry-run. */
#include "src/cli/compare_plan.h"

#include "src/cli/choose.h"
#include "src/cli/dry_run.h"
#include "src/cli/inputs.h"

/* Estimates the memory and time of all specs together (for auto, of the largest candidate): each different stage is
 * extracted once, the rows are kept in memory, and training needs oc_train_memory. */
int print_compare_plan(const cli_settings *settings, oc_dataset *train, const oc_dataset *test, size_t folds,
                       oc_job *job)
{
    bool choose = false;
    oc_error err;
    oc_extract_options options = extract_options(settings);
    for (size_t i = 0; i < settings->specs.count; i++) {
        if (is_auto(settings->specs.items[i])) {
            choose = true;
            if (oc_choose_largest(train, &options, job, &settings->specs.items[i], &err)) {
                return report_failure(&err);
            }
        }
    }
    size_t tested = test ? oc_dataset_count(test) : oc_dataset_count(train) / (folds ? folds : 5);
    cli_trial of_train, of_test = {.images = tested, .classes = oc_dataset_classes(test ? test : train)};
    oc_features *features = NULL;
    if (oc_compare_stages(settings->specs.items, settings->specs.count, &features, &err) ||
        try_images(train, features, &options, job, &of_train, &err)) {
        oc_features_free(features);
        return report_failure(&err);
    }
    oc_features_free(features);
    if (!test) { /* all images are read once more, to find equal ones */
        of_train.images -= tested;
        of_train.image_seconds *= 1 + (folds ? (double)folds : 1);
    }
    size_t d = of_train.dimension, n = of_train.images;
    size_t memory = of_train.memory + sizeof(float) * (n + of_test.images) * d +
                    oc_train_memory(n, d, of_train.classes);
    of_train.choose_seconds = choose ? choose_seconds() : 0;
    print_plan(&(cli_plan){of_train, &of_test, 0, memory, true}, settings->json);
    return EXIT_DONE;
}
