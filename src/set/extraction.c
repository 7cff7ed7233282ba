/* Images are read and turned into rows a round at a time, all threads on one round, while one of them keeps the rows
 * of the round before, in the order of the images, in memory or by a writer of set folders. So memory does not grow
 * with the number of images, and no thread waits for the writing. */
#define _DEFAULT_SOURCE /* MAP_ANONYMOUS */
#include "src/set/extraction.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"

#include <string.h>
#include <sys/mman.h>

enum { FIRST_ROUND = 64, LONGEST_ROUND = 4096 };
/* 16-bit PNG files that are looked at before the listener hears that they use no more than SMALL_DEPTH bits. */
enum { DEEP_TRIED = 100, SMALL_DEPTH = 13 };
static const size_t ROUND_BYTES = (size_t)4 << 20; /* small enough to be written from the cache */
/* A round of a tenth to half a second keeps the threads busy, and loses little when it is cut short. */
static const double SHORT_ROUND = 0.1, LONG_ROUND = 0.5;
/* The journal is written every second, or less often where that would take more than a twentieth of the time. */
static const double JOURNAL_PAUSE = 1, JOURNAL_SHARE = 20;

oc_status oc_extraction_read(oc_extraction *e, size_t i, size_t worker, oc_image *image, oc_error *err)
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
        o->status = oc_features_extract(e->set->features, &o->image, e->hands[worker].workspace,
                                        e->reading->rows + index * e->set->rows.dimension, &err);
    }
    if (o->status != OC_OK || o->image.warnings) {
        o->reason = oc_strdup(o->status != OC_OK ? err.message : o->image.warning);
    }
}

/* The reason without the path that the list of skipped images has beside it. */
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
        e->refused = true;
        return oc_fail(err, o->status, "%s: %s", path, reason);
    }
    return e->writer ? oc_set_writer_skip(e->writer, path, reason, err) : oc_set_add_skip(e->set, path, reason, err);
}

/* After a new start at another size, only what was not told before. */
static void tell_warning(oc_extraction *e, size_t index)
{
    const oc_outcome *o = &e->keeping->outcomes[index];
    size_t item = e->keeping->first + index;
    if (item < e->told) {
        return;
    }
    e->told = item + 1;
    if (o->reason && !e->options->told) {
        oc_job_warning(e->job, oc_dataset_path(e->dataset, item), o->reason);
    }
}

/* Once, when DEEP_TRIED of the files were looked at, or all. */
static void note_depth(oc_extraction *e)
{
    bool whole = e->used_bits > SMALL_DEPTH || e->deep == 0 || e->options->told;
    if (!whole && !e->depth_noted) {
        e->depth_noted = true;
        oc_job_note(
            e->job,
            "dark 16-bit PNG files: the largest sample of the first %zu has %u bits, and no sBIT chunk says how "
            "many are used. --depth N, the bits of the camera (%u or more), brings N bits to the full range; "
            "--depth 16 reads the files as now, without this note",
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
    tell_warning(e, index);
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
    if (row != set->values + set->rows.count * d) { /* close up behind images that could not be read */
        memcpy(set->values + set->rows.count * d, row, d * sizeof *row);
    }
    set->hashes[set->rows.count++] = *hash;
    return oc_dataset_add(set->index, path, strlen(path), label, err);
}

/* Moves `first` behind the images that are done, which may be a part of the round when the job is cancelled. */
static oc_status keep_round(oc_extraction *e, oc_error *err)
{
    const oc_round *round = e->keeping;
    size_t i = 0;
    oc_status status = round->count && atomic_load(&e->differ) ? OC_SIZES_DIFFER : OC_OK;
    for (; status == OC_OK && i < round->count && round->outcomes[i].status != OC_CANCELLED; i++) {
        status = round->outcomes[i].status == OC_OK ? keep(e, i, err) : skip(e, i, err);
    }
    if (status != OC_OK) {
        return status;
    }
    e->first += i;
    if (e->writer) {
        oc_set_writer_push(e->writer);
    }
    return i < round->count ? oc_fail(err, OC_CANCELLED, "cancelled") : OC_OK;
}

static void free_reasons(oc_round *round)
{
    for (size_t i = 0; i < round->count; i++) {
        oc_free(round->outcomes[i].reason);
    }
    round->count = 0;
}

static void work(void *context, size_t index, size_t worker)
{
    oc_extraction *e = context;
    if (index == 0) {
        e->kept = keep_round(e, &e->trouble);
    } else {
        extract_one(e, index - 1, worker);
    }
}

/* Reads a round of images, from `next` on, and keeps the one before. */
static oc_status pass_round(oc_extraction *e, size_t next, size_t count, oc_error *err)
{
    oc_round *read = e->reading;
    read->first = next;
    read->count = count;
    if (!e->writer) { /* images that could not be read leave holes, until the round is kept */
        read->rows = e->set->values + next * e->set->rows.dimension;
    }
    oc_parallel(e->job, count + 1, work, e);
    free_reasons(e->keeping);
    e->reading = e->keeping;
    e->keeping = read;
    if (e->kept != OC_OK && err) {
        *err = e->trouble;
    }
    return e->kept;
}

/* Brings the folder to the disk, then tells so in the journal. */
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

/* Address space for all rows; pages are taken as they are written. */
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

/* The most images of a round: what fits into ROUND_BYTES, but one for each thread. */
static size_t longest_round(const oc_extraction *e)
{
    size_t threads = oc_job_threads(e->job), round = ROUND_BYTES / (e->set->rows.dimension * sizeof(float));
    size_t left = oc_dataset_count(e->dataset) - e->first, most = left < LONGEST_ROUND ? left : LONGEST_ROUND;
    return round < threads ? threads : round > most ? most : round;
}

static oc_status extract_rounds(oc_extraction *e, size_t longest, oc_error *err)
{
    size_t n = oc_dataset_count(e->dataset), round = longest < FIRST_ROUND ? longest : FIRST_ROUND;
    size_t next = e->first;
    oc_status status = OC_OK;
    e->journal_due = oc_seconds() + JOURNAL_PAUSE;
    e->deep = e->used_bits = 0;
    while (status == OC_OK && e->first < n) {
        double started = oc_seconds();
        size_t count = n - next < round ? n - next : round;
        status = pass_round(e, next, count, err);
        next += count;
        oc_job_progress(e->job, "extracting", e->first, n);
        double now = oc_seconds();
        if (now - started < SHORT_ROUND && round <= longest / 2) {
            round *= 2;
        } else if (now - started > LONG_ROUND && round / 2 >= oc_job_threads(e->job)) {
            round /= 2;
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

/* Room for the outcomes of two rounds, and for their rows where those are written. */
static oc_status make_rounds(oc_round rounds[2], size_t longest, size_t d, bool written, oc_error *err)
{
    size_t size;
    bool fits = oc_multiply(longest, d, &size);
    for (size_t i = 0; i < 2; i++) {
        rounds[i].outcomes = oc_alloc(longest, sizeof *rounds[i].outcomes);
        if (!rounds[i].outcomes) {
            return oc_fail_memory(err, "the rows");
        }
        rounds[i].rows = written && fits ? oc_realloc(NULL, size, sizeof(float)) : NULL; /* in pages not yet there */
        if (written && !rounds[i].rows) {
            return oc_fail(err, OC_NO_MEMORY, "out of memory for %zu rows of %zu values", 2 * longest, d);
        }
    }
    return OC_OK;
}

oc_status oc_extraction_rows(oc_extraction *e, oc_error *err)
{
    size_t d = e->set->rows.dimension, longest = longest_round(e);
    bool written = e->writer;
    oc_round rounds[2] = {{0}, {0}};
    e->reading = &rounds[0];
    e->keeping = &rounds[1];
    oc_status status = make_rounds(rounds, longest, d, written, err);
    if (status == OC_OK && !written) {
        status = reserve_rows(e->set, oc_dataset_count(e->dataset), err);
    }
    if (status == OC_OK) {
        status = extract_rounds(e, longest, err);
    }
    for (size_t i = 0; i < 2; i++) {
        free_reasons(&rounds[i]);
        oc_free(rounds[i].outcomes);
        oc_free(written ? rounds[i].rows : NULL);
    }
    e->reading = e->keeping = NULL;
    return status;
}
