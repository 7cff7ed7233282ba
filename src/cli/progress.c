/* The progress line. It is redrawn in place with only carriage returns and blanks, which every terminal supports. */
#include "src/cli/progress.h"

#include "src/cli/escape.h"

#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

enum { MAX_LINE = 200 };

static struct {
    bool draws;
    size_t drawn;  /* columns of the progress line on the screen */
    char what[40]; /* the phase of the work */
    double start;  /* time of its first progress */
    size_t start_done, last_done;
} state;

static double now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void progress_start(bool draws)
{
    state.draws = draws;
}

static size_t screen_width(void)
{
    struct winsize size;
    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 10) {
        return size.ws_col;
    }
    return 80;
}

void progress_clear(void)
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

/* Writes the average rate since the phase began, and the time left if the total is known. */
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

void progress_show(void *context, const char *what, size_t done, size_t total)
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
    char pace[100], line[MAX_LINE];
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
        progress_clear();
        state.what[0] = '\0';
        state.last_done = 0;
    }
}

void progress_busy(const char *what)
{
    if (state.draws) {
        progress_clear();
        state.drawn = escape_put_cut(stderr, what, screen_width() - 1);
        fflush(stderr);
    }
}
