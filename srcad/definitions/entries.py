"""Sparse matrices as their entries, with the places of these. Entries at one place add up."""

from __future__ import annotations

import numpy as np

from srcad.definitions.words import fixed, held, numbers, of_module, refused, single, sparse_product


class SparseEntries:
    """A sparse matrix; `times`: whether * is the product of matrices, as it is for the old classes."""

    __array_priority__ = 1000.0

    def __init__(self, data, rows, cols, shape, times):
        self.values, self.rows, self.cols = data, rows, cols
        self.shape = shape
        self.times = times

    @property
    def T(self):
        return transpose(self)

    @property
    def ndim(self):
        return 2

    def transpose(self, axes=None, copy=False):
        return transpose(self)

    def __matmul__(self, other):
        return product(self, other)

    def __rmatmul__(self, other):
        return product_from_left(self, other)

    def dot(self, other):
        return product(self, other)

    def __mul__(self, other):
        return times(self, other)

    def __rmul__(self, other):
        return times_from_left(self, other)

    def __truediv__(self, other):
        return scaled(self, 1.0 / other)

    def __neg__(self):
        return scaled(self, -1.0)

    def __add__(self, other):
        return added(self, other)

    def __radd__(self, other):
        return added(self, other)

    def __sub__(self, other):
        return added(self, -other)

    def __rsub__(self, other):
        return added(scaled(self, -1.0), other)

    def toarray(self):
        return toarray(self)

    def multiply(self, other):
        return multiply(self, other)

    def sum(self, axis=None):
        return total(self, axis)

    def diagonal(self, k=0):
        return diagonal(self, k)

    def trace(self, offset=0):
        return np.sum(diagonal(self, offset))

    def tocsr(self, copy=False):
        return self

    def tocsc(self, copy=False):
        return self

    def tocoo(self, copy=False):
        return self

    def todia(self, copy=False):
        return self

    def tobsr(self, blocksize=None, copy=False):
        return self

    def asformat(self, format, copy=False):
        return self

    def copy(self):
        return SparseEntries(self.values, self.rows, self.cols, self.shape, self.times)

    def sum_duplicates(self):
        return None

    def sort_indices(self):
        return None

    def eliminate_zeros(self):
        return None


def entries(a):
    """Any sparse matrix by its entries."""
    if isinstance(a, SparseEntries):
        return a
    form = a.format
    if form == "coo":
        return SparseEntries(a.data, a.row, a.col, a.shape, is_matrix(a))
    if form == "csr":
        return compressed(a.data, a.indices, a.indptr, a.shape, is_matrix(a), True)
    if form == "csc":
        return compressed(a.data, a.indices, a.indptr, a.shape, is_matrix(a), False)
    if form == "dia":
        return of_diagonals(a.data, a.offsets, a.shape, is_matrix(a))
    if form == "bsr":
        return blocks(a.data, a.indices, a.indptr, a.shape, is_matrix(a))
    refused(f"a sparse matrix in the format {form}", "convert it by .tocsr().")


def is_matrix(a):
    return type(a).__name__.endswith("matrix")


def compressed(data, indices, indptr, shape, times, by_rows):
    counts = indptr[1:] - indptr[:-1]
    along = np.repeat(np.arange(len(counts)), counts)
    rows, cols = (along, indices) if by_rows else (indices, along)
    return SparseEntries(data, rows, cols, shape, times)


def blocks(data, indices, indptr, shape, times):
    """A matrix of small dense matrices."""
    _, height, width = data.shape
    counts = indptr[1:] - indptr[:-1]
    along = np.repeat(np.arange(len(counts)), counts)
    rows = np.broadcast_to((along[:, None] * height + np.arange(height))[:, :, None], data.shape)
    cols = np.broadcast_to((indices[:, None] * width + np.arange(width))[:, None, :], data.shape)
    return SparseEntries(np.ravel(data), np.ravel(rows), np.ravel(cols), shape, times)


def of_diagonals(data, offsets, shape, times):
    """Rows of `data` are diagonals; what stands over column j is in column j."""
    m, n = shape
    count, width = data.shape
    cols = np.broadcast_to(np.arange(width), (count, width))
    rows = cols - np.asarray(offsets)[:, None]
    kept = np.nonzero((rows >= 0) & (rows < m) & (cols < n))
    return SparseEntries(data[kept], rows[kept], cols[kept], shape, times)


def of_array(a, times):
    """All elements of a dense matrix."""
    a = np.asarray(numbers(a))
    m, n = a.shape
    return SparseEntries(np.ravel(a), np.repeat(np.arange(m), n), np.tile(np.arange(n), m), (m, n), times)


def made(arg, shape, times, by_rows):
    """What the constructors of the classes make of their first argument."""
    if isinstance(arg, tuple):
        if len(arg) == 3:
            data, indices, indptr = numbers(arg[0]), held(np.asarray(arg[1])), held(np.asarray(arg[2]))
            if shape is None:
                refused("a compressed sparse matrix without a shape", "give it, as shape=(m, n).")
            return compressed(data, indices, indptr, shape, times, by_rows)
        first, second = arg
        if isinstance(second, tuple) or np.ndim(second) > 0:
            rows, cols = second
            rows, cols = np.asarray(rows), np.asarray(cols)
            if shape is None:
                shape = (int(np.max(rows)) + 1, int(np.max(cols)) + 1)
            return SparseEntries(np.asarray(numbers(first)), rows, cols, shape, times)
        empty = np.zeros(0, dtype=np.int64)
        return SparseEntries(np.zeros(0), empty, empty, (first, second), times)
    if isinstance(arg, SparseEntries):
        return SparseEntries(arg.values, arg.rows, arg.cols, arg.shape, times)
    if is_sparse(arg):
        a = entries(arg)
        return SparseEntries(a.values, a.rows, a.cols, a.shape, times)
    return of_array(arg, times)


def csr_matrix(arg1, shape=None, copy=False):
    return made(arg1, shape, True, True)


def csc_matrix(arg1, shape=None, copy=False):
    return made(arg1, shape, True, False)


def coo_matrix(arg1, shape=None, copy=False):
    return made(arg1, shape, True, True)


def csr_array(arg1, shape=None, copy=False):
    return made(arg1, shape, False, True)


def csc_array(arg1, shape=None, copy=False):
    return made(arg1, shape, False, False)


def coo_array(arg1, shape=None, copy=False):
    return made(arg1, shape, False, True)


def dia_matrix(arg1, shape=None, copy=False):
    return dia(arg1, shape, True)


def dia_array(arg1, shape=None, copy=False):
    return dia(arg1, shape, False)


def dia(arg, shape, times):
    if not isinstance(arg, tuple) or shape is None:
        return made(arg, shape, times, True)
    data, offsets = np.atleast_2d(np.asarray(numbers(arg[0]))), np.atleast_1d(np.asarray(arg[1]))
    return of_diagonals(data, offsets, shape, times)


def spdiags(data, diags, m=None, n=None):
    shape = tuple(m) if n is None else (m, n)
    return of_diagonals(np.atleast_2d(np.asarray(numbers(data))), np.atleast_1d(np.asarray(diags)), shape, True)


def on_diagonals(diagonals, offsets, shape, times):
    if np.ndim(offsets) == 0:
        diagonals, offsets = [diagonals] if np.ndim(diagonals[0]) == 0 else diagonals, [offsets]
    diagonals = [np.atleast_1d(np.asarray(numbers(d))) for d in diagonals]
    offsets = [fixed(k) for k in offsets]
    if shape is None:
        n = len(diagonals[0]) + abs(offsets[0])
        shape = (n, n)
    m, n = shape
    parts, rows, cols = [], [], []
    for d, k in zip(diagonals, offsets, strict=True):
        length = min(m + k, n - k, m, n)
        place = np.arange(length)
        parts.append(np.broadcast_to(d, (length,)) if single(d) else d)
        rows.append(place - min(k, 0))
        cols.append(place + max(k, 0))
    return SparseEntries(np.concatenate(parts), np.concatenate(rows), np.concatenate(cols), shape, times)


def diags(diagonals, offsets=0, shape=None, format=None):
    return on_diagonals(diagonals, offsets, shape, True)


def diags_array(diagonals, offsets=0, shape=None, format=None):
    return on_diagonals(diagonals, offsets, shape, False)


def ones_on(m, n, k, times):
    n = m if n is None else n
    place = np.arange(min(m + min(k, 0), n - max(k, 0)))
    return SparseEntries(np.ones(len(place)), place - min(k, 0), place + max(k, 0), (m, n), times)


def eye(m, n=None, k=0, format=None):
    return ones_on(m, n, fixed(k), True)


def eye_array(m, n=None, k=0, format=None):
    return ones_on(m, n, fixed(k), False)


def identity(n, format=None):
    return ones_on(n, n, 0, True)


def kron(A, B, format=None):
    a, b = entries(sparse(A)), entries(sparse(B))
    data = np.ravel(a.values[:, None] * b.values)
    rows = np.ravel(a.rows[:, None] * b.shape[0] + b.rows)
    cols = np.ravel(a.cols[:, None] * b.shape[1] + b.cols)
    return SparseEntries(data, rows, cols, (a.shape[0] * b.shape[0], a.shape[1] * b.shape[1]), a.times and b.times)


def kronsum(A, B, format=None):
    a, b = entries(sparse(A)), entries(sparse(B))
    left = kron(ones_on(b.shape[0], None, 0, a.times), a)
    return added(left, kron(b, ones_on(a.shape[0], None, 0, a.times)))


def sparse(a):
    return a if is_sparse(a) else of_array(a, False)


def joined(blocks, axis):
    parts, rows, cols, at = [], [], [], 0
    blocks = [entries(sparse(b)) for b in blocks]
    for b in blocks:
        parts.append(b.values)
        rows.append(b.rows + at if axis == 0 else b.rows)
        cols.append(b.cols if axis == 0 else b.cols + at)
        at = at + b.shape[axis]
    shape = (at, blocks[0].shape[1]) if axis == 0 else (blocks[0].shape[0], at)
    return SparseEntries(np.concatenate(parts), np.concatenate(rows), np.concatenate(cols), shape, blocks[0].times)


def vstack(blocks, format=None):
    return joined(blocks, 0)


def hstack(blocks, format=None):
    return joined(blocks, 1)


def block_diag(mats, format=None):
    parts, rows, cols, m, n = [], [], [], 0, 0
    blocks = [entries(sparse(b)) for b in mats]
    for b in blocks:
        parts.append(b.values)
        rows.append(b.rows + m)
        cols.append(b.cols + n)
        m, n = m + b.shape[0], n + b.shape[1]
    return SparseEntries(np.concatenate(parts), np.concatenate(rows), np.concatenate(cols), (m, n), blocks[0].times)


def part_of(a, kept):
    """The entries at some places."""
    at = np.nonzero(kept)[0]
    return SparseEntries(a.values[at], a.rows[at], a.cols[at], a.shape, a.times)


def tril(A, k=0, format=None):
    a = entries(sparse(A))
    return part_of(a, a.cols - a.rows <= k)


def triu(A, k=0, format=None):
    a = entries(sparse(A))
    return part_of(a, a.cols - a.rows >= k)


def bmat(blocks, format=None):
    rows = []
    for blocks_of_row in blocks:
        for b in blocks_of_row:
            if b is None:
                refused("bmat with None among its blocks", "give sparse matrices of zeros.")
        rows.append(joined(blocks_of_row, 1))
    return joined(rows, 0)


def power(self, n):
    """Element by element, as SciPy does it for the entries that are stored."""
    a = entries(self)
    return SparseEntries(a.values**n, a.rows, a.cols, a.shape, a.times)


def transpose(self):
    a = entries(self)
    return SparseEntries(a.values, a.cols, a.rows, (a.shape[1], a.shape[0]), a.times)


def is_sparse(a):
    return isinstance(a, SparseEntries) or of_module(a, "scipy.sparse")


def product(self, other):
    a = entries(self)
    if is_sparse(other):
        return of_both(a, entries(other))
    x = np.asarray(numbers(other))
    return sparse_product(a.values, a.rows, a.cols, x, a.shape[0], a.shape[1])


def product_from_left(self, other):
    a = entries(self)
    if is_sparse(other):
        return of_both(entries(other), a)
    x = np.asarray(numbers(other))
    if np.ndim(x) == 1:
        return sparse_product(a.values, a.cols, a.rows, x, a.shape[1], a.shape[0])
    return sparse_product(a.values, a.cols, a.rows, x.T, a.shape[1], a.shape[0]).T


def of_both(a, b):
    """The product of two sparse matrices: each entry of the first one with all those in the row that it meets."""
    order = np.argsort(b.rows, kind="stable")
    counts = np.bincount(b.rows, minlength=b.shape[0])
    starts = np.cumsum(counts) - counts
    met = counts[a.cols]
    left = np.repeat(np.arange(len(met)), met)
    within = np.arange(len(left)) - np.repeat(np.cumsum(met) - met, met)
    right = order[starts[a.cols[left]] + within]
    data = a.values[left] * b.values[right]
    return SparseEntries(data, a.rows[left], b.cols[right], (a.shape[0], b.shape[1]), a.times)


def scaled(self, factor):
    a = entries(self)
    return SparseEntries(a.values * factor, a.rows, a.cols, a.shape, a.times)


def times(self, other):
    a = entries(self)
    if not is_sparse(other) and np.ndim(other) == 0:
        return scaled(a, other)
    return product(a, other) if a.times else multiply(a, other)


def times_from_left(self, other):
    a = entries(self)
    if not is_sparse(other) and np.ndim(other) == 0:
        return scaled(a, other)
    return product_from_left(a, other) if a.times else multiply(a, other)


def divided(self, other):
    return scaled(self, 1.0 / other)


def negative(self):
    return scaled(self, -1.0)


def added(self, other):
    a = entries(self)
    if not is_sparse(other):
        if np.ndim(other) == 0:
            if fixed(other) == 0:
                return a
            refused("a number added to a sparse matrix", "make it dense by .toarray().")
        return toarray(a) + other
    b = entries(other)
    data, rows = np.concatenate([a.values, b.values]), np.concatenate([a.rows, b.rows])
    return SparseEntries(data, rows, np.concatenate([a.cols, b.cols]), a.shape, a.times)


def subtracted(self, other):
    return added(self, negative(other) if is_sparse(other) else -other)


def subtracted_from(self, other):
    return added(scaled(self, -1.0), other)


def toarray(self):
    a = entries(self)
    dense = np.zeros(a.shape)
    np.add.at(dense, (a.rows, a.cols), a.values)
    return dense


def multiply(self, other):
    a = entries(self)
    if is_sparse(other):
        other = toarray(other)
    if np.ndim(other) == 0:
        return scaled(a, other)
    wide = np.broadcast_to(np.asarray(numbers(other)), a.shape)
    return SparseEntries(a.values * wide[a.rows, a.cols], a.rows, a.cols, a.shape, a.times)


def total(self, axis=None):
    a = entries(self)
    if axis is None:
        return np.sum(a.values)
    if a.times:
        refused(
            "the sum of a sparse matrix along an axis, which is an np.matrix",
            "multiply it by np.ones, or use an array.",
        )
    ones = np.ones(a.shape[fixed(axis)])
    return product_from_left(a, ones) if fixed(axis) % 2 == 0 else product(a, ones)


def diagonal(self, k=0):
    a, k = entries(self), fixed(k)
    length = min(a.shape[0] + min(k, 0), a.shape[1] - max(k, 0))
    on = np.nonzero(a.cols - a.rows == k)[0]
    found = np.zeros(length)
    np.add.at(found, np.minimum(a.rows[on], a.cols[on]), a.values[on])
    return found


def same(self, *options, **more):
    return entries(self)


def as_format(self, format, copy=False):
    return entries(self)


METHODS = {
    **{f"_spbase.{name}": same for name in ("tocsr", "tocsc", "tocoo", "todia", "tobsr", "copy")},
    "_spbase.asformat": as_format,
    "_spbase.__matmul__": product,
    "_spbase.dot": product,
    "_spbase.__rmatmul__": product_from_left,
    "_spbase.__mul__": times,
    "_spbase.__rmul__": times_from_left,
    "_spbase.__truediv__": divided,
    "_spbase.__neg__": negative,
    "_spbase.__add__": added,
    "_spbase.__radd__": added,
    "_spbase.__sub__": subtracted,
    "_spbase.__rsub__": subtracted_from,
    "_spbase.toarray": toarray,
    "_spbase.power": power,
    "_spbase.multiply": multiply,
    "_spbase.sum": total,
    "_spbase.diagonal": diagonal,
    "_spbase.transpose": transpose,
}
