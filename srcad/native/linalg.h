/* Linear algebra by LAPACK, whose matrices stand column by column; of small ones by loops. A kernel that calls these was
given LAPACK's functions. */
#include <limits.h>

#define SMALL 8
typedef void (*lapack)();

#define LAPACK(function, ...) do { \
    const int ended = function(call, __VA_ARGS__); \
    if (UNLIKELY(ended != DONE)) return ended; } while (0)
#define LINKED(k) ((lapack)call->linked[k])

/* Rows to columns. */
static void turned(const double *a, double *to, int64_t rows, int64_t columns) {
    for (int64_t i = 0; i < rows; ++i)
        for (int64_t j = 0; j < columns; ++j) to[j * rows + i] = a[i * columns + j];
}

static double *room(call *c, block **b, int64_t n) {
    *b = new_block(c, (n ? n : 1) * 8, 0);
    return *b ? (double *)DATA_OF(*b) : NULL;
}

/* L and U in the place of a matrix of columns; 0, or where U has a zero. */
static int factored(lapack getrf, double *a, int *pivots, int n) {
    int zero = 0;
    if (n > SMALL) {
        getrf(&n, &n, a, &n, pivots, &zero);
        return zero;
    }
    for (int k = 0; k < n; ++k) {
        int best = k;
        for (int i = k + 1; i < n; ++i)
            if (fabs(a[i + k * n]) > fabs(a[best + k * n])) best = i;
        pivots[k] = best + 1;
        if (a[best + k * n] == 0.0) {
            zero = zero ? zero : k + 1;
            continue;
        }
        if (best != k)
            for (int j = 0; j < n; ++j) {
                const double kept = a[k + j * n];
                a[k + j * n] = a[best + j * n];
                a[best + j * n] = kept;
            }
        const double by = 1.0 / a[k + k * n];
        for (int i = k + 1; i < n; ++i) a[i + k * n] *= by;
        for (int j = k + 1; j < n; ++j)
            for (int i = k + 1; i < n; ++i) a[i + j * n] -= a[i + k * n] * a[k + j * n];
    }
    return zero;
}

/* The solutions of LU x = b in the place of the columns of b. */
static void substituted(lapack getrs, double *lu, int *pivots, double *b, int n, int m) {
    if (n > SMALL) {
        int info;
        getrs("N", &n, &m, lu, &n, pivots, b, &n, &info);
        return;
    }
    for (int j = 0; j < m; ++j) {
        double *x = b + (int64_t)j * n;
        for (int k = 0; k < n; ++k) {
            const double kept = x[k];
            x[k] = x[pivots[k] - 1];
            x[pivots[k] - 1] = kept;
        }
        for (int k = 0; k < n; ++k)
            for (int i = k + 1; i < n; ++i) x[i] -= lu[i + k * n] * x[k];
        for (int k = n - 1; k >= 0; --k) {
            x[k] /= lu[k + k * n];
            for (int i = 0; i < k; ++i) x[i] -= lu[i + k * n] * x[k];
        }
    }
}

/* The solution of a x = b for rows of right hand sides; NULL: the identity, of which the inverse comes. */
static int solved(call *c, lapack getrf, lapack getrs, const double *a, const double *b, double *x, int64_t n, int64_t m) {
    if (!n || !m) return DONE;
    if (n > INT_MAX || m > INT_MAX) return ARITHMETIC;
    block *first, *second;
    double *lu = room(c, &first, n * n), *right = room(c, &second, n * m + n);
    if (!lu || !right) return MEMORY;
    int *pivots = (int *)(right + n * m);
    turned(a, lu, n, n);
    if (factored(getrf, lu, pivots, (int)n)) return VALUE;
    if (b) turned(b, right, n, m);
    else {
        memset(right, 0, (size_t)(n * n) * 8);
        for (int64_t k = 0; k < n; ++k) right[k * n + k] = 1.0;
    }
    substituted(getrs, lu, pivots, right, (int)n, (int)m);
    turned(right, x, m, n);
    release(c, first);
    release(c, second);
    return DONE;
}

/* The solution of a x = b for complex numbers, of all sizes by LAPACK; NULL: the identity, of which the inverse comes. */
static int solved_z(call *c, lapack getrf, lapack getrs, const double _Complex *a, const double _Complex *b,
                    double _Complex *x, int64_t n, int64_t m) {
    if (!n || !m) return DONE;
    if (n > INT_MAX || m > INT_MAX) return ARITHMETIC;
    block *first, *second;
    double _Complex *lu = (double _Complex *)room(c, &first, 2 * n * n);
    double _Complex *right = (double _Complex *)room(c, &second, 2 * n * m + n);
    if (!lu || !right) return MEMORY;
    int *pivots = (int *)(right + n * m), order = (int)n, columns = (int)m, info = 0;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) lu[j * n + i] = a[i * n + j];
    getrf(&order, &order, lu, &order, pivots, &info);
    if (info) return VALUE;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < m; ++j) right[j * n + i] = b ? b[i * m + j] : i == j;
    getrs("N", &order, &columns, lu, &order, pivots, right, &order, &info);
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < m; ++j) x[i * m + j] = right[j * n + i];
    release(c, first);
    release(c, second);
    return DONE;
}

/* The inverse; full of nan where there is none. */
static int inverted(call *c, lapack getrf, lapack getrs, const double *a, double *x, int64_t n) {
    const int how = solved(c, getrf, getrs, a, NULL, x, n, n);
    if (how == VALUE)
        for (int64_t k = 0; k < n * n; ++k) x[k] = NAN;
    return how == VALUE ? DONE : how;
}

static int inverted_z(call *c, lapack getrf, lapack getrs, const double _Complex *a, double _Complex *x, int64_t n) {
    const int how = solved_z(c, getrf, getrs, a, NULL, x, n, n);
    if (how == VALUE)
        for (int64_t k = 0; k < 2 * n * n; ++k) ((double *)x)[k] = NAN;
    return how == VALUE ? DONE : how;
}

/* The sign of a determinant, and the logarithm of its modulus. */
static int determined(call *c, lapack getrf, const double *a, double *sign, double *logarithm, int64_t n) {
    if (n > INT_MAX) return ARITHMETIC;
    block *first;
    double *lu = room(c, &first, n * n + n);
    if (!lu) return MEMORY;
    int *pivots = (int *)(lu + n * n);
    turned(a, lu, n, n);
    *sign = 1.0;
    *logarithm = 0.0;
    if (n && factored(getrf, lu, pivots, (int)n)) {
        *sign = 0.0;
        *logarithm = -INFINITY;
    } else
        for (int64_t k = 0; k < n; ++k) {
            const double u = lu[k * n + k];
            if ((pivots[k] != k + 1) != (u < 0.0)) *sign = -*sign;
            *logarithm += log(fabs(u));
        }
    release(c, first);
    return DONE;
}

static int determined_z(call *c, lapack getrf, const double _Complex *a, double _Complex *sign, double *logarithm,
                        int64_t n) {
    if (n > INT_MAX) return ARITHMETIC;
    block *first;
    double _Complex *lu = (double _Complex *)room(c, &first, 2 * n * n + n);
    if (!lu) return MEMORY;
    int *pivots = (int *)(lu + n * n), order = (int)n, info = 0;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) lu[j * n + i] = a[i * n + j];
    *sign = 1.0;
    *logarithm = 0.0;
    if (n) getrf(&order, &order, lu, &order, pivots, &info);
    if (info) {
        *sign = 0.0;
        *logarithm = -INFINITY;
    } else
        for (int64_t k = 0; k < n; ++k) {
            const double size = cabs(lu[k * n + k]);
            *sign *= (pivots[k] != k + 1 ? -1.0 : 1.0) * (lu[k * n + k] / size);
            *logarithm += log(size);
        }
    release(c, first);
    return DONE;
}

/* The determinant times the transpose of the inverse, for matrices that are far from singular. */
static int cofactors(call *c, lapack getrf, lapack getrs, const double *a, double *out, int64_t n) {
    double sign, logarithm;
    if (!n) return DONE;
    block *first;
    double *inverse = room(c, &first, n * n);
    if (!inverse) return MEMORY;
    int how = solved(c, getrf, getrs, a, NULL, inverse, n, n);
    if (how == DONE) how = determined(c, getrf, a, &sign, &logarithm, n);
    if (how != DONE) return how == VALUE ? ARITHMETIC : how;
    double sizes[2] = {0.0, 0.0};
    for (int64_t i = 0; i < n; ++i) {
        double sums[2] = {0.0, 0.0};
        for (int64_t j = 0; j < n; ++j) {
            sums[0] += fabs(a[i * n + j]);
            sums[1] += fabs(inverse[i * n + j]);
        }
        for (int k = 0; k < 2; ++k) sizes[k] = maximum_d(sizes[k], sums[k]);
    }
    if (!(sizes[0] * sizes[1] < 1e8)) return ARITHMETIC;
    const double factor = sign * exp(logarithm);
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) out[i * n + j] = factor * inverse[j * n + i];
    release(c, first);
    return DONE;
}

static int cofactors_z(call *c, lapack getrf, lapack getrs, const double _Complex *a, double _Complex *out, int64_t n) {
    double _Complex sign;
    double logarithm, sizes[2] = {0.0, 0.0};
    if (!n) return DONE;
    block *first;
    double _Complex *inverse = (double _Complex *)room(c, &first, 2 * n * n);
    if (!inverse) return MEMORY;
    int how = solved_z(c, getrf, getrs, a, NULL, inverse, n, n);
    if (how == DONE) how = determined_z(c, getrf, a, &sign, &logarithm, n);
    if (how != DONE) return how == VALUE ? ARITHMETIC : how;
    for (int64_t i = 0; i < n; ++i) {
        double sums[2] = {0.0, 0.0};
        for (int64_t j = 0; j < n; ++j) {
            sums[0] += cabs(a[i * n + j]);
            sums[1] += cabs(inverse[i * n + j]);
        }
        for (int k = 0; k < 2; ++k) sizes[k] = maximum_d(sizes[k], sums[k]);
    }
    if (!(sizes[0] * sizes[1] < 1e8)) return ARITHMETIC;
    const double _Complex factor = sign * exp(logarithm);
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) out[i * n + j] = factor * inverse[j * n + i];
    release(c, first);
    return DONE;
}

/* The factor of Cholesky in one triangle, zeros in the other. */
static int rooted(call *c, lapack potrf, const double *a, double *out, int64_t n, int upper) {
    if (n > INT_MAX) return ARITHMETIC;
    for (int64_t i = 0; i < n; ++i)
        for (int64_t j = 0; j < n; ++j) {
            const bool kept = upper ? j >= i : j <= i;
            out[i * n + j] = kept ? a[i * n + j] : 0.0;
        }
    if (n > SMALL) { /* the rows of one triangle are the columns of the other */
        int order = (int)n, info;
        potrf(upper ? "L" : "U", &order, out, &order, &info);
        return info ? VALUE : DONE;
    }
    const int64_t down = upper ? 1 : n, right = upper ? n : 1;
    for (int64_t j = 0; j < n; ++j) {
        double pivot = out[j * n + j];
        for (int64_t k = 0; k < j; ++k) pivot -= out[j * down + k * right] * out[j * down + k * right];
        if (!(pivot > 0.0)) return VALUE;
        out[j * n + j] = pivot = sqrt(pivot);
        for (int64_t i = j + 1; i < n; ++i) {
            double sum = out[i * down + j * right];
            for (int64_t k = 0; k < j; ++k) sum -= out[i * down + k * right] * out[j * down + k * right];
            out[i * down + j * right] = sum / pivot;
        }
    }
    return DONE;
}

/* Right hand sides, and behind them the matrix, column by column; NULL: there is no memory. */
static double *system_of(call *c, block **first, const double *a, const double *b, int64_t n, int64_t m) {
    double *right = room(c, first, n * (n + m));
    if (!right) return NULL;
    turned(b, right, n, m);
    turned(a, right + n * m, n, n);
    return right;
}

/* A triangular system. */
static int substituted_once(call *c, lapack trtrs, const double *a, const double *b, double *x, int64_t n, int64_t m,
                            const char *triangle, const char *trans, const char *diagonal) {
    if (!n || !m) return DONE;
    if (n > INT_MAX || m > INT_MAX) return ARITHMETIC;
    block *first;
    double *right = system_of(c, &first, a, b, n, m);
    if (!right) return MEMORY;
    double *matrix = right + n * m;
    int order = (int)n, count = (int)m, info;
    trtrs(triangle, trans, diagonal, &order, &count, matrix, &order, right, &order, &info);
    if (info) return VALUE;
    turned(right, x, m, n);
    release(c, first);
    return DONE;
}

/* The solution of a x = b, where one triangle of c is a factor of Cholesky of a. */
static int by_root(call *c, lapack potrs, const double *a, const double *b, double *x, int64_t n, int64_t m,
                   const char *triangle) {
    if (!n || !m) return DONE;
    if (n > INT_MAX || m > INT_MAX) return ARITHMETIC;
    block *first;
    double *right = system_of(c, &first, a, b, n, m);
    if (!right) return MEMORY;
    double *matrix = right + n * m;
    int order = (int)n, count = (int)m, info;
    potrs(triangle, &order, &count, matrix, &order, right, &order, &info);
    if (info) return VALUE;
    turned(right, x, m, n);
    release(c, first);
    return DONE;
}

/* Eigenvalues and, where there is room for them, eigenvectors of a symmetric matrix, of which one triangle is read. */
static int symmetric(call *c, lapack syevd, const double *a, double *values, double *vectors, int64_t n, const char *triangle) {
    if (!n) return DONE;
    if (n > INT_MAX) return ARITHMETIC;
    int order = (int)n, info = 0, wanted = -1, whole, wanted_whole = -1;
    double size;
    const char *job = vectors ? "V" : "N";
    block *first, *second;
    syevd(job, triangle, &order, NULL, &order, NULL, &size, &wanted, &whole, &wanted_whole, &info);
    wanted = (int)size;
    wanted_whole = whole;
    double *matrix = room(c, &first, n * n), *work = room(c, &second, (int64_t)wanted + wanted_whole);
    if (!matrix || !work) return MEMORY;
    turned(a, matrix, n, n);
    syevd(job, triangle, &order, matrix, &order, values, work, &wanted, (int *)(work + wanted), &wanted_whole, &info);
    if (info) return VALUE;
    if (vectors) turned(matrix, vectors, n, n);
    release(c, first);
    release(c, second);
    return DONE;
}

/* Singular values and, where there is room for them, singular vectors: all, or as many as there are values. */
static int singular(call *c, lapack gesdd, const double *a, double *u, double *s, double *vt, int64_t rows, int64_t columns,
                    int all) {
    const int64_t k = rows < columns ? rows : columns, left = all ? rows : k, right = all ? columns : k;
    if (!k) return ARITHMETIC;
    if (rows > INT_MAX || columns > INT_MAX) return ARITHMETIC;
    int m = (int)rows, n = (int)columns, ldvt = u ? (int)right : 1, ldu = u ? (int)left : 1, wanted = -1, info = 0;
    const char *job = !u ? "N" : all ? "A" : "S";
    double size;
    block *first, *second;
    ldu = u ? m : 1;
    gesdd(job, &m, &n, NULL, &m, NULL, NULL, &ldu, NULL, &ldvt, &size, &wanted, NULL, &info);
    wanted = (int)size;
    double *matrix = room(c, &first, rows * columns + (u ? rows * left + right * columns : 0));
    double *work = room(c, &second, wanted + 8 * k);
    if (!matrix || !work) return MEMORY;
    double *us = matrix + rows * columns, *vs = us + rows * left;
    turned(a, matrix, rows, columns);
    gesdd(job, &m, &n, matrix, &m, s, us, &ldu, vs, &ldvt, work, &wanted, (int *)(work + wanted), &info);
    if (info) return VALUE;
    if (u) {
        turned(us, u, left, rows);
        turned(vs, vt, columns, right);
    }
    release(c, first);
    release(c, second);
    return DONE;
}

/* Q with as many columns as the shorter side, and R. */
static int orthogonal(call *c, lapack geqrf, lapack orgqr, const double *a, double *q, double *r, int64_t rows, int64_t columns) {
    const int64_t k = rows < columns ? rows : columns;
    if (!k) return ARITHMETIC;
    if (rows > INT_MAX || columns > INT_MAX) return ARITHMETIC;
    int m = (int)rows, n = (int)columns, least = (int)k, wanted = -1, info = 0;
    double size[2];
    geqrf(&m, &n, NULL, &m, NULL, size, &wanted, &info);
    orgqr(&m, &least, &least, NULL, &m, NULL, size + 1, &wanted, &info);
    wanted = (int)(size[0] > size[1] ? size[0] : size[1]);
    block *first;
    double *matrix = room(c, &first, rows * columns + k + wanted);
    if (!matrix) return MEMORY;
    double *tau = matrix + rows * columns, *work = tau + k;
    turned(a, matrix, rows, columns);
    geqrf(&m, &n, matrix, &m, tau, work, &wanted, &info);
    if (info) return VALUE;
    for (int64_t i = 0; i < k; ++i)
        for (int64_t j = 0; j < columns; ++j) r[i * columns + j] = j < i ? 0.0 : matrix[j * rows + i];
    orgqr(&m, &least, &least, matrix, &m, tau, work, &wanted, &info);
    if (info) return VALUE;
    turned(matrix, q, k, rows);
    release(c, first);
    return DONE;
}
