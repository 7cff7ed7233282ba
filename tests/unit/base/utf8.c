/* UTF-8, and JSON with lone surrogates for bytes that are not. */
#include "src/base/utf8.h"

#include "src/base/memory.h"

#include <ocellus/evaluate.h>

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

Test(utf8, valid_texts_and_others)
{
    static const char *const valid[] = {
        "", "a\x01\x7f", "\xc3\xbf", "\xe2\x82\xac", "\xf4\x8f\xbf\xbf", "\xef\xbf\xbe"};
    static const char *const broken[] = {"\xff",
                                         "a\xc3",
                                         "\xc0\x80",
                                         "\xe0\x80\x80",
                                         "\xed\xa0\x80",
                                         ("\xe2\x82"
                                          "a"),
                                         "\xf0\x8f\xbf",
                                         "\xf4\x90\x80\x80",
                                         "\x80"};
    for (size_t i = 0; i < sizeof valid / sizeof *valid; i++) {
        cr_assert(oc_utf8_valid(valid[i]), "%zu", i);
    }
    for (size_t i = 0; i < sizeof broken / sizeof *broken; i++) {
        cr_assert(!oc_utf8_valid(broken[i]), "%zu", i);
    }
}

/* The strings that Python's json.dumps(os.fsdecode(name), ensure_ascii=False) writes. */
Test(utf8, json_of_any_bytes_is_what_python_reads)
{
    static const struct {
        const char *name, *json;
    } cases[] = {
        {"x\xff", "\"x\\udcff\""},
        {"x\xc3\xbf", "\"x\xc3\xbf\""},
        {"\xed\xa0\x80", "\"\\udced\\udca0\\udc80\""},
        {"\xe2\x82"
         "a",
         "\"\\udce2\\udc82a\""},
        {"\xff\x80\xfe", "\"\\udcff\\udc80\\udcfe\""},
        {"\x01"
         "ff",
         "\"\\u0001ff\""},
        {"\x01\xff\x01\x01", "\"\\u0001\\udcff\\u0001\\u0001\""},
        {"\\u0001ff", "\"\\\\u0001ff\""},
        {"\\\x01\\\xff", "\"\\\\\\u0001\\\\\\udcff\""},
        {"\\udcff", "\"\\\\udcff\""},
        {"a\tb\nc\"d\\", "\"a\\tb\\nc\\\"d\\\\\""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char expected[200];
        snprintf(expected, sizeof expected, "{\"path\":%s,\"error\":%s}", cases[i].json, cases[i].json);
        char *json = oc_json_failure(cases[i].name, cases[i].name);
        cr_assert(json && strcmp(json, expected) == 0, "%s where %s is right", json, expected);
        oc_json_free(json);
    }
}

Test(utf8, two_names_never_share_their_json)
{
    static const char alphabet[] = {1, '0', 'f', '\\', 'u', (char)0xff, (char)0xc3, (char)0xbf};
    enum { LETTERS = sizeof alphabet, COUNT = LETTERS * LETTERS * LETTERS };
    static char *all[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        char name[4] = {alphabet[i % LETTERS], alphabet[i / LETTERS % LETTERS], alphabet[i / LETTERS / LETTERS]};
        all[i] = oc_json_failure(name, "");
        cr_assert(all[i]);
        for (size_t j = 0; j < i; j++) {
            cr_assert(strcmp(all[i], all[j]) != 0, "%zu and %zu: %s", i, j, all[i]);
        }
    }
    for (size_t i = 0; i < COUNT; i++) {
        oc_json_free(all[i]);
    }
}
