/* The contract of a feature stage. A stage fills one constant oc_stage_type, in features/NAME.c or
 * features/NAME/NAME.c; its line in the list of stages.c is the only other place that names it. Parsing, help, manual
 * pages, model files and the tests of tests/unit/stages.c follow from the table.
 *
 * The life of a stage: parameters are parsed and resolved, planned for one size of images, fitted if the stage learns;
 * then rows are extracted, by any number of threads. Each step reads what the steps before it made and changes none of
 * it. */
#ifndef OC_FEATURES_STAGE_H
#define OC_FEATURES_STAGE_H

#include <ocellus/features.h>

#include "src/base/memory.h"
#include "src/image/resize.h"
#include "src/matrix/tensor.h"

enum { OC_STAGE_MAX_TENSORS = 8 };

/* The images that a stage works on. */
typedef struct oc_needs {
    unsigned planes; /* OC_GRAY, OC_RGB or both */
    size_t min_side; /* the smallest side of images that the stage does well on, where that is more than 128; else 0 */
} oc_needs;

/* Everything that follows from the parameters and the size of the images; never changed once it is made. A row is one
 * array in C order with the given axes, so that the dimension is the product of their lengths. */
typedef struct oc_plan {
    size_t width, height; /* of the images that the stage is given; set by the caller */
    size_t axis_count;
    oc_row_axis axes[OC_MAX_AXES];
    size_t dimension;
    bool mirrors; /* the row of the mirrored image is a permutation of the row: mirror_order */
    void *own;    /* the stage's own part: NULL, or one block of oc_alloc, which oc_plan_free frees */
} oc_plan;

typedef struct oc_stage {
    const struct oc_stage_type *type;
    void *params;   /* the struct that type->params describes, resolved */
    oc_extent size; /* that images are brought to for this stage alone; 0 x 0: the stage takes them as they are */
    oc_needs needs;
    oc_plan plan; /* dimension 0: not planned yet */
    void *state;  /* learned; NULL until fitted or loaded; made and freed by the type */
} oc_stage;

/* Memory that a thread keeps from image to image. */
typedef struct oc_scratch {
    oc_arena arena;     /* reset before every stage */
    oc_resizer resizer; /* with the tables of the last change of size */
} oc_scratch;

void oc_scratch_free(oc_scratch *scratch);

typedef struct oc_stage_type {
    const char *name, *help;
    const oc_param *params;
    size_t param_count, param_size; /* entries of the table, bytes of the struct */

    /* Replaces "auto" where its value does not depend on the size of the images, checks parameters against each other,
     * and sets *needs. OC_USAGE. */
    oc_status (*resolve)(void *params, oc_needs *needs, oc_error *err);
    /* Called for each parameter that was typed, unless as "auto", after resolve. Returns the reason why it has no effect
     * beside the others, or NULL. May be NULL. */
    const char *(*conflict)(const void *params, const char *name);
    /* Fills a plan that is all zeros but for the size: the axes with oc_plan_axes, then own and mirrors. On failure own
     * is NULL. OC_TOO_SMALL, OC_TOO_LARGE, OC_NO_MEMORY. */
    oc_status (*plan)(const void *params, oc_plan *plan, oc_error *err);
    /* Writes plan.dimension values for an image of the planned size that has the planes of needs. Pure and re-entrant;
     * allocates from scratch only, and nothing after the first image. OC_NO_MEMORY. */
    oc_status (*extract)(const oc_stage *stage, const oc_image *image, oc_scratch *scratch, float *row, oc_error *err);
    /* order (dimension): value j of the row of the mirrored image is value order[j] of the row. Called where
     * plan.mirrors says that this is so. */
    void (*mirror_order)(const oc_stage *stage, uint32_t *order);

    /* A stage that learns; all four are NULL in one that does not. fit makes stage->state from images; it depends on
     * parameters, plan, images and seed alone. save_state fills up to OC_STAGE_MAX_TENSORS entries that point into the
     * state and returns their number. load_state checks names, shapes and that values are finite, and copies
     * (OC_BAD_FILE). fit and load_state leave the stage as it was on failure. */
    oc_status (*fit)(oc_stage *stage, const oc_source *source, uint64_t seed, oc_job *job, oc_error *err);
    size_t (*save_state)(const oc_stage *stage, oc_tensor *tensors);
    oc_status (*load_state)(oc_stage *stage, const oc_tensor *tensors, size_t count, oc_error *err);
    void (*free_state)(oc_stage *stage);

    const struct oc_stage_pictures *pictures; /* features/pictures.h; NULL: values are drawn as bars */
} oc_stage_type;

/* Every stage there is, oc_stage_count of them, in the order of --help. */
extern const oc_stage_type *const oc_stage_types[];

/* The image at the planned size of the stage, with those of its planes that are asked for: the image itself, or a
 * smaller or larger copy in memory of the arena. OC_NO_MEMORY. */
oc_status oc_stage_image(const oc_stage *stage, const oc_image *image, unsigned planes, oc_scratch *scratch,
                         oc_image *out, oc_error *err);

/* Sets the axes and the dimension. OC_TOO_LARGE when a row does not fit into memory. */
oc_status oc_plan_axes(oc_plan *plan, const oc_row_axis *axes, size_t count, oc_error *err);

#endif
