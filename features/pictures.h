/* The pictures of a stage: a table of its own, which a stage may point to. */
#ifndef OC_FEATURES_PICTURES_H
#define OC_FEATURES_PICTURES_H

#include "features/stage.h"
#include "src/draw/canvas.h"

/* The pictures that a stage can draw: the row of an image, the weights of a row's values, the learned state,
 * the contribution of each value to a score. */
typedef enum oc_drawing { OC_DRAW_ROW, OC_DRAW_WEIGHTS, OC_DRAW_LEARNED, OC_DRAW_PARTS } oc_drawing;

typedef struct oc_draw_request {
    oc_drawing kind;
    const float
        *row; /* (dimension): the row, the weights or the contributions; for OC_DRAW_LEARNED the mean row, or NULL */
    const oc_image *image; /* the image of the row, with both planes, for OC_DRAW_ROW and OC_DRAW_PARTS */
    oc_canvas *canvas;
    double x, y, width, height; /* the part of the canvas to fill, of the aspect that the stage returned */
} oc_draw_request;

/* Every function may be NULL. */
typedef struct oc_stage_pictures {
    /* Width over height of a picture; 0 when the stage has nothing of this kind to draw. */
    double (*aspect)(const oc_stage *stage, oc_drawing kind);
    /* How to read the picture of weights: which marks speak for the class, which against it. */
    const char *(*legend)(const oc_stage *stage);
    /* Draws. Weights show positive and negative ones. OC_NO_MEMORY is the only failure. */
    oc_status (*draw)(const oc_stage *stage, const oc_draw_request *request, oc_error *err);
    /* Attributes a linear score to pixels. Adds data_term[j] (weight * scale * x_j, so 0 where x_j is 0) and offset[j]
     * (independent of the image) of every value j to the pixels of map (height, width) that x_j was computed from. The
     * sum of all that is added equals the sum of both arrays. OC_NO_MEMORY is the only failure. */
    oc_status (*attribute)(const oc_stage *stage, const oc_image *image, const double *data_term, const double *offset,
                           double *map, oc_error *err);
} oc_stage_pictures;

/* As in the table. Of a stage without pictures, rows and weights are drawn as bars, and a score is spread evenly over
 * the image. */
double oc_stage_aspect(const oc_stage *stage, oc_drawing kind);
const char *oc_stage_legend(const oc_stage *stage);
oc_status oc_stage_draw(const oc_stage *stage, const oc_draw_request *request, oc_error *err);
oc_status oc_stage_attribute(const oc_stage *stage, const oc_image *image, const double *data_term,
                             const double *offset, double *map, oc_error *err);

/* Draws the image of a request into its frame, pale enough to draw on; in colour with `color`. */
void oc_draw_pale(const oc_draw_request *request, bool color);

#endif
