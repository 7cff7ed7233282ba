/* The report: the page of report.html with its data put in as one JSON object. What --json prints is in it as it is;
 * settings, curves and images stand beside it.
 *
 * Images are shown as thumbnails of at most 64 pixels a side, most confident mistakes first, then some for every
 * cell of the confusion matrix, until a budget of bytes is used up; what is left over is named by its path. Nothing
 * in the data can end the script element that holds it: '<', '>' and '&' are written as escapes, and the page puts
 * texts in as texts. */
#include "src/evaluate/evaluate.h"

#include "src/base/fail.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/base/output.h"
#include "src/base/string.h"
#include "src/evaluate/predictions.h"
#include "src/image/png_encode.h"
#include "src/model/object.h"
#include "src/report/json.h"
#include "src/report/report_page.h"

#include <ocellus/ocellus.h>

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    MISTAKES = 24,             /* most confident ones of a row */
    PER_CELL = 6,              /* of a cell of the confusion matrix */
    THUMBNAIL = 64,            /* pixels a side at most */
    THUMBNAILS_TAKE = 2500000, /* bytes of all of them */
    MATRICES_TAKE = 400000     /* cells of all confusion matrices; past that only the best row has one */
};
static const char PLACEHOLDER[] = "@DATA@";

/* What a report is about: evaluations of the same images. */
typedef struct subject {
    const oc_evaluation *const *evaluations; /* (count) */
    size_t count, best;
    size_t rows;                     /* of the test set */
    const size_t *items;             /* (rows): items of images; NULL without them */
    const oc_set *set;               /* names rows where there are no items */
    const oc_comparison *comparison; /* what is reported, or NULL for an evaluation */
    oc_label_list classes;
    oc_image_options image;
    const oc_report_options *options;
} subject;

/* An image that is shown for an evaluation. */
typedef struct shown {
    float confidence;
    uint32_t at; /* in the evaluation's lists */
} shown;

static int by_confidence(const void *a, const void *b)
{
    const shown *one = a, *other = b;
    return one->confidence > other->confidence   ? -1
           : one->confidence < other->confidence ? 1
           : one->at < other->at                 ? -1
                                                 : one->at > other->at;
}

/* All images, most confident first: by the probability of the prediction, or how far its score is ahead. */
static shown *rank(const oc_evaluation *e, oc_error *err)
{
    shown *all = oc_alloc(e->images, sizeof *all);
    if (!all) {
        oc_fail_memory(err, "the report");
        return NULL;
    }
    for (size_t i = 0; i < e->images; i++) {
        all[i] = (shown){e->probable ? e->likely[i] : e->likely[i] - e->right[i], (uint32_t)i};
    }
    qsort(all, e->images, sizeof *all, by_confidence);
    return all;
}

/* Marks in `wanted` (rows) what is shown of an evaluation: with `cells`, some of every cell of the confusion matrix,
 * else the most confident mistakes alone. They are added to the list, when it is not NULL, as [row, expected,
 * predicted, value of the prediction, value of the expected class]. */
static oc_status pick(const oc_evaluation *e, bool cells, uint8_t *wanted, oc_string *list, oc_error *err)
{
    size_t size, mistakes = 0;
    shown *all = rank(e, err);
    uint8_t *taken = oc_multiply(e->classes, e->classes, &size) ? oc_alloc(size, 1) : NULL;
    if (!all || !taken) {
        oc_free(all);
        oc_free(taken);
        return oc_fail_memory(err, "the report");
    }
    for (size_t k = 0; k < e->images; k++) {
        size_t i = all[k].at, cell = (size_t)e->expected[i] * e->classes + (size_t)e->predicted[i];
        bool wrong = e->expected[i] != e->predicted[i];
        bool mistake = wrong && mistakes < MISTAKES;
        bool in_cell = taken[cell] < PER_CELL;
        mistakes += mistake;
        taken[cell] += in_cell;
        if (cells ? !in_cell && !mistake : !mistake) {
            continue;
        }
        wanted[e->row[i]] = 1;
        if (list) {
            oc_string_format(list, "%s[%" PRIu32 ",%d,%d,%.5g,%.5g]", list->length ? "," : "", e->row[i],
                             e->expected[i], e->predicted[i], (double)e->likely[i], (double)e->right[i]);
        }
    }
    oc_free(all);
    oc_free(taken);
    return OC_OK;
}

/* RFC 4648. */
static void add_base64(oc_string *out, const uint8_t *bytes, size_t size)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < size; i += 3) {
        size_t left = size - i < 3 ? size - i : 3;
        unsigned word = (unsigned)bytes[i] << 16 | (left > 1 ? (unsigned)bytes[i + 1] << 8 : 0) |
                        (left > 2 ? (unsigned)bytes[i + 2] : 0);
        char group[4] = {digits[word >> 18], digits[word >> 12 & 63], left > 1 ? digits[word >> 6 & 63] : '=',
                         left > 2 ? digits[word & 63] : '='};
        oc_string_add_bytes(out, group, sizeof group);
    }
}

/* "data:image/png;base64,..." of a picture no larger than a thumbnail. */
static oc_status encode_thumbnail(const oc_image *image, oc_bytes *png, uint8_t *scratch, oc_string *out, oc_error *err)
{
    size_t channels = image->grayscale ? 1 : 3, width = image->width, height = image->height;
    const uint8_t *pixels = image->grayscale ? image->gray : image->rgb;
    size_t longest = width > height ? width : height;
    oc_status status = OC_OK;
    if (longest > THUMBNAIL) {
        width = width * THUMBNAIL / longest ? width * THUMBNAIL / longest : 1;
        height = height * THUMBNAIL / longest ? height * THUMBNAIL / longest : 1;
        status = oc_image_resize(pixels, image->width, image->height, channels, scratch, width, height, err);
        pixels = scratch;
    }
    if (status == OC_OK) {
        status = oc_png_encode(png, (oc_raster){pixels, width, height, channels}, OC_PNG_SMALL, err);
    }
    if (status == OC_OK) {
        oc_string_add(out, "\"data:image/png;base64,");
        add_base64(out, png->data, png->size);
        oc_string_add(out, "\"");
    }
    return status;
}

/* Thumbnails of wanted rows that have none yet (wanted 2), as "row":"data:..." */
static oc_status add_thumbnails(const subject *s, uint8_t *wanted, oc_string *out, oc_error *err)
{
    const oc_dataset *images = s->options->images;
    oc_decoder *decoder = NULL;
    oc_bytes png = {0};
    uint8_t *scratch = oc_alloc(THUMBNAIL * THUMBNAIL, 3);
    oc_status status = scratch ? oc_decoder_create(&decoder, err) : oc_fail_memory(err, "the report");
    oc_image_options options = s->image;
    options.size = (oc_extent){0, 0};
    options.planes = OC_GRAY | OC_RGB;
    for (size_t row = 0; status == OC_OK && images && row < s->rows && out->length < THUMBNAILS_TAKE; row++) {
        oc_image image;
        if (wanted[row] != 1) {
            continue;
        }
        wanted[row] = 2;
        if (oc_dataset_read(images, s->items[row], decoder, &options, &image, NULL) == OC_OK) {
            oc_string_format(out, "%s\"%zu\":", out->length ? "," : "", row);
            status = encode_thumbnail(&image, &png, scratch, out, err);
        }
    }
    oc_bytes_free(&png);
    oc_decoder_free(decoder);
    oc_free(scratch);
    return status;
}

static void add_paths(const subject *s, const uint8_t *wanted, oc_string *out)
{
    for (size_t row = 0; row < s->rows; row++) {
        if (wanted[row]) {
            oc_string_format(out, "%s\"%zu\":", out->length ? "," : "", row);
            oc_json_quote(out,
                          s->items ? oc_dataset_path(s->options->images, s->items[row]) : oc_set_path(s->set, row));
        }
    }
}

/* "images":[[...]...],"thumbnails":{...},"paths":{...}: mistakes have the first claim to a thumbnail. */
static oc_status add_images(const subject *s, oc_string *data, oc_error *err)
{
    oc_string thumbnails = {0}, paths = {0};
    uint8_t *wanted = oc_alloc(s->rows, 1);
    oc_status status = wanted ? OC_OK : oc_fail_memory(err, "the report");
    for (size_t i = 0; status == OC_OK && i < s->count; i++) {
        status = pick(s->evaluations[i], false, wanted, NULL, err);
    }
    if (status == OC_OK) {
        status = add_thumbnails(s, wanted, &thumbnails, err);
    }
    oc_string_add(data, ",\"images\":[");
    for (size_t i = 0; status == OC_OK && i < s->count; i++) {
        oc_string list = {0};
        status = pick(s->evaluations[i], true, wanted, &list, err);
        oc_string_format(data, "%s[", i ? "," : "");
        oc_string_add(data, list.data ? list.data : "");
        oc_string_add(data, "]");
        data->failed = data->failed || list.failed;
        oc_string_free(&list);
    }
    if (status == OC_OK) {
        status = add_thumbnails(s, wanted, &thumbnails, err);
    }
    if (status == OC_OK) {
        add_paths(s, wanted, &paths);
        oc_string_add(data, "],\"thumbnails\":{");
        oc_string_add(data, thumbnails.data ? thumbnails.data : "");
        oc_string_add(data, "},\"paths\":{");
        oc_string_add(data, paths.data ? paths.data : "");
        oc_string_add(data, "}");
        data->failed = data->failed || thumbnails.failed || paths.failed;
    }
    oc_string_free(&thumbnails);
    oc_string_free(&paths);
    oc_free(wanted);
    return status;
}

static void add_setting(oc_string *data, const char *name, const char *value)
{
    oc_string_add(data, ",[");
    oc_json_quote(data, name);
    oc_string_add(data, ",");
    oc_json_quote(data, value);
    oc_string_add(data, "]");
}

/* "settings":[[name, value]...] */
static void add_settings(const subject *s, oc_string *data)
{
    char value[200];
    oc_string_add(data, ",\"settings\":[[\"version\",");
    oc_json_quote(data, oc_version());
    oc_string_add(data, "]");
    snprintf(value, sizeof value, "%zux%zu", s->image.size.width, s->image.size.height);
    add_setting(data, "size", value);
    snprintf(value, sizeof value, "%" PRIu64, s->options->train.seed);
    add_setting(data, "seed", value);
    for (size_t i = 0; i < oc_train_param_count; i++) {
        oc_param_format(&oc_train_params[i], &s->options->train, value, sizeof value);
        add_setting(data, oc_train_params[i].name, value);
    }
    oc_string_add(data, "]");
}

static void add_json(oc_string *data, char *json)
{
    oc_string_add(data, json ? json : "null");
    data->failed = data->failed || !json;
    oc_json_free(json);
}

/* The address of a file of predictions, in quotes. */
static oc_status add_link(const subject *s, const char *file, oc_string *data, oc_error *err)
{
    oc_string link = {0};
    oc_status status = oc_link_between(s->options->path, file, &link, err);
    if (status == OC_OK) {
        oc_json_quote(data, link.data);
    }
    oc_string_free(&link);
    return status;
}

/* ,"predictions":["address"...], one a row, where predictions were written. */
static oc_status add_links(const subject *s, oc_string *data, oc_error *err)
{
    const char *place = s->options->predictions;
    oc_status status = OC_OK;
    if (!place) {
        return OC_OK;
    }
    oc_string_add(data, ",\"predictions\":[");
    for (size_t i = 0; status == OC_OK && i < s->count; i++) {
        char *name = s->comparison ? oc_predictions_name(s->comparison, i) : NULL;
        char *file = name ? oc_path_join(place, name) : oc_strdup(place);
        bool known = file && (name || !s->comparison);
        oc_string_add(data, i ? "," : "");
        status = known ? add_link(s, file, data, err) : oc_fail_memory(err, "a path");
        oc_free(name);
        oc_free(file);
    }
    oc_string_add(data, "]");
    return status;
}

/* Everything but what is the comparison's own. */
static oc_status add_subject(const subject *s, oc_string *data, oc_error *err)
{
    size_t classes = s->evaluations[0]->classes, cells;
    bool all = oc_multiply(classes * s->count, classes, &cells) && cells <= MATRICES_TAKE;
    oc_string_format(data, ",\"probable\":%s,\"evaluations\":[", s->evaluations[0]->probable ? "true" : "false");
    for (size_t i = 0; i < s->count; i++) {
        oc_string_add(data, i ? "," : "");
        if (all || i == s->best) {
            add_json(data, oc_json_figures(s->evaluations[i], s->classes));
        } else {
            oc_string_add(data, "null");
        }
    }
    oc_string_add(data, "]");
    if (s->options->command) {
        oc_string_add(data, ",\"command\":");
        oc_json_quote(data, s->options->command);
    }
    add_settings(s, data);
    oc_status status = add_links(s, data, err);
    return status == OC_OK ? add_images(s, data, err) : status;
}

/* '<', '>' and '&' occur in JSON inside of strings alone. */
static void add_escaped(oc_string *page, const char *json)
{
    while (*json) {
        size_t plain = strcspn(json, "<>&");
        oc_string_add_bytes(page, json, plain);
        json += plain;
        if (*json) {
            oc_string_format(page, "\\u%04x", (unsigned)*json++);
        }
    }
}

static oc_status write_page(const oc_string *data, const char *path, oc_error *err)
{
    const char *template = (const char *)oc_report_page, *place = strstr(template, PLACEHOLDER);
    oc_string page = {0};
    oc_string_add_bytes(&page, template, (size_t)(place - template));
    add_escaped(&page, data->data ? data->data : "{}");
    oc_string_add(&page, place + strlen(PLACEHOLDER));
    oc_status status = data->failed || page.failed ? oc_fail_memory(err, "the report")
                                                   : oc_file_write(path, page.data, page.length, err);
    oc_string_free(&page);
    return status;
}

static void add_curves(const oc_comparison *c, oc_string *data)
{
    oc_string_add(data, ",\"curves\":[");
    for (size_t i = 0; i < c->count; i++) {
        const oc_curve *curve = &c->rows[i].curve;
        oc_string_add(data, i ? ",[" : "[");
        for (size_t k = 0; k < curve->count; k++) {
            oc_string_format(data, "%s[%.0f,%.6g]", k ? "," : "", curve->passes[k], curve->loss[k]);
        }
        oc_string_add(data, "]");
    }
    oc_string_format(data, "],\"chosen\":%s", c->chosen ? "true" : "false");
}

/* The row that the page opens with: the chosen one, else the best on the test images. */
static size_t first_row(const oc_comparison *c)
{
    size_t best = c->best;
    for (size_t i = 0; !c->chosen && i < c->count; i++) {
        best = c->rows[i].test_accuracy > c->rows[best].test_accuracy ? i : best;
    }
    return best;
}

oc_status oc_report_comparison(const oc_comparison *c, const oc_report_options *options, oc_error *err)
{
    const oc_evaluation **evaluations = oc_alloc(c->count, sizeof *evaluations);
    oc_string data = {0};
    if (!evaluations) {
        return oc_fail_memory(err, "the report");
    }
    for (size_t i = 0; i < c->count; i++) {
        evaluations[i] = &c->rows[i].evaluation;
    }
    subject s = {.evaluations = evaluations,
                 .count = c->count,
                 .best = first_row(c),
                 .rows = c->test_rows,
                 .items = c->items,
                 .comparison = c,
                 .classes = oc_comparison_class_list(c),
                 .image = c->image,
                 .options = options};
    oc_string_format(&data, "{\"open\":%zu,\"comparison\":", s.best);
    add_json(&data, oc_json_comparison(c));
    add_curves(c, &data);
    oc_status status = add_subject(&s, &data, err);
    oc_string_add(&data, "}");
    if (status == OC_OK) {
        status = write_page(&data, options->path, err);
    }
    oc_string_free(&data);
    oc_free((void *)evaluations);
    return status;
}

oc_status oc_report_evaluation(const oc_model *model, const oc_evaluation *evaluation, const oc_set *set,
                               const oc_report_options *options, oc_error *err)
{
    size_t *items = NULL;
    oc_string data = {0};
    subject s = {.evaluations = &evaluation,
                 .count = 1,
                 .rows = oc_set_count(set),
                 .set = set,
                 .classes = oc_model_class_list(model),
                 .image = oc_model_image_options(model),
                 .options = options};
    oc_status status = options->images ? oc_match_items(set, options->images, &items, err) : OC_OK;
    s.items = items;
    oc_string_add(&data, "{\"open\":0,\"features\":");
    oc_json_quote(&data, oc_features_spec(oc_model_features(model)));
    if (status == OC_OK) {
        status = add_subject(&s, &data, err);
    }
    oc_string_add(&data, "}");
    if (status == OC_OK) {
        status = write_page(&data, options->path, err);
    }
    oc_string_free(&data);
    oc_free(items);
    return status;
}
