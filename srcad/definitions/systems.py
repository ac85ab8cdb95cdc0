"""scipy.sparse.linalg: systems of sparse matrices."""

from __future__ import annotations

import numpy as np

from srcad.definitions.entries import entries, is_sparse, product, sparse, toarray, transpose
from srcad.definitions.words import numbers, refused, single, sparse_solve


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


def norm(x, ord=None, axis=None):
    if (ord is not None and ord != "fro") or axis is not None:
        refused("this norm of a sparse matrix", "make it dense by .toarray().")
    return np.linalg.norm(toarray(x))


def residual_of(a, b):
    return lambda x: product(a, x) - b


def dense_residual(a, b):
    return lambda x: a @ x - b
