/* Pixels for decoders.py: decode FILE... For each, width and height as 32-bit integers, then RGB; 0 and 0, and the
 * reason on standard error, for one that cannot be read. Compiled with PEER it is stb_image instead of Ocellus. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#ifdef PEER
#define STB_IMAGE_IMPLEMENTATION
#include <stb/stb_image.h>

static uint8_t *decode(const char *path, int32_t size[2])
{
    int channels;
    uint8_t *rgb = stbi_load(path, &size[0], &size[1], &channels, 3);
    if (!rgb) {
        fprintf(stderr, "%s: %s\n", path, stbi_failure_reason());
    }
    return rgb;
}
#else
#include <ocellus/image.h>

static uint8_t *decode(const char *path, int32_t size[2])
{
    static oc_decoder *decoder;
    oc_image_options options = {0};
    oc_image image;
    oc_error err;
    oc_params_default(oc_image_params, oc_image_param_count, &options);
    options.planes = OC_RGB;
    if ((!decoder && oc_decoder_create(&decoder, &err)) || oc_decode_file(decoder, path, &options, &image, &err)) {
        fprintf(stderr, "%s\n", err.message);
        return NULL;
    }
    size[0] = (int32_t)image.width;
    size[1] = (int32_t)image.height;
    return image.rgb;
}
#endif

int main(int argc, char **argv)
{
    for (int i = 1; i < argc; i++) {
        int32_t size[2] = {0, 0};
        const uint8_t *rgb = decode(argv[i], size);
        if (!rgb) {
            size[0] = size[1] = 0;
        }
        fwrite(size, sizeof *size, 2, stdout);
        fwrite(rgb, 3, (size_t)size[0] * (size_t)size[1], stdout);
    }
    return 0;
}
