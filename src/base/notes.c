/* Reading and writing notes. */
#include "src/base/notes.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const off_t MAX_SIZE = (off_t)1 << 30; /* bytes of notes */

static oc_status write_all(int file, const char *where, const char *text, size_t length, oc_error *err)
{
    while (length) {
        ssize_t n = write(file, text, length);
        if (n < 0 && errno != EINTR) {
            return oc_fail_io(err, where, "cannot be written");
        }
        text += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    if (fsync(file) != 0 && errno != EINVAL) {
        return oc_fail_io(err, where, "cannot be written");
    }
    return OC_OK;
}

/* Reads the file into memory that the caller frees. A part that cannot be read counts as not written. */
static oc_status read_text(int file, char **text, oc_error *err)
{
    struct stat about;
    size_t size = fstat(file, &about) == 0 && about.st_size < MAX_SIZE ? (size_t)about.st_size : 0, got = 0;
    *text = oc_alloc(size + 1, 1);
    for (ssize_t n = 1; *text && got < size && n > 0; got += n > 0 ? (size_t)n : 0) {
        n = pread(file, *text + got, size - got, (off_t)got);
    }
    return *text ? OC_OK : oc_fail_memory(err, "the journal");
}

/* Calls `take` for each complete line; returns the length of all of them. */
static size_t parse_lines(char *lines, void (*take)(void *context, const char *line), void *context)
{
    char *line = lines;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        take(context, line);
    }
    return (size_t)(line - lines);
}

/* OC_USAGE with the first line in which the two texts differ. */
static oc_status fail_settings(const char *old, const char *new, const char *where, oc_error *err)
{
    size_t a = strcspn(old, "\n"), b = strcspn(new, "\n");
    while (a == b && memcmp(old, new, a) == 0 && old[a] && new[b]) {
        old += a + 1;
        new += b + 1;
        a = strcspn(old, "\n");
        b = strcspn(new, "\n");
    }
    return oc_fail(
        err, OC_USAGE,
        "%.300s: was started with '%.*s', this run has '%.*s': resume it with the same images and options, or "
        "start it again without `resume`",
        where, (int)(a < 200 ? a : 200), old, (int)(b < 200 ? b : 200), new);
}

static oc_status start(const oc_notes *notes, oc_error *err)
{
    oc_string text = {0};
    oc_string_add(&text, notes->title);
    oc_string_add(&text, notes->settings);
    oc_string_add(&text, "\n");
    oc_status status = OC_OK;
    if (text.failed) {
        status = oc_fail_memory(err, "the journal");
    } else if (ftruncate(notes->file, 0) != 0 || lseek(notes->file, 0, SEEK_SET) != 0) {
        status = oc_fail_io(err, notes->where, "cannot be written");
    } else {
        status = write_all(notes->file, notes->where, text.data, text.length, err);
    }
    oc_string_free(&text);
    return status;
}

oc_status oc_notes_open(const oc_notes *notes, void (*line)(void *context, const char *line), void *context,
                        oc_error *err)
{
    char *text;
    oc_status status = read_text(notes->file, &text, err);
    if (status != OC_OK) {
        return status;
    }
    char *lines = strstr(text, "\n\n");
    size_t title = strlen(notes->title);
    if (!lines || strncmp(text, notes->title, title) != 0) {
        status = start(notes, err); /* there are no notes yet, or they were cut off at the start */
    } else {
        lines[1] = '\0';
        if (strcmp(text + title, notes->settings) != 0) {
            status = fail_settings(text + title, notes->settings, notes->where, err);
        } else {
            off_t end = lines + 2 - text;
            end += (off_t)parse_lines(lines + 2, line, context);
            bool cut = ftruncate(notes->file, end) == 0 && lseek(notes->file, end, SEEK_SET) == end;
            status = cut ? OC_OK : oc_fail_io(err, notes->where, "cannot be written");
        }
    }
    oc_free(text);
    return status;
}

oc_status oc_notes_add(int file, const char *where, const char *line, oc_error *err)
{
    return write_all(file, where, line, strlen(line), err);
}
