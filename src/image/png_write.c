/* Writing PNG, by libpng. */
#include <ocellus/image.h>

#include "src/base/fail.h"
#include "src/base/file.h"
#include "src/base/memory.h"
#include "src/image/picture.h"

#include <errno.h>
#include <setjmp.h>
#include <string.h>

#include <png.h>

typedef struct writer {
    png_structp png;
    png_infop info;
    jmp_buf failed;
    char message[200];
    bool no_memory;
    FILE *file;
    const uint8_t *pixels;
    size_t width, height, channels;
} writer;

static void __attribute__((noreturn)) on_error(png_structp png, png_const_charp message)
{
    writer *self = png_get_error_ptr(png);
    snprintf(self->message, sizeof self->message, "%s", errno ? strerror(errno) : message);
    longjmp(self->failed, 1);
}

static void on_warning(png_structp png, png_const_charp message)
{
    (void)png, (void)message;
}

static png_voidp allocate(png_structp png, png_alloc_size_t size)
{
    void *memory = oc_realloc(NULL, size, 1);
    writer *self = png_get_mem_ptr(png);
    self->no_memory = self->no_memory || !memory;
    return memory;
}

static void release(png_structp png, png_voidp memory)
{
    (void)png;
    oc_free(memory);
}

/* Runs one step; false when libpng gave up in it. */
static bool guarded(writer *self, void (*step)(writer *self))
{
    if (setjmp(self->failed)) {
        return false;
    }
    step(self);
    return true;
}

static void create(writer *self)
{
    self->png = png_create_write_struct_2(PNG_LIBPNG_VER_STRING, self, on_error, on_warning, self, allocate, release);
    self->info = self->png ? png_create_info_struct(self->png) : NULL;
}

static void write_rows(writer *self)
{
    int type = self->channels == 1   ? PNG_COLOR_TYPE_GRAY
               : self->channels == 3 ? PNG_COLOR_TYPE_RGB
                                     : PNG_COLOR_TYPE_RGB_ALPHA;
    png_init_io(self->png, self->file);
    png_set_IHDR(self->png, self->info, (png_uint_32)self->width, (png_uint_32)self->height, 8, type,
                 PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    png_write_info(self->png, self->info);
    for (size_t y = 0; y < self->height; y++) {
        png_write_row(self->png, self->pixels + y * self->width * self->channels);
    }
    png_write_end(self->png, NULL);
}

static oc_status write_stream(writer *self, const char *path, oc_error *err)
{
    errno = 0;
    oc_status status = OC_OK;
    bool done = guarded(self, create) && self->info && guarded(self, write_rows);
    if (!done && (self->no_memory || !self->info)) {
        status = oc_fail(err, OC_NO_MEMORY, "%s: out of memory for writing a PNG", path);
    } else if (!done) {
        status = oc_fail(err, OC_IO, "%s: cannot be written: %s", path, self->message);
    }
    png_destroy_write_struct(&self->png, &self->info);
    return status;
}

static oc_status write_file(writer *self, const char *path, oc_error *err)
{
    oc_output output = {0};
    oc_status status = oc_output_begin(&output, path, false, err);
    if (status != OC_OK) {
        return status;
    }
    self->file = fopen(output.temporary, "wb");
    if (!self->file) {
        status = oc_fail(err, OC_IO, "%s: cannot be written: %s", path, strerror(errno));
    } else {
        status = write_stream(self, path, err);
        oc_status closed = oc_file_close(self->file, path, status == OC_OK ? err : NULL);
        status = status == OC_OK ? closed : status;
    }
    if (status == OC_OK) {
        return oc_output_commit(&output, err);
    }
    oc_output_abandon(&output);
    return status;
}

oc_status oc_image_write_png(const char *path, const uint8_t *pixels, size_t width, size_t height, size_t channels,
                             oc_error *err)
{
    if (channels != 1 && channels != 3 && channels != 4) {
        return oc_fail(err, OC_USAGE, "%s: %zu channels: a PNG is written with 1, 3 or 4", path, channels);
    }
    if (!width || !height || width > OC_MAX_SIDE || height > OC_MAX_SIDE) {
        return oc_fail(err, OC_USAGE, "%s: %zu x %zu pixels: a side has 1 to %d", path, width, height, OC_MAX_SIDE);
    }
    writer self = {.pixels = pixels, .width = width, .height = height, .channels = channels};
    if (strcmp(path, "-") != 0) {
        return write_file(&self, path, err);
    }
    self.file = stdout;
    oc_status status = write_stream(&self, "standard output", err);
    if (status == OC_OK && fflush(stdout) != 0) {
        status = oc_fail(err, OC_IO, "standard output: cannot be written: %s", strerror(errno));
    }
    return status;
}
