/* Products run on one thread and leave OpenBLAS' number of threads as the program has it. */
#include "src/matrix/blas.h"

#include "src/base/threads.h"

#include <criterion/criterion.h>

int openblas_get_num_threads(void);
void openblas_set_num_threads(int threads);

enum { N = 40 };

static void multiply(void *context, size_t index, size_t worker)
{
    (void)worker;
    int *threads = context;
    float a[N * N], c[N * N];
    for (size_t i = 0; i < N * N; i++) {
        a[i] = (float)(i % 7);
    }
    oc_matmul_nt(1, oc_packed(a, N, N), oc_packed(a, N, N), 0, c, N);
    oc_matmul_nn(1, oc_packed(a, N, N), oc_packed(a, N, N), 1, c, N);
    threads[index] = openblas_get_num_threads();
}

Test(blas, the_number_of_threads_is_restored)
{
    enum { TASKS = 200 };
    static int threads[TASKS];
    oc_job *job = NULL;
    openblas_set_num_threads(3);
    cr_assert(oc_job_create(4, NULL, &job, NULL) == OC_OK);
    oc_parallel(job, TASKS, multiply, threads);
    oc_job_free(job);
    cr_assert(openblas_get_num_threads() == 3);
    float symmetric[] = {2, 1, 1, 2}, values[2];
    cr_assert(oc_eigen_symmetric(2, symmetric, values) == OC_OK);
    cr_assert(oc_cholesky_block(2, (float[]){4, 0, 2, 5}, 2));
    cr_assert(openblas_get_num_threads() == 3);
}

Test(blas, a_program_may_end_the_threads)
{
    int threads = 0;
    openblas_set_num_threads(3);
    oc_blas_end_threads();
    multiply(&threads, 0, 0);
    cr_assert(threads == 1 && openblas_get_num_threads() == 1);
}
