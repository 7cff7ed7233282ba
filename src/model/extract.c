/* Extraction: images are read and turned into rows a round at a time, all threads on one round; rows of images that
 * could not be read are closed up, and the round is appended. So memory does not grow with the number of images.
 *
 * When no canonical size is given, the first readable image decides; an image of another size is noticed when it comes
 * by, and the work starts again at 128 x 128. Headers are so never read twice in a folder of equal images. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "src/model/set.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/matrix/npy.h"
#include "src/model/store.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

enum { MIXED_SIZE = 128, SHORTEST_ROUND = 64, LONGEST_ROUND = 4096 };
static const size_t ROUND_BYTES = (size_t)32 << 20;

/* What a thread owns. */
typedef struct hand {
    oc_decoder *decoder;
    oc_workspace *workspace;
} hand;

/* What became of one image of a round. */
typedef struct outcome {
    oc_status status;
    oc_image image; /* its sizes; the pixels are gone */
    char *reason;   /* owned; NULL when memory was short for it */
} outcome;

typedef struct extraction {
    const oc_dataset *dataset;
    const oc_extract_options *options;
    oc_image_options image; /* how images are read */
    oc_extent agreed;       /* the size that all images must have; 0 x 0: any */
    atomic_bool differ;     /* one had not */
    oc_job *job;
    hand *hands;
    oc_set *set;
    FILE *file;          /* where rows go; NULL: set->values */
    size_t first, count; /* the images of this round */
    float *rows;         /* (count, D): the round's */
    outcome *outcomes;
} extraction;

static oc_status read_image(extraction *e, size_t i, size_t worker, oc_image *image, oc_error *err)
{
    oc_status status = oc_dataset_read(e->dataset, i, e->hands[worker].decoder, &e->image, image, err);
    bool other = status == OC_OK && e->agreed.width &&
                 (image->source_width != e->agreed.width || image->source_height != e->agreed.height);
    if (other) {
        atomic_store(&e->differ, true);
        return oc_fail(err, OC_SIZES_DIFFER, "%zux%zu pixels, other images have %zux%zu", image->source_width,
                       image->source_height, e->agreed.width, e->agreed.height);
    }
    return status;
}

static oc_status read_for_fit(void *context, size_t i, size_t worker, oc_image *image, oc_error *err)
{
    return read_image(context, i, worker, image, err);
}

static void extract_one(void *context, size_t index, size_t worker)
{
    extraction *e = context;
    outcome *o = &e->outcomes[index];
    oc_error err;
    *o = (outcome){.status = OC_CANCELLED};
    if (oc_job_cancelled(e->job) || atomic_load_explicit(&e->differ, memory_order_relaxed)) {
        return;
    }
    o->status = read_image(e, e->first + index, worker, &o->image, &err);
    if (o->status == OC_OK) {
        o->status = oc_features_extract(e->set->features, &o->image, e->hands[worker].workspace,
                                        e->rows + index * e->set->rows.dimension, &err);
    }
    if (o->status != OC_OK) {
        o->reason = oc_strdup(err.message);
    }
}

/* The reason without the path that the list of skipped images has beside it. */
static const char *without_path(const char *message, const char *path)
{
    size_t length = strlen(path);
    bool begins = strncmp(message, path, length) == 0 && strncmp(message + length, ": ", 2) == 0;
    return begins ? message + length + 2 : message;
}

static oc_status skip(extraction *e, size_t index, oc_error *err)
{
    const outcome *o = &e->outcomes[index];
    const char *path = oc_dataset_path(e->dataset, e->first + index);
    if (!o->reason || o->status == OC_NO_MEMORY) {
        return oc_fail(err, OC_NO_MEMORY, "%s: %s", path, o->reason ? o->reason : "out of memory");
    }
    const char *reason = without_path(o->reason, path);
    if (e->options->strict) {
        return oc_fail(err, o->status, "%s: %s", path, reason);
    }
    return oc_set_add_skip(e->set, path, reason, err);
}

static oc_status keep(extraction *e, size_t index, size_t row, oc_error *err)
{
    oc_set *set = e->set;
    size_t item = e->first + index, d = set->rows.dimension;
    const char *path = oc_dataset_path(e->dataset, item);
    size_t kept = row - set->rows.count;
    if (kept != index) {
        memcpy(e->rows + kept * d, e->rows + index * d, d * sizeof *e->rows);
    }
    set->sizes[2 * row] = (uint32_t)e->outcomes[index].image.source_width;
    set->sizes[2 * row + 1] = (uint32_t)e->outcomes[index].image.source_height;
    return oc_dataset_add(set->index, path, strlen(path), oc_dataset_label(e->dataset, item), err);
}

/* One round: images first..first+count-1. */
static oc_status extract_round(extraction *e, oc_error *err)
{
    oc_set *set = e->set;
    size_t d = set->rows.dimension, row = set->rows.count;
    e->rows = e->file ? e->rows : set->values + row * d;
    oc_parallel(e->job, e->count, extract_one, e);
    oc_status status = OC_OK;
    if (oc_job_cancelled(e->job)) {
        status = oc_fail(err, OC_CANCELLED, "cancelled");
    } else if (atomic_load(&e->differ)) {
        status = OC_SIZES_DIFFER;
    }
    for (size_t i = 0; i < e->count; i++) {
        if (status == OC_OK && e->outcomes[i].status == OC_OK) {
            status = keep(e, i, row++, err);
        } else if (status == OC_OK) {
            status = skip(e, i, err);
        }
        oc_free(e->outcomes[i].reason);
    }
    if (status == OC_OK && e->file &&
        fwrite(e->rows, d * sizeof *e->rows, row - set->rows.count, e->file) != row - set->rows.count) {
        status = oc_fail(err, OC_IO, "features.npy cannot be written: %s", strerror(errno));
    }
    set->rows.count = row;
    return status;
}

/* Address space for all rows; pages are taken as they are written. */
static oc_status reserve_rows(oc_set *set, size_t count, oc_error *err)
{
    size_t bytes;
    if (oc_multiply(count, set->rows.dimension, &bytes) && oc_multiply(bytes, sizeof(float), &bytes)) {
        void *map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (map != MAP_FAILED) {
            set->values = map;
            set->values_bytes = bytes;
            return OC_OK;
        }
    }
    return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu rows of %zu values; extract them to a set first", count,
                   set->rows.dimension);
}

static oc_status extract_rows(extraction *e, oc_error *err)
{
    size_t n = oc_dataset_count(e->dataset), d = e->set->rows.dimension, size;
    size_t round = ROUND_BYTES / (d * sizeof(float));
    round = round < SHORTEST_ROUND ? SHORTEST_ROUND : round > LONGEST_ROUND ? LONGEST_ROUND : round;
    oc_status status = OC_OK;
    float *buffer = NULL;
    e->outcomes = oc_alloc(round, sizeof *e->outcomes);
    e->set->sizes = oc_alloc(n, 2 * sizeof *e->set->sizes);
    if (!e->outcomes || !e->set->sizes) {
        status = oc_fail_memory(err, "the rows");
    } else if (e->file) {
        buffer = oc_multiply(round, d, &size) ? oc_alloc(size, sizeof *buffer) : NULL;
        e->rows = buffer;
        status = buffer ? OC_OK : oc_fail_memory(err, "the rows");
    } else {
        status = reserve_rows(e->set, n, err);
    }
    for (e->first = 0; status == OC_OK && e->first < n; e->first += round) {
        e->count = n - e->first < round ? n - e->first : round;
        status = extract_round(e, err);
        oc_job_progress(e->job, "extracting", e->first + e->count, n);
    }
    if (status == OC_OK && e->set->rows.count == 0) {
        status = oc_fail(err, OC_BAD_DATA, "none of the %zu images can be read (the first: %s: %s)", n,
                         e->set->skips[0].path, e->set->skips[0].reason);
    }
    oc_free(buffer);
    oc_free(e->outcomes);
    e->outcomes = NULL;
    return status;
}

/* The classes of the data set, and no rows yet. */
static oc_status create_set(extraction *e, oc_error *err)
{
    oc_set *set = oc_alloc(1, sizeof *set);
    e->set = set;
    if (set) {
        set->index = oc_alloc(1, sizeof *set->index);
    }
    if (!set || !set->index) {
        return oc_fail_memory(err, "the set");
    }
    oc_status status = OC_OK;
    for (size_t c = 0; status == OC_OK && c < oc_dataset_classes(e->dataset); c++) {
        status = oc_dataset_add_class(set->index, oc_dataset_class(e->dataset, c), err);
    }
    return status;
}

/* Features of its own for the set, planned for the size of the images and fitted. */
static oc_status prepare_features(extraction *e, const oc_features *features, oc_extent size, oc_error *err)
{
    oc_status status = oc_copy_features(features, &e->set->features, err);
    if (status == OC_OK && oc_features_dimension(e->set->features) == 0) {
        status = oc_features_plan(e->set->features, size.width, size.height, err);
    }
    if (status == OC_OK && e->options->mirror) {
        status = oc_features_mirror_order(e->set->features, NULL, err);
    }
    if (status != OC_OK) {
        return status;
    }
    e->image = e->options->image;
    e->image.size = oc_features_size(e->set->features);
    e->image.planes = oc_features_planes(e->set->features);
    e->set->image = e->image;
    e->set->rows = oc_rows_of(NULL, 0, oc_features_dimension(e->set->features));
    if (!oc_features_unfitted(e->set->features)) {
        return OC_OK;
    }
    double started = oc_seconds();
    oc_source source = {oc_dataset_count(e->dataset), read_for_fit, e};
    status = oc_features_fit(e->set->features, &source, e->options->seed, e->job, err);
    e->set->fit_seconds = oc_seconds() - started;
    return atomic_load(&e->differ) ? OC_SIZES_DIFFER : status;
}

/* The size of the first image that can be read. err is not NULL. */
static oc_status first_size(extraction *e, oc_extent *size, oc_error *err)
{
    oc_image_options headers = e->options->image;
    oc_image image;
    oc_status status = OC_OK;
    headers.size = (oc_extent){0, 0};
    headers.planes = OC_GRAY;
    for (size_t i = 0; i < oc_dataset_count(e->dataset); i++) {
        status = oc_dataset_read(e->dataset, i, e->hands[0].decoder, &headers, &image, err);
        if (status == OC_OK) {
            *size = (oc_extent){image.source_width, image.source_height};
            return OC_OK;
        }
        if (e->options->strict || status == OC_NO_MEMORY) {
            return status;
        }
    }
    oc_error last = *err;
    return oc_fail(err, OC_BAD_DATA, "none of the %zu images can be read (the last: %s)", oc_dataset_count(e->dataset),
                   last.message);
}

/* Extraction at one size, into a temporary folder or memory. OC_SIZES_DIFFER: the images do not agree. */
static oc_status attempt(extraction *e, const oc_features *features, oc_extent size, const char *folder, oc_error *err)
{
    char header[OC_NPY_HEADER], *path = NULL;
    double started = oc_seconds();
    oc_status status = create_set(e, err);
    if (status == OC_OK) {
        status = prepare_features(e, features, size, err);
    }
    if (status == OC_OK && folder) {
        path = oc_path_join(folder, "features.npy");
        e->file = path ? fopen(path, "wb") : NULL;
        status = e->file ? OC_OK : path ? oc_fail_io(err, path, "cannot be written") : oc_fail_memory(err, "a path");
    }
    if (status == OC_OK && e->file) {
        oc_npy_header(0, e->set->rows.dimension, header);
        fwrite(header, 1, sizeof header, e->file);
    }
    if (status == OC_OK) {
        status = extract_rows(e, err);
    }
    if (e->file) {
        oc_npy_header(e->set->rows.count, e->set->rows.dimension, header);
        rewind(e->file);
        fwrite(header, 1, sizeof header, e->file);
        oc_status closed = oc_file_close(e->file, path, status == OC_OK ? err : NULL);
        status = status == OC_OK ? closed : status;
        e->file = NULL;
    }
    if (status == OC_OK) {
        status = oc_set_gather_labels(e->set, err);
    }
    if (status == OC_OK && folder) {
        status = oc_set_write_tables(e->set, folder, err);
    }
    oc_free(path);
    if (e->set) {
        e->set->seconds = oc_seconds() - started - e->set->fit_seconds;
    }
    return status;
}

static oc_status make_hands(extraction *e, oc_error *err)
{
    size_t threads = oc_job_threads(e->job);
    e->hands = oc_alloc(threads, sizeof *e->hands);
    oc_status status = e->hands ? OC_OK : oc_fail_memory(err, "the decoders");
    for (size_t i = 0; status == OC_OK && i < threads; i++) {
        status = oc_decoder_create(&e->hands[i].decoder, err);
        if (status == OC_OK) {
            status = oc_workspace_create(&e->hands[i].workspace, err);
        }
    }
    return status;
}

static void free_hands(extraction *e)
{
    for (size_t i = 0; e->hands && i < oc_job_threads(e->job); i++) {
        oc_decoder_free(e->hands[i].decoder);
        oc_workspace_free(e->hands[i].workspace);
    }
    oc_free(e->hands);
}

/* All of it at the right size, rows in memory or in `folder`. */
static oc_status extract(extraction *e, const oc_features *features, const char *folder, oc_error *err)
{
    oc_extent size = oc_features_dimension(features) ? oc_features_size(features) : e->options->image.size;
    oc_status status = OC_OK;
    bool own_size = size.width == 0;
    if (own_size) {
        status = first_size(e, &size, err);
        e->agreed = size;
    }
    if (status == OC_OK) {
        status = attempt(e, features, size, folder, err);
    }
    if (status == OC_SIZES_DIFFER && own_size) {
        oc_job_note(e->job, "the images differ in size: all are brought to %dx%d (--size chooses another)", MIXED_SIZE,
                    MIXED_SIZE);
        oc_set_free(e->set);
        e->set = NULL;
        e->agreed = (oc_extent){0, 0};
        atomic_store(&e->differ, false);
        status = attempt(e, features, (oc_extent){MIXED_SIZE, MIXED_SIZE}, folder, err);
    }
    return status;
}

/* Exchanges the rows in memory for the file's. */
static oc_status map_rows(oc_set *set, const char *folder, oc_error *err)
{
    char *path = oc_path_join(folder, "features.npy");
    oc_status status = path ? oc_npy_open(path, &set->npy, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        set->rows = oc_npy_rows(set->npy);
    }
    oc_free(path);
    return status;
}

oc_status oc_set_extract(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                         const char *folder, oc_job *job, oc_set **set, oc_error *err)
{
    extraction e = {.dataset = dataset, .options = options, .job = job};
    oc_output output = {0};
    oc_error own;
    err = err ? err : &own; /* first_size reports what it got */
    oc_status status = make_hands(&e, err);
    if (status == OC_OK && folder) {
        status = oc_output_begin(&output, folder, true, err);
    }
    if (status == OC_OK) {
        status = extract(&e, features, folder ? output.temporary : NULL, err);
    }
    if (status == OC_OK && folder) { /* the mapping stays when the folder gets its name */
        status = map_rows(e.set, output.temporary, err);
        status = status == OC_OK ? oc_output_commit(&output, err) : status;
    } else if (status == OC_OK) {
        e.set->rows = oc_rows_of(e.set->values, e.set->rows.count, e.set->rows.dimension);
    }
    oc_output_abandon(&output);
    free_hands(&e);
    if (status != OC_OK) {
        oc_set_free(e.set);
        return status;
    }
    *set = e.set;
    return OC_OK;
}
