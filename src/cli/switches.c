/* `max_pixels` becomes --max-pixels. */
#include "src/cli/switches.h"

#include <stdio.h>
#include <string.h>

enum { MAX_NAME = 40 };

static const command_list *all;

void switches_start(const command_list *commands)
{
    all = commands;
    oc_texts_edit(switches_put);
}

static bool is_option(const char *name)
{
    for (size_t i = 0; all && i < all->count; i++) {
        if (option_set_knows(&all->items[i]->options, name)) {
            return true;
        }
    }
    return false;
}

void switches_put(char *text)
{
    for (char *quote = strchr(text, '`'); quote; quote = strchr(quote + 1, '`')) {
        char name[MAX_NAME + 1];
        size_t length = strcspn(quote + 1, "`");
        if (length > MAX_NAME || quote[1 + length] != '`') {
            continue;
        }
        snprintf(name, sizeof name, "%.*s", (int)length, quote + 1);
        for (char *c = strchr(name, '_'); c; c = strchr(c, '_')) {
            *c = '-';
        }
        if (is_option(name)) {
            memcpy(quote, "--", 2);
            memcpy(quote + 2, name, length);
        }
    }
}
