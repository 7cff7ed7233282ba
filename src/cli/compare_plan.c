/* ocellus compare --dry-run. */
#include "src/cli/compare_plan.h"

#include "src/cli/choose.h"
#include "src/cli/dry_run.h"
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdlib.h>
#include <string.h>

/* Is the stage (of this length) a part of the joined spec? */
static bool has_stage(const char *joined, const char *stage, size_t length)
{
    for (const char *at = joined; *at; at += strcspn(at, "+"), at += *at == '+') {
        if (strcspn(at, "+") == length && strncmp(at, stage, length) == 0) {
            return true;
        }
    }
    return false;
}

/* Every stage of the specs, each once; to be freed. NULL when memory is short. */
static char *join_stages(const strings *specs)
{
    size_t room = 1;
    for (size_t i = 0; i < specs->count; i++) {
        room += strlen(specs->items[i]) + 1;
    }
    char *joined = calloc(room, 1), *end = joined;
    for (size_t i = 0; joined && i < specs->count; i++) {
        for (const char *at = specs->items[i]; *at; at += *at == '+') {
            size_t length = strcspn(at, "+");
            if (!has_stage(joined, at, length)) {
                if (end > joined) {
                    *end++ = '+';
                }
                memcpy(end, at, length);
                end += length;
            }
            at += length;
        }
    }
    return joined;
}

/* What all specs together will take (of auto, the largest candidate): each different stage is extracted once, rows stay in memory, and training needs
 * oc_train_memory. */
int print_compare_plan(const cli_settings *settings, oc_dataset *train, const oc_dataset *test, size_t folds,
                       oc_job *job)
{
    bool choose = false;
    for (size_t i = 0; i < settings->specs.count; i++) {
        if (is_auto(settings->specs.items[i])) {
            choose = true;
            settings->specs.items[i] = oc_choose_largest();
        }
    }
    oc_error err;
    size_t tested = test ? oc_dataset_count(test) : oc_dataset_count(train) / (folds ? folds : 5);
    trial of_train, of_test = {.images = tested, .classes = oc_dataset_classes(test ? test : train)};
    oc_extract_options options = extract_options(settings);
    oc_features *features = NULL;
    char *spec = join_stages(&settings->specs);
    if (!spec) {
        terminal_error("out of memory for the specs");
        return EXIT_FAILED;
    }
    int status = EXIT_DONE;
    if (oc_features_parse(spec, &features, &err) || try_images(train, features, &options, job, &of_train, &err)) {
        status = report_failure(&err);
    } else {
        if (!test) { /* all images are read once more, to find equal ones */
            of_train.images -= tested;
            of_train.image_seconds *= 1 + (folds ? (double)folds : 1);
        }
        size_t d = of_train.dimension, n = of_train.images;
        size_t memory = of_train.memory + sizeof(float) * (n + of_test.images) * d +
                        oc_train_memory(n, d, of_train.classes);
        of_train.choose_seconds = choose ? choose_seconds() : 0;
        print_plan(&(plan){of_train, &of_test, 0, memory, true}, settings->json);
    }
    oc_features_free(features);
    free(spec);
    return status;
}
