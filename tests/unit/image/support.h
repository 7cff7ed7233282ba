/* What the tests of images share: files of tests/data/images, and PNG and JPEG files of every kind made in memory. */
#ifndef OC_TESTS_IMAGE_SUPPORT_H
#define OC_TESTS_IMAGE_SUPPORT_H

#include <ocellus/image.h>

typedef struct image_bytes {
    uint8_t *data;
    size_t size;
} image_bytes;

/* tests/data/images/NAME, whole; fails the test when it is not there. Free data with free(). */
image_bytes load_fixture(const char *name);

/* Options with their defaults and these planes. */
oc_image_options planes_of(unsigned planes);
oc_image_options sized(unsigned planes, size_t width, size_t height, oc_fit fit);

/* A decoded image with planes of its own. */
typedef struct decoded {
    oc_status status;
    oc_error err;
    oc_image image;
} decoded;
decoded decode(image_bytes file, oc_image_options options);
decoded decode_with(oc_decoder *decoder, image_bytes file, oc_image_options options);
decoded decode_fixture(const char *name, oc_image_options options);
void free_decoded(decoded *d);

/* The largest difference of two byte arrays. */
int largest_difference(const uint8_t *a, const uint8_t *b, size_t size);

/* How a JPEG is made; what is 0 is libjpeg's default. input and space are libjpeg's J_COLOR_SPACE. */
typedef struct jpeg_recipe {
    size_t width, height;
    int input, space;
    int across, down; /* sampling of the first component, 1 or 2 or 4 */
    int restart_rows;
    int orientation;
    bool progressive, no_adobe;
} jpeg_recipe;
/* pixels NULL: a picture made up for the purpose. */
image_bytes make_jpeg(const jpeg_recipe *recipe, const uint8_t *pixels);

/* How a PNG is made: type is libpng's colour type, rows are packed as it stores them. */
typedef struct png_recipe {
    size_t width, height;
    int type, depth;
    bool interlaced;
    int orientation;
    int transparent[3]; /* with has_transparent: a gray level or a colour, or alpha of the palette's first three */
    bool has_transparent;
    uint8_t palette[16][3];
    int palette_size;
    double gamma; /* 0: no gAMA chunk */
} png_recipe;
image_bytes make_png(const png_recipe *recipe, const uint8_t *rows, size_t row_bytes);

/* The same file with one chunk more, after IHDR or before IEND; with a wrong checksum where that is wanted. Frees the
 * old one. */
image_bytes add_chunk(image_bytes file, const char *name, const void *data, size_t size, bool at_end, bool wrong);

/* EXIF data with one orientation tag, without "Exif\0\0"; big_endian as Motorola has it. Returns its length, 26. */
size_t make_exif(int orientation, bool big_endian, uint8_t out[26]);

/* A colourful picture, (height, width, channels). Free it. */
uint8_t *make_pixels(size_t width, size_t height, size_t channels);

#endif
