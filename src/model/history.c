/* Writes and reads the tables of a validation. */
#include "src/model/history.h"

#include "src/base/fail.h"
#include "src/base/locale.h"
#include "src/base/string.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char SUMMARY[] = "held,folds,best,balanced-accuracy,log-loss\n",
                  TRIALS[] = "l2,score-l2,accuracy,deviation,log-loss\n";
/* Headers in models of earlier versions. */
static const char OLD_SUMMARY[] = "held,folds,best\n", OLD_TRIALS[] = "l2,score-l2,accuracy,deviation\n";

oc_status oc_store_validation(oc_archive *archive, const oc_validation *v, oc_error *err)
{
    if (v->held == 0) {
        return OC_OK;
    }
    oc_string text = {0};
    oc_string_format(&text, "%s%zu,%zu,%zu,%.9g,%.9g\n%s", SUMMARY, v->held, v->folds, v->best, v->balanced_accuracy,
                     v->log_loss, TRIALS);
    for (size_t k = 0; k < v->count; k++) {
        const oc_trial *t = &v->trial[k];
        oc_string_format(&text, "%.9g,%.9g,%.9g,%.9g,%.9g\n", t->l2, t->score_l2, t->accuracy, t->deviation,
                         t->log_loss);
    }
    oc_status status = text.failed ? oc_fail_memory(err, "the validation")
                                   : oc_archive_set(archive, "validation", text.data, err);
    oc_string_free(&text);
    return status;
}

static bool skip(const char **at, const char *heading)
{
    size_t length = strlen(heading);
    bool same = strncmp(*at, heading, length) == 0;
    *at += same ? length : 0;
    return same;
}

static bool parse_summary(const char **at, oc_validation *v, bool *old)
{
    int used = 0, found;
    *old = skip(at, OLD_SUMMARY);
    v->balanced_accuracy = v->log_loss = NAN;
    if (*old) {
        found = oc_sscanf(*at, "%zu,%zu,%zu\n%n", &v->held, &v->folds, &v->best, &used) + 2;
    } else if (skip(at, SUMMARY)) {
        found = oc_sscanf(*at, "%zu,%zu,%zu,%lf,%lf\n%n", &v->held, &v->folds, &v->best, &v->balanced_accuracy,
                          &v->log_loss, &used);
    } else {
        return false;
    }
    *at += used;
    return found == 5 && skip(at, *old ? OLD_TRIALS : TRIALS);
}

static bool parse(const char *at, oc_validation *v)
{
    bool old;
    int used = 0;
    if (!parse_summary(&at, v, &old)) {
        return false;
    }
    for (; *at && v->count < OC_MAX_TRIALS; at += used) {
        oc_trial *t = &v->trial[v->count++];
        t->log_loss = NAN;
        int found = old ? oc_sscanf(at, "%lf,%lf,%lf,%lf\n%n", &t->l2, &t->score_l2, &t->accuracy, &t->deviation, &used)
                        : oc_sscanf(at, "%lf,%lf,%lf,%lf,%lf\n%n", &t->l2, &t->score_l2, &t->accuracy, &t->deviation,
                                    &t->log_loss, &used);
        if (found != (old ? 4 : 5)) {
            return false;
        }
    }
    return !*at && v->held > 0 && v->folds > 0 && v->best < v->count;
}

oc_status oc_load_validation(const oc_archive *archive, oc_validation *validation, oc_error *err)
{
    const char *text = oc_archive_get(archive, "validation");
    oc_validation v = {0};
    if (text && !parse(text, &v)) {
        return oc_fail(err, OC_BAD_FILE, "the record of the validation is damaged");
    }
    *validation = v;
    return OC_OK;
}
