/* The forms of HoG: the parameters, and the choices that they stand for. */
#ifndef OC_FEATURES_HOG_FORM_H
#define OC_FEATURES_HOG_FORM_H

#include "features/stage.h"

/* The largest that are allowed; terms of the polynomial for angles. */
enum { OC_HOG_BINS = 180, OC_HOG_CELL = 1024, OC_HOG_BLOCK = 16, OC_HOG_TERMS = 6 };

/* In the order of the choices of the parameter `norm`. */
typedef enum oc_hog_norm {
    OC_HOG_NORM_AUTO,
    OC_HOG_NORM_NONE,
    OC_HOG_NORM_SQRT,
    OC_HOG_NORM_ROW,
    OC_HOG_NORM_NEIGHBOURS,
    OC_HOG_NORM_L1,
    OC_HOG_NORM_L1_SQRT,
    OC_HOG_NORM_L2,
    OC_HOG_NORM_L2_HYS
} oc_hog_norm;

/* Two bits: linear between bins, linear between cells. In the order of the choices of `interpolate`. */
typedef enum oc_hog_interpolate {
    OC_HOG_NEAREST = 0,
    OC_HOG_BINS_LINEAR = 1,
    OC_HOG_CELLS_LINEAR = 2,
    OC_HOG_INTERPOLATE_AUTO = 4
} oc_hog_interpolate;

typedef enum oc_hog_preset { OC_HOG_OWN, OC_HOG_SKIMAGE, OC_HOG_OPENCV, OC_HOG_UOCTTI } oc_hog_preset;

typedef struct oc_hog_params {
    int64_t cell, bins, block;
    bool with_sign;
    int interpolate, color;
    bool gamma, window;
    int norm;
    double epsilon;
    int preset;
} oc_hog_params;

/* What lies beyond the border of the image. */
typedef enum oc_hog_border {
    OC_HOG_REPEAT,  /* the border pixel again: half a one-sided difference's weight */
    OC_HOG_REFLECT, /* the pixel on the other side: the difference across the border is zero */
    OC_HOG_SILENT   /* the gradient of a border pixel is zero altogether */
} oc_hog_border;

/* Every choice that makes a variant of HoG, after the defaults and the preset have been filled in. */
typedef struct oc_hog_form {
    size_t cell, block;
    size_t bins;    /* of one histogram */
    bool with_sign; /* bins cover 360 degrees instead of 180 */
    bool centred;   /* bin k has its centre at k bin widths instead of (k + 1/2); only with nearest bins */
    unsigned interpolate;
    bool color, gamma;
    const float *tangent; /* (OC_HOG_TERMS) */
    oc_hog_border border;
    bool cropped;  /* pixels behind the last whole cell do not exist, not even for gradients */
    bool rounded;  /* sides are rounded to the nearest number of cells instead of down */
    bool window;   /* Gaussian weight of a pixel in its block */
    double sigma;  /* its width in pixels */
    double centre; /* its centre: this far behind block * cell / 2 */
    oc_hog_norm norm;
    double epsilon, epsilon_again; /* added to norms, in units of summed votes; for the second norm of l2-hys */
    bool squared;                  /* epsilon joins the sum of squares as its own square, instead of the root */
    bool by_columns;               /* blocks, and cells in a block, run down columns first */
    bool uoctti;                   /* 3 bins/2 + 4 values a cell, plane by plane */
} oc_hog_form;

void oc_hog_resolve(const oc_hog_params *params, oc_hog_form *form);
/* Why `name` cannot be set beside the others; NULL when it can. */
const char *oc_hog_refuse(const void *params, const char *name);

/* Votes are kept by block where the weight of a pixel depends on the block it is seen in. */
bool oc_hog_by_block(const oc_hog_form *form);
/* Cells along a side of the image. */
size_t oc_hog_cells_along(const oc_hog_form *form, size_t length);
/* Floats of scratch memory that the normalisation of rows of nx cells or targets needs. */
size_t oc_hog_scratch(const oc_hog_form *form, size_t nx);

#endif
