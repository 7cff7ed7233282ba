/* Extraction. The calls, from a data set to one image: oc_set_extract (one set) -> extract (chooses the size of the
 * images) -> extract_at_size (prepares the stages; in memory or to a folder) -> oc_extraction_rows (extraction.c: all
 * images, in batches) -> extract_one (one image, by one worker thread).
 *
 * When the options give no size, it is that of the first readable image. If a later image has another size, the work
 * starts again at 128 x 128, or at a larger side that the stages need (oc_features_side). So in a folder of images of
 * one size no header is read twice.
 *
 * A set folder is built with a journal in it, which records the progress. When a signal, a full disk or a lack of
 * memory ends the run, folder and journal are kept, and another run with the same settings continues after the last
 * image that the journal records. */
#include "src/set/extraction.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/image/picture.h"
#include "src/pipeline/store.h"
#include "src/set/extract_settings.h"
#include "src/set/lost_classes.h"

#include <stdio.h>
#include <string.h>

/* OC_BAD_DATA for a set without rows. A shard may have none. */
static oc_status check_readable(const oc_set *set, size_t images, oc_error *err)
{
    return set->rows.count || set->shard.count
               ? OC_OK
               : oc_fail(err, OC_BAD_DATA, "none of the %zu images can be read (the first: %s: %s)", images,
                         set->skips[0].path, set->skips[0].reason);
}

/* Makes a set with the classes of the data set and without rows. */
static oc_status create_set(oc_extraction *e, oc_error *err)
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
    set->shard = e->dataset->shard;
    for (size_t c = 0; status == OC_OK && c < oc_dataset_classes(e->dataset); c++) {
        status = oc_dataset_add_class(set->index, oc_dataset_class(e->dataset, c), err);
    }
    return status;
}

/* Sets how images are read. Call it when the stages are planned. */
static void set_image_options(oc_extraction *e)
{
    e->image = e->options->image;
    e->image.size = oc_features_size(e->set->features);
    e->image.planes = oc_features_planes(e->set->features);
    e->set->image = e->image;
    e->set->rows = oc_rows_of(NULL, 0, oc_features_dimension(e->set->features));
}

/* Checks the other specs that will be extracted from the same images, so that none of them fails after this one. */
static oc_status check_also(const oc_extraction *e, oc_extent size, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < e->options->also_count && status == OC_OK; i++) {
        oc_features *features = NULL;
        status = oc_features_parse(e->options->also[i], &features, err);
        if (status == OC_OK) {
            status = oc_features_plan(features, size.width, size.height, err);
        }
        if (status == OC_OK && e->options->mirror) {
            status = oc_features_mirror_order(features, NULL, err);
        }
        oc_features_free(features);
    }
    return status;
}

/* Copies the features into the set, plans the copy for the size of the images and fits it. */
static oc_status prepare_features(oc_extraction *e, const oc_features *features, oc_extent size, oc_error *err)
{
    oc_status status = oc_copy_features(features, &e->set->features, err);
    if (status == OC_OK && oc_features_dimension(e->set->features) == 0) {
        status = oc_features_plan(e->set->features, size.width, size.height, err);
    }
    if (status == OC_OK && e->options->mirror) {
        status = oc_features_mirror_order(e->set->features, NULL, err);
    }
    status = status == OC_OK ? check_also(e, size, err) : status;
    if (status != OC_OK) {
        return status;
    }
    set_image_options(e);
    if (!oc_features_unfitted(e->set->features)) {
        return OC_OK;
    }
    if (e->dataset->shard.count) {
        return oc_fail(
            err, OC_USAGE,
            "%s must learn from images first, from the same ones for every shard: extract a set of some images, and "
            "use the stages of that set",
            oc_features_spec(features));
    }
    return oc_extraction_fit(e, err);
}

/* The size of image i in its file. */
static oc_status own_size_of(const oc_extraction *e, size_t i, oc_extent *size, oc_error *err)
{
    oc_image_options own = e->options->image;
    oc_image image;
    own.size = (oc_extent){0, 0};
    own.planes = OC_GRAY;
    oc_status status = oc_dataset_read(e->dataset, i, e->workers[0].decoder, &own, &image, err);
    if (status == OC_OK) {
        *size = (oc_extent){image.source_width, image.source_height};
    }
    return status;
}

/* Finds the first image that can be read and its size. err must not be NULL. */
static oc_status first_size(const oc_extraction *e, oc_extent *size, size_t *first, oc_error *err)
{
    oc_status status = OC_OK;
    for (size_t i = 0; i < oc_dataset_count(e->dataset); i++) {
        status = own_size_of(e, i, size, err);
        if (status == OC_OK) {
            *first = i;
            return OC_OK;
        }
        if (e->options->strict || status == OC_NO_MEMORY) {
            return status;
        }
    }
    if (e->dataset->shard.count) {
        return oc_fail(err, OC_USAGE,
                       "no image of this shard can be read, so the size of the images is not known: give `size` WxH");
    }
    return oc_fail(err, OC_BAD_DATA, "none of the %zu images can be read (the last: %s)", oc_dataset_count(e->dataset),
                   err->message);
}

/* OC_TOO_LARGE for images that no set and no model can have as their own size. */
static oc_status check_own_size(oc_extent size, oc_error *err)
{
    return (uint64_t)size.width * size.height <= OC_MAX_CANONICAL
               ? OC_OK
               : oc_fail(err, OC_TOO_LARGE, "%zu x %zu pixels: images are measured at %d pixels or fewer", size.width,
                         size.height, OC_MAX_CANONICAL);
}

/* Called when the size of the first image is too small for a stage, or too large, with the message in err. Returns
 * OC_SIZES_DIFFER when another image has another size, so that all images are brought to a size that suits; else the
 * same status. */
static oc_status check_other_sizes(const oc_extraction *e, oc_extent size, size_t first, oc_error *err)
{
    size_t count = oc_dataset_count(e->dataset);
    oc_error unsuited = *err;
    for (size_t i = first + 1; i < count; i++) {
        oc_extent other;
        if (oc_job_cancelled(e->job)) {
            return oc_fail(err, OC_CANCELLED, "cancelled while looking at the sizes of the images");
        }
        if (own_size_of(e, i, &other, err) == OC_OK && (other.width != size.width || other.height != size.height)) {
            return OC_SIZES_DIFFER;
        }
    }
    return oc_fail(err, unsuited.status, "%s; that is the size of %s%s: give `size` WxH", unsuited.message,
                   oc_dataset_path(e->dataset, first), first + 1 < count ? " and of all after it" : "");
}

/* Loads the stages and the progress of the interrupted run. */
static oc_status resume_rows(oc_extraction *e, oc_error *err)
{
    const char *folder = e->output.temporary;
    oc_status status = oc_set_read_stages(e->set, folder, err);
    if (status != OC_OK) {
        return status;
    }
    oc_extent size = oc_features_size(e->set->features);
    if (size.width != e->journal.size.width || size.height != e->journal.size.height) {
        return oc_fail(err, OC_BAD_FILE, "%s: its stages and its journal differ in the size of the images", folder);
    }
    e->set->fit_seconds = e->journal.fit_seconds;
    e->first = e->journal.images;
    set_image_options(e);
    oc_job_note(e->job, "continuing after %zu of %zu images%s", e->first, oc_dataset_count(e->dataset),
                e->journal.fit_seconds > 0 ? ", with the fitted stages" : "");
    return OC_OK;
}

/* Writes the fitted stages to the folder, before the first row. */
static oc_status begin_folder(oc_extraction *e, oc_error *err)
{
    oc_status status = oc_set_write_stages(e->output.temporary, e->set->features, &e->set->image, &e->set->shard, err);
    e->journal.size = oc_features_size(e->set->features);
    e->journal.own_size = e->agreed.width != 0;
    e->journal.fit_seconds = e->set->fit_seconds;
    return status == OC_OK ? oc_journal_begin(&e->journal, err) : status;
}

static oc_status extract_to_folder(oc_extraction *e, oc_error *err)
{
    size_t d = e->set->rows.dimension;
    oc_status status = e->journal.begun ? OC_OK : begin_folder(e, err);
    if (status == OC_OK) {
        status = oc_set_writer_create(e->output.temporary, d, e->journal.images ? &e->journal.place : NULL, &e->writer,
                                      err);
    }
    if (status == OC_OK) {
        status = oc_extraction_rows(e, err);
    }
    if (status == OC_OK) {
        status = oc_set_writer_finish(e->writer, err);
    }
    oc_set_writer_free(e->writer);
    e->writer = NULL;
    return status;
}

static oc_status extract_to_memory(oc_extraction *e, oc_error *err)
{
    oc_set *set = e->set;
    oc_status status = oc_extraction_rows(e, err);
    set->rows = oc_rows_of(set->values, set->rows.count, set->rows.dimension);
    return status == OC_OK ? oc_set_gather_labels(set, err) : status;
}

static void look_at_size(void *context, size_t i, size_t worker)
{
    oc_extraction *e = context;
    oc_image image;
    if (!oc_job_cancelled(e->job) && !atomic_load_explicit(&e->differ, memory_order_relaxed)) {
        (void)oc_extraction_read(e, i, worker, &image, NULL);
    }
}

/* Compares the sizes of all images: when no rows are made, no other function does so. */
static oc_status check_sizes(oc_extraction *e, oc_error *err)
{
    if (e->agreed.width) {
        oc_parallel(e->job, oc_dataset_count(e->dataset), look_at_size, e);
    }
    if (oc_job_cancelled(e->job)) {
        return oc_fail(err, OC_CANCELLED, "cancelled while looking at the sizes of the images");
    }
    return atomic_load(&e->differ) ? OC_SIZES_DIFFER : OC_OK;
}

/* Extracts everything at one size. OC_SIZES_DIFFER when an image has another size than agreed. */
static oc_status extract_at_size(oc_extraction *e, const oc_features *features, oc_extent size, oc_error *err)
{
    double started = oc_seconds();
    e->first = 0;
    oc_status status = create_set(e, err);
    if (status == OC_OK) {
        status = e->journal.begun ? resume_rows(e, err) : prepare_features(e, features, size, err);
    }
    double fit_seconds = e->journal.begun || !e->set ? 0 : e->set->fit_seconds;
    if (status == OC_OK) {
        status = e->fit_only           ? check_sizes(e, err)
                 : e->output.temporary ? extract_to_folder(e, err)
                                       : extract_to_memory(e, err);
    }
    if (e->set) {
        e->set->seconds = oc_seconds() - started - fit_seconds;
    }
    return status;
}

static oc_status create_workers(oc_extraction *e, oc_error *err)
{
    size_t threads = oc_job_threads(e->job);
    e->workers = oc_alloc(threads, sizeof *e->workers);
    oc_status status = e->workers ? OC_OK : oc_fail_memory(err, "the decoders");
    for (size_t i = 0; status == OC_OK && i < threads; i++) {
        status = oc_decoder_create(&e->workers[i].decoder, err);
        if (status == OC_OK) {
            status = oc_workspace_create(&e->workers[i].workspace, err);
        }
    }
    return status;
}

static void free_workers(oc_extraction *e)
{
    for (size_t i = 0; e->workers && i < oc_job_threads(e->job); i++) {
        oc_decoder_free(e->workers[i].decoder);
        oc_workspace_free(e->workers[i].workspace);
    }
    oc_free(e->workers);
}

/* Chooses the size and extracts. */
static oc_status extract(oc_extraction *e, const oc_features *features, oc_error *err)
{
    oc_extent size = oc_features_dimension(features) ? oc_features_size(features) : e->options->image.size;
    oc_status status = OC_OK;
    bool own_size = size.width == 0;
    size_t first = 0;
    size_t side = oc_features_side(features);
    side = side > e->options->side ? side : e->options->side;
    if (e->journal.begun || e->journal.learning) {
        size = e->journal.size;
        own_size = e->journal.own_size;
    } else if (own_size) {
        status = first_size(e, &size, &first, err);
    }
    if (status == OC_OK && own_size) {
        status = check_own_size(size, err);
    }
    if (status == OC_OK) {
        e->agreed = own_size ? size : (oc_extent){0, 0};
        status = extract_at_size(e, features, size, err);
    }
    if ((status == OC_TOO_SMALL || status == OC_TOO_LARGE) && own_size && !e->journal.begun) {
        status = check_other_sizes(e, size, first, err);
    }
    if (status == OC_SIZES_DIFFER && e->dataset->shard.count) {
        return oc_fail(err, OC_USAGE,
                       "the images of this shard differ in size, and it does not know the others: give `size` WxH "
                       "(%zux%zu is what one process would take)",
                       side, side);
    }
    if (status == OC_SIZES_DIFFER && own_size) {
        if (!e->options->suppress_warnings) {
            oc_job_note(e->job, "the images differ in size: all are brought to %zux%zu (`size` chooses another)", side,
                        side);
        }
        oc_set_free(e->set);
        e->set = NULL;
        e->agreed = (oc_extent){0, 0};
        atomic_store(&e->differ, false);
        status = e->journal.begun || e->journal.learning ? oc_journal_restart(&e->journal, err) : OC_OK;
        status = status == OC_OK ? extract_at_size(e, features, (oc_extent){side, side}, err) : status;
    }
    return status;
}

/* Begins the folder, or opens the one that an interrupted run left. */
static oc_status open_folder(oc_extraction *e, const oc_features *features, const char *folder, oc_error *err)
{
    oc_string settings = {0};
    oc_status status = oc_set_check_place(folder, err);
    if (status == OC_OK) {
        status = oc_extract_settings(e->dataset, features, e->options, &settings, err);
    }
    if (status == OC_OK) {
        status = e->options->resume ? oc_output_resume(&e->output, folder, err)
                                    : oc_output_begin(&e->output, folder, true, err);
    }
    if (status == OC_OK) {
        status = oc_journal_open(&e->journal, e->output.lock, settings.data, e->output.around, err);
        if (status != OC_OK && e->options->resume) {
            oc_output_keep(&e->output); /* a run with the right settings may resume it */
        } else if (status != OC_OK) {
            oc_output_abandon(&e->output);
        }
    }
    if (status == OC_OK && e->options->resume && !e->journal.begun && !e->journal.learning) {
        oc_job_note(e->job, "no earlier run left results in %.300s: starting from the beginning", e->output.around);
    }
    oc_string_free(&settings);
    return status;
}

/* A set without rows is an error, a class without rows a note. */
static oc_status check_rows(oc_extraction *e, oc_error *err)
{
    oc_status status = check_readable(e->set, oc_dataset_count(e->dataset), err);
    bool wanted = status == OC_OK && !e->options->suppress_warnings;
    return wanted ? oc_note_lost_classes(e->dataset, e->set, e->job, err) : status;
}

/* Opens the written folder, as a check, and gives it its final name. Its rows stay mapped. */
static oc_status finish_folder(oc_extraction *e, oc_error *err)
{
    oc_set *written = NULL;
    oc_status status = oc_set_open(e->output.temporary, &written, err);
    if (status == OC_OK) {
        written->seconds = e->set->seconds;
        written->fit_seconds = e->set->fit_seconds;
        oc_set_free(e->set);
        e->set = written;
        status = check_rows(e, err);
    }
    return status == OC_OK ? oc_output_commit(&e->output, err) : status;
}

/* Keeps the folder of a failed run if it can be resumed, else removes it; the message says which. */
static void leave_folder(oc_extraction *e, oc_status status, oc_error *err)
{
    bool outer = status == OC_CANCELLED || status == OC_IO || status == OC_NO_MEMORY; /* not the fault of the input */
    bool learned = e->journal.fit_seconds > 0;
    if (!e->output.temporary || !outer || e->stopped_by_strict) {
        oc_output_abandon(&e->output);
    } else if (e->journal.begun && (e->journal.images > 0 || learned)) {
        oc_fail(err, status, "%s; %s%zu of %zu images are kept in %s, and `resume` goes on with them", err->message,
                learned ? "what the stages learned and " : "", e->journal.images, oc_dataset_count(e->dataset),
                e->output.around);
        oc_output_keep(&e->output);
    } else if (e->journal.learning) {
        oc_fail(err, status, "%s; what the first stages learned is kept in %s, and `resume` goes on with it",
                err->message, e->output.around);
        oc_output_keep(&e->output);
    } else {
        oc_fail(err, status, "%s; nothing is kept: %s", err->message,
                e->journal.begun ? "no image was done" : "no stage was fitted");
        oc_output_abandon(&e->output);
    }
}

oc_status oc_extract_set(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                         oc_job *job, oc_set **set, oc_error *err)
{
    const char *folder = options->output;
    oc_extraction e = {.dataset = dataset, .options = options, .job = job};
    oc_error own;
    err = err ? err : &own; /* first_size and leave_folder extend the message */
    oc_status status = oc_image_options_check(&options->image, err);
    if (status == OC_OK) {
        status = create_workers(&e, err);
    }
    if (status == OC_OK && folder) {
        status = open_folder(&e, features, folder, err);
    }
    if (status == OC_OK) {
        status = extract(&e, features, err);
    }
    if (status == OC_OK) {
        status = folder ? finish_folder(&e, err) : check_rows(&e, err);
    }
    free_workers(&e);
    if (status != OC_OK) {
        leave_folder(&e, status, err);
        oc_set_free(e.set);
        return status;
    }
    *set = e.set;
    return OC_OK;
}

oc_status oc_set_fit(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                     oc_job *job, oc_set **set, oc_error *err)
{
    oc_extraction e = {.dataset = dataset, .options = options, .job = job, .fit_only = true};
    oc_error own;
    err = err ? err : &own; /* first_size extends the message */
    oc_status status = oc_image_options_check(&options->image, err);
    if (status == OC_OK) {
        status = create_workers(&e, err);
    }
    if (status == OC_OK) {
        status = extract(&e, features, err);
    }
    free_workers(&e);
    if (status != OC_OK) {
        oc_set_free(e.set);
        return status;
    }
    *set = e.set;
    return OC_OK;
}
