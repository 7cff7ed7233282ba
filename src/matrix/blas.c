/* BLAS and LAPACK, held to one thread: the caller parallelises over fixed tiles, so that results do not depend on the
 * number of threads. */
#include "src/matrix/blas.h"

#include "src/base/memory.h"

#include <cblas.h>
#include <limits.h>
#include <pthread.h>

/* Fortran LAPACK, which OpenBLAS carries without a header of its own in every package. */
void ssyevd_(const char *jobz, const char *uplo, const blasint *n, float *a, const blasint *lda, float *w, float *work,
             const blasint *lwork, blasint *iwork, const blasint *liwork, blasint *info);
void spotrf_(const char *uplo, const blasint *n, float *a, const blasint *lda, blasint *info);

/* What OpenBLAS itself calls before a fork. Builds without threads lack it. */
int blas_thread_shutdown_(void) __attribute__((weak));

/* OpenBLAS starts threads with every process, which turn idly for some hundredths of a second, in the way of ours.
 * Whoever has work for them gets them back: OpenBLAS starts them again. */
static void __attribute__((constructor)) end_idle_threads(void)
{
    if (blas_thread_shutdown_) {
        blas_thread_shutdown_();
    }
}

static void use_one_thread(void)
{
    openblas_set_num_threads(1);
    end_idle_threads(); /* just started again */
}

static void prepare(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, use_one_thread);
}

static void gemm(enum CBLAS_TRANSPOSE ta, enum CBLAS_TRANSPOSE tb, size_t m, size_t n, size_t k, float alpha,
                 const float *a, size_t lda, const float *b, size_t ldb, float beta, float *c, size_t ldc)
{
    prepare();
    cblas_sgemm(CblasRowMajor, ta, tb, (blasint)m, (blasint)n, (blasint)k, alpha, a, (blasint)lda, b, (blasint)ldb,
                beta, c, (blasint)ldc);
}

void oc_gemm_nt(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    gemm(CblasNoTrans, CblasTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void oc_gemm_nn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    gemm(CblasNoTrans, CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

void oc_gemm_tn(size_t m, size_t n, size_t k, float alpha, const float *a, size_t lda, const float *b, size_t ldb,
                float beta, float *c, size_t ldc)
{
    gemm(CblasTrans, CblasNoTrans, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);
}

oc_status oc_eigen_symmetric(size_t n, float *a, float *values)
{
    prepare();
    if (n > INT_MAX) {
        return OC_NO_MEMORY;
    }
    blasint order = (blasint)n, query = -1, info = 0, integer_size = 0;
    float size = 0;
    ssyevd_("V", "U", &order, a, &order, values, &size, &query, &integer_size, &query, &info);
    /* The size comes back as a float: step over what rounding may have cut off. */
    size_t room = (size_t)(size * 1.0001F) + 64;
    float *work = oc_alloc(room, sizeof *work);
    blasint *integers = oc_alloc((size_t)integer_size, sizeof *integers);
    oc_status status = work && integers ? OC_BAD_DATA : OC_NO_MEMORY;
    if (work && integers && info == 0) {
        blasint length = (blasint)room;
        ssyevd_("V", "U", &order, a, &order, values, work, &length, integers, &integer_size, &info);
        status = info == 0 ? OC_OK : OC_BAD_DATA;
    }
    oc_free(work);
    oc_free(integers);
    return status;
}

bool oc_cholesky_block(size_t n, float *a, size_t lda)
{
    prepare();
    if (n > INT_MAX || lda > INT_MAX) {
        return false;
    }
    blasint order = (blasint)n, stride = (blasint)lda, info = 0;
    spotrf_("U", &order, a, &stride, &info); /* Fortran's upper triangle is the lower one in C order */
    bool positive = info == 0;
    for (size_t i = 0; i < n && positive; i++) {
        positive = a[i * lda + i] > 0; /* NaN passes through OpenBLAS unseen */
    }
    return positive;
}

void oc_syrk_lower(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc)
{
    prepare();
    cblas_ssyrk(CblasRowMajor, CblasLower, CblasNoTrans, (blasint)n, (blasint)k, alpha, a, (blasint)lda, beta, c,
                (blasint)ldc);
}

void oc_syrk_upper(size_t n, size_t k, float alpha, const float *a, size_t lda, float beta, float *c, size_t ldc)
{
    prepare();
    cblas_ssyrk(CblasRowMajor, CblasUpper, CblasTrans, (blasint)n, (blasint)k, alpha, a, (blasint)lda, beta, c,
                (blasint)ldc);
}

static void solve(enum CBLAS_TRANSPOSE transpose, size_t count, size_t n, const float *l, size_t ldl, float *b,
                  size_t ldb)
{
    prepare();
    cblas_strsm(CblasRowMajor, CblasRight, CblasLower, transpose, CblasNonUnit, (blasint)count, (blasint)n, 1, l,
                (blasint)ldl, b, (blasint)ldb);
}

void oc_solve_lower(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb)
{
    solve(CblasNoTrans, count, n, l, ldl, b, ldb);
}

void oc_solve_lower_transposed(size_t count, size_t n, const float *l, size_t ldl, float *b, size_t ldb)
{
    solve(CblasTrans, count, n, l, ldl, b, ldb);
}
