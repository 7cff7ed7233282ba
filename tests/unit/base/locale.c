/* Numbers in a host program whose locale writes a comma: files are the same, and what has a point is read. */
#include "src/base/locale.h"

#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

TestSuite(locale, .init = make_test_folder, .fini = remove_test_folder);

/* Sets a locale that writes numbers with a comma, made in the test's folder by the C library's own tool. */
static void need_comma(void)
{
    char command[1000], half[8];
    put_text("comma.txt", "LC_NUMERIC\ndecimal_point \",\"\nthousands_sep \"\"\ngrouping -1\nEND LC_NUMERIC\n");
    snprintf(command, sizeof command, "localedef -c -i %s -f ANSI_X3.4-1968 %s >%s 2>&1", at("comma.txt"), at("comma"),
             at("log"));
    setenv("LOCPATH", at("."), 1);
    int status = system(command);
    if (status == -1 || !setlocale(LC_NUMERIC, "comma") || snprintf(half, sizeof half, "%.1f", 0.5) != 3 ||
        half[1] != ',') {
        cr_skip_test("there is no localedef, or it makes no locale that writes numbers with a comma");
    }
}

Test(locale, numbers_have_a_point)
{
    need_comma();
    char text[20], *end;
    double value;
    cr_assert(oc_snprintf(text, sizeof text, "%.2f", 1.25) == 4 && strcmp(text, "1.25") == 0);
    value = oc_strtod("2.5,1", &end);
    cr_assert(!(value < 2.5) && !(value > 2.5) && strcmp(end, ",1") == 0);
    cr_assert(oc_sscanf("0.5,7", "%lf", &value) == 1 && !(value < 0.5) && !(value > 0.5));
    cr_assert(snprintf(text, sizeof text, "%.2f", 1.25) == 4 && strcmp(text, "1,25") == 0, "the host keeps its locale");
}

static const char *const endings[] = {".csv", ".svm", ".model", ".json"};
enum { FILES = sizeof endings / sizeof *endings };

static const char *named(const char *name, size_t i)
{
    char whole[100];
    snprintf(whole, sizeof whole, "%s%s", name, endings[i]);
    return at(whole);
}

/* Files that hold numbers; the model is one that was loaded again. */
static void write_files(const char *name)
{
    oc_train_options options = oc_train_defaults();
    oc_error err = {0};
    oc_model *model = NULL, *again = NULL;
    oc_set *set = extracted(at("in"), "color:bins=4+words:count=4,patch=3,samples=500,ridge=0.25", NULL, NULL, NULL);
    cr_assert(oc_set_export(set, OC_FORMAT_CSV, named(name, 0), NULL, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_set_export(set, OC_FORMAT_SVMLIGHT, named(name, 1), NULL, &err) == OC_OK, "%s", err.message);
    oc_set_free(set);
    cr_assert(oc_set_open_rows(named(name, 1), NULL, 0, &set, &err) == OC_OK, "%s", err.message);
    options.tune = true;
    cr_assert(oc_model_train(set, &options, NULL, &model, NULL, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_save(model, at("trained"), &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_load(at("trained"), &again, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_model_save(again, named(name, 2), &err) == OC_OK, "%s", err.message);
    char *info = oc_json_info_model(again);
    put_text(strrchr(named(name, 3), '/') + 1, info);
    oc_json_free(info);
    oc_model_free(model);
    oc_model_free(again);
    oc_set_free(set);
}

Test(locale, files_are_the_same)
{
    put_stripes("in", 6, 14, 14, 1);
    write_files("point");
    need_comma();
    write_files("comma");
    for (size_t i = 0; i < FILES; i++) {
        expect_same_file(named("point", i), named("comma", i));
    }
}

Test(locale, options_have_a_point)
{
    need_comma();
    oc_train_options options = oc_train_defaults();
    oc_error err = {0};
    char text[40];
    const oc_param *rate = oc_params_find(oc_train_params, oc_train_param_count, "rate");
    cr_assert(oc_param_set(rate, "0.5", &options, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_param_format(rate, &options, text, sizeof text) == 3 && strcmp(text, "0.5") == 0);
    cr_assert(oc_param_set(rate, "0,5", &options, &err) == OC_USAGE && strstr(err.message, "0,5"));
}
