/* Writing PNG with libpng. */
#include "src/image/png_encode.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/image/picture.h"

#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <string.h>

typedef struct encoder {
    png_structp png;
    png_infop info;
    oc_bytes *out;
    char message[200];
    jmp_buf failed;
} encoder;

static void __attribute__((noreturn)) on_error(png_structp png, png_const_charp message)
{
    encoder *state = png_get_error_ptr(png);
    snprintf(state->message, sizeof state->message, "%s", message);
    longjmp(state->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    (void)png;
    return oc_realloc(NULL, size, 1);
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    oc_free(memory);
}

static void on_write(png_structp png, png_bytep data, size_t size)
{
    encoder *state = png_get_io_ptr(png);
    oc_bytes *out = state->out;
    if (size > out->capacity - out->size) {
        size_t wanted = out->capacity + out->capacity / 2 + size + 1024;
        uint8_t *grown = wanted > out->capacity ? oc_realloc(out->data, wanted, 1) : NULL;
        if (!grown) {
            png_error(png, "out of memory");
        }
        out->data = grown;
        out->capacity = wanted;
    }
    memcpy(out->data + out->size, data, size);
    out->size += size;
}

static void on_flush(png_structp png)
{
    (void)png;
}

static bool encode(encoder *state, const oc_pixels *pixels, oc_png_effort effort)
{
    size_t channels = pixels->channels, stride = oc_pixels_stride(pixels);
    if (setjmp(state->failed)) {
        return false;
    }
    state->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, state, on_error, on_warning, state, allocate,
                                           release);
    state->info = state->png ? png_create_info_struct(state->png) : NULL;
    if (!state->info) {
        return false;
    }
    int color = channels == 1 ? PNG_COLOR_TYPE_GRAY : channels == 3 ? PNG_COLOR_TYPE_RGB : PNG_COLOR_TYPE_RGBA;
    png_set_write_fn(state->png, state, on_write, on_flush);
    png_set_IHDR(state->png, state->info, (png_uint_32)pixels->width, (png_uint_32)pixels->height, 8, color,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (effort == OC_PNG_FAST) {
        png_set_filter(state->png, PNG_FILTER_TYPE_BASE, PNG_FILTER_NONE);
        png_set_compression_level(state->png, 1);
    }
    png_write_info(state->png, state->info);
    for (size_t y = 0; y < pixels->height; y++) {
        png_write_row(state->png, pixels->data + y * stride);
    }
    png_write_end(state->png, state->info);
    return true;
}

oc_status oc_png_encode(oc_bytes *out, const oc_pixels *pixels, oc_png_effort effort, oc_error *err)
{
    size_t width = pixels->width, height = pixels->height, channels = pixels->channels;
    oc_status status = oc_pixels_check(pixels, err);
    if (status != OC_OK) {
        return status;
    }
    if (width == 0 || height == 0 || width > PNG_UINT_31_MAX || height > PNG_UINT_31_MAX ||
        !(channels == 1 || channels == 3 || channels == 4)) {
        return oc_fail(err, OC_USAGE, "%zu x %zu pixels with %zu channels cannot be a PNG", width, height, channels);
    }
    encoder state = {.out = out, .message = "out of memory"};
    out->size = 0;
    bool encoded = encode(&state, pixels, effort);
    png_destroy_write_struct(&state.png, &state.info);
    return encoded ? OC_OK : oc_fail(err, OC_NO_MEMORY, "PNG cannot be encoded: %s", state.message);
}
