/* Parameters as data: one table of name, type, default, range and help drives parsing, validation,
 * --help, what a model file records, and the generic tests. Stages, training and the commands of the
 * command line all describe their settings with it. */
#ifndef OCELLUS_PARAM_H
#define OCELLUS_PARAM_H

#include <ocellus/error.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* type            field in the struct    how it is typed
 * OC_FLAG         bool                   0 or 1
 * OC_INTEGER      int64_t                decimal; "auto" is stored as OC_AUTO
 * OC_REAL         double                 decimal; "auto" is stored as NaN
 * OC_CHOICE       int                    one of `choices`, stored as its index
 * OC_TEXT         const char *           anything; the string is not copied
 * OC_LEVELS       oc_levels              1-2-4: up to OC_MAX_LEVELS integers joined by '-'; "auto" is none of them
 * OC_EXTENT       oc_extent              WxH, or one number for a square
 * OC_LEARNER      oc_learner             linear, or nearest:k=5,metric=l2, where k and metric may be left out */
typedef enum oc_param_type {
    OC_FLAG,
    OC_INTEGER,
    OC_REAL,
    OC_CHOICE,
    OC_TEXT,
    OC_LEVELS,
    OC_EXTENT,
    OC_LEARNER
} oc_param_type;

enum { OC_AUTO = -1, OC_MAX_LEVELS = 8 };

typedef struct oc_levels {
    size_t count;
    int64_t level[OC_MAX_LEVELS];
} oc_levels;

typedef struct oc_extent {
    size_t width, height;
} oc_extent;

typedef enum oc_learner_kind { OC_LINEAR, OC_NEAREST } oc_learner_kind;
typedef enum oc_metric { OC_METRIC_L2, OC_METRIC_L1 } oc_metric;

/* What learns from the rows; low and high of its parameter are the range of k. */
typedef struct oc_learner {
    int kind;   /* oc_learner_kind */
    int64_t k;  /* nearest neighbours that vote */
    int metric; /* oc_metric: distance between rows */
} oc_learner;

typedef struct oc_param {
    const char *name;
    oc_param_type type;
    size_t offset;              /* of the field in the struct that the table describes */
    const char *default_value;  /* the default, as it would be typed; "auto" also permits auto */
    double low, high;           /* allowed range, both ends included (numbers, levels, extents) */
    const char *const *choices; /* OC_CHOICE: the words, ended by NULL */
    const char *help;           /* one line, no full stop */
} oc_param;

/* Fills a struct with the defaults of its table. */
OC_API void oc_params_default(const oc_param *table, size_t count, void *values);

/* NULL when the table has no such name. */
OC_API const oc_param *oc_params_find(const oc_param *table, size_t count, const char *name);

/* Parses and checks one value. OC_USAGE with a message that names the parameter, the value and what is
 * allowed; the struct is then unchanged. */
OC_API oc_status oc_param_set(const oc_param *param, const char *value, void *values, oc_error *err);

/* Whether a struct that a program filled holds what could have been typed: OC_USAGE as oc_param_set. */
OC_API oc_status oc_params_check(const oc_param *table, size_t count, const void *values, oc_error *err);

/* Writes a value the way it would be typed; returns its length without the terminator, and truncates like
 * snprintf. What is written parses back to the same value. */
OC_API size_t oc_param_format(const oc_param *param, const void *values, char *text, size_t size);

/* What values are allowed, for help and messages: "1..64", "rgb, hsv or lab". Truncates like snprintf. */
OC_API size_t oc_param_allowed(const oc_param *param, char *text, size_t size);

/* The one of the names (count) that was probably meant by what was typed: one that begins so, or is few letters
 * away, in upper or lower case; NULL when none is near. */
OC_API const char *oc_param_nearest(const char *typed, const char *const *names, size_t count);

#ifdef __cplusplus
}
#endif
#endif
