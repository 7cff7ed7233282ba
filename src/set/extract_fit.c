/* Fits the stages of an extraction one after the other, so that an interrupted run keeps the fitted stages. */
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/threads.h"
#include "src/dataset/dataset.h"
#include "src/pipeline/pipeline.h"
#include "src/pipeline/store.h"
#include "src/set/extraction.h"

/* The images that a stage is fitted to; images that gave an input error are marked. */
typedef struct fit_source {
    oc_extraction *e;
    bool *unread; /* (images); each is read by one worker at a time */
} fit_source;

static oc_status read_for_fit(void *context, size_t i, size_t worker, oc_image *image, oc_error *err)
{
    fit_source *l = context;
    oc_status status = oc_extraction_read(l->e, i, worker, image, err);
    l->unread[i] = status == OC_IO || status == OC_NOT_FOUND;
    return status;
}

/* OC_IO for an image that could not be read during the fit but can be read now: it would get a row without being part
 * of the fit, and another run would give other rows. OC_NO_MEMORY. */
static oc_status check_unread(const fit_source *l, oc_error *err)
{
    for (size_t i = 0; i < oc_dataset_count(l->e->dataset); i++) {
        oc_image image;
        oc_status status = l->unread[i] ? oc_extraction_read(l->e, i, 0, &image, err) : OC_IO;
        if (status == OC_NO_MEMORY) {
            return status;
        }
        if (status == OC_OK) {
            return oc_fail(err, OC_IO,
                           "%s: could not be read while the stages were fitted, but can be read now: "
                           "please run the extraction again",
                           oc_dataset_path(l->e->dataset, i));
        }
    }
    return OC_OK;
}

/* Fits the next stage. */
static oc_status fit_stage(oc_extraction *e, oc_error *err)
{
    fit_source l = {e, oc_alloc(oc_dataset_count(e->dataset), sizeof *l.unread)};
    if (!l.unread) {
        return oc_fail_memory(err, "the features");
    }
    double started = oc_seconds();
    oc_source source = {oc_dataset_count(e->dataset), read_for_fit, &l};
    oc_status status = oc_features_fit_next(e->set->features, &source, e->options->seed, e->job, err);
    e->set->fit_seconds += oc_seconds() - started;
    if (atomic_load(&e->differ)) {
        status = OC_SIZES_DIFFER;
    }
    status = status == OC_OK ? check_unread(&l, err) : status;
    oc_free(l.unread);
    return status;
}

static oc_status save_learned(oc_extraction *e, oc_error *err)
{
    oc_status status = oc_set_write_stages(e->output.temporary, e->set->features, &e->set->image, &e->set->shard, err);
    e->journal.size = oc_features_size(e->set->features);
    e->journal.own_size = e->agreed.width != 0;
    e->journal.fit_seconds = e->set->fit_seconds;
    return status == OC_OK ? oc_journal_learned(&e->journal, err) : status;
}

static oc_status resume_fit(oc_extraction *e, oc_error *err)
{
    char *path = oc_path_join(e->output.temporary, "stages.safetensors");
    oc_archive *archive = NULL;
    oc_status status = path ? oc_archive_read(path, &archive, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        status = oc_load_learned(archive, e->set->features, err);
        status = status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
    }
    oc_archive_free(archive);
    oc_free(path);
    if (status == OC_OK) {
        e->set->fit_seconds = e->journal.fit_seconds;
        oc_job_note(e->job, "continuing with the fitted stages");
    }
    return status;
}

/* The state of the last stage is not written here: extract.c writes all states before the first row. */
oc_status oc_extraction_fit(oc_extraction *e, oc_error *err)
{
    oc_status status = e->journal.learning ? resume_fit(e, err) : OC_OK;
    while (status == OC_OK && oc_features_unfitted(e->set->features)) {
        status = fit_stage(e, err);
        if (status == OC_OK && e->output.temporary && oc_features_unfitted(e->set->features)) {
            status = save_learned(e, err);
        }
    }
    return status;
}
