/* Safetensors files: what is written reads back, and hostile ones are refused with a reason. */
#include "src/matrix/safetensors.h"

#include "tests/unit/model/support.h"

#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

TestSuite(archive, .init = make_test_folder, .fini = remove_test_folder);

Test(archive, what_is_written_reads_back)
{
    float matrix[] = {1, -2, 3.5F, 4, 5, 1e-38F}, vector[] = {7, 8};
    oc_archive *archive = NULL, *back = NULL;
    oc_error err = {0};
    cr_assert(oc_archive_create(&archive, &err) == OC_OK);
    cr_assert(oc_archive_set(archive, "spec", "hog+\"words\"\n", &err) == OC_OK);
    cr_assert(oc_archive_set(archive, "spec", "replaced \xc3\xa4", &err) == OC_OK);
    cr_assert(oc_archive_set(archive, "bad", "\xff\xfe", &err) == OC_USAGE);
    cr_assert(oc_archive_add(archive, "m", (oc_tensor){.rows = 2, .columns = 3, .values = matrix}, &err) == OC_OK);
    cr_assert(oc_archive_add(archive, "v", (oc_tensor){.rows = 1, .columns = 2, .values = vector}, &err) == OC_OK);
    cr_assert(oc_archive_write(archive, at("a"), NULL, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_archive_read(at("a"), &back, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_archive_count(back) == 2);
    oc_tensor m = oc_archive_find(back, "m"), v = oc_archive_find(back, "v");
    cr_assert(m.rows == 2 && m.columns == 3 && memcmp(m.values, matrix, sizeof matrix) == 0);
    cr_assert(v.rows == 1 && v.columns == 2 && memcmp(v.values, vector, sizeof vector) == 0);
    cr_assert(oc_archive_find(back, "none").values == NULL && oc_archive_get(back, "none") == NULL);
    cr_assert(strcmp(oc_archive_get(back, "spec"), "replaced \xc3\xa4") == 0);
    size_t size;
    char *bytes = contents(at("a"), &size);
    cr_assert(((size_t)(unsigned char)bytes[0] + 8) % 64 == 0 && bytes[8] == '{'); /* values are aligned */
    free(bytes);
    oc_archive_free(archive);
    oc_archive_free(back);
    oc_archive_free(NULL);
}

/* A file of this header, its length in front and `floats` values behind. */
static void put_archive(const char *header, size_t floats, float value)
{
    size_t length = strlen(header);
    char *file = calloc(8 + length + 4 * floats, 1);
    for (size_t i = 0; i < 8; i++) {
        file[i] = (char)((uint64_t)length >> (8 * i));
    }
    memcpy(file + 8, header, length);
    uint32_t bits; /* little-endian on every machine */
    memcpy(&bits, &value, sizeof bits);
    for (size_t i = 0; i < 4 * floats; i++) {
        file[8 + length + i] = (char)(bits >> (8 * (i % 4)));
    }
    put("hostile", file, 8 + length + 4 * floats);
    free(file);
}

static void expect_refused(const char *what)
{
    oc_archive *archive = NULL;
    oc_error err = {0};
    oc_status status = oc_archive_read(at("hostile"), &archive, &err);
    cr_assert(status == OC_BAD_FILE && archive == NULL, "%s: %s, %s", what, oc_status_text(status), err.message);
    cr_assert(strstr(err.message, "/hostile: ") && strstr(err.message, what), "'%s' does not say '%s'", err.message,
              what);
    cr_assert(oc_archive_read(at("hostile"), &archive, NULL) == OC_BAD_FILE);
}

#define ARRAY(name, shape, place) "\"" name "\":{\"dtype\":\"F32\",\"shape\":" shape ",\"data_offsets\":" place "}"

Test(archive, a_sound_header_is_accepted)
{
    oc_archive *archive = NULL;
    oc_error err = {0};
    put_archive("{" ARRAY("b", "[1,1]", "[8,12]") "," ARRAY("a", "[2]", "[0,8]") "}", 3, 1.5F);
    cr_assert(oc_archive_read(at("hostile"), &archive, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_archive_count(archive) == 2);
    oc_archive_free(archive);
    put_archive("{}", 0, 0);
    cr_assert(oc_archive_read(at("hostile"), &archive, &err) == OC_OK, "%s", err.message);
    oc_archive_free(archive);
}

Test(archive, a_nul_after_the_header_is_refused)
{
    static const char header[] = "{" ARRAY("a", "[1]", "[0,4]") "}?";
    char file[8 + sizeof header - 1 + 4] = {(char)(sizeof header - 1)};
    memcpy(file + 8, header, sizeof header - 1);
    file[8 + sizeof header - 2] = '\0';
    put("hostile", file, sizeof file);
    expect_refused("text follows its end");
}

Test(archive, hostile_headers_are_refused)
{
    static const struct {
        const char *header;
        size_t floats;
        const char *what;
    } cases[] = {
        {"{" ARRAY("a", "[2]", "[0,8]"), 2, "header is damaged"},
        {"{" ARRAY("a", "[2]", "[0,8]") "}}", 2, "header is damaged"},
        {"{" ARRAY("a", "[1]", "[0,4]") "," ARRAY("a", "[1]", "[4,8]") "}", 2, "duplicate"},
        {"{\"__metadata__\":{\"x\":\"1\",\"x\":\"2\"}}", 0, "duplicate"},
        {"{\"__metadata__\":{\"x\":1}}", 0, "x is not a string"},
        {"{\"__metadata__\":5}", 0, "__metadata__ is not an object"},
        {"{\"__metadata__\":[\"x\"]}", 0, "__metadata__ is not an object"},
        {"{\"a\":5}", 0, "missing"},
        {"{\"a\":{\"shape\":[2],\"data_offsets\":[0,8]}}", 2, "missing"},
        {"{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,8]}}", 2, "missing"},
        {"{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0]}}", 2, "missing"},
        {"{\"a\":{\"dtype\":\"F64\",\"shape\":[1],\"data_offsets\":[0,8]}}", 2, "F64"},
        {"{\"a\":{\"dtype\":32,\"shape\":[1],\"data_offsets\":[0,8]}}", 2, "missing"},
        {"{" ARRAY("a", "[]", "[0,4]") "}", 1, "0 axes"},
        {"{" ARRAY("a", "[1,1,2]", "[0,8]") "}", 2, "3 axes"},
        {"{" ARRAY("a", "[-2]", "[0,8]") "}", 2, "positive"},
        {"{" ARRAY("a", "[0]", "[0,0]") "}", 0, "positive"},
        {"{" ARRAY("a", "[2.0]", "[0,8]") "}", 2, "positive"},
        {"{" ARRAY("a", "[\"2\"]", "[0,8]") "}", 2, "positive"},
        {"{" ARRAY("a", "[2]", "[-8,0]") "}", 2, "positive"},
        {"{" ARRAY("a", "[2]", "[0,8.0]") "}", 2, "positive"},
        {"{" ARRAY("a", "[2]", "[8,0]") "}", 2, "do not agree"},
        {"{" ARRAY("a", "[3]", "[0,8]") "}", 2, "do not agree"},
        {"{" ARRAY("a", "[4611686018427387905,4]", "[0,16]") "}", 4, "do not agree"},
        {"{" ARRAY("a", "[9223372036854775807,9223372036854775807]", "[0,4]") "}", 1, "do not agree"},
        {"{" ARRAY("a", "[4611686018427387905]", "[0,4]") "}", 1, "do not agree"},
        {"{" ARRAY("a", "[99999999999999999999]", "[0,4]") "}", 1, "header is damaged"},
        {"{" ARRAY("a", "[2]", "[0,8]") "," ARRAY("b", "[2]", "[4,12]") "}", 3, "overlaps"},
        {"{" ARRAY("a", "[2]", "[0,8]") "," ARRAY("b", "[2]", "[0,8]") "}", 2, "overlaps"},
        {"{" ARRAY("a", "[1]", "[0,4]") "," ARRAY("b", "[1]", "[8,12]") "}", 3, "hole"},
        {"{" ARRAY("a", "[1]", "[4,8]") "}", 2, "hole"},
        {"{" ARRAY("a", "[2]", "[0,8]") "}", 3, "8 bytes, but the file holds 12"},
        {"{" ARRAY("a", "[2]", "[0,8]") "}", 1, "8 bytes, but the file holds 4"},
        {"{\"a\\u0000b\":{}}", 0, "header is damaged"},
        {"[1]", 0, "not a model file"},
        {"", 0, "not a model file"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        put_archive(cases[i].header, cases[i].floats, 0.5F);
        expect_refused(cases[i].what);
    }
    static const float bad[] = {NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < 3; i++) {
        put_archive("{" ARRAY("a", "[2]", "[0,8]") "}", 2, bad[i]);
        expect_refused("value 0 is not a finite number");
    }
}

Test(archive, hostile_lengths_are_refused)
{
    static const unsigned char lengths[][8] = {{255, 255, 255, 255, 255, 255, 255, 255},
                                               {248, 255, 255, 255, 255, 255, 255, 255},
                                               {0, 0, 0, 0, 0, 0, 0, 128},
                                               {3, 0, 0, 0, 0, 0, 0, 0},
                                               {1, 0, 0, 0, 0, 0, 0, 0},
                                               {0, 0, 0, 0, 0, 0, 0, 0}};
    for (size_t i = 0; i < 6; i++) {
        unsigned char file[10] = "01234567{}";
        memcpy(file, lengths[i], 8);
        put("hostile", file, sizeof file);
        oc_archive *archive = NULL;
        cr_assert(oc_archive_read(at("hostile"), &archive, NULL) == OC_BAD_FILE, "length %zu", i);
    }
    for (size_t size = 0; size < 9; size++) {
        put("hostile", "\0\0\0\0\0\0\0\0{", size);
        expect_refused("not a model file");
    }
}

/* Very deep JSON must not use up the stack. */
Test(archive, deep_nesting_is_refused)
{
    enum { DEPTH = 200000 };
    char *header = malloc(DEPTH + 6);
    memcpy(header, "{\"a\":", 5);
    memset(header + 5, '[', DEPTH);
    header[DEPTH + 5] = '\0';
    put_archive(header, 0, 0);
    expect_refused("header is damaged");
    free(header);
}
