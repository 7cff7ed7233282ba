/* The limit of extraction: reading and decoding JPEG files with libjpeg alone, decoder objects and buffers kept, on
 * several threads. Prints seconds.
 *
 *     bench-decode gray|rgb|read DENOMINATOR FOLDER THREADS */
#include "bench.h"

#include "src/base/threads.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <jpeglib.h>

enum { ROWS = 16, MAX_THREADS = 64 };
static const size_t MAX_FILE = (size_t)64 << 20, MAX_PLANE = (size_t)128 << 20;

typedef struct hand {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *file, *plane;
} hand;

typedef struct folder {
    int handle;
    char **names;
    size_t count;
    unsigned denominator;
    J_COLOR_SPACE space; /* JCS_UNKNOWN: read alone */
    hand hands[MAX_THREADS];
} folder;

static void decode(hand *h, size_t size, const folder *f)
{
    struct jpeg_decompress_struct *info = &h->info;
    jpeg_mem_src(info, h->file, size);
    jpeg_read_header(info, TRUE);
    info->out_color_space = f->space;
    info->scale_num = 1;
    info->scale_denom = f->denominator;
    jpeg_start_decompress(info);
    size_t stride = info->output_width * (size_t)info->output_components;
    if (stride * info->output_height > MAX_PLANE) {
        exit(1);
    }
    while (info->output_scanline < info->output_height) {
        JSAMPROW rows[ROWS];
        for (size_t i = 0; i < ROWS; i++) {
            size_t y = info->output_scanline + i;
            rows[i] = h->plane + (y < info->output_height ? y : 0) * stride;
        }
        unsigned left = info->output_height - info->output_scanline;
        jpeg_read_scanlines(info, rows, left < ROWS ? left : ROWS);
    }
    jpeg_finish_decompress(info);
}

static void decode_one(void *context, size_t index, size_t worker)
{
    folder *f = context;
    hand *h = &f->hands[worker];
    int file = openat(f->handle, f->names[index], O_RDONLY);
    ssize_t size = file < 0 ? -1 : read(file, h->file, MAX_FILE);
    if (size <= 0) {
        fprintf(stderr, "bench-decode: %s: cannot be read\n", f->names[index]);
        exit(1);
    }
    close(file);
    if (f->space != JCS_UNKNOWN) {
        decode(h, (size_t)size, f);
    }
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static void list(folder *f, const char *path)
{
    DIR *entries = opendir(path);
    if (!entries) {
        perror(path);
        exit(1);
    }
    f->names = oc_alloc(1 << 20, sizeof *f->names);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL && f->count < 1 << 20;) {
        if (entry->d_name[0] != '.') {
            f->names[f->count++] = oc_strdup(entry->d_name);
        }
    }
    qsort(f->names, f->count, sizeof *f->names, by_name);
    f->handle = open(path, O_RDONLY | O_DIRECTORY);
    closedir(entries);
}

int main(int argc, char **argv)
{
    if (argc != 5) {
        fprintf(stderr, "usage: bench-decode gray|rgb|read DENOMINATOR FOLDER THREADS\n");
        return 2;
    }
    static folder f;
    oc_error err;
    oc_job *job;
    size_t threads = bench_number(argv[4]);
    f.space = strcmp(argv[1], "gray") == 0 ? JCS_GRAYSCALE : strcmp(argv[1], "rgb") == 0 ? JCS_RGB : JCS_UNKNOWN;
    f.denominator = (unsigned)bench_number(argv[2]);
    if (threads < 1 || threads > MAX_THREADS) {
        return 2;
    }
    bench_check(oc_job_create(threads, NULL, &job, &err), &err);
    double start = oc_seconds();
    list(&f, argv[3]);
    for (size_t i = 0; i < threads; i++) {
        hand *h = &f.hands[i];
        h->info.err = jpeg_std_error(&h->errors);
        jpeg_create_decompress(&h->info);
        h->file = malloc(MAX_FILE);
        h->plane = malloc(MAX_PLANE);
    }
    oc_parallel(job, f.count, decode_one, &f);
    printf("%.6f\n", oc_seconds() - start);
    for (size_t i = 0; i < threads; i++) {
        jpeg_destroy_decompress(&f.hands[i].info);
        free(f.hands[i].file);
        free(f.hands[i].plane);
    }
    for (size_t i = 0; i < f.count; i++) {
        oc_free(f.names[i]);
    }
    oc_free(f.names);
    close(f.handle);
    oc_job_free(job);
    return 0;
}
