/* Pictures: what the stages and the classifier see, as PNG files on a white page with captions. Every function
 * writes one file, whole or not at all ("-" is standard output). Errors besides those named: OC_IO, OC_NO_MEMORY,
 * OC_TOO_LARGE when the page would have a side of more than 20,000 pixels.
 *
 * Thread-safe: any number of threads may draw the same model at the same time, each with a predictor of its own. */
#ifndef OCELLUS_SHOW_H
#define OCELLUS_SHOW_H

#include <ocellus/model.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An image as each stage represents it: glyphs of gradients, bars of colours, the nearest word of each part. The image
 * has the planned size and both planes. OC_USAGE when a stage is not fitted. */
OC_API oc_status oc_show_image(const oc_features *features, const oc_image *image, const char *title, const char *path,
                               oc_error *err);

/* What each class looks for: the weights of the scaled features, stage by stage; positive ones speak for the class.
 * Of more than 100 classes the first 100. OC_USAGE for nearest neighbours, which have no weights. */
OC_API oc_status oc_show_templates(const oc_model *model, const char *path, oc_error *err);

/* What the stages of a model learned from images: the words of a codebook, unwhitened. Patches are ordered by the
 * direction of their edges, then by hue. Of gradient descriptors the 100 words that are used most are drawn, each with
 * its share of all codes of the training images (where the scaler is center or standard, which know the mean row).
 * OC_USAGE when no stage has learned anything. */
OC_API oc_status oc_show_codebook(const oc_model *model, const char *path, oc_error *err);

/* Which parts of an image raise or lower the score of a class. The score of class c is linear in the scaled row z,
 * s_c = b_c + sum_j W_cj z_j, and each contribution W_cj z_j is spread over the pixels that value j was computed from.
 * The arrays are the caller's; the image has the model's canonical size. */
typedef struct oc_explanation {
    double *map;    /* (height, width): contributions by pixel; their sum is s_c - b_c */
    double *parts;  /* (stages): their sum for each stage */
    double *values; /* (D): W_cj z_j for each value of the row; NULL: not wanted */
    double bias;    /* b_c */
} oc_explanation;
/* OC_USAGE for nearest neighbours, for a model of external rows, and for a label that is not below the number of
 * classes; OC_NO_MEMORY. */
OC_API oc_status oc_explain(const oc_model *model, const oc_image *image, size_t label, oc_explanation *explanation,
                            oc_error *err);
/* The same for the class of the highest score of an image file, as a picture. For words it also shows the ones that
 * contribute most, each with its region, and the place where it is strongest. prediction (may be NULL) is that of
 * oc_classify_file. Errors of reading as oc_decode_file. */
OC_API oc_status oc_explain_file(oc_predictor *predictor, const char *file, const char *path, oc_prediction *prediction,
                                 oc_error *err);

/* The mean loss, without penalties, of at most 2,000 rows of a labelled set that the model's stages made, drawn by the
 * seed; U and V are random directions (normal, both as long as W). OC_BAD_DATA without labels, OC_USAGE for nearest
 * neighbours.
 *   ray     loss at W + a U, a = -reach..reach in `count` steps
 *   plane   loss at W + a U + b V, (count, count), b slowest
 *   steps   loss at W' - a dL/dW' for the given a, from random weights W' of deviation 1e-4; start: loss there */
typedef enum oc_landscape { OC_LANDSCAPE_RAY, OC_LANDSCAPE_PLANE, OC_LANDSCAPE_STEPS } oc_landscape;

typedef struct oc_losses {
    oc_landscape kind;
    size_t count;
    double reach;  /* of ray and plane */
    size_t decade; /* steps: entries from one power of ten to the next */
    double *at;    /* (count): a */
    double *loss;  /* (count), plane (count, count) */
    double start;  /* at W; for steps at W' */
    size_t rows;   /* number of rows that the mean loss is taken over */
} oc_losses;

typedef struct oc_losses_options {
    oc_landscape kind;
    uint64_t seed;
} oc_losses_options;

/* Steps are 10^-6 .. 10^2. The caller frees *losses. */
OC_API oc_status oc_losses_measure(const oc_model *model, const oc_set *set, const oc_losses_options *options,
                                   oc_job *job, oc_losses *losses, oc_error *err);
OC_API void oc_losses_clear(oc_losses *losses);
OC_API oc_status oc_show_losses(const oc_model *model, const oc_losses *losses, const char *path, oc_error *err);

#ifdef __cplusplus
}
#endif
#endif
