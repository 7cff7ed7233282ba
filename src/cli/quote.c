/* Singular or plural nouns, and commands quoted for a shell. */
#include "src/cli/quote.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *plural(size_t count, const char *one, const char *many)
{
    return count == 1 ? one : many;
}

/* Writes a word, in quotes if it has characters that a shell interprets; returns the end. `to` must have 4 bytes for
 * each byte of the word, and 3 more. */
static char *put_quoted(char *to, const char *word)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_@%+=:,./-";
    bool quoted = !*word || word[strspn(word, plain)];
    if (quoted) {
        *to++ = '\'';
    }
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(to, "'\\''", 4);
            to += 4;
        } else {
            *to++ = *word;
        }
    }
    if (quoted) {
        *to++ = '\'';
    }
    return to;
}

oc_status typed_command(const char *name, const cli_settings *settings, char **command, oc_error *err)
{
    size_t size = strlen("ocellus ") + strlen(name) + 1;
    for (size_t i = 0; i < settings->argument_count; i++) {
        size += 4 * strlen(settings->arguments[i]) + 3;
    }
    char *end = *command = malloc(size);
    if (!end) {
        wrong_usage(err, "out of memory for the command that is shown");
        return err->status = OC_NO_MEMORY;
    }
    end += sprintf(end, "ocellus %s", name);
    for (size_t i = 0; i < settings->argument_count; i++) {
        *end++ = ' ';
        end = put_quoted(end, settings->arguments[i]);
    }
    *end = '\0';
    return OC_OK;
}
