"""Some of the eigenvalues and singular values of a matrix, against those that SciPy finds."""

import numpy as np
import scipy.sparse as sp
import scipy.sparse.linalg as sl

from tests.frontend import Programs, second_orders, tangents

X = np.array([0.3, -0.8, 0.5])
NOISE = np.random.default_rng(0).normal(size=(3, 6, 6))
WEIGHTS = np.array([1.0, -0.4, 0.7])
programs = Programs()


def matrix(x):
    return np.diag(np.arange(6.0) - 2.3) + np.tensordot(x, NOISE + np.swapaxes(NOISE, 1, 2), 1) * 0.1


@programs(X)
def largest(x):
    values, vectors = sl.eigsh(matrix(x), k=3)
    return np.sum(values * WEIGHTS) + np.sum((vectors * vectors) @ WEIGHTS * np.arange(6.0))


@programs(X)
def in_other_orders(x):
    a, total = matrix(x), 0.0
    for which in ("LM", "SM", "LA", "SA"):
        total += np.sum(sl.eigsh(a, k=3, which=which, return_eigenvectors=False) ** 2 * WEIGHTS)
        total += np.sum(sl.eigsh(a, 3, which=which)[0] ** 3 * WEIGHTS)
    return total


@programs(X)
def nearest(x):
    values, vectors = sl.eigsh(sp.csr_matrix(np.eye(6)) @ matrix(x), k=3, sigma=0.4, tol=1e-12)
    return np.sum(values * WEIGHTS) + np.sum(vectors[0] ** 2 * WEIGHTS)


@programs(X)
def of_entries(x):
    data = np.concatenate((x, x[::-1] ** 2, [2.0, -1.0, 0.5, 1.0, 3.0]))
    rows = np.array([0, 1, 2, 1, 2, 3, 0, 1, 2, 3, 4])
    columns = np.array([1, 2, 3, 0, 1, 2, 0, 1, 2, 3, 4])
    a = sp.coo_matrix((data, (rows, columns)), shape=(5, 5))
    return np.sum(sl.eigsh(a @ a.T, k=3)[0] * WEIGHTS)


@programs(X)
def singular(x):
    a = matrix(x)[:, :5]
    u, s, vh = sl.svds(a, k=3)
    last = sl.svds(a, k=2, which="SM", return_singular_vectors=False)
    return np.sum((u * s) @ vh * np.arange(5.0)) + np.sum(s * WEIGHTS) + last[0] * last[1] ** 2


test_gradient, _ = programs.tests()
test_tangent = tangents(programs)
test_second = second_orders(programs)
