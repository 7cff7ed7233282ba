/* Reading and writing journals. */
#include "src/set/journal.h"

#include "src/base/locale.h"
#include "src/base/notes.h"

#include <stdio.h>
#include <string.h>

static const char TITLE[] = "ocellus extraction 2\n";

static void parse_line(void *context, const char *line)
{
    oc_journal *journal = context;
    unsigned own;
    oc_extent size;
    double seconds;
    size_t images;
    oc_set_place place;
    if (strcmp(line, "void") == 0) {
        *journal = (oc_journal){.file = journal->file, .where = journal->where};
    } else if (oc_sscanf(line, "fitted %zu %zu %u %lf", &size.width, &size.height, &own, &seconds) == 4) {
        *journal = (oc_journal){
            .file = journal->file, .learning = true, .size = size, .own_size = own != 0, .fit_seconds = seconds};
    } else if (oc_sscanf(line, "begin %zu %zu %u %lf", &size.width, &size.height, &own, &seconds) == 4) {
        *journal = (oc_journal){.file = journal->file,
                                .where = journal->where,
                                .begun = true,
                                .size = size,
                                .own_size = own != 0,
                                .fit_seconds = seconds};
    } else if (journal->begun && oc_sscanf(line, "done %zu %zu %zu %zu %zu", &images, &place.rows, &place.index_bytes,
                                           &place.skips, &place.skipped_bytes) == 5) {
        journal->images = images;
        journal->place = place;
    }
}

oc_status oc_journal_open(oc_journal *journal, int file, const char *settings, const char *where, oc_error *err)
{
    oc_notes notes = {file, TITLE, settings, where};
    *journal = (oc_journal){.file = file, .where = where};
    return oc_notes_open(&notes, parse_line, journal, err);
}

/* Writes a line with the image size of the stages and the seconds of their fit. */
static oc_status write_stages(const oc_journal *journal, const char *word, oc_error *err)
{
    char line[200];
    oc_snprintf(line, sizeof line, "%s %zu %zu %d %.3f\n", word, journal->size.width, journal->size.height,
                journal->own_size, journal->fit_seconds);
    return oc_notes_add(journal->file, journal->where, line, err);
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

oc_status oc_journal_restart(oc_journal *journal, oc_error *err)
{
    *journal = (oc_journal){.file = journal->file, .where = journal->where};
    return oc_notes_add(journal->file, journal->where, "void\n", err);
}

oc_status oc_journal_done(oc_journal *journal, oc_error *err)
{
    char line[200];
    const oc_set_place *place = &journal->place;
    snprintf(line, sizeof line, "done %zu %zu %zu %zu %zu\n", journal->images, place->rows, place->index_bytes,
             place->skips, place->skipped_bytes);
    return oc_notes_add(journal->file, journal->where, line, err);
}
