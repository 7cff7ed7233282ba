#include "tests/unit/dataset/files.h"

#include "src/base/file.h"
#include "src/base/output.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

oc_error refusal;
static char root[64];

void make_test_folder(void)
{
    strcpy(root, "/tmp/ocellus-dataset-XXXXXX");
    cr_assert(mkdtemp(root) != NULL);
}

void remove_test_folder(void)
{
    oc_remove_folder(root);
}

const char *at(const char *name)
{
    static char paths[16][2 * PATH_MAX];
    static size_t next;
    char *path = paths[next++ % 16];
    snprintf(path, sizeof paths[0], "%s/%s", root, name);
    return path;
}

static void make_parents(const char *path)
{
    char above[2 * PATH_MAX];
    snprintf(above, sizeof above, "%s", path);
    for (char *slash = above + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        mkdir(above, 0777);
        *slash = '/';
    }
}

void put(const char *name, const void *bytes, size_t size)
{
    const char *path = at(name);
    make_parents(path);
    FILE *file = fopen(path, "wb");
    cr_assert(file != NULL, "%s", path);
    cr_assert(fwrite(bytes, 1, size, file) == size);
    cr_assert(fclose(file) == 0);
}

void put_text(const char *name, const char *text)
{
    put(name, text, strlen(text));
}

void put_png(const char *name, uint8_t value)
{
    const char *path = at(name);
    make_parents(path);
    uint8_t pixels[4] = {value, value, value, value};
    cr_assert(oc_image_write_png(&(oc_pixels){pixels, 2, 2, 1, 0}, path, NULL) == OC_OK);
}

void put_folder(const char *name)
{
    const char *path = at(name);
    make_parents(path);
    cr_assert(mkdir(path, 0777) == 0);
}

oc_dataset *open_set(const char *path)
{
    oc_dataset *dataset = NULL;
    oc_error err = {0};
    cr_assert(oc_dataset_open(path, &dataset, &err) == OC_OK, "%s", err.message);
    return dataset;
}

oc_status refused(const char *path)
{
    oc_dataset *dataset = NULL;
    oc_status status = oc_dataset_open(path, &dataset, &refusal);
    cr_assert(status != OC_OK, "%s was opened", path);
    cr_assert(dataset == NULL);
    cr_assert(refusal.status == status);
    return status;
}

int first_gray(const oc_dataset *dataset, size_t i)
{
    oc_decoder *decoder = NULL;
    oc_image image;
    oc_error err;
    oc_image_options options = {.planes = OC_GRAY, .max_pixels = 1000000};
    cr_assert(oc_decoder_create(&decoder, &err) == OC_OK, "%s", err.message);
    cr_assert(oc_dataset_read(dataset, i, decoder, &options, &image, &err) == OC_OK, "%s", err.message);
    int gray = image.gray[0];
    oc_decoder_free(decoder);
    return gray;
}
