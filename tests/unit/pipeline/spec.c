/* What -f takes: the table of stages, their parameters, and specs made of them. */
#include "src/pipeline/pipeline.h"
#include "tests/unit/features/helpers.h"

#include <stdio.h>
#include <string.h>

Test(specs, a_spec_stays_as_typed_and_names_its_parts)
{
    const char *spec = "pixels:size=8,gray=1+hog:bins=9+color";
    oc_features *features = parse(spec);
    cr_assert_str_eq(oc_features_spec(features), spec);
    cr_assert_eq(oc_features_count(features), 3);
    cr_assert_str_eq(oc_features_part_spec(features, 0), "pixels:size=8,gray=1");
    cr_assert_str_eq(oc_features_part_spec(features, 2), "color");
    cr_assert_eq(oc_features_planes(features), OC_GRAY | OC_RGB);
    cr_assert_eq(oc_features_dimension(features), 0);
    cr_assert_eq(oc_features_plan(features, 16, 24, NULL), OC_OK);
    cr_assert_eq(oc_features_part_dimension(features, 0), 64);
    cr_assert_eq(oc_features_part_dimension(features, 1), 2 * 3 * 9);
    cr_assert_eq(oc_features_dimension(features), 64 + 54 + 512);
    cr_assert_eq(oc_features_size(features).width, 16);
    cr_assert_eq(oc_features_size(features).height, 24);
    oc_features_free(features);
}

static void refused(const char *spec, const char *hint)
{
    oc_features *features = NULL;
    oc_error err = {0};
    cr_assert_eq(oc_features_parse(spec, &features, &err), OC_USAGE, "'%s' was accepted", spec);
    cr_assert_null(features);
    cr_assert(strstr(err.message, hint), "'%s': '%s' is missing in: %s", spec, hint, err.message);
    cr_assert_eq(oc_features_parse(spec, &features, NULL), OC_USAGE);
}

/* Models and sets hold the spec as it was typed, so that what it leaves out is part of their format. Whoever changes a
 * line here raises OC_FORMAT_VERSION: then older files are refused and not read with another meaning. */
Test(specs, what_a_spec_leaves_out_is_part_of_the_file_format)
{
    static const char *const resolved[][2] = {
        {"pixels", "size=32x32,gray=0"},
        {"color", "space=hsv,bins=8,joint=1,grid=1,norm=l1,weight=count"},
        {"hog", "cell=8,bins=9,signed=0,interpolate=both,block=1,norm=sqrt,epsilon=0.01,window=0,gamma=0,color=luma,"
                "preset=none"},
        {"words",
         "count=1600,patch=6,stride=1,descriptor=patch,cells=auto,gray=0,contrast=10,whiten=1,ridge=1,keep=0.97,"
         "samples=400000,iterations=20,encode=triangle,softness=20,nearest=0,pool=sum,map=sqrt,grid=2,mirror=0"},
        {"words:descriptor=sift",
         "count=1000,patch=6,stride=auto,descriptor=sift,cells=auto,gray=0,contrast=10,whiten=1,ridge=0.001,keep=0.85,"
         "samples=100000,iterations=10,encode=soft,softness=20,nearest=5,pool=max,map=none,grid=1-2-4,mirror=0"}};
    for (size_t i = 0; i < sizeof resolved / sizeof *resolved; i++) {
        oc_features *features = parse(resolved[i][0]);
        const oc_stage *stage = oc_features_stage(features, 0);
        char text[1000] = "", value[100];
        for (size_t j = 0; j < stage->type->param_count; j++) {
            size_t used = strlen(text);
            oc_param_format(&stage->type->params[j], stage->params, value, sizeof value);
            snprintf(text + used, sizeof text - used, "%s%s=%s", j ? "," : "", stage->type->params[j].name, value);
        }
        cr_expect_str_eq(text, resolved[i][1]);
        oc_features_free(features);
    }
}

Test(specs, a_wrong_spec_is_refused_with_a_hint)
{
    refused("", "missing");
    refused("+", "missing");
    refused("hog+", "missing");
    refused("hog++color", "missing");
    refused("hgo", "did you mean 'hog'");
    refused("colour", "did you mean 'color'");
    refused("HOG", "did you mean 'hog'");
    refused("hog:cel=4", "did you mean 'cell'");
    refused("pixels:sise=4", "did you mean 'size'");
    refused("hog:", "key=value");
    refused("hog:cell", "key=value");
    refused("hog:cell=8,", "key=value");
    refused("hog:cell=8,bins=9,cell=8", "cell is given twice");
    refused("hog:cell=", "cell");
    refused("hog:cell=0", "1..");
    refused("color:space=xyz", "rgb, hsv, lab or hue");
    refused("a-name-that-is-longer-than-any-name-a-stage-could-ever-have-and-goes-on", "; there are: pixels, ");
}

Test(specs, every_parameter_checks_its_range_and_takes_its_default)
{
    for (size_t i = 0; i < oc_stage_count(); i++) {
        oc_stage_info info = oc_stage_describe(i);
        cr_assert(info.name && *info.name && info.help && *info.help);
        for (size_t j = 0; j < info.param_count; j++) {
            const oc_param *param = &info.params[j];
            cr_assert(param->help && *param->help && param->help[strlen(param->help) - 1] != '.');
            cr_assert_not_null(param->default_value, "%s", param->name);
            char spec[300];
            snprintf(spec, sizeof spec, "%s:%s=%s", info.name, param->name, param->default_value);
            oc_features_free(parse(spec));
            if (param->type == OC_TEXT) {
                continue;
            }
            static const char *const wrong[] = {"", "no such", "-7", "1e99", "99999999999999999999"};
            for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
                snprintf(spec, sizeof spec, "%s:%s=%s", info.name, param->name, wrong[k]);
                refused(spec, param->name);
            }
        }
    }
    cr_assert_null(oc_stage_describe(oc_stage_count()).name);
}

Test(specs, settings_without_effect_are_refused)
{
    refused("words:nearest=3", "soft");
    refused("words:softness=3", "soft");
    refused("words:encode=hard,nearest=3", "soft");
    refused("words:encode=triangle,softness=3", "soft");
    refused("words:encode=soft,nearest=1,softness=3", "nearest=1");
    refused("words:descriptor=sift,encode=hard,nearest=3", "soft");
    refused("words:descriptor=sift,patch=6", "'cells'");
    refused("words:descriptor=sift,gray=0", "luma");
    refused("words:cells=4", "'patch'");
    refused("words:whiten=0,ridge=1", "eigenvalue");
    refused("hog:block=2,norm=neighbours", "block=1");
    static const char *const taken[] = {
        "words:encode=soft,nearest=3,softness=3",
        "words:descriptor=sift,nearest=3,softness=3,gray=1,cells=4",
        "words:nearest=auto,softness=auto,cells=auto",
        "words:whiten=0,ridge=auto,keep=0.9",
        "hog:preset=opencv,norm=auto",
        "hog:block=1,norm=neighbours",
    };
    for (size_t i = 0; i < sizeof taken / sizeof *taken; i++) {
        oc_features_free(parse(taken[i]));
    }
}
