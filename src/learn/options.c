/* The table of the training options, and checks of their combinations. */
#include "src/base/fail.h"
#include "src/base/text.h"
#include "src/learn/loss.h"
#include "src/learn/optimizer.h"

#include <ocellus/classifier.h>

#include <math.h>
#include <string.h>

enum { VALUE = 100 }; /* bytes for a setting as text */

static const char *const class_weights[] = {"none", "balanced", NULL};
static const char *const schedules[] = {"cosine", "constant", NULL};
static const char *const augments[] = {"none", "mirror", NULL};
static const char *const scales[] = {"none", "center", "range", "standard", "pareto", "unit", "auto", NULL};
static const char *const stage_weights[] = {"none", "equal", "auto", NULL};

#define STRONGEST 1e30 /* penalty: the sum of 1e8 such floats is finite */
#define FIELD(name) offsetof(oc_train_options, name)
const oc_param oc_train_params[] = {
    {"classifier", OC_LEARNER, FIELD(classifier), "linear", 1, 1000, NULL,
     "kind of classifier; nearest neighbours use only `scale`, `stage_weight`, `augment`, `holdout` and `folds` of "
     "the other training options"},
    {"loss", OC_CHOICE, FIELD(loss), "softmax", 0, 0, oc_loss_names, "loss that is minimised over the training rows"},
    {"l2", OC_REAL, FIELD(l2), "auto", 0, STRONGEST, NULL,
     "L2 penalty: factor of the sum of squared weights (auto: by validation; of gd a guess from a sample of the rows, "
     "of "
     "searches 0)"},
    {"score-l2", OC_REAL, FIELD(score_l2), "auto", 0, STRONGEST, NULL,
     "score penalty: factor of the mean squared scores (auto: by validation with automatic `l2`, else 0)"},
    {"l1", OC_REAL, FIELD(l1), "0", 0, STRONGEST, NULL,
     "L1 penalty: factor of the sum of absolute weights; makes many of them exactly 0; together with `l2`: elastic "
     "net"},
    {"max-norm", OC_REAL, FIELD(max_norm), "0", 0, INFINITY, NULL,
     "upper limit of the norm of the weights of each class; 0: none"},
    {"class-weight", OC_CHOICE, FIELD(class_weight), "none", 0, 0, class_weights,
     "balanced: weights each image by the inverse frequency of its class, in training, in the log loss of validation "
     "and so in the probabilities"},
    {"optimizer", OC_CHOICE, FIELD(optimizer), "auto", 0, 0, oc_optimizer_names,
     "method of minimisation: sgd (minibatch gradient descent), lbfgs (limited-memory BFGS on all rows), auto (sgd, "
     "then lbfgs), gd (full-batch gradient descent), or for comparison random search: with `loss` hinge and `scale` "
     "center, random-search classifies about 16 % of CIFAR-10's raw pixels correctly, local-search 21 %"},
    {"batch", OC_INTEGER, FIELD(batch), "auto", 1, 1 << 20, NULL,
     "rows in a step of sgd; 1: one-sample gradient descent (auto: 256, more if rows are wide, fewer if rows are few)"},
    {"epochs", OC_INTEGER, FIELD(epochs), "auto", 1, 1e6, NULL,
     "passes of sgd over the training rows; steps of gd, tries of a search (auto: 1; sgd alone 10, gd 100, searches "
     "1000)"},
    {"finish", OC_INTEGER, FIELD(batch_passes), "auto", 0, 1e6, NULL,
     "maximum number of passes of lbfgs over the training rows; it stops earlier when the loss hardly falls (auto: "
     "100; with sgd before it and more than 4,096 rows 20, or as many up to 100 as take little time)"},
    {"rate", OC_REAL, FIELD(rate), "auto", 1e-300, INFINITY, NULL, "first step size (learning rate)"},
    {"schedule", OC_CHOICE, FIELD(schedule), "cosine", 0, 0, schedules, "how the step size decreases"},
    {"momentum", OC_REAL, FIELD(momentum), "0.9", 0, 0.999, NULL, "momentum of the steps"},
    {"scale", OC_CHOICE, FIELD(scale), "auto", 0, 0, scales,
     "scaling of the feature columns: none; center (subtract the mean); range (to -1..1); standard (to standard "
     "deviation 1); pareto (divide by the square root of the standard deviation); unit (rows of length 1, then "
     "center); auto: if rows are few compared with columns, that of standard, center, pareto and unit which predicts "
     "left-out rows best, else standard, as for searches and nearest neighbours"},
    {"stage-weight", OC_CHOICE, FIELD(stage_weight), "auto", 0, 0, stage_weights,
     "weights of joined stages: none (the values as they are), equal (the scaled columns of each stage have the same "
     "total size), or auto: chosen together with the scale; none for searches and nearest neighbours"},
    {"augment", OC_CHOICE, FIELD(augment), "none", 0, 0, augments,
     "mirror: train on the rows of the mirrored images too, which are computed from the rows of the images"},
    {"holdout", OC_REAL, FIELD(holdout), "auto", 0.001, 0.5, NULL,
     "validate on this fraction of the rows, held out once, instead of folds"},
    {"folds", OC_INTEGER, FIELD(folds), "auto", 0, 1000, NULL,
     "cross-validate with N parts, each tested after training on the others; 0: no validation, so the penalty is not "
     "chosen by it and there are no probabilities (auto: 5, or one held-out part where 5 trainings take long)"},
    {"tune", OC_FLAG, FIELD(tune), "0", 0, 1, NULL,
     "compare the losses too, and replace `loss` if another loss classifies significantly more rows correctly in "
     "validation"},
};
#undef FIELD
#undef STRONGEST
const size_t oc_train_param_count = sizeof oc_train_params / sizeof *oc_train_params;

oc_train_options oc_train_defaults(void)
{
    oc_train_options options = {.seed = 0};
    oc_params_default(oc_train_params, oc_train_param_count, &options);
    return options;
}

bool oc_train_nonsmooth(const oc_train_options *options)
{
    return options->l1 > 0 || options->max_norm > 0;
}

bool oc_train_uses(const oc_train_options *options, const char *name)
{
    static const char *const of_neighbours[] = {"classifier", "scale", "stage-weight", "augment", "holdout", "folds"};
    static const struct {
        const char *name;
        unsigned bit;
    } of_optimizers[] = {{"batch", OC_READS_BATCH}, {"epochs", OC_READS_EPOCHS},  {"finish", OC_READS_FINISH},
                         {"rate", OC_READS_STEPS},  {"schedule", OC_READS_STEPS}, {"momentum", OC_READS_STEPS}};
    if (options->classifier.kind == OC_NEAREST) {
        for (size_t i = 0; i < sizeof of_neighbours / sizeof *of_neighbours; i++) {
            if (strcmp(name, of_neighbours[i]) == 0) {
                return true;
            }
        }
        return false;
    }
    for (size_t i = 0; i < sizeof of_optimizers / sizeof *of_optimizers; i++) {
        if (strcmp(name, of_optimizers[i].name) == 0) {
            return oc_optimizer_types[options->optimizer].reads & of_optimizers[i].bit;
        }
    }
    return true;
}

/* OC_USAGE for an option without effect that differs from its default. */
static oc_status check_effects(const oc_train_options *options, oc_error *err)
{
    oc_train_options defaults = oc_train_defaults();
    for (size_t i = 0; i < oc_train_param_count; i++) {
        const oc_param *param = &oc_train_params[i];
        char value[VALUE], usual[VALUE];
        oc_param_format(param, options, value, sizeof value);
        oc_param_format(param, &defaults, usual, sizeof usual);
        if (!oc_train_uses(options, param->name) && strcmp(value, usual) != 0) {
            char name[VALUE];
            oc_text_option(param->name, name, sizeof name);
            if (options->classifier.kind == OC_NEAREST) {
                return oc_fail(err, OC_USAGE, "%s has no effect on nearest neighbours; leave it at %s", name, usual);
            }
            return oc_fail(err, OC_USAGE, "%s has no effect on `optimizer` %s; leave it at %s", name,
                           oc_optimizer_names[options->optimizer], usual);
        }
    }
    return OC_OK;
}

oc_status oc_train_check(const oc_train_options *options, oc_error *err)
{
    oc_status status = oc_params_check(oc_train_params, oc_train_param_count, options, err);
    if (status != OC_OK) {
        return status;
    }
    if (!isnan(options->holdout) && options->folds != OC_AUTO) {
        return oc_fail(err, OC_USAGE, "`holdout` and `folds` are two ways to validate; give one of them");
    }
    if (options->folds == 1) {
        return oc_fail(err, OC_USAGE, "`folds` 1 leaves nothing to train on; give 2 or more, 0, or `holdout`");
    }
    if (options->tune && options->folds == 0) {
        return oc_fail(err, OC_USAGE, "`tune` compares losses by validation, which `folds` 0 switches off");
    }
    if (options->tune && options->classifier.kind == OC_NEAREST) {
        return oc_fail(err, OC_USAGE, "`tune` compares losses, and nearest neighbours have none");
    }
    if (options->tune && oc_optimizer_types[options->optimizer].searches) {
        return oc_fail(err, OC_USAGE,
                       "`tune` compares what losses are worth at their optimum, which random search misses");
    }
    if (options->tune && (!isnan(options->l2) || oc_train_nonsmooth(options))) {
        return oc_fail(
            err, OC_USAGE,
            "`tune` compares losses, each under the penalty that suits it; `l2`, `l1` and `max_norm` fix one");
    }
    return check_effects(options, err);
}
