/* Prints messages on standard error. */
#include "src/cli/terminal.h"

#include "src/cli/escape.h"
#include "src/cli/progress.h"

#include <poll.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TRACE_LINES = 20, NAMED_WARNINGS = 5 };

static struct {
    bool quiet, verbose;
    size_t last_pass; /* the last pass whose loss was printed */
    size_t warned;    /* images with a decoder warning */
} state;

void terminal_start(bool quiet, bool verbose)
{
    state.quiet = quiet;
    state.verbose = verbose;
    progress_start(!quiet && isatty(STDERR_FILENO));
}

bool terminal_unread(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

static void print_message(const char *message)
{
    progress_clear();
    fflush(stdout);
    fprintf(stderr, "%socellus:%s ", terminal_bold(stderr), terminal_plain(stderr));
    escape_put(stderr, message);
    fputc('\n', stderr);
}

static void show_note(void *context, const char *message)
{
    (void)context;
    if (!state.quiet) {
        print_message(message);
    }
}

/* Prints the loss of the first TRACE_LINES / 2 passes, at most TRACE_LINES of the others, and the last. */
static void show_loss(void *context, size_t passes, size_t total, size_t steps, double loss)
{
    (void)context;
    size_t part = passes * TRACE_LINES / total;
    if (passes == total || passes <= state.last_pass || passes <= TRACE_LINES / 2 ||
        part != state.last_pass * TRACE_LINES / total) {
        state.last_pass = passes;
        terminal_detail("pass %zu of %zu: %zu step%s, loss %.6g", passes, total, steps, steps == 1 ? "" : "s", loss);
    }
}

void terminal_warning(const char *path, const char *message)
{
    if (state.warned++ < NAMED_WARNINGS || state.verbose) {
        terminal_note("%s: warning: %s", path, message);
    }
}

void terminal_warnings_end(void)
{
    if (state.warned > NAMED_WARNINGS && !state.verbose) {
        terminal_note("the decoder warned about %zu images in total (-v names them)", state.warned);
    }
}

static void show_warning(void *context, const char *path, const char *message)
{
    (void)context;
    terminal_warning(path, message);
}

oc_listener terminal_listener(void)
{
    return (oc_listener){.progress = progress_show, .note = show_note, .warning = show_warning, .loss = show_loss};
}

static void print_formatted(const char *format, va_list arguments)
{
    char message[6000];
    vsnprintf(message, sizeof message, format, arguments);
    print_message(message);
}

void terminal_error(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    print_formatted(format, arguments);
    va_end(arguments);
}

void terminal_note(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (!state.quiet) {
        print_formatted(format, arguments);
    }
    va_end(arguments);
}

void terminal_detail(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (state.verbose) {
        print_formatted(format, arguments);
    }
    va_end(arguments);
}

static bool has_colour(FILE *stream)
{
    const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");
    return isatty(fileno(stream)) && !(no_color && *no_color) && term && strcmp(term, "dumb") != 0;
}

const char *terminal_bold(FILE *stream)
{
    return has_colour(stream) ? "\033[1m" : "";
}

const char *terminal_plain(FILE *stream)
{
    return has_colour(stream) ? "\033[0m" : "";
}
