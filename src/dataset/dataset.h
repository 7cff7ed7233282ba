/* The inside of a data set, and the readers that fill it. A reader adds items and classes to an empty data
 * set; when it fails, the caller frees what it has built. */
#ifndef OC_DATASET_DATASET_H
#define OC_DATASET_DATASET_H

#include <ocellus/dataset.h>

typedef struct oc_item {
    const char *path;
    int32_t label; /* -1: unknown */
    uint32_t line; /* of the list that names it, from 1; 0: no list */
} oc_item;

/* Which part of which list of images a data set is; count 0: the whole. */
typedef struct oc_shard {
    size_t index, count, items; /* part index (from 1) of count, of a list of so many items */
    uint64_t digest;            /* of the paths and labels of that list */
} oc_shard;

struct oc_dataset {
    char *prefix; /* what goes before a relative path to open it: "" or a folder with its slash */
    oc_item *items;
    size_t count, capacity;
    const char **classes;
    size_t class_count, class_capacity;
    struct string_block *strings; /* paths and class names */
    size_t ignored;
    bool unlabelled;            /* set before reading: labels are not asked for */
    bool class_folders;         /* classes are the folders that the items' paths begin with */
    const char **empty_folders; /* names of folders without images */
    size_t empty_count, empty_capacity;
    uint32_t *origins; /* (count): where items were before a part of them was taken; NULL: where they are */
    oc_shard shard;
    /* IDX and CIFAR-10: (count, height, width, channels); NULL for files. */
    uint8_t *pixels;
    size_t width, height, channels;
};

/* The number that item i had before a part of the data set was taken: the place of its pixels. */
size_t oc_dataset_origin(const oc_dataset *dataset, size_t i);

/* The name by which image i of a data set of files is opened, relative to the current folder; to be freed with oc_free,
 * NULL when memory is short. */
char *oc_dataset_file(const oc_dataset *dataset, size_t i);

/* items.c: the two lists. Texts are copied. */
oc_status oc_dataset_add(oc_dataset *dataset, const char *path, size_t length, int32_t label, oc_error *err);
oc_status oc_dataset_add_class(oc_dataset *dataset, const char *name, oc_error *err);
oc_status oc_dataset_add_empty_folder(oc_dataset *dataset, const char *name, oc_error *err);
/* Sorts the classes by the bytes of their names and drops those without items. OC_NO_MEMORY. */
oc_status oc_dataset_sort_classes(oc_dataset *dataset, oc_error *err);
/* Labels the first `count` items by the texts given (NULL or "": unknown); the classes are the different texts, sorted
 * by bytes. OC_NO_MEMORY, OC_BAD_DATA past OC_MAX_CLASSES. */
oc_status oc_dataset_name_labels(oc_dataset *dataset, const char *const *labels, size_t count, oc_error *err);
/* The classes "0", "1", ... */
oc_status oc_dataset_add_digits(oc_dataset *dataset, size_t classes, oc_error *err);
/* Adds items "name#0", "name#1", ... */
oc_status oc_dataset_add_numbered(oc_dataset *dataset, const char *name, const uint8_t *labels, size_t stride,
                                  size_t count, oc_error *err);
/* Sorts the items from `from` on by the bytes of their paths. */
void oc_dataset_sort(oc_dataset *dataset, size_t from);
void oc_dataset_free_items(oc_dataset *dataset);

/* The part of a path behind its last slash. */
const char *oc_path_name(const char *path);

/* folder.c */
oc_status oc_read_folder(oc_dataset *dataset, const char *path, oc_error *err);

/* list.c */
oc_status oc_read_csv(oc_dataset *dataset, const char *path, oc_error *err);
/* A list whose column row counts 0, 1, 2...: the index of a set. */
oc_status oc_read_index(oc_dataset *dataset, const char *path, oc_error *err);
oc_status oc_read_lines(oc_dataset *dataset, const char *path, oc_error *err);

/* idx.c: how far a file is one of IDX. */
typedef enum oc_idx_kind {
    OC_IDX_NOT,    /* another kind of file */
    OC_IDX_HEADER, /* begins like one, but its size is another */
    OC_IDX_WHOLE   /* the size is what the header says, or compressed */
} oc_idx_kind;
oc_idx_kind oc_idx_recognize(const char *path, size_t file_size);
oc_status oc_read_idx(oc_dataset *dataset, const char *path, oc_error *err);

/* cifar.c */
bool oc_cifar_recognize(const char *path, size_t file_size);
oc_status oc_read_cifar(oc_dataset *dataset, const char *path, oc_error *err);
/* The number of the last data_batch_N.bin in a folder; 0 when there is none. */
oc_status oc_cifar_last_batch(const char *folder, size_t *last, size_t *files, oc_error *err);
oc_status oc_read_cifar_batches(oc_dataset *dataset, const char *folder, size_t last, oc_error *err);

/* parts.c: OC_BAD_DATA, naming them, when the folders are parts and no classes. */
oc_status oc_check_parts(const oc_dataset *dataset, oc_error *err);

/* subset.c: a digest of the paths and labels of all items (FNV-1a, 64 bits: it tells mistakes, not malice). */
uint64_t oc_dataset_digest(const oc_dataset *dataset);

/* unpack.c: the digits of the last of `count` numbers from 0, at least five. */
int oc_unpack_digits(size_t count);

#endif
