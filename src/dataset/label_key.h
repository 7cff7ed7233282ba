/* Keys of labels: labels that differ only in blanks, in case, or in the Unicode form of their letters look alike to
 * people and have the same key. Keys are for messages only; labels themselves are never changed. */
#ifndef OC_DATASET_LABEL_KEY_H
#define OC_DATASET_LABEL_KEY_H

#include "src/base/string.h"

typedef enum oc_label_fold {
    OC_FOLD_BLANKS = 1, /* blanks at the ends are removed, a run of blanks becomes one */
    OC_FOLD_CASE = 2,
    OC_FOLD_FORM = 4, /* Unicode's NFKC, without invisible characters */
    OC_FOLD_ALL = 7
} oc_label_fold;

/* The label without the differences in `folds` (a sum of oc_label_fold). The caller frees it with oc_free; NULL when
 * memory is short. Of a label that is not UTF-8, only ASCII letters and blanks are folded. */
char *oc_label_key(const char *label, unsigned folds);

/* Adds "'Cat '", `between`, "'cat' (case, blanks)" for two labels of one key. When their letters differ in form, those
 * that are not ASCII are written as <U+00E9>. */
void oc_label_add_pair(oc_string *text, const char *a, const char *between, const char *b);

#endif
