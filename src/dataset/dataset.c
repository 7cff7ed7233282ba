/* The data set object: recognises the kind of the input. Each kind has a reader in its own source file. */
#include "src/dataset/dataset.h"

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/image/kinds.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HEAD = OC_KIND_HEAD }; /* bytes of a file that are examined */

static oc_status read_single(oc_dataset *dataset, const char *path, oc_error *err)
{
    dataset->prefix = oc_strdup("");
    return dataset->prefix ? oc_dataset_add(dataset, path, strlen(path), -1, err) : oc_fail_memory(err, "a path");
}

static bool ends_with(const char *path, const char *ending)
{
    size_t length = strlen(path), tail = strlen(ending);
    return length >= tail && strcasecmp(path + length - tail, ending) == 0;
}

/* True when the first line names a column `path`, or the file is named like a CSV file. */
static bool like_csv(const char *path, const char *head)
{
    if (ends_with(path, ".csv")) {
        return true;
    }
    size_t line = strcspn(head, "\r\n");
    const char *word = strstr(head, "path");
    return word && (size_t)(word - head) < line;
}

/* True when JSON with this format follows the 8 bytes of its length (src/matrix/safetensors.h). */
static bool like_model(const char *head)
{
    return strstr(head + sizeof(uint64_t), "\"format\":\"ocellus-model\"");
}

static oc_status read_head(const char *path, char *head, oc_error *err)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        return oc_fail_io(err, path, "cannot be opened");
    }
    ssize_t got = oc_file_begin(file, head, HEAD);
    oc_status status = got < 0 ? oc_fail_io(err, path, "cannot be read") : OC_OK;
    close(file);
    memset(head + (got < 0 ? 0 : got), 0, HEAD + 1 - (got < 0 ? 0 : (size_t)got));
    return status;
}

#define NO_IMAGES                                                                                                      \
    "%s: neither a PNG or JPEG image, a CSV list with a column path, an IDX file nor a CIFAR-10 binary file"

/* An IDX file has a magic number and an exact size. A CIFAR-10 file is known by its size and labels only, and may begin
 * with the bytes of that magic number. So the order of the tests is: a complete IDX file, CIFAR-10, an IDX file of a
 * wrong size. */
static oc_status read_file(oc_dataset *dataset, const char *path, size_t size, oc_error *err)
{
    char head[HEAD + 1];
    oc_status status = read_head(path, head, err);
    if (status != OC_OK) {
        return status;
    }
    if (oc_image_named(path) || oc_image_signature(head, size < HEAD ? size : HEAD)) {
        return read_single(dataset, path, err);
    }
    oc_idx_kind idx;
    status = oc_idx_recognize(path, size, &idx, err);
    if (status != OC_OK) {
        return status;
    }
    if (idx == OC_IDX_WHOLE) {
        return oc_read_idx(dataset, path, err);
    }
    if (oc_cifar_recognize(path, size)) {
        return oc_read_cifar(dataset, path, err);
    }
    if (idx == OC_IDX_HEADER) {
        return oc_read_idx(dataset, path, err);
    }
    if (oc_foreign_named(path) || oc_image_foreign(head, size < HEAD ? size : HEAD)) {
        return read_single(dataset, path, err); /* reading it reports its kind */
    }
    if (size == 0) {
        return oc_fail(err, OC_BAD_FILE, "%s: the file is empty", path);
    }
    if (like_model(head)) {
        return oc_fail(err, OC_BAD_FILE, "%s: a model that training wrote, where images are expected", path);
    }
    if (like_csv(path, head)) {
        return oc_read_csv(dataset, path, err);
    }
    return oc_fail(err, OC_BAD_FILE,
                   dataset->unlabelled ? NO_IMAGES " (a plain list of paths is to be given as one: `files_from`)"
                                       : NO_IMAGES " (a plain list of paths can be given on standard input)",
                   path);
}

static oc_status read_any(oc_dataset *dataset, const char *path, oc_error *err)
{
    if (strcmp(path, "-") == 0) {
        return oc_read_lines(dataset, path, err);
    }
    struct stat about;
    if (stat(path, &about) != 0) {
        return oc_fail_io(err, path, "cannot be opened");
    }
    if (S_ISDIR(about.st_mode)) {
        return oc_read_folder(dataset, path, err);
    }
    if (S_ISCHR(about.st_mode) || S_ISBLK(about.st_mode)) {
        return oc_fail(err, OC_BAD_FILE, "%s: is a device, not a data set", path);
    }
    if (!S_ISREG(about.st_mode)) {
        return oc_read_csv(dataset, path, err); /* a pipe cannot be read twice */
    }
    return read_file(dataset, path, oc_file_size(&about), err);
}

/* True for the folder of a set. */
static bool is_set(const char *path)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool is = folder >= 0 && faccessat(folder, "features.npy", F_OK, 0) == 0;
    if (folder >= 0) {
        close(folder);
    }
    return is;
}

static oc_status open_any(const char *path, bool unlabelled, oc_dataset **out, oc_error *err)
{
    oc_dataset *dataset = oc_alloc(1, sizeof *dataset);
    if (!dataset) {
        return oc_fail_memory(err, "the data set");
    }
    dataset->unlabelled = unlabelled;
    oc_status status = read_any(dataset, path, err);
    if (status == OC_OK && dataset->count == 0) {
        const char *others = dataset->ignored
                                 ? ", only hidden files or files of other kinds (name an IDX or CIFAR-10 file itself)"
                                 : "";
        status = oc_fail(err, OC_BAD_DATA, "%s: holds no image%s", strcmp(path, "-") == 0 ? "standard input" : path,
                         is_set(path) ? ": it is a set of rows, which an extraction wrote" : others);
    }
    if (status != OC_OK) {
        oc_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return OC_OK;
}

oc_status oc_dataset_open(const char *path, oc_dataset **dataset, oc_error *err)
{
    return open_any(path, false, dataset, err);
}

oc_status oc_dataset_open_unlabelled(const char *path, oc_dataset **dataset, oc_error *err)
{
    return open_any(path, true, dataset, err);
}

oc_status oc_dataset_open_list(const char *path, oc_dataset **out, oc_error *err)
{
    oc_dataset *dataset = oc_alloc(1, sizeof *dataset);
    oc_status status = dataset ? oc_read_lines(dataset, path, err) : oc_fail_memory(err, "the list");
    if (status == OC_OK && dataset->count == 0) {
        status = oc_fail(err, OC_BAD_DATA, "%s: holds no path", strcmp(path, "-") == 0 ? "standard input" : path);
    }
    if (status != OC_OK) {
        oc_dataset_free(dataset);
        return status;
    }
    *out = dataset;
    return OC_OK;
}

void oc_dataset_free(oc_dataset *dataset)
{
    if (dataset && dataset->whole) {
        oc_free(dataset->items);
        oc_free(dataset->origins);
        oc_free(dataset);
    } else if (dataset) {
        oc_dataset_free_items(dataset);
        oc_free(dataset->prefix);
        oc_free(dataset->pixels);
        oc_free(dataset->images);
        oc_free(dataset);
    }
}

size_t oc_dataset_count(const oc_dataset *dataset)
{
    return dataset->count;
}

const char *oc_dataset_path(const oc_dataset *dataset, size_t i)
{
    assert(i < dataset->count);
    return dataset->items[i].path;
}

int oc_dataset_label(const oc_dataset *dataset, size_t i)
{
    assert(i < dataset->count);
    return dataset->items[i].label;
}

size_t oc_dataset_classes(const oc_dataset *dataset)
{
    return dataset->class_count;
}

const char *oc_dataset_class(const oc_dataset *dataset, size_t label)
{
    assert(label < dataset->class_count);
    return dataset->classes[label];
}

oc_class_list oc_dataset_class_list(const oc_dataset *dataset)
{
    return (oc_class_list){dataset->class_count, dataset->classes};
}

size_t oc_dataset_ignored(const oc_dataset *dataset)
{
    return dataset->ignored;
}

size_t oc_dataset_empty_folders(const oc_dataset *dataset)
{
    return dataset->empty_count;
}

const char *oc_dataset_empty_folder(const oc_dataset *dataset, size_t i)
{
    assert(i < dataset->empty_count);
    return dataset->empty_folders[i];
}

size_t oc_dataset_origin(const oc_dataset *dataset, size_t i)
{
    return dataset->origins ? dataset->origins[i] : i;
}

/* The text before a path when it is opened. */
static const char *prefix_of(const oc_dataset *dataset, const char *path)
{
    const char *prefix = path[0] == '/' ? "" : dataset->prefix;
    return strcmp(path, "-") == 0 && !*prefix ? "./" : prefix; /* a file named "-", not standard input */
}

bool oc_dataset_in_memory(const oc_dataset *dataset)
{
    return dataset->pixels || dataset->images;
}

char *oc_dataset_file(const oc_dataset *dataset, size_t i)
{
    const char *path = oc_dataset_path(dataset, i);
    const char *prefix = oc_dataset_in_memory(dataset) ? "" : prefix_of(dataset, path);
    size_t before = strlen(prefix), length = strlen(path);
    char *file = oc_realloc(NULL, before + length + 1, 1);
    if (file) {
        memcpy(file, prefix, before);
        memcpy(file + before, path, length + 1);
    }
    return file;
}

/* Reads the image prefix + path; the prefix is removed from the beginning of a message. */
static oc_status read_image_file(const char *prefix, const char *path, oc_decoder *decoder,
                                 const oc_image_options *options, oc_image *image, oc_error *err)
{
    char full[PATH_MAX];
    size_t before = strlen(prefix), length = strlen(path);
    if (before + length >= sizeof full) {
        errno = ENAMETOOLONG;
        return oc_fail_io(err, path, "cannot be opened");
    }
    memcpy(full, prefix, before);
    memcpy(full + before, path, length + 1);
    oc_status status = oc_decode_file(decoder, full, options, image, err);
    if (status != OC_OK && err && strncmp(err->message, prefix, before) == 0) {
        memmove(err->message, err->message + before, strlen(err->message + before) + 1);
    }
    return status;
}

/* Adds to the message the line of the list that names the file, and the folder of the path. */
static oc_status fail_listed(const oc_dataset *dataset, const oc_item *item, oc_status status, oc_error *err)
{
    const char *prefix = dataset->prefix;
    if (!err) {
        return status;
    }
    if (item->path[0] == '/') {
        return oc_fail(err, status, "%s (line %u of the list)", err->message, item->line);
    }
    return oc_fail(err, status, "%s (line %u of the list, looked up from %s%s)", err->message, item->line,
                   *prefix ? "the list's folder " : "the current folder", prefix);
}

static oc_status read_pixels(const oc_dataset *dataset, size_t origin, oc_decoder *decoder,
                             const oc_image_options *options, oc_image *image, oc_error *err)
{
    size_t size = dataset->width * dataset->height * dataset->channels;
    return oc_decode_pixels(
        decoder, &(oc_pixels){dataset->pixels + origin * size, dataset->width, dataset->height, dataset->channels, 0},
        options, image, err);
}

/* Decodes an image that a program holds in memory. */
static oc_status read_held(const oc_dataset_image *from, oc_decoder *decoder, const oc_image_options *options,
                           oc_image *image, oc_error *err)
{
    return from->bytes ? oc_decode_memory(decoder, from->bytes, from->size, options, image, err)
                       : oc_decode_pixels(decoder, &from->pixels, options, image, err);
}

oc_status oc_dataset_read(const oc_dataset *dataset, size_t i, oc_decoder *decoder, const oc_image_options *options,
                          oc_image *image, oc_error *err)
{
    assert(i < dataset->count);
    const char *path = dataset->items[i].path;
    const oc_dataset_image *held = dataset->images ? &dataset->images[oc_dataset_origin(dataset, i)] : NULL;
    if (dataset->pixels || (held && (held->bytes || held->pixels.data))) {
        oc_status status = held ? read_held(held, decoder, options, image, err)
                                : read_pixels(dataset, oc_dataset_origin(dataset, i), decoder, options, image, err);
        return status == OC_OK ? OC_OK : oc_fail_at(err, status, path);
    }
    oc_status status = read_image_file(prefix_of(dataset, path), path, decoder, options, image, err);
    bool missing = status == OC_NOT_FOUND && dataset->items[i].line;
    return missing ? fail_listed(dataset, &dataset->items[i], status, err) : status;
}
