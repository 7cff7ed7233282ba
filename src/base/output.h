/* Outputs that appear under their name complete or not at all.
 *
 * A file is built beside its final name as NAME.partial, a folder in a folder NAME.partial. When it is complete, it is
 * swapped in. The builder holds a lock on it, so that two programs never build the same output at the same time. A
 * program that is killed leaves its NAME.partial; the next program for the same output replaces or continues it. The
 * folder NAME.partial holds the file OC_OUTPUT_MARK. A folder NAME.partial that holds other files but not the mark
 * belongs to somebody else and is not touched. */
#ifndef OC_BASE_OUTPUT_H
#define OC_BASE_OUTPUT_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OC_OUTPUT_SUFFIX ".partial"
#define OC_OUTPUT_MARK ".ocellus-partial"

/* The number of bytes by which the path of the unfinished output is longer than the path of the output: NAME.partial,
 * or NAME.partial/new for a folder. */
size_t oc_output_growth(bool folder);

/* Zero-initialise. */
typedef struct oc_output {
    char *path;      /* final name; a link is followed */
    char *around;    /* the folder NAME.partial, or NULL for a file that is built without one */
    char *temporary; /* the unfinished output: the file NAME.partial, or a file or folder in `around` */
    bool folder;
    int lock; /* descriptor of the temporary file, or of the mark, which may hold notes */
} oc_output;

/* Creates the temporary file or folder, empty, so that an error is found before the work. OC_USAGE when `path` exists
 * and is of the other kind, is a device, a pipe or a dangling link, or names no entry of a folder (".."), or when
 * NAME.partial belongs to somebody else. OC_IO, also when another program is building the same output. OC_NO_MEMORY. */
oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err);
/* The same for a folder, but keeps the contents that an earlier program left in NAME.partial. */
oc_status oc_output_resume(oc_output *output, const char *path, oc_error *err);
/* Begins a file that another run can continue: it is built in a folder NAME.partial, whose mark holds notes. The caller
 * creates the file `temporary`. With `resume`, the contents that an earlier program left in NAME.partial are kept. */
oc_status oc_output_begin_noted(oc_output *output, const char *path, bool resume, oc_error *err);
/* Moves the output to its final name, in one step where the system can, and removes the older output. The caller must
 * have flushed the files in a folder to the disk; this function flushes the folder and its parent. On failure the
 * output is as it was before the call, and the caller must abandon or keep it. The exception: when the message says
 * that the output is in place, only the flush failed, and no further call is needed. */
oc_status oc_output_commit(oc_output *output, oc_error *err);
/* Removes the unfinished output, if it was not committed. Safe on a zeroed or committed output. */
void oc_output_abandon(oc_output *output);
/* Leaves the unfinished output on the disk, for oc_output_resume or oc_output_begin_noted. */
void oc_output_keep(oc_output *output);

/* Writes a whole file at once through an oc_output. */
oc_status oc_file_write(const char *path, const void *data, size_t size, oc_error *err);

/* Removes a folder and everything in it, without following links. The mark is removed last. */
void oc_remove_folder(const char *path);

/* Test hook: behave as on a file system that cannot exchange two names. */
void oc_output_without_exchange(bool without);

#endif
