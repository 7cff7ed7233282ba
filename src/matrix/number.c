/* Float32 as decimal text. Nine significant digits distinguish any two float32 (Goldberg, 1991, theorem 15). Whole
 * numbers, such as pixels and counts, are formatted by integer divisions, which is faster. */
#include "src/matrix/number.h"

#include "src/base/locale.h"

#include <math.h>
#include <stdio.h>

/* Whole numbers below 2^24. */
static size_t format_whole(unsigned value, char *text)
{
    char digits[12];
    size_t count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value);
    for (size_t i = 0; i < count; i++) {
        text[i] = digits[count - 1 - i];
    }
    text[count] = '\0';
    return count;
}

size_t oc_number_format(float value, char text[OC_NUMBER])
{
    if (value >= 0 && value < 16777216 && !(floorf(value) < value)) {
        return format_whole((unsigned)value, text);
    }
    return (size_t)oc_snprintf(text, OC_NUMBER, "%.9g", (double)value);
}
