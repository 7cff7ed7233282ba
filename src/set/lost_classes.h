/* Classes of a data set that its rows no longer have. */
#ifndef OC_SET_LOST_CLASSES_H
#define OC_SET_LOST_CLASSES_H

#include "src/set/set.h"

/* Sends the job's listener a note with the names of classes of which no image could be read. OC_NO_MEMORY. */
oc_status oc_note_lost_classes(const oc_dataset *dataset, const oc_set *set, oc_job *job, oc_error *err);
/* The same for a set alone: of class folders, those of which all images were skipped. Nothing where labels are not the first
 * folders of the paths. */
oc_status oc_note_lost_folders(const oc_set *set, oc_job *job, oc_error *err);

#endif
