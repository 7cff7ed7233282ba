/* The table of image kinds. Signatures are those of the formats' specifications and of file(1). */
#include "src/image/kinds.h"

#include "src/base/fail.h"
#include "src/base/utf8.h"

#include <ocellus/image.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

typedef enum kind {
    AVIF,
    BMP,
    DDS,
    DICOM,
    DJVU,
    EXR,
    FARBFELD,
    FITS,
    GIF,
    HDR,
    HEIC,
    ICNS,
    ICO,
    JPEG_2000,
    JPEG_XL,
    JPEG_XR,
    MNG,
    PCX,
    PNM,
    PSD,
    QOI,
    RAW,
    SVG,
    TGA,
    TIFF,
    WEBP,
    XBM,
    XCF,
    XPM,
    KINDS /* none of them */
} kind;

#define MAGICK "magick mogrify -format png FILE"

static const struct foreign {
    const char *name;    /* with an article */
    const char *endings; /* of file names, in lower case; "" when other files use it too */
    const char *command; /* makes a PNG or TIFF file of FILE */
} foreign[KINDS] = {
    [AVIF] = {"an AVIF image", "avif avifs", "avifdec FILE FILE.png"},
    [BMP] = {"a BMP image", "bmp dib", MAGICK},
    [DDS] = {"a DDS texture", "dds", MAGICK},
    [DICOM] = {"a DICOM image", "dcm dicom", MAGICK},
    [DJVU] = {"a DjVu document", "djvu djv", "ddjvu -format=tiff FILE FILE.tif"},
    [EXR] = {"an OpenEXR image", "exr", MAGICK},
    [FARBFELD] = {"a farbfeld image", "ff", MAGICK},
    [FITS] = {"a FITS image", "fits", MAGICK},
    [GIF] = {"a GIF image", "gif", MAGICK},
    [HDR] = {"a Radiance image", "", MAGICK},
    [HEIC] = {"a HEIC image", "heic heif heics heifs hif", "heif-convert FILE FILE.png"},
    [ICNS] = {"an ICNS icon", "icns", MAGICK},
    [ICO] = {"an ICO icon", "ico cur", MAGICK},
    [JPEG_2000] = {"a JPEG 2000 image", "jp2 j2k j2c jpc jpf jpx jpm", "opj_decompress -i FILE -o FILE.png"},
    [JPEG_XL] = {"a JPEG XL image", "jxl", "djxl FILE FILE.png"},
    [JPEG_XR] = {"a JPEG XR image", "jxr wdp hdp", MAGICK},
    [MNG] = {"an MNG or JNG image", "mng jng", MAGICK},
    [PCX] = {"a PCX image", "pcx", MAGICK},
    [PNM] = {"a PNM image", "pnm pbm pgm ppm pam pfm", MAGICK},
    [PSD] = {"a PSD image", "psd psb", MAGICK},
    [QOI] = {"a QOI image", "qoi", MAGICK},
    [RAW] = {"a camera raw image",
             "3fr arw cr2 cr3 crw dcr dng erf iiq k25 kdc mef mos mrw nef nrw orf pef raf rw2 rwl sr2 srf srw x3f",
             "darktable-cli FILE FILE.png"},
    [SVG] = {"an SVG drawing", "svg svgz", "rsvg-convert -o FILE.png FILE"},
    [TGA] = {"a TGA image", "tga", MAGICK},
    [TIFF] = {"a TIFF image", "tif tiff btf", MAGICK},
    [WEBP] = {"a WebP image", "webp", MAGICK},
    [XBM] = {"an XBM image", "xbm", MAGICK},
    [XCF] = {"an XCF image", "xcf", MAGICK},
    [XPM] = {"an XPM image", "xpm", MAGICK},
};

typedef struct signature {
    kind kind;
    size_t offset, length;
    const char *bytes;
} signature;

#define AT(kind, offset, text)                                                                                         \
    {                                                                                                                  \
        kind, offset, sizeof(text) - 1, text                                                                           \
    }

/* The first match counts. */
static const signature signatures[] = {
    AT(RAW, 8, "CR\x02"), /* after the header of a TIFF file; Canon's CR2 */
    AT(RAW, 0, "FUJIFILMCCD-RAW"),
    AT(RAW, 0, "IIRO"),
    AT(RAW, 0, "IIRS"),
    AT(RAW, 0, "MMOR"),
    AT(RAW, 0, "IIU\0"),
    AT(RAW, 0, "FOVb"),
    AT(RAW, 0, "\0MRM"),
    AT(RAW, 6, "HEAPCCDR"),
    AT(TIFF, 0, "II*\0"),
    AT(TIFF, 0, "MM\0*"),
    AT(TIFF, 0, "II+\0"),
    AT(TIFF, 0, "MM\0+"),
    AT(GIF, 0, "GIF87a"),
    AT(GIF, 0, "GIF89a"),
    AT(JPEG_XL, 0, "\0\0\0\x0cJXL \r\n\x87\n"),
    AT(JPEG_2000, 0, "\0\0\0\x0cjP  \r\n\x87\n"),
    AT(JPEG_2000, 0, "\xff\x4f\xff\x51"),
    AT(JPEG_XR, 0, "II\xbc\x01"),
    AT(PSD, 0, "8BPS\0"),
    AT(XCF, 0, "gimp xcf "),
    AT(EXR, 0, "v/1\x01"),
    AT(HDR, 0, "#?RADIANCE\n"),
    AT(HDR, 0, "#?RGBE\n"),
    AT(DDS, 0, "DDS |\0\0\0"),
    AT(QOI, 0, "qoif\0"),
    AT(FARBFELD, 0, "farbfeld\0"),
    AT(ICNS, 0, "icns\0"),
    AT(DJVU, 0, "AT&TFORM"),
    AT(MNG, 0, "\x8aMNG\r\n\x1a\n"),
    AT(MNG, 0, "\x8bJNG\r\n\x1a\n"),
    AT(FITS, 0, "SIMPLE  ="),
    AT(DICOM, 128, "DICM"),
    AT(XPM, 0, "/* XPM */"),
};

static bool has(const uint8_t *head, size_t size, size_t offset, const char *bytes, size_t length)
{
    return size >= offset + length && memcmp(head + offset, bytes, length) == 0;
}

static uint32_t little(const uint8_t *bytes, size_t count)
{
    uint32_t value = 0;
    while (count-- > 0) {
        value = value << 8 | bytes[count];
    }
    return value;
}

/* "BM", and after the header of the file that of the picture, whose size is one of eight values. */
static bool is_bmp(const uint8_t *head, size_t size)
{
    static const uint32_t sizes[] = {12, 16, 40, 52, 56, 64, 108, 124};
    for (size_t i = 0; size >= 18 && i < sizeof sizes / sizeof *sizes; i++) {
        if (has(head, size, 0, "BM", 2) && little(head + 14, 4) == sizes[i]) {
            return true;
        }
    }
    return false;
}

/* Icon or cursor: the data of the first picture follow the table of all pictures. */
static bool is_ico(const uint8_t *head, size_t size)
{
    bool begins = has(head, size, 0, "\0\0\1\0", 4) || has(head, size, 0, "\0\0\2\0", 4);
    if (!begins || size < 22) {
        return false;
    }
    uint32_t count = little(head + 4, 2), first = little(head + 18, 4);
    return count > 0 && head[9] == 0 && first >= 6 + 16 * count && first < 1u << 24;
}

/* Skips blanks and comments. */
static const char *skip_blanks(const char *at)
{
    for (;;) {
        at += strspn(at, " \t\r\n");
        if (*at != '#') {
            return at;
        }
        at += strcspn(at, "\n");
    }
}

/* P1 to P6 with width and height, P7 (PAM) with a field, PF or Pf (floats). The plain-text kinds P1 to P3 must have the
 * magic number on a line of its own: tables too may begin with "P1 12 30". text ends with a NUL. */
static bool is_pnm(const char *text)
{
    static const char digits[] = "0123456789";
    if (text[0] != 'P' || !text[1] || !strchr("1234567Ff", text[1]) || !text[2] || !strchr(" \t\r\n", text[2]) ||
        (text[1] <= '3' && text[2] != '\n' && text[2] != '\r')) {
        return false;
    }
    const char *at = skip_blanks(text + 2);
    if (text[1] == '7') {
        return strncmp(at, "WIDTH ", 6) == 0 || strncmp(at, "HEIGHT ", 7) == 0 || strncmp(at, "DEPTH ", 6) == 0;
    }
    size_t width = strspn(at, digits);
    const char *next = skip_blanks(at + width);
    size_t height = strspn(next, digits);
    return width && next > at + width && height && next[height] && strchr(" \t\r\n", next[height]);
}

/* An element svg, alone or in XML. text ends with a NUL. */
static bool is_svg(const char *text)
{
    text += oc_utf8_mark(text);
    text += strspn(text, " \t\r\n");
    bool xml = strncmp(text, "<?xml", 5) == 0 || strncmp(text, "<!--", 4) == 0 ||
               strncmp(text, "<!DOCTYPE svg", 13) == 0;
    const char *element = xml ? strstr(text, "<svg") : strncmp(text, "<svg", 4) == 0 ? text : NULL;
    return element && element[4] && strchr(" \t\r\n>", element[4]);
}

/* True when one of the brands, of four letters each, is among those of an ISO base media file (ISO/IEC 14496-12, 4.3).
 */
static bool has_brand(const uint8_t *head, size_t size, const char *brands)
{
    size_t end = size >= 16 ? (size_t)head[2] << 8 | head[3] : 0;
    for (size_t at = 8; at + 4 <= end && at + 4 <= size; at += at == 8 ? 8 : 4) {
        for (const char *brand = brands; *brand; brand += 4) {
            if (memcmp(head + at, brand, 4) == 0) {
                return true;
            }
        }
    }
    return false;
}

static kind media_kind(const uint8_t *head, size_t size)
{
    if (!has(head, size, 4, "ftyp", 4)) {
        return KINDS;
    }
    if (has_brand(head, size, "avifavis")) {
        return AVIF;
    }
    if (has_brand(head, size, "crx ")) {
        return RAW;
    }
    return has_brand(head, size, "heicheixhevchevxheimheismif1msf1") ? HEIC : KINDS;
}

static kind kind_of_content(const void *bytes, size_t size)
{
    const uint8_t *head = bytes;
    char text[OC_KIND_HEAD + 1];
    size = size < OC_KIND_HEAD ? size : OC_KIND_HEAD;
    if (size == 0) {
        return KINDS;
    }
    memcpy(text, head, size);
    text[size] = '\0';
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        const signature *s = &signatures[i];
        if (has(head, size, s->offset, s->bytes, s->length)) {
            return s->kind;
        }
    }
    if (has(head, size, 0, "RIFF", 4) && has(head, size, 8, "WEBP", 4)) {
        return WEBP;
    }
    if (is_bmp(head, size)) {
        return BMP;
    }
    if (is_ico(head, size)) {
        return ICO;
    }
    if (is_pnm(text)) {
        return PNM;
    }
    return is_svg(text) ? SVG : media_kind(head, size);
}

/* True when the ending of the name is one of `endings`, which blanks separate. */
static bool ends_with_one(const char *path, const char *endings)
{
    const char *slash = strrchr(path, '/'), *dot = strrchr(slash ? slash : path, '.');
    size_t length = dot ? strlen(dot + 1) : 0;
    for (const char *at = endings; length && *at; at += strcspn(at, " "), at += *at == ' ') {
        if (strcspn(at, " ") == length && strncasecmp(at, dot + 1, length) == 0) {
            return true;
        }
    }
    return false;
}

static kind kind_of_name(const char *path)
{
    for (int k = 0; k < KINDS; k++) {
        if (ends_with_one(path, foreign[k].endings)) {
            return (kind)k;
        }
    }
    return KINDS;
}

bool oc_image_named(const char *path)
{
    return ends_with_one(path, "png jpg jpeg jpe");
}

bool oc_foreign_named(const char *path)
{
    return kind_of_name(path) != KINDS;
}

bool oc_image_foreign(const void *bytes, size_t size)
{
    return kind_of_content(bytes, size) != KINDS;
}

static oc_status fail_unknown(const uint8_t *bytes, size_t size, oc_error *err)
{
    char shown[16 * 4 + 1] = "";
    size_t length = 0;
    for (size_t i = 0; i < size && i < 16; i++) {
        bool plain = bytes[i] >= ' ' && bytes[i] <= '~' && bytes[i] != '\\' && bytes[i] != '\'';
        length += (size_t)snprintf(shown + length, sizeof shown - length, plain ? "%c" : "\\x%02X", bytes[i]);
    }
    return oc_fail(err, OC_BAD_IMAGE, "neither PNG nor JPEG: begins with '%s'", shown);
}

oc_status oc_fail_foreign(const char *path, const void *bytes, size_t size, oc_error *err)
{
    if (size == 0) {
        return oc_fail(err, OC_BAD_IMAGE, "empty: the file has no bytes");
    }
    kind content = kind_of_content(bytes, size), name = path ? kind_of_name(path) : KINDS;
    if (content == KINDS && name == KINDS) {
        return fail_unknown(bytes, size, err);
    }
    const struct foreign *f = &foreign[content == KINDS || (content == TIFF && name == RAW) ? name : content];
    return oc_fail(err, OC_BAD_IMAGE, "%s%s, which is not read; convert it to PNG or JPEG, for example by '%s'",
                   content == KINDS ? "by its name " : "", f->name, f->command);
}
