/* Rates a scaling and a penalty without a training: ridge regression of the classes on the rows, where each row is
 * predicted from all other rows. */
#ifndef OC_LEARN_LEAVE_ONE_OUT_H
#define OC_LEARN_LEAVE_ONE_OUT_H

#include "src/learn/problem.h"

typedef struct oc_left_out {
    double
        ridge; /* lambda of min mean |t - W z|^2 + lambda |W|^2 with targets t = +1 for the class, -1 for the others */
    double error; /* mean of |t - prediction|^2 over the rows, each one left out */
} oc_left_out;

/* Finds the best of the penalties 4^2 .. 4^-8 times the mean squared length of a row. Exact, from one
 * eigendecomposition for all penalties: about 10 N^3 + N^2 D operations and 2 N^2 floats; with D < N columns 10 D^3 + 3
 * N D^2 operations and 2 N D + D^2 floats. OC_NO_MEMORY, OC_BAD_DATA when there are no eigenvectors. Runs on the calling
 * thread. */
oc_status oc_leave_one_out(const oc_problem *problem, oc_left_out *found, oc_error *err);

#endif
