/* Small learning problems for the tests, and a slow optimiser to measure the fast one by. */
#ifndef TESTS_LEARN_SUPPORT_H
#define TESTS_LEARN_SUPPORT_H

#include <ocellus/classifier.h>

enum { MAX_ROWS = 2200, MAX_COLUMNS = 24, MAX_CLASSES = 12 };

typedef struct sample {
    size_t n, d, classes;
    float x[MAX_ROWS * MAX_COLUMNS]; /* (N,D) */
    int y[MAX_ROWS];
    oc_rows rows;
} sample;

/* Rows around class centres `apart` standard deviations long, column j on the scale width[j % 4]; static: one at a time
 * for each call site is enough, so the caller gives the memory. */
void make_sample(sample *s, size_t n, size_t d, size_t classes, double apart, uint64_t seed);

/* Trains; fails the test when that fails. */
oc_classifier *trained_on(const oc_examples *examples, const oc_train_options *options, oc_job *job,
                          oc_train_report *report);
oc_classifier *trained(const sample *s, const oc_train_options *options, oc_job *job, oc_train_report *report);

/* The objective of the header, from its formula, in double precision, at weights (C, D+1) of standardised columns
 * (constant ones are 0); gradient (C, D+1), when not NULL, takes its gradient. */
double slow_objective(const sample *s, int loss, double l2, double score_l2, const double *weights, double *gradient);

/* Its minimum by accelerated full-batch gradient descent with step halving and restarts, from zero. */
double slow_minimum(const sample *s, int loss, double l2, double score_l2);

#endif
