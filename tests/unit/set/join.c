/* Several sets as one. */
#include "src/base/memory.h"
#include "src/matrix/rows.h"
#include "src/set/set.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

TestSuite(join, .init = make_test_folder, .fini = remove_test_folder);

/* at() keeps a few names only. */
static char first[300], second[300];

static void extract_two(void)
{
    put_stripes("in", 3, 12, 12, 1);
    put_stripes("new", 2, 12, 12, 2);
    snprintf(first, sizeof first, "%s", at("a"));
    snprintf(second, sizeof second, "%s", at("b"));
    oc_set_free(extracted(at("in"), "pixels:size=2", first, NULL, NULL));
    oc_set_free(extracted(at("new"), "pixels:size=2", second, NULL, NULL));
}

Test(join, rows_labels_and_hashes_follow_each_other)
{
    extract_two();
    const char *const folders[] = {first, second};
    oc_set *joined = NULL, *parts[2];
    cr_assert(oc_set_open_joined(folders, 2, &joined, NULL) == OC_OK);
    size_t d = oc_set_rows(joined)->dimension, row = 0;
    float *x = oc_alloc(d, sizeof *x), *y = oc_alloc(d, sizeof *y);
    for (size_t p = 0; p < 2; p++) {
        cr_assert(oc_set_open(folders[p], &parts[p], NULL) == OC_OK);
        for (size_t i = 0; i < oc_set_count(parts[p]); i++, row++) {
            oc_rows_copy(oc_set_rows(parts[p]), i, x);
            oc_rows_copy(oc_set_rows(joined), row, y);
            cr_assert(memcmp(x, y, d * sizeof *x) == 0 &&
                      strcmp(oc_set_path(joined, row), oc_set_path(parts[p], i)) == 0);
            cr_assert(strcmp(oc_set_class(joined, (size_t)oc_set_labels(joined)[row]),
                             oc_set_class(parts[p], (size_t)oc_set_labels(parts[p])[i])) == 0);
            cr_assert(memcmp(&joined->hashes[row], &parts[p]->hashes[i], sizeof *joined->hashes) == 0);
        }
        oc_set_free(parts[p]);
    }
    cr_assert(row == 15 && oc_set_count(joined) == row && oc_set_classes(joined) == 3);
    oc_free(x);
    oc_free(y);
    oc_set_free(joined);
}

Test(join, the_chunk_of_a_row)
{
    const float a[] = {1, 2}, b[] = {3, 4, 5, 6};
    const oc_chunk chunks[] = {{0, a}, {1, b}, {3, a}};
    const oc_block block = {.columns = 2, .stride = 2, .chunks = chunks, .chunk_count = 3};
    cr_assert(oc_block_row(&block, 0) == a && oc_block_row(&block, 1) == b);
    cr_assert(oc_block_row(&block, 2) == b + 2 && oc_block_row(&block, 3) == a);
}

Test(join, short_memory_and_no_sets_are_errors)
{
    extract_two();
    const char *const folders[] = {first, second};
    size_t failures = 0;
    oc_error err;
    oc_set *joined = NULL;
    cr_assert(oc_set_open_joined(folders, 0, &joined, &err) == OC_USAGE && !joined);
    for (size_t n = 1;; n++, failures++) {
        oc_memory_fail_after(n);
        oc_status status = oc_set_open_joined(folders, 2, &joined, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            break;
        }
        cr_assert(status == OC_NO_MEMORY && !joined, "allocation %zu: %s", n, err.message);
    }
    cr_assert(failures > 20);
    oc_set_free(joined);
}
