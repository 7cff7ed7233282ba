/* What the tests of the stage words share: images with edges and shading, and a stage of its own. */
#ifndef TESTS_WORDS_SUPPORT_H
#define TESTS_WORDS_SUPPORT_H

#include "features/words/encode.h"
#include "features/words/fit.h"
#include "features/words/patch.h"

enum { WIDTH = 23, HEIGHT = 19, IMAGES = 40 };

/* Blurred random rectangles, the same in every run. */
typedef struct pictures {
    size_t count, width, height;
    uint8_t *rgb, *gray; /* (count, height, width, 3), (count, height, width) */
    size_t unreadable;   /* every so-maniest fails; 0 none */
} pictures;

pictures make_pictures(size_t count, size_t width, size_t height);
void free_pictures(pictures *p);
/* A view of picture i. */
oc_image picture(const pictures *p, size_t i);
/* A copy, left and right exchanged; the caller frees both planes. */
oc_image mirrored_picture(const pictures *p, size_t i);

/* For an oc_source: context is the pictures. */
oc_status read_picture(void *context, size_t index, size_t worker, oc_image *image, oc_error *err);

/* Parsed, resolved and planned; spec is the part after "words:". */
oc_stage make_words(const char *spec, size_t width, size_t height);
void free_words(oc_stage *stage);
oc_status fit_words(oc_stage *stage, pictures *p, size_t threads, uint64_t seed, oc_error *err);
/* The row of an image, freed by the caller. */
float *words_row(const oc_stage *stage, oc_image image);

#endif
