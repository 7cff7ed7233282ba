/* Status codes and messages.
 *
 * Every function of Ocellus that can fail returns an oc_status and takes an oc_error, which may be NULL, as its last
 * argument. On failure the message says what went wrong, where, with which value, and which values are allowed. Outputs
 * and objects stay as they were before the call.
 *
 * Thread-safe: an oc_error belongs to the caller. */
#ifndef OCELLUS_ERROR_H
#define OCELLUS_ERROR_H

/* Marks each function and table that the shared library exports. It is built with -fvisibility=hidden, which hides all
 * others. */
#if defined(__GNUC__)
#define OC_API __attribute__((visibility("default")))
#else
#define OC_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/* The one list of statuses: X(name, text). */
#define OC_STATUS_LIST(X)                                                                                              \
    X(OC_OK, "done")                                                                                                   \
    X(OC_USAGE, "not a valid value")                                                                                   \
    X(OC_NO_MEMORY, "out of memory")                                                                                   \
    X(OC_IO, "reading or writing failed")                                                                              \
    X(OC_NOT_FOUND, "not found")                                                                                       \
    X(OC_BAD_IMAGE, "image cannot be decoded")                                                                         \
    X(OC_BAD_FILE, "file is damaged or of another kind")                                                               \
    X(OC_TOO_LARGE, "larger than the limit")                                                                           \
    X(OC_TOO_SMALL, "image too small")                                                                                 \
    X(OC_BAD_DATA, "data cannot be learned from")                                                                      \
    X(OC_SIZES_DIFFER, "images differ in size")                                                                        \
    X(OC_CANCELLED, "cancelled")

#define OC_STATUS_NAME(name, text) name,
typedef enum oc_status { OC_STATUS_LIST(OC_STATUS_NAME) } oc_status;
#undef OC_STATUS_NAME

typedef struct oc_error {
    oc_status status;
    char message[1000];
} oc_error;

/* A short text for a status; never NULL. */
OC_API const char *oc_status_text(oc_status status);

/* Messages, notes and warnings name an option as the tables of parameters do, with '_' for '-', in backquotes: "more than
 * 100 scans (`max_scans`)". A program whose users know options by other names sets a function that replaces them: in
 * place, by text that is not longer. It is called with the printf format of the message, so it never sees names of files.
 * It is set for the whole process, from one thread and before any other call; NULL, the initial value, leaves texts as
 * they are. The help of parameters is a constant, which the program edits itself. */
typedef void oc_text_editor(char *text);
OC_API void oc_texts_edit(oc_text_editor *edit);

#ifdef __cplusplus
}
#endif
#endif
