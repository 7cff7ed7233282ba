/* Computes the rows of the images batch by batch. All threads work on one batch, while one of them stores the rows of
 * the previous batch in the order of the images, in memory or by the writer of a set folder. So memory does not grow
 * with the number of images, and no thread waits for the disk. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "src/set/extraction.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_BATCH = 64, MAX_BATCH = 4096 };
/* 16-bit PNG files that are checked before a note says that they use no more than SMALL_DEPTH bits. */
enum { DEEP_TRIED = 100, SMALL_DEPTH = 13 };
static const size_t BATCH_BYTES = (size_t)4 << 20; /* so that rows are still in the cache when they are written */
/* Batches of 0.1 to 0.5 s keep the threads busy, and an interrupted run loses little work. */
static const double MIN_BATCH_SECONDS = 0.1, MAX_BATCH_SECONDS = 0.5;
/* The journal is written every second, or less often if that would take more than 1/20 of the time. */
static const double JOURNAL_PAUSE = 1, JOURNAL_SHARE = 20;

oc_status oc_extraction_read(oc_extraction *e, size_t i, size_t worker, oc_image *image, oc_error *err)
{
    oc_status status = oc_dataset_read(e->dataset, i, e->workers[worker].decoder, &e->image, image, err);
    bool other = status == OC_OK && e->agreed.width &&
                 (image->source_width != e->agreed.width || image->source_height != e->agreed.height);
    if (other) {
        atomic_store(&e->differ, true);
        return oc_fail(err, OC_SIZES_DIFFER, "%zux%zu pixels, other images have %zux%zu", image->source_width,
                       image->source_height, e->agreed.width, e->agreed.height);
    }
    return status;
}

static void extract_one(oc_extraction *e, size_t index, size_t worker)
{
    oc_outcome *o = &e->reading->outcomes[index];
    oc_error err;
    *o = (oc_outcome){.status = OC_CANCELLED};
    if (oc_job_cancelled(e->job) || atomic_load_explicit(&e->differ, memory_order_relaxed)) {
        return;
    }
    o->status = oc_extraction_read(e, e->reading->first + index, worker, &o->image, &err);
    if (o->status == OC_OK) {
        o->hash = oc_hash_pixels(&o->image);
        o->status = oc_features_extract(e->set->features, &o->image, e->workers[worker].workspace,
                                        e->reading->rows + index * e->set->rows.dimension, &err);
    }
    if (o->status != OC_OK || o->image.warnings) {
        o->reason = oc_strdup(o->status != OC_OK ? err.message : o->image.warning);
    }
}

/* The message without the path at its beginning; skipped.csv has the path in a column of its own. */
static const char *without_path(const char *message, const char *path)
{
    size_t length = strlen(path);
    bool begins = strncmp(message, path, length) == 0 && strncmp(message + length, ": ", 2) == 0;
    return begins ? message + length + 2 : message;
}

static oc_status skip(oc_extraction *e, size_t index, oc_error *err)
{
    const oc_outcome *o = &e->keeping->outcomes[index];
    const char *path = oc_dataset_path(e->dataset, e->keeping->first + index);
    if (!o->reason || o->status == OC_NO_MEMORY) {
        return oc_fail(err, OC_NO_MEMORY, "%s: %s", path, o->reason ? o->reason : "out of memory");
    }
    const char *reason = without_path(o->reason, path);
    if (e->options->strict) {
        e->stopped_by_strict = true;
        return oc_fail(err, o->status, "%s: %s", path, reason);
    }
    return e->writer ? oc_set_writer_skip(e->writer, path, reason, err) : oc_set_add_skip(e->set, path, reason, err);
}

/* Sends a warning to the listener, unless it was sent before a restart at another size. */
static void send_warning(oc_extraction *e, size_t index)
{
    const oc_outcome *o = &e->keeping->outcomes[index];
    size_t item = e->keeping->first + index;
    if (item < e->warned) {
        return;
    }
    e->warned = item + 1;
    if (o->reason && !e->options->suppress_warnings) {
        oc_job_warning(e->job, oc_dataset_path(e->dataset, item), o->reason);
    }
}

/* Sends the note about dark 16-bit files once, after DEEP_TRIED files or at the end. */
static void note_depth(oc_extraction *e)
{
    bool whole = e->used_bits > SMALL_DEPTH || e->deep == 0 || e->options->suppress_warnings;
    if (!whole && !e->depth_noted) {
        e->depth_noted = true;
        oc_job_note(
            e->job,
            "dark 16-bit PNG files: the largest sample of the first %zu has %u bits, and no sBIT chunk says how "
            "many are used. `depth` N, the bits of the camera (%u or more), brings N bits to the full range; "
            "`depth` 16 reads the files as now, without this note",
            e->deep, e->used_bits, e->used_bits);
    }
}

static void look_at_depth(oc_extraction *e, const oc_image *image)
{
    if (image->used_bits == 0 || e->image.depth || e->deep == DEEP_TRIED) {
        return;
    }
    e->used_bits = image->used_bits > e->used_bits ? image->used_bits : e->used_bits;
    if (++e->deep == DEEP_TRIED) {
        note_depth(e);
    }
}

static oc_status keep(oc_extraction *e, size_t index, oc_error *err)
{
    send_warning(e, index);
    look_at_depth(e, &e->keeping->outcomes[index].image);
    oc_set *set = e->set;
    size_t item = e->keeping->first + index, d = set->rows.dimension;
    const char *path = oc_dataset_path(e->dataset, item);
    const oc_image *image = &e->keeping->outcomes[index].image;
    const float *row = e->keeping->rows + index * d;
    int label = oc_dataset_label(e->dataset, item);
    const oc_pixel_hash *hash = &e->keeping->outcomes[index].hash;
    if (e->writer) {
        oc_status status = oc_set_writer_row(e->writer, row, path,
                                             label < 0 ? NULL : oc_dataset_class(e->dataset, (size_t)label),
                                             image->source_width, image->source_height, err);
        return status == OC_OK ? oc_set_writer_hash(e->writer, hash, err) : status;
    }
    if (row != set->values + set->rows.count * d) { /* close the gap of images that could not be read */
        memcpy(set->values + set->rows.count * d, row, d * sizeof *row);
    }
    set->hashes[set->rows.count++] = *hash;
    return oc_dataset_add(set->index, path, strlen(path), label, err);
}

/* Stores the batch and moves `first` past its images. When the job is cancelled, this may be only a part of the
 * batch. */
static oc_status keep_batch(oc_extraction *e, oc_error *err)
{
    const oc_image_batch *batch = e->keeping;
    size_t i = 0;
    oc_status status = batch->count && atomic_load(&e->differ) ? OC_SIZES_DIFFER : OC_OK;
    for (; status == OC_OK && i < batch->count && batch->outcomes[i].status != OC_CANCELLED; i++) {
        status = batch->outcomes[i].status == OC_OK ? keep(e, i, err) : skip(e, i, err);
    }
    if (status != OC_OK) {
        return status;
    }
    e->first += i;
    if (e->writer) {
        oc_set_writer_push(e->writer);
    }
    return i < batch->count ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

static void free_reasons(oc_image_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        oc_free(batch->outcomes[i].reason);
    }
    batch->count = 0;
}

static void work(void *context, size_t index, size_t worker)
{
    oc_extraction *e = context;
    if (index == 0) {
        e->keep_status = keep_batch(e, &e->keep_error);
    } else {
        extract_one(e, index - 1, worker);
    }
}

/* Reads a batch of images, from image `next` on, and stores the previous batch. */
static oc_status process_batch(oc_extraction *e, size_t next, size_t count, oc_error *err)
{
    oc_image_batch *read = e->reading;
    read->first = next;
    read->count = count;
    if (!e->writer) { /* images that could not be read leave holes until the batch is kept */
        read->rows = e->set->values + next * e->set->rows.dimension;
    }
    oc_parallel(e->job, count + 1, work, e);
    free_reasons(e->keeping);
    e->reading = e->keeping;
    e->keeping = read;
    if (e->keep_status != OC_OK && err) {
        *err = e->keep_error;
    }
    return e->keep_status;
}

/* Syncs the files of the folder, then records the progress in the journal. */
static oc_status save_progress(oc_extraction *e, oc_error *err)
{
    double started = oc_seconds();
    oc_status status = oc_set_writer_flush(e->writer, err);
    if (status == OC_OK) {
        e->journal.images = e->first;
        e->journal.place = oc_set_writer_place(e->writer);
        status = oc_journal_done(&e->journal, err);
    }
    double now = oc_seconds(), pause = JOURNAL_SHARE * (now - started);
    e->journal_due = now + (pause > JOURNAL_PAUSE ? pause : JOURNAL_PAUSE);
    return status;
}

/* Reserves address space for all rows; the system allocates pages as they are written. */
static oc_status reserve_rows(oc_set *set, size_t count, oc_error *err)
{
    size_t bytes;
    set->hashes = oc_alloc(count, sizeof *set->hashes);
    if (set->hashes && oc_multiply(count, set->rows.dimension, &bytes) && oc_multiply(bytes, sizeof(float), &bytes)) {
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

/* The maximum number of images in a batch: their rows fit into BATCH_BYTES, but at least one image per thread. */
static size_t max_batch(const oc_extraction *e)
{
    size_t threads = oc_job_threads(e->job), batch = BATCH_BYTES / (e->set->rows.dimension * sizeof(float));
    size_t left = oc_dataset_count(e->dataset) - e->first, most = left < MAX_BATCH ? left : MAX_BATCH;
    return batch < threads ? threads : batch > most ? most : batch;
}

static oc_status extract_batches(oc_extraction *e, size_t longest, oc_error *err)
{
    size_t n = oc_dataset_count(e->dataset), batch = longest < FIRST_BATCH ? longest : FIRST_BATCH;
    size_t next = e->first;
    oc_status status = OC_OK;
    e->journal_due = oc_seconds() + JOURNAL_PAUSE;
    e->deep = e->used_bits = 0;
    while (status == OC_OK && e->first < n) {
        double started = oc_seconds();
        size_t count = n - next < batch ? n - next : batch;
        status = process_batch(e, next, count, err);
        next += count;
        oc_job_progress(e->job, "extracting", e->first, n);
        double now = oc_seconds();
        if (now - started < MIN_BATCH_SECONDS && batch <= longest / 2) {
            batch *= 2;
        } else if (now - started > MAX_BATCH_SECONDS && batch / 2 >= oc_job_threads(e->job)) {
            batch /= 2;
        }
        if (status == OC_OK && e->writer && now > e->journal_due) {
            status = save_progress(e, err);
        }
    }
    if (status == OC_OK) {
        note_depth(e);
    }
    if (status == OC_CANCELLED && e->writer && e->first > e->journal.images) {
        oc_status saved = save_progress(e, NULL);
        status = saved == OC_OK ? status : oc_fail(err, saved, "cancelled, and the folder cannot be written");
    }
    return status;
}

/* Allocates the outcomes of two batches and, with a writer, their rows. */
static oc_status create_batches(oc_image_batch batches[2], size_t longest, size_t d, bool written, oc_error *err)
{
    size_t size;
    bool fits = oc_multiply(longest, d, &size);
    for (size_t i = 0; i < 2; i++) {
        batches[i].outcomes = oc_alloc(longest, sizeof *batches[i].outcomes);
        if (!batches[i].outcomes) {
            return oc_fail_memory(err, "the rows");
        }
        batches[i].rows = written && fits ? oc_realloc(NULL, size, sizeof(float))
                                          : NULL; /* pages are allocated when written */
        if (written && !batches[i].rows) {
            return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu rows of %zu values", 2 * longest, d);
        }
    }
    return OC_OK;
}

oc_status oc_extraction_rows(oc_extraction *e, oc_error *err)
{
    size_t d = e->set->rows.dimension, longest = max_batch(e);
    bool written = e->writer;
    oc_image_batch batches[2] = {{0}, {0}};
    e->reading = &batches[0];
    e->keeping = &batches[1];
    oc_status status = create_batches(batches, longest, d, written, err);
    if (status == OC_OK && !written) {
        status = reserve_rows(e->set, oc_dataset_count(e->dataset), err);
    }
    if (status == OC_OK) {
        status = extract_batches(e, longest, err);
    }
    for (size_t i = 0; i < 2; i++) {
        free_reasons(&batches[i]);
        oc_free(batches[i].outcomes);
        oc_free(written ? batches[i].rows : NULL);
    }
    e->reading = e->keeping = NULL;
    return status;
}
