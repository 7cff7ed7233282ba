/* Stages are the same when their parameters are, however they are typed. */
#include "src/evaluate/stage_rows.h"

#include "src/base/fail.h"
#include "src/pipeline/store.h"

/* True when one of the first `count` stages of `among` is the same as stage i of the features. */
static bool has_stage(const oc_features *among, size_t count, const oc_features *features, size_t i)
{
    size_t j = 0;
    while (j < count && !oc_same_stage(among, j, features, i)) {
        j++;
    }
    return j < count;
}

static void add(oc_string *stages, const char *stage)
{
    oc_string_format(stages, stages->length ? "+%s" : "%s", stage);
}

oc_status oc_add_stages(oc_string *stages, const char *spec, oc_error *err)
{
    oc_features *features = NULL, *known = NULL;
    oc_status status = oc_features_parse(spec, &features, err);
    if (status == OC_OK && stages->length) {
        status = oc_features_parse(stages->data, &known, err);
    }
    for (size_t i = 0; status == OC_OK && i < oc_features_count(features); i++) {
        bool new = !has_stage(features, i, features, i);
        if (new && !(known && has_stage(known, oc_features_count(known), features, i))) {
            add(stages, oc_features_part_spec(features, i));
        }
    }
    oc_features_free(features);
    oc_features_free(known);
    return status == OC_OK && stages->failed ? oc_fail_memory(err, "the specs") : status;
}

bool oc_stage_columns(const oc_set *set, const oc_features *features, size_t stage, oc_block *columns)
{
    const oc_features *extracted = oc_set_features(set);
    const oc_block *all = &oc_set_rows(set)->block[0];
    for (size_t i = 0, first = 0; i < oc_features_count(extracted); i++) {
        size_t count = oc_features_part_dimension(extracted, i);
        if (oc_same_stage(extracted, i, features, stage)) {
            if (columns) {
                *columns = (oc_block){.values = all->values + first, .columns = count, .stride = all->stride};
            }
            return true;
        }
        first += count;
    }
    return false;
}

/* The index of the set that has the stage; `count` when no set has it. */
static size_t find_set(const oc_features *features, size_t stage, oc_set *const *sets, size_t count, oc_block *columns)
{
    size_t i = 0;
    while (i < count && !oc_stage_columns(sets[i], features, stage, columns)) {
        i++;
    }
    return i;
}

void oc_missing_stages(const oc_features *features, oc_set *const *sets, size_t count, oc_string *missing)
{
    for (size_t i = 0; i < oc_features_count(features); i++) {
        if (find_set(features, i, sets, count, NULL) == count && !has_stage(features, i, features, i)) {
            add(missing, oc_features_part_spec(features, i));
        }
    }
}

oc_rows oc_stage_rows(const oc_features *features, oc_set *const *sets, size_t count)
{
    oc_rows rows = {.count = oc_set_count(sets[0]), .blocks = oc_features_count(features)};
    for (size_t i = 0; i < rows.blocks; i++) {
        find_set(features, i, sets, count, &rows.block[i]);
        rows.dimension += rows.block[i].columns;
    }
    return rows;
}
