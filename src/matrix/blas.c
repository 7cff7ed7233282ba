/* BLAS and LAPACK on one thread: the caller parallelises over fixed tiles, so that results do not depend on the number
 * of threads. */
#include "src/matrix/blas.h"

#include "src/base/memory.h"

#include <ocellus/job.h>

#include <cblas.h>
#include <limits.h>
#include <pthread.h>

/* LAPACK functions of OpenBLAS; not every package of OpenBLAS has a header for them. */
void ssyevd_(const char *jobz, const char *uplo, const blasint *n, float *a, const blasint *lda, float *w, float *work,
             const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info);
void spotrf_(const char *uplo, const blasint *n, float *a, const blasint *lda, blasint *info);

/* Ends the threads of OpenBLAS, which itself calls it before a fork. Builds without threads lack it. */
int blas_thread_shutdown_(void) __attribute__((weak));

/* The number of threads is a setting of the whole process. The first of our concurrent calls saves it, the last one
 * restores it. In a program that has set it to 1, a call costs only the lock. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static size_t calls;
static int threads_before;

static void enter(void)
{
    pthread_mutex_lock(&lock);
    if (calls++ == 0) {
        threads_before = openblas_get_num_threads();
        if (threads_before != 1) {
            openblas_set_num_threads(1);
        }
    }
    pthread_mutex_unlock(&lock);
}

static void leave(void)
{
    pthread_mutex_lock(&lock);
    if (--calls == 0 && threads_before != 1) {
        openblas_set_num_threads(threads_before);
    }
    pthread_mutex_unlock(&lock);
}

void oc_blas_end_threads(void)
{
    openblas_set_num_threads(1);
    if (blas_thread_shutdown_) {
        blas_thread_shutdown_();
    }
}

typedef struct product {
    float alpha, beta;
    oc_matrix a, b;
    float *c;
    size_t stride; /* of C */
} product;

/* op(A) (m,k) and op(B) (k,n), where op transposes or does nothing. */
static void multiply(enum CBLAS_TRANSPOSE ta, enum CBLAS_TRANSPOSE tb, const product *p)
{
    bool at = ta == CblasTrans, bt = tb == CblasTrans;
    blasint m = (blasint)(at ? p->a.columns : p->a.rows), k = (blasint)(at ? p->a.rows : p->a.columns);
    blasint n = (blasint)(bt ? p->b.rows : p->b.columns);
    enter();
    cblas_sgemm(CblasRowMajor, ta, tb, m, n, k, p->alpha, p->a.data, (blasint)p->a.stride, p->b.data,
                (blasint)p->b.stride, p->beta, p->c, (blasint)p->stride);
    leave();
}

void oc_matmul_nt(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    multiply(CblasNoTrans, CblasTrans, &(product){alpha, beta, a, b, c, stride});
}

void oc_matmul_nn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    multiply(CblasNoTrans, CblasNoTrans, &(product){alpha, beta, a, b, c, stride});
}

void oc_matmul_tn(float alpha, oc_matrix a, oc_matrix b, float beta, float *c, size_t stride)
{
    multiply(CblasTrans, CblasNoTrans, &(product){alpha, beta, a, b, c, stride});
}

oc_status oc_eigen_symmetric(size_t n, float *a, float *values)
{
    if (n > INT_MAX) {
        return OC_NO_MEMORY;
    }
    blasint order = (blasint)n, query = -1, info = 0, integer_size = 0;
    float size = 0;
    enter();
    ssyevd_("V", "U", &order, a, &order, values, &size, &query, &integer_size, &query, &info);
    /* The size is returned as a float, perhaps rounded down: add more than the rounding error. */
    size_t capacity = (size_t)(size * 1.0001F) + 64;
    float *work = oc_alloc(capacity, sizeof *work);
    blasint *integers = oc_alloc((size_t)integer_size, sizeof *integers);
    oc_status status = work && integers ? OC_BAD_DATA : OC_NO_MEMORY;
    if (work && integers && info == 0) {
        blasint length = (blasint)capacity;
        ssyevd_("V", "U", &order, a, &order, values, work, &length, integers, &integer_size, &info);
        status = info == 0 ? OC_OK : OC_BAD_DATA;
    }
    leave();
    oc_free(work);
    oc_free(integers);
    return status;
}

bool oc_cholesky_block(size_t n, float *a, size_t lda)
{
    if (n > INT_MAX || lda > INT_MAX) {
        return false;
    }
    blasint order = (blasint)n, stride = (blasint)lda, info = 0;
    enter();
    spotrf_("U", &order, a, &stride, &info); /* Fortran's upper triangle is the lower one in C order */
    leave();
    bool positive = info == 0;
    for (size_t i = 0; i < n && positive; i++) {
        positive = a[i * lda + i] > 0; /* OpenBLAS does not report NaN */
    }
    return positive;
}

void oc_syrk_lower(float alpha, oc_matrix a, float beta, float *c, size_t stride)
{
    enter();
    cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, (blasint)a.rows, (blasint)a.columns, alpha, a.data,
                (blasint)a.stride, beta, c, (blasint)stride);
    leave();
}

void oc_syrk_upper(float alpha, oc_matrix a, float beta, float *c, size_t stride)
{
    enter();
    cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (blasint)a.columns, (blasint)a.rows, alpha, a.data,
                (blasint)a.stride, beta, c, (blasint)stride);
    leave();
}

/* X op(L) = B */
static void solve(enum CBLAS_TRANSPOSE op, oc_matrix l, float *b, size_t count, size_t stride)
{
    enter();
    cblas_strsm(CblasRowMajor, CblasRight, CblasLower, op, CblasNonUnit, (blasint)count, (blasint)l.rows, 1, l.data,
                (blasint)l.stride, b, (blasint)stride);
    leave();
}

void oc_solve_lower(oc_matrix l, float *b, size_t count, size_t stride)
{
    solve(CblasNoTrans, l, b, count, stride);
}

void oc_solve_lower_transposed(oc_matrix l, float *b, size_t count, size_t stride)
{
    solve(CblasTrans, l, b, count, stride);
}
