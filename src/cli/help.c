/* Help for 80 columns. */
#include "src/cli/help.h"

#include "src/cli/terminal.h"

#include <math.h>
#include <string.h>

enum { LINE = 79, OPTION_COLUMN = 27, STAGE_COLUMN = 20, NAME_COLUMN = 12 };

/* Writes words from the cursor on, further lines at the indent. Line breaks in the text are kept. */
static void put_wrapped(FILE *stream, size_t cursor, size_t indent, const char *text)
{
    bool first = true;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (length && !first && cursor + 1 + length > LINE) {
            fprintf(stream, "\n%*s", (int)indent, "");
            cursor = indent;
            first = true;
        }
        if (length) {
            fprintf(stream, "%s%.*s", first ? "" : " ", (int)length, text);
            cursor += length + !first;
            first = false;
        }
        text += length;
        if (*text == '\n') {
            fprintf(stream, "\n%*s", text[1] == '\n' ? 0 : (int)indent, "");
            cursor = indent;
            first = true;
        }
        text += *text != '\0';
    }
    fputc('\n', stream);
}

static void put_title(FILE *stream, const char *title)
{
    fprintf(stream, "\n%s%s:%s\n", terminal_bold(stream), title, terminal_plain(stream));
}

/* "term   explanation", the explanation in its own column. */
static void put_entry(FILE *stream, size_t indent, const char *term, size_t column, const char *text)
{
    int length = fprintf(stream, "%*s%s", (int)indent, "", term);
    size_t cursor = length < 0 ? 0 : (size_t)length;
    if (cursor + 2 > column) {
        fputc('\n', stream);
        cursor = 0;
    }
    fprintf(stream, "%*s", (int)(column - cursor), "");
    put_wrapped(stream, column, column, text);
}

static const char *argument_name(const oc_param *param)
{
    static const char *const names[] = {
        [OC_FLAG] = "",     [OC_INTEGER] = "N",  [OC_REAL] = "X",    [OC_CHOICE] = "WORD",
        [OC_TEXT] = "TEXT", [OC_LEVELS] = "N-N", [OC_EXTENT] = "WxH", [OC_LEARNER] = "KIND"};
    return names[param->type];
}

/* " (1 to 64; default 8)": what is allowed, as far as it tells something, and the default. */
static void describe_values(const oc_param *param, bool with_default, char *text, size_t size)
{
    char allowed[300] = "", fallback[100] = "";
    bool bounded = param->type == OC_INTEGER || param->type == OC_REAL || param->type == OC_LEVELS;
    if (param->type == OC_CHOICE || param->type == OC_LEARNER) {
        oc_param_allowed(param, allowed, sizeof allowed);
    } else if (bounded && isfinite(param->high) && fabs(param->high) < 1e9) {
        snprintf(allowed, sizeof allowed, "%.10g to %.10g", param->low, param->high);
    } else if (bounded && isfinite(param->low)) {
        snprintf(allowed, sizeof allowed, "%.10g or more", param->low);
    }
    if (with_default && param->fallback) {
        snprintf(fallback, sizeof fallback, "%sdefault %s", *allowed ? "; " : "", param->fallback);
    }
    snprintf(text, size, *allowed || *fallback ? " (%s%s)" : "%s%s", allowed, fallback);
}

static void put_option(FILE *stream, char letter, const oc_param *param, const char *argument)
{
    char term[100], values[420], text[900];
    char short_form[8] = "    ";
    if (letter) {
        snprintf(short_form, sizeof short_form, "-%c, ", letter);
    }
    snprintf(term, sizeof term, "%s--%s%s%s", short_form, param->name, *argument ? " " : "", argument);
    describe_values(param, param->type != OC_FLAG, values, sizeof values);
    snprintf(text, sizeof text, "%s%s", param->help, param->type == OC_FLAG ? "" : values);
    put_entry(stream, 2, term, OPTION_COLUMN, text);
}

static void put_options(FILE *stream, unsigned command)
{
    put_title(stream, "Options");
    for (size_t i = 0; i < cli_option_count; i++) {
        const option *o = &cli_options[i];
        if (o->commands & command) {
            put_option(stream, o->letter, &o->param, o->argument ? o->argument : argument_name(&o->param));
        }
    }
    for (size_t g = 0; g < cli_option_group_count; g++) {
        const option_group *group = &cli_option_groups[g];
        if (!(group->commands & command)) {
            continue;
        }
        put_title(stream, group->title);
        for (size_t i = 0; i < *group->count; i++) {
            put_option(stream, 0, &group->params[i], argument_name(&group->params[i]));
        }
    }
}

void help_usage(FILE *stream, const cli_command *command)
{
    const char *line = command->usage;
    for (bool first = true; *line; first = false) {
        size_t length = strcspn(line, "\n");
        fprintf(stream, "%s ocellus %.*s\n", first ? "Usage:" : "      ", (int)length, line);
        line += length + (line[length] == '\n');
    }
}

void help_overview(FILE *stream)
{
    fputs("Ocellus makes feature rows of PNG and JPEG files, and classifies them.\n"
          "\n"
          "Rows for other programs     ocellus extract photos -f hog -o rows\n"
          "  rows/features.npy for NumPy, rows/index.csv with path and label of each row\n"
          "Do features help?           ocellus compare train --test test -f pixels -f hog\n"
          "  one line of accuracy for each -f, same images, same classifier\n"
          "A classifier to keep        ocellus train photos -o photos.model\n"
          "                            ocellus classify photos.model new.jpg\n"
          "photos is a folder with one sub-folder of images for each class.\n",
          stream);
    put_title(stream, "Commands");
    for (size_t i = 0; i < cli_command_count; i++) {
        put_entry(stream, 2, cli_commands[i]->name, NAME_COLUMN, cli_commands[i]->summary);
    }
    fputs("\n'ocellus help COMMAND' tells all about one, 'ocellus help stages' what -f takes.\n", stream);
}

/* The stages in a line each, or with all parameters. */
static void put_stages(FILE *stream, bool with_params)
{
    put_title(stream, "Stages");
    fputs("  A spec names stages with the parameters that differ from the default, joined\n"
          "  by '+':  color:space=hsv,bins=8,grid=2+hog:cell=8\n",
          stream);
    for (size_t i = 0; i < oc_stage_count(); i++) {
        oc_stage_info stage = oc_stage_describe(i);
        fputs(with_params || i == 0 ? "\n" : "", stream);
        put_entry(stream, 2, stage.name, NAME_COLUMN, stage.help);
        for (size_t p = 0; with_params && p < stage.param_count; p++) {
            char term[80], values[420], text[900];
            const oc_param *param = &stage.params[p];
            snprintf(term, sizeof term, "%s=%s", param->name, param->fallback ? param->fallback : "");
            describe_values(param, false, values, sizeof values);
            snprintf(text, sizeof text, "%s%s", param->help, param->type == OC_FLAG ? " (0 or 1)" : values);
            put_entry(stream, 4, term, STAGE_COLUMN + 2, text);
        }
    }
    if (!with_params) {
        fputs("\n  'ocellus help stages' tells their parameters.\n", stream);
    }
}

void help_stages(FILE *stream)
{
    fputs("What can be measured in an image. The values shown are the defaults.\n", stream);
    put_stages(stream, true);
}

void help_command(FILE *stream, const cli_command *command)
{
    help_usage(stream, command);
    fputc('\n', stream);
    put_wrapped(stream, 0, 0, command->about);
    put_options(stream, command->bit);
    if (command->bit & (TAKEN_BY_EXTRACT | TAKEN_BY_TRAIN | TAKEN_BY_COMPARE | TAKEN_BY_SHOW)) {
        put_stages(stream, false);
    }
    put_title(stream, "Examples");
    for (const char *line = command->examples; *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(stream, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    put_title(stream, "Exit status");
    bool skips = command->bit & (TAKEN_BY_EXTRACT | TAKEN_BY_TRAIN | TAKEN_BY_EVALUATE | TAKEN_BY_COMPARE | TAKEN_BY_INFO);
    fprintf(stream, "  0 done, 1 failed, 2 wrong usage%s\n", skips ? ", 3 done but images were skipped" : "");
}
