/* Reading and writing journals. */
#include "src/model/journal.h"

#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/memory.h"
#include "src/base/text.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char TITLE[] = "ocellus extraction 2\n";
static const off_t LONGEST = (off_t)1 << 30; /* of a journal */

static oc_status write_all(const oc_journal *journal, const char *text, size_t length, oc_error *err)
{
    while (length) {
        ssize_t n = write(journal->file, text, length);
        if (n < 0 && errno != EINTR) {
            return oc_fail_io(err, "the journal of the extraction", "cannot be written");
        }
        text += n > 0 ? n : 0;
        length -= n > 0 ? (size_t)n : 0;
    }
    if (fsync(journal->file) != 0 && errno != EINVAL) {
        return oc_fail_io(err, "the journal of the extraction", "cannot be written");
    }
    return OC_OK;
}

/* The file as text, in memory that the caller frees. What cannot be read counts as not written. */
static oc_status read_text(int file, char **text, oc_error *err)
{
    struct stat about;
    size_t size = fstat(file, &about) == 0 && about.st_size < LONGEST ? (size_t)about.st_size : 0, got = 0;
    *text = oc_alloc(size + 1, 1);
    for (ssize_t n = 1; *text && got < size && n > 0; got += n > 0 ? (size_t)n : 0) {
        n = pread(file, *text + got, size - got, (off_t)got);
    }
    return *text ? OC_OK : oc_fail_memory(err, "the journal of the extraction");
}

static void parse_line(oc_journal *journal, const char *line)
{
    unsigned own;
    oc_extent size;
    double seconds;
    size_t images;
    oc_set_place place;
    if (strcmp(line, "void") == 0) {
        *journal = (oc_journal){.file = journal->file};
    } else if (oc_sscanf(line, "fitted %zu %zu %u %lf", &size.width, &size.height, &own, &seconds) == 4) {
        *journal = (oc_journal){
            .file = journal->file, .learning = true, .size = size, .own_size = own != 0, .fit_seconds = seconds};
    } else if (oc_sscanf(line, "begin %zu %zu %u %lf", &size.width, &size.height, &own, &seconds) == 4) {
        *journal = (oc_journal){
            .file = journal->file, .begun = true, .size = size, .own_size = own != 0, .fit_seconds = seconds};
    } else if (journal->begun && oc_sscanf(line, "done %zu %zu %zu %zu %zu", &images, &place.rows, &place.index_bytes,
                                           &place.skips, &place.skipped_bytes) == 5) {
        journal->images = images;
        journal->place = place;
    }
}

/* The lines behind the settings; returns the length of those that are whole. */
static size_t parse_lines(oc_journal *journal, char *lines)
{
    char *line = lines;
    for (char *end; (end = strchr(line, '\n')) != NULL; line = end + 1) {
        *end = '\0';
        parse_line(journal, line);
    }
    return (size_t)(line - lines);
}

/* The first line in which two texts differ. */
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
        "%.300s: was begun with '%.*s', this is '%.*s': it is resumed with the same images and options only, or "
        "begun anew without resume",
        where, (int)(a < 200 ? a : 200), old, (int)(b < 200 ? b : 200), new);
}

static oc_status start(oc_journal *journal, const char *settings, oc_error *err)
{
    oc_text text = {0};
    oc_text_add(&text, TITLE);
    oc_text_add(&text, settings);
    oc_text_add(&text, "\n");
    oc_status status = OC_OK;
    if (text.failed) {
        status = oc_fail_memory(err, "the journal of the extraction");
    } else if (ftruncate(journal->file, 0) != 0 || lseek(journal->file, 0, SEEK_SET) != 0) {
        status = oc_fail_io(err, "the journal of the extraction", "cannot be written");
    } else {
        status = write_all(journal, text.data, text.length, err);
    }
    oc_text_free(&text);
    return status;
}

oc_status oc_journal_open(oc_journal *journal, int file, const char *settings, const char *where, oc_error *err)
{
    *journal = (oc_journal){.file = file};
    char *text;
    oc_status status = read_text(file, &text, err);
    if (status != OC_OK) {
        return status;
    }
    char *lines = strstr(text, "\n\n");
    size_t title = sizeof TITLE - 1;
    if (!lines || strncmp(text, TITLE, title) != 0) {
        status = start(journal, settings, err); /* there is none yet, or it was cut off while it was started */
    } else {
        lines[1] = '\0';
        if (strcmp(text + title, settings) != 0) {
            status = fail_settings(text + title, settings, where, err);
        } else {
            off_t end = lines + 2 - text;
            end += (off_t)parse_lines(journal, lines + 2);
            bool cut = ftruncate(file, end) == 0 && lseek(file, end, SEEK_SET) == end;
            status = cut ? OC_OK : oc_fail_io(err, where, "cannot be written");
        }
    }
    oc_free(text);
    return status;
}

/* A line of the stages' size and time. */
static oc_status write_stages(const oc_journal *journal, const char *word, oc_error *err)
{
    char line[200];
    int length = oc_snprintf(line, sizeof line, "%s %zu %zu %d %.3f\n", word, journal->size.width, journal->size.height,
                             journal->own_size, journal->fit_seconds);
    return write_all(journal, line, (size_t)length, err);
}

oc_status oc_journal_learned(oc_journal *journal, oc_error *err)
{
    journal->learning = true;
    return write_stages(journal, "fitted", err);
}

oc_status oc_journal_begin(oc_journal *journal, oc_error *err)
{
    journal->learning = false;
    journal->begun = true;
    journal->images = 0;
    journal->place = (oc_set_place){0};
    return write_stages(journal, "begin", err);
}

oc_status oc_journal_void(oc_journal *journal, oc_error *err)
{
    *journal = (oc_journal){.file = journal->file};
    return write_all(journal, "void\n", 5, err);
}

oc_status oc_journal_done(oc_journal *journal, oc_error *err)
{
    char line[200];
    const oc_set_place *place = &journal->place;
    int length = snprintf(line, sizeof line, "done %zu %zu %zu %zu %zu\n", journal->images, place->rows,
                          place->index_bytes, place->skips, place->skipped_bytes);
    return write_all(journal, line, (size_t)length, err);
}
