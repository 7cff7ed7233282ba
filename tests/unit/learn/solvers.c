/* Every solver on a problem that is solved by hand: rows z = -1 and 1 of classes 0 and 1, square loss. By symmetry the
 * weights are -w and w, the biases 0, and
 *
 *     F(w) = 2 [(w - 1)^2 + l2 w^2 + l1 |w|],   least at w = (1 - l1 / 2) / (1 + l2), at most max_norm
 */
#include "src/learn/row_space.h"

#include <criterion/criterion.h>
#include <math.h>

static const float points[] = {-1, 1};
static const int labels[] = {0, 1};

typedef struct penalties {
    double l2, l1, max_norm, expected;
} penalties;

static oc_classifier *solve(int optimizer, const penalties *p, oc_train_report *report)
{
    oc_rows rows = oc_rows_of(points, 2, 1);
    oc_train_options options = oc_train_defaults();
    oc_classifier *classifier = NULL;
    oc_error err = {0};
    options.optimizer = (oc_optimizer)optimizer;
    options.loss = OC_LOSS_SQUARE;
    options.scale = OC_SCALE_NONE;
    options.folds = 0;
    options.l2 = p->l2;
    options.l1 = p->l1;
    options.max_norm = p->max_norm;
    options.epochs = oc_train_uses(&options, "epochs") ? 300 : OC_AUTO;
    cr_assert(oc_train(&(oc_examples){&rows, labels, 2}, &options, NULL, &classifier, report, &err) == OC_OK, "%s",
              err.message);
    return classifier;
}

Test(solvers, all_find_the_weights_computed_by_hand)
{
    static const penalties cases[] = {
        {0.25, 0, 0, 0.8}, {0, 0.5, 0, 0.75}, {0.25, 0.5, 0, 0.6}, {0, 0, 0.3, 0.3}, {0, 3, 0, 0}};
    for (int optimizer = OC_OPTIMIZER_AUTO; optimizer <= OC_OPTIMIZER_GD; optimizer++) {
        for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
            const penalties *p = &cases[k];
            oc_train_report report;
            oc_classifier *c = solve(optimizer, p, &report);
            double w = p->expected;
            double least = 2 * ((w - 1) * (w - 1) + p->l2 * w * w + p->l1 * w);
            cr_assert(fabs((double)c->weights[0] + w) <= 0.002 && fabs((double)c->weights[2] - w) <= 0.002,
                      "optimizer %d, case %zu: %g and %g, not %g", optimizer, k, (double)c->weights[0],
                      (double)c->weights[2], w);
            cr_assert(fabs((double)c->weights[1]) <= 0.002 && fabs(report.objective - least) <= 1e-4 * least + 1e-9,
                      "optimizer %d, case %zu: %g, not %g", optimizer, k, report.objective, least);
            oc_classifier_free(c);
        }
    }
}

/* The objective only falls, and never below F = 2 at w = 0 by more than steps of 1e-4 can bring. */
Test(solvers, searches_move_by_small_steps_downhill)
{
    double objective[2];
    for (int local = 0; local < 2; local++) {
        oc_train_report report;
        penalties none = {0};
        oc_classifier_free(solve(OC_OPTIMIZER_RANDOM_SEARCH + local, &none, &report));
        objective[local] = report.objective;
        cr_assert(report.objective < 2 && report.steps > 1 && report.steps <= 300);
    }
    cr_assert(objective[0] > 2 - 4 * 5e-4, "a guess lies within a few deviations of 0: %g", objective[0]);
    cr_assert(objective[1] < objective[0], "steps that add up get further: %g", objective[1]);
}

/* Two orthogonal rows of four columns: Z Z^T = diag(4, 9), so coordinates are 2 and 3 along the axes, and weights V in them
 * are W = V U^-1 Z in the columns. */
Test(solvers, coordinates_of_the_row_space_by_hand)
{
    static const float z[] = {2, 0, 0, 0, 0, 3, 0, 0};
    static const float zero[4] = {0}, one[] = {1, 1, 1, 1};
    oc_rows rows = oc_rows_of(z, 2, 4);
    oc_problem problem = {.rows = &rows, .labels = labels, .classes = 1, .center = zero, .scale = one};
    oc_row_space space = {0};
    cr_assert(oc_row_space_fit(&problem, &space, NULL, NULL) == OC_OK && space.count == 2);
    cr_assert(fabsf(space.rows[0] - 2) <= 1e-4F && fabsf(space.rows[3] - 3) <= 1e-4F && fabsf(space.rows[2]) <= 1e-6F);
    float v[] = {4, 6}, w[4];
    cr_assert(oc_row_space_expand(&problem, &space, v, w, NULL, NULL) == OC_OK);
    cr_assert(fabsf(w[0] - 4) <= 1e-3F && fabsf(w[1] - 6) <= 1e-3F && fabsf(w[2]) <= 1e-6F && fabsf(w[3]) <= 1e-6F);
    oc_row_space_free(&space);
}
