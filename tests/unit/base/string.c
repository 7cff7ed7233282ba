/* Strings that grow. */
#include "src/base/string.h"

#include "src/base/memory.h"

#include <criterion/criterion.h>
#include <string.h>

Test(string, grows_piece_by_piece)
{
    oc_string text = {0};
    cr_assert(text.data == NULL);
    for (int i = 0; i < 1000; i++) {
        oc_string_format(&text, "%d,", i);
        oc_string_add(&text, "x");
        oc_string_add_bytes(&text, "yz", 1);
    }
    cr_assert(!text.failed && text.length == strlen(text.data));
    cr_assert(strncmp(text.data, "0,xy1,xy2,xy", 12) == 0);
    cr_assert(strcmp(text.data + text.length - 6, "999,xy") == 0);
    oc_string_free(&text);
    cr_assert(text.data == NULL && text.length == 0);
    oc_string_free(&text);
}

Test(string, numbers_are_written_as_printf_does)
{
    static const size_t numbers[] = {0, 9, 10, 101, 4294967296U, SIZE_MAX - 1, SIZE_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        oc_string text = {0}, expected = {0};
        oc_string_add_size(&text, numbers[i]);
        oc_string_format(&expected, "%zu", numbers[i]);
        cr_assert_str_eq(text.data, expected.data);
        oc_string_free(&text);
        oc_string_free(&expected);
    }
}

Test(string, an_empty_addition_gives_an_empty_string)
{
    oc_string text = {0};
    oc_string_add(&text, "");
    cr_assert(text.data && text.data[0] == '\0' && text.length == 0);
    oc_string_free(&text);
}

Test(string, a_failure_stays_until_it_is_looked_at)
{
    oc_string text = {0};
    oc_string_add(&text, "before");
    oc_memory_fail_after(1);
    for (int i = 0; i < 100; i++) {
        oc_string_add(&text, "0123456789");
    }
    oc_memory_fail_after(0);
    oc_string_add(&text, "after");
    cr_assert(text.failed);
    cr_assert(strncmp(text.data, "before", 6) == 0 && strstr(text.data, "after") == NULL);
    oc_string_free(&text);
    cr_assert(!text.failed);
}
