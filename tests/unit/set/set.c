/* Sets: extraction to memory and to disk, what is skipped, and what is refused. */
#include "src/base/memory.h"
#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

TestSuite(set, .init = make_test_folder, .fini = remove_test_folder);

static const char SPEC[] = "pixels:size=6+hog:cell=6+words:count=8,patch=4,samples=2000";

static void expect_same_rows(const oc_set *a, const oc_set *b)
{
    const oc_rows *x = oc_set_rows(a), *y = oc_set_rows(b);
    cr_assert(x->count == y->count && x->dimension == y->dimension);
    cr_assert(memcmp(x->block[0].values, y->block[0].values, x->count * x->dimension * sizeof(float)) == 0);
    cr_assert(memcmp(oc_set_labels(a), oc_set_labels(b), x->count * sizeof(int)) == 0);
    cr_assert(oc_set_classes(a) == oc_set_classes(b));
    for (size_t c = 0; c < oc_set_classes(a); c++) {
        cr_assert(strcmp(oc_set_class(a, c), oc_set_class(b, c)) == 0);
    }
    for (size_t i = 0; i < x->count; i++) {
        cr_assert(strcmp(oc_set_path(a, i), oc_set_path(b, i)) == 0);
    }
}

Test(set, memory_disk_and_threads_give_the_same_rows)
{
    put_stripes("in", 8, 18, 18, 1);
    oc_job *two = job_of(2);
    oc_set *memory = extracted(at("in"), SPEC, NULL, NULL, NULL);
    oc_set *disk = extracted(at("in"), SPEC, at("set"), NULL, two), *opened = NULL;
    oc_error err = {0};
    cr_assert(oc_set_open(at("set"), &opened, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_set_count(memory) == 24 &&
              oc_set_rows(memory)->dimension == oc_features_dimension(oc_set_features(memory)));
    expect_same_rows(memory, disk);
    expect_same_rows(memory, opened);
    cr_assert(oc_set_recognise(at("set")) && !oc_set_recognise(at("in")) && !oc_set_recognise(at("none")));
    cr_assert(strcmp(oc_features_spec(oc_set_features(opened)), SPEC) == 0);
    cr_assert(oc_set_image_options(opened).size.width == 18 && oc_set_image_options(opened).size.height == 18);
    cr_assert(access(at("set/skipped.csv"), F_OK) != 0);
    /* The stages of a set, applied to the same images, write the same rows. */
    const oc_features *features = oc_set_features(opened);
    oc_dataset *dataset = open_set(at("in"));
    oc_extract_options options = extract_defaults();
    oc_set *again = NULL;
    options.seed = 99;
    cr_assert(!oc_features_unfitted(features));
    cr_assert(oc_set_extract(dataset, features, &options, two, &again, &err) == OC_OK, "%s", err.message);
    expect_same_rows(memory, again);
    oc_dataset_free(dataset);
    oc_set_free(again);
    oc_set_free(memory);
    oc_set_free(disk);
    oc_set_free(opened);
    oc_job_free(two);
}

Test(set, damaged_images_leave_no_hole)
{
    put_stripes("in", 3, 12, 12, 2);
    put_text("in/across/000a, \"b\".png", "no image");
    put_text("in/across/0.jpg", "");
    put_text("in/slope/9.png", "\x89PNG\r\n\x1a\n");
    oc_set *set = extracted(at("in"), "pixels:size=4", at("set"), NULL, NULL), *opened = NULL;
    cr_assert(oc_set_count(set) == 9 && oc_set_skipped(set) == 3);
    cr_assert(strcmp(oc_set_skipped_path(set, 0), "across/0.jpg") == 0);
    cr_assert(strstr(oc_set_skipped_reason(set, 0), "across/") == NULL && *oc_set_skipped_reason(set, 0));
    cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_OK);
    expect_same_rows(set, opened);
    for (size_t i = 0; i < 9; i++) { /* each row is its image's */
        char one[300];
        snprintf(one, sizeof one, "in/%s", oc_set_path(set, i));
        oc_set *single = extracted(at(one), "pixels:size=4", NULL, NULL, NULL);
        cr_assert(memcmp(oc_set_rows(set)->block[0].values + i * 48, oc_set_rows(single)->block[0].values,
                         48 * sizeof(float)) == 0,
                  "row %zu", i);
        oc_set_free(single);
    }
    size_t size;
    char *index = contents(at("set/index.csv"), &size), *skipped = contents(at("set/skipped.csv"), &size);
    static const char expected[] = "row,path,label,width,height\n"
                                   "0,across/000.png,across,12,12\n1,across/001.png,across,12,12\n";
    cr_assert(strncmp(index, expected, strlen(expected)) == 0, "%s", index);
    cr_assert(strstr(index, "\n8,slope/002.png,slope,12,12\n") && !strchr(index, '\r'), "%s", index);
    cr_assert(strncmp(skipped, "path,reason\nacross/0.jpg,", 25) == 0, "%s", skipped);
    cr_assert(strstr(skipped, "\n\"across/000a, \"\"b\"\".png\","), "%s", skipped);
    free(index);
    free(skipped);
    oc_set_free(set);
    oc_set_free(opened);
}

Test(set, strict_stops_at_the_first)
{
    put_stripes("in", 2, 12, 12, 3);
    put_text("in/down/0.png", "no image");
    oc_set_free(extracted(at("in/slope"), "pixels:size=2", at("set"), NULL, NULL));
    oc_extract_options options = extract_defaults();
    options.strict = true;
    cr_assert(extraction_refused(at("in"), "hog", at("set"), &options) == OC_BAD_IMAGE);
    cr_assert(strncmp(refusal.message, "down/0.png: ", 12) == 0, "%s", refusal.message);
    oc_set *old = NULL;
    cr_assert(oc_set_open(at("set"), &old, NULL) == OC_OK && oc_set_rows(old)->dimension == 12);
    oc_set_free(old);
}

Test(set, without_any_readable_image_it_fails)
{
    put_text("in/a/1.png", "no image");
    put_text("in/b/2.png", "none either");
    for (size_t with_size = 0; with_size < 2; with_size++) {
        oc_extract_options options = extract_defaults();
        options.image.size = with_size ? (oc_extent){8, 8} : (oc_extent){0, 0};
        cr_assert(extraction_refused(at("in"), "pixels", at("set"), &options) == OC_BAD_DATA);
        cr_assert(strstr(refusal.message, "none of the 2 images can be read"), "%s", refusal.message);
        cr_assert(strstr(refusal.message, with_size ? "a/1.png: " : "b/2.png: "), "%s", refusal.message);
        cr_assert(strstr(strstr(refusal.message, ".png"), "none of the") == NULL, "%s", refusal.message);
        cr_assert(access(at("set"), F_OK) != 0);
    }
}

static char note[300];

static void hear(void *context, const char *message)
{
    (void)context;
    snprintf(note, sizeof note, "%s", message);
}

Test(set, mixed_sizes_come_to_what_a_stage_asks_for)
{
    put_stripes("in", 2, 120, 100, 4);
    put_stripes("in/across", 1, 130, 124, 5);
    oc_set *set = extracted(at("in"), "hog:cell=16+words:count=4,samples=500,descriptor=sift", NULL, NULL, NULL);
    cr_assert(oc_set_image_options(set).size.width == 256 && oc_set_image_options(set).size.height == 256);
    oc_set_free(set);
}

/* That the first image is too small for a stage decides nothing where others are larger. */
Test(set, a_small_first_image_does_not_decide_the_size)
{
    put_stripes("in", 2, 12, 12, 4);
    put_stripes("small", 2, 3, 3, 4);
    put_stripes("mixed", 2, 12, 12, 4);
    put_stripes("mixed/across/0", 1, 3, 3, 4); /* before across/000.png */
    static const char *const specs[] = {"hog", "color:grid=4", "words:count=4,samples=500", "hog+pixels:size=4"};
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        oc_set *set = extracted(at("mixed"), specs[i], NULL, NULL, NULL);
        cr_assert(oc_set_image_options(set).size.width == 128, "%s", specs[i]);
        oc_set_free(set);
        cr_assert(extraction_refused(at("small"), specs[i], NULL, NULL) == OC_TOO_SMALL);
        cr_assert(strstr(refusal.message, "3x3") && strstr(refusal.message, "across/000.png") &&
                      strstr(refusal.message, "`size`"),
                  "%s", refusal.message);
    }
}

Test(set, mixed_sizes_come_to_128)
{
    put_stripes("in", 2, 20, 20, 4);
    put_stripes("in/across", 1, 30, 24, 5); /* further down, another size */
    oc_listener listener = {.note = hear};
    oc_job *job = NULL;
    cr_assert(oc_job_create(2, &listener, &job, NULL) == OC_OK);
    oc_set *set = extracted(at("in"), "hog:cell=16+words:count=4,samples=500", at("set"), NULL, job), *opened = NULL;
    cr_assert(strstr(note, "128x128"), "%s", note);
    cr_assert(oc_set_count(set) == 9 && oc_set_image_options(set).size.width == 128);
    cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_OK);
    cr_assert(oc_set_image_options(opened).size.height == 128);
    size_t size;
    char *index = contents(at("set/index.csv"), &size);
    cr_assert(strstr(index, ",30,24\n") && strstr(index, ",20,20\n"), "%s", index);
    free(index);
    oc_set_free(set);
    oc_set_free(opened);
    oc_job_free(job);
}

static void copy_set(const char *name)
{
    static const char *const files[] = {"features.npy", "index.csv", "stages.safetensors"};
    for (size_t i = 0; i < 3; i++) {
        char path[100];
        size_t size;
        snprintf(path, sizeof path, "good/%s", files[i]);
        char *bytes = contents(at(path), &size);
        snprintf(path, sizeof path, "%s/%s", name, files[i]);
        put(path, bytes, size);
        free(bytes);
    }
}

static void set_refused(const char *what)
{
    oc_set *set = NULL;
    oc_error err = {0};
    cr_assert(oc_set_open(at("bad"), &set, &err) == OC_BAD_FILE, "opened, or %s; expected %s", err.message, what);
    cr_assert(set == NULL && strstr(err.message, what) && strstr(err.message, "/bad"), "'%s', not '%s'", err.message,
              what);
}

/* Replaces `from` in the header of a file by `to`, of the same length. */
static void change_header(const char *file, const char *from, const char *to)
{
    size_t size, begin = 10, length = strlen(from); /* no header begins earlier */
    copy_set("bad");
    char *bytes = contents(at(file), &size);
    cr_assert(length == strlen(to) && size > begin + length);
    while (begin + length < size && memcmp(bytes + begin, from, length) != 0) {
        begin++;
    }
    cr_assert(begin + length < size, "%s has no %s", file, from);
    memcpy(bytes + begin, to, length);
    put(file, bytes, size);
    free(bytes);
}

static void change_npy(const char *from, const char *to)
{
    change_header("bad/features.npy", from, to);
}

static void index_refused(const char *text, const char *what)
{
    copy_set("bad");
    put_text("bad/index.csv", text);
    set_refused(what);
}

Test(set, an_index_in_another_order_is_refused)
{
    put_stripes("in", 1, 12, 12, 6);
    oc_set_free(extracted(at("in"), "pixels:size=4", at("good"), NULL, NULL));
    index_refused("row,path,label\n1,b,y\n0,a,x\n2,c,x\n", "line 2: row '1' instead of 0");
    index_refused("row,path,label\n0,a,x\n1,b,y\n1,c,x\n", "line 4: row '1' instead of 2");
    index_refused("row,path,label\n0,a,x\n1,b,y\n,c,x\n", "line 4: row '' instead of 2");
    index_refused("row,path,label\n0,a,x\n1,b,y\n", "2 images");
    index_refused("path,label\na,x\nb,y\nc,x\n", "no column row");
    index_refused("\n", "column");
    index_refused("row,path,label\n0,a,x\n1,b,y\n2,c,x", "cut off");
    index_refused("", "cut off");
    copy_set("bad"); /* the columns may stand in another order, and more may be there */
    put_text("bad/index.csv", "label,note,row,path\nx,,0,a\ny,,1,b\nx,,2,c\n");
    oc_set *set = NULL;
    oc_error err = {0};
    cr_assert(oc_set_open(at("bad"), &set, &err) == OC_OK, "%s", err.message);
    oc_set_free(set);
}

Test(set, damaged_folders_are_refused)
{
    put_stripes("in", 2, 12, 12, 6);
    put_stripes("other", 3, 12, 12, 6);
    oc_set_free(extracted(at("in"), "pixels:size=4", at("good"), NULL, NULL));
    oc_set_free(extracted(at("other"), "pixels:size=4", at("more"), NULL, NULL));
    oc_set_free(extracted(at("in"), "pixels:size=5", at("wider"), NULL, NULL));
    change_npy("<f4", "<i4");
    set_refused("float32");
    change_npy("<f4", ">f4");
    set_refused("float32");
    change_npy("False", "True ");
    set_refused("Fortran");
    change_npy("(6, 48)", "(6,6,8)");
    set_refused("two axes");
    change_npy("(6, 48)", "(6, 47)");
    set_refused("header gives");
    change_npy("(6, 48)", "(6, -1)");
    set_refused("damaged");
    change_npy("'shape'", "'shade'");
    set_refused("damaged");
    size_t size;
    char *bytes = contents(at("more/index.csv"), &size);
    copy_set("bad");
    put("bad/index.csv", bytes, size);
    set_refused("9 images");
    free(bytes);
    bytes = contents(at("wider/stages.safetensors"), &size);
    copy_set("bad");
    put("bad/stages.safetensors", bytes, size);
    set_refused("75");
    free(bytes);
    copy_set("bad");
    cr_assert(unlink(at("bad/stages.safetensors")) == 0);
    oc_set *set = NULL;
    oc_error err = {0};
    cr_assert(oc_set_open(at("bad"), &set, &err) == OC_NOT_FOUND && strstr(err.message, "stages"), "%s", err.message);
    cr_assert(oc_set_open(at("none"), &set, &err) == OC_NOT_FOUND);
}

/* Each file of a set, cut at every byte. A list of skipped images that ends behind a line is one with fewer of them. */
Test(set, stages_of_another_version_are_refused)
{
    put_stripes("in", 1, 12, 12, 6);
    oc_set_free(extracted(at("in"), "pixels:size=4", at("good"), NULL, NULL));
    change_header("bad/stages.safetensors", "\"version\":\"1\"", "\"version\":\"2\"");
    set_refused("format version 2; this program reads version 1");
    change_header("bad/stages.safetensors", "ocellus-stages", "ocellus-models");
    set_refused("not a set of ocellus (format 'ocellus-models')");
}

Test(set, every_cut_is_refused)
{
    static const char *const files[] = {"features.npy", "index.csv", "stages.safetensors", "skipped.csv"};
    put_stripes("in", 2, 12, 12, 9);
    put_text("in/down/1.png", "no image");
    put_text("in/down/2.png", "no image");
    oc_set_free(extracted(at("in"), "pixels:size=3+words:count=3,patch=4,samples=200", at("set"), NULL, NULL));
    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        char path[100];
        size_t size;
        snprintf(path, sizeof path, "set/%s", files[f]);
        char *bytes = contents(at(path), &size);
        for (size_t length = 0; length < size; length += strstr(files[f], "csv") ? 1 : sampled(7)) {
            oc_set *set = NULL;
            oc_error err = {0};
            put(path, bytes, length);
            oc_status status = oc_set_open(at("set"), &set, &err);
            bool fewer = f == 3 && length && bytes[length - 1] == '\n';
            cr_assert(fewer ? status == OC_OK : status == OC_BAD_FILE && strstr(err.message, files[f]),
                      "%s cut at %zu of %zu: %s, %s", files[f], length, size, oc_status_text(status), err.message);
            oc_set_free(set);
        }
        put(path, bytes, size);
        free(bytes);
    }
}

/* A class whose images are all damaged is known in memory as it is on disk: not at all, so that training on the one and
 * the other is the same. */
Test(set, memory_and_disk_agree_on_the_classes)
{
    put_stripes("in", 2, 12, 12, 7);
    put_text("in/broken/1.png", "no image");
    oc_set *set = extracted(at("in"), "pixels:size=4", at("set"), NULL, NULL), *opened = NULL;
    cr_assert(oc_set_open(at("set"), &opened, NULL) == OC_OK);
    expect_same_rows(set, opened);
    oc_set_free(set);
    oc_set_free(opened);
}

Test(set, short_memory_is_an_error_at_every_step)
{
    put_stripes("in", 2, 12, 12, 8);
    put_text("in/down/0.png", "no image");
    oc_dataset *dataset = open_set(at("in"));
    oc_extract_options options = extract_defaults();
    oc_features *features = NULL;
    cr_assert(oc_features_parse("pixels:size=4+words:count=4,patch=4,samples=200", &features, NULL) == OC_OK);
    size_t failures = 0;
    for (size_t n = 1;; n++) {
        oc_set *set = NULL;
        oc_error err = {0};
        options.output = at("set");
        oc_memory_fail_after(n);
        oc_status status = oc_set_extract(dataset, features, &options, NULL, &set, &err);
        oc_memory_fail_after(0);
        if (status == OC_OK) {
            cr_assert(oc_set_count(set) == 6 && oc_set_skipped(set) == 1, "allocation %zu", n);
            oc_set_free(set);
            break;
        }
        cr_assert(status == OC_NO_MEMORY && set == NULL, "allocation %zu: %s", n, err.message);
        cr_assert(access(at("set"), F_OK) != 0, "allocation %zu left a set", n);
        failures++;
    }
    cr_assert(failures > 30);
    oc_features_free(features);
    oc_dataset_free(dataset);
}

Test(set, a_folder_with_other_files_is_not_replaced)
{
    put_stripes("in", 2, 14, 14, 1);
    oc_set_free(extracted(at("in"), "pixels:size=2", at("set"), NULL, NULL));
    oc_set_free(extracted(at("in"), "pixels:size=3", at("set"), NULL, NULL));
    put_text("set/letter", "precious");
    cr_assert(extraction_refused(at("in"), "pixels:size=2", at("set"), NULL) == OC_USAGE);
    cr_assert(strstr(refusal.message, "'letter'"), "%s", refusal.message);
    oc_set *set = NULL;
    cr_assert(oc_set_open(at("set"), &set, NULL) == OC_OK && oc_set_rows(set)->dimension == 27);
    oc_set_free(set);
    put_folder("empty");
    cr_assert(oc_set_check_place(at("empty"), NULL) == OC_OK && oc_set_check_place(at("nothing"), NULL) == OC_OK);
}

static uint8_t *put_32(uint8_t *at, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        *at++ = (uint8_t)(value >> (24 - 8 * i));
    }
    return at;
}

static uint8_t *put_chunk(uint8_t *at, const char *name, const uint8_t *data, size_t size)
{
    uint8_t *head = put_32(at, (uint32_t)size);
    memcpy(head, name, 4);
    memcpy(head + 4, data, size);
    return put_32(head + 4 + size, (uint32_t)crc32(0, head, (uInt)size + 4));
}

/* A black PNG of 65,535 x `height` pixels of one bit, which takes few bytes. */
static void put_long_png(const char *name, uint32_t height)
{
    enum { WIDTH = 65535, ROW = 1 + (WIDTH + 7) / 8 };
    uint8_t *rows = calloc(height, ROW), *png = malloc(height * (size_t)ROW), header[13] = {0};
    uLongf packed = height * (uLongf)ROW / 2;
    uint8_t *data = malloc(packed), *end = png + 8;
    header[8] = 1; /* bits */
    put_32(put_32(header, WIDTH), height);
    cr_assert(compress2(data, &packed, rows, height * (uLong)ROW, 1) == Z_OK);
    memcpy(png, "\x89PNG\r\n\x1a\n", 8);
    end = put_chunk(end, "IHDR", header, sizeof header);
    end = put_chunk(end, "IDAT", data, packed);
    end = put_chunk(end, "IEND", data, 0);
    FILE *file = fopen(at(name), "wb");
    cr_assert(file && fwrite(png, (size_t)(end - png), 1, file) == 1 && fclose(file) == 0);
    free(rows);
    free(png);
    free(data);
}

Test(set, images_that_are_too_large_for_a_size_of_their_own)
{
    put_folder("in");
    put_long_png("in/0.png", 1600);
    oc_extract_options options = extract_defaults();
    options.image.max_pixels = 200000000;
    cr_assert(extraction_refused(at("in"), "pixels:size=4", NULL, &options) == OC_TOO_LARGE);
    cr_assert(strstr(refusal.message, "65535 x 1600 pixels") && strstr(refusal.message, "0.png: give `size` WxH"), "%s",
              refusal.message);
    put_stripes("in/small", 1, 12, 12, 4); /* the sizes differ: the usual square */
    oc_dataset *dataset = NULL;
    oc_set *set = NULL;
    oc_features *features = NULL;
    oc_error err = {0};
    cr_assert(oc_dataset_open_unlabelled(at("in"), &dataset, NULL) == OC_OK &&
              oc_features_parse("pixels:size=4", &features, NULL) == OC_OK);
    cr_assert(oc_set_extract(dataset, features, &options, NULL, &set, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_set_count(set) == 4 && oc_set_image_options(set).size.width == 128);
    oc_set_free(set);
    oc_features_free(features);
    oc_dataset_free(dataset);
}

Test(set, impossible_sizes_are_refused_before_anything_is_read)
{
    put_text("in/a/1.png", "no image");
    oc_extract_options options = extract_defaults();
    options.image.size = (oc_extent){20000, 20000};
    for (size_t on_disk = 0; on_disk < 2; on_disk++) {
        cr_assert(extraction_refused(at("in"), "pixels", on_disk ? at("set") : NULL, &options) == OC_TOO_LARGE);
        cr_assert(strncmp(refusal.message, "a canonical size of 20000 x 20000", 33) == 0, "%s", refusal.message);
    }
}
