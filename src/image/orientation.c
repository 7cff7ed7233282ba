/* The orientation tag of EXIF, by libexif, and the eight ways of turning a plane. */
#include "src/image/orientation.h"

#include "src/base/memory.h"

#include <libexif/exif-data.h>
#include <string.h>

static const char PREFIX[6] = "Exif\0";

/* libexif passes over allocations that fail, and leaves out what it had no memory for. Its hooks take no context. */
static _Thread_local bool is_short;

static void *exif_allocate(ExifLong size)
{
    void *memory = oc_alloc(1, size);
    is_short = is_short || !memory;
    return memory;
}

static void *exif_reallocate(void *memory, ExifLong size)
{
    void *grown = oc_realloc(memory, 1, size);
    is_short = is_short || !grown;
    return grown;
}

static int orientation_in(ExifMem *memory, const uint8_t *exif, size_t size)
{
    ExifData *data = exif_data_new_mem(memory);
    if (!data) {
        return 1;
    }
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION); /* no mending of other tags */
    exif_data_load_data(data, exif, (unsigned)size);
    int orientation = 1;
    const ExifEntry *entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    if (entry && entry->format == EXIF_FORMAT_SHORT && entry->components == 1 && entry->size >= 2) {
        orientation = exif_get_short(entry->data, exif_data_get_byte_order(data));
    }
    exif_data_unref(data);
    return orientation >= 1 && orientation <= 8 ? orientation : 1;
}

int oc_orientation_read(const uint8_t *exif, size_t size)
{
    enum { SMALLEST = 14, LARGEST = 1 << 24 }; /* one TIFF header and an empty directory; PNG's chunks may be long */
    if (size < SMALLEST || size > LARGEST) {
        return 1;
    }
    uint8_t *copy = NULL;
    if (memcmp(exif, PREFIX, sizeof PREFIX) != 0) {
        copy = oc_realloc(NULL, size + sizeof PREFIX, 1);
        if (!copy) {
            return 0;
        }
        memcpy(copy, PREFIX, sizeof PREFIX);
        memcpy(copy + sizeof PREFIX, exif, size);
        exif = copy;
        size += sizeof PREFIX;
    }
    int orientation = 1;
    is_short = false;
    ExifMem *memory = exif_mem_new(exif_allocate, exif_reallocate, oc_free);
    if (memory) {
        orientation = orientation_in(memory, exif, size);
        exif_mem_unref(memory);
    }
    oc_free(copy);
    return is_short ? 0 : orientation;
}

bool oc_orientation_swaps(int orientation)
{
    return orientation >= 5;
}

/* Where the upright picture's first pixel lies in the source, and how far apart there its neighbours to the right and
 * below are; counted in pixels. */
typedef struct walk {
    size_t start;
    ptrdiff_t right, down;
} walk;

static walk walk_of(int orientation, size_t width, size_t height)
{
    ptrdiff_t row = (ptrdiff_t)width;
    size_t last_column = width - 1, last_row = width * (height - 1);
    switch (orientation) {
    case 2:
        return (walk){last_column, -1, row};
    case 3:
        return (walk){last_row + last_column, -1, -row};
    case 4:
        return (walk){last_row, 1, -row};
    case 5:
        return (walk){0, row, 1};
    case 6:
        return (walk){last_row, -row, 1};
    case 7:
        return (walk){last_row + last_column, -row, -1};
    case 8:
        return (walk){last_column, row, -1};
    default:
        return (walk){0, 1, row};
    }
}

/* In square tiles: a walk down the source's columns would touch a new cache line with every pixel. */
void oc_orientation_apply(int orientation, const uint8_t *pixels, size_t width, size_t height, size_t channels,
                          uint8_t *out)
{
    enum { TILE = 64 };
    walk step = walk_of(orientation, width, height);
    bool swaps = oc_orientation_swaps(orientation);
    size_t out_width = swaps ? height : width, out_height = swaps ? width : height;
    for (size_t top = 0; top < out_height; top += TILE) {
        for (size_t left = 0; left < out_width; left += TILE) {
            size_t bottom = top + TILE < out_height ? top + TILE : out_height;
            size_t right = left + TILE < out_width ? left + TILE : out_width;
            for (size_t y = top; y < bottom; y++) {
                ptrdiff_t row = (ptrdiff_t)step.start + (ptrdiff_t)y * step.down;
                for (size_t x = left; x < right; x++) {
                    const uint8_t *from = pixels + (row + (ptrdiff_t)x * step.right) * (ptrdiff_t)channels;
                    uint8_t *to = out + (y * out_width + x) * channels;
                    for (size_t c = 0; c < channels; c++) {
                        to[c] = from[c];
                    }
                }
            }
        }
    }
}
