/* A feature stage in memory, on one thread: seconds of processor time for one pass over images that are decoded.
 *
 *     bench-stage SPEC RAW IMAGES WIDTH HEIGHT
 *     bench-stage --kernels
 *
 * RAW holds IMAGES pictures of WIDTH x HEIGHT pixels, R G B. Passes are repeated for half a second, the quickest
 * counts; stages that learn, learn from the same images. --kernels names the processor family that was chosen. */
#include "bench.h"

#include <ocellus/features.h>

#include "src/base/dispatch.h"

typedef struct pictures {
    size_t count, width, height;
    oc_decoder **decoders; /* one a picture: each keeps its planes */
    oc_image *images;
} pictures;

static oc_status read_picture(void *context, size_t index, size_t worker, oc_image *image, oc_error *err)
{
    (void)worker, (void)err;
    *image = ((const pictures *)context)->images[index];
    return OC_OK;
}

static pictures load_pictures(const char *path, size_t count, size_t width, size_t height, unsigned planes)
{
    oc_error err;
    size_t size = width * height * 3;
    uint8_t *rgb = bench_read(path, count * size);
    oc_image_options options = {.planes = planes, .max_pixels = (int64_t)65535 * 65535};
    pictures p = {count, width, height, oc_alloc(count, sizeof(oc_decoder *)), oc_alloc(count, sizeof(oc_image))};
    for (size_t i = 0; i < count; i++) {
        bench_check(oc_decoder_create(&p.decoders[i], &err), &err);
        bench_check(oc_decode_pixels(p.decoders[i], &(oc_pixels){rgb + i * size, width, height, 3, 0}, &options,
                                     &p.images[i], &err),
                    &err);
    }
    oc_free(rgb);
    return p;
}

int main(int argc, char **argv)
{
    oc_error err;
    oc_features *features;
    oc_workspace *workspace;
    if (argc == 2 && strcmp(argv[1], "--kernels") == 0) {
        puts(oc_isa_name(oc_isa_index()));
        return 0;
    }
    if (argc != 6) {
        fprintf(stderr, "usage: bench-stage SPEC RAW IMAGES WIDTH HEIGHT\n");
        return 2;
    }
    size_t width = bench_number(argv[4]), height = bench_number(argv[5]);
    bench_check(oc_features_parse(argv[1], &features, &err), &err);
    bench_check(oc_features_plan(features, width, height, &err), &err);
    pictures p = load_pictures(argv[2], bench_number(argv[3]), width, height, oc_features_planes(features));
    oc_source source = {p.count, read_picture, &p};
    if (oc_features_unfitted(features)) {
        bench_check(oc_features_fit(features, &source, 1, NULL, &err), &err);
    }
    bench_check(oc_workspace_create(&workspace, &err), &err);
    float *row = oc_alloc(oc_features_dimension(features), sizeof *row);
    double best = 1e9, total = 0;
    while (total < 0.5) {
        double start = bench_seconds_used();
        for (size_t i = 0; i < p.count; i++) {
            bench_check(oc_features_extract(features, &p.images[i], workspace, row, &err), &err);
        }
        double seconds = bench_seconds_used() - start;
        best = seconds < best ? seconds : best;
        total += seconds;
    }
    printf("%.9f\n", best);
    for (size_t i = 0; i < p.count; i++) {
        oc_decoder_free(p.decoders[i]);
    }
    oc_free(p.decoders);
    oc_free(p.images);
    oc_free(row);
    oc_workspace_free(workspace);
    oc_features_free(features);
    return 0;
}
