/* Parameters as data: one table of name, type, default, range and help drives parsing, validation, --help, the records
 * in a model file, and the generic tests. Stages, training and the commands describe their settings with it. All
 * functions are thread-safe. */
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
 * OC_CHOICE       an enum, or int        one of `choices`, stored as its index
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

/* The learner; low and high of its parameter are the range of k. */
typedef struct oc_learner {
    oc_learner_kind kind;
    int64_t k;        /* nearest neighbours that vote */
    oc_metric metric; /* distance between rows */
} oc_learner;

typedef struct oc_param {
    const char *name;
    oc_param_type type;
    size_t offset;              /* of the field in the struct that the table describes */
    const char *default_value;  /* the default as typed; "auto" permits the value auto too */
    double low, high;           /* allowed range, both ends included (numbers, levels, extents) */
    const char *const *choices; /* OC_CHOICE: the words, ended by NULL */
    const char *help;           /* one line, no full stop */
} oc_param;

/* Fills a struct with the defaults of its table. */
OC_API void oc_params_default(const oc_param *table, size_t count, void *values);

/* NULL when the table has no such name. */
OC_API const oc_param *oc_params_find(const oc_param *table, size_t count, const char *name);

/* Parses and checks one value. OC_USAGE with a message that names the parameter, the value and the allowed values; the
 * struct then stays unchanged. */
OC_API oc_status oc_param_set(const oc_param *param, const char *value, void *values, oc_error *err);

/* Checks that every field of a struct holds a value that could have been typed. OC_USAGE as in oc_param_set. */
OC_API oc_status oc_params_check(const oc_param *table, size_t count, const void *values, oc_error *err);

/* Writes a value as it would be typed, truncated like snprintf, and returns the length without the terminator. The text
 * parses back to the same value. */
OC_API size_t oc_param_format(const oc_param *param, const void *values, char *text, size_t size);

/* Writes the allowed values for help and messages: "1..64", "rgb, hsv or lab". Truncated like snprintf. */
OC_API size_t oc_param_allowed(const oc_param *param, char *text, size_t size);

/* The name, of `count` names, that `typed` probably means: a name that begins with it or differs by few letters, in
 * upper or lower case. NULL when none is near. */
OC_API const char *oc_param_nearest(const char *typed, const char *const *names, size_t count);

#ifdef __cplusplus
}
#endif
#endif
