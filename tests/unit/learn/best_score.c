/* The class that scores name. */
#include "src/learn/best_score.h"

#include <criterion/criterion.h>
#include <math.h>

Test(best_score, the_first_of_the_highest_scores)
{
    cr_assert(oc_best_score((float[]){-3, -1, -2}, 3) == 1);
    cr_assert(oc_best_score((float[]){2, 5, 5}, 3) == 1);
    cr_assert(oc_best_score((float[]){7}, 1) == 0);
}

Test(best_score, a_score_that_is_not_finite_names_no_class)
{
    cr_assert(oc_best_score((float[]){1, NAN, 2}, 3) == 3);
    cr_assert(oc_best_score((float[]){1, INFINITY}, 2) == 2);
    cr_assert(oc_best_score((float[]){-INFINITY, 1}, 2) == 2);
}
