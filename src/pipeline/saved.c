/* Copies features, and saves and loads them, in a file or in memory. */
#include "src/base/fail.h"
#include "src/pipeline/store.h"

oc_status oc_features_copy(const oc_features *features, oc_features **copy, oc_error *err)
{
    return oc_copy_features(features, copy, err);
}

/* Checks that the saved stages can be loaded. */
static oc_status check_stages(const oc_archive *archive, oc_error *err)
{
    oc_features *features = NULL;
    oc_image_options image;
    oc_status status = oc_load_features(archive, &features, &image, err);
    oc_features_free(features);
    return status;
}

static oc_status store(const oc_features *features, const oc_image_options *image, oc_archive **out, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_image_options planned = *image;
    planned.size = oc_features_size(features);
    if (oc_features_dimension(features) == 0 || oc_features_unfitted(features)) {
        return oc_fail(err, OC_USAGE, "%s cannot be saved before it is planned and fitted", oc_features_spec(features));
    }
    oc_status status = oc_archive_create(&archive, err);
    if (status == OC_OK) {
        status = oc_store_format(archive, "ocellus-stages", err);
    }
    if (status == OC_OK) {
        status = oc_store_features(archive, features, &planned, err);
    }
    if (status != OC_OK) {
        oc_archive_free(archive);
        return status;
    }
    *out = archive;
    return OC_OK;
}

oc_status oc_features_save(const oc_features *features, const oc_image_options *image, const char *path, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = store(features, image, &archive, err);
    if (status == OC_OK) {
        status = oc_archive_write(archive, path, check_stages, err);
    }
    oc_archive_free(archive);
    return status;
}

oc_status oc_features_save_memory(const oc_features *features, const oc_image_options *image, void *bytes, size_t room,
                                  size_t *size, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_room out = {.bytes = bytes, .room = room};
    oc_status status = store(features, image, &archive, err);
    if (status == OC_OK) {
        status = oc_archive_write_memory(archive, check_stages, &out, err);
    }
    oc_archive_free(archive);
    if (status == OC_OK) {
        *size = out.size;
    }
    return status;
}

static oc_status load(const oc_archive *archive, oc_features **features, oc_image_options *image, oc_error *err)
{
    oc_status status = oc_check_format(archive, "ocellus-stages", "stages", err);
    return status == OC_OK ? oc_load_features(archive, features, image, err) : status;
}

oc_status oc_features_load(const char *path, oc_features **features, oc_image_options *image, oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_read(path, &archive, err);
    if (status != OC_OK) {
        return status;
    }
    status = load(archive, features, image, err);
    oc_archive_free(archive);
    return status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
}

oc_status oc_features_load_memory(const void *bytes, size_t size, oc_features **features, oc_image_options *image,
                                  oc_error *err)
{
    oc_archive *archive = NULL;
    oc_status status = oc_archive_read_memory(bytes, size, &archive, err);
    if (status == OC_OK) {
        status = load(archive, features, image, err);
    }
    oc_archive_free(archive);
    return status;
}
