/* The output of extract: a set, or text in a file or on standard output. Also converts an existing set to text. */
#include "src/cli/extract_output.h"

#include "src/cli/escape.h"
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <string.h>

/* True for -o -: standard output gets only the rows, and messages are printed on standard error. */
static bool to_stdout(const cli_settings *settings)
{
    return settings->output && strcmp(settings->output, "-") == 0;
}

oc_format output_format(const cli_settings *settings)
{
    oc_format format = (oc_format)settings->format;
    return format == OC_FORMAT_CSV && settings->column_names ? OC_FORMAT_CSV_NAMED : format;
}

int wrong_output(const cli_settings *settings)
{
    if (settings->column_names && settings->format != OC_FORMAT_CSV) {
        return report_usage(settings->command, "--names has no effect: it names the columns of --format csv");
    }
    if (!to_stdout(settings)) {
        return EXIT_DONE;
    }
    if (settings->format == OC_FORMAT_NPY) {
        return report_usage(settings->command, "a set is a folder; '-o -' needs --format svmlight or csv");
    }
    if (settings->resume) {
        return report_usage(settings->command, "output on standard output cannot be resumed");
    }
    return settings->json ? report_usage(settings->command, "rows and --json would both be written to standard output")
                          : EXIT_DONE;
}

oc_status check_rows_output(const cli_settings *settings, oc_error *err)
{
    char classes[4200] = ""; /* longer names are refused first */
    bool set = settings->format == OC_FORMAT_NPY, svmlight = settings->format == OC_FORMAT_SVMLIGHT;
    if (!settings->output || to_stdout(settings)) {
        return OC_OK;
    }
    if (svmlight) {
        snprintf(classes, sizeof classes, "%s.classes", settings->output);
    }
    const cli_output outputs[] = {{settings->output, "the rows", set ? check_output_set : check_output_file},
                                  {svmlight ? classes : NULL, "the names of the classes", check_output_file}};
    return check_outputs(settings, outputs, 2, err);
}

static void print_summary(const cli_settings *settings, const oc_set *set)
{
    size_t count = oc_set_count(set), dimension = oc_set_rows(set)->dimension;
    double seconds = oc_set_seconds(set) + oc_set_fit_seconds(set);
    if (to_stdout(settings)) {
        terminal_note("%zu %s of %zu values, %.1f s", count, plural(count, "row", "rows"), dimension, seconds);
        return;
    }
    printf("%zu %s of %zu values in ", count, plural(count, "row", "rows"), dimension);
    escape_put_name(stdout, settings->output);
    printf(", %.1f s\n", seconds);
}

int report_rows(const cli_settings *settings, const oc_set *set)
{
    int skipped = report_skipped(set, "image"), status = EXIT_DONE;
    if (settings->json) {
        status = print_json(oc_json_extraction(set));
    } else {
        print_summary(settings, set);
    }
    return status ? status : skipped;
}

int report_lost_rows(const cli_settings *settings, const oc_error *err)
{
    return to_stdout(settings) && err->status == OC_IO && terminal_unread() ? EXIT_FAILED : report_failure(err);
}

int export_set(const cli_settings *settings, oc_job *job)
{
    static const char *const useless[] = {"with", "shard", "files-from", "dry-run", "seed", "resume"};
    const char *path = settings->operands.items[0];
    oc_set *set = NULL;
    oc_error err;
    const char *idle = given_for_images(settings);
    for (size_t i = 0; !idle && i < sizeof useless / sizeof *useless; i++) {
        idle = option_given(settings, useless[i]) ? useless[i] : NULL;
    }
    if (idle) {
        return report_usage(settings->command, "--%s has no effect: the set has its rows already", idle);
    }
    if (settings->format == OC_FORMAT_NPY) {
        return report_usage(settings->command, "%s is a set already; --format svmlight or csv converts it to text",
                            path);
    }
    if (!settings->output) {
        return report_usage(settings->command, "-o FILE is missing: the file to write");
    }
    int status = wrong_output(settings);
    if (status) {
        return status;
    }
    if (check_rows_output(settings, &err) || oc_set_open(path, &set, &err) ||
        oc_set_export(set, output_format(settings), settings->output, job, &err)) {
        status = report_lost_rows(settings, &err);
    } else {
        status = report_rows(settings, set);
    }
    oc_set_free(set);
    return status;
}
