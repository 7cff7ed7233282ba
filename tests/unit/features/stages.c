/* Stages and pipelines made of them. What is promised for every stage is tested over the table, so that a
 * new stage is covered as soon as it is in it. */
#include "tests/unit/features/helpers.h"

#include "features/pictures.h"
#include "src/base/threads.h"
#include "src/pipeline/pipeline.h"

#include <stdio.h>
#include <string.h>

/* Specs that every promise is tested with: each stage as it is, and these. Stages that learn are tested with small
 * codebooks of this list alone, for their defaults take long to fit. */
static const char *const more_specs[] = {
    "pixels:size=7x5",
    "pixels:size=24x9,gray=1",
    "color:space=rgb,bins=6,grid=2,norm=hellinger",
    "color:space=lab,joint=0",
    "color:space=hue,weight=saturation",
    "hog:cell=4,signed=1,bins=18,norm=row",
    "hog:cell=3,color=max,norm=sqrt",
    "hog:cell=4,block=2,interpolate=both,window=1",
    "hog:cell=4,interpolate=cells,norm=none",
    "hog:preset=skimage,cell=3",
    "hog:preset=opencv,cell=4",
    "hog:preset=uoctti,cell=4",
    "words:count=8",
    "words:count=12,encode=hard,grid=1-2,whiten=0",
    "words:count=6,patch=4,encode=vlad,grid=1-2,mirror=1",
    "words:count=5,descriptor=opponent-sift,cells=2,stride=2,encode=vlad",
    "words:count=5,patch=4,encode=fisher,grid=1-2,mirror=1",
    "color:size=9x14,grid=2",
    "hog:size=31,cell=4",
    "words:size=40x24,count=5,descriptor=opponent-sift,cells=2,stride=2",
    "words:size=11,count=6,patch=4,mirror=1",
};

static bool learns(const char *spec)
{
    oc_features *features = parse(spec);
    bool unfitted = oc_features_unfitted(features);
    oc_features_free(features);
    return unfitted;
}

static size_t spec_count(void)
{
    return oc_stage_count() + sizeof more_specs / sizeof *more_specs;
}

static const char *spec_at(size_t i)
{
    if (i >= oc_stage_count()) {
        return more_specs[i - oc_stage_count()];
    }
    const char *name = oc_stage_describe(i).name;
    for (size_t j = 0; learns(name) && j < sizeof more_specs / sizeof *more_specs; j++) {
        if (strncmp(more_specs[j], name, strlen(name)) == 0) {
            return more_specs[j];
        }
    }
    return name;
}

static oc_status read_random(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    (void)worker, (void)err;
    *image = ((oc_image *)context)[index];
    return OC_OK;
}

/* Parses, plans and fits; NULL where the stage needs larger images. */
static oc_features *ready(const char *spec, size_t width, size_t height)
{
    oc_features *features = parse(spec);
    oc_error err = {0};
    oc_status status = oc_features_plan(features, width, height, &err);
    if (status != OC_OK) {
        char size[50];
        snprintf(size, sizeof size, "%zux%zu", width, height);
        cr_assert_eq(status, OC_TOO_SMALL, "%s: %s", spec, err.message);
        cr_assert(strstr(err.message, size), "the size %s is missing in: %s", size, err.message);
        cr_assert_eq(strncmp(err.message, spec, strcspn(spec, ":")), 0, "%s", err.message);
        oc_features_free(features);
        return NULL;
    }
    if (oc_features_unfitted(features)) {
        enum { IMAGES = 40 };
        oc_image images[IMAGES];
        for (size_t i = 0; i < IMAGES; i++) {
            images[i] = random_image(width, height, 100 + i);
        }
        oc_source source = {IMAGES, read_random, images};
        status = oc_features_fit(features, &source, 7, NULL, &err);
        for (size_t i = 0; i < IMAGES; i++) {
            free_image(&images[i]);
        }
        if (status == OC_BAD_DATA) {
            oc_features_free(features);
            return NULL;
        }
        cr_assert_eq(status, OC_OK, "%s: %s", spec, err.message);
    }
    return features;
}

Test(stages, every_stage_writes_the_same_row_twice_and_nothing_else)
{
    static const size_t sizes[][2] = {{1, 1}, {2, 1}, {1, 3}, {5, 7}, {13, 11}, {32, 32}, {37, 29}, {64, 17}};
    size_t refused = 0;
    for (size_t i = 0; i < spec_count(); i++) {
        for (size_t j = 0; j < sizeof sizes / sizeof *sizes; j++) {
            oc_features *features = ready(spec_at(i), sizes[j][0], sizes[j][1]);
            if (!features) {
                cr_assert(sizes[j][1] < 8, "%s refuses %zux%zu", spec_at(i), sizes[j][0], sizes[j][1]);
                refused++;
                continue;
            }
            oc_image image = random_image(sizes[j][0], sizes[j][1], i + j);
            float *first = extracted(features, &image), *second = extracted(features, &image);
            cr_assert_eq(memcmp(first, second, oc_features_dimension(features) * sizeof *first), 0, "%s", spec_at(i));
            free(first);
            free(second);
            free_image(&image);
            oc_features_free(features);
        }
    }
    cr_assert_gt(refused, 0, "no stage has a smallest size: ready() has nothing to check");
}

static oc_image resized_image(const oc_image *image, size_t width, size_t height)
{
    oc_image out = make_image(width, height);
    cr_assert_eq(oc_image_resize(&(oc_pixels){image->gray, image->width, image->height, 1, 0},
                                 (oc_extent){width, height}, out.gray, NULL),
                 OC_OK);
    cr_assert_eq(oc_image_resize(&(oc_pixels){image->rgb, image->width, image->height, 3, 0},
                                 (oc_extent){width, height}, out.rgb, NULL),
                 OC_OK);
    return out;
}

static oc_status read_resized(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    (void)worker, (void)err;
    *image = ((oc_image *)context)[index];
    return OC_OK;
}

/* The row of spec, learned from the images and of the first of them. */
static float *learned_row(const char *spec, oc_image *images, size_t count, size_t *dimension)
{
    oc_features *features = planned(spec, images[0].width, images[0].height);
    oc_source source = {count, read_resized, images};
    oc_job *job = NULL;
    cr_assert_eq(oc_job_create(3, NULL, &job, NULL), OC_OK);
    cr_assert_eq(oc_features_fit(features, &source, 3, job, NULL), OC_OK, "%s", spec);
    float *row = extracted(features, &images[0]);
    *dimension = oc_features_dimension(features);
    oc_job_free(job);
    oc_features_free(features);
    return row;
}

Test(stages, a_size_of_its_own_gives_the_row_of_resized_images)
{
    enum { IMAGES = 30 };
    static const char *const specs[][2] = {
        {"color:grid=2", "color:size=21x10,grid=2"},
        {"hog:cell=4", "hog:size=21x10,cell=4"},
        {"pixels:size=21x10", "pixels:size=21x10"},
        {"words:count=6", "words:count=6,size=21x10"},
        {"words:count=6,descriptor=opponent-sift,cells=2,stride=1,grid=1-2",
         "words:count=6,descriptor=opponent-sift,cells=2,stride=1,grid=1-2,size=21x10"},
    };
    oc_image images[IMAGES], small[IMAGES];
    for (size_t i = 0; i < IMAGES; i++) {
        images[i] = random_image(37, 28, i);
        small[i] = resized_image(&images[i], 21, 10);
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        char joined[300];
        size_t n, m, both;
        float *wanted = learned_row(specs[i][0], small, IMAGES, &n),
              *row = learned_row(specs[i][1], images, IMAGES, &m);
        snprintf(joined, sizeof joined, "hog:cell=5+%s+color", specs[i][1]);
        float *parts = learned_row(joined, images, IMAGES, &both), *hog = learned_row("hog:cell=5", images, IMAGES, &n);
        cr_assert_eq(memcmp(row, wanted, m * sizeof *row), 0, "%s", specs[i][1]);
        cr_assert_eq(memcmp(parts, hog, n * sizeof *hog), 0, "%s", joined);
        cr_assert_eq(memcmp(parts + n, wanted, m * sizeof *row), 0, "%s", joined);
        free(wanted);
        free(row);
        free(parts);
        free(hog);
    }
    for (size_t i = 0; i < IMAGES; i++) {
        free_image(&images[i]);
        free_image(&small[i]);
    }
}

Test(stages, sizes_decide_what_images_of_different_sizes_are_brought_to)
{
    static const struct {
        const char *spec;
        size_t side;
    } cases[] = {{"hog", 128},
                 {"words:descriptor=sift", 256},
                 {"hog:size=64", 64},
                 {"hog:size=64+color", 128},
                 {"words:descriptor=sift,size=96x200+hog:size=64", 200},
                 {"words:descriptor=sift,size=320+color", 320},
                 {"pixels:size=300", 128}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        oc_features *features = parse(cases[i].spec);
        cr_assert_eq(oc_features_side(features), cases[i].side, "%s", cases[i].spec);
        oc_features_free(features);
    }
}

Test(stages, flat_images_give_finite_rows)
{
    for (size_t i = 0; i < spec_count(); i++) {
        oc_features *features = ready(spec_at(i), 33, 31);
        oc_image image = make_image(33, 31);
        cr_assert(features, "%s", spec_at(i));
        for (unsigned value = 0; value < 256; value += 85) {
            fill_image(&image, (uint8_t)value);
            free(extracted(features, &image)); /* which checks for NaN */
        }
        free_image(&image);
        oc_features_free(features);
    }
}

Test(stages, a_joined_row_is_its_parts_to_the_bit)
{
    oc_image image = random_image(41, 35, 5);
    for (size_t i = 0; i < spec_count(); i++) {
        const char *other = spec_at((i + 5) % spec_count());
        char joined[300];
        snprintf(joined, sizeof joined, "%s+%s", spec_at(i), other);
        oc_features *a = ready(spec_at(i), 41, 35), *b = ready(other, 41, 35), *both = ready(joined, 41, 35);
        cr_assert(a && b && both, "%s", joined);
        float *first = extracted(a, &image), *second = extracted(b, &image), *row = extracted(both, &image);
        size_t n = oc_features_dimension(a), m = oc_features_dimension(b);
        cr_assert_eq(oc_features_dimension(both), n + m);
        cr_assert_eq(memcmp(row, first, n * sizeof *row), 0, "%s", joined);
        cr_assert_eq(memcmp(row + n, second, m * sizeof *row), 0, "%s", joined);
        free(first);
        free(second);
        free(row);
        oc_features_free(a);
        oc_features_free(b);
        oc_features_free(both);
    }
    free_image(&image);
}

Test(stages, a_mirrored_row_is_the_row_of_the_mirrored_image)
{
    static const size_t widths[] = {24, 32, 37};
    size_t mirrored = 0;
    for (size_t i = 0; i < spec_count(); i++) {
        for (size_t j = 0; j < sizeof widths / sizeof *widths; j++) {
            oc_features *features = ready(spec_at(i), widths[j], 35);
            cr_assert(features, "%s", spec_at(i));
            if (oc_features_mirror_order(features, NULL, NULL) == OC_OK) {
                oc_image image = random_image(widths[j], 35, 9), other = mirrored_image(&image);
                size_t n = oc_features_dimension(features);
                float *row = extracted(features, &image), *wanted = extracted(features, &other);
                float *out = malloc(n * sizeof *out);
                uint32_t *order = malloc(n * sizeof *order);
                cr_assert(oc_features_mirror_order(features, order, NULL) == OC_OK);
                for (size_t k = 0; k < n; k++) {
                    cr_assert(order[k] < n, "%s, value %zu", spec_at(i), k);
                    out[k] = row[order[k]];
                }
                double d = difference(out, wanted, n);
                cr_assert(d <= 1e-4, "%s, width %zu: %g", spec_at(i), widths[j], d);
                free(order);
                mirrored++;
                free(row);
                free(wanted);
                free(out);
                free_image(&image);
                free_image(&other);
            }
            oc_features_free(features);
        }
    }
    cr_assert_geq(mirrored, 20); /* the specs and widths with a mirror order now; a new stage may add some */
}

typedef struct shared_work {
    const oc_features *features;
    oc_image *images;
    float *rows;
    oc_workspace *workspaces[4];
    oc_status *status; /* of each image: tasks do not assert, the test does so afterwards, in its own thread */
} shared_work;

static void extract_one(void *context, size_t index, size_t worker)
{
    shared_work *work = context;
    work->status[index] = oc_features_extract(work->features, &work->images[index], work->workspaces[worker],
                                              work->rows + index * oc_features_dimension(work->features), NULL);
}

Test(stages, threads_do_not_change_rows)
{
    enum { IMAGES = 24 };
    oc_image images[IMAGES];
    for (size_t i = 0; i < IMAGES; i++) {
        images[i] = random_image(40, 33, i);
    }
    oc_job *job = NULL;
    cr_assert_eq(oc_job_create(4, NULL, &job, NULL), OC_OK);
    for (size_t i = 0; i < spec_count(); i++) {
        oc_features *features = ready(spec_at(i), 40, 33);
        cr_assert(features, "%s", spec_at(i));
        size_t n = oc_features_dimension(features);
        oc_status status[IMAGES];
        shared_work work = {features, images, malloc(IMAGES * n * sizeof(float)), {0}, status};
        for (size_t w = 0; w < 4; w++) {
            cr_assert_eq(oc_workspace_create(&work.workspaces[w], NULL), OC_OK);
        }
        oc_parallel(job, IMAGES, extract_one, &work);
        for (size_t j = 0; j < IMAGES; j++) {
            cr_assert_eq(status[j], OC_OK, "%s, image %zu: %s", spec_at(i), j, oc_status_text(status[j]));
            float *row = extracted(features, &images[j]);
            cr_assert_eq(memcmp(row, work.rows + j * n, n * sizeof *row), 0, "%s", spec_at(i));
            free(row);
        }
        for (size_t w = 0; w < 4; w++) {
            oc_workspace_free(work.workspaces[w]);
        }
        free(work.rows);
        oc_features_free(features);
    }
    oc_job_free(job);
    for (size_t i = 0; i < IMAGES; i++) {
        free_image(&images[i]);
    }
}

Test(stages, nothing_is_allocated_after_the_first_image)
{
    oc_image image = random_image(40, 24, 3);
    for (size_t i = 0; i < spec_count(); i++) {
        const char *spec = spec_at(i);
        oc_features *features = ready(spec, 40, 24);
        cr_assert(features, "%s", spec);
        float *row = malloc(oc_features_dimension(features) * sizeof *row);
        oc_workspace *workspace = NULL;
        cr_assert_eq(oc_workspace_create(&workspace, NULL), OC_OK);
        cr_assert_eq(oc_features_extract(features, &image, workspace, row, NULL), OC_OK);
        oc_memory_fail_after(1);
        oc_status status = oc_features_extract(features, &image, workspace, row, NULL);
        oc_memory_fail_after(0);
        cr_assert_eq(status, OC_OK, "%s", spec);
        oc_workspace_free(workspace);
        free(row);
        oc_features_free(features);
    }
    free_image(&image);
}

static oc_status everything(const char *spec, const oc_image *image, float *row)
{
    oc_features *features = NULL;
    oc_workspace *workspace = NULL;
    oc_status status = oc_features_parse(spec, &features, NULL);
    status = status ? status : oc_features_plan(features, image->width, image->height, NULL);
    status = status ? status : oc_workspace_create(&workspace, NULL);
    status = status ? status : oc_features_extract(features, image, workspace, row, NULL);
    oc_workspace_free(workspace);
    oc_features_free(features);
    return status;
}

Test(stages, every_failed_allocation_is_reported)
{
    oc_image image = random_image(20, 21, 3);
    static const char spec[] = "pixels:size=4+color:grid=2+hog:cell=4,block=2,window=1";
    float *row = row_of(spec, &image, NULL);
    size_t tries = 0;
    for (oc_status status = OC_NO_MEMORY; status != OC_OK; tries++) {
        oc_memory_fail_after(tries + 1);
        status = everything(spec, &image, row);
        oc_memory_fail_after(0);
        cr_assert(status == OC_OK || status == OC_NO_MEMORY, "allocation %zu: %s", tries, oc_status_text(status));
    }
    cr_assert_gt(tries, 10);
    free(row);
    free_image(&image);
}

Test(stages, an_image_that_was_not_planned_is_refused)
{
    oc_features *features = parse("hog:cell=4+color");
    oc_image image = random_image(20, 20, 1);
    oc_workspace *workspace = NULL;
    oc_error err = {0};
    float row[2000] = {0};
    cr_assert_eq(oc_workspace_create(&workspace, &err), OC_OK);
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, &err), OC_USAGE);
    cr_assert(strstr(err.message, "not planned"));
    cr_assert_eq(oc_features_plan(features, 20, 16, &err), OC_OK);
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, &err), OC_USAGE);
    cr_assert(strstr(err.message, "20x16") && strstr(err.message, "20x20"), "%s", err.message);
    image.height = 16;
    uint8_t *rgb = image.rgb, *gray = image.gray;
    image.rgb = NULL;
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, &err), OC_USAGE);
    cr_assert(strstr(err.message, "RGB"));
    image.rgb = rgb;
    image.gray = NULL;
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, &err), OC_USAGE);
    cr_assert(strstr(err.message, "gray"));
    image.gray = gray;
    cr_assert_eq(row[0], 0, "a refused image must leave the row alone");
    cr_assert_eq(oc_features_extract(features, &image, workspace, row, &err), OC_OK);
    oc_workspace_free(workspace);
    oc_features_free(features);
    free_image(&image);
}

Test(stages, a_size_of_its_own_that_is_too_small_for_a_stage_is_its_own_fault)
{
    oc_features *features;
    oc_error err = {0};
    cr_assert_eq(oc_features_parse("pixels+hog:cell=8,size=5x9", &features, &err), OC_OK);
    cr_assert_eq(oc_features_plan(features, 64, 48, &err), OC_USAGE);
    cr_assert(strstr(err.message, "hog: ") && strstr(err.message, "5x9") && strstr(err.message, "larger size="), "%s",
              err.message);
    cr_assert_eq(oc_features_plan(features, 64, 48, NULL), OC_USAGE);
    oc_features_free(features);
}

Test(stages, a_failed_plan_leaves_the_old_one)
{
    oc_features *features = planned("pixels+hog:cell=8", 64, 48);
    size_t before = oc_features_dimension(features);
    oc_error err = {0};
    cr_assert_eq(oc_features_plan(features, 5, 90, &err), OC_TOO_SMALL);
    cr_assert(strstr(err.message, "hog") && strstr(err.message, "5x90") && strstr(err.message, "8x8"), "%s",
              err.message);
    cr_assert_eq(oc_features_plan(features, 0, 90, &err), OC_TOO_SMALL);
    cr_assert_eq(oc_features_plan(features, SIZE_MAX / 2, 3, &err), OC_TOO_LARGE);
    cr_assert_eq(oc_features_plan(features, (size_t)1 << 29, (size_t)1 << 29, &err), OC_TOO_LARGE, "%s", err.message);
    cr_assert_eq(oc_features_dimension(features), before);
    cr_assert_eq(oc_features_size(features).width, 64);
    oc_features_free(features);
}

Test(stages, a_row_that_does_not_fit_into_memory_is_refused)
{
    oc_features *features = parse("hog:cell=1,bins=90,block=16");
    oc_error err = {0};
    cr_assert_eq(oc_features_plan(features, (size_t)1 << 24, (size_t)1 << 24, &err), OC_TOO_LARGE, "%s", err.message);
    cr_assert(strstr(err.message, "memory"));
    oc_features_free(features);
}

/* True when all is white but for the frame and two pixels around it, and something is drawn there. */
static bool drawn_inside(const oc_canvas *canvas, const oc_draw_request *s)
{
    bool drawn = false;
    for (size_t i = 0; i < canvas->width * canvas->height; i++) {
        double x = (double)(i % canvas->width), y = (double)(i / canvas->width);
        bool inside = x >= s->x - 2 && x <= s->x + s->width + 2 && y >= s->y - 2 && y <= s->y + s->height + 2;
        bool white = canvas->rgb[3 * i] == 255 && canvas->rgb[3 * i + 1] == 255 && canvas->rgb[3 * i + 2] == 255;
        cr_assert(canvas->mask[i] <= 0, "marks are left");
        if (!white && !inside) {
            return false;
        }
        drawn = drawn || !white;
    }
    return drawn;
}

Test(stages, every_stage_draws_inside_of_its_frame)
{
    static const size_t sizes[][2] = {{33, 21}, {24, 40}};
    for (size_t i = 0; i < 2 * spec_count(); i++) {
        oc_image image = random_image(sizes[i % 2][0], sizes[i % 2][1], i);
        oc_features *features = ready(spec_at(i / 2), image.width, image.height);
        cr_assert(features);
        const oc_stage *stage = oc_features_stage(features, 0);
        float *row = extracted(features, &image);
        cr_assert(strstr(oc_stage_legend(stage), "against"), "%s", stage->type->name);
        for (oc_drawing what = OC_DRAW_ROW; what <= OC_DRAW_LEARNED; what++) {
            double aspect = oc_stage_aspect(stage, what);
            oc_canvas canvas;
            cr_assert(aspect >= 0 && (what == OC_DRAW_LEARNED || aspect > 0));
            cr_assert_eq(oc_canvas_create(&canvas, 400, 400, NULL), OC_OK);
            double height = aspect > 1 ? 300 / aspect : 300;
            oc_draw_request s = {what,  row, what == OC_DRAW_ROW ? &image : NULL, &canvas, 50, 40, height * aspect,
                                 height};
            for (size_t j = 0; what == OC_DRAW_WEIGHTS && j < stage->plan.dimension; j++) {
                row[j] = j % 3 ? -0.25F * (float)(j % 5) : 0.5F * (float)(j % 7);
            }
            if (aspect > 0) {
                cr_assert_eq(oc_stage_draw(stage, &s, NULL), OC_OK);
                cr_assert(drawn_inside(&canvas, &s), "%s, drawing %d", spec_at(i / 2), (int)what);
            }
            oc_canvas_free(&canvas);
        }
        free(row);
        oc_features_free(features);
        free_image(&image);
    }
}

Test(stages, what_is_spread_over_the_image_keeps_its_sum)
{
    for (size_t i = 0; i < spec_count(); i++) {
        oc_image image = random_image(33, 22, i);
        oc_features *features = ready(spec_at(i), image.width, image.height);
        cr_assert(features, "%s", spec_at(i));
        const oc_stage *stage = oc_features_stage(features, 0);
        float *row = extracted(features, &image);
        double *given = calloc(stage->plan.dimension, sizeof *given),
               *fixed = calloc(stage->plan.dimension, sizeof *fixed);
        double *map = calloc(image.width * image.height, sizeof *map), sum = 0, size = 0;
        oc_random random = oc_random_stream(i, 2, 0);
        for (size_t j = 0; j < stage->plan.dimension; j++) {
            given[j] = oc_random_normal(&random) * (double)row[j];
            fixed[j] = oc_random_normal(&random);
            sum += given[j] + fixed[j];
            size += fabs(given[j]) + fabs(fixed[j]);
        }
        cr_assert_eq(oc_stage_attribute(stage, &image, given, fixed, map, NULL), OC_OK);
        for (size_t k = 0; k < image.width * image.height; k++) {
            sum -= map[k];
        }
        cr_assert(fabs(sum) <= 1e-9 * size, "%s: %g is lost of %g", spec_at(i), sum, size);
        free(given);
        free(fixed);
        free(map);
        free(row);
        oc_features_free(features);
        free_image(&image);
    }
}

Test(stages, one_without_pictures_of_its_own_is_drawn_as_bars_and_spread_evenly)
{
    oc_features *features = ready("pixels:size=20,gray=1", 33, 22);
    const oc_stage *stage = oc_features_stage(features, 0);
    oc_stage_type plain = *stage->type;
    plain.pictures = NULL;
    oc_stage bare = *stage;
    bare.type = &plain;
    oc_image image = random_image(33, 22, 1);
    float *row = extracted(features, &image);
    cr_assert(!(oc_stage_aspect(&bare, OC_DRAW_LEARNED) > 0));
    cr_assert(strstr(oc_stage_legend(&bare), "against"));
    for (int k = 0; k < 3; k++) { /* values from 0 on, weights, values of both signs */
        oc_canvas canvas;
        cr_assert_eq(oc_canvas_create(&canvas, 400, 400, NULL), OC_OK);
        row[3] = k == 2 ? -row[3] - 1 : row[3];
        oc_draw_request s = {k == 1 ? OC_DRAW_WEIGHTS : OC_DRAW_ROW, row, &image, &canvas, 50, 40, 300, 150};
        cr_assert(oc_stage_aspect(&bare, s.kind) > 0);
        cr_assert_eq(oc_stage_draw(&bare, &s, NULL), OC_OK);
        cr_assert(drawn_inside(&canvas, &s), "%d", k);
        oc_canvas_free(&canvas);
    }
    double *given = calloc(stage->plan.dimension, sizeof *given), map[33 * 22] = {0};
    given[0] = 2, given[7] = 31;
    cr_assert_eq(oc_stage_attribute(&bare, &image, given, given, map, NULL), OC_OK);
    for (size_t i = 0; i < 33 * 22; i++) {
        cr_assert(!(fabs(map[i] - 66.0 / (33 * 22)) > 1e-12));
    }
    free(given);
    free(row);
    oc_features_free(features);
    free_image(&image);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

Test(stages, every_value_has_a_column_name_of_its_own)
{
    for (size_t i = 0; i < spec_count(); i++) {
        oc_features *features = ready(spec_at(i), 40, 33);
        cr_assert(features, "%s", spec_at(i));
        size_t dimension = oc_features_dimension(features), product = 1;
        cr_assert_gt(oc_features_axis_count(features, 0), 0, "%s", spec_at(i));
        for (size_t k = 0; k < oc_features_axis_count(features, 0); k++) {
            oc_row_axis axis = oc_features_axis(features, 0, k);
            cr_assert(axis.name && *axis.name && axis.meaning && *axis.meaning, "%s, axis %zu", spec_at(i), k);
            product *= axis.length;
        }
        cr_assert_eq(product, dimension, "%s", spec_at(i));
        char **names = malloc(dimension * sizeof *names);
        for (size_t j = 0; j < dimension; j++) {
            names[j] = malloc(100);
            cr_assert_lt(oc_features_column_name(features, j, names[j], 100), 100);
            cr_assert_eq(strcspn(names[j], " ,\"\n"), strlen(names[j]), "'%s' has to be quoted", names[j]);
        }
        qsort(names, dimension, sizeof *names, by_text);
        for (size_t j = 1; j < dimension; j++) {
            cr_assert_str_neq(names[j - 1], names[j], "%s", spec_at(i));
        }
        for (size_t j = 0; j < dimension; j++) {
            free(names[j]);
        }
        free(names);
        oc_features_free(features);
    }
}
