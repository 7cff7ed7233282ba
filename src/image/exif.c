/* The orientation tag of EXIF, by libexif. */
#include "src/image/exif.h"

#include "src/base/memory.h"

#include <libexif/exif-data.h>
#include <string.h>

static const char PREFIX[6] = "Exif\0";

/* libexif ignores allocations that fail, and leaves out the parts for which it had no memory. Its hooks have no
 * context. */
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

/* The value of the tag. The standard requires a SHORT; some writers use another integer type. 0 for any other type;
 * bytes without a sign are among them, as Pillow reads them as text. */
static int whole_number(const ExifEntry *entry, ExifByteOrder order)
{
    switch (entry->format) {
    case EXIF_FORMAT_SBYTE:
        return entry->size >= 1 ? entry->data[0] : 0;
    case EXIF_FORMAT_SHORT:
    case EXIF_FORMAT_SSHORT:
        return entry->size >= 2 ? exif_get_short(entry->data, order) : 0;
    case EXIF_FORMAT_LONG:
    case EXIF_FORMAT_SLONG:
        return entry->size >= 4 ? (int)exif_get_long(entry->data, order) : 0;
    default:
        return 0;
    }
}

static int orientation_in(ExifMem *memory, const uint8_t *exif, size_t size)
{
    ExifData *data = exif_data_new_mem(memory);
    if (!data) {
        return OC_EXIF_NONE;
    }
    exif_data_unset_option(data, EXIF_DATA_OPTION_FOLLOW_SPECIFICATION); /* do not repair other tags */
    exif_data_load_data(data, exif, (unsigned)size);
    const ExifEntry *entry = exif_content_get_entry(data->ifd[EXIF_IFD_0], EXIF_TAG_ORIENTATION);
    int orientation = OC_EXIF_NONE;
    if (entry) {
        orientation = entry->components == 1 ? whole_number(entry, exif_data_get_byte_order(data)) : 1;
        orientation = orientation >= 1 && orientation <= 8 ? orientation : 1;
    }
    exif_data_unref(data);
    return orientation;
}

int oc_exif_orientation(const uint8_t *exif, size_t size)
{
    enum { MIN_SIZE = 14, MAX_SIZE = 1 << 24 }; /* one TIFF header and an empty directory; PNG's chunks may be long */
    if (size < MIN_SIZE || size > MAX_SIZE) {
        return OC_EXIF_NONE;
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
    int orientation = OC_EXIF_NONE;
    is_short = false;
    ExifMem *memory = exif_mem_new(exif_allocate, exif_reallocate, oc_free);
    if (memory) {
        orientation = orientation_in(memory, exif, size);
        exif_mem_unref(memory);
    }
    oc_free(copy);
    return is_short ? 0 : orientation;
}
