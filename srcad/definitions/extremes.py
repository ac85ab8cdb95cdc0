"""scipy.sparse.linalg: some of the eigenvalues and singular values of a matrix, by those of all of it.

What Lanczos's method finds has the sign of the vector that it begins with, which is drawn: so have derivatives of what
depends on that sign.
"""

from __future__ import annotations

import numpy as np

from srcad.definitions.entries import is_sparse, toarray
from srcad.definitions.words import held, numbers, refused


def eigsh(
    A,
    k=6,
    M=None,
    sigma=None,
    which="LM",
    v0=None,
    ncv=None,
    maxiter=None,
    tol=0,
    return_eigenvectors=True,
    mode="normal",
    rng=None,
):
    if M is not None or mode != "normal":
        refused("eigsh with M= or mode=", "solve the problem by scipy.linalg.eigh.")
    a = whole(A)
    if is_sparse(A) and k >= len(a):
        raise TypeError("Cannot use scipy.linalg.eigh for sparse A with k >= N.")
    values, vectors = np.linalg.eigh((a + np.conj(a).T) / 2)
    order = np.argsort(preference(held(values), sigma, which))[-k:]
    if sigma is not None or return_eigenvectors:
        order = np.sort(order)
    return (values[order], vectors[:, order]) if return_eigenvectors else values[order]


def preference(values, sigma, which):
    """What is largest for the eigenvalues that are wanted."""
    measure = values if sigma is None else 1.0 / (values - held(sigma))
    if which == "LM":
        return np.abs(measure)
    if which == "SM":
        return -np.abs(measure)
    if which == "LA":
        return measure
    if which == "SA":
        return -measure
    refused("eigsh with which='BE'", "ask for those of each end by which='LA' and which='SA'.")


def svds(
    A,
    k=6,
    ncv=None,
    tol=0,
    which="LM",
    v0=None,
    maxiter=None,
    return_singular_vectors=True,
    solver="arpack",
    rng=None,
    options=None,
    *,
    random_state=None,
):
    a = whole(A)
    u, s, vh = np.linalg.svd(a, full_matrices=False)
    if k >= len(s) and solver != "propack":
        raise ValueError("`k` must be an integer satisfying `0 < k < min(A.shape)`.")
    if which == "LM":
        u, s, vh = u[:, :k], s[:k], vh[:k]
    else:
        u, s, vh = u[:, len(s) - k :], s[len(s) - k :], vh[len(s) - k :]
    if return_singular_vectors is False:
        return s[::-1]
    left = None if return_singular_vectors == "vh" else u[:, ::-1]
    right = None if return_singular_vectors == "u" else vh[::-1]
    return left, s[::-1], right


def whole(a):
    return toarray(a) if is_sparse(a) else np.asarray(numbers(a))
