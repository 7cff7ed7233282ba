/* Adds images to a report. */
#ifndef OC_REPORT_REPORT_IMAGES_H
#define OC_REPORT_REPORT_IMAGES_H

#include "src/base/string.h"
#include "src/report/subject.h"

/* Adds to a JSON object:
 *   images      for each evaluation a list of [row, true class, predicted class, its value, value of the
 *               true class], most confident first
 *   thumbnails  by row: a PNG file as a data: address
 *   paths       by row: the path of the image
 * OC_NO_MEMORY. */
oc_status oc_report_add_images(const oc_report_subject *subject, oc_string *data, oc_error *err);

#endif
