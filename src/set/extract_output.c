/* The output of an extraction: memory or a set folder (extract.c), or a text file, which is made from a set folder. */
#include "src/set/extraction.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/base/string.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The folder of the rows until they become text, and the set in it. */
static const char SCRATCH_SUFFIX[] = ".rows", SCRATCH_SET[] = "set";

oc_extract_options oc_extract_defaults(void)
{
    return (oc_extract_options){.image = oc_image_defaults()};
}

static size_t larger(size_t a, size_t b)
{
    return a > b ? a : b;
}

size_t oc_output_room(size_t *name)
{
    size_t classes = strlen(OC_CLASSES_SUFFIX) + oc_output_growth(false);
    size_t scratch = strlen(SCRATCH_SUFFIX) + oc_output_growth(true);
    *name = larger(classes, strlen(SCRATCH_SUFFIX) + oc_output_growth(false));
    return larger(classes, scratch + strlen("/") + strlen(SCRATCH_SET) + oc_set_writer_growth());
}

/* The rows are extracted to a set inside "PATH.rows.partial", then become text. The next run resumes or removes that
 * folder like any unfinished output. For standard output the folder is in $TMPDIR; a killed run leaves it there. */
static oc_status open_scratch(const char *path, bool resume, oc_output *scratch, oc_error *err)
{
    oc_string name = {0};
    const char *folder = getenv("TMPDIR");
    if (strcmp(path, "-") != 0) {
        oc_string_format(&name, "%s%s", path, SCRATCH_SUFFIX);
    } else {
        oc_string_format(&name, "%s/ocellus-%ld%s", folder && *folder ? folder : "/tmp", (long)getpid(),
                         SCRATCH_SUFFIX);
    }
    oc_status status = name.failed ? oc_fail_memory(err, "a path")
                       : resume    ? oc_output_resume(scratch, name.data, err)
                                   : oc_output_begin(scratch, name.data, true, err);
    oc_string_free(&name);
    return status;
}

/* Keeps the rows of a failed run if another run can continue with them, else removes them. */
static void close_scratch(oc_output *scratch, const char *folder)
{
    struct stat about;
    oc_string rest = {0};
    oc_string_format(&rest, "%s" OC_OUTPUT_SUFFIX, folder ? folder : "");
    if (folder && !rest.failed && lstat(rest.data, &about) == 0) {
        oc_output_keep(scratch);
    } else {
        oc_output_abandon(scratch);
    }
    oc_string_free(&rest);
}

static oc_status extract_text(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                              oc_job *job, oc_set **out, oc_error *err)
{
    oc_output scratch = {0};
    oc_extract_options rows = *options;
    oc_set *set = NULL;
    oc_status status = open_scratch(options->output, options->resume, &scratch, err);
    if (status != OC_OK) {
        return status;
    }
    char *folder = oc_path_join(scratch.temporary, SCRATCH_SET);
    rows.output = folder;
    status = folder ? oc_extract_set(dataset, features, &rows, job, &set, err) : oc_fail_memory(err, "a path");
    if (status == OC_OK) {
        status = oc_set_export(set, options->format, options->output, job, err);
    }
    close_scratch(&scratch, folder);
    oc_free(folder);
    if (status != OC_OK) {
        oc_set_free(set);
        return status;
    }
    *out = set;
    return OC_OK;
}

oc_status oc_set_extract(const oc_dataset *dataset, const oc_features *features, const oc_extract_options *options,
                         oc_job *job, oc_set **set, oc_error *err)
{
    bool text = options->output && options->format != OC_FORMAT_NPY;
    return text ? extract_text(dataset, features, options, job, set, err)
                : oc_extract_set(dataset, features, options, job, set, err);
}
