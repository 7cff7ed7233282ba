#include "src/base/text.h"

#include "src/base/fail.h"
#include "src/base/threads.h"

#include <criterion/criterion.h>
#include <ocellus/classifier.h>
#include <ocellus/job.h>
#include <string.h>

/* Names the option `size` as --size. */
static void edit(char *text)
{
    for (char *name = strstr(text, "`size`"); name; name = strstr(name, "`size`")) {
        memcpy(name, "--size", 6);
    }
}

static char noted[200];

static void take_note(void *context, const char *message)
{
    (void)context;
    strncpy(noted, message, sizeof noted - 1);
}

static void write_note(void)
{
    oc_listener listener = {.note = take_note};
    oc_job *job = NULL;
    cr_assert(oc_job_create(1, &listener, &job, NULL) == OC_OK);
    oc_job_note(job, "%s: give `size` or `fit`", "`size`");
    oc_job_free(job);
}

Test(text, an_option_has_the_name_of_its_field)
{
    oc_error err;
    char name[40];
    oc_fail(&err, OC_USAGE, "%s: give `size`", "`size`");
    cr_assert_str_eq(err.message, "`size`: give `size`");
    write_note();
    cr_assert_str_eq(noted, "`size`: give `size` or `fit`");
    oc_text_option("stage-weight", name, sizeof name);
    cr_assert_str_eq(name, "`stage_weight`");
    oc_train_options options = oc_train_defaults();
    options.folds = 1;
    cr_assert(oc_train_check(&options, &err) == OC_USAGE);
    cr_assert_str_eq(err.message, "`folds` 1 leaves nothing to train on; give 2 or more, 0, or `holdout`");
    options = oc_train_defaults();
    options.classifier.kind = OC_NEAREST;
    options.class_weight = OC_CLASS_WEIGHT_BALANCED;
    cr_assert(oc_train_check(&options, &err) == OC_USAGE);
    cr_assert_str_eq(err.message, "`class_weight` has no effect on nearest neighbours; leave it at none");
}

Test(text, a_program_names_options_in_messages_and_notes_and_leaves_data_alone)
{
    oc_error err;
    char name[40];
    oc_texts_edit(edit);
    oc_fail(&err, OC_USAGE, "%s: give `size` or `fit`", "`size`");
    cr_assert_str_eq(err.message, "`size`: give --size or `fit`");
    oc_fail(&err, OC_USAGE, "%s; %s", err.message, "`size`");
    cr_assert_str_eq(err.message, "`size`: give --size or `fit`; `size`");
    write_note();
    cr_assert_str_eq(noted, "`size`: give --size or `fit`");
    oc_text_option("size", name, sizeof name);
    cr_assert_str_eq(name, "--size");
    oc_texts_edit(NULL);
    oc_fail(&err, OC_USAGE, "give `size`");
    cr_assert_str_eq(err.message, "give `size`");
}
