/* IDX: the bytes are a file of images, or, when they begin like one of labels, the labels of three images. */
#include "tests/fuzz/fuzz.h"

#include <string.h>
#include <unistd.h>

static const uint8_t three_images[] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 1, 0, 0, 0, 2, 10, 20, 30, 40, 50, 60};
static const uint8_t labels_magic[] = {0, 0, 8, 1};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    bool labels = size >= sizeof labels_magic && memcmp(bytes, labels_magic, sizeof labels_magic) == 0;
    bool packed = size >= 2 && bytes[0] == 0x1F && bytes[1] == 0x8B;
    const char *images = labels   ? fuzz_file("images-idx3-ubyte", three_images, sizeof three_images)
                         : packed ? fuzz_file("images-idx3-ubyte.gz", bytes, size)
                                  : fuzz_file("images-idx3-ubyte", bytes, size);
    const char *beside = labels ? fuzz_file("labels-idx1-ubyte", bytes, size) : NULL;
    oc_dataset_free(fuzz_dataset(images));
    if (beside) {
        unlink(beside);
    }
    return 0;
}
