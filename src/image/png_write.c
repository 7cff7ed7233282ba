/* Writing PNG files. */
#include <ocellus/image.h>

#include "src/base/fail.h"
#include "src/base/output.h"
#include "src/image/picture.h"
#include "src/image/png_encode.h"

#include <stdio.h>
#include <string.h>

static oc_status write_standard_output(const oc_bytes *png, oc_error *err)
{
    fwrite(png->data, 1, png->size, stdout);
    return fflush(stdout) == 0 && !ferror(stdout) ? OC_OK : oc_fail_io(err, "standard output", "cannot be written");
}

oc_status oc_image_write_png(const oc_pixels *pixels, const char *path, oc_error *err)
{
    size_t width = pixels->width, height = pixels->height, channels = pixels->channels;
    if (channels != 1 && channels != 3 && channels != 4) {
        return oc_fail(err, OC_USAGE, "%s: %zu channels: a PNG is written with 1, 3 or 4", path, channels);
    }
    if (!width || !height || width > OC_MAX_SIDE || height > OC_MAX_SIDE) {
        return oc_fail(err, OC_USAGE, "%s: %zu x %zu pixels: a side has 1 to %d", path, width, height, OC_MAX_SIDE);
    }
    oc_bytes png = {0};
    oc_status status = oc_png_encode(&png, pixels, OC_PNG_SMALL, err);
    if (status != OC_OK) {
        status = oc_fail_at(err, status, path);
    } else if (strcmp(path, "-") == 0) {
        status = write_standard_output(&png, err);
    } else {
        status = oc_file_write(path, png.data, png.size, err);
    }
    oc_bytes_free(&png);
    return status;
}
