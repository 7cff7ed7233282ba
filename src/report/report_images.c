/* Chooses the images of a report: the most confident mistakes first, then some images of every cell of the confusion
 * matrix. They get thumbnails of at most 64 pixels a side until a budget of bytes is used up; further images have only
 * a path. */
#include "src/report/report_images.h"

#include "src/base/fail.h"
#include "src/base/json.h"
#include "src/base/memory.h"
#include "src/image/png_encode.h"

#include <ocellus/ocellus.h>

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum {
    MISTAKES = 24,           /* the most confident mistakes of an evaluation */
    PER_CELL = 6,            /* images of a cell of the confusion matrix */
    THUMBNAIL = 64,          /* pixels a side at most */
    MAX_THUMBNAILS = 2500000 /* bytes of all thumbnails */
};

/* Values of `wanted`, for each row of the test set. */
enum { NOT_SHOWN, SHOWN, SHOWN_WITH_THUMBNAIL };

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

/* Sorts all images, most confident first: by the probability of the prediction, or by the margin of its score. */
static shown *rank(const oc_evaluation *e, oc_error *err)
{
    shown *all = oc_alloc(e->images, sizeof *all);
    if (!all) {
        oc_fail_memory(err, "the report");
        return NULL;
    }
    for (size_t i = 0; i < e->images; i++) {
        all[i] = (shown){e->has_probabilities ? e->predicted_score[i] : e->predicted_score[i] - e->true_score[i],
                         (uint32_t)i};
    }
    qsort(all, e->images, sizeof *all, by_confidence);
    return all;
}

/* Marks in `wanted` (rows) the images of an evaluation to show: the most confident mistakes, and if `list` is not NULL,
 * some images of every cell of the confusion matrix too. Adds all of them to the list. */
static oc_status pick(const oc_evaluation *e, uint8_t *wanted, oc_string *list, oc_error *err)
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
        if (!mistake && !(list && in_cell)) {
            continue;
        }
        uint8_t *mark = &wanted[e->row[i]];
        *mark = *mark == NOT_SHOWN ? SHOWN : *mark;
        if (list) {
            oc_json_open(list, NULL, '[');
            oc_string_format(list, "%" PRIu32 ",%d,%d,%.5g,%.5g", e->row[i], e->expected[i], e->predicted[i],
                             (double)e->predicted_score[i], (double)e->true_score[i]);
            oc_json_close(list, ']');
        }
    }
    oc_free(all);
    oc_free(taken);
    return OC_OK;
}

/* Adds bytes as base64 (RFC 4648). */
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

/* Buffers that all thumbnails use. */
typedef struct thumbnails {
    oc_decoder *decoder;
    uint8_t *pixels; /* (THUMBNAIL, THUMBNAIL, 3) */
    oc_bytes png;
} thumbnails;

/* Adds an image to the object as a URL "data:image/png;base64,..."; reduces it to the size of a thumbnail. */
static oc_status encode_thumbnail(thumbnails *t, const oc_image *image, const char *key, oc_string *out, oc_error *err)
{
    size_t channels = image->grayscale ? 1 : 3, width = image->width, height = image->height;
    const uint8_t *pixels = image->grayscale ? image->gray : image->rgb;
    size_t longest = width > height ? width : height;
    oc_status status = OC_OK;
    if (longest > THUMBNAIL) {
        width = width * THUMBNAIL / longest ? width * THUMBNAIL / longest : 1;
        height = height * THUMBNAIL / longest ? height * THUMBNAIL / longest : 1;
        status = oc_image_resize(&(oc_pixels){pixels, image->width, image->height, channels, 0},
                                 (oc_extent){width, height}, t->pixels, err);
        pixels = t->pixels;
    }
    if (status == OC_OK) {
        status = oc_png_encode(&t->png, &(oc_pixels){pixels, width, height, channels, 0}, OC_PNG_SMALL, err);
    }
    if (status == OC_OK) {
        oc_json_raw(out, key, "\"data:image/png;base64,");
        add_base64(out, t->png.data, t->png.size);
        oc_string_add(out, "\"");
    }
    return status;
}

/* Adds the thumbnail of a row to the object, unless its image cannot be read. */
static oc_status add_thumbnail(const oc_report_subject *s, size_t row, thumbnails *t, oc_string *out, oc_error *err)
{
    oc_image_options options = s->image;
    oc_image image;
    char key[32];
    options.size = (oc_extent){0, 0};
    options.planes = OC_GRAY | OC_RGB;
    oc_status status = oc_dataset_read(s->options->images, s->items[row], t->decoder, &options, &image, err);
    if (status == OC_NO_MEMORY) {
        return status;
    }
    if (status != OC_OK) {
        if (s->options->unread) {
            ++*s->options->unread;
        }
        return OC_OK;
    }
    snprintf(key, sizeof key, "%zu", row);
    return encode_thumbnail(t, &image, key, out, err);
}

/* Adds thumbnails of the shown rows that have none yet. */
static oc_status add_thumbnails(const oc_report_subject *s, uint8_t *wanted, oc_string *out, oc_error *err)
{
    thumbnails t = {.pixels = oc_alloc(THUMBNAIL * THUMBNAIL, 3)};
    oc_status status = t.pixels ? oc_decoder_create(&t.decoder, err) : oc_fail_memory(err, "the report");
    bool images = s->options->images != NULL;
    for (size_t row = 0; status == OC_OK && images && row < s->rows && out->length < MAX_THUMBNAILS; row++) {
        if (wanted[row] == SHOWN) {
            wanted[row] = SHOWN_WITH_THUMBNAIL;
            status = add_thumbnail(s, row, &t, out, err);
        }
    }
    oc_decoder_free(t.decoder);
    oc_free(t.pixels);
    oc_bytes_free(&t.png);
    return status;
}

static void add_paths(const oc_report_subject *s, const uint8_t *wanted, oc_string *data)
{
    oc_json_open(data, "paths", '{');
    for (size_t row = 0; row < s->rows; row++) {
        char key[32];
        snprintf(key, sizeof key, "%zu", row);
        if (wanted[row] != NOT_SHOWN) {
            oc_json_string(data, key,
                           s->items ? oc_dataset_path(s->options->images, s->items[row]) : oc_set_path(s->set, row));
        }
    }
    oc_json_close(data, '}');
}

oc_status oc_report_add_images(const oc_report_subject *s, oc_string *data, oc_error *err)
{
    oc_string pictures = {0};
    uint8_t *wanted = oc_alloc(s->rows, 1);
    oc_status status = wanted ? OC_OK : oc_fail_memory(err, "the report");
    if (s->options->unread) {
        *s->options->unread = 0;
    }
    oc_json_open(&pictures, NULL, '{');
    for (size_t i = 0; status == OC_OK && i < s->count; i++) {
        status = pick(s->evaluations[i], wanted, NULL, err);
    }
    if (status == OC_OK) {
        status = add_thumbnails(s, wanted, &pictures, err);
    }
    oc_json_open(data, "images", '[');
    for (size_t i = 0; status == OC_OK && i < s->count; i++) {
        oc_json_open(data, NULL, '[');
        status = pick(s->evaluations[i], wanted, data, err);
        oc_json_close(data, ']');
    }
    oc_json_close(data, ']');
    if (status == OC_OK) {
        status = add_thumbnails(s, wanted, &pictures, err);
    }
    oc_json_close(&pictures, '}');
    if (status == OC_OK && pictures.failed) {
        status = oc_fail_memory(err, "the report");
    }
    if (status == OC_OK) {
        oc_json_raw(data, "thumbnails", pictures.data);
        add_paths(s, wanted, data);
    }
    oc_string_free(&pictures);
    oc_free(wanted);
    return status;
}
