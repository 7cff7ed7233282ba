/* The journal of an extraction: a text file in the unfinished folder, which lets another run continue it.
 *     ocellus extraction 2           title, then the settings that the rows depend on, one a line, then an empty line
 *     features hog+color
 *     ...
 *     fitted 128 96 1 6.2            stages.safetensors holds the state of the first stages; numbers as in `begin`
 *     begin 128 96 1 12.5            size of the images, whether it is their own, seconds of fitting
 *     done 4096 4090 183201 6 312    images, rows, bytes of index.csv, skips, bytes of skipped.csv
 *     void                           restart: the lines before it do not count (an image has another size)
 * A line is written after the files that it describes are flushed to the disk. The last complete line counts. */
#ifndef OC_SET_JOURNAL_H
#define OC_SET_JOURNAL_H

#include "src/set/writer.h"

typedef struct oc_journal {
    int file;
    const char *where; /* name of the folder, for messages; the caller keeps it */
    bool learning;     /* stages.safetensors holds the first fitted stages; the others are not fitted yet */
    bool begun;        /* stages.safetensors is complete; the fields below are valid */
    oc_extent size;    /* that images are brought to */
    bool own_size;     /* true: all images have that size themselves */
    double fit_seconds;
    size_t images;      /* number of images that are done, from the first */
    oc_set_place place; /* position of the writer at that time */
} oc_journal;

/* Starts a journal in an empty file, or reads the journal in the file. OC_USAGE, with the first setting that differs,
 * when it was started with other settings; OC_IO, OC_NO_MEMORY. `where` is the name of the folder, for messages. */
oc_status oc_journal_open(oc_journal *journal, int file, const char *settings, const char *where, oc_error *err);
/* Each adds a line, from the fields above, and flushes it to the disk. */
oc_status oc_journal_learned(oc_journal *journal, oc_error *err);
oc_status oc_journal_begin(oc_journal *journal, oc_error *err);
oc_status oc_journal_restart(oc_journal *journal, oc_error *err);
oc_status oc_journal_done(oc_journal *journal, oc_error *err);

#endif
