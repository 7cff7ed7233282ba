/* The plan of the stage hog: the form of HoG, and how pixels vote for cells, for one size of images. */
#ifndef OC_FEATURES_HOG_PLAN_H
#define OC_FEATURES_HOG_PLAN_H

#include "features/hog/kernels.h"

typedef struct oc_hog_plan {
    oc_hog_form form;
    size_t width, height;     /* of the part of the image that has votes */
    size_t nx, ny;            /* cells */
    oc_hog_axis down, across; /* their arrays are parts of weights */
    oc_hog_edges edges;
    float weights[];
} oc_hog_plan;

/* For oc_stage_type. */
oc_status oc_hog_plan_make(const void *params, oc_plan *plan, oc_error *err);
void oc_hog_mirror_order(const oc_stage *stage, uint32_t *order);

/* The cell and the bin that a value of a row comes from. */
typedef struct oc_hog_origin {
    size_t cx, cy;
    size_t bin; /* of `bins`, or of half of them for uoctti; as many as there are for values without direction */
} oc_hog_origin;
oc_hog_origin oc_hog_locate(const oc_hog_plan *plan, size_t j);

#endif
