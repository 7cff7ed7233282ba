/* Data sets: the sources of images and labels. The kind of a path is recognised by its content:
 *
 *   a folder with sub-folders   one class a sub-folder that has images in it or anywhere below it; classes and files
 *                               sorted by bytes. Images at the top beside such sub-folders are an error
 *   a folder of images          unlabelled, sorted by bytes
 *   a folder of CIFAR-10 files  data_batch_1.bin, data_batch_2.bin, ... and no image: the training set, in this order
 *   a CSV file                  header path,label in any order among other columns; label may be missing, and a
 *                               label may be empty; paths relative to the CSV's folder; order kept, classes sorted
 *                               by bytes
 *   -                           paths on standard input, one a line, or each ended by a NUL byte where there is one;
 *                               unlabelled; order kept
 *   an IDX file of images       bytes (n,h,w), (n,h,w,1) or (n,h,w,3), also .gz; labels from the file beside it that
 *                               has "labels" for "images" and "idx1" for "idx3" in its name, else unlabelled;
 *                               classes "0", "1", ... up to the largest label
 *   a CIFAR-10 binary file      records of 1 + 3,072 bytes; classes "0" to "9"
 *   a PNG or JPEG file          that one image, unlabelled; a file of another kind of image likewise
 *
 * In a folder a candidate is a file with the name of an image in any case, or one whose first bytes are those of an
 * image or cannot be read. That includes kinds that are not read (TIFF, WebP, BMP, GIF, HEIC, camera raw, SVG ...), so
 * that they are not left out without a message. Content has priority over the name: PNG bytes in scan.tif or photo.dat
 * are read. Names that begin with a dot, and anything else, are counted as ignored; beside class folders, which is no
 * place for images, files that cannot be read too, unless they have the name of an image. Symbolic links are followed,
 * except links to a folder above; a folder that cannot be read is an error. Opening a data set decodes no image and
 * opens no file with the name of an image: a candidate may turn out to be unreadable in oc_dataset_read, whose message
 * names the kind and a command that converts it.
 *
 * Memory: the path and 16 bytes an item, or the pixels for IDX and CIFAR-10. A data set does not change after it was
 * opened and its classes were named; any number of threads may use it, each with its own decoder. */
#ifndef OCELLUS_DATASET_H
#define OCELLUS_DATASET_H

#include <ocellus/image.h>
#include <ocellus/job.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_dataset oc_dataset;

/* The limit detects a column of file names that is used as labels, which would make a class of every image. */
enum { OC_MAX_CLASSES = 65536 };

/* Errors: OC_NOT_FOUND, OC_IO, OC_BAD_FILE (what, in which line), OC_BAD_DATA (no image in it, images beside class
 * folders, more than OC_MAX_CLASSES classes), OC_NO_MEMORY. */
OC_API oc_status oc_dataset_open(const char *path, oc_dataset **dataset, oc_error *err);
/* The same for images whose labels do not matter, such as images to classify: in a folder they may also be beside
 * sub-folders with images. */
OC_API oc_status oc_dataset_open_unlabelled(const char *path, oc_dataset **dataset, oc_error *err);
/* The files whose paths are in a text file, one a line or each ended by a NUL byte; "-" is standard input. Relative
 * paths start at the current folder. Unlabelled; the order is kept. Errors as in oc_dataset_open. */
OC_API oc_status oc_dataset_open_list(const char *path, oc_dataset **dataset, oc_error *err);
OC_API void oc_dataset_free(oc_dataset *dataset);

/* An image that a program holds. A struct of zeros with one of path, bytes and pixels is complete. */
typedef struct oc_dataset_image {
    const char *path;  /* the file; of an image in memory, a name for messages, or NULL: "image#" and its number */
    const char *label; /* the name of its class; NULL or "": unknown */
    const void *bytes; /* an encoded image (size bytes), or NULL */
    size_t size;
    oc_pixels pixels; /* gray or R, G, B as for oc_decode_pixels; data is NULL if there are none */
} oc_dataset_image;

/* A data set of these images (count), which may include files, in this order; classes are sorted by bytes. It can be
 * used like any data set, for extraction, training and classification by a batch, on all threads of a job. Bytes and
 * pixels are not copied and must outlive the data set; paths and labels are copied. OC_BAD_DATA without an image, or
 * for more than OC_MAX_CLASSES classes; OC_USAGE for an image that has bytes as well as pixels, or nothing;
 * OC_NO_MEMORY. */
OC_API oc_status oc_dataset_of_images(const oc_dataset_image *images, size_t count, oc_dataset **dataset,
                                      oc_error *err);

/* Keeps only the items whose paths are in such a list, in the order of the list. OC_BAD_DATA for a path that is not in
 * the data set or is listed twice. */
OC_API oc_status oc_dataset_select(oc_dataset *dataset, const char *list, oc_error *err);

/* Keeps part `index` (from 1) of `count` consecutive parts, whose sizes differ by at most one item. Sets that are
 * extracted from them record it, and oc_set_merge joins such sets. A part may be empty. OC_USAGE, OC_NO_MEMORY. */
enum { OC_MAX_SHARDS = 1000000 };
OC_API oc_status oc_dataset_shard(oc_dataset *dataset, size_t index, size_t count, oc_error *err);

/* Keeps `count` items spread evenly over all; all when there are not more. OC_USAGE for 0; OC_NO_MEMORY. */
OC_API oc_status oc_dataset_sample(oc_dataset *dataset, size_t count, oc_error *err);

OC_API size_t oc_dataset_count(const oc_dataset *dataset);
/* The path of item i: relative to the folder, as given for lists, "name#i" for binary files. */
OC_API const char *oc_dataset_path(const oc_dataset *dataset, size_t i);
/* The class of item i, an index into the classes; -1 when unknown. */
OC_API int oc_dataset_label(const oc_dataset *dataset, size_t i);
OC_API size_t oc_dataset_classes(const oc_dataset *dataset);
OC_API const char *oc_dataset_class(const oc_dataset *dataset, size_t label);
/* Class names in the order of the labels. They belong to the object that returned the list. */
typedef struct oc_class_list {
    size_t count;
    const char *const *names; /* (count) */
} oc_class_list;
OC_API oc_class_list oc_dataset_class_list(const oc_dataset *dataset);
/* The number of files in a folder that are not images, and of hidden files and folders (".name"). */
OC_API size_t oc_dataset_ignored(const oc_dataset *dataset);
/* The number of sub-folders that are no class because there is no image in them. */
OC_API size_t oc_dataset_empty_folders(const oc_dataset *dataset);
/* The name of one of them; they are sorted by bytes. */
OC_API const char *oc_dataset_empty_folder(const oc_dataset *dataset, size_t i);
/* The number of images in folders below the class folders (kingdom/species/1.png, whose label is kingdom). *example
 * (may be NULL) is the path of the first, or NULL. */
OC_API size_t oc_dataset_nested(const oc_dataset *dataset, const char **example);

/* A folder may hold parts of a data set, data/train and data/test say, each with class folders of its own: it is one of
 * them that is meant, and no classifier of "train" against "test". True when that is so; then these are the folders'
 * names, which belong to the data set:
 *   train   the part to train on, or else any part; never NULL
 *   test    a labelled part to test on, or else to validate on; NULL where there is none
 *
 * Names count in any case, with other words or numbers: train, Test, val2017, seg_train, testing-images. Folders are
 * parts when two different ones, or all that there are, have nothing but such words in their names and one of them
 * holds all its images in class folders; or when two different ones with such a word in their names do so. A class
 * "test" with images in it is a class. */
typedef struct oc_parts {
    const char *train, *test;
} oc_parts;
OC_API bool oc_dataset_parts(const oc_dataset *dataset, oc_parts *parts);

/* OC_OK when a classifier can be trained on the data set: every item has a label, at least two classes have items,
 * class names are UTF-8, and classes are not parts (oc_dataset_parts). Else OC_BAD_DATA. */
OC_API oc_status oc_dataset_check_labels(const oc_dataset *dataset, oc_error *err);

/* OC_BAD_DATA when there are more than two items and all labels differ: then a column of names was probably used as
 * labels, and no class can be learned. */
OC_API oc_status oc_dataset_check_repeats(const oc_dataset *dataset, oc_error *err);

/* OC_BAD_DATA when `test` has no labels, or labels that `train` does not have. The message lists them, and shows those
 * that differ from a known label by case, blanks or Unicode form alone. Images of unknown labels are decoded with
 * `image` (its fail_on and limits): a label of which no image can be read does not count. With NULL, every label
 * counts. */
OC_API oc_status oc_dataset_check_test(const oc_dataset *test, const oc_dataset *train, const oc_image_options *image,
                                       oc_error *err);

/* Notifies the listener of the job of probable mistakes in the labels: labels that differ by case, blanks or Unicode
 * form alone, and classes of one item. Notes begin with `where`. OC_NO_MEMORY. */
OC_API oc_status oc_dataset_note_labels(const oc_dataset *dataset, const char *where, oc_job *job, oc_error *err);

/* Names the classes of a binary data set by a file with one name a line, in the order of the labels. OC_USAGE for a
 * data set that has names already; OC_BAD_FILE when the number of names differs from the number of classes, or a name
 * is empty or repeated; OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_dataset_name_classes(oc_dataset *dataset, const char *names_file, oc_error *err);

/* Reads image i with the decoder of the calling thread; see oc_decode_file. Messages begin with the path of
 * oc_dataset_path. Thread-safe with one decoder a thread. */
OC_API oc_status oc_dataset_read(const oc_dataset *dataset, size_t i, oc_decoder *decoder,
                                 const oc_image_options *options, oc_image *image, oc_error *err);

/* Writes the images of an IDX or CIFAR-10 data set as class folders of PNG files: FOLDER/CLASS/00017.png. The number is
 * that of the image in the whole data set, with five digits or as many as the last one needs, so that the order of the
 * names is that of the source. In folder names '%' is written %25, '/' %2F and a leading dot %2E. Unlabelled images go
 * into FOLDER itself. FOLDER is replaced completely or not at all; *written (may be NULL) is the number of files.
 * OC_USAGE for a data set of files, OC_CANCELLED, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_unpack(const oc_dataset *dataset, const char *folder, oc_job *job, size_t *written, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
