/* Parameters: parsing, bounds, auto, the way back to text, messages. */
#include <criterion/criterion.h>
#include <math.h>
#include <ocellus/ocellus.h>
#include <stdio.h>
#include <string.h>

typedef struct settings {
    bool flag;
    int64_t integer, automatic;
    double real, step;
    int choice;
    const char *text;
    oc_levels levels, grid;
    oc_extent extent, size;
} settings;

static const char *const spaces[] = {"rgb", "hsv", "lab", NULL};

#define AT(field) offsetof(settings, field)
static const oc_param table[] = {
    {"flag", OC_FLAG, AT(flag), "1", 0, 0, NULL, "a flag"},
    {"integer", OC_INTEGER, AT(integer), "8", -3, 64, NULL, "an integer"},
    {"automatic", OC_INTEGER, AT(automatic), "auto", 1, 100, NULL, "an integer or auto"},
    {"real", OC_REAL, AT(real), "0.5", 0, 1, NULL, "a real"},
    {"step", OC_REAL, AT(step), "auto", 1e-12, 1e6, NULL, "a real or auto"},
    {"choice", OC_CHOICE, AT(choice), "hsv", 0, 0, spaces, "a choice"},
    {"text", OC_TEXT, AT(text), NULL, 0, 0, NULL, "a text"},
    {"levels", OC_LEVELS, AT(levels), "1-2-4", 1, 16, NULL, "levels"},
    {"grid", OC_LEVELS, AT(grid), "auto", 1, 16, NULL, "levels or auto"},
    {"extent", OC_EXTENT, AT(extent), "64x128", 1, 65535, NULL, "an extent"},
    {"size", OC_EXTENT, AT(size), "auto", 1, INFINITY, NULL, "an extent or auto"},
};
#undef AT
enum { COUNT = sizeof table / sizeof *table };

static settings defaults(void)
{
    settings s = {0};
    oc_params_default(table, COUNT, &s);
    return s;
}

static const oc_param *named(const char *name)
{
    const oc_param *param = oc_params_find(table, COUNT, name);
    cr_assert(param != NULL, "%s", name);
    return param;
}

static const char *formatted(const char *name, const settings *s)
{
    static char text[200];
    size_t length = oc_param_format(named(name), s, text, sizeof text);
    cr_assert(length == strlen(text));
    return text;
}

/* Sets, and expects the text to come back as `back`. */
static void accept(const char *name, const char *value, const char *back)
{
    settings s = defaults(), again = defaults();
    oc_error err = {0};
    cr_assert(oc_param_set(named(name), value, &s, &err) == OC_OK, "%s=%s: %s", name, value, err.message);
    cr_assert(strcmp(formatted(name, &s), back) == 0, "%s=%s came back as %s", name, value, formatted(name, &s));
    cr_assert(oc_param_set(named(name), back, &again, NULL) == OC_OK);
    cr_assert(strcmp(formatted(name, &again), back) == 0);
}

static void refuse(const char *name, const char *value)
{
    settings s = defaults(), before = s;
    oc_error err = {0};
    cr_assert(oc_param_set(named(name), value, &s, &err) == OC_USAGE, "%s=%s was accepted", name, value);
    cr_assert(memcmp(&s, &before, sizeof s) == 0, "%s=%s changed the struct", name, value);
    cr_assert(err.status == OC_USAGE);
    cr_assert(strstr(err.message, name) && strstr(err.message, value), "%s", err.message);
    char allowed[200];
    oc_param_allowed(named(name), allowed, sizeof allowed);
    cr_assert(strstr(err.message, allowed), "'%s' does not say '%s'", err.message, allowed);
    cr_assert(oc_param_set(named(name), value, &s, NULL) == OC_USAGE);
}

Test(param, defaults_come_from_the_table)
{
    settings s = defaults();
    cr_assert(s.flag && s.integer == 8 && s.automatic == OC_AUTO && s.choice == 1 && s.text == NULL);
    cr_assert(s.real == 0.5 && isnan(s.step));
    cr_assert(s.levels.count == 3 && s.levels.level[0] == 1 && s.levels.level[1] == 2 && s.levels.level[2] == 4);
    cr_assert(s.extent.width == 64 && s.extent.height == 128 && s.size.width == 0 && s.size.height == 0);
}

Test(param, find_knows_whole_names_only)
{
    cr_assert(oc_params_find(table, COUNT, "real") == &table[3]);
    cr_assert(oc_params_find(table, COUNT, "rea") == NULL);
    cr_assert(oc_params_find(table, COUNT, "reals") == NULL);
    cr_assert(oc_params_find(table, COUNT, "") == NULL);
    cr_assert(oc_params_find(table, 3, "real") == NULL);
}

Test(param, flags)
{
    accept("flag", "0", "0");
    accept("flag", "1", "1");
    refuse("flag", "2");
    refuse("flag", "10");
    refuse("flag", "true");
    refuse("flag", "");
}

Test(param, integers_and_their_bounds)
{
    accept("integer", "-3", "-3");
    accept("integer", "-1", "-1"); /* OC_AUTO's number is a number where auto is not taken */
    accept("integer", "64", "64");
    accept("integer", "007", "7");
    refuse("integer", "-4");
    refuse("integer", "65");
    refuse("integer", "");
    refuse("integer", "-");
    refuse("integer", " 4");
    refuse("integer", "4 ");
    refuse("integer", "+4");
    refuse("integer", "4.0");
    refuse("integer", "0x10");
    refuse("integer", "1e1");
    refuse("integer", "99999999999999999999999");
    refuse("integer", "-99999999999999999999999");
    refuse("integer", "auto");
    accept("automatic", "auto", "auto");
    refuse("automatic", "-1");
    refuse("automatic", "Auto");
}

Test(param, reals_and_their_bounds)
{
    accept("real", "0", "0");
    accept("real", "1", "1");
    accept("real", ".25", "0.25");
    accept("real", "1e-3", "0.001");
    accept("real", "0.1", "0.1");
    accept("real", "0.30000000000000004", "0.30000000000000004");
    refuse("real", "1.0000000000000002");
    refuse("real", "-1e-300");
    refuse("real", "nan");
    refuse("real", "-nan");
    refuse("real", "inf");
    refuse("real", "1e999");
    refuse("real", "0x1");
    refuse("real", "0.5x");
    refuse("real", "0,5");
    refuse("real", ".");
    refuse("real", "-");
    refuse("real", "");
    refuse("real", "auto");
    accept("step", "auto", "auto");
    accept("step", "1e-12", "1e-12");
    refuse("step", "0");
}

Test(param, every_double_survives_the_text)
{
    static const double values[] = {1.0 / 3, 2.0 / 3, 1e-12, 123456.789, 1e6, 0.1 + 0.2, 0x1.fffffffffffffp-3, 3e-7};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        settings s = defaults(), back = defaults();
        s.step = values[i];
        cr_assert(oc_param_set(named("step"), formatted("step", &s), &back, NULL) == OC_OK);
        cr_assert(back.step == values[i], "%a came back as %a", values[i], back.step);
    }
}

Test(param, choices)
{
    accept("choice", "rgb", "rgb");
    accept("choice", "lab", "lab");
    refuse("choice", "RGB");
    refuse("choice", "hs");
    refuse("choice", "");
    char text[60];
    cr_assert(oc_param_allowed(named("choice"), text, sizeof text) == strlen("rgb, hsv or lab"));
    cr_assert(strcmp(text, "rgb, hsv or lab") == 0, "%s", text);
}

Test(param, levels)
{
    accept("levels", "1", "1");
    accept("levels", "16-1", "16-1");
    accept("levels", "1-2-3-4-5-6-7-8", "1-2-3-4-5-6-7-8");
    accept("grid", "auto", "auto");
    accept("grid", "2-4", "2-4");
    refuse("levels", "auto");
    refuse("levels", "1-2-3-4-5-6-7-8-9");
    refuse("levels", "0");
    refuse("levels", "17");
    refuse("levels", "1-");
    refuse("levels", "-1");
    refuse("levels", "1--2");
    refuse("levels", "1,2");
    refuse("levels", "");
}

Test(param, extents)
{
    accept("extent", "7", "7x7");
    accept("extent", "1x65535", "1x65535");
    refuse("extent", "0");
    refuse("extent", "0x5");
    refuse("extent", "5x0");
    refuse("extent", "65536x1");
    refuse("extent", "5x");
    refuse("extent", "x5");
    refuse("extent", "5X5");
    refuse("extent", "5x5x5");
    refuse("extent", "-5x-5");
    refuse("extent", "auto");
    accept("size", "auto", "auto");
    accept("size", "64x48", "64x48");
    refuse("size", "0x0");
}

Test(param, texts_are_kept_by_reference)
{
    settings s = defaults();
    const char *value = "anything, = even this";
    cr_assert(oc_param_set(named("text"), value, &s, NULL) == OC_OK);
    cr_assert(s.text == value);
    cr_assert(strcmp(formatted("text", &s), value) == 0);
    s.text = NULL;
    cr_assert(strcmp(formatted("text", &s), "") == 0);
}

Test(param, writing_truncates_like_snprintf)
{
    settings s = defaults();
    for (size_t i = 0; i < COUNT; i++) {
        char whole[200], part[8], guard[8];
        size_t length = oc_param_format(&table[i], &s, whole, sizeof whole);
        for (size_t size = 0; size < sizeof part; size++) {
            memset(part, '#', sizeof part);
            memset(guard, '#', sizeof guard);
            cr_assert(oc_param_format(&table[i], &s, part, size) == length, "%s into %zu bytes", table[i].name, size);
            size_t kept = size == 0 ? 0 : length < size ? length : size - 1;
            cr_assert(memcmp(part, whole, kept) == 0 && (size == 0 || part[kept] == '\0'));
            cr_assert(memcmp(part + size, guard, sizeof part - size) == 0, "%s into %zu bytes", table[i].name, size);
        }
        length = oc_param_allowed(&table[i], whole, sizeof whole);
        for (size_t size = 0; size < sizeof part; size++) {
            memset(part, '#', sizeof part);
            cr_assert(oc_param_allowed(&table[i], part, size) == length);
            cr_assert(memcmp(part + size, guard, sizeof part - size) == 0);
        }
    }
}

Test(param, messages_say_the_range)
{
    char text[200];
    oc_param_allowed(named("integer"), text, sizeof text);
    cr_assert(strstr(text, "-3..64"), "%s", text);
    oc_param_allowed(named("step"), text, sizeof text);
    cr_assert(strstr(text, "auto or") && strstr(text, "1e-12..1000000"), "%s", text);
    oc_param_allowed(named("size"), text, sizeof text);
    cr_assert(strstr(text, "1 or more"), "%s", text);
}

Test(param, learners)
{
    static const oc_param param = {"classifier", OC_LEARNER, 0, "linear", 1, 1000, NULL, "what learns"};
    static const char *const good[][2] = {{"linear", "linear"},
                                          {"nearest", "nearest:k=1,metric=l2"},
                                          {"nearest:k=5", "nearest:k=5,metric=l2"},
                                          {"nearest:metric=l1", "nearest:k=1,metric=l1"},
                                          {"nearest:metric=l1,k=3", "nearest:k=3,metric=l1"}};
    static const char *const bad[] = {"",
                                      "near",
                                      "linear:k=5",
                                      "nearest:",
                                      "nearest:k=0",
                                      "nearest:k=1001",
                                      "nearest,k=5",
                                      "nearest:k=5,",
                                      "nearest:k=5x",
                                      "nearest:metric=l3",
                                      "nearest:metric=l2x",
                                      "nearest:n=5"};
    oc_learner learner = {0};
    char text[100];
    oc_error err = {0};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(oc_param_set(&param, good[i][0], &learner, &err) == OC_OK, "%s", good[i][0]);
        oc_param_format(&param, &learner, text, sizeof text);
        cr_assert_str_eq(text, good[i][1]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert(oc_param_set(&param, bad[i], &learner, &err) == OC_USAGE, "%s", bad[i]);
    }
    cr_assert(strstr(err.message, "nearest:k=K"), "%s", err.message);
    cr_assert(learner.kind == OC_NEAREST && learner.k == 3 && learner.metric == OC_METRIC_L1);
}

/* Every table of the library: each default can be typed, and comes back as the same value. */
/* What a program may have put into the struct, and a word of the message; NULL: allowed. */
static void expect_check(settings s, const char *word)
{
    oc_error err = {0};
    oc_status status = oc_params_check(table, COUNT, &s, &err);
    cr_assert(status == (word ? OC_USAGE : OC_OK), "%s: %s", word, err.message);
    cr_assert(!word || strstr(err.message, word), "%s instead of %s", err.message, word);
}

#define WITH(field, value) (s = defaults(), s.field = (value), s)
Test(param, structs_that_a_program_filled_are_checked_by_the_table)
{
    settings s;
    expect_check(defaults(), NULL);
    expect_check(WITH(integer, 64), NULL);
    expect_check(WITH(integer, 65), "integer: '65'");
    expect_check(WITH(automatic, OC_AUTO), NULL);
    expect_check(WITH(automatic, 0), "automatic: '0'");
    expect_check(WITH(real, NAN), "real");
    expect_check(WITH(step, NAN), NULL);
    expect_check(WITH(step, INFINITY), "step: 'inf'");
    expect_check(WITH(choice, 3), "choice: '3'");
    expect_check(WITH(choice, -1), "choice: '-1'");
    expect_check(WITH(levels.level[1], 17), "levels");
    expect_check(WITH(levels.count, OC_MAX_LEVELS + 1), "levels");
    expect_check(WITH(levels.count, 0), "levels");
    expect_check(WITH(grid.count, 0), NULL);
    expect_check(WITH(extent.height, 0), "extent: '64x0'");
    expect_check(WITH(size.height, 3), "size: '0x3'");
}
#undef WITH

Test(param, learners_that_a_program_filled_are_checked)
{
    static const oc_param param = {"classifier", OC_LEARNER, 0, "linear", 1, 1000, NULL, "what learns"};
    static const oc_learner good[] = {{OC_LINEAR, 0, 9}, {OC_NEAREST, 1000, OC_METRIC_L1}};
    static const oc_learner bad[] = {{2, 1, 0}, {(oc_learner_kind)-1, 1, 0}, {OC_NEAREST, 0, 0}, {OC_NEAREST, 1, 2}};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        cr_assert(oc_params_check(&param, 1, &good[i], NULL) == OC_OK, "%zu", i);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_assert(oc_params_check(&param, 1, &bad[i], NULL) == OC_USAGE, "%zu", i);
    }
}

static void check_table(const char *of, const oc_param *params, size_t count)
{
    union {
        char bytes[4096];
        long double aligned;
    } values, again;
    memset(&values, 0, sizeof values);
    memset(&again, 0, sizeof again);
    oc_params_default(params, count, &values);
    for (size_t i = 0; i < count; i++) {
        char text[300], back[300];
        oc_error err = {0};
        cr_assert(params[i].help && params[i].name, "%s", of);
        oc_param_format(&params[i], &values, text, sizeof text);
        cr_assert(!params[i].default_value || oc_param_set(&params[i], params[i].default_value, &again, &err) == OC_OK,
                  "%s: %s", of, err.message);
        cr_assert(oc_param_set(&params[i], text, &again, &err) == OC_OK, "%s: %s", of, err.message);
        oc_param_format(&params[i], &again, back, sizeof back);
        cr_assert(strcmp(text, back) == 0, "%s: %s: %s became %s", of, params[i].name, text, back);
    }
}

Test(param, the_tables_of_the_library_are_sound)
{
    check_table("training", oc_train_params, oc_train_param_count);
    check_table("images", oc_image_params, oc_image_param_count);
    check_table("limits", oc_limit_params, oc_limit_param_count);
    check_table("stages", oc_stage_params, oc_stage_param_count);
    for (size_t s = 0; s < oc_stage_count(); s++) {
        oc_stage_info info = oc_stage_describe(s);
        check_table(info.name, info.params, info.param_count);
    }
}

Test(param, the_nearest_name_is_a_beginning_or_few_letters_away)
{
    static const char *const names[] = {"bins", "cells", "cell", "epsilon", "s"};
    const size_t count = sizeof names / sizeof *names;
    cr_assert_str_eq(oc_param_nearest("bin", names, count), "bins");
    cr_assert_str_eq(oc_param_nearest("eps", names, count), "epsilon", "a beginning");
    cr_assert_str_eq(oc_param_nearest("cell", names, count), "cell", "the same name before one that begins so");
    cr_assert_str_eq(oc_param_nearest("BINS", names, count), "bins", "upper case");
    cr_assert_str_eq(oc_param_nearest("bnis", names, count), "bins", "neighbours swapped count once");
    cr_assert_str_eq(oc_param_nearest("epslion", names, count), "epsilon");
    cr_assert_null(oc_param_nearest("window", names, count));
    cr_assert_null(oc_param_nearest("x", names, count), "a name of which nothing is left");
    cr_assert_null(oc_param_nearest("", names, count));
    cr_assert_null(oc_param_nearest("bins", names, 0));
    cr_assert_null(oc_param_nearest("a-name-that-is-longer-than-any-name-of-the-table-could-be", names, count));
}
