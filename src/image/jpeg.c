/* JPEG, by libjpeg-turbo.
 *
 * YCbCr is decoded to the planes that the options select: Y alone (chroma is then not even transformed), RGB by
 * libjpeg, or Y, Cb and Cr, from which both planes are computed in the arithmetic of libjpeg. So a plane does not
 * depend on the selection of the other one. Everything else goes through RGB.
 *
 * CMYK and YCCK hold 255 - ink, as in files of Adobe; djpeg, Pillow and browsers read files without Adobe's marker in
 * the same way.
 *
 * Damage: where data run out, libjpeg warns and fills with gray: rows are missing, unless the picture continues after
 * the marker at which the data ran out (goes_on). A file that ends after its last row, but before its end marker, is
 * complete. With several scans, or arithmetic coding, missing data at the end cannot be detected, so such a file counts
 * as truncated. Wrong codes that do not use up the data leave a picture with all its rows; libjpeg warns of the data
 * that are left when it looks for the end marker. */
#include "src/image/codec.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/text.h"
#include "src/image/exif.h"
#include "src/image/kernels.h"
#include "src/image/orientation.h"

#include <inttypes.h>
#include <limits.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
/* Must follow jpeglib.h, which defines the types that it uses. */
#include <jerror.h>

enum { ROWS = 16 }; /* rows in one read: the height of a row of blocks at 4:2:0 */

typedef struct reader {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_progress_mgr progress;
    jmp_buf failed;
    char message[JMSG_LENGTH_MAX];
    int code;        /* number of the error in libjpeg, 0 for one of our own */
    bool ended;      /* the end of the data was reached */
    bool limited;    /* stopped at a limit */
    size_t restarts; /* markers that ended a restart interval of this scan */
    bool damaged,
        damaged_before; /* data of this restart interval, and of the interval before it, are wrong or missing */
    bool left_over;     /* bytes of a damaged interval may still be reported */

    const uint8_t *bytes;
    size_t size;
    const oc_image_options *options;
    oc_picture *picture;
} reader;

static void __attribute__((noreturn)) exceed(reader *self, const char *what, int64_t limit, const char *option)
{
    char name[40];
    self->limited = true;
    oc_text_option(option, name, sizeof name);
    snprintf(self->message, sizeof self->message, "more than %" PRId64 " %s (%s)", limit, what, name);
    longjmp(self->failed, 1);
}

static void __attribute__((noreturn)) on_error(j_common_ptr info)
{
    reader *self = info->client_data;
    info->err->format_message(info, self->message);
    self->code = info->err->msg_code;
    longjmp(self->failed, 1);
}

/* True in the last restart interval of the scan when that is at most one row of blocks long: without it, all other rows
 * are there. */
static bool is_last_interval(const reader *self)
{
    const struct jpeg_decompress_struct *info = &self->info;
    size_t blocks = (size_t)info->MCUs_per_row * info->MCU_rows_in_scan, interval = info->restart_interval;
    return !self->ended && interval && interval <= info->MCUs_per_row && self->restarts == (blocks - 1) / interval;
}

/* True when the data ended early at a marker, but all rows are known nevertheless: at the start of the next restart
 * interval, at the end of the file in the last interval, or at another scan when this scan only refines a progressive
 * picture. */
static bool goes_on(const reader *self)
{
    const struct jpeg_decompress_struct *info = &self->info;
    bool restarts = info->unread_marker >= JPEG_RST0 && info->unread_marker <= JPEG_RST0 + 7;
    bool refines = info->progressive_mode && (info->Ss > 0 || info->Ah > 0);
    return (info->restart_interval && restarts) || (refines && info->unread_marker != JPEG_EOI) ||
           is_last_interval(self);
}

/* The lowest level at which the warning is an error. */
static oc_fail_on level_of(const reader *self, int code)
{
    const struct jpeg_decompress_struct *info = &self->info;
    bool unclear = self->ended && (info->arith_code || info->progressive_mode || info->input_scan_number > 1 ||
                                   info->comps_in_scan < info->num_components);
    switch (code) {
    case JWRN_HIT_MARKER:
        return goes_on(self) ? OC_FAIL_ON_ERROR : OC_FAIL_ON_TRUNCATED;
    case JWRN_JPEG_EOF:
        return unclear ? OC_FAIL_ON_TRUNCATED : OC_FAIL_ON_WARNING;
    case JWRN_HUFF_BAD_CODE:
    case JWRN_ARITH_BAD_CODE:
    case JWRN_MUST_RESYNC:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_BOGUS_PROGRESSION:
        return OC_FAIL_ON_ERROR;
    default:
        return OC_FAIL_ON_WARNING;
    }
}

/* libjpeg traces every start of a scan and every restart marker. */
static void on_trace(reader *self)
{
    enum { WAIT = 3 }; /* the recovery action that keeps the marker and fills intervals up to it */
    const struct jpeg_error_mgr *errors = self->info.err;
    switch (errors->msg_code) {
    case JTRC_SOS:
        self->restarts = 0;
        self->damaged = self->damaged_before = self->left_over = false;
        break;
    case JTRC_RST:
        self->restarts++;
        self->damaged_before = self->damaged;
        self->damaged = false;
        break;
    case JTRC_RECOVERY_ACTION: /* instead of JTRC_RST, after the warning JWRN_MUST_RESYNC */
        if (errors->msg_parm.i[1] == WAIT && !goes_on(self) && self->options->fail_on != OC_FAIL_ON_NONE) {
            snprintf(self->message, sizeof self->message, "its data end before the last restart interval");
            longjmp(self->failed, 1);
        }
        break;
    default:
        break;
    }
}

/* True for a warning of a fault that was counted before. libjpeg warns of the end of the file at every attempt to read
 * on, and up to three times of a restart interval, the last time when it looks for a marker in a later interval and
 * reports the bytes that are left. Consecutive damaged intervals are one fault. */
static bool is_counted(reader *self, int code)
{
    if (code == JWRN_JPEG_EOF) {
        bool again = self->ended;
        self->ended = true;
        return again;
    }
    if (self->info.restart_interval == 0) {
        return false;
    }
    if (code == JWRN_EXTRANEOUS_DATA && self->left_over) {
        self->left_over = false;
        return true;
    }
    bool again = self->damaged || self->damaged_before;
    self->damaged = self->left_over = true;
    return again;
}

static void on_message(j_common_ptr info, int level)
{
    reader *self = info->client_data;
    if (level >= 0) {
        on_trace(self);
        return;
    }
    int code = info->err->msg_code;
    bool again = is_counted(self, code);
    if (self->options->fail_on != OC_FAIL_ON_NONE && self->options->fail_on >= level_of(self, code)) {
        on_error(info);
    }
    char message[JMSG_LENGTH_MAX];
    info->err->format_message(info, message);
    if (!again && !oc_picture_warn(self->picture, self->options, message)) {
        exceed(self, "faults in its data", self->options->max_warnings, "max-warnings");
    }
}

static void on_progress(j_common_ptr info)
{
    reader *self = info->client_data;
    if (self->info.input_scan_number > self->options->max_scans) {
        exceed(self, "scans", self->options->max_scans, "max-scans");
    }
}

/* Runs one step; false when libjpeg gave up in it. State that must survive the jump is in *self. */
static bool guarded(reader *self, void (*step)(reader *self))
{
    if (setjmp(self->failed)) {
        return false;
    }
    step(self);
    return true;
}

/* A new libjpeg object for every image: a used one keeps the tables of the previous image, with which a file without
 * tables would be decoded. It would save a few per cent of the time of the smallest images only. */
static void begin(reader *self)
{
    jpeg_create_decompress(&self->info);
    self->info.progress = &self->progress;
    jpeg_save_markers(&self->info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_mem_src(&self->info, self->bytes, (unsigned long)self->size);
    jpeg_read_header(&self->info, TRUE);
}

static int orientation_of(const reader *self)
{
    for (jpeg_saved_marker_ptr marker = self->info.marker_list; marker; marker = marker->next) {
        if (marker->data_length > 6 && memcmp(marker->data, "Exif\0", 6) == 0) {
            int orientation = oc_exif_orientation(marker->data, marker->data_length);
            return orientation == OC_EXIF_NONE ? 1 : orientation;
        }
    }
    return 1;
}

/* The smallest of 1/8, 1/4, 1/2 and 1 at which the used part of the picture is at least as large as its place. libjpeg
 * has other eighths, but transforms them without vector instructions, slower than whole blocks. */
static unsigned scale_for(const oc_picture *picture, const oc_image_options *options)
{
    bool swaps = oc_orientation_swaps(picture->orientation);
    size_t width = swaps ? picture->source_height : picture->source_width;
    size_t height = swaps ? picture->source_width : picture->source_height;
    unsigned divisor = options->size.width ? 8 : 1;
    while (divisor > 1) {
        oc_placement place = oc_place(options, width, height, (width + divisor - 1) / divisor,
                                      (height + divisor - 1) / divisor);
        if (place.source_width >= place.width && place.source_height >= place.height) {
            break;
        }
        divisor /= 2;
    }
    return divisor;
}

/* Sets the output format of libjpeg, from the header and the options. */
static oc_status choose(reader *self, const oc_image_options *options, oc_error *err)
{
    struct jpeg_decompress_struct *info = &self->info;
    oc_picture *picture = self->picture;
    oc_status status = oc_picture_begin(picture, info->image_width, info->image_height, options, err);
    if (status != OC_OK) {
        return status;
    }
    picture->orientation = orientation_of(self);
    if (picture->orientation == 0) {
        return oc_fail_memory(err, "the EXIF data");
    }
    switch (info->jpeg_color_space) {
    case JCS_GRAYSCALE:
        picture->grayscale = true;
        info->out_color_space = JCS_GRAYSCALE;
        break;
    case JCS_YCbCr:
        info->out_color_space = !(options->planes & OC_RGB) ? JCS_GRAYSCALE
                                : options->planes & OC_GRAY ? JCS_YCbCr
                                                            : JCS_RGB;
        break;
    case JCS_RGB:
        info->out_color_space = JCS_RGB;
        break;
    case JCS_CMYK:
    case JCS_YCCK:
        info->out_color_space = JCS_CMYK;
        break;
    default:
        return oc_fail(err, OC_BAD_IMAGE, "JPEG of an unknown colour space with %d components", info->num_components);
    }
    info->scale_num = 1;
    info->scale_denom = scale_for(picture, options);
    picture->width = (picture->source_width + info->scale_denom - 1) / info->scale_denom;
    picture->height = (picture->source_height + info->scale_denom - 1) / info->scale_denom;
    return OC_OK;
}

/* Reads rows directly into a plane. */
static void read_into_plane(reader *self, uint8_t *plane)
{
    struct jpeg_decompress_struct *info = &self->info;
    size_t stride = self->picture->width * (size_t)info->output_components;
    while (info->output_scanline < info->output_height) {
        JSAMPROW rows[ROWS];
        unsigned count = 0;
        for (; count < ROWS && info->output_scanline + count < info->output_height; count++) {
            rows[count] = plane + (info->output_scanline + count) * stride;
        }
        jpeg_read_scanlines(info, rows, count);
    }
}

/* Converts one row of libjpeg to the planes. */
static void convert_row(const reader *self, uint8_t *row, size_t y)
{
    const oc_convert_kernels *color = oc_convert();
    const oc_picture *picture = self->picture;
    size_t width = picture->width;
    uint8_t *gray = picture->gray ? picture->gray + y * width : NULL;
    uint8_t *rgb = picture->rgb ? picture->rgb + 3 * y * width : row;
    switch (self->info.out_color_space) {
    case JCS_YCbCr:
        color->split_ycc(row, width, gray, rgb);
        return;
    case JCS_CMYK:
        color->rgb_from_cmyk(row, width, rgb);
        break;
    default:
        if (rgb != row) {
            memcpy(rgb, row, 3 * width);
        }
    }
    if (gray) {
        color->gray_from_rgb(rgb, width, gray);
    }
}

static void read_and_convert(reader *self)
{
    struct jpeg_decompress_struct *info = &self->info;
    size_t stride = self->picture->width * (size_t)info->output_components;
    JSAMPROW rows[ROWS];
    for (size_t i = 0; i < ROWS; i++) {
        rows[i] = self->picture->scratch.data + i * stride;
    }
    while (info->output_scanline < info->output_height) {
        size_t y = info->output_scanline;
        unsigned count = jpeg_read_scanlines(info, rows, ROWS);
        for (unsigned i = 0; i < count; i++) {
            convert_row(self, rows[i], y + i);
        }
    }
}

static void read_rows(reader *self)
{
    struct jpeg_decompress_struct *info = &self->info;
    jpeg_start_decompress(info);
    if (info->out_color_space == JCS_GRAYSCALE) {
        read_into_plane(self, self->picture->gray);
    } else if (info->out_color_space == JCS_RGB && !self->picture->gray) {
        read_into_plane(self, self->picture->rgb);
    } else {
        read_and_convert(self);
    }
    jpeg_finish_decompress(info); /* reads to the end marker, and warns of what is before it */
}

static oc_status fail_jpeg(const reader *self, oc_error *err)
{
    if (self->code == JERR_OUT_OF_MEMORY) {
        return oc_fail_memory(err, "decoding a JPEG");
    }
    if (self->code == JERR_NO_BACKING_STORE) { /* libjpeg would use a file for memory beyond its limit */
        return oc_fail_picture_memory(self->options, err);
    }
    if (self->ended) {
        return oc_fail(err, OC_BAD_IMAGE, "truncated JPEG: its %zu bytes end before the picture does", self->size);
    }
    if (self->limited) {
        return oc_fail(err, OC_TOO_LARGE, "JPEG with %s", self->message);
    }
    return oc_fail(err, self->code == JERR_IMAGE_TOO_BIG ? OC_TOO_LARGE : OC_BAD_IMAGE, "%s JPEG: %s",
                   self->code == JERR_BAD_PRECISION || self->code == JERR_SOF_UNSUPPORTED ||
                           self->code == JERR_IMAGE_TOO_BIG
                       ? "unsupported"
                       : "damaged",
                   self->message);
}

/* True when the options accept the picture although libjpeg gave up: NONE does, TRUNCATED does after the last row. */
static bool is_enough(const reader *self)
{
    const struct jpeg_decompress_struct *info = &self->info;
    bool whole = !self->ended && info->output_height && info->output_scanline == info->output_height;
    oc_fail_on level = self->options->fail_on;
    if (!(level == OC_FAIL_ON_NONE || (level == OC_FAIL_ON_TRUNCATED && whole)) || self->limited ||
        self->code == JERR_OUT_OF_MEMORY || self->code == JERR_NO_BACKING_STORE) {
        return false;
    }
    return oc_picture_warn(self->picture, self->options, self->message);
}

static oc_status read_picture(reader *self, oc_error *err)
{
    oc_picture *picture = self->picture;
    const oc_image_options *options = self->options;
    if (!guarded(self, begin)) {
        return fail_jpeg(self, err);
    }
    oc_status status = choose(self, options, err);
    if (status != OC_OK || !options->planes) {
        return status;
    }
    status = oc_picture_reserve(picture, options, err);
    if (status != OC_OK) {
        return status;
    }
    if (!oc_buffer_reserve(&picture->scratch, picture->width, ROWS, 4)) {
        return oc_fail_memory(err, "rows of a JPEG");
    }
    uint64_t left = picture->memory_left < LONG_MAX ? picture->memory_left : LONG_MAX;
    self->info.mem->max_memory_to_use = left ? (long)left : 1; /* 0 would be no limit */
    return guarded(self, read_rows) || is_enough(self) ? OC_OK : fail_jpeg(self, err);
}

oc_status oc_jpeg_read(const uint8_t *bytes, size_t size, const oc_image_options *options, oc_picture *picture,
                       oc_error *err)
{
    reader self = {.bytes = bytes, .size = size, .options = options, .picture = picture};
    self.info.err = jpeg_std_error(&self.errors);
    self.info.client_data = &self;
    self.errors.error_exit = on_error;
    self.errors.emit_message = on_message;
    self.progress.progress_monitor = on_progress;
    oc_status status = read_picture(&self, err);
    jpeg_destroy_decompress(&self.info);
    return status;
}
