/* The eight ways of turning a plane. */
#include "src/image/orientation.h"

bool oc_orientation_swaps(int orientation)
{
    return orientation >= 5;
}

/* The place of the first upright pixel in the source, and the steps in the source to its neighbours to the right and
 * below, in pixels. */
typedef struct walk {
    size_t start;
    ptrdiff_t right, down;
} walk;

static walk walk_of(int orientation, size_t width, size_t height)
{
    ptrdiff_t row = (ptrdiff_t)width;
    size_t last_column = width - 1, last_row = width * (height - 1);
    switch (orientation) {
    case 2:
        return (walk){last_column, -1, row};
    case 3:
        return (walk){last_row + last_column, -1, -row};
    case 4:
        return (walk){last_row, 1, -row};
    case 5:
        return (walk){0, row, 1};
    case 6:
        return (walk){last_row, -row, 1};
    case 7:
        return (walk){last_row + last_column, -row, -1};
    case 8:
        return (walk){last_column, row, -1};
    default:
        return (walk){0, 1, row};
    }
}

/* In square tiles: a walk down the columns of the source would touch a new cache line with every pixel. */
void oc_orientation_apply(int orientation, const uint8_t *pixels, size_t width, size_t height, size_t channels,
                          uint8_t *out)
{
    enum { TILE = 64 };
    walk step = walk_of(orientation, width, height);
    bool swaps = oc_orientation_swaps(orientation);
    size_t out_width = swaps ? height : width, out_height = swaps ? width : height;
    for (size_t top = 0; top < out_height; top += TILE) {
        for (size_t left = 0; left < out_width; left += TILE) {
            size_t bottom = top + TILE < out_height ? top + TILE : out_height;
            size_t right = left + TILE < out_width ? left + TILE : out_width;
            for (size_t y = top; y < bottom; y++) {
                ptrdiff_t row = (ptrdiff_t)step.start + (ptrdiff_t)y * step.down;
                for (size_t x = left; x < right; x++) {
                    const uint8_t *from = pixels + (row + (ptrdiff_t)x * step.right) * (ptrdiff_t)channels;
                    uint8_t *to = out + (y * out_width + x) * channels;
                    for (size_t c = 0; c < channels; c++) {
                        to[c] = from[c];
                    }
                }
            }
        }
    }
}
