/* ocellus extract: feature rows of images. */
#include "src/cli/choose.h"
#include "src/cli/dry_run.h"
#include "src/cli/extract_output.h"
#include "src/cli/inputs.h"
#include "src/cli/terminal.h"

#include <stdio.h>
#include <string.h>

/* For estimates: bytes of a value as text, of a path, and of the rows in memory at a time. */
enum { TEXT_BYTES = 14, PATH_BYTES = 100, ROUND_BYTES = 8 << 20 };

/* The stages, and the object that owns them. */
typedef struct stages_source {
    oc_set *set;         /* of --with, or NULL */
    oc_model *model;     /* of --with, or NULL */
    oc_features *parsed; /* of -f, or NULL */
    const oc_features *features;
} stages_source;

static oc_status open_source(const cli_settings *settings, stages_source *source, oc_image_options *image,
                             oc_error *err)
{
    oc_status status;
    if (!settings->with) {
        status = oc_features_parse(settings->specs.items[0], &source->parsed, err);
        source->features = source->parsed;
        return status;
    }
    const cli_input in = recognise(settings->with);
    if (in.kind == INPUT_SET) {
        status = oc_set_open(settings->with, &source->set, err);
        if (!status) {
            use_image_options(image, oc_set_image_options(source->set));
            source->features = oc_set_features(source->set);
        }
    } else {
        status = open_model(&in, &source->model, err);
        if (!status) {
            use_image_options(image, oc_model_image_options(source->model));
            source->features = oc_model_features(source->model);
        }
    }
    if (!status && oc_features_count(source->features) == 0) {
        status = wrong_usage(err, "%.700s was trained on rows made by another program: it has no stages for images",
                             settings->with);
    }
    return status;
}

static void close_source(stages_source *source)
{
    oc_set_free(source->set);
    oc_model_free(source->model);
    oc_features_free(source->parsed);
}

/* Parses "3/8"; false for any other text. */
static bool parse_shard(const char *text, size_t *index, size_t *count)
{
    char slash, end;
    return strspn(text, "0123456789/") == strlen(text) && sscanf(text, "%zu%c%zu%c", index, &slash, count, &end) == 3 &&
           slash == '/' && *index >= 1 && *index <= *count;
}

static int wrong_options(const cli_settings *settings)
{
    size_t index, count;
    if (!settings->output && !settings->dry_run) {
        return report_usage(&command_extract, "-o is missing: the folder or file to write");
    }
    if (!settings->with && settings->specs.count == 0) {
        oc_error err;
        const char *images = settings->operands.count ? settings->operands.items[0] : "-";
        if (is_absent(images, &err)) {
            return report_failure(&err); /* a set that is not there would need no -f */
        }
        return report_usage(&command_extract, "-f SPEC is missing: the features, for example -f hog+color");
    }
    if (settings->specs.count && is_auto(settings->specs.items[0])) {
        return report_usage(&command_extract, "%s", AUTO_REFUSED);
    }
    if (settings->with && settings->specs.count) {
        return report_usage(&command_extract, "-f and --with exclude each other");
    }
    if (settings->specs.count > 1) {
        return report_usage(&command_extract, "only one -f is possible; join stages with '+': -f %s+%s",
                            settings->specs.items[0], settings->specs.items[1]);
    }
    if (settings->with &&
        (option_given(settings, "size") || option_given(settings, "fit") || option_given(settings, "depth"))) {
        return report_usage(&command_extract, "--size, --fit and --depth have no effect: --with defines them");
    }
    if (settings->operands.count == 0 && !settings->files_from) {
        return report_usage(&command_extract, "expects %s", command_extract.expects);
    }
    if (settings->shard && !parse_shard(settings->shard, &index, &count)) {
        return report_usage(&command_extract, "--shard '%s': write i/n, for example 1/8 to 8/8", settings->shard);
    }
    if (settings->shard && settings->format != OC_FORMAT_NPY) {
        return report_usage(&command_extract, "--shard makes sets; 'ocellus merge' joins them, then 'ocellus "
                                              "extract SET --format ...' writes text");
    }
    return EXIT_DONE;
}

/* Opens the images: all, those of a list, or a shard of them. */
static oc_status open_chosen(const cli_settings *settings, oc_dataset **dataset, oc_job *job, oc_error *err)
{
    size_t index, count;
    oc_status status;
    if (settings->operands.count == 0) {
        status = oc_dataset_open_list(settings->files_from, dataset, err);
    } else {
        status = open_images(settings, settings->operands.items[0], dataset, err);
        if (!status && settings->files_from) {
            status = oc_dataset_select(*dataset, settings->files_from, err);
        }
    }
    if (!status && settings->operands.count) {
        status = oc_dataset_note_labels(*dataset, settings->operands.items[0], job, err);
    }
    if (!status && settings->shard && parse_shard(settings->shard, &index, &count)) {
        status = oc_dataset_shard(*dataset, index, count, err);
    }
    return status;
}

/* OC_USAGE when a shard has stages to fit: all shards must use the same codebook, which is learned before. */
static oc_status check_learned(const cli_settings *settings, const oc_features *features, oc_error *err)
{
    if (!settings->shard || !oc_features_unfitted(features)) {
        return OC_OK;
    }
    const char *spec = oc_features_spec(features);
    return wrong_usage(err,
                       "%.200s must learn from images, once for all shards. First run 'ocellus extract SOME-IMAGES -f "
                       "%.200s -o learned', then extract each shard with '--with learned' instead of '-f %.200s'",
                       spec, spec, spec);
}

/* The inputs of one run. */
typedef struct extraction {
    const cli_settings *settings;
    stages_source source;
    oc_extract_options options;
    oc_dataset *dataset;
    oc_set *set;
} extraction;

static int print_extract_plan(extraction *e, oc_job *job)
{
    cli_trial t;
    oc_error err;
    if (try_images(e->dataset, e->source.features, &e->options, job, &t, &err)) {
        return report_failure(&err);
    }
    size_t values = t.images * t.dimension;
    bool set = e->settings->format == OC_FORMAT_NPY;
    cli_plan p = {.work = t,
                  .output = values * (set ? sizeof(float) : TEXT_BYTES),
                  .memory = t.memory + ROUND_BYTES + t.images * PATH_BYTES};
    print_plan(&p, e->settings->json);
    return EXIT_DONE;
}

static oc_status extract(extraction *e, oc_job *job, oc_error *err)
{
    oc_extract_options options = e->options;
    options.output = e->settings->output;
    options.format = output_format(e->settings);
    return oc_set_extract(e->dataset, e->source.features, &options, job, &e->set, err);
}

/* The rows are in place by now, so an error of the search, such as lack of memory, is only a note. */
static void note_equal_images(const oc_set *set, oc_job *job)
{
    oc_error err;
    if (oc_set_note_equal(set, false, job, &err)) {
        terminal_note("the rows are complete, but equal images are not reported: %s", err.message);
    }
}

static int run(const cli_settings *settings, oc_job *job)
{
    if (settings->operands.count && recognise(settings->operands.items[0]).kind == INPUT_SET) {
        return export_set(settings, job);
    }
    extraction e = {.settings = settings, .options = extract_options(settings)};
    oc_error err;
    int status = wrong_options(settings);
    status = status ? status : wrong_output(settings);
    if (status) {
        return status;
    }
    if (check_rows_output(settings, &err) || open_source(settings, &e.source, &e.options.image, &err) ||
        check_learned(settings, e.source.features, &err) || open_chosen(settings, &e.dataset, job, &err)) {
        status = report_failure(&err);
    } else if (settings->dry_run) {
        status = print_extract_plan(&e, job);
    } else if (extract(&e, job, &err)) {
        status = report_lost_rows(settings, &err);
    } else {
        note_equal_images(e.set, job);
        status = report_rows(settings, e.set);
    }
    oc_set_free(e.set);
    oc_dataset_free(e.dataset);
    close_source(&e.source);
    return status;
}

static const char *const formats[] = {"npy", "svmlight", "csv", NULL}; /* as in oc_format */

/* clang-format off */
static const cli_option own_options[] = {
    {'f', "SPEC", REPEAT_COLLECTED, 0,
     {OPTION_TEXT("features", specs,
                  "features of each image: stages joined by '+', see 'ocellus help stages'")}},
    {'w', "SET|MODEL", REPEAT_REFUSED, 0,
     {OPTION_TEXT("with", with, "use the stages and the image size of a set or a model, as they were fitted")}},
    {'o', "SET|FILE", REPEAT_REFUSED, 0,
     {OPTION_TEXT("output", output,
                  "folder to write (with --format svmlight or csv: a file, or '-'); replaces an older one")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_CHOICE("format", format, formats, "npy", "npy: a set folder with features.npy; svmlight, csv: one text "
                                                      "file")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("names", column_names,
                  "with --format csv: name the columns by stage and position, such as hog.y2.x1.b4, and not f0, f1")}},
    {0, "FILE", REPEAT_REFUSED, 0,
     {OPTION_TEXT(
         "files-from", files_from,
         "extract only the paths listed in FILE, one a line ('-': standard input), in the order of the list; they "
         "are paths of IMAGES, or without IMAGES paths from the current folder")}},
    {0, "I/N", REPEAT_REFUSED, 0,
     {OPTION_TEXT("shard", shard,
                  "extract part I of N, for 'ocellus merge'; stages that learn must come from --with")}},
    {0, NULL, REPEAT_LAST_WINS, 0,
     {OPTION_FLAG("resume", resume,
                  "continue an interrupted run of the same command from SET.partial; without this option SET.partial "
                  "is deleted")}},
};
/* clang-format on */

const cli_command command_extract = {
    .name = "extract",
    .options = {READS_IMAGES | SKIPS_IMAGES | STOPS_AT_IMAGES | TAKES_SPEC | LEARNS | PLANS | WORKS_LONG | WRITES_SET |
                    PRINTS_RESULT,
                OWN_OPTIONS(own_options)},
    .summary = "write feature rows of images",
    .usage = "extract IMAGES -f SPEC -o SET\n"
             "extract IMAGES --with SET|MODEL -o SET\n"
             "extract IMAGES|SET --format svmlight|csv -o FILE",
    .about =
        "Computes one row of numbers for every image and writes the rows to the folder SET: features.npy (float32, "
        "one row for each image), index.csv (row, path, label, width, height), stages.safetensors (the learned state "
        "of the stages), hashes.npy (of the pixels, to find equal images), and skipped.csv if images could not be "
        "read. The CSV files follow RFC 4180: a path or label with a comma, a quote or a line break is quoted; its "
        "bytes are not changed, even if they are not UTF-8.\n\n"
        "IMAGES is a folder with one sub-folder for each class, a folder of images, a CSV list with the header "
        "path,label, '-' for paths on standard input, or an IDX or CIFAR-10 binary file. PNG and JPEG files are "
        "recognised by their content.\n\n"
        "With --with, the stages of a set or a model are used as they were fitted, so that the rows of other images "
        "are comparable with its rows.\n\n"
        "--format svmlight writes a line 'label index:value ...' for each image instead, without zeros; the labels "
        "are numbers 0, 1, ..., and FILE.classes has their names. --format csv has the columns path, label, f0, f1, "
        "..., or with --names the column names that 'ocellus info' prints, such as hog.y2.x1.b4. Both also convert "
        "an existing SET, and accept '-o -'.\n\n"
        "--shard i/n extracts part i of n, so that n processes or machines can share the work; 'ocellus merge' joins "
        "the parts.",
    .examples = "ocellus extract photos -f hog:cell=8+color:grid=2 -o rows\n"
                "ocellus extract more-photos --with rows -o more-rows\n"
                "find . -name '*.jpg' | ocellus extract - -f hog --size 64x128 -o rows\n"
                "ocellus extract photos -f hog --format svmlight -o photos.svm\n"
                "ocellus extract photos --with rows --shard 3/8 -o part3\n"
                "python3 -c 'import numpy; print(numpy.load(\"rows/features.npy\").shape)'",
    .expects = "IMAGES, one data set",
    .min_operands = 0,
    .max_operands = 1,
    .run = run,
};
