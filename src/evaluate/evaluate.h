/* Shared between evaluation and comparison. */
#ifndef OC_EVALUATE_EVALUATE_H
#define OC_EVALUATE_EVALUATE_H

#include <ocellus/evaluate.h>

/* labels (N): the labels of a set as indices into the known classes, matched by name; -1 for no label. OC_BAD_DATA for
 * an unknown label, OC_NO_MEMORY. The caller frees *labels with oc_free. */
oc_status oc_map_labels(const oc_set *set, oc_class_list known, int **labels, oc_error *err);

/* items (N): for each row of a set the item of the data set with the same path; both are in the same order. OC_BAD_DATA
 * when a row has no item, OC_NO_MEMORY. The caller frees *items with oc_free. */
oc_status oc_match_items(const oc_set *set, const oc_dataset *dataset, size_t **items, oc_error *err);

/* Allocates an evaluation of `images` images; false when memory is short. Call oc_evaluation_clear in any case. */
bool oc_evaluation_allocate(oc_evaluation *evaluation, size_t classes, size_t images);
/* Computes confusion, metrics, accuracies and interval from predicted and expected (images). All must be 0 before. */
void oc_evaluation_summarise(oc_evaluation *evaluation);

/* Scores rows (N,D) and computes the evaluation for labels (N); rows with label -1 are left out. OC_BAD_DATA when no
 * row has a label or a score is not finite, OC_NO_MEMORY. */
oc_status oc_evaluate_rows(const oc_classifier *classifier, const oc_rows *rows, const int *labels, oc_job *job,
                           oc_evaluation *evaluation, oc_error *err);

#endif
