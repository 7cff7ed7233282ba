/* Shared between evaluation and comparison. */
#ifndef OC_EVALUATE_EVALUATE_H
#define OC_EVALUATE_EVALUATE_H

#include <ocellus/evaluate.h>

/* The labels of a set (N) as indices into the known classes, by name; -1 stays. OC_BAD_DATA for a label that
 * is not among them, OC_NO_MEMORY. The caller frees *labels with oc_free. */
oc_status oc_map_labels(const oc_set *set, oc_class_list known, int **labels, oc_error *err);

/* items (N): which item of the data set each row of a set is, by the paths; both are in the same order. OC_BAD_DATA
 * when a row has none, OC_NO_MEMORY. The caller frees *items with oc_free. */
oc_status oc_match_items(const oc_set *set, const oc_dataset *dataset, size_t **items, oc_error *err);

/* Room for `images` images; false when memory is short. oc_evaluation_clear is due in any case. */
bool oc_evaluation_allocate(oc_evaluation *evaluation, size_t classes, size_t images);
/* Fills confusion, metrics, accuracies and interval, all 0 before, from predicted and expected (images). */
void oc_evaluation_summarise(oc_evaluation *evaluation);

/* Scores rows (N,D) and fills everything from labels (N), of which some may be -1. OC_BAD_DATA when no row
 * has a label or a score is not finite, OC_NO_MEMORY. */
oc_status oc_evaluate_rows(const oc_classifier *classifier, const oc_rows *rows, const int *labels, oc_job *job,
                           oc_evaluation *evaluation, oc_error *err);

#endif
