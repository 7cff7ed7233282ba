/* The CSV file of answers. It is built in NAME.partial with notes (base/notes.h) beside it:
 *
 *     ocellus classification 1
 *     program 0.1.0 x86-64-v3        settings that the answers depend on
 *     model 2f0c...                  digest of the model
 *     ...
 *     done 4096 183201 6 8c12...     items, bytes of the file, unreadable items, digest of the paths of the items
 *
 * Another run reads the list of items again, but classifies only those after the last line of the notes. The digest of
 * their paths shows that the items before are the same, so no list of them is stored. */
#include "src/base/csv.h"
#include "src/base/digest.h"
#include "src/base/dispatch.h"
#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/base/notes.h"
#include "src/base/output.h"
#include "src/base/threads.h"
#include "src/image/picture.h"
#include "src/model/model.h"

#include <ocellus/ocellus.h>

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char TITLE[] = "ocellus classification 1\n";
/* Notes are written every second, or less often if that would take more than 1/20 of the time. */
static const double PAUSE = 1, SHARE = 20;

/* A position in the file. */
typedef struct place {
    size_t items, skipped;
    uint64_t bytes; /* a file may be longer than memory of 32 bits */
    uint64_t paths; /* digest of the items' paths */
} place;

struct oc_answer_file {
    const oc_model *model;
    size_t top;
    oc_output output;
    FILE *file;
    oc_string lines; /* of one answer */
    place noted;     /* position of the last notes, of this run or of the interrupted one */
    place now;
    size_t done;     /* items of the interrupted run */
    double next_due; /* time of the next notes */
};

static void parse_line(void *context, const char *line)
{
    place *noted = context, read;
    if (oc_sscanf(line, "done %zu %" SCNu64 " %zu %" SCNx64, &read.items, &read.bytes, &read.skipped, &read.paths) ==
        4) {
        *noted = read;
    }
}

/* Writes the settings that the answers depend on, without the items. */
static oc_status write_settings(const oc_model *model, const oc_answer_file_options *options, oc_string *text,
                                oc_error *err)
{
    uint64_t digest;
    oc_status status = oc_model_digest(model, &digest, err);
    if (status != OC_OK) {
        return status;
    }
    oc_string_format(text, "program %s %s\nmodel %016" PRIx64 "\ntop %zu\n", oc_version(), oc_isa_name(oc_isa_index()),
                     digest, options->top);
    oc_image_options image = oc_image_limits(&options->image);
    for (size_t i = 0; i < oc_limit_param_count; i++) {
        char value[100];
        oc_param_format(&oc_limit_params[i], &image, value, sizeof value);
        oc_string_format(text, "%s %s\n", oc_limit_params[i].name, value);
    }
    return text->failed ? oc_fail_memory(err, "the settings") : OC_OK;
}

/* Opens the file and cuts it off at the position of the notes. */
static oc_status open_lines(oc_answer_file *file, oc_error *err)
{
    const char *name = file->output.temporary;
    uint64_t bytes = file->noted.bytes;
    file->file = fopen(name, bytes ? "r+b" : "wb");
    if (!file->file || fseeko(file->file, 0, SEEK_END) != 0) {
        return oc_fail_io(err, file->output.path, "cannot be written");
    }
    if (ftello(file->file) < (off_t)bytes) {
        return oc_fail(err, OC_BAD_FILE, "%s: is shorter than its notes say; start again without `resume`", name);
    }
    if (ftruncate(fileno(file->file), (off_t)bytes) != 0 || fseeko(file->file, (off_t)bytes, SEEK_SET) != 0) {
        return oc_fail_io(err, file->output.path, "cannot be written");
    }
    if (!bytes) {
        const char *header = file->top ? "path,label,probability,rank\n" : "path,label,probability\n";
        fputs(header, file->file);
        file->now.bytes = strlen(header);
    }
    return OC_OK;
}

static oc_status open_output(oc_answer_file *file, const char *path, const oc_answer_file_options *options,
                             oc_error *err)
{
    oc_string settings = {0};
    oc_status status = write_settings(file->model, options, &settings, err);
    if (status == OC_OK) {
        status = oc_output_begin_noted(&file->output, path, options->resume, err);
    }
    if (status == OC_OK) {
        oc_notes notes = {file->output.lock, TITLE, settings.data, file->output.around};
        status = oc_notes_open(&notes, parse_line, &file->noted, err);
        if (status == OC_OK) {
            file->done = file->noted.items;
            file->now = (place){.bytes = file->noted.bytes, .paths = OC_DIGEST_START};
            status = open_lines(file, err);
        }
        if (status != OC_OK && options->resume) {
            oc_output_keep(&file->output); /* a run with the right settings may resume it */
        } else if (status != OC_OK) {
            oc_output_abandon(&file->output);
        }
    }
    oc_string_free(&settings);
    return status;
}

static void free_file(oc_answer_file *file)
{
    if (file->file) {
        fclose(file->file);
    }
    oc_string_free(&file->lines);
    oc_free(file);
}

oc_answer_file_options oc_answer_file_defaults(void)
{
    return (oc_answer_file_options){.image = oc_image_defaults()};
}

oc_status oc_answer_file_create(const oc_model *model, const char *path, const oc_answer_file_options *options,
                                oc_answer_file **out, oc_error *err)
{
    oc_answer_file *file = oc_alloc(1, sizeof *file);
    if (!file) {
        return oc_fail_memory(err, "the output");
    }
    file->model = model;
    file->top = options->top;
    oc_status status = open_output(file, path, options, err);
    if (status != OC_OK) {
        free_file(file);
        return status;
    }
    file->next_due = oc_seconds() + PAUSE;
    *out = file;
    return OC_OK;
}

size_t oc_answer_file_done(const oc_answer_file *file)
{
    return file->done;
}

size_t oc_answer_file_count(const oc_answer_file *file)
{
    return file->now.items;
}

size_t oc_answer_file_skipped(const oc_answer_file *file)
{
    return file->now.skipped;
}

/* Flushes the lines to the disk, then writes a note with the position. */
static oc_status take_notes(oc_answer_file *file, oc_error *err)
{
    char line[120];
    double started = oc_seconds();
    if (fflush(file->file) != 0 || ferror(file->file) || (fsync(fileno(file->file)) != 0 && errno != EINVAL)) {
        return oc_fail_io(err, file->output.path, "cannot be written");
    }
    snprintf(line, sizeof line, "done %zu %" PRIu64 " %zu %016" PRIx64 "\n", file->now.items, file->now.bytes,
             file->now.skipped, file->now.paths);
    oc_status status = oc_notes_add(file->output.lock, file->output.around, line, err);
    if (status == OC_OK) {
        file->noted = file->now;
    }
    double now = oc_seconds(), pause = SHARE * (now - started);
    file->next_due = now + (pause > PAUSE ? pause : PAUSE);
    return status;
}

static void format_lines(oc_answer_file *file, const oc_answer *answer)
{
    size_t label = answer->prediction.label, lines = file->top ? file->top : 1, classes = oc_model_classes(file->model);
    file->lines.length = 0;
    for (size_t rank = 1; rank <= lines && label < classes; rank++) {
        oc_csv_add(&file->lines, answer->path);
        oc_string_add(&file->lines, ",");
        oc_csv_add(&file->lines, oc_model_class(file->model, label));
        oc_string_add(&file->lines, ",");
        if (answer->prediction.probabilities) {
            oc_string_format(&file->lines, "%.6g", (double)answer->prediction.probabilities[label]);
        }
        if (file->top) {
            oc_string_format(&file->lines, ",%zu", rank);
        }
        oc_string_add(&file->lines, "\n");
        label = rank < lines ? oc_prediction_next(file->model, &answer->prediction, label) : label;
    }
}

/* Skips an item that the interrupted run has answered. */
static oc_status pass_over(oc_answer_file *file, oc_error *err)
{
    if (file->now.items < file->done) {
        return OC_OK;
    }
    if (file->now.paths != file->noted.paths) {
        return oc_fail(err, OC_USAGE,
                       "%s: was started with other images: the first %zu differ; resume with the same images, or start "
                       "again without `resume`",
                       file->output.around, file->done);
    }
    file->now = file->noted;
    return OC_OK;
}

oc_status oc_answer_file_add(oc_answer_file *file, const oc_answer *answer, oc_error *err)
{
    file->now.paths = oc_digest_text(file->now.paths, answer->path);
    file->now.items++;
    if (file->now.items <= file->done) {
        return pass_over(file, err);
    }
    if (answer->status != OC_OK) {
        file->now.skipped++;
    } else {
        format_lines(file, answer);
        if (file->lines.failed) {
            return oc_fail_memory(err, "a line");
        }
        if (fwrite(file->lines.data, 1, file->lines.length, file->file) != file->lines.length) {
            return oc_fail_io(err, file->output.path, "cannot be written");
        }
        file->now.bytes += file->lines.length;
    }
    return oc_seconds() > file->next_due ? take_notes(file, err) : OC_OK;
}

static oc_status put_in_place(oc_answer_file *file, oc_error *err)
{
    if (file->now.items < file->done) {
        return oc_fail(
            err, OC_USAGE,
            "%s: was started with other images: %zu are done, but there are only %zu now; resume with the same "
            "images, or start again without `resume`",
            file->output.around, file->done, file->now.items);
    }
    oc_status status = oc_file_close(file->file, file->output.path, err);
    file->file = NULL;
    return status == OC_OK ? oc_output_commit(&file->output, err) : status;
}

/* Keeps an output that can be resumed and adds that to the message; else removes the output. */
static void leave(oc_answer_file *file, oc_status status, oc_error *err)
{
    bool other_images = status == OC_USAGE && file->done > 0;
    bool cut_short = status == OC_CANCELLED || status == OC_IO || status == OC_NO_MEMORY;
    if (status == OC_CANCELLED && file->file && file->now.items > file->noted.items) {
        take_notes(file, NULL);
    }
    if ((!cut_short && !other_images) || !file->noted.items || !file->output.temporary) {
        oc_output_abandon(&file->output);
        return;
    }
    if (cut_short) {
        oc_fail(err, status, "%s; %zu images are kept in %s, and `resume` goes on with them", err->message,
                file->noted.items, file->output.around);
    }
    oc_output_keep(&file->output);
}

oc_status oc_answer_file_close(oc_answer_file *file, oc_status status, oc_error *err)
{
    if (status == OC_OK) {
        status = put_in_place(file, err);
    }
    if (status != OC_OK) {
        leave(file, status, err);
    }
    free_file(file);
    return status;
}
