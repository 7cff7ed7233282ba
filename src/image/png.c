/* PNG, by libpng.
 *
 * libpng delivers gray or RGB without alpha: small depths are expanded to 0..255, palettes looked up, alpha and
 * transparent colours composed over white (16-bit ones before rounding), 16 bits rounded by v 255 / 65535. Rows go
 * directly to the planes. 16-bit samples of fewer bits (png_depth.h) are kept for the whole picture, with their alpha,
 * because all of them decide where the bits are. Chunks that do not change the picture, such as gamma and colour
 * profiles, are skipped unread.
 *
 * Damage: missing rows, and wrong checksums of the chunks that make the picture (IHDR, PLTE, tRNS, IDAT), are errors
 * except with OC_FAIL_ON_NONE. A wrong checksum of another chunk is a warning, and so is any fault after the last row.
 */
#include "src/image/codec.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/text.h"
#include "src/image/kernels.h"
#include "src/image/png_depth.h"
#include "src/image/png_orientation.h"

#include <setjmp.h>
#include <stdio.h>
#include <string.h>

#include <png.h>

enum {
    MAX_CHUNKS = 100,         /* kept at a time */
    MAX_CHUNK_BYTES = 8 << 20 /* unpacked */
};

typedef struct reader {
    png_structp png;
    png_infop info;
    jmp_buf failed;
    char message[200];
    bool ended, no_memory, limited;

    const uint8_t *bytes;
    size_t size, position;
    const oc_image_options *options;
    oc_picture *picture;
    bool interlaced, deep; /* deep: 16 bits */
    size_t row_bytes, channels;
    size_t stored;      /* rows that were copied from the scratch to the planes one by one */
    bool rows_are_read; /* all of them: a later fault does no harm */

    bool bits_unknown;              /* deep, and neither options nor file give the number of bits */
    bool scaled;                    /* deep, and options or file give fewer than 16 bits, `bits` */
    uint8_t bits[OC_PNG_CHANNELS];  /* of a sample */
    uint16_t full[OC_PNG_CHANNELS]; /* the sample of full intensity */
} reader;

static void __attribute__((noreturn)) on_error(png_structp png, png_const_charp message)
{
    reader *self = png_get_error_ptr(png);
    snprintf(self->message, sizeof self->message, "%s", message);
    longjmp(self->failed, 1);
}

/* Warnings are about the form of the file. One that harms the picture is an error, except with OC_FAIL_ON_NONE: libpng
 * would leave out transparency whose checksum is wrong. */
static void on_warning(png_structp png, png_const_charp message)
{
    reader *self = png_get_error_ptr(png);
    bool harms = self->options->fail_on != OC_FAIL_ON_NONE && strcmp(message, "tRNS: CRC error") == 0;
    if (harms || self->options->fail_on == OC_FAIL_ON_WARNING) {
        on_error(png, message);
    }
    if (!oc_picture_warn(self->picture, self->options, message)) {
        char text[60];
        self->limited = true;
        oc_text_write(text, sizeof text, "it has more faults than `max_warnings` allows");
        on_error(png, text);
    }
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    void *memory = oc_realloc(NULL, size, 1);
    reader *self = png_get_mem_ptr(png);
    self->no_memory = self->no_memory || !memory;
    return memory;
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    oc_free(memory);
}

static void read_bytes(png_structp png, png_bytep out, size_t count)
{
    reader *self = png_get_io_ptr(png);
    if (count > self->size - self->position) {
        self->ended = true;
        png_error(png, "the file ends too early");
    }
    memcpy(out, self->bytes + self->position, count);
    self->position += count;
}

/* Runs one step; false when libpng gave up in it. State that must survive the jump is in *self. */
static bool guarded(reader *self, void (*step)(reader *self))
{
    if (setjmp(self->failed)) {
        return false;
    }
    step(self);
    return true;
}

static void begin(reader *self)
{
    static const png_byte passed_over[] = "bKGD\0cHRM\0eXIf\0gAMA\0hIST\0iCCP\0iTXt\0oFFs\0pCAL\0pHYs\0sCAL\0"
                                          "sPLT\0sRGB\0tEXt\0tIME\0zTXt";
    self->png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, self, on_error, on_warning, self, allocate, release);
    self->info = self->png ? png_create_info_struct(self->png) : NULL;
    if (!self->info) {
        self->no_memory = true;
        return;
    }
    png_set_read_fn(self->png, self, read_bytes);
    if (self->options->fail_on == OC_FAIL_ON_NONE) {
        png_set_crc_action(self->png, PNG_CRC_WARN_USE, PNG_CRC_WARN_USE);
    } else {
        png_set_crc_action(self->png, PNG_CRC_ERROR_QUIT, PNG_CRC_WARN_DISCARD);
    }
    png_set_user_limits(self->png, PNG_UINT_31_MAX, PNG_UINT_31_MAX); /* oc_picture_begin checks our limits */
    png_set_chunk_cache_max(self->png, MAX_CHUNKS);
    png_set_chunk_malloc_max(self->png, MAX_CHUNK_BYTES);
    png_set_keep_unknown_chunks(self->png, PNG_HANDLE_CHUNK_NEVER, passed_over, sizeof passed_over / 5);
    png_read_info(self->png, self->info);
}

/* Finds the bits that 16-bit samples use: those of the options, or of the file. Alpha from a transparent colour uses
 * all 16. False when all samples use all 16. */
static bool find_bits(reader *self, int type)
{
    png_color_8p own;
    uint8_t depth = (uint8_t)self->options->depth, alpha = 16;
    png_color_8 bits = {depth, depth, depth, depth, depth};
    if (depth == 0 && png_get_sBIT(self->png, self->info, &own)) {
        bits = *own;
    } else if (depth == 0) {
        return false;
    }
    if (type & PNG_COLOR_MASK_ALPHA) {
        alpha = bits.alpha;
    }
    if (type & PNG_COLOR_MASK_COLOR) {
        memcpy(self->bits, (uint8_t[]){bits.red, bits.green, bits.blue, alpha}, OC_PNG_CHANNELS);
    } else {
        memcpy(self->bits, (uint8_t[]){bits.gray, alpha, 16, 16}, OC_PNG_CHANNELS);
    }
    bool fewer = false;
    for (size_t c = 0; c < OC_PNG_CHANNELS; c++) {
        bool known = self->bits[c] >= 1 && self->bits[c] <= 16;
        self->bits[c] = known ? self->bits[c] : 16;
        fewer = fewer || self->bits[c] < 16;
    }
    return fewer;
}

static void choose(reader *self)
{
    png_structp png = self->png;
    int type = png_get_color_type(png, self->info), depth = png_get_bit_depth(png, self->info);
    bool transparent = (type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, self->info, PNG_INFO_tRNS);
    self->deep = depth == 16;
    self->scaled = self->deep && find_bits(self, type);
    self->bits_unknown = self->deep && self->options->depth == 0 && !png_get_valid(png, self->info, PNG_INFO_sBIT);
    png_set_expand(png);
    if (transparent && !self->scaled) {
        png_uint_16 full = depth == 16 ? 0xFFFF : 0xFF;
        png_color_16 white = {.red = full, .green = full, .blue = full, .gray = full};
        png_set_background(png, &white, PNG_BACKGROUND_GAMMA_SCREEN, 0, 1.0);
    }
    self->interlaced = png_set_interlace_handling(png) > 1;
    png_read_update_info(png, self->info);
    self->row_bytes = png_get_rowbytes(png, self->info);
    self->channels = (self->picture->grayscale ? 1U : 3U) + (transparent && self->scaled ? 1U : 0U);
    if (self->row_bytes != self->picture->width * self->channels * (self->deep ? 2U : 1U)) {
        png_error(png, "rows of an unexpected length");
    }
}

/* Later passes fill in the pixels that earlier passes left out. */
static void read_whole(reader *self, uint8_t *rows)
{
    for (int pass = 0; pass < (self->interlaced ? PNG_INTERLACE_ADAM7_PASSES : 1); pass++) {
        for (size_t y = 0; y < self->picture->height; y++) {
            png_read_row(self->png, rows + y * self->row_bytes, NULL);
        }
    }
}

/* Converts one row of libpng to the planes; the row is overwritten. */
static void store_row(const reader *self, uint8_t *row, size_t y)
{
    const oc_convert_kernels *color = oc_convert();
    oc_picture *picture = self->picture;
    size_t width = picture->width, values = width * (picture->grayscale ? 1 : 3);
    uint8_t *plane = picture->grayscale ? picture->gray + y * width : picture->rgb ? picture->rgb + 3 * y * width : row;
    if (self->scaled) {
        oc_png_round(row, width, self->channels, self->full, plane);
    } else if (self->deep) {
        if (self->bits_unknown) {
            oc_png_use(row, values, 1, &picture->used_bits);
        }
        color->round_16(row, values, plane);
    } else if (plane != row) {
        memcpy(plane, row, values);
    }
    if (!picture->grayscale && picture->gray) {
        color->gray_from_rgb(plane, width, picture->gray + y * width);
    }
}

/* True when all rows are kept in the scratch before they are converted. */
static bool is_kept(const reader *self)
{
    return self->interlaced || self->scaled;
}

/* True when the rows of libpng are the rows of a plane. */
static bool is_direct(const reader *self)
{
    return !self->deep && (self->picture->grayscale || self->picture->rgb);
}

static void read_rows(reader *self)
{
    oc_picture *picture = self->picture;
    if (is_direct(self)) {
        read_whole(self, picture->grayscale ? picture->gray : picture->rgb);
    } else if (is_kept(self)) {
        read_whole(self, picture->scratch.data);
    } else {
        for (; self->stored < picture->height; self->stored++) {
            png_read_row(self->png, picture->scratch.data, NULL);
            store_row(self, picture->scratch.data, self->stored);
        }
    }
    self->rows_are_read = true;
}

/* Finds the places of the bits of the samples, and warns when `depth` is too small for the colours of the picture. */
static void find_full(reader *self)
{
    oc_picture *picture = self->picture;
    uint16_t used[OC_PNG_CHANNELS] = {0};
    oc_png_use(picture->scratch.data, picture->width * picture->height, self->channels, used);
    if (self->options->depth == 0) {
        oc_png_full(self->bits, used, self->channels, self->full);
        return;
    }
    unsigned larger = 0;
    for (size_t c = 0; c < self->channels; c++) {
        self->full[c] = (uint16_t)((1U << self->bits[c]) - 1);
        larger |= c < (picture->grayscale ? 1U : 3U) ? used[c] & ~(unsigned)self->full[c] : 0;
    }
    if (larger) {
        char message[100];
        oc_text_write(message, sizeof message, "samples above %u, the largest of `depth` %u, are cut to it",
                      (unsigned)self->full[0], (unsigned)self->bits[0]);
        oc_picture_warn(picture, self->options, message);
    }
}

/* Converts the rows that were read, all of them or not. */
static void convert_rows(reader *self)
{
    const oc_picture *picture = self->picture;
    if (self->scaled) {
        find_full(self);
    }
    if (is_direct(self)) {
        if (!picture->grayscale && picture->gray) {
            oc_convert()->gray_from_rgb(picture->rgb, picture->width * picture->height, picture->gray);
        }
    } else if (is_kept(self)) {
        for (size_t y = 0; y < picture->height; y++) {
            store_row(self, picture->scratch.data + y * self->row_bytes, y);
        }
    } else if (self->rows_are_read && self->stored < picture->height) { /* libpng gave up after the last one */
        store_row(self, picture->scratch.data, self->stored);
    }
}

static void finish(reader *self)
{
    png_read_end(self->png, NULL);
}

/* True when libpng reached the end of the file in the last row or after it, but has all pixels. It counts a row when
 * its pixels are complete. */
static bool ended_after_rows(const reader *self)
{
    return self->ended && (self->interlaced ? png_get_current_pass_number(self->png) >= PNG_INTERLACE_ADAM7_PASSES
                                            : png_get_current_row_number(self->png) >= self->picture->height);
}

static oc_status fail_png(const reader *self, oc_error *err)
{
    if (self->limited) {
        return oc_fail(err, OC_TOO_LARGE, "PNG: %s", self->message);
    }
    if (self->no_memory) {
        return oc_fail_memory(err, "decoding a PNG");
    }
    if (self->ended && !self->rows_are_read) {
        return oc_fail(err, OC_BAD_IMAGE, "truncated PNG: its %zu bytes end before the picture does", self->size);
    }
    return oc_fail(err, OC_BAD_IMAGE, "damaged PNG: %s", self->message);
}

/* Allocates the scratch: one row, or all rows when they are kept. */
static oc_status reserve_rows(reader *self, oc_error *err)
{
    oc_picture *picture = self->picture;
    size_t rows = is_kept(self) ? picture->height : 1;
    if (is_direct(self)) {
        return OC_OK;
    }
    if ((uint64_t)self->row_bytes * rows > picture->memory_left) {
        return oc_fail_picture_memory(self->options, err);
    }
    uint8_t *scratch = oc_buffer_reserve(&picture->scratch, self->row_bytes, rows, 1);
    if (!scratch) {
        return oc_fail_memory(err, "rows of a PNG");
    }
    if (self->options->fail_on == OC_FAIL_ON_NONE) {
        memset(scratch, 0, self->row_bytes * rows); /* some rows of a pass may be missing */
    }
    return OC_OK;
}

/* True when the options accept the picture although libpng gave up. */
static bool is_enough(const reader *self)
{
    bool taken = self->options->fail_on == OC_FAIL_ON_NONE ||
                 (self->rows_are_read && self->options->fail_on != OC_FAIL_ON_WARNING);
    return taken && !self->limited && !self->no_memory && oc_picture_warn(self->picture, self->options, self->message);
}

/* Between two guarded steps no function of libpng is called that can fail. */
static oc_status read_picture(reader *self, oc_error *err)
{
    oc_picture *picture = self->picture;
    const oc_image_options *options = self->options;
    if (!guarded(self, begin) || self->no_memory) {
        return fail_png(self, err);
    }
    oc_status status = oc_picture_begin(picture, png_get_image_width(self->png, self->info),
                                        png_get_image_height(self->png, self->info), options, err);
    if (status != OC_OK) {
        return status;
    }
    picture->grayscale = !(png_get_color_type(self->png, self->info) & PNG_COLOR_MASK_COLOR);
    picture->orientation = oc_png_orientation(self->bytes, self->size);
    if (picture->orientation == 0) {
        return oc_fail_memory(err, "the orientation");
    }
    if (!options->planes) {
        return OC_OK;
    }
    if (!guarded(self, choose)) {
        return fail_png(self, err);
    }
    status = oc_picture_reserve(picture, options, err);
    if (status != OC_OK) {
        return status;
    }
    status = reserve_rows(self, err);
    if (status != OC_OK) {
        return status;
    }
    bool whole = guarded(self, read_rows) && guarded(self, finish);
    self->rows_are_read = self->rows_are_read || ended_after_rows(self);
    if (!whole && !is_enough(self)) {
        return fail_png(self, err);
    }
    convert_rows(self);
    return OC_OK;
}

oc_status oc_png_read(const uint8_t *bytes, size_t size, const oc_image_options *options, oc_picture *picture,
                      oc_error *err)
{
    reader self = {.bytes = bytes, .size = size, .options = options, .picture = picture};
    oc_status status = read_picture(&self, err);
    png_destroy_read_struct(&self.png, &self.info, NULL);
    return status;
}
