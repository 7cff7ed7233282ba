/* Kinds of image files that are known and not read. */
#include "src/image/kinds.h"

#include <criterion/criterion.h>
#include <ocellus/image.h>
#include <stdio.h>
#include <string.h>

#define BYTES(text) text, sizeof(text) - 1

static const struct sample {
    const char *name; /* part of the message */
    const char *bytes;
    size_t size;
} samples[] = {
    {"AVIF", BYTES("\0\0\0\x1c"
                   "ftypavif\0\0\0\0mif1")},
    {"AVIF", BYTES("\0\0\0\x18"
                   "ftypmif1\0\0\0\0avif")},
    {"HEIC", BYTES("\0\0\0\x18"
                   "ftypheic\0\0\0\0mif1")},
    {"HEIC", BYTES("\0\0\0\x14"
                   "ftypmsf1\0\0\0\0hevc")},
    {"camera raw", BYTES("\0\0\0\x18"
                         "ftypcrx \0\0\0\1crx ")},
    {"camera raw", BYTES("II*\0\x10\0\0\0CR\2\0")},
    {"camera raw", BYTES("FUJIFILMCCD-RAW 0201")},
    {"camera raw", BYTES("IIRO\x08\0\0\0")},
    {"camera raw", BYTES("IIU\0\x18\0\0\0")},
    {"BMP", BYTES("BM\x36\x0c\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0")},
    {"GIF", BYTES("GIF89a\1\0\1\0")},
    {"GIF", BYTES("GIF87a\1\0\1\0")},
    {"ICO", BYTES("\0\0\1\0\1\0\x10\x10\0\0\1\0\x18\0\x68\3\0\0\x16\0\0\0")},
    {"JPEG 2000", BYTES("\0\0\0\x0cjP  \r\n\x87\n")},
    {"JPEG 2000", BYTES("\xff\x4f\xff\x51\0\x2f")},
    {"JPEG XL", BYTES("\0\0\0\x0cJXL \r\n\x87\n")},
    {"JPEG XR", BYTES("II\xbc\x01")},
    {"PNM", BYTES("P6\n# made by hand\n2 2\n255\n............")},
    {"PNM", BYTES("P5 16 16 255\n")},
    {"PNM", BYTES("P2\n2 2\n255\n1 2 3 4\n")},
    {"PNM", BYTES("P7\nWIDTH 2\nHEIGHT 2\n")},
    {"PNM", BYTES("Pf\n2 2\n-1.0\n")},
    {"PSD", BYTES("8BPS\0\1\0\0")},
    {"SVG", BYTES("<svg xmlns='http://www.w3.org/2000/svg'>")},
    {"SVG", BYTES("\xef\xbb\xbf<?xml version='1.0'?>\n<!-- path,label -->\n<svg>")},
    {"TIFF", BYTES("II*\0\x08\0\0\0")},
    {"TIFF", BYTES("MM\0*\0\0\0\x08")},
    {"TIFF", BYTES("MM\0+\0\x08\0\0")},
    {"WebP", BYTES("RIFF\x24\0\0\0WEBPVP8 ")},
    {"XCF", BYTES("gimp xcf v011")},
    {"OpenEXR", BYTES("v/1\1\2\0\0\0")},
    {"Radiance", BYTES("#?RADIANCE\nFORMAT=32-bit_rle_rgbe\n")},
    {"DDS", BYTES("DDS |\0\0\0")},
    {"QOI", BYTES("qoif\0\0\1\0")},
    {"FITS", BYTES("SIMPLE  =                    T")},
};

Test(image_kinds, content_decides_the_kind_and_the_message_names_it_with_a_command)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        const struct sample *s = &samples[i];
        oc_error err;
        cr_assert(oc_image_foreign(s->bytes, s->size), "sample %zu, %s", i, s->name);
        cr_assert(!oc_image_signature(s->bytes, s->size));
        cr_assert(oc_fail_foreign("x.jpg", s->bytes, s->size, &err) == OC_BAD_IMAGE);
        cr_assert(strstr(err.message, s->name) && strstr(err.message, "convert it") && strstr(err.message, " FILE"),
                  "sample %zu, %s: %s", i, s->name, err.message);
    }
}

Test(image_kinds, a_dicom_file_has_its_mark_after_128_bytes)
{
    char bytes[140] = {0};
    memcpy(bytes + 128, "DICM", 4);
    cr_assert(oc_image_foreign(bytes, 132));
    cr_assert(!oc_image_foreign(bytes, 131));
}

Test(image_kinds, every_beginning_of_a_sample_is_looked_at_within_its_bytes)
{
    for (size_t i = 0; i < sizeof samples / sizeof *samples; i++) {
        for (size_t size = 0; size <= samples[i].size; size++) {
            char copy[100];
            memset(copy, 'x', sizeof copy);
            memcpy(copy, samples[i].bytes, size);
            bool alone = oc_image_foreign(copy, size);
            memset(copy + size, '\0', sizeof copy - size);
            cr_assert(oc_image_foreign(copy, size) == alone, "%s, %zu bytes", samples[i].name, size);
        }
    }
}

Test(image_kinds, text_and_data_that_begin_alike_are_no_images)
{
    static const struct {
        const char *bytes;
        size_t size;
    } others[] = {
        {BYTES("BMW 320, built in 1989, has 40 horses more")},
        {BYTES("P1 12 30 44\nP2 13 29 40\n")},
        {BYTES("P4\nis the fourth patient\n")},
        {BYTES("P9\n2 2\n255\n")},
        {BYTES("<!DOCTYPE html><html><svg></svg></html>")},
        {BYTES("<?xml version='1.0'?><annotation><name>svg</name></annotation>")},
        {BYTES("\0\0\0\x18"
               "ftypisom\0\0\2\0mp41")},
        {BYTES("\0\0\x08\x03\0\0\0\x10\0\0\0\x1c\0\0\0\x1c")}, /* IDX */
        {BYTES("\0\0\1\0\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0")},
        {BYTES("RIFF\x24\0\0\0WAVEfmt ")},
        {BYTES("MM.DD.YYYY")},
        {BYTES("path,label\na.tif,cat\n")},
        {BYTES("%PDF-1.4")},
        {BYTES("\x93NUMPY\1\0")},
        {BYTES("")},
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        cr_assert(!oc_image_foreign(others[i].bytes, others[i].size), "%zu: %s", i, others[i].bytes);
    }
}

Test(image_kinds, names_in_any_case)
{
    static const char *const foreign[] = {"a.tif", "b.TIFF", "c.WebP", "folder.png/d.tga", "e.NEF", "f.x.heic"};
    static const char *const read[] = {"a.png", "b.JPG", "c.jpeg", "d.Jpe"};
    static const char *const neither[] = {"tif", "a.tif/b", "c.txt", "d.", "e.ti", "f.tiffx", ".", "", "a.tif.txt"};
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        cr_assert(oc_foreign_named(foreign[i]) && !oc_image_named(foreign[i]), "%s", foreign[i]);
    }
    for (size_t i = 0; i < sizeof read / sizeof *read; i++) {
        cr_assert(oc_image_named(read[i]) && !oc_foreign_named(read[i]), "%s", read[i]);
    }
    for (size_t i = 0; i < sizeof neither / sizeof *neither; i++) {
        cr_assert(!oc_image_named(neither[i]) && !oc_foreign_named(neither[i]), "%s", neither[i]);
    }
}

static const char *message_of(const char *path, const char *bytes, size_t size)
{
    static oc_error err;
    cr_assert(oc_fail_foreign(path, bytes, size, &err) == OC_BAD_IMAGE);
    return err.message;
}

Test(image_kinds, a_name_counts_where_the_content_says_nothing)
{
    cr_assert(strstr(message_of("x.tga", BYTES("\0\0\2\0\0\0\0\0")), "by its name a TGA image"));
    cr_assert(strstr(message_of("x.webp", BYTES("GIF89a\1\0\1\0")), "a GIF image, which"));
    cr_assert(strstr(message_of("x.nef", BYTES("MM\0*\0\0\0\x08")), "a camera raw image, which"));
    cr_assert(strstr(message_of("x.tif", BYTES("")), "empty"));
    cr_assert(strstr(message_of("x.png", BYTES("text")), "neither PNG nor JPEG: begins with 'text'"));
    cr_assert(strstr(message_of(NULL, BYTES("text")), "neither PNG nor JPEG"));
}
