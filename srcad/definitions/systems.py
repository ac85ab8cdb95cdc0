"""scipy.sparse.linalg: systems of sparse matrices."""

from __future__ import annotations

import numpy as np

from srcad.definitions.entries import SparseEntries, entries, is_sparse, product, sparse, toarray, transpose
from srcad.definitions.words import fixed, held, numbers, refused, single, sparse_solve


def spsolve(A, b):
    a = entries(sparse(A))
    if is_sparse(b):
        refused("spsolve with a sparse right side", "make it dense by .toarray().")
    b = np.asarray(numbers(b))
    if np.ndim(b) == 2 and single(b.T):
        b = b[:, 0]
    return sparse_solve(a.values, a.rows, a.cols, b, a.shape[0])


class SparseFactor:
    """What splu() returns: the systems are solved when they are given."""

    def __init__(self, a):
        self.a = a
        self.shape = a.shape

    def solve(self, rhs, trans="N"):
        a = self.a if trans == "N" else transpose(self.a)
        rhs = np.asarray(numbers(rhs))
        if np.ndim(rhs) == 2 and single(rhs.T):
            return sparse_solve(a.values, a.rows, a.cols, rhs[:, 0], a.shape[0])[:, None]
        return sparse_solve(a.values, a.rows, a.cols, rhs, a.shape[0])


def splu(A):
    return SparseFactor(entries(A))


def factorized(A):
    return SparseFactor(entries(A)).solve


def spsolve_triangular(A, b, lower=True, unit_diagonal=False):
    a = entries(A)
    if unit_diagonal:
        refused("spsolve_triangular with unit_diagonal=True", "put the ones on the diagonal.")
    inside = np.nonzero(a.rows >= a.cols if lower else a.rows <= a.cols)[0]
    b = np.asarray(numbers(b))
    return sparse_solve(a.values[inside], a.rows[inside], a.cols[inside], b, a.shape[0])


def expm_multiply(A, B, start=None, stop=None, num=None, endpoint=None, traceA=None):
    """By Taylor's series over steps in which the matrix is of the size 4: the exponential itself is full."""
    a, b = entries(sparse(A)), np.asarray(numbers(B))
    if start is None and stop is None and num is None and endpoint is None:
        return flowed(a, b, 1.0)
    count = 50 if num is None else fixed(num)
    if count < 2:
        raise ValueError("num must be greater than 1")
    ends = endpoint is None or endpoint
    step = (numbers(stop) - numbers(start)) / (count - 1 if ends else count)
    values = [flowed(a, b, numbers(start))]
    for k in range(count - 1):
        values.append(flowed(a, values[fixed(k)], step))
    return np.stack(values)


TERMS = 34  # 4**34 / 34! is below the precision of a double


def flowed(a, b, time):
    """The solution of x' = a x at a time, from b at 0."""
    sums = np.zeros(a.shape[1])
    np.add.at(sums, a.cols, np.abs(held(a.values)))
    steps = int(np.ceil(np.max(sums, initial=0.0) * np.abs(held(time)) / 4.0)) + 1
    scaled = SparseEntries(a.values * (time / steps), a.rows, a.cols, a.shape, a.times)
    for _ in range(steps):
        term = b
        for k in range(1, TERMS + 1):
            term = product(scaled, term) / k
            b = b + term
    return b


def norm(x, ord=None, axis=None):
    if (ord is not None and ord != "fro") or axis is not None:
        refused("this norm of a sparse matrix", "make it dense by .toarray().")
    return np.linalg.norm(toarray(x))


def residual_of(a, b):
    return lambda x: product(a, x) - b


def dense_residual(a, b):
    return lambda x: a @ x - b
