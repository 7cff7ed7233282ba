/* What is left to gain, by hand. */
#include "src/learn/remainder.h"

#include <criterion/criterion.h>
#include <math.h>

#define assert_near(a, b) cr_assert(!(fabs((a) - (b)) > 1e-12), "%g instead of %g", (double)(a), (double)(b))

Test(remainder, a_promise_is_believed_until_it_was_too_small)
{
    oc_remainder r = {0};
    assert_near(oc_remainder_left(&r, 10, 0.5), 0.5);
    oc_remainder_step(&r, 10, 0.5);
    assert_near(oc_remainder_left(&r, 9.75, 0.2), 0.2); /* half of what was promised */
    oc_remainder_step(&r, 9.75, 0.2);
    assert_near(oc_remainder_left(&r, 9.15, 0.1), 0.3); /* three times as much */
    oc_remainder_restart(&r, 9.15);
    assert_near(oc_remainder_left(&r, 20, 0.1), 0.3);
}

Test(remainder, it_is_no_less_than_the_last_steps_gained)
{
    oc_remainder r = {0};
    for (int k = 0; k < OC_REMAINDER_STEPS; k++) {
        assert_near(oc_remainder_left(&r, 10 - k, 5), 5);
        oc_remainder_step(&r, 10 - k, 5);
    }
    assert_near(oc_remainder_left(&r, 10 - OC_REMAINDER_STEPS, 0.001), OC_REMAINDER_STEPS);
    oc_remainder_step(&r, 10 - OC_REMAINDER_STEPS, 1);
    assert_near(oc_remainder_left(&r, 10 - OC_REMAINDER_STEPS, 0.001),
                OC_REMAINDER_STEPS - 1); /* the first is forgotten */
}
