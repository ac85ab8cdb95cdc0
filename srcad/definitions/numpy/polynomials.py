"""Polynomials by their coefficients, the highest power first: `np.polyfit` and its kin."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import refused

Numbers = Any  # a number or an array


def polyadd(a1: Numbers, a2: Numbers) -> Numbers:
    one, other = np.atleast_1d(a1), np.atleast_1d(a2)
    return _lengthened(one, len(other)) + _lengthened(other, len(one))


def polysub(a1: Numbers, a2: Numbers) -> Numbers:
    one, other = np.atleast_1d(a1), np.atleast_1d(a2)
    return _lengthened(one, len(other)) - _lengthened(other, len(one))


def _lengthened(p: Numbers, n: int) -> Numbers:
    """With zeros in front, up to n coefficients."""
    return np.concatenate((np.zeros(max(n - len(p), 0), dtype=p.dtype), p))


def without_leading(p: Numbers) -> Numbers:
    """Without the zeros in front; of nothing but zeros one stays."""
    leading = np.sum(np.cumprod(p == 0))
    return p[min(leading, len(p) - 1) :]


def polymul(a1: Numbers, a2: Numbers) -> Numbers:
    return np.convolve(without_leading(np.atleast_1d(a1)), without_leading(np.atleast_1d(a2)))


def polydiv(u: Numbers, v: Numbers) -> tuple[Numbers, Numbers]:
    dividend, divisor = np.atleast_1d(u) + 0.0, np.atleast_1d(v) + 0.0
    steps = len(dividend) - len(divisor) + 1
    quotient, rest = np.zeros(max(steps, 1), dtype=(dividend[:1] + divisor[:1]).dtype), dividend + 0.0 * divisor[0]
    for k in range(steps):
        factor = rest[k] / divisor[0]
        quotient[k] = factor
        rest[k : k + len(divisor)] -= factor * divisor
    leading = np.sum(np.cumprod(np.abs(rest) <= 1e-08))
    return quotient, rest[min(leading, len(rest) - 1) :]


def polyint(p: Numbers, m: int = 1, k: Numbers = None) -> Numbers:
    constants = np.zeros(m) if k is None else np.atleast_1d(k)
    integral = np.atleast_1d(p)
    for n in range(m):
        constant = constants[:1] if len(constants) == 1 else constants[n : n + 1]
        integral = np.concatenate((integral / np.arange(len(integral), 0, -1), constant))
    return integral


def poly(seq_of_zeros: Numbers) -> Numbers:
    """With these roots; of a matrix, its characteristic polynomial, by the method of Faddeev and LeVerrier."""
    zeros = np.atleast_1d(seq_of_zeros)
    n = len(zeros)
    result = np.zeros(n + 1, dtype=(zeros + 0.0).dtype)
    result[0] = 1.0
    if zeros.ndim == 1:
        for k in range(n):
            result[1:] = result[1:] - zeros[k] * result[:-1]
        return result
    powers = np.zeros((n, n), dtype=result.dtype)
    for k in range(1, n + 1):
        powers = zeros @ powers + result[k - 1] * np.eye(n)
        result[k] = -np.trace(zeros @ powers) / k
    return result


def roots(p: Numbers) -> Numbers:
    """The eigenvalues of the companion matrix."""
    coefficients = np.atleast_1d(p)
    if len(coefficients) == 0:
        return np.zeros(0)
    leading = np.sum(np.cumprod(coefficients == 0))
    if leading == len(coefficients):
        return np.zeros(0)
    trailing = np.sum(np.cumprod(coefficients[::-1] == 0))
    kept = coefficients[leading : len(coefficients) - trailing]
    companion = np.diag(np.ones(len(kept) - 2), -1)
    companion = np.concatenate((-kept[None, 1:] / kept[0], companion[1:]))
    return np.concatenate((np.linalg.eigvals(companion), np.zeros(trailing)))


def polyfit(
    x: Numbers,
    y: Numbers,
    deg: int,
    rcond: float | None = None,
    full: bool = False,
    w: Numbers = None,
    cov: Any = False,
) -> Any:
    """Least squares, with columns of length one."""
    columns, targets = np.vander(np.asarray(x) + 0.0, deg + 1), np.asarray(y) + 0.0
    if w is not None:
        weights = np.asarray(w) + 0.0
        columns = columns * weights[:, None]
        targets = targets * weights if targets.ndim == 1 else targets * weights[:, None]
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    columns = columns / scale
    found, residuals, rank, singular = np.linalg.lstsq(columns, targets, rcond)
    coefficients = (found.T / scale).T
    if full:
        return coefficients, residuals, rank, singular, len(columns) * 2.220446049250313e-16 if rcond is None else rcond
    if not cov:
        return coefficients
    covariance = np.linalg.inv(columns.T @ columns) / np.outer(scale, scale)
    if cov == "unscaled":
        return coefficients, covariance
    if targets.ndim > 1:
        refused("np.polyfit with cov= of several columns", "fit them one by one")
    misfit = targets - columns @ found
    return coefficients, covariance * (np.sum(misfit * misfit) / (len(columns) - (deg + 1)))
