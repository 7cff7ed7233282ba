/* The result of a comparison. */
#include <ocellus/evaluate.h>

#include "src/base/memory.h"

size_t oc_comparison_best(const oc_comparison *comparison)
{
    size_t best = 0;
    for (size_t r = 1; r < comparison->count; r++) {
        const oc_comparison_row *row = &comparison->rows[r], *first = &comparison->rows[best];
        bool equal = row->test_accuracy == first->test_accuracy;
        bool balanced = row->evaluation.balanced_accuracy > first->evaluation.balanced_accuracy;
        best = row->test_accuracy > first->test_accuracy || (equal && balanced) ? r : best;
    }
    return best;
}

void oc_comparison_free(oc_comparison *comparison)
{
    if (!comparison) {
        return;
    }
    for (size_t i = 0; i < comparison->count; i++) {
        oc_comparison_row *row = &comparison->rows[i];
        oc_free(row->features);
        oc_evaluation_clear(&row->evaluation);
        oc_free(row->curve.passes);
        oc_free(row->curve.loss);
    }
    for (size_t i = 0; i < comparison->classes.count; i++) {
        oc_free(comparison->class_names[i]);
    }
    oc_free(comparison->items);
    oc_free(comparison->class_names);
    oc_free(comparison->rows);
    oc_free(comparison);
}
