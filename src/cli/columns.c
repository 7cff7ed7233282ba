/* Describes the columns of feature rows in words. */
#include "src/cli/columns.h"

#include <stdarg.h>
#include <stdio.h>

enum { COLUMN_NAME = 200, SAMPLE_SIDE = 256 };

/* A buffer of fixed size that text is appended to. */
typedef struct line {
    char *text;
    size_t size, length;
} line;

static void add(line *l, const char *format, ...)
{
    va_list arguments;
    size_t room = l->length < l->size ? l->size - l->length : 0;
    va_start(arguments, format);
    l->length += (size_t)vsnprintf(room ? l->text + l->length : NULL, room, format, arguments);
    va_end(arguments);
}

static void add_axis(line *l, const oc_row_axis *axis)
{
    add(l, "%s (%zu", axis->meaning, axis->length);
    for (size_t i = 0; i < axis->levels.count; i++) {
        int g = (int)axis->levels.level[i];
        add(l, "%s%dx%d", i ? ", " : ": ", g, g);
    }
    add(l, ")");
}

void describe_columns(const oc_features *features, size_t stage, char *text, size_t size)
{
    line l = {text, size, 0};
    char name[COLUMN_NAME];
    size_t first = 0, count = oc_features_part_dimension(features, stage);
    for (size_t i = 0; i < stage; i++) {
        first += oc_features_part_dimension(features, i);
    }
    for (size_t i = 0; i < oc_features_axis_count(features, stage); i++) {
        oc_row_axis axis = oc_features_axis(features, stage, i);
        add(&l, "%s", i ? ", " : "");
        add_axis(&l, &axis);
    }
    oc_features_column_name(features, first, name, sizeof name);
    add(&l, "; %s", name);
    oc_features_column_name(features, first + count - 1, name, sizeof name);
    add(&l, " to %s", name);
}

void describe_default_columns(const char *stage, char *text, size_t size)
{
    oc_features *features = NULL;
    *text = '\0';
    if (oc_features_parse(stage, &features, NULL) == OC_OK &&
        oc_features_plan(features, SAMPLE_SIDE, SAMPLE_SIDE, NULL) == OC_OK) {
        describe_columns(features, 0, text, size);
    }
    oc_features_free(features);
}
