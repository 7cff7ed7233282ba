/* JPEG: restart intervals and scans that are short, and how they are counted. */
#include "tests/unit/image/support.h"

#include <criterion/criterion.h>
#include <jpeglib.h>
#include <stdlib.h>
#include <string.h>

enum { SIDE = 256, MAX_MARKERS = 400 };

/* A gray file with a restart marker after every row of blocks. */
static image_bytes striped(size_t height)
{
    return make_jpeg(&(jpeg_recipe){.width = SIDE, .height = height, .input = JCS_GRAYSCALE, .restart_rows = 1}, NULL);
}

/* Where the restart markers of the first scan are, and at last its end. */
static size_t find_markers(image_bytes file, size_t at[MAX_MARKERS])
{
    size_t count = 0, i = 0;
    for (; !(file.data[i] == 0xFF && file.data[i + 1] == 0xDA); i++) {
    }
    for (i += 2; i + 1 < file.size && count < MAX_MARKERS; i++) {
        if (file.data[i] == 0xFF && file.data[i + 1] != 0) {
            at[count++] = i;
            if (file.data[i + 1] < JPEG_RST0 || file.data[i + 1] > JPEG_RST0 + 7) {
                break;
            }
        }
    }
    return count;
}

/* Takes `size` bytes out that end at `end`. */
static void take_out(image_bytes *file, size_t end, size_t size)
{
    memmove(file->data + end - size, file->data + end, file->size - end);
    file->size -= size;
}

static decoded read_at(image_bytes file, oc_fail_on level)
{
    oc_image_options options = planes_of(OC_GRAY);
    options.fail_on = level;
    return decode(file, options);
}

/* The levels up to TRUNCATED take the file, with so many warnings (0: some); ERROR refuses it. */
static decoded expect_spoilt(image_bytes file, size_t warnings, const char *what)
{
    decoded refused = read_at(file, OC_FAIL_ON_ERROR), d = read_at(file, OC_FAIL_ON_TRUNCATED);
    cr_assert_eq(refused.status, OC_BAD_IMAGE, "%s", what);
    cr_assert_eq(d.status, OC_OK, "%s: %s", what, d.err.message);
    cr_assert(warnings ? d.image.warnings == warnings : d.image.warnings > 0, "%s: %zu warnings", what,
              d.image.warnings);
    return d;
}

static void expect_refused(image_bytes file, const char *what)
{
    decoded d = read_at(file, OC_FAIL_ON_TRUNCATED), taken = read_at(file, OC_FAIL_ON_NONE);
    cr_assert_eq(d.status, OC_BAD_IMAGE, "%s", what);
    cr_assert_eq(taken.status, OC_OK, "%s: %s", what, taken.err.message);
    free_decoded(&taken);
}

/* Whichever interval is short, the rows of blocks of the others are right. */
Test(image_jpeg_damage, one_short_interval_is_a_warning)
{
    enum { INTERVALS = SIDE / 8 };
    for (size_t i = 0; i < INTERVALS; i++) {
        image_bytes file = striped(SIDE);
        size_t at[MAX_MARKERS];
        cr_assert_eq(find_markers(file, at), INTERVALS);
        decoded whole = read_at(file, OC_FAIL_ON_WARNING);
        cr_assert_eq(whole.status, OC_OK, "%s", whole.err.message);
        take_out(&file, at[i], 12);
        decoded d = expect_spoilt(file, 1, "a short interval");
        for (size_t row = 0; row < INTERVALS; row++) {
            bool same = memcmp(d.image.gray + row * 8 * SIDE, whole.image.gray + row * 8 * SIDE, 8 * SIDE) == 0;
            cr_assert(row == i || same, "interval %zu, row %zu", i, row);
        }
        free_decoded(&d);
        free_decoded(&whole);
        free(file.data);
    }
}

Test(image_jpeg_damage, what_is_between_the_last_row_and_the_end_is_a_warning)
{
    static const struct {
        const char *bytes, *what;
        size_t size;
    } cases[] = {{"data that are left over, more than libjpeg has read ahead", "data left over", 56},
                 {"\xff\xc4\0\0", "a marker of an impossible length", 4}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        image_bytes file = striped(SIDE);
        decoded whole = read_at(file, OC_FAIL_ON_WARNING);
        cr_assert_eq(whole.status, OC_OK, "%s", whole.err.message);
        file.data = realloc(file.data, file.size + cases[i].size);
        memcpy(file.data + file.size - 2, cases[i].bytes, cases[i].size);
        memcpy(file.data + file.size - 2 + cases[i].size, "\xff\xd9", 2);
        file.size += cases[i].size;
        decoded d = expect_spoilt(file, 1, cases[i].what);
        cr_assert(memcmp(d.image.gray, whole.image.gray, (size_t)SIDE * SIDE) == 0, "%s", cases[i].what);
        free_decoded(&d);
        free_decoded(&whole);
        free(file.data);
    }
}

Test(image_jpeg_damage, a_lost_marker_is_a_warning)
{
    image_bytes file = striped(SIDE);
    size_t at[MAX_MARKERS];
    find_markers(file, at);
    take_out(&file, at[10] + 2, 2);
    decoded d = expect_spoilt(file, 1, "a lost marker");
    free_decoded(&d);
    free(file.data);
}

/* 200 intervals in a row are one fault; 60 with sound ones in between are 60, and 120 more than is allowed. */
Test(image_jpeg_damage, neighbouring_intervals_count_as_one)
{
    static const struct {
        size_t spoilt, step, warnings;
    } cases[] = {{1, 1, 1}, {200, 1, 1}, {60, 3, 60}, {120, 2, 0}};
    for (size_t c = 0; c < 4; c++) {
        image_bytes file = striped(8 * 300);
        size_t at[MAX_MARKERS];
        cr_assert_eq(find_markers(file, at), 300);
        for (size_t i = cases[c].spoilt; i-- > 0;) {
            take_out(&file, at[20 + i * cases[c].step], 9);
        }
        if (cases[c].warnings) {
            decoded d = expect_spoilt(file, cases[c].warnings, "intervals");
            free_decoded(&d);
        } else {
            decoded d = read_at(file, OC_FAIL_ON_NONE);
            cr_assert_eq(d.status, OC_TOO_LARGE);
            cr_assert(strstr(d.err.message, "`max_warnings`"), "%s", d.err.message);
        }
        free(file.data);
    }
}

/* The file ends in, or before, its last intervals: with its end marker or without. */
Test(image_jpeg_damage, missing_intervals_are_refused)
{
    size_t at[MAX_MARKERS];
    for (size_t cut = 0; cut < 6; cut++) {
        image_bytes file = striped(SIDE);
        size_t intervals = find_markers(file, at), end = at[intervals - 3 - cut / 2 * 7] + 2;
        file.data[end] = 0xFF;
        file.data[end + 1] = JPEG_EOI;
        file.size = end + (cut % 2 ? 2 : 0);
        expect_refused(file, cut % 2 ? "no intervals before the end marker" : "no intervals");
        free(file.data);
    }
    /* The end of file comes when the decoder looks for a marker after a wrong one. */
    image_bytes file = striped(SIDE);
    size_t intervals = find_markers(file, at), last = at[intervals - 6];
    file.data[last + 1] = (uint8_t)(JPEG_RST0 + (file.data[last + 1] - JPEG_RST0 + 7) % 8);
    take_out(&file, last, 9);
    last -= 9;
    memcpy(file.data + last + 2, "\xFF\xD9", 2);
    file.size = last + 4;
    expect_refused(file, "a wrong marker before the end");
    free(file.data);
}

/* An interval that is the picture, or several rows of it, is not one of many. */
Test(image_jpeg_damage, a_short_end_of_a_long_interval_is_refused)
{
    static const int rows[] = {0, 4, 32, 100};
    for (size_t i = 0; i < 4; i++) {
        image_bytes file = make_jpeg(
            &(jpeg_recipe){.width = SIDE, .height = SIDE, .input = JCS_GRAYSCALE, .restart_rows = rows[i]}, NULL);
        take_out(&file, file.size - 2, 40);
        expect_refused(file, "a short end");
        free(file.data);
    }
}

/* A progressive picture is there after its first scan; the others refine it. */
Test(image_jpeg_damage, a_short_scan_that_refines_is_a_warning)
{
    image_bytes file = make_jpeg(
        &(jpeg_recipe){.width = SIDE, .height = SIDE, .input = JCS_GRAYSCALE, .progressive = true}, NULL);
    size_t scans[20], count = 0;
    for (size_t i = 0; i + 1 < file.size; i++) {
        if (file.data[i] == 0xFF && (file.data[i + 1] == 0xC4 || file.data[i + 1] == 0xD9) && count < 20) {
            scans[count++] = i; /* every scan has its own table before it */
        }
    }
    cr_assert_gt(count, 3);
    for (size_t i = 1; i < count; i++) {
        image_bytes part = {memcpy(malloc(file.size), file.data, file.size), file.size};
        take_out(&part, scans[i], 30);
        if (i == 1 || i + 1 == count) {
            expect_refused(part, i == 1 ? "the first scan" : "the last scan");
        } else {
            decoded d = expect_spoilt(part, 0, "a scan");
            free_decoded(&d);
        }
        free(part.data);
    }
    free(file.data);
}
