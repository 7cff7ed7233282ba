/* Pages of an evaluation. */
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <stdio.h>

TestSuite(report, .init = make_test_folder, .fini = remove_test_folder);

Test(report, images_that_can_no_longer_be_read_are_counted)
{
    put_stripes("in", 3, 12, 12, 1);
    oc_dataset *images = open_set(at("in"));
    oc_set *set = extracted(at("in"), "pixels:size=2", NULL, NULL, NULL);
    oc_model *model = model_of(set, 0, NULL);
    oc_evaluation evaluation = {0};
    oc_error err = {0};
    cr_assert(oc_evaluate(model, set, NULL, &evaluation, &err) == OC_OK, "%s", err.message);
    size_t unread = 7;
    oc_report_options options = oc_report_defaults();
    options.path = at("page.html");
    options.images = images;
    options.unread = &unread;
    cr_assert(oc_report_evaluation(model, &evaluation, set, &options, &err) == OC_OK && unread == 0, "%s", err.message);
    cr_assert(remove(at("in/down/001.png")) == 0);
    cr_assert(oc_report_evaluation(model, &evaluation, set, &options, &err) == OC_OK && unread == 1, "%s", err.message);
    oc_evaluation_clear(&evaluation);
    oc_model_free(model);
    oc_set_free(set);
    oc_dataset_free(images);
}
