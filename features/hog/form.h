/* The forms of HoG: the parameters of the stage, and the choices that they and the presets make. */
#ifndef OC_FEATURES_HOG_FORM_H
#define OC_FEATURES_HOG_FORM_H

#include "features/stage.h"

/* The largest number of bins, side of a cell and side of a block; terms of the polynomial for angles. */
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

/* The gradient at the border of the image. */
typedef enum oc_hog_border {
    OC_HOG_REPEAT,  /* the border pixel again: half a one-sided difference's weight */
    OC_HOG_REFLECT, /* the pixel on the other side: the difference across the border is zero */
    OC_HOG_SILENT   /* the gradient of a border pixel is zero altogether */
} oc_hog_border;

/* Every choice that makes a variant of HoG, with the defaults and the preset filled in. */
typedef struct oc_hog_form {
    size_t cell, block;
    size_t bins;    /* of one histogram */
    bool with_sign; /* bins cover 360 degrees instead of 180 */
    bool centred;   /* bin k has its centre at k bin widths instead of (k + 1/2); only with nearest bins */
    unsigned interpolate;
    bool color, gamma;
    const float *tangent; /* (OC_HOG_TERMS) */
    oc_hog_border border;
    bool cropped;  /* the columns and rows that no whole cell covers are ignored, also by gradients */
    bool rounded;  /* sides are rounded to the nearest number of cells instead of down */
    bool window;   /* Gaussian weight of a pixel in its block */
    double sigma;  /* its standard deviation in pixels */
    double centre; /* its centre, in pixels right of and below that of the block */
    oc_hog_norm norm;
    double epsilon, epsilon_again; /* added to norms, in units of summed votes; for the second norm of l2-hys */
    bool squared;                  /* epsilon squared is added to the sum of squares, not epsilon to its root */
    bool by_columns;               /* blocks, and cells in a block, run down columns first */
    bool uoctti;                   /* 3 bins/2 + 4 values a cell, one array (ny, nx) after another */
} oc_hog_form;

/* Fills in `interpolate`, `norm` and `epsilon` where they are auto and there is no preset. */
void oc_hog_resolve(oc_hog_params *params);
/* The form that resolved parameters stand for. */
void oc_hog_form_make(const oc_hog_params *params, oc_hog_form *form);
/* oc_stage_type's conflict. */
const char *oc_hog_conflict(const void *params, const char *name);

/* True when votes are kept block by block, because the weight of a pixel depends on the block. */
bool oc_hog_by_block(const oc_hog_form *form);
/* Cells along a side of the image. */
size_t oc_hog_cells_along(const oc_hog_form *form, size_t length);
/* Floats of scratch memory for the normalisation of rows of nx cells or targets. */
size_t oc_hog_scratch(const oc_hog_form *form, size_t nx);

#endif
