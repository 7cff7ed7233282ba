/* Estimates memory and time by a trial on a few images, spread evenly over the data set. */
#include "src/cli/dry_run.h"

#include "src/cli/inputs.h"
#include "src/cli/progress.h"

#include <stdio.h>
#include <sys/resource.h>

enum { TRIED = 256 };

oc_status try_images(oc_dataset *dataset, const oc_features *features, const oc_extract_options *options, oc_job *job,
                     cli_trial *result, oc_error *err)
{
    oc_set *set = NULL;
    struct rusage usage;
    cli_trial t = {.images = oc_dataset_count(dataset), .classes = oc_dataset_classes(dataset)};
    oc_status status = oc_dataset_sample(dataset, TRIED, err);
    if (!status) {
        status = oc_set_extract(dataset, features, options, job, &set, err);
    }
    if (status) {
        return status;
    }
    t.tried = oc_dataset_count(dataset);
    t.unreadable = oc_set_skipped(set);
    t.dimension = oc_set_rows(set)->dimension;
    t.size = oc_set_image_options(set).size;
    t.image_seconds = oc_set_seconds(set) / (double)t.tried;
    t.fit_seconds = oc_set_fit_seconds(set);
    t.memory = getrusage(RUSAGE_SELF, &usage) == 0 ? (size_t)usage.ru_maxrss * 1024 : 0;
    oc_set_free(set);
    *result = t;
    return OC_OK;
}

static void put_bytes(size_t bytes)
{
    if (bytes < 10 << 20) {
        printf("%.1f MB", (double)bytes / 1e6);
    } else if (bytes < (size_t)10 << 30) {
        printf("%.0f MB", (double)bytes / 1e6);
    } else {
        printf("%.0f GB", (double)bytes / 1e9);
    }
}

static void put_seconds(double seconds)
{
    if (seconds < 90) {
        printf("%.*f s", seconds < 9.5, seconds);
    } else if (seconds < 5400) {
        printf("%.0f min", seconds / 60);
    } else {
        printf("%.1f h", seconds / 3600);
    }
}

static void put_images(const char *label, const cli_trial *t)
{
    printf("%-11s %zu", label, t->images);
    if (t->classes) {
        printf(" of %zu %s", t->classes, plural(t->classes, "class", "classes"));
    }
    if (t->unreadable) {
        printf("; %zu of %zu tried cannot be read", t->unreadable, t->tried);
    }
    putchar('\n');
}

static void print_json_plan(const cli_plan *p, size_t images, double seconds)
{
    const cli_trial *t = &p->work;
    printf("{\"images\":%zu,\"classes\":%zu,\"dimension\":%zu,\"width\":%zu,\"height\":%zu,\"output_bytes\":%zu,"
           "\"memory_bytes\":%zu,\"extract_seconds\":%.3g,\"fit_seconds\":%.3g,\"choose_seconds\":%.3g}\n",
           images, t->classes, t->dimension, t->size.width, t->size.height, p->output, p->memory, seconds,
           t->fit_seconds, t->choose_seconds);
}

static void put_values(const cli_trial *t)
{
    if (t->tried) {
        printf("values      %zu per image of %zux%zu pixels\n", t->dimension, t->size.width, t->size.height);
    } else {
        printf("values      %zu per row\n", t->dimension);
    }
}

static void put_time(const cli_plan *p, double seconds)
{
    const cli_trial *t = &p->work;
    if (t->tried == 0) {
        puts(p->trains ? "time        that of the training, which is not estimated" : "time        little");
        return;
    }
    fputs("time        about ", stdout);
    put_seconds(seconds);
    printf(" to extract, estimated from %zu images\n", t->tried);
    if (t->fit_seconds > 0.05) {
        fputs("            before that, fitting the stages: ", stdout);
        put_seconds(t->fit_seconds);
        fputs(" for these few images, longer for all\n", stdout);
    }
    if (t->choose_seconds > 0) {
        fputs("            before that, choosing the features for -f auto: at most ", stdout);
        put_seconds(t->choose_seconds);
        fputs(" of two processors; the other figures are those of the largest candidate\n", stdout);
    }
    if (p->trains) {
        puts("            after that, training, which is not estimated");
    }
}

void print_plan(const cli_plan *p, bool json)
{
    size_t images = p->work.images + (p->test ? p->test->images : 0);
    double seconds = p->work.image_seconds * (double)images;
    progress_clear();
    if (json) {
        print_json_plan(p, images, seconds);
        return;
    }
    put_images(p->test ? "training" : p->work.tried ? "images" : "rows", &p->work);
    if (p->test) {
        put_images("test", p->test);
    }
    put_values(&p->work);
    if (p->output) {
        fputs("output      ", stdout);
        put_bytes(p->output);
        putchar('\n');
    }
    fputs("memory      about ", stdout);
    put_bytes(p->memory);
    putchar('\n');
    put_time(p, seconds);
    puts("nothing was written");
}
