#include "tests/fuzz/fuzz.h"

#include "src/base/file.h"
#include "src/base/output.h"
#include "src/image/png_encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void fuzz_expect(bool holds, const char *promise)
{
    if (!holds) {
        fprintf(stderr, "broken promise: %s\n", promise);
        abort();
    }
}

bool fuzz_succeeded(oc_status status, const oc_error *err)
{
    if (status != OC_OK) {
        fuzz_expect(err->status == status && *err->message, "a failure comes with its status and a message");
        fuzz_expect(status != OC_NO_MEMORY, "no input asks for more memory than there is");
    }
    return status == OC_OK;
}

volatile unsigned fuzz_read;

static char folder[200];

static void remove_folder(void)
{
    oc_remove_folder(folder);
}

const char *fuzz_folder(void)
{
    if (!*folder) {
        const char *base = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : getenv("TMPDIR");
        snprintf(folder, sizeof folder, "%s/ocellus-fuzz-XXXXXX", base ? base : "/tmp");
        fuzz_expect(mkdtemp(folder) != NULL, "a temporary folder can be made");
        atexit(remove_folder);
    }
    return folder;
}

const char *fuzz_file(const char *name, const void *bytes, size_t size)
{
    enum { FILES = 4 };
    static char paths[FILES][300];
    static size_t next;
    char *path = paths[next++ % FILES];
    snprintf(path, sizeof paths[0], "%s/%s", fuzz_folder(), name);
    FILE *file = fopen(path, "wb");
    fuzz_expect(file && fwrite(bytes, 1, size, file) == size && fclose(file) == 0, "a file can be written");
    return path;
}

oc_dataset *fuzz_dataset(const char *path)
{
    enum { MAX_LINES = 20 };
    static oc_decoder *decoder;
    oc_dataset *dataset = NULL;
    oc_image_options options = {0}; /* and the usual limits */
    oc_image image;
    oc_error err = {0};
    if (!decoder) {
        fuzz_expect(oc_decoder_create(&decoder, NULL) == OC_OK, "a decoder can be made");
    }
    if (!fuzz_succeeded(oc_dataset_open(path, &dataset, &err), &err)) {
        return NULL;
    }
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    options.max_pixels = 1 << 18;
    options.planes = OC_GRAY | OC_RGB;
    for (size_t i = 0; i < oc_dataset_count(dataset); i++) {
        int label = oc_dataset_label(dataset, i);
        fuzz_expect(*oc_dataset_path(dataset, i), "every image has a path");
        fuzz_expect(label >= -1 && label < (int)oc_dataset_classes(dataset), "a label is a class or unknown");
        if (i < MAX_LINES) {
            fuzz_succeeded(oc_dataset_read(dataset, i, decoder, &options, &image, &err), &err);
        }
    }
    return dataset;
}

const uint8_t *fuzz_png(size_t *size)
{
    enum { WIDTH = 12, HEIGHT = 10 };
    static oc_bytes png;
    if (!png.data) {
        uint8_t pixels[WIDTH * HEIGHT * 3];
        for (size_t i = 0; i < sizeof pixels; i++) {
            pixels[i] = (uint8_t)(i * i * 7);
        }
        oc_status status = oc_png_encode(&png, &(oc_pixels){pixels, WIDTH, HEIGHT, 3, 0}, OC_PNG_FAST, NULL);
        fuzz_expect(status == OC_OK, "an image can be made");
    }
    *size = png.size;
    return png.data;
}
