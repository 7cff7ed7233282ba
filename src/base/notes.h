/* Notes: a text file beside an unfinished output, which lets another run continue it.
 *
 *     TITLE                 kind and version of the notes
 *     name value            what the output depends on, one setting a line
 *     ...
 *                           an empty line
 *     line                  how far the output is; the caller knows the meaning
 *     ...
 *
 * A line is written after the files that it describes are on the disk. Only complete lines count. */
#ifndef OC_BASE_NOTES_H
#define OC_BASE_NOTES_H

#include <ocellus/error.h>

typedef struct oc_notes {
    int file;             /* descriptor, open for reading and writing */
    const char *title;    /* with a line feed at its end */
    const char *settings; /* lines, each with its line feed */
    const char *where;    /* name of the unfinished output, for messages */
} oc_notes;

/* Starts notes in an empty file, or reads the notes in it and calls `line` for each line after the settings. OC_USAGE,
 * with the first setting that differs, when the notes were started with other settings; OC_IO, OC_NO_MEMORY. */
oc_status oc_notes_open(const oc_notes *notes, void (*line)(void *context, const char *line), void *context,
                        oc_error *err);
/* Adds a line, which ends with a line feed, and flushes it to the disk. OC_IO, naming `where`. */
oc_status oc_notes_add(int file, const char *where, const char *line, oc_error *err);

#endif
