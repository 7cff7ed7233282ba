/* CSV: fields, quotes, line numbers, and damage. */
#include "src/base/csv.h"

#include "src/base/memory.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* One record of a copy of `csv`, joined with '|'. */
static const char *first_record(const char *csv)
{
    static char joined[500];
    char buffer[500], *fields[8];
    size_t count;
    strcpy(buffer, csv);
    oc_csv reader = oc_csv_start(buffer);
    cr_assert(oc_csv_record(&reader, fields, 8, &count, NULL) == OC_OK);
    joined[0] = '\0';
    for (size_t i = 0; i < count; i++) {
        strcat(strcat(joined, i ? "|" : ""), fields[i]);
    }
    return joined;
}

Test(csv, fields_of_a_record)
{
    static const char *const cases[][2] = {
        {"a,b,c\n", "a|b|c"},
        {"a,b,c", "a|b|c"},
        {"a\r\nb", "a"},
        {"a,\n", "a|"},
        {",\n", "|"},
        {"a,", "a|"},
        {"\"\"\n", ""},
        {"\"a,b\",c", "a,b|c"},
        {"\"a\"\"b\"", "a\"b"},
        {"\"\"\"\"", "\""},
        {"\"a\nb\",c", "a\nb|c"},
        {"\"a\r\nb\"\r\nc", "a\r\nb"},
        {"a\"b,c", "a\"b|c"},
        {" a , b ", " a | b "},
        {"a\rb,c", "a\rb|c"},
        {"\n\r\n\na,b", "a|b"},
        {"\xef\xbb\xbf"
         "a,b",
         "a|b"},
        {"\xef\xbb\xbf\"a,b\"", "a,b"},
        {"", ""},
        {"\n\n", ""},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        cr_assert(strcmp(first_record(cases[i][0]), cases[i][1]) == 0, "'%s' gives '%s'", cases[i][0],
                  first_record(cases[i][0]));
    }
}

Test(csv, counts_fields_beyond_the_room)
{
    char buffer[] = "1,2,\"3\",4\n5\n", *fields[2] = {NULL, NULL};
    size_t count;
    oc_csv reader = oc_csv_start(buffer);
    cr_assert(oc_csv_record(&reader, fields, 2, &count, NULL) == OC_OK && count == 4);
    cr_assert(strcmp(fields[0], "1") == 0 && strcmp(fields[1], "2") == 0);
    cr_assert(oc_csv_record(&reader, fields, 2, &count, NULL) == OC_OK && count == 1);
    cr_assert(strcmp(fields[0], "5") == 0);
    for (int i = 0; i < 2; i++) {
        cr_assert(oc_csv_record(&reader, fields, 2, &count, NULL) == OC_OK && count == 0);
    }
}

Test(csv, lines_are_counted_through_breaks_of_every_kind)
{
    char buffer[] = "one\r\n\r\n\n\"four\nfive\r\nsix\",x\nseven\n\n\"nine\"\r\nten";
    static const struct {
        const char *field;
        size_t line;
    } expected[] = {{"one", 1}, {"four\nfive\r\nsix", 4}, {"seven", 7}, {"nine", 9}, {"ten", 10}};
    oc_csv reader = oc_csv_start(buffer);
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        char *field;
        size_t count;
        cr_assert(oc_csv_record(&reader, &field, 1, &count, NULL) == OC_OK && count >= 1);
        cr_assert(strcmp(field, expected[i].field) == 0, "%s", field);
        cr_assert(reader.line == expected[i].line, "%s in line %zu", field, reader.line);
    }
}

static void refused(const char *csv, const char *what, const char *where)
{
    char buffer[200], *field;
    size_t count;
    oc_error err = {0};
    oc_status status;
    strcpy(buffer, csv);
    oc_csv reader = oc_csv_start(buffer);
    do {
        status = oc_csv_record(&reader, &field, 1, &count, &err);
    } while (status == OC_OK && count);
    cr_assert(status == OC_BAD_FILE, "'%s' was accepted", csv);
    cr_assert(strstr(err.message, what) && strstr(err.message, where), "'%s': %s", csv, err.message);
}

Test(csv, damaged_quotes_are_named_with_their_line)
{
    refused("\"a", "never closed", "line 1");
    refused("\"", "never closed", "line 1");
    refused("a\n\nb,\"c\nd\n", "never closed", "line 3");
    refused("a,b\n\"a\"b,c\n", "behind a closing quote", "line 2");
    refused("\"a\" ,b", "behind a closing quote", "line 1");
    refused("\"a\"\rb", "behind a closing quote", "line 1");
}

/* Whatever bytes a field has, it comes back, among others and alone at the end. */
Test(csv, quoting_round_trip)
{
    static const char *const hard[] = {
        "plain",   "with, comma", "\"",    "\"\"quoted\"\"", "line\nbreak", "cr\rlf\r\n", " space ",
        "\n",      ",",           "tab\t", "\xc3\xa4",       "a\"b",        "",           "end\"",
        "\"start", "#",           "'",     "\xff\xfe"};
    enum { FIELDS = sizeof hard / sizeof *hard };
    oc_string text = {0};
    for (size_t shift = 0; shift < FIELDS; shift++) {
        for (size_t i = 0; i < FIELDS; i++) {
            oc_string_add(&text, i ? "," : "");
            oc_csv_add(&text, hard[(i + shift) % FIELDS]);
        }
        oc_string_add(&text, shift % 2 ? "\n" : "\r\n");
    }
    cr_assert(!text.failed);
    oc_csv reader = oc_csv_start(text.data);
    for (size_t shift = 0; shift < FIELDS; shift++) {
        char *fields[FIELDS];
        size_t count;
        oc_error err = {0};
        cr_assert(oc_csv_record(&reader, fields, FIELDS, &count, &err) == OC_OK, "%s", err.message);
        cr_assert(count == FIELDS, "%zu fields", count);
        for (size_t i = 0; i < FIELDS; i++) {
            cr_assert(strcmp(fields[i], hard[(i + shift) % FIELDS]) == 0, "'%s' became '%s'",
                      hard[(i + shift) % FIELDS], fields[i]);
        }
    }
    oc_string_free(&text);
}

/* A field that begins the file and whose own bytes look like a byte order mark must not lose them. */
Test(csv, a_mark_that_belongs_to_the_first_field_survives)
{
    oc_string text = {0};
    oc_csv_add(&text, "\xef\xbb\xbf"
                      "cat");
    cr_assert(strcmp(first_record(text.data), "\xef\xbb\xbf"
                                              "cat") == 0,
              "%s", text.data);
    oc_string_free(&text);
}
