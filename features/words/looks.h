/* What the pictures of words share: how a word looks, the places of an image with their codes, the regions. */
#ifndef OC_FEATURES_WORDS_LOOKS_H
#define OC_FEATURES_WORDS_LOOKS_H

#include "features/pictures.h"
#include "features/words/plan.h"

/* Every word as it looks, (K, depth). */
typedef struct oc_words_looks {
    const oc_words_params *params;
    size_t count, depth, channels;
    float *values;
} oc_words_looks;

/* l->values is to be freed with oc_free. OC_NO_MEMORY. */
oc_status oc_words_unwhiten(const oc_stage *stage, oc_words_looks *l, oc_error *err);
/* Word k in a square: mid-gray for 0, full contrast for its largest value. */
void oc_words_draw_word(const oc_words_looks *l, oc_canvas *canvas, double x, double y, double side, size_t k);

/* Where a word stands on the sheet: gray ones by the direction of their edges, then coloured ones by hue. */
typedef struct oc_words_standing {
    double key;
    size_t word;
} oc_words_standing;

/* For qsort: by the key, equal keys by the word. */
int oc_words_by_key(const void *a, const void *b);

/* All places of an image and their codes, block by block. */
typedef struct oc_words_walk {
    const oc_stage *stage;
    const oc_image *image;
    const oc_words_plan *plan;
    size_t first, block; /* places of the current block */
    float *codes;        /* (OC_PANEL_BLOCK, K) */
    oc_arena arena;
} oc_words_walk;

/* oc_words_walk_end in any case. OC_NO_MEMORY. */
oc_status oc_words_walk_start(oc_words_walk *w, const oc_stage *stage, const oc_image *image, oc_error *err);
/* The next block; the number of its places is 0 at the end. */
oc_status oc_words_walk_next(oc_words_walk *w, oc_error *err);
void oc_words_walk_end(oc_words_walk *w);

/* A region: row v, column u of level x level regions. */
typedef struct oc_words_region {
    size_t level, v, u;
} oc_words_region;

/* The region of that number, counted level by level. */
oc_words_region oc_words_find_region(const oc_levels *grid, size_t index);
bool oc_words_contains(const oc_levels *grid, oc_words_region r, size_t cell);

/* parts.c: the words that contribute most for and against a class. The lists are OC_WORDS_LIST heights wide. */
extern const double OC_WORDS_LIST;
oc_status oc_words_draw_parts(const oc_words_looks *l, const oc_stage *stage, const oc_draw_request *s, oc_error *err);

#endif
