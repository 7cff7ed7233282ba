/* UoCTTI HoG of VLFeat for the scripts beside it: vlfeat_hog CELL BINS. Standard input: images, each as three 32-bit
 * integers (width, height, 1) and its gray pixels. Standard output: for each the number of values as 64-bit integer,
 * and the values as floats. Link with -lvl. */
#include <stdio.h>
#include <stdlib.h>
#include <vl/hog.h>

int main(int argc, char **argv)
{
    int header[3];
    if (argc != 3) {
        fprintf(stderr, "usage: vlfeat_hog CELL BINS\n");
        return 2;
    }
    while (fread(header, sizeof *header, 3, stdin) == 3) {
        size_t width = (size_t)header[0], height = (size_t)header[1], pixels = width * height;
        unsigned char *bytes = malloc(pixels);
        float *image = malloc(pixels * sizeof *image);
        if (!bytes || !image || fread(bytes, 1, pixels, stdin) != pixels) {
            fprintf(stderr, "vlfeat_hog: image cut short\n");
            return 1;
        }
        for (size_t i = 0; i < pixels; i++) {
            image[i] = bytes[i];
        }
        VlHog *hog = vl_hog_new(VlHogVariantUoctti, (vl_size)atoi(argv[2]), VL_FALSE);
        vl_hog_put_image(hog, image, width, height, 1, (vl_size)atoi(argv[1]));
        long long count = (long long)(vl_hog_get_width(hog) * vl_hog_get_height(hog) * vl_hog_get_dimension(hog));
        float *values = malloc((size_t)count * sizeof *values);
        if (!values) {
            return 1;
        }
        vl_hog_extract(hog, values);
        fwrite(&count, sizeof count, 1, stdout);
        fwrite(values, sizeof *values, (size_t)count, stdout);
        vl_hog_delete(hog);
        free(values);
        free(image);
        free(bytes);
    }
    return 0;
}
