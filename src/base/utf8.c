/* One table of RFC 3629: the first byte gives the length, and narrows the second byte. */
#include "src/base/utf8.h"

#include <string.h>

size_t oc_utf8_character(const char *text)
{
    const unsigned char *at = (const unsigned char *)text;
    unsigned char lead = at[0];
    if (lead < 0x80) {
        return 1;
    }
    if (lead < 0xc2 || lead > 0xf4) {
        return 0;
    }
    size_t length = lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
    unsigned char low = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
    unsigned char high = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
    for (size_t i = 1; i < length; i++) {
        if (at[i] < (i == 1 ? low : 0x80) || at[i] > (i == 1 ? high : 0xbf)) {
            return 0;
        }
    }
    return length;
}

bool oc_utf8_valid(const char *text)
{
    for (size_t step; *text; text += step) {
        step = oc_utf8_character(text);
        if (step == 0) {
            return false;
        }
    }
    return true;
}

size_t oc_utf8_mark(const char *text)
{
    return strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
}
