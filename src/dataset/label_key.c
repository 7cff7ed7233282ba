/* Keys of labels: utf8proc folds case and form, this file folds blanks. */
#include "src/dataset/label_key.h"

#include "src/base/memory.h"
#include "src/base/utf8.h"

#include <stdbool.h>
#include <string.h>
#include <utf8proc.h>

static bool is_blank(char byte)
{
    return byte != '\0' && strchr(" \t\n\v\f\r", byte) != NULL;
}

static void fold_blanks(char *text)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        bool needless = is_blank(*from) && (to == text || to[-1] == ' ');
        if (!needless) {
            *to++ = *from;
            to[-1] = is_blank(*from) ? ' ' : *from;
        }
    }
    to -= to > text && to[-1] == ' ';
    *to = '\0';
}

static char *fold_ascii(const char *label, unsigned folds)
{
    char *key = oc_strdup(label);
    for (char *c = key; c && *c && folds & OC_FOLD_CASE; c++) {
        *c = *c >= 'A' && *c <= 'Z' ? (char)(*c - 'A' + 'a') : *c;
    }
    return key;
}

/* utf8proc decomposes the label into a buffer of ours, then encodes the result as UTF-8 in the same buffer. */
static char *fold_unicode(const char *label, unsigned folds)
{
    unsigned form = folds & OC_FOLD_FORM ? UTF8PROC_STABLE | UTF8PROC_COMPAT | UTF8PROC_COMPOSE | UTF8PROC_IGNORE : 0;
    utf8proc_option_t options = (utf8proc_option_t)(form | (folds & OC_FOLD_CASE ? UTF8PROC_CASEFOLD : 0));
    const utf8proc_uint8_t *text = (const utf8proc_uint8_t *)label;
    utf8proc_ssize_t size = (utf8proc_ssize_t)strlen(label),
                     capacity = utf8proc_decompose(text, size, NULL, 0, options);
    utf8proc_int32_t *letters = capacity < 0 ? NULL : oc_alloc((size_t)capacity + 1, sizeof *letters);
    if (!letters) {
        return NULL;
    }
    utf8proc_ssize_t count = utf8proc_decompose(text, size, letters, capacity, options);
    count = count < 0 ? count : utf8proc_reencode(letters, count, options);
    char *key = count < 0 ? NULL : oc_strdup((char *)letters);
    oc_free(letters);
    return key;
}

char *oc_label_key(const char *label, unsigned folds)
{
    char *key = oc_utf8_valid(label) && folds & (OC_FOLD_CASE | OC_FOLD_FORM) ? fold_unicode(label, folds)
                                                                              : fold_ascii(label, folds);
    if (key && folds & OC_FOLD_BLANKS) {
        fold_blanks(key);
    }
    return key;
}

/* True when the labels differ in `fold`: their keys differ when all other differences are folded. */
static bool differ_by(const char *a, const char *b, oc_label_fold fold, bool *failed)
{
    char *left = oc_label_key(a, OC_FOLD_ALL & ~(unsigned)fold),
         *right = oc_label_key(b, OC_FOLD_ALL & ~(unsigned)fold);
    bool differ = left && right && strcmp(left, right) != 0;
    *failed = *failed || !left || !right;
    oc_free(left);
    oc_free(right);
    return differ;
}

static void add_label(oc_string *text, const char *label, bool form)
{
    oc_string_add(text, "'");
    for (size_t step; *label; label += step) {
        utf8proc_int32_t letter;
        step = oc_utf8_character(label);
        if (form && step > 1) {
            utf8proc_iterate((const utf8proc_uint8_t *)label, (utf8proc_ssize_t)step, &letter);
            oc_string_format(text, "<U+%04X>", (unsigned)letter);
        } else {
            step = step ? step : 1;
            oc_string_add_bytes(text, label, step);
        }
    }
    oc_string_add(text, "'");
}

void oc_label_add_pair(oc_string *text, const char *a, const char *between, const char *b)
{
    static const struct {
        oc_label_fold fold;
        const char *name;
    } kinds[] = {{OC_FOLD_CASE, "case"}, {OC_FOLD_BLANKS, "blanks"}, {OC_FOLD_FORM, "Unicode form"}};
    bool form = differ_by(a, b, OC_FOLD_FORM, &text->failed);
    const char *separator = " (";
    add_label(text, a, form);
    oc_string_add(text, between);
    add_label(text, b, form);
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        if (differ_by(a, b, kinds[i].fold, &text->failed)) {
            oc_string_add(text, separator);
            oc_string_add(text, kinds[i].name);
            separator = ", ";
        }
    }
    oc_string_add(text, *separator == ' ' ? "" : ")");
}
