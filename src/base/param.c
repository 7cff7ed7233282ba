/* Typed parameters in a table: parsing, checking, printing. */
#include <ocellus/param.h>

#include "src/base/fail.h"
#include "src/base/locale.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool takes_auto(const oc_param *param)
{
    return param->default_value && strcmp(param->default_value, "auto") == 0;
}

/* Reads a decimal integer and moves *text past it. */
static bool read_integer(const char **text, int64_t *value)
{
    if ((**text < '0' || **text > '9') && **text != '-') {
        return false;
    }
    char *end;
    errno = 0;
    long long parsed = strtoll(*text, &end, 10);
    if (errno || end == *text) {
        return false;
    }
    *text = end;
    *value = parsed;
    return true;
}

static bool within(const oc_param *param, double value)
{
    return value >= param->low && value <= param->high;
}

static bool set_integer(const oc_param *param, const char *text, int64_t *field)
{
    int64_t value;
    if (takes_auto(param) && strcmp(text, "auto") == 0) {
        *field = OC_AUTO;
        return true;
    }
    if (!read_integer(&text, &value) || *text || !within(param, (double)value)) {
        return false;
    }
    *field = value;
    return true;
}

static bool set_real(const oc_param *param, const char *text, double *field)
{
    if (takes_auto(param) && strcmp(text, "auto") == 0) {
        *field = NAN;
        return true;
    }
    if (!strchr("0123456789.-+", *text) || *text == '\0' || strpbrk(text, "xXpP")) {
        return false;
    }
    char *end;
    double value = oc_strtod(text, &end);
    if (*end || !isfinite(value) || !within(param, value)) {
        return false;
    }
    *field = value;
    return true;
}

_Static_assert(sizeof(oc_param_type) == sizeof(int), "an enum and an int are one type of field for OC_CHOICE");

static bool set_choice(const oc_param *param, const char *text, int *field)
{
    for (int i = 0; param->choices[i]; i++) {
        if (strcmp(param->choices[i], text) == 0) {
            *field = i;
            return true;
        }
    }
    return false;
}

static bool set_levels(const oc_param *param, const char *text, oc_levels *field)
{
    oc_levels levels = {0};
    if (takes_auto(param) && strcmp(text, "auto") == 0) {
        *field = levels;
        return true;
    }
    for (;;) {
        if (levels.count == OC_MAX_LEVELS || *text == '-' || !read_integer(&text, &levels.level[levels.count]) ||
            !within(param, (double)levels.level[levels.count])) {
            return false;
        }
        levels.count++;
        if (*text == '\0') {
            *field = levels;
            return true;
        }
        if (*text++ != '-') {
            return false;
        }
    }
}

static bool set_extent(const oc_param *param, const char *text, oc_extent *field)
{
    int64_t width, height;
    if (takes_auto(param) && strcmp(text, "auto") == 0) {
        *field = (oc_extent){0, 0};
        return true;
    }
    if (!read_integer(&text, &width)) {
        return false;
    }
    height = width;
    if (*text == 'x') {
        text++;
        if (!read_integer(&text, &height)) {
            return false;
        }
    }
    if (*text || !within(param, (double)width) || !within(param, (double)height)) {
        return false;
    }
    *field = (oc_extent){(size_t)width, (size_t)height};
    return true;
}

static const char *const metrics[] = {"l2", "l1", NULL};
static const char LINEAR[] = "linear", NEAREST[] = "nearest";
static const oc_learner LEARNER = {.kind = OC_LINEAR, .k = 1, .metric = OC_METRIC_L2};

/* Reads "k=5" or "metric=l1", up to a comma or the end, and moves *text past it. */
static bool set_neighbours(const oc_param *param, const char **text, oc_learner *learner)
{
    if (strncmp(*text, "k=", 2) == 0) {
        *text += 2;
        return read_integer(text, &learner->k) && within(param, (double)learner->k);
    }
    for (int m = 0; strncmp(*text, "metric=", 7) == 0 && metrics[m]; m++) {
        size_t length = strlen(metrics[m]);
        if (strncmp(*text + 7, metrics[m], length) == 0) {
            *text += 7 + length;
            learner->metric = (oc_metric)m;
            return true;
        }
    }
    return false;
}

static bool set_learner(const oc_param *param, const char *text, oc_learner *field)
{
    oc_learner learner = LEARNER;
    if (strcmp(text, LINEAR) != 0) {
        size_t length = strlen(NEAREST);
        if (strncmp(text, NEAREST, length) != 0) {
            return false;
        }
        learner.kind = OC_NEAREST;
        text += length;
        for (char before = ':'; *text; before = ',') {
            if (*text++ != before || !set_neighbours(param, &text, &learner)) {
                return false;
            }
        }
    }
    *field = learner;
    return true;
}

static bool set(const oc_param *param, const char *text, void *values)
{
    void *field = (char *)values + param->offset;
    switch (param->type) {
    case OC_FLAG:
        if ((text[0] != '0' && text[0] != '1') || text[1]) {
            return false;
        }
        *(bool *)field = text[0] == '1';
        return true;
    case OC_INTEGER:
        return set_integer(param, text, field);
    case OC_REAL:
        return set_real(param, text, field);
    case OC_CHOICE:
        return set_choice(param, text, field);
    case OC_TEXT:
        *(const char **)field = text;
        return true;
    case OC_LEVELS:
        return set_levels(param, text, field);
    case OC_EXTENT:
        return set_extent(param, text, field);
    case OC_LEARNER:
        return set_learner(param, text, field);
    }
    return false;
}

static oc_status fail_value(const oc_param *param, const char *value, oc_error *err)
{
    char allowed[300];
    oc_param_allowed(param, allowed, sizeof allowed);
    return oc_fail(err, OC_USAGE, "%s: '%s' is not allowed; it takes %s", param->name, value, allowed);
}

oc_status oc_param_set(const oc_param *param, const char *value, void *values, oc_error *err)
{
    return set(param, value, values) ? OC_OK : fail_value(param, value, err);
}

static bool is_choice(const char *const *choices, int value)
{
    int count = 0;
    while (choices[count]) {
        count++;
    }
    return value >= 0 && value < count;
}

static bool are_levels(const oc_param *param, const oc_levels *levels)
{
    bool allowed = levels->count ? levels->count <= OC_MAX_LEVELS : takes_auto(param);
    for (size_t i = 0; allowed && i < levels->count; i++) {
        allowed = within(param, (double)levels->level[i]);
    }
    return allowed;
}

static bool is_learner(const oc_param *param, const oc_learner *learner)
{
    return learner->kind == OC_LINEAR || (learner->kind == OC_NEAREST && is_choice(metrics, (int)learner->metric) &&
                                          within(param, (double)learner->k));
}

/* True when the value of the field could have been typed. */
static bool is_allowed(const oc_param *param, const void *field)
{
    switch (param->type) {
    case OC_FLAG:
    case OC_TEXT:
        return true;
    case OC_INTEGER: {
        int64_t value = *(const int64_t *)field;
        return (value == OC_AUTO && takes_auto(param)) || within(param, (double)value);
    }
    case OC_REAL: {
        double value = *(const double *)field;
        return isnan(value) ? takes_auto(param) : isfinite(value) && within(param, value);
    }
    case OC_CHOICE:
        return is_choice(param->choices, *(const int *)field);
    case OC_LEVELS:
        return are_levels(param, field);
    case OC_EXTENT: {
        const oc_extent *value = field;
        return (!value->width && !value->height && takes_auto(param)) ||
               (within(param, (double)value->width) && within(param, (double)value->height));
    }
    case OC_LEARNER:
        return is_learner(param, field);
    }
    return false;
}

/* Writes a value that could not have been typed, for a message; "?" where there is no text for it. */
static void show(const oc_param *param, const void *values, char *text, size_t size)
{
    const void *field = (const char *)values + param->offset;
    const oc_extent *extent = field;
    if (param->type == OC_CHOICE) {
        snprintf(text, size, "%d", *(const int *)field);
    } else if (param->type == OC_EXTENT) {
        snprintf(text, size, "%zux%zu", extent->width, extent->height);
    } else if (param->type == OC_INTEGER || param->type == OC_REAL) {
        oc_param_format(param, values, text, size);
    } else {
        snprintf(text, size, "?");
    }
}

oc_status oc_params_check(const oc_param *table, size_t count, const void *values, oc_error *err)
{
    for (size_t i = 0; i < count; i++) {
        const void *field = (const char *)values + table[i].offset;
        if (!is_allowed(&table[i], field)) {
            char value[300];
            show(&table[i], values, value, sizeof value);
            return fail_value(&table[i], value, err);
        }
    }
    return OC_OK;
}

void oc_params_default(const oc_param *table, size_t count, void *values)
{
    for (size_t i = 0; i < count; i++) {
        if (table[i].default_value) {
            (void)set(&table[i], table[i].default_value, values);
        }
    }
}

const oc_param *oc_params_find(const oc_param *table, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++) {
        if (strcmp(table[i].name, name) == 0) {
            return &table[i];
        }
    }
    return NULL;
}

/* The shortest decimal that reads back as the same double. */
static int format_real(double value, char *text, size_t size)
{
    int length = 0;
    for (int digits = 6; digits <= 17; digits++) {
        char exact[40];
        oc_snprintf(exact, sizeof exact, "%.*g", digits, value);
        length = snprintf(text, size, "%s", exact);
        if (!(oc_strtod(exact, NULL) != value)) {
            break;
        }
    }
    return length;
}

static int format_levels(const oc_levels *levels, char *text, size_t size)
{
    int length = levels->count ? 0 : snprintf(text, size, "auto");
    for (size_t i = 0; i < levels->count; i++) {
        size_t used = (size_t)length < size ? (size_t)length : size;
        length += snprintf(text + used, size - used, "%s%" PRId64, i ? "-" : "", levels->level[i]);
    }
    return length;
}

size_t oc_param_format(const oc_param *param, const void *values, char *text, size_t size)
{
    const void *field = (const char *)values + param->offset;
    int length = 0;
    switch (param->type) {
    case OC_FLAG:
        length = snprintf(text, size, "%d", *(const bool *)field);
        break;
    case OC_INTEGER: {
        int64_t value = *(const int64_t *)field;
        bool automatic = value == OC_AUTO && takes_auto(param);
        length = automatic ? snprintf(text, size, "auto") : snprintf(text, size, "%" PRId64, value);
        break;
    }
    case OC_REAL: {
        double value = *(const double *)field;
        length = isnan(value) ? snprintf(text, size, "auto") : format_real(value, text, size);
        break;
    }
    case OC_CHOICE:
        length = snprintf(text, size, "%s", param->choices[*(const int *)field]);
        break;
    case OC_TEXT: {
        const char *value = *(const char *const *)field;
        length = snprintf(text, size, "%s", value ? value : "");
        break;
    }
    case OC_LEVELS:
        length = format_levels(field, text, size);
        break;
    case OC_EXTENT: {
        oc_extent value = *(const oc_extent *)field;
        length = value.width ? snprintf(text, size, "%zux%zu", value.width, value.height)
                             : snprintf(text, size, "auto");
        break;
    }
    case OC_LEARNER: {
        oc_learner value = *(const oc_learner *)field;
        length = value.kind == OC_LINEAR
                     ? snprintf(text, size, "%s", LINEAR)
                     : snprintf(text, size, "%s:k=%" PRId64 ",metric=%s", NEAREST, value.k, metrics[value.metric]);
        break;
    }
    }
    return (size_t)length;
}

static int describe_choices(const char *const *choices, char *text, size_t size)
{
    int length = 0;
    for (size_t i = 0; choices[i]; i++) {
        size_t used = (size_t)length < size ? (size_t)length : size;
        const char *joint = i == 0 ? "" : choices[i + 1] ? ", " : " or ";
        length += snprintf(text + used, size - used, "%s%s", joint, choices[i]);
    }
    return length;
}

size_t oc_param_allowed(const oc_param *param, char *text, size_t size)
{
    char range[80];
    bool bounded = isfinite(param->high);
    int digits = param->type == OC_INTEGER ? 17 : 10;
    int written = oc_snprintf(range, sizeof range, "%.*g%s", digits, param->low, bounded ? ".." : " or more");
    if (bounded) {
        oc_snprintf(range + written, sizeof range - (size_t)written, "%.*g", digits, param->high);
    }
    const char *automatic = takes_auto(param) ? "auto or " : "";
    switch (param->type) {
    case OC_FLAG:
        return (size_t)snprintf(text, size, "0 or 1");
    case OC_INTEGER:
        return (size_t)snprintf(text, size, "%sa whole number, %s", automatic, range);
    case OC_REAL:
        return (size_t)snprintf(text, size, "%sa number, %s", automatic, range);
    case OC_CHOICE:
        return (size_t)describe_choices(param->choices, text, size);
    case OC_TEXT:
        return (size_t)snprintf(text, size, "text");
    case OC_LEVELS:
        return (size_t)snprintf(text, size, "%sup to %d whole numbers joined by '-', each %s", automatic, OC_MAX_LEVELS,
                                range);
    case OC_EXTENT:
        return (size_t)snprintf(text, size, "%sWIDTHxHEIGHT or one number, each %s", automatic, range);
    case OC_LEARNER:
        return (size_t)snprintf(text, size, "linear, or nearest:k=K,metric=l2|l1 with K %s", range);
    }
    return 0;
}

static size_t smallest(size_t a, size_t b, size_t c)
{
    size_t least = a < b ? a : b;
    return least < c ? least : c;
}

static bool same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

enum { MAX_NAME_LENGTH = 40 };

/* The number of single-letter changes (insert, remove, replace, swap neighbours) from a to b (Damerau, 1964):
 * distance[i][j] is that of the first i and j letters. */
static size_t edit_distance(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b);
    if (n > MAX_NAME_LENGTH || m > MAX_NAME_LENGTH) {
        return n + m;
    }
    size_t distance[MAX_NAME_LENGTH + 1][MAX_NAME_LENGTH + 1];
    for (size_t j = 0; j <= m; j++) {
        distance[0][j] = j;
    }
    for (size_t i = 1; i <= n; i++) {
        distance[i][0] = i;
        for (size_t j = 1; j <= m; j++) {
            distance[i][j] = smallest(distance[i - 1][j] + 1, distance[i][j - 1] + 1,
                                      distance[i - 1][j - 1] + !same_letter(a[i - 1], b[j - 1]));
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) && same_letter(a[i - 2], b[j - 1]) &&
                distance[i - 2][j - 2] + 1 < distance[i][j]) {
                distance[i][j] = distance[i - 2][j - 2] + 1;
            }
        }
    }
    return distance[n][m];
}

const char *oc_param_nearest(const char *typed, const char *const *names, size_t count)
{
    const char *best = NULL;
    size_t length = strlen(typed), least = length / 3 + 2;
    for (size_t i = 0; i < count; i++) {
        bool beginning = length >= 2 && strncmp(names[i], typed, length) == 0;
        size_t distance = beginning ? names[i][length] != '\0' : edit_distance(typed, names[i]);
        if (distance < least && distance < strlen(names[i])) {
            least = distance;
            best = names[i];
        }
    }
    return best;
}
