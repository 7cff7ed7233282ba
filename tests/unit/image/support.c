#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

image_bytes load_fixture(const char *name)
{
    char path[300];
    snprintf(path, sizeof path, "tests/data/images/%s", name);
    FILE *file = fopen(path, "rb");
    cr_assert(file, "%s is not there: run the tests in the top folder", path);
    fseek(file, 0, SEEK_END);
    image_bytes bytes = {.size = (size_t)ftell(file)};
    rewind(file);
    bytes.data = malloc(bytes.size + 1);
    cr_assert_eq(fread(bytes.data, 1, bytes.size, file), bytes.size);
    fclose(file);
    return bytes;
}

oc_image_options planes_of(unsigned planes)
{
    oc_image_options options = {0};
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    options.planes = planes;
    return options;
}

oc_image_options sized(unsigned planes, size_t width, size_t height, oc_fit fit)
{
    oc_image_options options = planes_of(planes);
    options.size = (oc_extent){width, height};
    options.fit = fit;
    return options;
}

static uint8_t *copy(const uint8_t *plane, size_t size)
{
    return plane ? memcpy(malloc(size), plane, size) : NULL;
}

decoded decode_with(oc_decoder *decoder, image_bytes file, oc_image_options options)
{
    decoded d = {0};
    d.status = oc_decode_memory(decoder, file.data, file.size, &options, &d.image, &d.err);
    if (d.status == OC_OK) {
        size_t pixels = d.image.width * d.image.height;
        d.image.gray = copy(d.image.gray, pixels);
        d.image.rgb = copy(d.image.rgb, 3 * pixels);
    }
    return d;
}

decoded decode(image_bytes file, oc_image_options options)
{
    oc_decoder *decoder;
    cr_assert_eq(oc_decoder_create(&decoder, NULL), OC_OK);
    decoded d = decode_with(decoder, file, options);
    oc_decoder_free(decoder);
    return d;
}

decoded decode_fixture(const char *name, oc_image_options options)
{
    image_bytes file = load_fixture(name);
    decoded d = decode(file, options);
    free(file.data);
    return d;
}

void free_decoded(decoded *d)
{
    free(d->image.gray);
    free(d->image.rgb);
    *d = (decoded){0};
}

int largest_difference(const uint8_t *a, const uint8_t *b, size_t size)
{
    int largest = 0;
    for (size_t i = 0; i < size; i++) {
        int difference = abs(a[i] - b[i]);
        largest = difference > largest ? difference : largest;
    }
    return largest;
}

uint8_t *make_pixels(size_t width, size_t height, size_t channels)
{
    uint8_t *pixels = malloc(width * height * channels);
    uint32_t noise = 1;
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            for (size_t c = 0; c < channels; c++) {
                noise = noise * 1664525 + 1013904223;
                size_t base = c == 0 ? x * 255 / width : c == 1 ? y * 255 / height : (x / 8 + y / 8) % 2 * 200;
                size_t value = base + (noise >> 27);
                pixels[(y * width + x) * channels + c] = (uint8_t)(value > 255 ? 255 : value);
            }
        }
    }
    return pixels;
}

size_t make_exif(int orientation, bool big_endian, uint8_t out[26])
{
    static const uint8_t little[26] = {'I', 'I', 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0};
    static const uint8_t big[26] = {'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1};
    memcpy(out, big_endian ? big : little, 26);
    out[big_endian ? 19 : 18] = (uint8_t)orientation;
    return 26;
}

static size_t channels_of(int space)
{
    return space == JCS_GRAYSCALE ? 1 : space == JCS_CMYK ? 4 : 3;
}

static void write_exif(struct jpeg_compress_struct *jpeg, int orientation)
{
    uint8_t marker[6 + 26] = "Exif\0";
    make_exif(orientation, false, marker + 6);
    jpeg_write_marker(jpeg, JPEG_APP0 + 1, marker, sizeof marker);
}

image_bytes make_jpeg(const jpeg_recipe *recipe, const uint8_t *pixels)
{
    struct jpeg_compress_struct jpeg;
    struct jpeg_error_mgr errors;
    unsigned char *out = NULL;
    unsigned long size = 0;
    size_t channels = channels_of(recipe->input);
    uint8_t *own = pixels ? NULL : make_pixels(recipe->width, recipe->height, channels);
    jpeg.err = jpeg_std_error(&errors);
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &out, &size);
    jpeg.image_width = (JDIMENSION)recipe->width;
    jpeg.image_height = (JDIMENSION)recipe->height;
    jpeg.input_components = (int)channels;
    jpeg.in_color_space = (J_COLOR_SPACE)recipe->input;
    jpeg_set_defaults(&jpeg);
    if (recipe->space) {
        jpeg_set_colorspace(&jpeg, (J_COLOR_SPACE)recipe->space);
    }
    jpeg_set_quality(&jpeg, 85, TRUE);
    jpeg.comp_info[0].h_samp_factor = recipe->across ? recipe->across : 1;
    jpeg.comp_info[0].v_samp_factor = recipe->down ? recipe->down : 1;
    jpeg.restart_in_rows = recipe->restart_rows;
    if (recipe->no_adobe) {
        jpeg.write_Adobe_marker = FALSE;
    }
    if (recipe->progressive) {
        jpeg_simple_progression(&jpeg);
    }
    jpeg_start_compress(&jpeg, TRUE);
    if (recipe->orientation) {
        write_exif(&jpeg, recipe->orientation);
    }
    while (jpeg.next_scanline < jpeg.image_height) {
        JSAMPROW row = (JSAMPROW)(pixels ? pixels : own) + jpeg.next_scanline * recipe->width * channels;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    jpeg_destroy_compress(&jpeg);
    free(own);
    return (image_bytes){out, size};
}

static void append(png_structp png, png_bytep data, png_size_t size)
{
    image_bytes *out = png_get_io_ptr(png);
    out->data = realloc(out->data, out->size + size);
    memcpy(out->data + out->size, data, size);
    out->size += size;
}

static void no_flush(png_structp png)
{
    (void)png;
}

static void set_transparent(png_structp png, png_infop info, const png_recipe *recipe)
{
    const int *t = recipe->transparent;
    png_byte levels[3] = {(png_byte)t[0], (png_byte)t[1], (png_byte)t[2]};
    png_color_16 color = {
        .gray = (png_uint_16)t[0], .red = (png_uint_16)t[0], .green = (png_uint_16)t[1], .blue = (png_uint_16)t[2]};
    if (recipe->type == PNG_COLOR_TYPE_PALETTE) {
        png_set_tRNS(png, info, levels, recipe->palette_size < 3 ? recipe->palette_size : 3, NULL);
    } else {
        png_set_tRNS(png, info, NULL, 0, &color);
    }
}

image_bytes add_chunk(image_bytes file, const char *name, const void *data, size_t size, bool at_end, bool wrong)
{
    size_t at = at_end ? file.size - 12 : 33;
    image_bytes out = {malloc(file.size + 12 + size), file.size + 12 + size};
    uint8_t *chunk = out.data + at;
    memcpy(out.data, file.data, at);
    png_save_uint_32(chunk, (png_uint_32)size);
    memcpy(chunk + 4, name, 4);
    memcpy(chunk + 8, data, size);
    png_save_uint_32(chunk + 8 + size, (png_uint_32)crc32(0, chunk + 4, (uInt)(4 + size)) ^ (wrong ? 1U : 0U));
    memcpy(chunk + 12 + size, file.data + at, file.size - at);
    free(file.data);
    return out;
}

image_bytes make_png(const png_recipe *recipe, const uint8_t *rows, size_t row_bytes)
{
    image_bytes out = {0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, NULL, NULL, NULL);
    png_infop info = png_create_info_struct(png);
    png_set_write_fn(png, &out, append, no_flush);
    png_set_IHDR(png, info, (png_uint_32)recipe->width, (png_uint_32)recipe->height, recipe->depth, recipe->type,
                 recipe->interlaced ? PNG_INTERLACE_ADAM7 : PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    if (recipe->palette_size) {
        png_color palette[16];
        for (int i = 0; i < recipe->palette_size; i++) {
            palette[i] = (png_color){recipe->palette[i][0], recipe->palette[i][1], recipe->palette[i][2]};
        }
        png_set_PLTE(png, info, palette, recipe->palette_size);
    }
    if (recipe->has_transparent) {
        set_transparent(png, info, recipe);
    }
    if (recipe->gamma > 0) {
        png_set_gAMA(png, info, recipe->gamma);
    }
    uint8_t exif[26];
    if (recipe->orientation) {
        png_set_eXIf_1(png, info, (png_uint_32)make_exif(recipe->orientation, true, exif), exif);
    }
    png_write_info(png, info);
    png_bytep *pointers = malloc(recipe->height * sizeof *pointers);
    for (size_t y = 0; y < recipe->height; y++) {
        pointers[y] = (png_bytep)rows + y * row_bytes;
    }
    png_write_image(png, pointers);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    free(pointers);
    return out;
}
