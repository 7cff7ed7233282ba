/* The orientation of PNG files.
 *
 * libpng reaches the chunks after the rows only when the rows were read, and would keep every text in memory. So the
 * chunks are parsed here: length (4 bytes), name (4), data, checksum (4).
 *
 *   tEXt   keyword, 0, text
 *   zTXt   keyword, 0, method 0, deflated text
 *   iTXt   keyword, 0, deflated or not (1 or 0), method 0, language, 0, translated keyword, 0, text
 *
 * A "Raw profile" is a text of an empty line, the name, the length and then lines of hexadecimal digits. */
#include "src/image/png_orientation.h"

#include "src/base/memory.h"
#include "src/image/exif.h"

#include <ctype.h>
#include <string.h>
#include <zlib.h>

enum {
    SIGNATURE = 8,
    FRAME = 12,        /* length, name and checksum */
    MAX_TEXT = 1 << 20 /* maximum of bytes that are inflated of a text, as in Pillow */
};

typedef struct span {
    const uint8_t *at; /* NULL: none */
    size_t size;
} span;

/* The texts that may hold an orientation, in the order in which they are tried. */
enum { RAW_EXIF, RAW_APP1, XMP, TEXTS };
static const char *const keywords[TEXTS] = {"Raw profile type exif", "Raw profile type APP1", "XML:com.adobe.xmp"};

/* The chunks that count, from their names to the end of their data. */
typedef struct chunks {
    span exif;
    span texts[TEXTS];
} chunks;

static size_t big_endian(const uint8_t *bytes)
{
    return (size_t)bytes[0] << 24 | (size_t)bytes[1] << 16 | (size_t)bytes[2] << 8 | bytes[3];
}

static bool is_named(span chunk, const char *name)
{
    return memcmp(chunk.at, name, 4) == 0;
}

/* The bytes after the first NUL; none when there is no NUL. */
static span after_nul(span text)
{
    const uint8_t *nul = text.size ? memchr(text.at, 0, text.size) : NULL;
    return nul ? (span){nul + 1, text.size - (size_t)(nul + 1 - text.at)} : (span){NULL, 0};
}

/* The member for a chunk with a correct checksum; NULL for a chunk that does not count. */
static span *place_of(chunks *found, span chunk)
{
    span *place = NULL;
    if (is_named(chunk, "eXIf")) {
        place = &found->exif;
    } else if (is_named(chunk, "tEXt") || is_named(chunk, "zTXt") || is_named(chunk, "iTXt")) {
        for (size_t i = 0; i < TEXTS; i++) {
            size_t length = strlen(keywords[i]) + 1;
            if (chunk.size >= 4 + length && memcmp(chunk.at + 4, keywords[i], length) == 0) {
                place = &found->texts[i];
            }
        }
    }
    return place && crc32(0, chunk.at, (uInt)chunk.size) == big_endian(chunk.at + chunk.size) ? place : NULL;
}

static chunks look_through(const uint8_t *bytes, size_t size)
{
    chunks found = {.exif = {NULL, 0}};
    for (size_t at = SIGNATURE; size - at >= FRAME;) {
        size_t length = big_endian(bytes + at);
        if (length > size - at - FRAME) {
            break;
        }
        span chunk = {bytes + at + 4, 4 + length};
        span *place = place_of(&found, chunk);
        if (place) {
            *place = chunk;
        }
        at += FRAME + length;
    }
    return found;
}

/* Finds the text of a chunk, in the chunk itself or inflated into *buffer, which the caller frees. False when memory is
 * short; no text when the chunk is damaged. */
static bool read_text(span chunk, span *text, uint8_t **buffer)
{
    bool packed = is_named(chunk, "zTXt");
    span rest = after_nul((span){chunk.at + 4, chunk.size - 4});
    size_t methods = is_named(chunk, "iTXt") ? 2 : packed ? 1 : 0;
    *text = (span){NULL, 0};
    if (!rest.at || rest.size < methods || (methods && rest.at[methods - 1] != 0)) {
        return true;
    }
    packed = packed || (methods == 2 && rest.at[0]);
    rest = (span){rest.at + methods, rest.size - methods};
    rest = methods == 2 ? after_nul(after_nul(rest)) : rest;
    if (!packed || !rest.at) {
        *text = rest;
        return true;
    }
    *buffer = oc_realloc(NULL, MAX_TEXT, 1);
    if (!*buffer) {
        return false;
    }
    uLongf unpacked = MAX_TEXT;
    int status = uncompress(*buffer, &unpacked, rest.at, (uLong)rest.size);
    if (status == Z_OK || status == Z_BUF_ERROR) { /* the whole text, or its beginning */
        *text = (span){*buffer, unpacked};
    }
    return status != Z_MEM_ERROR;
}

static int digit(uint8_t c)
{
    return isdigit(c) ? c - '0' : isxdigit(c) ? tolower(c) - 'a' + 10 : -1;
}

/* Decodes the hexadecimal digits of a raw profile; returns the number of bytes, at most half the length of the text. */
static size_t read_hexadecimal(span text, uint8_t *out)
{
    size_t at = 0, digits = 0;
    for (int line = 0; line < 3 && at < text.size; at++) {
        line += text.at[at] == '\n';
    }
    for (; at < text.size; at++) {
        int value = digit(text.at[at]);
        if (value >= 0) {
            out[digits / 2] = (uint8_t)(digits % 2 ? out[digits / 2] << 4 | value : value);
            digits++;
        } else if (!isspace(text.at[at])) {
            break;
        }
    }
    return digits / 2;
}

static int raw_profile_orientation(span text)
{
    if (text.size < 2 || text.size > 2 * MAX_TEXT) {
        return OC_EXIF_NONE;
    }
    uint8_t *exif = oc_realloc(NULL, text.size / 2 + 1, 1);
    if (!exif) {
        return 0;
    }
    int orientation = oc_exif_orientation(exif, read_hexadecimal(text, exif));
    oc_free(exif);
    return orientation;
}

/* The digit in the first tiff:Orientation="6" or <tiff:Orientation>6. */
static int xmp_orientation(span text)
{
    static const char name[] = "tiff:Orientation";
    const size_t length = sizeof name - 1;
    const uint8_t *at = text.at, *end = text.at + text.size;
    while (at && (size_t)(end - at) > length + 2) {
        at = memchr(at, name[0], (size_t)(end - at) - length - 2);
        if (!at) {
            break;
        }
        const uint8_t *after = at + length;
        size_t sign = after[0] == '>' ? 1 : after[0] == '=' && after[1] == '"' ? 2 : 0;
        if (memcmp(at, name, length) == 0 && sign && isdigit(after[sign])) {
            return after[sign] >= '1' && after[sign] <= '8' ? after[sign] - '0' : 1;
        }
        at++;
    }
    return OC_EXIF_NONE;
}

static int text_orientation(span chunk, int kind)
{
    uint8_t *buffer = NULL;
    span text;
    int orientation = 0;
    if (read_text(chunk, &text, &buffer)) {
        orientation = !text.at ? OC_EXIF_NONE : kind == XMP ? xmp_orientation(text) : raw_profile_orientation(text);
    }
    oc_free(buffer);
    return orientation;
}

int oc_png_orientation(const uint8_t *bytes, size_t size)
{
    chunks found = look_through(bytes, size);
    int orientation = OC_EXIF_NONE;
    if (found.exif.at) {
        orientation = oc_exif_orientation(found.exif.at + 4, found.exif.size - 4);
    } else if (found.texts[RAW_EXIF].at) {
        orientation = text_orientation(found.texts[RAW_EXIF], RAW_EXIF);
    } else if (found.texts[RAW_APP1].at) {
        orientation = text_orientation(found.texts[RAW_APP1], RAW_APP1);
    }
    if (orientation == OC_EXIF_NONE && found.texts[XMP].at) {
        orientation = text_orientation(found.texts[XMP], XMP);
    }
    return orientation == OC_EXIF_NONE ? 1 : orientation;
}
