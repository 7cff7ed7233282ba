/* Notes about classes of different sizes. */
#include "src/cli/balance.h"

static size_t largest_class(const oc_evaluation *evaluation)
{
    size_t largest = 0;
    for (size_t c = 0; c < evaluation->classes; c++) {
        size_t count = evaluation->metrics[c].count;
        largest = count > largest ? count : largest;
    }
    return largest;
}

bool classes_differ(const oc_evaluation *evaluation)
{
    size_t largest = largest_class(evaluation), smallest = largest;
    for (size_t c = 0; c < evaluation->classes; c++) {
        size_t count = evaluation->metrics[c].count;
        smallest = count && count < smallest ? count : smallest;
    }
    return largest > 2 * smallest;
}

size_t never_predicted(const oc_evaluation *evaluation, size_t *first)
{
    size_t found = 0, largest = largest_class(evaluation);
    for (size_t c = 0; c < evaluation->classes; c++) {
        const oc_class_metrics *metrics = &evaluation->metrics[c];
        if (metrics->count && metrics->predicted == 0 && 2 * metrics->count < largest && found++ == 0 && first) {
            *first = c;
        }
    }
    return found;
}

const char *balance_advice(const oc_train_options *train)
{
    return train->class_weight == OC_CLASS_WEIGHT_BALANCED
               ? ", although training used --class-weight balanced"
               : "; training with --class-weight balanced gives each class the same weight";
}
