/* Equal rows are held out together. */
#include "src/learn/equal_rows.h"

#include "src/matrix/rows.h"

#include <criterion/criterion.h>

enum { N = 8, D = 3 };

static oc_folds join(const float *x, const int *labels, uint16_t *fold, size_t folds)
{
    oc_folds out = {.folds = folds, .fold = fold};
    oc_rows rows = oc_rows_of(x, N, D);
    for (size_t i = 0; i < N; i++) {
        out.held += fold[i] != OC_FOLD_NONE;
    }
    cr_assert(oc_folds_join_equal(&(oc_examples){&rows, labels, 2}, &out, NULL) == OC_OK);
    return out;
}

static void fill(float *x, const int *kinds)
{
    for (size_t i = 0; i < N * D; i++) {
        x[i] = (float)(kinds[i / D] * 10 + (int)(i % D));
    }
}

Test(equal_rows, copies_get_one_fold)
{
    float x[N * D];
    const int labels[N] = {0, 0, 0, 0, 1, 1, 1, 1};
    uint16_t fold[N] = {0, 1, 0, 1, 0, 1, 0, 1};
    fill(x, (const int[]){1, 1, 2, 3, 4, 5, 1, 6}); /* rows 0, 1 and 6 are copies */
    oc_folds out = join(x, labels, fold, 2);
    cr_assert(fold[0] == fold[1] && fold[0] == fold[6] && fold[0] == 0);
    cr_assert(fold[2] == 0 && fold[3] == 1 && fold[4] == 0 && fold[5] == 1 && fold[7] == 1);
    cr_assert(out.held == N);
}

Test(equal_rows, a_class_of_copies_stays)
{
    float x[N * D];
    const int labels[N] = {0, 0, 0, 0, 1, 1, 1, 1};
    uint16_t fold[N] = {0, 1, 0, 1, 0, 1, 0, 1};
    fill(x, (const int[]){1, 2, 3, 4, 5, 5, 5, 5}); /* class 1 is one image */
    oc_folds out = join(x, labels, fold, 2);
    for (size_t i = 0; i < N; i++) {
        cr_assert(fold[i] == (i < 4 ? i % 2 : (size_t)OC_FOLD_NONE), "row %zu: %u", i, fold[i]);
    }
    cr_assert(out.held == 4);
}

Test(equal_rows, nothing_changes_where_a_fold_would_be_empty_or_all_rows_differ)
{
    float x[N * D];
    const int labels[N] = {0, 0, 0, 0, 1, 1, 1, 1};
    static const int kinds[2][N] = {{1, 1, 1, 1, 1, 1, 1, 1}, {1, 2, 3, 4, 5, 6, 7, 8}};
    for (size_t k = 0; k < 2; k++) {
        uint16_t fold[N] = {0, 1, 0, 1, 0, 1, 0, 1};
        fill(x, kinds[k]);
        oc_folds out = join(x, labels, fold, 2);
        for (size_t i = 0; i < N; i++) {
            cr_assert(fold[i] == i % 2);
        }
        cr_assert(out.held == N);
    }
}
