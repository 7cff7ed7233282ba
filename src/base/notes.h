/* Notes: a text file beside an unfinished output, by which another run can go on with it.
 *
 *     TITLE                 kind and version of the notes
 *     name value            what the output depends on, one setting a line
 *     ...
 *                           an empty line
 *     line                  how far the output is; the caller knows what it means
 *     ...
 *
 * A line counts when it is whole, and is added after the files that it speaks of have been brought to the disk. */
#ifndef OC_BASE_NOTES_H
#define OC_BASE_NOTES_H

#include <ocellus/error.h>

typedef struct oc_notes {
    int file;             /* descriptor, open for reading and writing */
    const char *title;    /* with a line feed at its end */
    const char *settings; /* lines, each with its line feed */
    const char *where;    /* name of the unfinished output, for messages */
} oc_notes;

/* Starts notes in an empty file, or reads those that are there and calls `line` for each of their lines. OC_USAGE, with
 * the first setting that differs, when they were started with other settings; OC_IO, OC_NO_MEMORY. */
oc_status oc_notes_open(const oc_notes *notes, void (*line)(void *context, const char *line), void *context,
                        oc_error *err);
/* Adds a line, given with its line feed, and brings it to the disk. OC_IO. */
oc_status oc_notes_add(int file, const char *line, oc_error *err);

#endif
