"""scipy.linalg: functions that are others put together."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcad.definitions.words import fixed, floats, found, held, moves, part, refused, run

__all__ = [
    "cho_solve_banded",
    "cholesky_banded",
    "convolution_matrix",
    "eig_banded",
    "eigvals_banded",
    "fiedler",
    "leslie",
    "matmul_toeplitz",
    "null_space",
    "orth",
    "orthogonal_procrustes",
    "rq",
    "solve_circulant",
]
METHODS: dict[str, object] = {}
DESIGNS = ("dft", "hadamard", "helmert", "hilbert", "invhilbert", "invpascal", "pascal")  # made of their size alone
Numbers = Any  # a number or an array


def matmul_toeplitz(c_or_cr: Any, x: Any) -> Numbers:
    if isinstance(c_or_cr, tuple):
        return linalg.toeplitz(c_or_cr[0], c_or_cr[1]) @ np.asarray(x)
    return linalg.toeplitz(c_or_cr) @ np.asarray(x)


def solve_circulant(c: Any, b: Any, singular: str = "raise", tol: Any = None) -> Numbers:
    column, side = floats(c), floats(b)
    if column.ndim != 1 or singular != "raise":
        refused("scipy.linalg.solve_circulant of several columns, or with singular='lstsq'", "use scipy.linalg.lstsq.")
    spectrum = np.fft.fft(column)
    sizes = np.abs(spectrum)
    least = np.max(sizes) * len(column) * np.finfo(np.float64).eps if tol is None else tol
    if np.any(sizes <= least):
        raise np.linalg.LinAlgError("near singular circulant matrix.")
    if side.ndim == 1:
        return np.real(np.fft.ifft(np.fft.fft(side) / spectrum))
    return np.real(np.fft.ifft(np.fft.fft(side, axis=0) / spectrum[:, None], axis=0))


def orthogonal_procrustes(A: Any, B: Any) -> Any:
    rotation, stretch = linalg.polar(floats(A).T @ floats(B))
    return rotation, np.trace(stretch)


def rq(a: Any, mode: str = "full") -> Any:
    """By the QR factorisation of the matrix with its rows turned round; signs are those of LAPACK."""
    x = floats(a)
    if mode == "full" and fixed(x.shape[0]) != fixed(x.shape[1]):
        refused("scipy.linalg.rq of a matrix that isn't square with mode='full'", "use mode='economic'.")
    if mode not in ("full", "economic", "r"):
        raise ValueError("Mode argument should be one of ['full', 'r', 'economic']")
    if mode == "r":
        refused("scipy.linalg.rq with mode='r'", "use mode='economic', and the first of the results.")
    q, r = linalg.qr(x[::-1].T[::-1], mode="economic")
    return r.T[::-1, ::-1], q.T[::-1, ::-1]


def cholesky_banded(ab: Any, lower: bool = False) -> Numbers:
    """The diagonals of the factor, of which there are as many as of the matrix."""
    band = floats(ab)
    count, n = band.shape[0] - 1, band.shape[1]
    i = np.arange(n)
    factor = linalg.cholesky(symmetric(band, lower), lower=lower)
    k = np.arange(count + 1)[:, None]
    column = i + k if lower else i - (count - k)
    valid = (column >= 0) & (column < n)
    picked = factor[np.clip(column, 0, n - 1), i]
    return np.where(valid, picked, band)


def symmetric(band: Any, lower: bool) -> Numbers:
    """The symmetric matrix of which the diagonals on one side are given."""
    count, n = band.shape[0] - 1, band.shape[1]
    i = np.arange(n)
    row, inside = (i[:, None] - i, i[:, None] >= i) if lower else (count + i[:, None] - i, i[:, None] <= i)
    inside = inside & (row >= 0) & (row <= count)
    half = np.where(inside, band[np.clip(row, 0, count), i], 0.0)
    return half + half.T - np.diag(np.diag(half))


def part_of(select: Any, select_range: Any) -> Any:
    """The numbers of the first and the last eigenvalue; None: all."""
    if select in ("a", "all", 0):
        return None
    if select not in ("i", "index", 2):
        refused("a choice of eigenvalues by their values", "take all of them, and those that you want by a mask.")
    return fixed(select_range[0]), fixed(select_range[1])


def eigvals_banded(
    a_band: Any, lower: bool = False, select: Any = "a", select_range: Any = None, check_finite: bool = True
) -> Numbers:
    return linalg.eigvalsh(symmetric(floats(a_band), lower), subset_by_index=part_of(select, select_range))


def eig_banded(
    a_band: Any,
    lower: bool = False,
    eigvals_only: bool = False,
    select: Any = "a",
    select_range: Any = None,
    max_ev: int = 0,
    check_finite: bool = True,
) -> Any:
    """The signs of the vectors are those that LAPACK gives them for a band."""
    if eigvals_only:
        return eigvals_banded(a_band, lower, select, select_range)
    band = floats(a_band)
    values, vectors = linalg.eigh(symmetric(band, lower), subset_by_index=part_of(select, select_range))
    known = run(linalg.eig_banded, held(band), lower=lower, select=select, select_range=select_range)
    return values, vectors * np.sign(np.sum(held(vectors) * part("float64", 2, known, 1), axis=0))


def orth(A: Any, rcond: Any = None) -> Numbers:
    """The left singular vectors. Of a matrix of lower rank, those beside the range would have to be told apart."""
    if not moves(A):
        return found("float64", 2, linalg.orth, A, rcond=rcond)
    u, s, _ = linalg.svd(floats(A), full_matrices=False)
    least = np.finfo(np.float64).eps * max(A.shape) if rcond is None else rcond
    if np.any(s <= np.max(s, initial=0.0) * least):
        raise np.linalg.LinAlgError(f"srcad can't differentiate {LOWER_RANK}: {RANGE}")
    return u


def null_space(A: Any, rcond: Any = None, *, check_finite: bool = True, lapack_driver: str = "gesdd") -> Numbers:
    """One vector is determined, up to a sign that rests; of several their span alone is."""
    if not moves(A):
        return found("float64", 2, linalg.null_space, A, rcond=rcond, lapack_driver=lapack_driver)
    a = floats(A)
    if fixed(a.shape[0]) < fixed(a.shape[1]) - 1:
        refused(NO_BASIS, PROJECTOR)
    basis = found("float64", 2, linalg.null_space, held(a), rcond=rcond, lapack_driver=lapack_driver)
    if basis.shape[1] > 1:
        raise np.linalg.LinAlgError(f"srcad can't differentiate {NO_BASIS}: {PROJECTOR}")
    vector = basis - linalg.pinv(a) @ (a @ basis)
    return vector / np.linalg.norm(vector, axis=0)


LOWER_RANK = "the basis that scipy.linalg.orth finds of the range of a matrix of lower rank"
RANGE = "use the projector on it, A @ np.linalg.pinv(A)."
NO_BASIS = "a basis of a null space of more than one dimension, which the matrix doesn't determine"
PROJECTOR = "use the projector on it, np.eye(n) - np.linalg.pinv(A) @ A, which it does."


def cho_solve_banded(cb_and_lower: Any, b: Any) -> Numbers:
    factor, lower = cb_and_lower
    band = floats(factor)
    count = band.shape[0] - 1
    n = band.shape[1]
    i = np.arange(n)
    row = i[:, None] - i if lower else count + i[:, None] - i
    inside = (row >= 0) & (row <= count)
    half = np.where(inside, band[np.clip(row, 0, count), i], 0.0)
    return linalg.cho_solve((half, lower), floats(b))


def fiedler(a: Any) -> Numbers:
    x = floats(a)
    return np.abs(x[:, None] - x)


def leslie(f: Any, s: Any) -> Numbers:
    first, survival = floats(f), floats(s)
    return np.concatenate((first[None], np.eye(len(survival), len(first)) * survival[:, None]), axis=0)


def convolution_matrix(a: Any, n: Any, mode: str = "full") -> Numbers:
    x = floats(a)
    whole = linalg.toeplitz(np.concatenate((x, np.zeros(n - 1))), np.concatenate((x[:1], np.zeros(n - 1))))
    if mode == "full":
        return whole
    least = min(n, len(x))
    if mode == "valid":
        return whole[least - 1 : whole.shape[0] - (least - 1)]
    trim = least - 1
    return whole[trim // 2 : whole.shape[0] - (trim - trim // 2)]
