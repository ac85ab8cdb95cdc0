"""linalg.h in Numba's Python: linear algebra by LAPACK, of small matrices by loops.

Matrices of LAPACK stand by columns. Each function says how it has ended.
"""

from __future__ import annotations

from srcad.native.arithmetic import exp, fabs, log, maximum, smaller, sqrt
from srcad.native.machine_code import address, ahead, fill_with_zeros, fortran, pointer, scratch, viewed
from srcad.native.runtime import (
    ARITHMETIC,
    DONE,
    HEADER,
    INFINITY,
    MEMORY,
    NAN,
    VALUE,
    compiled,
    data,
    float64,
    int32,
    new_block,
    release,
    uint8,
)

SMALL = 8
MOST = 2**31 - 1
LETTER_A, LETTER_L, LETTER_N, LETTER_S, LETTER_U, LETTER_V = (uint8(ord(one)) for one in "ALNSUV")


@compiled
def room(call, n):
    """A block for so many doubles; 0: there is no memory."""
    return new_block(call, max(n, 1) * 8, 0)


@compiled
def doubles(block):
    return pointer(block + HEADER, float64)


@compiled
def turned(a, to, rows, columns):
    """Rows to columns."""
    for i in range(rows):
        for j in range(columns):
            to[j * rows + i] = a[i * columns + j]


@compiled
def is_there(pointer):
    return address(pointer) != 0


@compiled
def factored(getrf, a, pivots, n):
    """L and U in the place of a matrix of columns; 0, or where U has a zero."""
    if n > SMALL:
        info = scratch(int32)
        fortran(getrf, n, n, a, n, pivots, info)
        return int(info[0])
    zero = 0
    for k in range(n):
        best = k
        for i in range(k + 1, n):
            if fabs(a[i + k * n]) > fabs(a[best + k * n]):
                best = i
        pivots[k] = best + 1
        if a[best + k * n] == 0.0:
            zero = zero if zero != 0 else k + 1
            continue
        if best != k:
            for j in range(n):
                a[k + j * n], a[best + j * n] = a[best + j * n], a[k + j * n]
        by = 1.0 / a[k + k * n]
        for i in range(k + 1, n):
            a[i + k * n] *= by
        for j in range(k + 1, n):
            for i in range(k + 1, n):
                a[i + j * n] -= a[i + k * n] * a[k + j * n]
    return zero


@compiled
def substituted(getrs, lu, pivots, b, n, m):
    """The solutions of LU x = b in the place of the columns of b."""
    if n > SMALL:
        fortran(getrs, LETTER_N, n, m, lu, n, pivots, b, n, scratch(int32))
        return
    for column in range(m):
        x = ahead(b, column * n)
        for k in range(n):
            other = int(pivots[k]) - 1
            x[k], x[other] = x[other], x[k]
        for k in range(n):
            for i in range(k + 1, n):
                x[i] -= lu[i + k * n] * x[k]
        for k in range(n - 1, -1, -1):
            x[k] /= lu[k + k * n]
            for i in range(k):
                x[i] -= lu[i + k * n] * x[k]


@compiled
def solved(call, getrf, getrs, a, b, x, n, m):
    """The solution of a x = b for rows of right hand sides; no b: the identity, of which the inverse comes."""
    if n == 0 or m == 0:
        return DONE
    if n > MOST or m > MOST:
        return ARITHMETIC
    first, second = room(call, n * n), room(call, n * m + n)
    if first == 0 or second == 0:
        return MEMORY
    lu, right = doubles(first), doubles(second)
    pivots = viewed(ahead(right, n * m), int32)
    turned(a, lu, n, n)
    if factored(getrf, lu, pivots, n) != 0:
        return VALUE
    if is_there(b):
        turned(b, right, n, m)
    else:
        fill_with_zeros(address(right), n * n * 8)
        for k in range(n):
            right[k * n + k] = 1.0
    substituted(getrs, lu, pivots, right, n, m)
    turned(right, x, m, n)
    release(call, first)
    release(call, second)
    return DONE


@compiled
def inverted(call, getrf, getrs, a, x, n):
    """The inverse; full of nan where there is none."""
    how = solved(call, getrf, getrs, a, data(0, float64), x, n, n)
    if how != VALUE:
        return how
    for k in range(n * n):
        x[k] = NAN
    return DONE


@compiled
def determined(call, getrf, a, sign, logarithm, n):
    """The sign of a determinant, and the logarithm of its modulus."""
    if n > MOST:
        return ARITHMETIC
    first = room(call, n * n + n)
    if first == 0:
        return MEMORY
    lu = doubles(first)
    pivots = viewed(ahead(lu, n * n), int32)
    turned(a, lu, n, n)
    sign[0], logarithm[0] = 1.0, 0.0
    if n > 0 and factored(getrf, lu, pivots, n) != 0:
        sign[0], logarithm[0] = 0.0, -INFINITY
    else:
        for k in range(n):
            u = lu[k * n + k]
            if (pivots[k] != k + 1) != (u < 0.0):
                sign[0] = -sign[0]
            logarithm[0] += log(fabs(u))
    release(call, first)
    return DONE


@compiled
def cofactors(call, getrf, getrs, a, out, n):
    """The determinant times the transpose of the inverse, for matrices that are far from singular."""
    if n == 0:
        return DONE
    first = room(call, n * n)
    if first == 0:
        return MEMORY
    inverse, sign, logarithm = doubles(first), scratch(float64), scratch(float64)
    how = solved(call, getrf, getrs, a, pointer(0, float64), inverse, n, n)
    if how == DONE:
        how = determined(call, getrf, a, sign, logarithm, n)
    if how != DONE:
        return ARITHMETIC if how == VALUE else how
    if not size_of_rows(a, n) * size_of_rows(inverse, n) < 1e8:
        return ARITHMETIC
    factor = sign[0] * exp(logarithm[0])
    for i in range(n):
        for j in range(n):
            out[i * n + j] = factor * inverse[j * n + i]
    release(call, first)
    return DONE


@compiled
def size_of_rows(a, n):
    """The largest sum of the moduli of a row."""
    size = 0.0
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += fabs(a[i * n + j])
        size = maximum(size, total)
    return size


@compiled
def rooted(call, potrf, a, out, n, upper):
    """The factor of Cholesky in one triangle, zeros in the other."""
    if n > MOST:
        return ARITHMETIC
    for i in range(n):
        for j in range(n):
            kept = j >= i if upper else j <= i
            out[i * n + j] = a[i * n + j] if kept else 0.0
    if n > SMALL:  # the rows of one triangle are the columns of the other
        info = scratch(int32)
        fortran(potrf, LETTER_L if upper else LETTER_U, n, out, n, info)
        return VALUE if info[0] != 0 else DONE
    return rooted_by_loops(out, n, 1 if upper else n, n if upper else 1)


@compiled
def rooted_by_loops(out, n, down, right):
    for j in range(n):
        pivot = out[j * n + j]
        for k in range(j):
            pivot -= out[j * down + k * right] * out[j * down + k * right]
        if not pivot > 0.0:
            return VALUE
        pivot = sqrt(pivot)
        out[j * n + j] = pivot
        for i in range(j + 1, n):
            total = out[i * down + j * right]
            for k in range(j):
                total -= out[i * down + k * right] * out[j * down + k * right]
            out[i * down + j * right] = total / pivot
    return DONE


@compiled
def system_of(call, a, b, n, m):
    """A block with right hand sides, and behind them the matrix, column by column; 0: there is no memory."""
    block = room(call, n * (n + m))
    if block != 0:
        turned(b, doubles(block), n, m)
        turned(a, ahead(doubles(block), n * m), n, n)
    return block


@compiled
def finished(call, block, info, x, n, m):
    """The solution, row by row, of a system whose right hand sides have become it."""
    if info[0] != 0:
        return VALUE
    turned(doubles(block), x, m, n)
    release(call, block)
    return DONE


@compiled
def substituted_once(call, trtrs, a, b, x, n, m, triangle, trans, diagonal):
    """A triangular system."""
    if n == 0 or m == 0:
        return DONE
    if n > MOST or m > MOST:
        return ARITHMETIC
    block, info = system_of(call, a, b, n, m), scratch(int32)
    if block == 0:
        return MEMORY
    right = doubles(block)
    fortran(trtrs, triangle, trans, diagonal, n, m, ahead(right, n * m), n, right, n, info)
    return finished(call, block, info, x, n, m)


@compiled
def by_root(call, potrs, a, b, x, n, m, triangle):
    """The solution of a x = b, where one triangle is a factor of Cholesky of a."""
    if n == 0 or m == 0:
        return DONE
    if n > MOST or m > MOST:
        return ARITHMETIC
    block, info = system_of(call, a, b, n, m), scratch(int32)
    if block == 0:
        return MEMORY
    right = doubles(block)
    fortran(potrs, triangle, n, m, ahead(right, n * m), n, right, n, info)
    return finished(call, block, info, x, n, m)


@compiled
def symmetric(call, syevd, a, values, vectors, n, triangle):
    """Eigenvalues and, where there is room, eigenvectors of a symmetric matrix, of which one triangle is read."""
    if n == 0:
        return DONE
    if n > MOST:
        return ARITHMETIC
    size, whole, info = scratch(float64), scratch(int32), scratch(int32)
    job = LETTER_V if is_there(vectors) else LETTER_N
    none = pointer(0, float64)
    fortran(syevd, job, triangle, n, none, n, none, size, -1, whole, -1, info)
    wanted, wanted_whole = int(size[0]), int(whole[0])
    first, second = room(call, n * n), room(call, wanted + wanted_whole)
    if first == 0 or second == 0:
        return MEMORY
    matrix, work = doubles(first), doubles(second)
    turned(a, matrix, n, n)
    ints = viewed(ahead(work, wanted), int32)
    fortran(syevd, job, triangle, n, matrix, n, values, work, wanted, ints, wanted_whole, info)
    if info[0] != 0:
        return VALUE
    if is_there(vectors):
        turned(matrix, vectors, n, n)
    release(call, first)
    release(call, second)
    return DONE


@compiled
def singular(call, gesdd, a, u, s, vt, rows, columns, whole):
    """Singular values and, where there is room for them, singular vectors: all, or as many as there are values."""
    k = smaller(rows, columns)
    if k == 0 or rows > MOST or columns > MOST:
        return ARITHMETIC
    has_vectors = is_there(u)
    left, right = rows if whole else k, columns if whole else k
    job = LETTER_N if not has_vectors else LETTER_A if whole else LETTER_S
    ldu, ldvt = rows if has_vectors else 1, right if has_vectors else 1
    size, info, none, no_ints = scratch(float64), scratch(int32), pointer(0, float64), pointer(0, int32)
    fortran(gesdd, job, rows, columns, none, rows, none, none, ldu, none, ldvt, size, -1, no_ints, info)
    wanted = int(size[0])
    first = room(call, rows * columns + (rows * left + right * columns if has_vectors else 0))
    second = room(call, wanted + 8 * k)
    if first == 0 or second == 0:
        return MEMORY
    matrix, work = doubles(first), doubles(second)
    us = ahead(matrix, rows * columns)
    vs = ahead(us, rows * left)
    turned(a, matrix, rows, columns)
    ints = viewed(ahead(work, wanted), int32)
    fortran(gesdd, job, rows, columns, matrix, rows, s, us, ldu, vs, ldvt, work, wanted, ints, info)
    if info[0] != 0:
        return VALUE
    if has_vectors:
        turned(us, u, left, rows)
        turned(vs, vt, columns, right)
    release(call, first)
    release(call, second)
    return DONE


@compiled
def orthogonal(call, geqrf, orgqr, a, q, r, rows, columns):
    """Q with as many columns as the shorter side, and R."""
    k = smaller(rows, columns)
    if k == 0 or rows > MOST or columns > MOST:
        return ARITHMETIC
    size, other, info, none = scratch(float64), scratch(float64), scratch(int32), pointer(0, float64)
    fortran(geqrf, rows, columns, none, rows, none, size, -1, info)
    fortran(orgqr, rows, k, k, none, rows, none, other, -1, info)
    wanted = int(maximum(size[0], other[0]))
    first = room(call, rows * columns + k + wanted)
    if first == 0:
        return MEMORY
    matrix = doubles(first)
    tau = ahead(matrix, rows * columns)
    work = ahead(tau, k)
    turned(a, matrix, rows, columns)
    fortran(geqrf, rows, columns, matrix, rows, tau, work, wanted, info)
    if info[0] != 0:
        return VALUE
    for i in range(k):
        for j in range(columns):
            r[i * columns + j] = 0.0 if j < i else matrix[j * rows + i]
    fortran(orgqr, rows, k, k, matrix, rows, tau, work, wanted, info)
    if info[0] != 0:
        return VALUE
    turned(matrix, q, k, rows)
    release(call, first)
    return DONE
