/* Operations on vectors, by hand. */
#include "src/matrix/vector.h"

#include <criterion/criterion.h>
#include <math.h>

Test(vector, sums_and_multiples)
{
    float x[] = {1, 2, -3}, y[] = {10, 0, 1};
    cr_assert(oc_vector_dot(x, y, 3) == 7 && oc_vector_dot(x, x, 2) == 5);
    oc_vector_add(y, 2, x, 3);
    cr_assert(y[0] == 12 && y[1] == 4 && y[2] == -5);
    oc_vector_scale(y, -0.5, 2);
    cr_assert(y[0] == -6 && y[1] == -2 && y[2] == -5);
}

/* 1e8 + 1 - 1e8 is 0 in single precision. */
Test(vector, sums_are_in_double_precision)
{
    cr_assert(oc_vector_dot((float[]){1e8F, 1, -1e8F}, (float[]){1, 1, 1}, 3) == 1);
}

Test(vector, the_first_of_the_largest_values)
{
    cr_assert(oc_vector_argmax((float[]){-3, -1, -2}, 3) == 1);
    cr_assert(oc_vector_argmax((float[]){2, 5, 5}, 3) == 1);
    cr_assert(oc_vector_argmax((float[]){7}, 1) == 0);
}

Test(vector, a_value_that_is_not_finite_makes_no_index)
{
    cr_assert(oc_vector_argmax((float[]){1, NAN, 2}, 3) == 3);
    cr_assert(oc_vector_argmax((float[]){1, INFINITY}, 2) == 2);
    cr_assert(oc_vector_argmax((float[]){-INFINITY, 1}, 2) == 2);
}
