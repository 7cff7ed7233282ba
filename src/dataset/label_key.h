/* Labels that people take for one: they differ by blanks, by case, or by the Unicode form of their letters. Labels are
 * compared in this way for messages only; they themselves stay the bytes that they are. */
#ifndef OC_DATASET_LABEL_KEY_H
#define OC_DATASET_LABEL_KEY_H

#include "src/base/string.h"

typedef enum oc_label_fold {
    OC_FOLD_BLANKS = 1, /* blanks at the ends are left out, those in a row are one */
    OC_FOLD_CASE = 2,
    OC_FOLD_FORM = 4, /* Unicode's NFKC, without characters that cannot be seen */
    OC_FOLD_ALL = 7
} oc_label_fold;

/* The label with some differences (oc_label_fold, added up) taken out, to be freed with oc_free; NULL when memory is
 * short. Of a label that is not UTF-8, ASCII letters and blanks alone are looked at. */
char *oc_label_key(const char *label, unsigned folds);

/* Adds "'Cat '", `between`, "'cat' (case, blanks)" for two labels of one key. Where their letters differ in form, those that are not
 * ASCII are shown as <U+00E9>. */
void oc_label_add_pair(oc_string *text, const char *a, const char *between, const char *b);

#endif
