/* Data sets: where images and their labels come from. What is given is recognised by looking at it:
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
 *   a PNG or JPEG file          that one image, unlabelled
 *
 * In a folder a candidate is a file named .png, .jpg, .jpeg or .jpe in any case, or one whose first bytes are PNG's or
 * JPEG's. Names that begin with a dot are passed over; anything else is counted as ignored. Symbolic links are followed
 * but for those that lead back to a folder above; a folder that cannot be read is an error. Opening a data set
 * decodes no image: a candidate may turn out to be unreadable in oc_dataset_read.
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

/* A column of file names taken for labels would give a class for every image. */
enum { OC_MAX_CLASSES = 65536 };

/* Errors: OC_NOT_FOUND, OC_IO, OC_BAD_FILE (what, in which line), OC_BAD_DATA (no image in it, images beside class
 * folders, more than OC_MAX_CLASSES classes), OC_NO_MEMORY. */
OC_API oc_status oc_dataset_open(const char *path, oc_dataset **dataset, oc_error *err);
/* The files whose paths a text file lists, one a line or each ended by a NUL byte; "-" is standard input. Relative
 * paths count from the current folder. Unlabelled; order kept. */
OC_API oc_status oc_dataset_open_list(const char *path, oc_dataset **dataset, oc_error *err);
OC_API void oc_dataset_free(oc_dataset *dataset);

/* Keeps only the items whose paths such a list has, in the list's order. OC_BAD_DATA for a path that is not there,
 * or is listed twice. */
OC_API oc_status oc_dataset_select(oc_dataset *dataset, const char *list, oc_error *err);

/* Keeps part `index` (from 1) of `count` parts that follow each other and differ in size by one item at most. Sets that
 * are extracted from them remember it, and oc_set_merge puts them together. A part may be empty. OC_USAGE. */
enum { OC_MAX_SHARDS = 1000000 };
OC_API oc_status oc_dataset_shard(oc_dataset *dataset, size_t index, size_t count, oc_error *err);

/* Keeps `count` items (OC_USAGE for 0) spread evenly over all; all where there are no more. */
OC_API oc_status oc_dataset_sample(oc_dataset *dataset, size_t count, oc_error *err);

OC_API size_t oc_dataset_count(const oc_dataset *dataset);
/* The path of item i: relative to the folder, as given for lists, "name#i" for binary files. */
OC_API const char *oc_dataset_path(const oc_dataset *dataset, size_t i);
/* The class of item i, an index into the classes; -1 when unknown. */
OC_API int oc_dataset_label(const oc_dataset *dataset, size_t i);
OC_API size_t oc_dataset_classes(const oc_dataset *dataset);
OC_API const char *oc_dataset_class(const oc_dataset *dataset, size_t label);
/* Files in a folder that are no images. */
OC_API size_t oc_dataset_ignored(const oc_dataset *dataset);
/* Sub-folders that are no class because there is no image in them. */
OC_API size_t oc_dataset_empty_folders(const oc_dataset *dataset);

/* OC_OK when the data set can be trained on: every item has a label, two classes or more have items, and
 * class names are UTF-8. Else OC_BAD_DATA. */
OC_API oc_status oc_dataset_check_labels(const oc_dataset *dataset, oc_error *err);

/* Gives the classes of a binary data set their names, read from a file with one name a line, in the order of the
 * labels. OC_USAGE for a data set that has names already; OC_BAD_FILE when the number of names is not that of the
 * classes, or for an empty or repeated name; OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_dataset_name_classes(oc_dataset *dataset, const char *names_file, oc_error *err);

/* Reads image i with a thread's own decoder; see oc_decode_file. Messages begin with the path as in oc_dataset_path. */
OC_API oc_status oc_dataset_read(const oc_dataset *dataset, size_t i, oc_decoder *decoder,
                                 const oc_image_options *options, oc_image *image, oc_error *err);

/* Writes the images of an IDX or CIFAR-10 data set as class folders of PNG files: FOLDER/CLASS/00017.png, the number
 * counting through the whole data set, also where a part of it was chosen, with five digits or as many as the last
 * one needs, so that names sort in the order of the source. In folder names '%' is written %25, '/' %2F and a
 * leading dot %2E. Unlabelled images go into FOLDER itself. FOLDER is replaced, whole or not at all; *written (may
 * be NULL) is the number of files. Errors: OC_USAGE for a data set of files, OC_CANCELLED, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_unpack(const oc_dataset *dataset, const char *folder, oc_job *job, size_t *written, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
