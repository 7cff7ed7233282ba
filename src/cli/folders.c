/* Notes about folders, and the command that was probably meant for a folder of parts. */
#include "src/cli/folders.h"

#include "src/cli/outputs.h"
#include "src/cli/quote.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAMED_FOLDERS = 5, NAMES_ROOM = 700, PATH_ROOM = 4200 };

static void note_empty_folders(const char *path, const oc_dataset *dataset)
{
    size_t count = oc_dataset_empty_folders(dataset), length = 0, i = 0;
    char names[NAMES_ROOM];
    for (; i < count && i < NAMED_FOLDERS && length < sizeof names; i++) {
        length += (size_t)snprintf(names + length, sizeof names - length, "%s%.100s", i ? ", " : "",
                                   oc_dataset_empty_folder(dataset, i));
    }
    if (count > i) {
        terminal_note("%s: folders without images are not classes: %s and %zu more", path, names, count - i);
    } else if (count) {
        terminal_note("%s: folders without images are not classes: %s", path, names);
    }
}

void note_folders(const char *path, const oc_dataset *dataset)
{
    const char *example;
    size_t nested = oc_dataset_nested(dataset, &example);
    note_empty_folders(path, dataset);
    if (nested) {
        terminal_note("%s: %zu %s deeper than the class folders; the first folder is the label: %s is of class %.*s (a "
                      "CSV list with the header path,label gives other labels)",
                      path, nested, plural(nested, "image is", "images are"), example, (int)strcspn(example, "/"),
                      example);
    }
}

/* Replaces the text at `from`, which is an argument or the part of one after "--name=". */
static void replace(const char **arguments, size_t count, const char *from, const char *to, char *room, size_t size)
{
    for (size_t i = 0; i < count; i++) {
        const char *argument = arguments[i];
        if (from >= argument && from <= argument + strlen(argument)) {
            snprintf(room, size, "%.*s%s", (int)(from - argument), argument, to);
            arguments[i] = room;
            return;
        }
    }
}

/* The typed command with other arguments; NULL when memory is short. The caller frees it. */
static char *command_line(const char *command, const char *const *arguments, size_t count)
{
    cli_settings settings = {.arguments = arguments, .argument_count = count};
    char *text;
    oc_error err;
    return typed_command(command, &settings, &text, &err) == OC_OK ? text : NULL;
}

/* Makes "ocellus compare data/train --test data/test ...": replaces an operand that is the folder by the training part
 * (by the test part for commands that test), and --test by the test part. The caller frees it. */
static char *meant_command(const cli_settings *settings, const char *path, const char *train, const char *test)
{
    char first[PATH_ROOM], second[PATH_ROOM];
    size_t count = settings->argument_count;
    bool tests = !command_can(settings->command, LEARNS);
    const char **arguments = calloc(count + 2, sizeof *arguments);
    if (!arguments) {
        return NULL;
    }
    memcpy(arguments, settings->arguments, count * sizeof *arguments);
    for (size_t i = 0; i < settings->operands.count; i++) {
        if (same_file(settings->operands.items[i], path)) {
            replace(arguments, count, settings->operands.items[i], tests && test ? test : train, first, sizeof first);
        }
    }
    if (settings->test && test && same_file(settings->test, path)) {
        replace(arguments, count, settings->test, test, second, sizeof second);
    }
    if (command_can(settings->command, LEARNS) && command_can(settings->command, TESTS) && !settings->test && test) {
        snprintf(second, sizeof second, "%s", test);
        arguments[count++] = "--test";
        arguments[count++] = second;
    }
    char *text = command_line(settings->command->name, arguments, count);
    free((void *)arguments);
    return text;
}

/* The next command, which uses the test part; NULL when there is none. The caller frees it. */
static char *next_command(const cli_settings *settings, const char *test)
{
    const char *output = settings->output;
    if (!output || !test || strcmp(output, "-") == 0) {
        return NULL;
    }
    if (command_can(settings->command, WRITES_MODEL)) {
        return command_line("evaluate", (const char *[]){output, test}, 2);
    }
    char rows[PATH_ROOM];
    if (!command_can(settings->command, WRITES_SET) || settings->format != OC_FORMAT_NPY) {
        return NULL;
    }
    snprintf(rows, sizeof rows, "%.4000s-test", output);
    return command_line("extract", (const char *[]){test, "--with", output, "-o", rows}, 5);
}

static void join(const char *folder, const char *name, char *path)
{
    size_t length = strlen(folder);
    bool slash = length && folder[length - 1] == '/';
    snprintf(path, PATH_ROOM, "%s%s%s", folder, slash ? "" : "/", name);
}

oc_status fail_parts(const cli_settings *settings, const char *path, const oc_parts *parts, oc_error *err)
{
    char train[PATH_ROOM], test[PATH_ROOM] = "";
    join(path, parts->train, train);
    if (parts->test) {
        join(path, parts->test, test);
    }
    char *meant = meant_command(settings, path, train, *test ? test : NULL);
    char *next = next_command(settings, *test ? test : NULL);
    int length = snprintf(err->message, sizeof err->message,
                          "%.400s: its folders are parts of a data set (%.100s%s%.100s) that hold class folders, "
                          "not classes; probably meant: %s%s%s",
                          path, parts->train, parts->test ? ", " : "", parts->test ? parts->test : "",
                          meant ? meant : train, next ? ", then " : "", next ? next : "");
    if (length < 0 || (size_t)length >= sizeof err->message) { /* an incomplete command would be useless */
        snprintf(err->message, sizeof err->message,
                 "%.400s: its folders are parts of a data set that hold class folders, not classes; use one of "
                 "them, such as %.400s",
                 path, train);
    }
    free(meant);
    free(next);
    return err->status = OC_BAD_DATA;
}
