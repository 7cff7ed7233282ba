/* Reading ahead of rows in a mapped file. */
#define _DEFAULT_SOURCE /* mincore */
#include "src/matrix/rows.h"
#include "tests/unit/dataset/files.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum { ROWS = 6144, COLUMNS = 1024 }; /* a row is 4 KB: more than the kernel reads ahead from the header of the file */

TestSuite(rows, .init = make_test_folder, .fini = remove_test_folder);

/* Writes the file and removes it from the page cache. */
static void put_uncached(const char *name)
{
    static const char shape[] = "{'descr': '<f4', 'fortran_order': False, 'shape': (6144, 1024), }";
    char *bytes = calloc(1, 128 + sizeof(float) * ROWS * COLUMNS);
    cr_assert(bytes);
    memset(bytes, ' ', 127);
    memcpy(bytes, "\x93NUMPY\1\0v\0", 10); /* v: 118 bytes follow */
    memcpy(bytes + 10, shape, sizeof shape - 1);
    bytes[127] = '\n';
    put(name, bytes, 128 + sizeof(float) * ROWS * COLUMNS);
    free(bytes);
    int file = open(at(name), O_RDWR);
    cr_assert(file >= 0 && fsync(file) == 0);
    posix_fadvise(file, 0, 0, POSIX_FADV_DONTNEED);
    close(file);
}

/* The page of the middle of a row. */
static void *page_of(const oc_rows *rows, size_t row)
{
    uintptr_t middle = (uintptr_t)(rows->block[0].values + row * COLUMNS + COLUMNS / 2);
    return (void *)(middle - middle % (uintptr_t)sysconf(_SC_PAGESIZE));
}

/* Whether that page is in memory. */
static bool cached(const oc_rows *rows, size_t row)
{
    unsigned char present = 1;
    cr_assert(mincore(page_of(rows, row), 1, &present) == 0);
    return present & 1;
}

static bool appears(const oc_rows *rows, size_t row)
{
    for (int i = 0; i < 1000 && !cached(rows, row); i++) {
        nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    }
    return cached(rows, row);
}

Test(rows, only_the_given_rows_are_read_ahead)
{
    static const uint32_t chosen[] = {5000, 6000, 6001, 6143};
    oc_npy *npy;
    put_uncached("a.npy");
    cr_assert(oc_npy_open(at("a.npy"), &npy, NULL) == OC_OK);
    oc_rows rows = oc_npy_rows(npy), view = rows;
    if (cached(&rows, 5000) || cached(&rows, 5500) || cached(&rows, 6001) || cached(&rows, 6143)) {
        oc_npy_free(npy);
        cr_skip_test("this file system keeps files in memory");
    }
    if (posix_madvise(page_of(&rows, 3000), 1, POSIX_MADV_WILLNEED) != 0 || !appears(&rows, 3000)) {
        oc_npy_free(npy);
        cr_skip_test("nothing is read ahead here: an emulator ignores the advice");
    }
    view.chosen = chosen;
    view.count = 4;
    oc_rows_read_ahead(&view, 1, 0);
    oc_rows_read_ahead(&view, 1, 3);
    cr_assert(appears(&rows, 6000) && appears(&rows, 6001) && appears(&rows, 6143));
    cr_assert(!cached(&rows, 5000) && !cached(&rows, 5500) && !cached(&rows, 6050));
    oc_rows_read_ahead(&view, 0, 1);
    cr_assert(appears(&rows, 5000) && !cached(&rows, 5500));
    oc_npy_free(npy);
}
