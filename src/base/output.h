/* Outputs that appear under their name whole or not at all.
 *
 * A file is built beside its final name as NAME.partial, a folder in a folder NAME.partial, and swapped in when it is
 * whole. Whoever builds it holds a lock on it, so that two programs never build the same output at a time. A program
 * that is killed leaves its NAME.partial: the next one for the same output replaces it, or goes on with it. The folder
 * NAME.partial holds the file OC_OUTPUT_MARK; one with other things in it and without the mark is somebody else's and
 * is left alone. */
#ifndef OC_BASE_OUTPUT_H
#define OC_BASE_OUTPUT_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define OC_OUTPUT_SUFFIX ".partial"
#define OC_OUTPUT_MARK ".ocellus-partial"

/* How many letters longer than the output's path that of what is being built is: NAME.partial, or NAME.partial/new. */
size_t oc_output_growth(bool folder);

/* Zero-initialise. */
typedef struct oc_output {
    char *path;      /* final name; a link is followed */
    char *around;    /* of a folder: NAME.partial */
    char *temporary; /* what is being built: the file NAME.partial, or a folder in `around` */
    bool folder;
    int lock; /* descriptor of the temporary file, or of the mark, where notes may be kept */
} oc_output;

/* Makes the temporary file or folder, empty, so that what would hinder the output shows before the work. OC_USAGE when
 * `path` exists and is of the other kind, a device, a pipe, or a link to nowhere, or names no entry of a folder ("..");
 * when NAME.partial is somebody else's. OC_IO, also when another program is building the same output. */
oc_status oc_output_begin(oc_output *output, const char *path, bool folder, oc_error *err);
/* The same for a folder, but what an earlier program left in NAME.partial stays. */
oc_status oc_output_resume(oc_output *output, const char *path, oc_error *err);
/* Puts it in place of the final name, in one step where the system can, and removes the older one. The files in a
 * folder must have been brought to the disk; its entries, and that of the final name, are. On failure the output is as
 * it was before, to be abandoned or kept; but where the message says that it is in place, it is, and nothing is left. */
oc_status oc_output_commit(oc_output *output, oc_error *err);
/* Removes what was built, if it was not committed. Safe on a zeroed or committed output. */
void oc_output_abandon(oc_output *output);
/* Leaves what was built where it is, for oc_output_resume. */
void oc_output_keep(oc_output *output);

/* Flushes to the disk and closes; the error of any earlier write shows here too. The stream is closed in any case. */
oc_status oc_file_close(FILE *file, const char *path, oc_error *err);

/* Writes a whole file at once through an oc_output. */
oc_status oc_file_write(const char *path, const void *data, size_t size, oc_error *err);

/* Removes a folder with all that is in it, without following links; the mark goes last. */
void oc_remove_folder(const char *path);

/* Test hook: behave as on a file system that cannot exchange two names. */
void oc_output_without_exchange(bool without);

#endif
