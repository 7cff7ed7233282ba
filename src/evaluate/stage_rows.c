/* Stages are compared by their specs as typed: "hog" and "hog:cell=8" are two stages, and each is extracted. */
#include "src/evaluate/stage_rows.h"

#include <string.h>

static bool has_stage(const char *spec, const char *stage, size_t length)
{
    for (const char *at = spec; at; at = strchr(at, '+'), at += at != NULL) {
        if (strcspn(at, "+") == length && strncmp(at, stage, length) == 0) {
            return true;
        }
    }
    return false;
}

void oc_add_stages(oc_string *stages, const char *spec)
{
    for (const char *at = spec; at; at = strchr(at, '+'), at += at != NULL) {
        int length = (int)strcspn(at, "+");
        if (!stages->length || !has_stage(stages->data, at, (size_t)length)) {
            oc_string_format(stages, stages->length ? "+%.*s" : "%.*s", length, at);
        }
    }
}

bool oc_stage_columns(const oc_set *set, const char *stage, oc_block *columns)
{
    const oc_features *features = oc_set_features(set);
    const oc_block *all = &oc_set_rows(set)->block[0];
    for (size_t i = 0, first = 0; i < oc_features_count(features); i++) {
        size_t count = oc_features_part_dimension(features, i);
        if (strcmp(oc_features_part_spec(features, i), stage) == 0) {
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
static size_t find_set(const char *stage, oc_set *const *sets, size_t count, oc_block *columns)
{
    size_t i = 0;
    while (i < count && !oc_stage_columns(sets[i], stage, columns)) {
        i++;
    }
    return i;
}

void oc_missing_stages(const oc_features *features, oc_set *const *sets, size_t count, oc_string *missing)
{
    for (size_t i = 0; i < oc_features_count(features); i++) {
        const char *stage = oc_features_part_spec(features, i);
        if (find_set(stage, sets, count, NULL) == count) {
            oc_add_stages(missing, stage);
        }
    }
}

oc_rows oc_stage_rows(const oc_features *features, oc_set *const *sets, size_t count)
{
    oc_rows rows = {.count = oc_set_count(sets[0]), .blocks = oc_features_count(features)};
    for (size_t i = 0; i < rows.blocks; i++) {
        find_set(oc_features_part_spec(features, i), sets, count, &rows.block[i]);
        rows.dimension += rows.block[i].columns;
    }
    return rows;
}
