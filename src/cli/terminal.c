/* Messages, the progress line, and escaping. The line is redrawn in place with carriage returns and blanks alone, which
 * every terminal understands. */
#include "src/cli/terminal.h"

#include <poll.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST_LINE = 200, TRACE_LINES = 20, NAMED_WARNINGS = 5 };

static struct {
    bool quiet, verbose, draws;
    size_t drawn;  /* columns of the progress line on the screen */
    char what[40]; /* the phase of the work */
    double start;  /* when its first progress came */
    size_t start_done, last_done;
    size_t last_pass; /* whose loss was printed */
    size_t warned;    /* images that a decoder warned of */
} state;

static size_t put(FILE *stream, const char *text, size_t columns, const char *marks);

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void terminal_start(bool quiet, bool verbose)
{
    state.quiet = quiet;
    state.verbose = verbose;
    state.draws = !quiet && isatty(STDERR_FILENO);
}

static size_t screen_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10) {
        return size.ws_col;
    }
    return 80;
}

bool terminal_unread(void)
{
    struct pollfd output = {.fd = STDOUT_FILENO, .events = POLLOUT};
    return poll(&output, 1, 0) == 1 && (output.revents & POLLERR);
}

void terminal_clear(void)
{
    if (state.drawn) {
        fprintf(stderr, "\r%*s\r", (int)state.drawn, "");
        fflush(stderr);
        state.drawn = 0;
    }
}

/* "12 s", "3 min 05 s", "2 h 07 min" */
static void format_seconds(double seconds, char *text, size_t size)
{
    if (!(seconds < 359999.0)) {
        seconds = 359999.0;
    }
    unsigned whole = (unsigned)(seconds + 0.5);
    if (whole < 60) {
        snprintf(text, size, "%u s", whole);
    } else if (whole < 3600) {
        snprintf(text, size, "%u min %02u s", whole / 60, whole % 60);
    } else {
        snprintf(text, size, "%u h %02u min", whole / 3600, whole / 60 % 60);
    }
}

/* Rate and time left (where the total is known), from the average since the phase began. */
static void format_pace(double elapsed, size_t done, size_t total, char *text, size_t size)
{
    size_t since = done - state.start_done;
    double rate = elapsed > 0 ? (double)since / elapsed : 0;
    char left[40];
    if (elapsed < 0.5 || since == 0) {
        text[0] = '\0';
        return;
    }
    format_seconds(total ? (double)(total - done) / rate : elapsed, left, sizeof left);
    snprintf(text, size, "  %.*f/s  %s%s", rate < 10 ? 1 : 0, rate, left, total ? " left" : "");
}

static void show_progress(void *context, const char *what, size_t done, size_t total)
{
    (void)context;
    if (!state.draws) {
        return;
    }
    if (strncmp(what, state.what, sizeof state.what - 1) != 0 || done < state.last_done) {
        snprintf(state.what, sizeof state.what, "%s", what);
        state.start = now();
        state.start_done = done;
    }
    state.last_done = done;
    char pace[100], line[LONGEST_LINE];
    format_pace(now() - state.start, done, total, pace, sizeof pace);
    size_t room = screen_width() - 1;
    room = room < sizeof line - 1 ? room : sizeof line - 1;
    int length = total ? snprintf(line, room + 1, "%s  %zu/%zu  %3.0f %%%s", what, done, total,
                                  100.0 * (double)done / (double)total, pace)
                       : snprintf(line, room + 1, "%s  %zu%s", what, done, pace);
    size_t columns = (size_t)length < room ? (size_t)length : room;
    int blanks = state.drawn > columns ? (int)(state.drawn - columns) : 0;
    fprintf(stderr, "\r%s%*s", line, blanks, "");
    fflush(stderr);
    state.drawn = columns;
    if (total && done >= total) {
        terminal_clear();
        state.what[0] = '\0';
        state.last_done = 0;
    }
}

void terminal_busy(const char *what)
{
    if (state.draws) {
        terminal_clear();
        state.drawn = put(stderr, what, screen_width() - 1, "");
        fflush(stderr);
    }
}

static void print_message(const char *message)
{
    terminal_clear();
    fflush(stdout);
    fprintf(stderr, "%socellus:%s ", terminal_bold(stderr), terminal_plain(stderr));
    terminal_put(stderr, message);
    fputc('\n', stderr);
}

static void show_note(void *context, const char *message)
{
    (void)context;
    if (!state.quiet) {
        print_message(message);
    }
}

/* The first TRACE_LINES / 2 passes, at most TRACE_LINES of the others, and the last. */
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
        terminal_note("the decoder warned of %zu images in all (-v names them)", state.warned);
    }
}

static void show_warning(void *context, const char *path, const char *message)
{
    (void)context;
    terminal_warning(path, message);
}

oc_listener terminal_listener(void)
{
    return (oc_listener){.progress = show_progress, .note = show_note, .warning = show_warning, .loss = show_loss};
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

/* Bytes of the UTF-8 character at text, 0 when it is broken or a control character. */
static size_t printable(const unsigned char *text)
{
    if (text[0] < 0x80) {
        return text[0] >= 0x20 && text[0] != 0x7f;
    }
    size_t length = text[0] >= 0xf0 && text[0] <= 0xf4 ? 4 : text[0] >= 0xe0 && text[0] < 0xf0 ? 3 : 2;
    if (text[0] < 0xc2 || text[0] > 0xf4) {
        return 0;
    }
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80) {
            return 0;
        }
    }
    bool control = text[0] == 0xc2 && text[1] < 0xa0;
    bool overlong = (text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xf0 && text[1] < 0x90);
    bool outside = (text[0] == 0xed && text[1] >= 0xa0) || (text[0] == 0xf4 && text[1] >= 0x90);
    return control || overlong || outside ? 0 : length;
}

/* "\n", "\t", "\r" or "\xNN"; returns the length. */
static size_t escape(char byte, char text[8])
{
    char letter = byte == '\n' ? 'n' : byte == '\t' ? 't' : byte == '\r' ? 'r' : 0;
    return (size_t)(letter ? snprintf(text, 8, "\\%c", letter) : snprintf(text, 8, "\\x%02x", (unsigned char)byte));
}

/* Writes to stream when it is not NULL, with a backslash before each of `marks`; returns the columns. */
static size_t put(FILE *stream, const char *text, size_t columns, const char *marks)
{
    size_t used = 0;
    for (const unsigned char *c = (const unsigned char *)text; *c;) {
        char escaped[8];
        size_t length = printable(c), width = 1;
        if (stream && length && strchr(marks, *c)) {
            fputc('\\', stream);
        }
        if (length == 0) {
            width = escape((char)*c, escaped);
        }
        if (used + width > columns) {
            break;
        }
        if (stream && length) {
            fwrite(c, 1, length, stream);
        } else if (stream) {
            fputs(escaped, stream);
        }
        used += width;
        c += length ? length : 1;
    }
    return used;
}

void terminal_put(FILE *stream, const char *text)
{
    put(stream, text, SIZE_MAX, "");
}

void terminal_put_marked(FILE *stream, const char *text, const char *marks)
{
    put(stream, text, SIZE_MAX, marks);
}

/* Bytes of the control character or the line separator at text; 0 when there is neither. */
static size_t control(const char *text)
{
    const unsigned char *c = (const unsigned char *)text;
    if (c[0] < 0x20 || c[0] == 0x7f) {
        return 1;
    }
    if (c[0] == 0xc2 && c[1] >= 0x80 && c[1] < 0xa0) {
        return 2;
    }
    return c[0] == 0xe2 && c[1] == 0x80 && (c[2] == 0xa8 || c[2] == 0xa9) ? 3 : 0;
}

void terminal_put_name(FILE *stream, const char *text)
{
    if (isatty(fileno(stream))) {
        terminal_put_marked(stream, text, "\\");
        return;
    }
    while (*text) {
        char escaped[8];
        size_t length = control(text);
        if (length == 0) {
            fputs(*text == '\\' ? "\\" : "", stream);
            fputc(*text++, stream);
        }
        for (; length; length--) {
            escape(*text++, escaped);
            fputs(escaped, stream);
        }
    }
}

size_t terminal_put_cut(FILE *stream, const char *text, size_t columns)
{
    return put(stream, text, columns, "");
}

size_t terminal_width(const char *text)
{
    return put(NULL, text, SIZE_MAX, "");
}
