/* JSON: any name is written so that it can be read; as a text, the bytes are read where jansson reads them, and only there. */
#include "tests/fuzz/fuzz.h"

#include "src/base/json.h"
#include "src/base/utf8.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static char *copy_of(const void *bytes, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_expect(text != NULL, "memory suffices");
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

static void write_and_read(const char *name)
{
    oc_string json = {0};
    oc_json_open(&json, NULL, '{');
    oc_json_string(&json, "k", name);
    oc_json_close(&json, '}');
    json_t *theirs = json_loadb(json.data, json.length, 0, NULL);
    bool text = oc_utf8_valid(name);
    fuzz_expect((theirs != NULL) == text,
                "jansson reads names of UTF-8; others have lone surrogates, which Python reads");
    fuzz_expect(!text || strcmp(json_string_value(json_object_get(theirs, "k")), name) == 0, "as they were");
    for (size_t i = 0; i < json.length; i++) {
        fuzz_expect((unsigned char)json.data[i] >= 0x20, "JSON has no control characters");
    }
    fuzz_expect(oc_utf8_valid(json.data), "JSON is UTF-8");
    json_decref(theirs);
    oc_json_reader reader = {.at = json.data, .end = json.data + json.length};
    oc_json_enter(&reader, '{');
    bool first = true;
    const char *key = oc_json_next(&reader, '}', &first) ? oc_json_read_key(&reader) : NULL;
    const char *value = key ? oc_json_read_string(&reader) : NULL;
    fuzz_expect((value != NULL) == text && (!value || strcmp(value, name) == 0), "and so do we");
    oc_string_free(&json);
}

static void read_text(const uint8_t *bytes, size_t size)
{
    char *text = copy_of(bytes, size);
    oc_json_reader reader = {.at = text, .end = text + size};
    bool read = oc_json_skip(&reader) && oc_json_peek(&reader) == '\0' && reader.at == reader.end && !reader.error;
    json_error_t why;
    json_t *theirs = json_loadb((const char *)bytes, size, JSON_DECODE_ANY, &why);
    bool overflow = !theirs &&
                    json_error_code(&why) == json_error_numeric_overflow; /* 1e999 has a value nowhere here */
    bool deep = reader.error && strstr(reader.error, "deep");
    bool cut = !read && memchr(bytes, '\0', size); /* which ends a text for jansson */
    fuzz_expect(read == (theirs != NULL) || overflow || deep || cut, "both read a text, or none does");
    json_decref(theirs);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *name = copy_of(bytes, size);
    write_and_read(name);
    free(name);
    read_text(bytes, size);
    return 0;
}
