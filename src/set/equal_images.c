/* A hash table finds the first image of each hash: open addressing, at most half full; the search starts at the low
 * half of the hash. Images count as equal when their feature rows are equal too, because the hash of a large image
 * leaves out some of its pixels. */
#include "src/set/equal_images.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/matrix/rows.h"

#include <string.h>

typedef struct hash_table {
    const oc_pixel_hash *hashes;
    uint32_t *places; /* (mask + 1): number of an image, from 1; 0: free */
    size_t mask;
} hash_table;

static oc_status create_table(const oc_set *set, hash_table *table, oc_error *err)
{
    size_t room = 2;
    while (room < 2 * set->rows.count) {
        room *= 2;
    }
    *table = (hash_table){set->hashes, oc_alloc(room, sizeof *table->places), room - 1};
    return table->places ? OC_OK : oc_fail_memory(err, "the search for equal images");
}

/* Returns the slot of the image with this hash, or the free slot for it. */
static uint32_t *find(const hash_table *table, const oc_pixel_hash *hash)
{
    size_t i = hash->low & table->mask;
    while (table->places[i] && memcmp(&table->hashes[table->places[i] - 1], hash, sizeof *hash) != 0) {
        i = (i + 1) & table->mask;
    }
    return &table->places[i];
}

/* Pairs of equal images: their number, and the first pair. */
typedef struct equal_pairs {
    size_t count, image, earlier;
} equal_pairs;

static void add_pair(equal_pairs *pairs, size_t image, size_t earlier)
{
    if (pairs->count++ == 0) {
        pairs->image = image;
        pairs->earlier = earlier;
    }
}

static bool rows_equal(const oc_set *a, size_t i, const oc_set *b, size_t j)
{
    const oc_block *left = &a->rows.block[0], *right = &b->rows.block[0]; /* sets have one block */
    size_t size = a->rows.dimension * sizeof *left->values;
    return a->rows.dimension == b->rows.dimension && memcmp(oc_block_row(left, i), oc_block_row(right, j), size) == 0;
}

static const char *label_of(const oc_set *set, size_t row)
{
    return set->labels[row] < 0 ? "" : oc_set_class(set, (size_t)set->labels[row]);
}

oc_status oc_set_find_equal(const oc_set *set, uint32_t *first, oc_error *err)
{
    hash_table table = {0};
    oc_status status = set->hashes ? create_table(set, &table, err) : OC_OK;
    for (size_t i = 0; status == OC_OK && i < set->rows.count; i++) {
        uint32_t *place = set->hashes ? find(&table, &set->hashes[i]) : NULL;
        bool known = place && *place;
        if (place && !known) {
            *place = (uint32_t)(i + 1);
        }
        first[i] = known && rows_equal(set, i, set, *place - 1) ? *place - 1 : (uint32_t)i;
    }
    oc_free(table.places);
    return status;
}

/* Counts the images that are equal to an earlier image; the first equal image forms the pair. */
static oc_status find_within(const oc_set *set, equal_pairs *same_label, equal_pairs *other_label, oc_error *err)
{
    uint32_t *first = oc_alloc(set->rows.count, sizeof *first);
    oc_status status = first ? oc_set_find_equal(set, first, err) : oc_fail_memory(err, "the search for equal images");
    for (size_t i = 0; status == OC_OK && i < set->rows.count; i++) {
        size_t earlier = first[i];
        bool known = set->labels[i] >= 0 && set->labels[earlier] >= 0;
        if (earlier != i) {
            add_pair(known && set->labels[i] != set->labels[earlier] ? other_label : same_label, i, earlier);
        }
    }
    oc_free(first);
    return status;
}

oc_status oc_set_note_equal(const oc_set *set, bool same_label, oc_job *job, oc_error *err)
{
    equal_pairs same = {0}, other = {0};
    if (!set->hashes || set->rows.count >= UINT32_MAX) {
        return OC_OK;
    }
    oc_status status = find_within(set, &same, &other, err);
    if (status == OC_OK && other.count) {
        oc_job_note(job,
                    "%zu of %zu images have the same pixels as an earlier image with another label; the first: %.200s "
                    "('%.100s') and %.200s ('%.100s')",
                    other.count, set->rows.count, oc_set_path(set, other.earlier), label_of(set, other.earlier),
                    oc_set_path(set, other.image), label_of(set, other.image));
    }
    if (status == OC_OK && same.count && same_label) {
        oc_job_note(job,
                    "%zu of %zu images have the same pixels as an earlier image with the same label, and count more "
                    "than once; the first: %.200s and %.200s",
                    same.count, set->rows.count, oc_set_path(set, same.earlier), oc_set_path(set, same.image));
    }
    return status;
}

oc_status oc_sets_note_equal(const oc_set *train, const oc_set *test, oc_job *job, oc_error *err)
{
    hash_table table;
    equal_pairs pairs = {0};
    if (!train->hashes || !test->hashes || train->rows.count >= UINT32_MAX) {
        return OC_OK;
    }
    oc_status status = oc_set_note_equal(train, true, job, err);
    status = status == OC_OK ? create_table(train, &table, err) : status;
    if (status != OC_OK) {
        return status;
    }
    for (size_t i = 0; i < train->rows.count; i++) {
        uint32_t *place = find(&table, &train->hashes[i]);
        *place = *place ? *place : (uint32_t)(i + 1);
    }
    for (size_t i = 0; i < test->rows.count; i++) {
        const uint32_t *place = find(&table, &test->hashes[i]);
        if (*place && rows_equal(test, i, train, *place - 1)) {
            add_pair(&pairs, i, *place - 1);
        }
    }
    oc_free(table.places);
    if (pairs.count) {
        oc_job_note(job,
                    "%zu of %zu test images have the same pixels as a training image, so that the test accuracy is too "
                    "good; the first: %.300s in training and %.300s in the test",
                    pairs.count, test->rows.count, oc_set_path(train, pairs.earlier), oc_set_path(test, pairs.image));
    }
    return OC_OK;
}
