/* What the page calls: the classifier on points of the plane, and a model on images that the browser has decoded.
 *
 * Matrices of weights are (C, D+1) with the bias last, as in oc_classifier. Functions that return int return an
 * oc_status; oc_web_message is then what went wrong. A page has one thread, and the library one open model in it. */
#ifndef OC_WEB_OCELLUS_WEB_H
#define OC_WEB_OCELLUS_WEB_H

#include <stddef.h>
#include <stdint.h>

void *oc_web_alloc(size_t bytes);
void oc_web_free(void *memory);
const char *oc_web_message(void);

/* Points (N,D), their labels (N) in 0..classes-1, and the objective. library.js knows the layout. */
typedef struct oc_web_task {
    const float *points;
    const int *labels;
    size_t count, dimension, classes;
    int loss; /* oc_loss */
    double l2;
} oc_web_task;

/* gradient (C, D+1); figures: mean loss, loss with penalty, accuracy. */
int oc_web_measure(const oc_web_task *task, const float *weights, float *gradient, double *figures);
/* One step of gradient descent on the points as they are, W <- W - rate dF/dW. */
int oc_web_step(const oc_web_task *task, double rate, float *weights);
/* The weights that oc_train finds, which starts from nothing and goes to the end. */
int oc_web_solve(const oc_web_task *task, float *weights);
/* scores (N,C) of points (N,D). */
int oc_web_scores(const float *points, size_t count, size_t dimension, size_t classes, float *weights, float *scores);
/* Of one row of scores (C). */
double oc_web_loss(int loss, const double *scores, size_t classes, size_t label);

/* Begins a model; JavaScript, which has read its file, fills oc_web_array (0 weights (C, D+1), 1 shift (D), 2 scale
 * (D)) and restores what each stage has learned: its arrays by oc_web_tensor, which keeps name and values, then
 * oc_web_restore with their number. unit: rows are divided by their length; calibration: of oc_classifier, 0 for none. */
int oc_web_open(const char *spec, size_t width, size_t height, int fit, size_t classes, int loss, int unit,
                double calibration);
float *oc_web_array(int which);
size_t oc_web_dimension(void);
int oc_web_tensor(size_t slot, const char *name, size_t rows, size_t columns, float *values);
int oc_web_restore(size_t stage, size_t count);

/* scores (C) of pixels (height, width, 3), which are spoilt; probabilities (C) where the model is calibrated. */
int oc_web_classify(uint8_t *rgb, size_t width, size_t height, float *scores, float *probabilities);

/* What was seen in that image: at the model's size (height, width, 3); by each stage, as a picture of the given size
 * and best of the given aspect (width over height), valid until the next, NULL when it fails; and by the score of a
 * class (oc_explain): map (height, width) of the model's size, parts (stages), bias. */
const uint8_t *oc_web_seen(void);
size_t oc_web_stages(void);
const char *oc_web_stage(size_t stage);
double oc_web_aspect(size_t stage);
const uint8_t *oc_web_draw(size_t stage, size_t width, size_t height);
int oc_web_explain(size_t label, double *map, double *parts, double *bias);

#endif
