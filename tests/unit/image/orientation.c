/* Orientation: types of EXIF's tag, and PNG files that have it in a text. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum { WIDTH = 5, HEIGHT = 3 };

static image_bytes small_png(void)
{
    uint8_t pixels[WIDTH * HEIGHT];
    for (size_t i = 0; i < sizeof pixels; i++) {
        pixels[i] = (uint8_t)(10 * i);
    }
    return make_png(&(png_recipe){.width = WIDTH, .height = HEIGHT, .depth = 8}, pixels, WIDTH);
}

/* The orientation of the picture by where its first and second pixels went. */
static int orientation_of(image_bytes file)
{
    decoded d = decode(file, planes_of(OC_GRAY)), header = decode(file, planes_of(0));
    cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
    cr_assert_eq(d.image.width, header.image.width, "the header alone tells the upright size");
    size_t width = d.image.width, height = d.image.height;
    const uint8_t *p = d.image.gray;
    size_t corners[4] = {0, width - 1, width * (height - 1), width * height - 1};
    static const int upright[4] = {1, 2, 4, 3}, turned[4] = {5, 6, 8, 7};
    int found = 0;
    for (int i = 0; i < 4; i++) {
        if (p[corners[i]] == 0) {
            found = width == WIDTH ? upright[i] : turned[i];
        }
    }
    free_decoded(&d);
    return found;
}

typedef enum text_kind { PLAIN, PACKED, INTERNATIONAL, INTERNATIONAL_PACKED } text_kind;

/* A text in a chunk of this kind. */
static image_bytes add_text(image_bytes file, text_kind kind, const char *keyword, const char *text, bool at_end)
{
    static const char *const names[] = {"tEXt", "zTXt", "iTXt", "iTXt"};
    uint8_t data[4000] = {0};
    size_t length = strlen(keyword) + 1, size = strlen(text);
    memcpy(data, keyword, length);
    if (kind == INTERNATIONAL || kind == INTERNATIONAL_PACKED) {
        data[length] = kind == INTERNATIONAL_PACKED;
        memcpy(data + length + 2, "en\0title\0", 9);
        length += 11;
    } else if (kind == PACKED) {
        length++;
    }
    if (kind == PACKED || kind == INTERNATIONAL_PACKED) {
        uLongf packed = sizeof data - length;
        cr_assert_eq(compress(data + length, &packed, (const Bytef *)text, (uLong)size), Z_OK);
        length += packed;
    } else {
        memcpy(data + length, text, size);
        length += size;
    }
    return add_chunk(file, names[kind], data, length, at_end, false);
}

/* As ImageMagick writes it: an empty line, the name, the length, and lines of 72 digits. */
static void write_profile(int orientation, char text[200])
{
    uint8_t exif[6 + 26] = "Exif\0";
    make_exif(orientation, true, exif + 6);
    size_t length = (size_t)sprintf(text, "\nexif\n%8d\n", 32);
    for (size_t i = 0; i < sizeof exif; i++) {
        length += (size_t)sprintf(text + length, "%02x%s", exif[i], i % 36 == 35 || i == 31 ? "\n" : "");
    }
}

Test(image_orientation, orientation_in_raw_profiles)
{
    static const char *const keywords[] = {"Raw profile type exif", "Raw profile type APP1"};
    for (int orientation = 1; orientation <= 8; orientation++) {
        char text[200];
        write_profile(orientation, text);
        for (int i = 0; i < 16; i++) {
            image_bytes file = add_text(small_png(), (text_kind)(i % 4), keywords[i / 8], text, i / 4 % 2);
            cr_assert_eq(orientation_of(file), orientation, "case %d, orientation %d", i, orientation);
            free(file.data);
        }
    }
}

Test(image_orientation, orientation_in_xmp)
{
    static const char *const forms[] = {"<rdf:Description tiff:Orientation=\"%d\" tiff:XResolution=\"72\"/>",
                                        "<a/><tiff:Orientation>%d</tiff:Orientation>"};
    for (int orientation = 1; orientation <= 8; orientation++) {
        for (int i = 0; i < 16; i++) {
            char text[200];
            snprintf(text, sizeof text, forms[i / 8], orientation);
            image_bytes file = add_text(small_png(), (text_kind)(i % 4), "XML:com.adobe.xmp", text, i / 4 % 2);
            cr_assert_eq(orientation_of(file), orientation, "case %d, orientation %d", i, orientation);
            free(file.data);
        }
    }
}

static const char *const useless[] = {"",
                                      "tiff:Orientation",
                                      "tiff:Orientation>",
                                      "tiff:Orientation\"6 ",
                                      "tiff:Orientation='6'",
                                      "tiff:Orientation=\"0\"",
                                      "tiff:Orientation=\"9\"",
                                      "tiff:Orientatiox=\"6\"",
                                      "\nexif\n",
                                      "\nexif\n      32\n",
                                      "\nexif\n      32\n4",
                                      "\nexif\n      32\nnothing hexadecimal",
                                      "\nexif\n      32\n457869660000"};

Test(image_orientation, texts_without_orientation_do_nothing)
{
    static const char *const keywords[] = {"Raw profile type exif", "Raw profile type APP1", "XML:com.adobe.xmp"};
    for (size_t i = 0; i < 12 * sizeof useless / sizeof *useless; i++) {
        image_bytes file = add_text(small_png(), (text_kind)(i % 4), keywords[i / 4 % 3], useless[i / 12], false);
        cr_assert_eq(orientation_of(file), 1, "case %zu", i);
        free(file.data);
    }
    /* Chunks that end in the middle of what a text has before it. */
    static const char chunk[] = "XML:com.adobe.xmp\0\0\0en\0title\0tiff:Orientation>6<";
    for (size_t size = 0; size < sizeof chunk - 2; size++) {
        image_bytes file = add_chunk(small_png(), "iTXt", chunk, size, false, false);
        cr_assert_eq(orientation_of(file), 1, "%zu bytes", size);
        free(file.data);
    }
}

/* The order is Pillow's: eXIf, raw profile, and XMP only where there is no tag in them. */
Test(image_orientation, which_orientation_wins)
{
    char raw[200], app1[200];
    uint8_t exif[26], without[26];
    const char *xmp = "tiff:Orientation=\"8\"";
    write_profile(6, raw);
    write_profile(3, app1);
    make_exif(2, true, exif);
    memcpy(without, exif, sizeof without);
    without[11] = 0x13; /* another tag */
    image_bytes file = add_text(small_png(), INTERNATIONAL, "XML:com.adobe.xmp", xmp, false);
    cr_assert_eq(orientation_of(file), 8);
    file = add_text(file, PACKED, "Raw profile type APP1", app1, false);
    cr_assert_eq(orientation_of(file), 3);
    file = add_text(file, PLAIN, "Raw profile type exif", raw, true);
    cr_assert_eq(orientation_of(file), 6);
    file = add_chunk(file, "eXIf", exif, sizeof exif, true, true);
    cr_assert_eq(orientation_of(file), 6, "a wrong checksum");
    file = add_chunk(file, "eXIf", exif, sizeof exif, true, false);
    cr_assert_eq(orientation_of(file), 2);
    file = add_chunk(file, "eXIf", without, sizeof without, true, false);
    cr_assert_eq(orientation_of(file), 8, "no tag: XMP");
    exif[19] = 99;
    file = add_chunk(file, "eXIf", exif, sizeof exif, true, false);
    cr_assert_eq(orientation_of(file), 1, "a tag without sense");
    free(file.data);
}

/* A text of 3 MB that is packed into 3 kB is read up to 1 MB. */
Test(image_orientation, long_texts_are_bounded)
{
    enum { LENGTH = 3 << 20, ROOM = 20000 };
    static const struct {
        size_t at;
        int orientation;
    } cases[] = {{0, 6}, {(1 << 20) - 100, 6}, {1 << 20, 1}};
    for (size_t i = 0; i < 3; i++) {
        char *text = malloc(LENGTH);
        uint8_t *chunk = malloc(ROOM);
        memset(text, ' ', LENGTH);
        memcpy(text + cases[i].at, "tiff:Orientation=\"6\"", 20);
        memcpy(chunk, "XML:com.adobe.xmp\0", 19);
        uLongf packed = ROOM - 19;
        cr_assert_eq(compress(chunk + 19, &packed, (Bytef *)text, LENGTH), Z_OK);
        image_bytes file = add_chunk(small_png(), "zTXt", chunk, 19 + packed, false, false);
        cr_assert_eq(orientation_of(file), cases[i].orientation, "case %zu", i);
        free(file.data);
        free(text);
        free(chunk);
    }
}

static const struct {
    uint8_t type; /* of the EXIF entry */
    size_t width;
} types[] = {{1, 3}, {2, 3}, {3, 2}, {4, 2}, {5, 3}, {6, 2}, {8, 2}, {9, 2}, {12, 3}};

/* The orientation is a SHORT by the standard; the other whole numbers count, as for Pillow. */
Test(image_orientation, types_of_the_orientation)
{
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        image_bytes file = make_jpeg(&(jpeg_recipe){.width = 3, .height = 2, .input = JCS_GRAYSCALE, .orientation = 6},
                                     NULL);
        for (size_t at = 0; at + 10 < file.size; at++) {
            if (memcmp(file.data + at, "\x12\x01\x03\0\x01\0\0\0\x06", 9) == 0) {
                file.data[at + 2] = types[i].type;
            }
        }
        decoded d = decode(file, planes_of(OC_GRAY));
        cr_assert_eq(d.status, OC_OK, "%s", d.err.message);
        cr_assert_eq(d.image.width, types[i].width, "type %d", types[i].type);
        free_decoded(&d);
        free(file.data);
    }
}
