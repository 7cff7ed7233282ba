/* Data sets: where images and their labels come from. What is given is recognised by looking at it:
 *
 *   a folder with sub-folders   one class a sub-folder, classes and files sorted by bytes; images at the top beside
 *                               sub-folders are an error; images are searched for below each class folder as well
 *   a folder of images          unlabelled, sorted by bytes
 *   a CSV file                  header path,label (label may be missing); paths relative to the CSV; order kept
 *   -                           paths on standard input, one a line; unlabelled; order kept
 *   an IDX file                 of images (also .gz), labels found by the usual names
 *   a CIFAR-10 binary file      records of 1 + 3,072 bytes
 *   a PNG or JPEG file          that one image, unlabelled
 *
 * In a folder a candidate is a file named .png, .jpg, .jpeg or .jpe in any case, or one whose first bytes are PNG's or
 * JPEG's. Names that begin with a dot are passed over; anything else is counted as ignored. Symbolic links are followed,
 * loops are not. Opening a folder reads no image.
 *
 * Memory: about 100 bytes an item, or the pixels for IDX and CIFAR-10. A data set does not change after it was
 * opened; any number of threads may use it, each with its own decoder. */
#ifndef OCELLUS_DATASET_H
#define OCELLUS_DATASET_H

#include <ocellus/image.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_dataset oc_dataset;

/* Errors: OC_NOT_FOUND, OC_IO, OC_BAD_FILE (what, in which line), OC_BAD_DATA (no image in it), OC_NO_MEMORY. */
oc_status oc_dataset_open(const char *path, oc_dataset **dataset, oc_error *err);
void oc_dataset_free(oc_dataset *dataset);

size_t oc_dataset_count(const oc_dataset *dataset);
/* The path of item i: relative to the folder, as given for lists, "name#i" for binary files. */
const char *oc_dataset_path(const oc_dataset *dataset, size_t i);
/* The class of item i, an index into the classes; -1 when unknown. */
int oc_dataset_label(const oc_dataset *dataset, size_t i);
size_t oc_dataset_classes(const oc_dataset *dataset);
const char *oc_dataset_class(const oc_dataset *dataset, size_t label);
/* Files in a folder that are no images. */
size_t oc_dataset_ignored(const oc_dataset *dataset);

/* Reads image i with a thread's own decoder; see oc_decode_file. Messages begin with the path as in oc_dataset_path. */
oc_status oc_dataset_read(const oc_dataset *dataset, size_t i, oc_decoder *decoder,
                          const oc_image_options *options, oc_image *image, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
