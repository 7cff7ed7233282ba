/* Between the canvas and its letters. */
#ifndef OC_IMAGE_STROKES_H
#define OC_IMAGE_STROKES_H

#include "src/image/canvas.h"

/* One shape of several polylines: points (ends[lines - 1], 2), line i from the end of line i - 1 up to ends[i]. */
void oc_canvas_strokes(oc_canvas *canvas, const double *points, const size_t *ends, size_t lines, double width,
                       oc_color color);

#endif
