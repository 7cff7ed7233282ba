/* Cholesky's factorisation, one panel of BLOCK columns after the other (right-looking: Golub and Van Loan, "Matrix
 * computations", section 4.2):
 *
 *     L_kk = chol A_kk,   L_ik = A_ik L_kk^-T,   A_ij <- A_ij - L_ik L_jk^T     (k < j <= i)
 *
 * The tiles of one step are independent of each other. The solutions work by blocks too, always along the rows of L:
 * the forward solution reads the blocks that are solved, the backward solution updates the blocks that are not solved
 * yet. */
#include "src/matrix/cholesky.h"

#include "src/base/threads.h"
#include "src/matrix/blas.h"

/* NARROW_BLOCK, WIDE_BLOCK: columns of a panel, for matrices of fewer than WIDE columns and of more. STRIP: rows or
 * columns of L in one task of a solution. REFLECT: side of the tiles of a transposition. */
enum { NARROW_BLOCK = 256, WIDE_BLOCK = 512, WIDE = 4096, STRIP = 64, REFLECT = 64 };

static size_t block_of(size_t n)
{
    return n < WIDE ? NARROW_BLOCK : WIDE_BLOCK;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

typedef struct panel {
    size_t n, block, first, width; /* columns first..first+width-1 */
    float *a;
} panel;

static void solve_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    const panel *p = context;
    size_t top = p->first + (index + 1) * p->block;
    oc_solve_lower_transposed(oc_view(p->a + p->first * p->n + p->first, p->width, p->width, p->n),
                              p->a + top * p->n + p->first, smaller(p->block, p->n - top), p->n);
}

/* Updates tile `index` of the lower triangle after the panel, counted row by row. */
static void update_tile(void *context, size_t index, size_t worker)
{
    (void)worker;
    const panel *p = context;
    size_t row = 0;
    while (index > row) {
        index -= ++row;
    }
    size_t top = p->first + (row + 1) * p->block, left = p->first + (index + 1) * p->block;
    size_t height = smaller(p->block, p->n - top);
    const float *l = p->a + top * p->n + p->first;
    float *tile = p->a + top * p->n + left;
    if (top == left) {
        oc_syrk_lower(-1, oc_view(l, height, p->width, p->n), 1, tile, p->n);
    } else {
        oc_matmul_nt(-1, oc_view(l, height, p->width, p->n),
                     oc_view(p->a + left * p->n + p->first, p->block, p->width, p->n), 1, tile, p->n);
    }
}

bool oc_cholesky_factor(size_t n, float *a, oc_job *job)
{
    panel p = {.n = n, .block = block_of(n), .a = a};
    for (p.first = 0; p.first < n; p.first += p.block) {
        p.width = smaller(p.block, n - p.first);
        if (oc_job_cancelled(job) || !oc_cholesky_block(p.width, a + p.first * n + p.first, n)) {
            return false;
        }
        size_t below = (n - p.first - p.width + p.block - 1) / p.block;
        oc_parallel(job, below, solve_tile, &p);
        oc_parallel(job, below * (below + 1) / 2, update_tile, &p);
    }
    return true;
}

/* Row `index` of tiles: copies the values above the diagonal to below it. */
static void reflect_tiles(void *context, size_t index, size_t worker)
{
    (void)worker;
    const panel *p = context;
    size_t top = index * REFLECT, bottom = smaller(top + REFLECT, p->n);
    for (size_t left = 0; left <= top; left += REFLECT) {
        for (size_t i = top; i < bottom; i++) {
            size_t right = smaller(left + REFLECT, i);
            for (size_t j = left; j < right; j++) {
                p->a[i * p->n + j] = p->a[j * p->n + i];
            }
        }
    }
}

void oc_symmetric_reflect(size_t n, float *a, oc_job *job)
{
    panel p = {.n = n, .a = a};
    oc_parallel(job, (n + REFLECT - 1) / REFLECT, reflect_tiles, &p);
}

typedef struct solution {
    size_t n, count, first, width; /* the block of rows first..first+width-1 of L */
    const float *l;
    float *b; /* (count, n) */
} solution;

/* Forward, columns of the block: b -= (all blocks before) times L^T. */
static void gather_strip(void *context, size_t index, size_t worker)
{
    (void)worker;
    const solution *s = context;
    size_t left = s->first + index * STRIP, width = smaller(STRIP, s->first + s->width - left);
    oc_matmul_nt(-1, oc_view(s->b, s->count, s->first, s->n), oc_view(s->l + left * s->n, width, s->first, s->n), 1,
                 s->b + left, s->n);
}

/* Backward, columns before the block: b -= block times L. */
static void scatter_strip(void *context, size_t index, size_t worker)
{
    (void)worker;
    const solution *s = context;
    size_t left = index * WIDE_BLOCK, width = smaller(WIDE_BLOCK, s->first - left);
    oc_matmul_nn(-1, oc_view(s->b + s->first, s->count, s->width, s->n),
                 oc_view(s->l + s->first * s->n + left, s->width, width, s->n), 1, s->b + left, s->n);
}

void oc_cholesky_forward(size_t n, const float *l, size_t count, float *b, oc_job *job)
{
    solution s = {.n = n, .count = count, .l = l, .b = b};
    for (s.first = 0; s.first < n; s.first += NARROW_BLOCK) {
        s.width = smaller(NARROW_BLOCK, n - s.first);
        if (s.first > 0) {
            oc_parallel(job, (s.width + STRIP - 1) / STRIP, gather_strip, &s);
        }
        oc_solve_lower_transposed(oc_view(l + s.first * n + s.first, s.width, s.width, n), b + s.first, count, n);
    }
}

void oc_cholesky_backward(size_t n, const float *l, size_t count, float *b, oc_job *job)
{
    solution s = {.n = n, .count = count, .l = l, .b = b};
    for (size_t end = n; end > 0; end = s.first) {
        s.first = (end - 1) / NARROW_BLOCK * NARROW_BLOCK;
        s.width = end - s.first;
        oc_solve_lower(oc_view(l + s.first * n + s.first, s.width, s.width, n), b + s.first, count, n);
        oc_parallel(job, (s.first + WIDE_BLOCK - 1) / WIDE_BLOCK, scatter_strip, &s);
    }
}

void oc_cholesky_solve(size_t n, const float *l, size_t count, float *b, oc_job *job)
{
    oc_cholesky_forward(n, l, count, b, job);
    oc_cholesky_backward(n, l, count, b, job);
}
