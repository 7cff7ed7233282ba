/* The contract between a stage and the rest. A stage is one file in features/ that fills one constant oc_stage_type;
 * stages.c lists them. No other file knows a stage by name. */
#ifndef OC_FEATURES_STAGE_H
#define OC_FEATURES_STAGE_H

#include <ocellus/features.h>

#include "src/base/memory.h"
#include "src/image/resize.h"
#include "src/matrix/tensor.h"

typedef struct oc_canvas oc_canvas; /* src/draw/canvas.h */

enum { OC_STAGE_MAX_TENSORS = 8 };

/* One stage of a pipeline: its parameters, the planned size, what it has learned. */
typedef struct oc_stage {
    const struct oc_stage_type *type;
    void *params;         /* the struct that type->params describes */
    size_t width, height; /* planned image size */
    size_t dimension;     /* planned number of values */
    void *learned;        /* owned; NULL until fitted or restored; made and freed by the type */
} oc_stage;

/* What a thread keeps from image to image. */
typedef struct oc_scratch {
    oc_arena arena;     /* reset before every stage */
    oc_resizer resizer; /* with the tables of the last change of size */
} oc_scratch;

/* What a stage can draw: the row of an image, weights of a row's values, what it has learned, what each value
 * contributes to a score. */
typedef enum oc_drawing { OC_DRAW_ROW, OC_DRAW_WEIGHTS, OC_DRAW_LEARNED, OC_DRAW_PARTS } oc_drawing;

typedef struct oc_sketch {
    oc_drawing what;
    const float *row; /* (dimension) for OC_DRAW_ROW and OC_DRAW_WEIGHTS; for OC_DRAW_LEARNED the mean row, or NULL;
                            * for OC_DRAW_PARTS the contribution of each value */
    const oc_image *image; /* that the row was made of, with both planes, for OC_DRAW_ROW and OC_DRAW_PARTS */
    oc_canvas *canvas;
    double x, y, width, height; /* the part of the canvas to fill, of the aspect that the stage asked for */
} oc_sketch;

typedef struct oc_stage_type {
    const char *name, *help;
    const oc_param *params;
    size_t param_count, param_size; /* entries of the table, bytes of the struct */

    /* Replaces what is auto by what it stands for beside the other parameters; may be NULL. */
    void (*settle)(void *params);
    /* Checks what the table cannot say (parameters that exclude each other); may be NULL. OC_USAGE. */
    oc_status (*check)(const void *params, oc_error *err);
    /* Asked for every parameter that was typed, but as auto: why it cannot have its value beside the others
     * ("preset=opencv decides it"), or NULL when it counts. So a setting is never passed over in silence. May be NULL.
     */
    const char *(*refuse)(const void *params, const char *name);
    /* The planes it reads: OC_GRAY, OC_RGB or both. */
    unsigned (*planes)(const void *params);
    /* The least side of images that it does well on, where that is more than 128 pixels; may be NULL. */
    size_t (*side)(const void *params);
    /* The number of values for images of width x height. OC_TOO_SMALL, OC_TOO_LARGE. */
    oc_status (*plan)(const void *params, size_t width, size_t height, size_t *dimension, oc_error *err);
    /* Learns stage->learned from images; NULL when there is nothing to learn. The result depends on parameters, images
     * and seed alone. stage is unchanged on failure. */
    oc_status (*fit)(oc_stage *stage, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err);
    /* Writes stage->dimension values. Pure and re-entrant; memory comes from scratch, whose arena is reset before
     * every call. The image has the planned size and the planes asked for. OC_NO_MEMORY is the only failure. */
    oc_status (*extract)(const oc_stage *stage, const oc_image *image, oc_scratch *scratch, float *row, oc_error *err);

    /* Learned state to arrays and back; NULL when there is nothing to learn. tensors fills up to
     * OC_STAGE_MAX_TENSORS entries that point into the stage. restore checks names, shapes and that values
     * are finite, and copies. OC_BAD_FILE. */
    size_t (*tensors)(const oc_stage *stage, oc_tensor *tensors);
    oc_status (*restore)(oc_stage *stage, const oc_tensor *tensors, size_t count, oc_error *err);
    void (*forget)(oc_stage *stage); /* frees stage->learned; NULL when there is nothing to learn */

    /* The row of the mirrored image from the row of the image, where that is a permutation (or one that holds for these
     * parameters); NULL, or can_mirror returning false, when it is not. */
    bool (*can_mirror)(const oc_stage *stage);
    void (*mirror)(const oc_stage *stage, const float *row, float *out);

    /* Pictures; all may be NULL (pictures.h tells what is drawn then). aspect: width over height of one, 0 when there is
     * nothing of this kind to draw. What is drawn of weights shows positive and negative ones. OC_NO_MEMORY is the only
     * failure of draw. */
    double (*aspect)(const oc_stage *stage, oc_drawing what);
    /* How to read the picture of weights: what in it speaks for the class, what against it. */
    const char *(*key)(const oc_stage *stage);
    oc_status (*draw)(const oc_stage *stage, const oc_sketch *sketch, oc_error *err);
    /* Lays parts of a score out over the image, where the values that they belong to come from: value j contributes
     * given[j], which is 0 where the value is, and fixed[j] whatever it is. Adds to map (height, width); all that is
     * added sums to the sum of both. OC_NO_MEMORY is the only failure. */
    oc_status (*spread)(const oc_stage *stage, const oc_image *image, const double *given, const double *fixed,
                        double *map, oc_error *err);
} oc_stage_type;

/* Defined one in each file of features/. */
extern const oc_stage_type oc_stage_pixels, oc_stage_color, oc_stage_hog, oc_stage_words;

/* Every stage there is, oc_stage_count of them. */
extern const oc_stage_type *const oc_stage_types[];

#endif
