/* Notes about classes of a data set that have no row in the set. */
#ifndef OC_SET_LOST_CLASSES_H
#define OC_SET_LOST_CLASSES_H

#include "src/set/set.h"

/* Sends the job's listener a note with the names of classes of which no image could be read. OC_NO_MEMORY. */
oc_status oc_note_lost_classes(const oc_dataset *dataset, const oc_set *set, oc_job *job, oc_error *err);
/* The same for a set alone: names the class folders whose images were all skipped. Sends no note when the labels are
 * not the first folders of the paths. */
oc_status oc_note_lost_folders(const oc_set *set, oc_job *job, oc_error *err);

#endif
