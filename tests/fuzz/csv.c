/* CSV: any bytes are records or an error, and records that are written are read as the same. */
#include "tests/fuzz/fuzz.h"

#include "src/base/csv.h"
#include "src/base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 4 };

static char *copy_of(const void *bytes, size_t size)
{
    char *text = malloc(size + 1);
    fuzz_expect(text != NULL, "memory suffices");
    memcpy(text, bytes, size);
    text[size] = '\0';
    return text;
}

/* Reads all records; those of at most COLUMNS fields are added to `again`. */
static size_t read_all(char *text, oc_string *again)
{
    oc_csv csv = oc_csv_start(text);
    char *fields[COLUMNS];
    size_t count, records = 0, line = 0;
    oc_error err = {0};
    while (fuzz_succeeded(oc_csv_record(&csv, fields, COLUMNS, &count, &err), &err) && count > 0) {
        fuzz_expect(csv.line > line, "lines are counted upwards");
        line = csv.line;
        bool blank = count == 1 && !*fields[0]; /* would be an empty line, which is no record */
        for (size_t i = 0; again && !blank && count <= COLUMNS && i < count; i++) {
            oc_string_add(again, i ? "," : "");
            oc_csv_add(again, fields[i]);
        }
        if (again && !blank && count <= COLUMNS) {
            oc_string_add(again, "\n");
        }
        records += !blank && count <= COLUMNS;
    }
    return records;
}

/* The bytes between NULs are the fields of one record. */
static void write_and_read(const uint8_t *bytes, size_t size)
{
    char *names = copy_of(bytes, size), *at = names, *fields[COLUMNS], *read[COLUMNS];
    size_t count = 0, found;
    oc_string text = {0};
    oc_error err = {0};
    for (; count < COLUMNS && at <= names + size; at += strlen(at) + 1) {
        fields[count++] = at;
    }
    oc_string_add(&text, "path,label\n"); /* a byte order mark at the start of a file is none of a field */
    for (size_t i = 0; i < count; i++) {
        oc_string_add(&text, i ? "," : "");
        oc_csv_add(&text, fields[i]);
    }
    oc_string_add(&text, "\n");
    oc_csv csv = oc_csv_start(text.data);
    fuzz_expect(oc_csv_record(&csv, read, COLUMNS, &found, &err) == OC_OK && found == 2, "the header is read");
    fuzz_expect(oc_csv_record(&csv, read, COLUMNS, &found, &err) == OC_OK, "a record that was written is read");
    fuzz_expect(found == count || (count == 1 && !*fields[0]), "it has as many fields");
    for (size_t i = 0; i < found; i++) {
        fuzz_expect(strcmp(read[i], fields[i]) == 0, "they are the same");
    }
    oc_string_free(&text);
    free(names);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = copy_of(bytes, size);
    oc_string again = {0}, third = {0};
    oc_string_add(&again, "");
    size_t records = read_all(text, &again);
    char *second = copy_of(again.data ? again.data : "", again.length);
    oc_string_add(&third, "");
    fuzz_expect(read_all(second, &third) == records, "records that are written again are as many");
    fuzz_expect(again.length == third.length && (!again.length || memcmp(again.data, third.data, again.length) == 0),
                "and the same");
    write_and_read(bytes, size);
    oc_string_free(&again);
    oc_string_free(&third);
    free(second);
    free(text);
    return 0;
}
