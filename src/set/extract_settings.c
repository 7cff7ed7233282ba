/* Settings of an extraction. */
#include "src/set/extract_settings.h"

#include "src/base/digest.h"
#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/dataset/dataset.h"
#include "src/image/picture.h"
#include "src/pipeline/store.h"

#include <inttypes.h>
#include <ocellus/ocellus.h>

static void add_options(const oc_param *table, size_t count, const oc_image_options *image, oc_string *text)
{
    for (size_t i = 0; i < count; i++) {
        char value[100];
        if (!oc_image_param_recorded(&table[i], image)) {
            continue;
        }
        oc_param_format(&table[i], image, value, sizeof value);
        oc_string_format(text, "%s %s\n", table[i].name, value);
    }
}

static void add_images(const oc_dataset *dataset, oc_string *text)
{
    oc_string_format(text, "images %zu\npaths %016" PRIx64 "\n", oc_dataset_count(dataset), oc_dataset_digest(dataset));
    if (dataset->shard.count) {
        oc_string_format(text, "shard %zu/%zu\n", dataset->shard.index, dataset->shard.count);
    }
}

static oc_status add_learned(const oc_features *features, const oc_image_options *image, oc_string *text, oc_error *err)
{
    uint64_t sum = OC_DIGEST_START;
    oc_archive *archive;
    oc_status status = oc_archive_create(&archive, err);
    if (status != OC_OK) {
        return status;
    }
    status = oc_store_features(archive, features, image, err);
    for (size_t i = 0; status == OC_OK && i < oc_archive_count(archive); i++) {
        oc_tensor tensor = oc_archive_tensor(archive, i);
        sum = oc_digest_text(sum, tensor.name);
        sum = oc_digest(sum, tensor.values, tensor.rows * tensor.columns * sizeof *tensor.values);
    }
    oc_archive_free(archive);
    oc_string_format(text, "learned %016" PRIx64 "\n", sum);
    return status;
}

oc_status oc_extract_settings(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                              oc_string *text, oc_error *err)
{
    oc_extent size = oc_features_size(features);
    oc_string_format(text, "program %s %s\nfeatures %s\nplanned %zux%zu\n", oc_version(), oc_isa_name(oc_isa_index()),
                     oc_features_spec(features), size.width, size.height);
    oc_image_options image = oc_image_limits(&options->image);
    add_options(oc_image_params, oc_image_param_count, &image, text);
    add_options(oc_limit_params, oc_limit_param_count, &image, text);
    oc_string_format(text, "seed %" PRIu64 "\n", options->seed);
    add_images(dataset, text);
    oc_status status = add_learned(features, &options->image, text, err);
    return status == OC_OK && text->failed ? oc_fail_memory(err, "the settings of the extraction") : status;
}
