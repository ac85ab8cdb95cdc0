"""scipy.linalg: functions that are others put together."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import linalg

from srcad.definitions.words import fixed, floats, refused

__all__ = [
    "cho_solve_banded",
    "cholesky_banded",
    "convolution_matrix",
    "fiedler",
    "leslie",
    "matmul_toeplitz",
    "orthogonal_procrustes",
    "rq",
    "solve_circulant",
]
METHODS: dict[str, object] = {}
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
    row, inside = (i[:, None] - i, i[:, None] >= i) if lower else (count + i[:, None] - i, i[:, None] <= i)
    inside = inside & (row >= 0) & (row <= count)
    half = np.where(inside, band[np.clip(row, 0, count), i], 0.0)
    whole = half + half.T - np.diag(np.diag(half))
    factor = linalg.cholesky(whole, lower=lower)
    k = np.arange(count + 1)[:, None]
    column = i + k if lower else i - (count - k)
    valid = (column >= 0) & (column < n)
    picked = factor[np.clip(column, 0, n - 1), i]
    return np.where(valid, picked, band)


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
