/* The fields of a data set, and the readers that fill it. A reader adds items and classes to an empty data set; when it
 * fails, the caller frees the data set. */
#ifndef OC_DATASET_DATASET_H
#define OC_DATASET_DATASET_H

#include <ocellus/dataset.h>

typedef struct oc_item {
    const char *path;
    int32_t label; /* -1: unknown */
    uint32_t line; /* of the list, from 1; 0 without a list */
} oc_item;

/* The part of a list of images that a data set holds; count 0: the whole list. */
typedef struct oc_shard {
    size_t index, count, items; /* part `index` (from 1) of `count`, of a list of `items` items */
    uint64_t digest;            /* of the paths and labels of the whole list */
} oc_shard;

struct oc_dataset {
    char *prefix; /* prefix of a relative path: "" or a folder with its slash */
    oc_item *items;
    size_t count, capacity;
    const char **classes;
    size_t class_count, class_capacity;
    struct string_block *strings; /* paths and class names */
    size_t ignored;
    bool unlabelled;            /* set before reading: labels are ignored */
    bool class_folders;         /* classes are the first folders of the paths */
    const char **empty_folders; /* names of folders without images */
    size_t empty_count, empty_capacity;
    const oc_dataset *whole; /* the data set whose texts, classes and pixels this part shares, or NULL */
    uint32_t *origins;       /* (count): the numbers of the items in the whole data set; NULL: the same numbers */
    oc_shard shard;
    /* (count, height, width, channels) of IDX and CIFAR-10; NULL for image files */
    uint8_t *pixels;
    size_t width, height, channels;
    oc_dataset_image *images; /* given by a program, in the order of the whole data set; else NULL */
};

/* The number of item i in the whole data set, which is the index of its pixels. */
size_t oc_dataset_origin(const oc_dataset *dataset, size_t i);

/* True when images are not files that can be opened by their paths alone. */
bool oc_dataset_in_memory(const oc_dataset *dataset);

/* The name of image i in result files: its path from the current folder; for an image that is not a file,
 * oc_dataset_path. The caller frees it with oc_free; NULL when memory is short. */
char *oc_dataset_file(const oc_dataset *dataset, size_t i);

/* items.c: items and classes. Strings are copied. OC_NO_MEMORY. */
oc_status oc_dataset_add(oc_dataset *dataset, const char *path, size_t length, int32_t label, oc_error *err);
oc_status oc_dataset_add_class(oc_dataset *dataset, const char *name, oc_error *err);
oc_status oc_dataset_add_empty_folder(oc_dataset *dataset, const char *name, oc_error *err);
/* Sorts the classes by the bytes of their names and removes those without items. OC_NO_MEMORY. */
oc_status oc_dataset_sort_classes(oc_dataset *dataset, oc_error *err);
/* Sets the labels of the first `count` items from strings (NULL or "": unknown). The classes are the distinct strings,
 * sorted by bytes. OC_NO_MEMORY; OC_BAD_DATA for more than OC_MAX_CLASSES classes. */
oc_status oc_dataset_name_labels(oc_dataset *dataset, const char *const *labels, size_t count, oc_error *err);
/* Adds the classes "0", "1", ... */
oc_status oc_dataset_add_digits(oc_dataset *dataset, size_t classes, oc_error *err);
/* Adds items "name#0", "name#1", ... */
oc_status oc_dataset_add_numbered(oc_dataset *dataset, const char *name, const uint8_t *labels, size_t stride,
                                  size_t count, oc_error *err);
/* Sorts the items from number `from` on by the bytes of their paths. */
void oc_dataset_sort(oc_dataset *dataset, size_t from);
void oc_dataset_free_items(oc_dataset *dataset);

/* The part of a path after its last slash. */
const char *oc_path_name(const char *path);

/* folder.c */
oc_status oc_read_folder(oc_dataset *dataset, const char *path, oc_error *err);

/* list.c */
oc_status oc_read_csv(oc_dataset *dataset, const char *path, oc_error *err);
/* The index of a set: a list whose column `row` is 0, 1, 2, ... */
oc_status oc_read_index(oc_dataset *dataset, const char *path, oc_error *err);
oc_status oc_read_lines(oc_dataset *dataset, const char *path, oc_error *err);

/* idx.c: result of the check of a file. */
typedef enum oc_idx_kind {
    OC_IDX_NOT,    /* another kind of file */
    OC_IDX_HEADER, /* begins like IDX, but has another size */
    OC_IDX_WHOLE   /* has the size that the header gives, or is compressed */
} oc_idx_kind;
/* A file that cannot be read is OC_IDX_NOT. OC_NO_MEMORY. */
oc_status oc_idx_recognize(const char *path, size_t file_size, oc_idx_kind *kind, oc_error *err);
oc_status oc_read_idx(oc_dataset *dataset, const char *path, oc_error *err);

/* cifar.c */
bool oc_cifar_recognize(const char *path, size_t file_size);
oc_status oc_read_cifar(oc_dataset *dataset, const char *path, oc_error *err);
/* The number N of the last data_batch_N.bin in a folder; 0 when there is none. */
oc_status oc_cifar_last_batch(const char *folder, size_t *last, size_t *files, oc_error *err);
oc_status oc_read_cifar_batches(oc_dataset *dataset, const char *folder, size_t last, oc_error *err);

/* parts.c: OC_BAD_DATA, with an example, when the folders are parts of a data set (train, test) and not classes. */
oc_status oc_check_parts(const oc_dataset *dataset, oc_error *err);

/* subset.c: makes a data set of the items chosen (count), each at most once, in this order. The part shares texts,
 * classes and pixels with the whole, which must live longer. OC_NO_MEMORY. The caller frees *part with
 * oc_dataset_free. */
oc_status oc_dataset_part(const oc_dataset *whole, const uint32_t *chosen, size_t count, oc_dataset **part,
                          oc_error *err);

/* subset.c: the digest (base/digest.h) of the paths and labels of all items. */
uint64_t oc_dataset_digest(const oc_dataset *dataset);

/* unpack.c: the number of digits of count - 1, at least 5. */
int oc_unpack_digits(size_t count);

#endif
