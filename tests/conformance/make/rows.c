/* Feature rows for the scripts beside it: rows SPEC. Standard input: images, each as three 32-bit integers (width,
 * height, channels 1 or 3) and its pixels. Standard output: for each the dimension as 64-bit integer, and the row as
 * floats. */
#include <ocellus/features.h>
#include <stdio.h>
#include <stdlib.h>

static int fail(const oc_error *err)
{
    fprintf(stderr, "rows: %s\n", err->message);
    return 1;
}

int main(int argc, char **argv)
{
    oc_features *features = NULL;
    oc_workspace *workspace = NULL;
    oc_error err = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: rows SPEC\n");
        return 2;
    }
    if (oc_features_parse(argv[1], &features, &err) || oc_workspace_create(&workspace, &err)) {
        return fail(&err);
    }
    int header[3];
    while (fread(header, sizeof *header, 3, stdin) == 3) {
        size_t width = (size_t)header[0], height = (size_t)header[1], bytes = width * height * (size_t)header[2];
        uint8_t *pixels = malloc(bytes);
        if (!pixels || fread(pixels, 1, bytes, stdin) != bytes) {
            fprintf(stderr, "rows: image cut short\n");
            return 1;
        }
        oc_image image = {.width = width, .height = height};
        *(header[2] == 1 ? &image.gray : &image.rgb) = pixels;
        if (oc_features_plan(features, width, height, &err)) {
            return fail(&err);
        }
        size_t dimension = oc_features_dimension(features);
        float *row = malloc(dimension * sizeof *row);
        if (!row || oc_features_extract(features, &image, workspace, row, &err)) {
            return fail(&err);
        }
        long long count = (long long)dimension;
        fwrite(&count, sizeof count, 1, stdout);
        fwrite(row, sizeof *row, dimension, stdout);
        free(row);
        free(pixels);
    }
    oc_workspace_free(workspace);
    oc_features_free(features);
    return 0;
}
