/* JSON: what is written has commas, quotes and nulls in the right places; what is read is decoded, and every kind of
 * damage is an error. */
#include "src/base/json.h"

#include <criterion/criterion.h>
#include <math.h>
#include <string.h>

Test(json, values_objects_and_arrays_are_written)
{
    oc_string json = {0};
    oc_json_open(&json, NULL, '{');
    oc_json_string(&json, "s", "a,{[:\"\\\n\x01\xff");
    oc_json_open(&json, "a", '[');
    oc_json_count(&json, NULL, 3);
    oc_json_integer(&json, NULL, INT64_MIN);
    oc_json_open(&json, NULL, '[');
    oc_json_close(&json, ']');
    oc_json_string(&json, NULL, "{");
    oc_json_null(&json, NULL);
    oc_json_close(&json, ']');
    oc_json_bool(&json, "b", true);
    oc_json_number(&json, "n", 2);
    oc_json_number(&json, "m", 0.1234567891234);
    oc_json_number(&json, "e", 1e-7);
    oc_json_number(&json, "nan", (double)NAN);
    oc_json_number(&json, "inf", -(double)INFINITY);
    oc_json_close(&json, '}');
    const char *expected = "{\"s\":\"a,{[:\\\"\\\\\\n\\u0001\\udcff\",\"a\":[3,-9223372036854775808,[],\"{\",null],"
                           "\"b\":true,\"n\":2.0,\"m\":0.123456789,\"e\":1e-07,\"nan\":null,\"inf\":null}";
    cr_assert(!json.failed && strcmp(json.data, expected) == 0, "%s", json.data);
    oc_string_free(&json);
}

static oc_json_reader reader_of(char *buffer, const char *text)
{
    size_t length = strlen(text);
    memcpy(buffer, text, length); /* no NUL: the end alone counts */
    return (oc_json_reader){.at = buffer, .end = buffer + length};
}

Test(json, values_are_read)
{
    char buffer[200];
    int64_t value;
    oc_json_reader r = reader_of(buffer, " { \"k\" : [1, -2,3.5, 4e1], \"\\u00e4\\ud83d\\ude00\\n\": null } ");
    cr_assert(oc_json_peek(&r) == '{' && oc_json_enter(&r, '{'));
    bool first = true, inner = true;
    cr_assert(oc_json_next(&r, '}', &first) && strcmp(oc_json_read_key(&r), "k") == 0 && oc_json_enter(&r, '['));
    cr_assert(oc_json_next(&r, ']', &inner) && oc_json_read_integer(&r, &value) && value == 1);
    cr_assert(oc_json_next(&r, ']', &inner) && oc_json_read_integer(&r, &value) && value == -2);
    cr_assert(oc_json_next(&r, ']', &inner) && !oc_json_read_integer(&r, &value) && !r.error);
    cr_assert(oc_json_next(&r, ']', &inner) && !oc_json_read_integer(&r, &value) && !r.error);
    cr_assert(!oc_json_next(&r, ']', &inner) && !r.error);
    cr_assert(oc_json_next(&r, '}', &first));
    cr_assert_str_eq(oc_json_read_key(&r), "\xc3\xa4\xf0\x9f\x98\x80\n");
    cr_assert(oc_json_skip(&r) && !oc_json_next(&r, '}', &first) && !r.error && oc_json_peek(&r) == '\0');
}

Test(json, whole_values_are_passed_over)
{
    static const char *const valid[] = {"1",
                                        "-0.5e+3",
                                        "\"\\\\\\/\\b\\f\\r\\t\"",
                                        "[]",
                                        "{}",
                                        "[[1,{\"a\":[true,false,null]}],\"x\"]",
                                        " [ 1 , 2 ] ",
                                        "{\"a\":{},\"b\":0}"};
    static const char *const damaged[] = {"",
                                          "[",
                                          "[1",
                                          "[1,]",
                                          "[,1]",
                                          "{\"a\"}",
                                          "{\"a\":}",
                                          "{a:1}",
                                          "tru",
                                          "01",
                                          "-",
                                          "1.",
                                          ".5",
                                          "1e",
                                          "+1",
                                          "\"",
                                          "\"\\x\"",
                                          "\"\\u12\"",
                                          "\"\\ud800\"",
                                          "\"\\udc00\"",
                                          "\"\\u0000\"",
                                          "\"\n\"",
                                          "\"\xff\"",
                                          "\"\\",
                                          "[1 2]",
                                          "{\"a\":1 \"b\":2}",
                                          "\"\\ud800\\u0041\"",
                                          "nul",
                                          "[1}",
                                          "99999999999999999999"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        char buffer[100];
        oc_json_reader r = reader_of(buffer, valid[i]);
        cr_assert(oc_json_skip(&r) && !r.error && oc_json_peek(&r) == '\0', "%s: %s", valid[i], r.error);
    }
    for (size_t i = 0; i < sizeof damaged / sizeof *damaged; i++) {
        char buffer[100];
        oc_json_reader r = reader_of(buffer, damaged[i]);
        cr_assert(!oc_json_skip(&r) && r.error, "'%s' was accepted", damaged[i]);
        cr_assert(r.at <= r.end, "'%s': read past the end", damaged[i]);
    }
}

Test(json, nesting_is_limited)
{
    enum { DEPTH = 101 };
    char text[2 * DEPTH + 1] = "", buffer[2 * DEPTH];
    for (size_t depth = DEPTH - 1; depth <= DEPTH; depth++) {
        memset(text, '[', depth);
        memset(text + depth, ']', depth);
        text[2 * depth] = '\0';
        oc_json_reader r = reader_of(buffer, text);
        cr_assert(oc_json_skip(&r) == (depth < DEPTH), "%zu", depth);
    }
}
