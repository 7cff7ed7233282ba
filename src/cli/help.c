/* Prints help for 80 columns. */
#include "src/cli/help.h"

#include "src/cli/columns.h"
#include "src/cli/describe.h"
#include "src/cli/terminal.h"

#include <string.h>

enum { LINE = 79, OPTION_COLUMN = 27, STAGE_COLUMN = 20, NAME_COLUMN = 12 };

/* Writes words from column `cursor` on; further lines begin at `indent`. Line breaks in the text are kept. */
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

/* Writes "term   explanation"; the explanation begins at `column`. */
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

typedef struct options_page {
    FILE *stream;
    const char *title; /* of the group that was written last */
} options_page;

static void put_option(void *context, const option_text *o)
{
    options_page *page = context;
    char term[100], short_form[8] = "    ";
    if (o->title != page->title) {
        page->title = o->title;
        put_title(page->stream, o->title);
    }
    if (o->letter) {
        snprintf(short_form, sizeof short_form, "-%c, ", o->letter);
    }
    snprintf(term, sizeof term, "%s--%s%s%s", short_form, o->param->name, *o->argument ? " " : "", o->argument);
    put_entry(page->stream, 2, term, OPTION_COLUMN, o->text);
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

void help_overview(FILE *stream, const command_list *commands)
{
    fputs("Ocellus turns PNG and JPEG files into feature rows and classifies them.\n"
          "\n"
          "Do features help?        ocellus compare photos\n"
          "  a table of accuracies of pixels and features, on images held out for the test\n"
          "Train and test           ocellus train photos -o photos.model\n"
          "                         ocellus evaluate photos.model test-photos\n"
          "Label new images         ocellus classify photos.model new.jpg\n"
          "                         ocellus classify photos.model new-photos -o labels.csv\n"
          "Rows for other programs  ocellus extract photos -f hog -o rows\n"
          "  rows/features.npy for NumPy, rows/index.csv with path and label of each row\n"
          "\n"
          "photos is a folder with one sub-folder of images for each class.\n",
          stream);
    put_title(stream, "Commands");
    for (size_t i = 0; i < commands->count; i++) {
        put_entry(stream, 2, commands->items[i]->name, NAME_COLUMN, commands->items[i]->summary);
    }
    fputs("\n'ocellus help COMMAND' explains a command, 'ocellus help stages' all features.\n", stream);
}

static void put_parameter(FILE *stream, const oc_param *param)
{
    char term[80], text[MAX_DESCRIPTION];
    snprintf(term, sizeof term, "%s=%s", param->name, param->default_value);
    describe_parameter(param, text, sizeof text);
    put_entry(stream, 4, term, STAGE_COLUMN + 2, text);
}

/* Prints one line for each stage, or all parameters too. */
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
            put_parameter(stream, &stage.params[p]);
        }
        if (with_params) {
            char layout[MAX_DESCRIPTION];
            describe_default_columns(stage.name, layout, sizeof layout);
            put_entry(stream, 4, "columns", STAGE_COLUMN + 2, layout);
        }
    }
    if (!with_params) {
        fputs("\n  'ocellus help stages' lists their parameters.\n", stream);
        return;
    }
    fputs("\n  every stage\n", stream);
    for (size_t p = 0; p < oc_stage_param_count; p++) {
        put_parameter(stream, &oc_stage_params[p]);
    }
}

void help_stages(FILE *stream)
{
    fputs("Stages compute the features of images. The values shown are the defaults;\n"
          "'columns' is the layout of the values with the defaults, for images of 256x256\n"
          "pixels. 'ocellus info SET|MODEL' prints the layout for other settings.\n",
          stream);
    put_stages(stream, true);
}

void help_command(FILE *stream, const cli_command *command)
{
    help_usage(stream, command);
    fputc('\n', stream);
    put_wrapped(stream, 0, 0, command->about);
    each_option(&command->options, put_option, &(options_page){.stream = stream});
    if (command_can(command, TAKES_SPEC)) {
        put_stages(stream, false);
    }
    put_title(stream, "Examples");
    for (const char *line = command->examples; *line;) {
        size_t length = strcspn(line, "\n");
        fprintf(stream, "  %.*s\n", (int)length, line);
        line += length + (line[length] == '\n');
    }
    put_title(stream, "Exit status");
    fprintf(stream, "  0 done, 1 failed, 2 wrong usage%s\n",
            command_can(command, SKIPS_IMAGES) ? ", 3 done but images were skipped" : "");
}
