/* The estimate of the gap to the minimum, by hand. */
#include "src/learn/minimize.h"

#include <criterion/criterion.h>
#include <math.h>

#define assert_near(a, b) cr_assert(!(fabs((a) - (b)) > 1e-12), "%g instead of %g", (double)(a), (double)(b))

Test(gap, a_prediction_is_believed_until_it_was_too_small)
{
    oc_gap r = {0};
    assert_near(oc_gap_estimate(&r, 10, 0.5), 0.5);
    oc_gap_step(&r, 10, 0.5);
    assert_near(oc_gap_estimate(&r, 9.75, 0.2), 0.2); /* half of the prediction */
    oc_gap_step(&r, 9.75, 0.2);
    assert_near(oc_gap_estimate(&r, 9.15, 0.1), 0.3); /* three times as much */
    oc_gap_restart(&r, 9.15);
    assert_near(oc_gap_estimate(&r, 20, 0.1), 0.3);
}

Test(gap, it_is_no_less_than_the_last_steps_gained)
{
    oc_gap r = {0};
    for (int k = 0; k < OC_RECENT; k++) {
        assert_near(oc_gap_estimate(&r, 10 - k, 5), 5);
        oc_gap_step(&r, 10 - k, 5);
    }
    assert_near(oc_gap_estimate(&r, 10 - OC_RECENT, 0.001), OC_RECENT);
    oc_gap_step(&r, 10 - OC_RECENT, 1);
    assert_near(oc_gap_estimate(&r, 10 - OC_RECENT, 0.001), OC_RECENT - 1); /* the first is forgotten */
}
