/* Feature stages: from an image to a row of floats.
 *
 * A spec names stages and their parameters, name:key=value,key=value, joined by '+'; the row of the whole is the
 * rows of the stages side by side, equal to them to the bit. What a stage learns from images (a codebook) is kept in
 * the oc_features object. The life of one: parse, plan, fit if it must be, extract.
 *
 * Thread-safe: any number of threads may read one object (const functions); a thread that changes or frees an object
 * needs it for itself. A workspace belongs to one thread at a time. */
#ifndef OCELLUS_FEATURES_H
#define OCELLUS_FEATURES_H

#include <ocellus/image.h>
#include <ocellus/job.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct oc_features oc_features;
typedef struct oc_workspace oc_workspace;

enum { OC_MAX_AXES = 8 };

/* An axis of the array that a stage writes for an image. */
typedef struct oc_row_axis {
    const char *name;    /* "y", "cell x", "bin" */
    const char *meaning; /* meaning of an index: "row of cells" */
    size_t length;
    oc_levels
        levels; /* where regions of a pyramid are counted: for each level g its g x g regions, row by row, one level
                         after another; else none */
} oc_row_axis;

/* Images for stages that learn. read is called from any thread of the job; `worker` names it. The image is valid until
 * the same worker's next call. A source that cannot read an image returns an error: that image is left out. */
typedef struct oc_source {
    size_t count;
    oc_status (*read)(void *context, size_t index, size_t worker, oc_image *image, oc_error *err);
    void *context;
} oc_source;

/* OC_USAGE: unknown stage or parameter (the nearest is named), value out of range. */
OC_API oc_status oc_features_parse(const char *spec, oc_features **features, oc_error *err);
OC_API void oc_features_free(oc_features *features);

/* The spec as it was typed; empty for rows of another program, which have a dimension and no stages. */
OC_API const char *oc_features_spec(const oc_features *features);
/* The planes that the stages read: OC_GRAY, OC_RGB or both. */
OC_API unsigned oc_features_planes(const oc_features *features);
/* The side of the square to which images of different sizes are resized when no size is given: the largest that a stage
 * needs. A stage needs its own size, else 128, or 256 if it is for larger images. */
OC_API size_t oc_features_side(const oc_features *features);

/* Fixes the size of the images, and with it the dimension. OC_TOO_SMALL, naming the stage and both sizes; OC_TOO_LARGE
 * when the row would not fit into memory; OC_USAGE when the size= of a stage is too small for it, and for rows of
 * another program. */
OC_API oc_status oc_features_plan(oc_features *features, size_t width, size_t height, oc_error *err);
/* The planned size, 0 x 0 before. */
OC_API oc_extent oc_features_size(const oc_features *features);
/* Values in a row; 0 before the plan. */
OC_API size_t oc_features_dimension(const oc_features *features);

/* The parts of a joined row, one a stage. */
OC_API size_t oc_features_count(const oc_features *features);
OC_API size_t oc_features_part_dimension(const oc_features *features, size_t stage);
/* The stage's own spec as typed. */
OC_API const char *oc_features_part_spec(const oc_features *features, size_t stage);

/* The name of a stage in column names: hog; the second one of the same name is hog2, and so on. Truncates like
 * snprintf, whose result it returns. */
OC_API size_t oc_features_part_name(const oc_features *features, size_t stage, char *text, size_t size);
/* The values of a stage are one array in C order; these are its axes, outermost first. 0 before the plan. */
OC_API size_t oc_features_axis_count(const oc_features *features, size_t stage);
OC_API oc_row_axis oc_features_axis(const oc_features *features, size_t stage, size_t axis);
/* The name of value j of a row: the stage, then for each axis the initials of its name and an index counted from 0, as
 * in hog.y2.x1.b4 or hog.y0.x0.cy1.cx0.b8; words.l4.y3.x0.w17 in a pyramid; f17 in rows of another program. Truncates
 * like snprintf, whose result it returns. */
OC_API size_t oc_features_column_name(const oc_features *features, size_t j, char *text, size_t size);

/* True if a stage that learns is not fitted yet. */
OC_API bool oc_features_unfitted(const oc_features *features);
/* Fits the stages that are not fitted yet; all get the same seed, so a stage learns the same alone and in a joined
 * spec. On failure none of them is fitted. OC_USAGE before the plan. The result depends on spec, images and seed alone.
 * OC_BAD_DATA when the images do not suffice. */
OC_API oc_status oc_features_fit(oc_features *features, const oc_source *source, uint64_t seed, oc_job *job,
                                 oc_error *err);

/* A copy, planned and fitted as far as the original is. OC_NO_MEMORY. */
OC_API oc_status oc_features_copy(const oc_features *features, oc_features **copy, oc_error *err);
/* Planned and fitted features as a file, stages.safetensors of a set, and in memory, with the image options that a set
 * records (size, which is that of the plan, fit and depth). Files are replaced whole or not at all. Saving in memory
 * needs `room` for *size bytes; bytes NULL only sets *size. Errors: OC_USAGE for features that are not planned or
 * fitted, or too little room; OC_BAD_FILE with the reason, OC_NOT_FOUND, OC_IO, OC_NO_MEMORY. */
OC_API oc_status oc_features_save(const oc_features *features, const oc_image_options *image, const char *path,
                                  oc_error *err);
OC_API oc_status oc_features_load(const char *path, oc_features **features, oc_image_options *image, oc_error *err);
OC_API oc_status oc_features_save_memory(const oc_features *features, const oc_image_options *image, void *bytes,
                                         size_t room, size_t *size, oc_error *err);
OC_API oc_status oc_features_load_memory(const void *bytes, size_t size, oc_features **features,
                                         oc_image_options *image, oc_error *err);

/* Scratch memory of one thread. */
OC_API oc_status oc_workspace_create(oc_workspace **workspace, oc_error *err);
OC_API void oc_workspace_free(oc_workspace *workspace);

/* Writes the row (dimension) of an image of the planned size and with the planes of oc_features_planes. Any number of
 * threads may call it on one oc_features, each with its own workspace; nothing is allocated after a workspace's first
 * image. OC_USAGE when size or planes are not as planned, or a stage is not fitted. */
OC_API oc_status oc_features_extract(const oc_features *features, const oc_image *image, oc_workspace *workspace,
                                     float *row, oc_error *err);

/* order (dimension): value j of the row of the mirrored image is value order[j] of the row. With order NULL, only
 * checks that there is such an order. OC_USAGE before the plan, or naming the stage whose mirrored row is not a
 * permutation of its row; OC_NO_MEMORY. */
OC_API oc_status oc_features_mirror_order(const oc_features *features, uint32_t *order, oc_error *err);

/* The table of stages, for help and documentation. */
typedef struct oc_stage_info {
    const char *name, *help;
    const oc_param *params;
    size_t param_count;
} oc_stage_info;
/* Parameters that every stage has; a stage's own parameter of the same name has priority. */
OC_API extern const oc_param oc_stage_params[];
OC_API extern const size_t oc_stage_param_count;
OC_API size_t oc_stage_count(void);
OC_API oc_stage_info oc_stage_describe(size_t index);

#ifdef __cplusplus
}
#endif
#endif
