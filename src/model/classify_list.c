/* Classifies a list of paths while it is read, so that the list may be larger than memory, or an endless pipe. */
#include "src/model/classify_batch.h"

#include "src/base/fail.h"
#include "src/base/memory.h"
#include "src/base/string.h"
#include "src/base/threads.h"
#include "src/base/utf8.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

enum { PIECE = 65536, MAX_PATH_LENGTH = 65536, PATIENCE = 200 /* ms between checks whether the job is cancelled */ };

typedef struct list {
    oc_batch *batch;
    const char *name; /* for messages */
    int file;
    bool begun, nul;    /* some bytes were read; names end with NUL bytes instead of line feeds */
    size_t line, paths; /* names read; names that are not empty */
    oc_string rest;     /* the beginning of a name whose end is not read yet */
} list;

/* Waits until bytes can be read. Before it waits, the collected paths are classified. */
static oc_status wait_for_piece(list *l, oc_error *err)
{
    struct pollfd input = {.fd = l->file, .events = POLLIN};
    int ready = poll(&input, 1, 0);
    if (ready == 0) {
        oc_status status = oc_batch_flush(l->batch, err);
        if (status != OC_OK) {
            return status;
        }
    }
    while (ready == 0 || (ready < 0 && errno == EINTR)) {
        if (oc_job_cancelled(oc_batch_job(l->batch))) {
            return oc_fail(err, OC_CANCELLED, "cancelled");
        }
        ready = poll(&input, 1, PATIENCE);
    }
    return OC_OK;
}

/* Adds a complete name to the batch. */
static oc_status take_name(list *l, oc_error *err)
{
    oc_string *name = &l->rest;
    l->line++;
    if (!l->nul && name->length > 0 && name->data[name->length - 1] == '\r') {
        name->data[--name->length] = '\0'; /* lists written on Windows end their lines with CR LF */
    }
    size_t mark = !l->nul && l->line == 1 && name->length > 0 ? oc_utf8_mark(name->data) : 0;
    oc_status status = OC_OK;
    if (name->length > mark) {
        const char *path = name->data + mark;
        l->paths++;
        /* "./-" is a file of the name "-"; "-" alone would be standard input. */
        status = oc_batch_add_file(l->batch, strcmp(path, "-") == 0 ? "./-" : path, err);
    }
    name->length = 0;
    return status;
}

static oc_status take_piece(list *l, const char *piece, size_t size, oc_error *err)
{
    if (!l->begun) {
        l->nul = memchr(piece, '\0', size) != NULL;
        l->begun = true;
    } else if (!l->nul && memchr(piece, '\0', size)) {
        return oc_fail(err, OC_BAD_FILE,
                       "%s: a NUL byte after line %zu: all names must end with a NUL byte, or all with a line feed",
                       l->name, l->line);
    }
    oc_status status = OC_OK;
    for (const char *end = piece + size; status == OC_OK && piece < end;) {
        const char *stop = memchr(piece, l->nul ? '\0' : '\n', (size_t)(end - piece));
        oc_string_add_bytes(&l->rest, piece, (size_t)((stop ? stop : end) - piece));
        if (l->rest.failed) {
            return oc_fail_memory(err, "a path");
        }
        if (l->rest.length > MAX_PATH_LENGTH) {
            return oc_fail(err, OC_BAD_FILE, "%s: name %zu is longer than %d bytes", l->name, l->line + 1,
                           MAX_PATH_LENGTH);
        }
        status = stop ? take_name(l, err) : OC_OK;
        piece = stop ? stop + 1 : end;
    }
    return status;
}

static oc_status read_pieces(list *l, char *piece, oc_error *err)
{
    oc_status status = OC_OK;
    while (status == OC_OK) {
        status = wait_for_piece(l, err);
        ssize_t got = status == OC_OK ? read(l->file, piece, PIECE) : 0;
        if (got < 0 && errno != EINTR) {
            return oc_fail_io(err, l->name, "cannot be read");
        }
        if (got > 0) {
            status = take_piece(l, piece, (size_t)got, err);
        } else if (got == 0) {
            break;
        }
    }
    if (status == OC_OK && l->rest.length > 0) {
        status = take_name(l, err);
    }
    return status == OC_OK && l->paths == 0 ? oc_fail(err, OC_BAD_DATA, "%s: holds no path", l->name) : status;
}

oc_status oc_batch_add_list(oc_batch *batch, const char *path, oc_error *err)
{
    bool standard = strcmp(path, "-") == 0;
    list l = {.batch = batch, .name = standard ? "standard input" : path};
    l.file = standard ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
    if (l.file < 0) {
        return oc_fail_io(err, path, "cannot be opened");
    }
    char *piece = oc_alloc(PIECE, 1);
    oc_status status = piece ? read_pieces(&l, piece, err) : oc_fail_memory(err, "the list");
    if (!standard) {
        close(l.file);
    }
    oc_string_free(&l.rest);
    oc_free(piece);
    return status;
}
