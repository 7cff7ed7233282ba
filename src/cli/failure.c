/* Prints the messages of failed commands and the JSON of successful ones, and returns their exit statuses. */
#include "src/cli/failure.h"

#include "src/cli/help.h"
#include "src/cli/progress.h"
#include "src/cli/signals.h"
#include "src/cli/terminal.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

int report_failure(const oc_error *err)
{
    if (err->status == OC_CANCELLED) {
        const char *kept = strchr(err->message, ';'); /* the part of the message about --resume */
        terminal_error("interrupted%s", kept ? kept : "; nothing is kept");
        return EXIT_FAILED;
    }
    if (got_signal()) {
        terminal_error("interrupted");
        return EXIT_FAILED;
    }
    terminal_error("%s", err->message);
    return err->status == OC_USAGE ? EXIT_WRONG_USAGE : EXIT_FAILED;
}

int report_usage(const cli_command *command, const char *format, ...)
{
    char message[1000];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    terminal_error("%s: %s", command->name, message);
    help_usage(stderr, command);
    fprintf(stderr, "'ocellus help %s' explains it.\n", command->name);
    return EXIT_WRONG_USAGE;
}

int print_json(char *json)
{
    if (!json) {
        terminal_error("out of memory for the result");
        return EXIT_FAILED;
    }
    progress_clear();
    puts(json);
    oc_json_free(json);
    return EXIT_DONE;
}
