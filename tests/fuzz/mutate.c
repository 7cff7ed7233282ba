/* A mutator for libFuzzer that knows what PNG and JPEG files are made of: it changes, removes, doubles, swaps and inserts
 * whole chunks and segments, and their lengths and checksums stay right; it also changes the pixels before they are
 * compressed. A change of bytes alone is nearly always the end of what a decoder reads. Other inputs, and a third of these,
 * get libFuzzer's own changes. */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <zlib.h>

enum { MAX_PARTS = 64, MAX_SIZE = 1 << 16, FRAME = 12 };

size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t capacity);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed);

/* A chunk of a PNG, with its length and checksum; a segment of a JPEG, with its marker; the rest of the file. */
typedef struct part {
    const uint8_t *at;
    size_t size;
} part;

typedef struct file {
    bool png;
    part parts[MAX_PARTS];
    size_t count;
} file;

static uint64_t state;

static size_t below(size_t bound)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (size_t)(state >> 33) % bound;
}

static void put_32(uint8_t *out, size_t value)
{
    for (int i = 0; i < 4; i++) {
        out[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

static size_t get_32(const uint8_t *at)
{
    return (size_t)at[0] << 24 | (size_t)at[1] << 16 | (size_t)at[2] << 8 | at[3];
}

static void add(file *f, const uint8_t *at, size_t size)
{
    f->parts[f->count++] = (part){at, size};
}

/* Splits after the signature; what is left when the structure ends is the last part. */
static void split(file *f, const uint8_t *data, size_t size)
{
    size_t at = f->png ? 8 : 2;
    while (f->count < MAX_PARTS - 1 && size - at >= (f->png ? FRAME : 4)) {
        size_t length = f->png ? get_32(data + at) + FRAME : ((size_t)data[at + 2] << 8 | data[at + 3]) + 2;
        if (length > size - at || (!f->png && (data[at] != 0xFF || data[at + 1] == 0xDA))) {
            break;
        }
        add(f, data + at, length);
        at += length;
    }
    if (at < size) {
        add(f, data + at, size - at);
    }
}

/* A chunk or segment of a type and a payload; its size. */
static size_t make_part(bool png, const uint8_t *type, const uint8_t *payload, size_t size, uint8_t *out)
{
    if (png) {
        put_32(out, size);
        memcpy(out + 4, type, 4);
        memcpy(out + 8, payload, size);
        put_32(out + 8 + size, crc32(0, out + 4, (uInt)(4 + size)));
        return size + FRAME;
    }
    size = size < 65533 ? size : 65533;
    out[0] = 0xFF;
    out[1] = type[0];
    out[2] = (uint8_t)((size + 2) >> 8);
    out[3] = (uint8_t)(size + 2);
    memcpy(out + 4, payload, size);
    return size + 4;
}

/* The part with a changed payload. */
static part changed(bool png, part old)
{
    static uint8_t payload[MAX_SIZE], made[MAX_SIZE + FRAME];
    size_t head = png ? 8 : 4, tail = png ? 4 : 0;
    if (old.size < head + tail || old.size > MAX_SIZE / 2) {
        return old;
    }
    size_t size = old.size - head - tail;
    memcpy(payload, old.at + head, size);
    size = LLVMFuzzerMutate(payload, size, size + 16);
    return (part){made, make_part(png, old.at + (png ? 4 : 1), payload, size, made)};
}

/* A new chunk or segment with random bytes. */
static part inserted(bool png)
{
    static const char chunks[][5] = {"tRNS", "gAMA", "sBIT", "eXIf", "tEXt", "zTXt", "iTXt", "PLTE", "bKGD", "pHYs",
                                     "tIME", "iCCP", "sRGB", "cHRM", "acTL", "IDAT", "IEND", "hIST", "sPLT", "oFFs"};
    static const uint8_t markers[] = {0xDB, 0xC4, 0xC0, 0xC2, 0xDD, 0xE0, 0xE1, 0xE2, 0xEE, 0xFE, 0xCC, 0xC9};
    static uint8_t payload[64], made[64 + FRAME];
    size_t size = below(sizeof payload);
    for (size_t i = 0; i < size; i++) {
        payload[i] = (uint8_t)below(256);
    }
    const uint8_t *type = png ? (const uint8_t *)chunks[below(sizeof chunks / sizeof *chunks)]
                              : &markers[below(sizeof markers)];
    return (part){made, make_part(png, type, payload, size, made)};
}

/* All IDAT chunks as one, whose pixels are changed. */
static part repacked(const file *f)
{
    static uint8_t packed[MAX_SIZE], pixels[MAX_SIZE], made[2 * MAX_SIZE];
    size_t size = 0;
    for (size_t i = 0; i < f->count; i++) {
        const part *p = &f->parts[i];
        if (p->size > FRAME && memcmp(p->at + 4, "IDAT", 4) == 0 && size + p->size < sizeof packed) {
            memcpy(packed + size, p->at + 8, p->size - FRAME);
            size += p->size - FRAME;
        }
    }
    uLongf length = MAX_SIZE / 2, squeezed = sizeof packed;
    int result = uncompress(pixels, &length, packed, (uLong)size);
    if ((result != Z_OK && result != Z_BUF_ERROR) || length == 0) {
        return inserted(true);
    }
    length = LLVMFuzzerMutate(pixels, length, length + 16);
    compress2(packed, &squeezed, pixels, length, (int)below(3));
    return (part){made, make_part(true, (const uint8_t *)"IDAT", packed, squeezed, made)};
}

static void change(file *f)
{
    size_t i = below(f->count), j = below(f->count);
    part old = f->parts[i];
    switch (below(6)) {
    case 0: /* remove */
        memmove(f->parts + i, f->parts + i + 1, (f->count - i - 1) * sizeof *f->parts);
        f->count--;
        break;
    case 1: /* swap */
        f->parts[i] = f->parts[j];
        f->parts[j] = old;
        break;
    case 2: /* double, or insert another */
    case 3:
        if (f->count < MAX_PARTS) {
            part new = below(2) ? f->parts[j] : inserted(f->png);
            memmove(f->parts + i + 1, f->parts + i, (f->count - i) * sizeof *f->parts);
            f->parts[i] = new;
            f->count++;
        }
        break;
    case 4:
        if (f->png) {
            part new = repacked(f);
            for (size_t k = 0, first = 1; k < f->count; k++) {
                if (f->parts[k].size > FRAME && memcmp(f->parts[k].at + 4, "IDAT", 4) == 0) {
                    f->parts[k] = first ? new : (part){new.at, 0};
                    first = 0;
                }
            }
            break;
        } /* fall through */
    default:
        f->parts[i] = changed(f->png, old);
    }
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t capacity, unsigned seed)
{
    static uint8_t out[1 << 20];
    state = seed;
    size_t kind = size > 1 && data[0] != 0x89 && data[0] != 0xFF; /* the first byte chooses features */
    file f = {.png = size > 20 && memcmp(data + kind, "\x89PNG\r\n\x1a\n", 8) == 0};
    bool jpeg = size > 20 && memcmp(data + kind, "\xff\xd8\xff", 3) == 0;
    if ((!f.png && !jpeg) || below(3) == 0) {
        return LLVMFuzzerMutate(data, size, capacity);
    }
    split(&f, data + kind, size - kind);
    if (f.count == 0) {
        return LLVMFuzzerMutate(data, size, capacity);
    }
    change(&f);
    size_t length = kind + (f.png ? 8 : 2);
    memcpy(out, data, length);
    for (size_t i = 0; i < f.count && length + f.parts[i].size <= sizeof out; i++) {
        memcpy(out + length, f.parts[i].at, f.parts[i].size);
        length += f.parts[i].size;
    }
    length = length < capacity ? length : capacity;
    memcpy(data, out, length);
    return length;
}
