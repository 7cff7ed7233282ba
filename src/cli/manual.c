/* Writes manual pages. mdoc needs each sentence on a new line, no line longer than 80 bytes, and names for some
 * characters. */
#include "src/cli/manual.h"

#include "src/cli/columns.h"
#include "src/cli/describe.h"

#include <ctype.h>
#include <string.h>

enum { LINE = 79 };

/* The escape sequence of a character that has a meaning in mdoc, or NULL. */
static const char *name_of(char c)
{
    switch (c) {
    case '\\':
        return "\\e";
    case '-':
        return "\\-";
    case '\'':
        return "\\(aq";
    case '`':
        return "\\(ga";
    case '^':
        return "\\(ha";
    case '~':
        return "\\(ti";
    case '"':
        return "\\(dq";
    default:
        return NULL;
    }
}

static size_t word_width(const char *word, size_t length)
{
    size_t width = *word == '.' ? 2 : 0;
    for (size_t i = 0; i < length; i++) {
        width += name_of(word[i]) ? strlen(name_of(word[i])) : 1;
    }
    return width;
}

/* Writes a word; characters with a meaning in mdoc are escaped. */
static void put_word(FILE *stream, const char *word, size_t length)
{
    fputs(*word == '.' ? "\\&" : "", stream);
    for (size_t i = 0; i < length; i++) {
        const char *name = name_of(word[i]);
        if (name) {
            fputs(name, stream);
        } else {
            fputc(word[i], stream);
        }
    }
}

static bool ends_sentence(const char *word, size_t length)
{
    while (length > 1 && strchr(")\"", word[length - 1])) {
        length--;
    }
    return strchr(".:?!", word[length - 1]) != NULL;
}

/* Writes text; an empty line begins a paragraph. */
static void put_text(FILE *stream, const char *text)
{
    size_t cursor = 0;
    while (*text) {
        size_t length = strcspn(text, " \n");
        if (length) {
            size_t width = word_width(text, length);
            bool breaks = cursor && cursor + 1 + width > LINE;
            fputs(!cursor ? "" : breaks ? "\n" : " ", stream);
            cursor = breaks ? width : cursor + 1 + width;
            put_word(stream, text, length);
            if (ends_sentence(text, length)) {
                fputc('\n', stream);
                cursor = 0;
            }
        }
        text += length;
        if (text[0] == '\n' && text[1] == '\n') {
            fprintf(stream, "%s.Pp\n", cursor ? "\n" : "");
            cursor = 0;
            text++;
        }
        text += *text != '\0';
    }
    fputs(cursor ? "\n" : "", stream);
}

static void put_head(FILE *stream, const char *name, int section, const char *summary)
{
    fprintf(stream, ".\\\" Written by 'ocellus help --format man'.\n.Dd %s\n.Dt ", OC_RELEASED);
    for (const char *letter = name; *letter; letter++) {
        fputc(toupper((unsigned char)*letter), stream);
    }
    fprintf(stream, " %d\n.Os Ocellus %s\n.Sh NAME\n.Nm %s\n.Nd %s\n", section, oc_version(), name, summary);
}

/* Writes one word of a usage line: an option, an argument in capitals, or a literal word, perhaps in '[' and ']'. */
static void put_usage_word(FILE *stream, const char *word, size_t length)
{
    for (; length && *word == '['; word++, length--) {
        fputs(" Oo", stream);
    }
    size_t closing = 0;
    bool repeated = length > 4 && memcmp(word + length - 4, "]...", 4) == 0; /* the whole bracket */
    length -= repeated ? 3 : 0;
    while (length && word[length - 1] == ']') {
        closing++;
        length--;
    }
    size_t dots = length > 3 && memcmp(word + length - 3, "...", 3) == 0 ? 3 : 0;
    bool is_option = *word == '-' && length > 1;
    fputs(is_option ? " Fl " : isupper((unsigned char)*word) ? " Ar " : " Cm ", stream);
    put_word(stream, word + is_option, length - is_option - dots);
    fputs(dots ? " ..." : "", stream);
    for (; closing; closing--) {
        fputs(" Oc", stream);
    }
    fputs(repeated ? " ..." : "", stream);
}

/* Writes a usage line "extract IMAGES -f SPEC": the command, then a macro line with the rest. */
static void put_usage(FILE *stream, const char *line, size_t length)
{
    size_t name = strcspn(line, " \n");
    fprintf(stream, ".Nm ocellus %.*s\n", (int)name, line);
    if (name < length) {
        fputc('.', stream);
    }
    for (size_t at = name; at < length;) {
        at += strspn(line + at, " ");
        size_t word = strcspn(line + at, " \n");
        put_usage_word(stream, line + at, word);
        at += word;
    }
    fputs(name < length ? "\n" : "", stream);
}

static void each_line(FILE *stream, const char *text, void (*put)(FILE *stream, const char *line, size_t length))
{
    while (*text) {
        size_t length = strcspn(text, "\n");
        put(stream, text, length);
        text += length + (text[length] == '\n');
    }
}

static void put_example(FILE *stream, const char *line, size_t length)
{
    put_word(stream, line, length);
    fputc('\n', stream);
}

static void put_examples(FILE *stream, const char *lines)
{
    fputs(".Bd -literal -offset indent\n", stream);
    each_line(stream, lines, put_example);
    fputs(".Ed\n", stream);
}

typedef struct options_list {
    FILE *stream;
    const char *title; /* of the group that was written last */
} options_list;

static void put_option(void *context, const option_text *o)
{
    options_list *list = context;
    FILE *stream = list->stream;
    if (o->title != list->title) {
        fprintf(stream, "%s.Ss %s\n.Bl -tag -width Ds\n", list->title ? ".El\n" : "", o->title);
        list->title = o->title;
    }
    fputs(".It ", stream);
    if (o->letter) {
        fprintf(stream, "Fl %c , ", o->letter);
    }
    fputs("Fl \\-", stream);
    put_word(stream, o->param->name, strlen(o->param->name));
    fprintf(stream, "%s%s\n", *o->argument ? " Ar " : "", o->argument);
    put_text(stream, o->text);
}

void manual_command(FILE *stream, const cli_command *command)
{
    char name[40];
    snprintf(name, sizeof name, "ocellus-%s", command->name);
    put_head(stream, name, 1, command->summary);
    fputs(".Sh SYNOPSIS\n", stream);
    each_line(stream, command->usage, put_usage);
    fputs(".Sh DESCRIPTION\n", stream);
    put_text(stream, command->about);
    if (command_can(command, TAKES_SPEC)) {
        fputs(".Pp\n", stream);
        put_text(stream, "SPEC names the features of an image, stages and their parameters, as in "
                         "color:space=hsv,grid=2+hog:cell=8;");
        fputs(".Xr ocellus-stages 7\nlists them all.\n", stream);
    }
    options_list list = {.stream = stream};
    each_option(&command->options, put_option, &list);
    fputs(".El\n.Sh EXIT STATUS\n", stream);
    put_text(stream, command_can(command, SKIPS_IMAGES)
                         ? "0 done, 1 failed, 2 wrong usage, 3 done but images were skipped."
                         : "0 done, 1 failed, 2 wrong usage.");
    fputs(".Sh EXAMPLES\n", stream);
    put_examples(stream, command->examples);
    fputs(".Sh SEE ALSO\n.Xr ocellus 1 ,\n.Xr ocellus-stages 7\n", stream);
}

static void put_parameters(FILE *stream, const oc_param *params, size_t count)
{
    fputs(".Bl -tag -width Ds\n", stream);
    for (size_t p = 0; p < count; p++) {
        char text[MAX_DESCRIPTION];
        fprintf(stream, ".It Cm %s Ns = Ns ", params[p].name);
        put_word(stream, params[p].default_value, strlen(params[p].default_value));
        fputc('\n', stream);
        describe_parameter(&params[p], text, sizeof text);
        put_text(stream, text);
    }
    fputs(".El\n", stream);
}

void manual_stages(FILE *stream)
{
    put_head(stream, "ocellus-stages", 7, "the features that Ocellus computes of an image");
    fputs(".Sh DESCRIPTION\n", stream);
    put_text(stream,
             "A spec names one or more stages, joined by '+'. Parameters that differ from their default follow a "
             "stage after ':', separated by ','. The row of an image consists of the values of the stages, in this "
             "order.");
    put_examples(stream, "color:space=hsv,bins=8,grid=2+hog:cell=8");
    put_text(stream, "\n\nThese are the stages, with the defaults of their parameters.");
    for (size_t i = 0; i < oc_stage_count(); i++) {
        oc_stage_info stage = oc_stage_describe(i);
        fprintf(stream, ".Ss %s\n", stage.name);
        put_text(stream, stage.help);
        put_parameters(stream, stage.params, stage.param_count);
        char layout[MAX_DESCRIPTION];
        describe_default_columns(stage.name, layout, sizeof layout);
        put_text(stream, "Columns with the defaults, for images of 256x256 pixels: ");
        put_text(stream, layout);
    }
    fputs(".Ss every stage\n", stream);
    put_parameters(stream, oc_stage_params, oc_stage_param_count);
    fputs(".Sh SEE ALSO\n.Xr ocellus 1\n", stream);
}

/* Lists of terms and explanations. */
typedef struct entry {
    const char *term, *text;
} entry;

static void put_list(FILE *stream, const entry *entries, size_t count)
{
    fputs(".Bl -tag -width Ds\n", stream);
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, ".It %s\n", entries[i].term);
        put_text(stream, entries[i].text);
    }
    fputs(".El\n", stream);
}

static const entry files[] = {
    {"Ar IMAGES",
     "A folder with one sub-folder of images for each class; a folder of images; a CSV file with the header "
     "path,label and paths relative to the folder of the file; '-' for paths on standard input; an IDX file (MNIST's "
     "format) or a CIFAR-10 binary file. PNG and JPEG files are recognised by their content."},
    {"Ar SET",
     "A folder of feature rows: features.npy (float32, one row for each image), index.csv (row, path, label, width, "
     "height), stages.safetensors (the spec and the learned state of the stages), hashes.npy (of the pixels of each "
     "image, to find equal images), and skipped.csv (path, reason) if images could not be read. The CSV files follow "
     "RFC 4180; the bytes of paths and labels are not changed, even if they are not UTF-8. In JSON, a byte that is "
     "not UTF-8 is written as a lone surrogate, \\udc80 to \\udcff, like Python's surrogateescape."},
    {"Ar MODEL", "One file in the safetensors format with everything that is needed to classify an image: stages, "
                 "codebook, scaling, weights, class names."},
    {"Ar ROWS",
     "Feature rows made by another program: a .npy file of float32 or float64 with the labels in a second file, or "
     "svmlight text."},
};

static const entry statuses[] = {
    {"0", "Done."},
    {"1", "Failed; no output is left incomplete. Also: no image could be read."},
    {"2", "Wrong usage."},
    {"3", "Done, but some images could not be read and were skipped; messages name them."},
};

static const entry environment[] = {
    {"Ev NO_COLOR", "When set and not empty, nothing is written in bold."},
    {"Ev TMPDIR", "Folder for the rows that extract -o - collects before it prints them; default /tmp."},
    {"Ev OCELLUS_KERNELS",
     "plain, avx2 or avx512: use the kernels of this processor family instead of the best family that the processor "
     "supports. Rows of different families agree to about 1e-5, except those of a learned codebook."},
};

void manual_overview(FILE *stream, const command_list *commands)
{
    put_head(stream, "ocellus", 1, "feature rows of images, and their classification");
    fputs(".Sh SYNOPSIS\n.Nm\n.Ar COMMAND\n.Op Ar ARGUMENT ...\n.Nm\n.Cm help\n.Op Ar COMMAND\n.Sh DESCRIPTION\n",
          stream);
    put_text(stream,
             "Ocellus turns PNG and JPEG files into classic feature vectors and classifies them with one linear "
             "classifier. There are three uses. Feature rows for other programs:");
    put_examples(stream, "ocellus extract photos -f hog -o rows");
    put_text(stream, "\n\n"
                     "Do features help? A table with one row of accuracies for each -f, same images, same classifier:");
    put_examples(stream, "ocellus compare train --test test -f pixels -f hog -f hog+color");
    put_text(stream, "\n\n"
                     "Train a classifier and use it:");
    put_examples(stream, "ocellus train photos -o photos.model\nocellus classify photos.model new.jpg");
    put_text(
        stream,
        "\n\n"
        "Here photos is a folder with one sub-folder of images for each class. Results are printed on standard "
        "output, all other messages on standard error. On one kind of processor the results depend only on images, "
        "options and seed, not on the number of threads. On another kind rows agree to about 1e-5, except those of a "
        "learned codebook, which differ more: learn it once and reuse it with --with. An output appears complete or "
        "not at all.");
    fputs(".Ss Commands\n.Bl -tag -width Ds\n", stream);
    for (size_t i = 0; i < commands->count; i++) {
        fprintf(stream, ".It Xr ocellus-%s 1\n", commands->items[i]->name);
        put_text(stream, commands->items[i]->summary);
    }
    fputs(".El\n.Ss What the commands read and write\n", stream);
    put_list(stream, files, sizeof files / sizeof *files);
    fputs(".Sh ENVIRONMENT\n", stream);
    put_list(stream, environment, sizeof environment / sizeof *environment);
    fputs(".Sh EXIT STATUS\n", stream);
    put_list(stream, statuses, sizeof statuses / sizeof *statuses);
    fputs(".Sh SEE ALSO\n.Xr ocellus 3 ,\n.Xr ocellus-stages 7\n", stream);
}
