/* Numbers as short text. */
#ifndef OC_MATRIX_NUMBER_H
#define OC_MATRIX_NUMBER_H

#include <stddef.h>

enum { OC_NUMBER = 32 }; /* bytes that a number needs, with its NUL */

/* Writes a value in decimal so that it reads back to the same float32; returns the length. */
size_t oc_number_format(float value, char text[OC_NUMBER]);

#endif
