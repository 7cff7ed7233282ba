/* A quadratic model that has not seen the flat directions yet promises too little, and goes on doing so for a while:
 * the worst of its last promises tells by how much. */
#include "src/learn/remainder.h"

#include <math.h>

static double shortfall(const oc_remainder *r, double value)
{
    double factor = fmax(r->factor, 1);
    for (size_t k = 0; k < OC_REMAINDER_STEPS && k < r->steps; k++) {
        if (r->promise[k] > 0) {
            factor = fmax(factor, (r->value[k] - value) / r->promise[k]);
        }
    }
    return factor;
}

void oc_remainder_step(oc_remainder *remainder, double value, double promise)
{
    size_t slot = remainder->steps++ % OC_REMAINDER_STEPS;
    remainder->value[slot] = value;
    remainder->promise[slot] = promise;
}

void oc_remainder_restart(oc_remainder *remainder, double value)
{
    remainder->factor = shortfall(remainder, value);
    remainder->steps = 0;
}

double oc_remainder_left(const oc_remainder *remainder, double value, double promise)
{
    double left = promise * shortfall(remainder, value);
    for (size_t k = 0; k < OC_REMAINDER_STEPS && remainder->steps >= OC_REMAINDER_STEPS; k++) {
        left = fmax(left, remainder->value[k] - value);
    }
    return left;
}
