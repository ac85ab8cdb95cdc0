"""`numpy.polynomial`: series of powers, and of orthogonal polynomials, by the recurrence that defines each family.

    P[0] = 1,  P[1] = a[0] x + b[0],  P[k + 1] = (a[k] x + b[k]) P[k] - c[k] P[k - 1]

Each function takes the family first; the rest is as in NumPy.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.definitions.words import refused

Numbers = Any  # a number or an array


def _factors(family: str, k: Any) -> tuple[Any, Any, Any]:
    """a[k], b[k] and c[k]; `k` may be an array."""
    if family == "polynomial":
        return 1.0, 0.0, 0.0
    if family == "chebyshev":
        return 2.0 - (k == 0), 0.0, 1.0
    if family == "legendre":
        return (2 * k + 1) / (k + 1), 0.0, k / (k + 1)
    if family == "hermite":
        return 2.0, 0.0, 2.0 * k
    if family == "hermite_e":
        return 1.0, 0.0, 1.0 * k
    return -1.0 / (k + 1), (2 * k + 1) / (k + 1), k / (k + 1)


# ---- values


def val(family: str, x: Numbers, c: Numbers, tensor: bool = True) -> Numbers:
    """Clenshaw's recurrence; of powers, Horner's."""
    places, coefficients = _as_given(x), np.atleast_1d(c)
    if family == "polynomial" and coefficients.ndim == 1 and np.ndim(places) > 0:
        return np.polyval(coefficients[::-1], places)
    if tensor and np.ndim(places) > 0:
        coefficients = coefficients.reshape(coefficients.shape + (1,) * np.ndim(places))
    return _clenshaw(family, places, coefficients)


def _as_given(x: Numbers) -> Numbers:
    """A number stays one, so that it doesn't widen the arrays that it meets."""
    return np.asarray(x) if isinstance(x, (tuple, list)) else x


def _clenshaw(family: str, x: Numbers, c: Numbers) -> Numbers:
    after = np.zeros_like(c[0] + x * 1.0)
    if family == "polynomial":
        for k in range(len(c) - 1, 0, -1):
            after = c[k] + x * after
        return c[0] + x * after
    later = after
    for k in range(len(c) - 1, 0, -1):
        a, b, _ = _factors(family, k)
        now = c[k] + (a * x + b) * after - _factors(family, k + 1)[2] * later
        later = after
        after = now
    a, b, _ = _factors(family, 0)
    return c[0] + (a * x + b) * after - _factors(family, 1)[2] * later


def val2d(family: str, x: Numbers, y: Numbers, c: Numbers) -> Numbers:
    return val(family, y, val(family, x, c), False)


def val3d(family: str, x: Numbers, y: Numbers, z: Numbers, c: Numbers) -> Numbers:
    return val(family, z, val(family, y, val(family, x, c), False), False)


def grid2d(family: str, x: Numbers, y: Numbers, c: Numbers) -> Numbers:
    return val(family, y, val(family, x, c))


def grid3d(family: str, x: Numbers, y: Numbers, z: Numbers, c: Numbers) -> Numbers:
    return val(family, z, val(family, y, val(family, x, c)))


def valfromroots(family: str, x: Numbers, r: Numbers, tensor: bool = True) -> Numbers:
    places, zeros = _as_given(x), np.atleast_1d(r)
    if tensor:
        zeros = zeros.reshape(zeros.shape + (1,) * np.ndim(places))
    return np.prod(places - zeros, axis=0)


# ---- matrices of values


def vander(family: str, x: Numbers, deg: int) -> Numbers:
    places = np.atleast_1d(x) + 0.0
    columns = [np.ones_like(places)]
    if deg > 0:
        a, b, _ = _factors(family, 0)
        columns.append(a * places + b)
    for k in range(1, deg):
        a, b, c = _factors(family, k)
        columns.append((a * places + b) * columns[-1] - c * columns[-2])
    return np.stack(columns, axis=-1)


def vander2d(family: str, x: Numbers, y: Numbers, deg: Any) -> Numbers:
    one, other = vander(family, x, deg[0]), vander(family, y, deg[1])
    return (one[..., :, None] * other[..., None, :]).reshape((*one.shape[:-1], -1))


def vander3d(family: str, x: Numbers, y: Numbers, z: Numbers, deg: Any) -> Numbers:
    both = vander2d(family, x, y, deg)
    other = vander(family, z, deg[2])
    return (both[..., :, None] * other[..., None, :]).reshape((*both.shape[:-1], -1))


def fit(family: str, x: Numbers, y: Numbers, deg: Any, rcond: Any = None, full: bool = False, w: Numbers = None) -> Any:
    """Least squares, with columns of length one."""
    if np.ndim(deg) > 0:
        refused("the fit of a series with some of its terms", "give the highest degree.")
    columns, targets = vander(family, x, deg), np.asarray(y) + 0.0
    if w is not None:
        weights = np.asarray(w) + 0.0
        columns = columns * weights[:, None]
        targets = targets * weights if targets.ndim == 1 else targets * weights[:, None]
    scale = np.sqrt(np.sum(columns * columns, axis=0))
    found, residuals, rank, singular = np.linalg.lstsq(columns / scale, targets, rcond)
    coefficients = (found.T / scale).T
    if not full:
        return coefficients
    return coefficients, [residuals, rank, singular, len(columns) * 2.220446049250313e-16 if rcond is None else rcond]


# ---- what is linear in the coefficients: a matrix, and its product with them


def der(family: str, c: Numbers, m: int = 1, scl: Numbers = 1, axis: int = 0) -> Numbers:
    rows = np.moveaxis(np.asarray(c) + 0.0, axis, 0)
    for _ in range(m):
        rows = np.tensordot(_derivative(family, len(rows)).astype(rows.dtype), rows, axes=1) * scl
    return np.moveaxis(rows, 0, axis)


def _derivative(family: str, n: int) -> Numbers:
    row, column = np.arange(max(n - 1, 1))[:, None], np.arange(n)
    odd = (column > row) & ((column - row) % 2 == 1)
    if family == "chebyshev":
        return np.where(odd, np.where(row == 0, 1.0, 2.0) * column, 0.0)
    if family == "legendre":
        return np.where(odd, 2.0 * row + 1.0, 0.0)
    if family == "laguerre":
        return np.where(column > row, -1.0, 0.0)
    return np.where(column == row + 1, (2.0 if family == "hermite" else 1.0) * column, 0.0)


def integ(
    family: str, c: Numbers, m: int = 1, k: Any = (), lbnd: Numbers = 0, scl: Numbers = 1, axis: int = 0
) -> Numbers:
    rows = np.moveaxis(np.asarray(c) + 0.0, axis, 0)
    constants = k if isinstance(k, (tuple, list)) else (k,)
    for i in range(m):
        rows = np.tensordot(_integral(family, len(rows)).astype(rows.dtype), rows, axes=1) * scl
        constant = constants[i] if i < len(constants) else 0.0
        first = rows[:1] + (constant - val(family, lbnd, rows))
        rows = np.concatenate((first, rows[1:]))
    return np.moveaxis(rows, 0, axis)


def _integral(family: str, n: int) -> Numbers:
    row, column = np.arange(n + 1)[:, None], np.arange(n)
    after, before = row == column + 1, (row == column - 1) & (column > 1)
    if family == "chebyshev":
        up = np.where(column == 0, 1.0, 0.5 / (column + 1))
        return np.where(after, up, np.where(before, -0.5 / np.maximum(column - 1, 1), 0.0))
    if family == "legendre":
        return np.where(after, 1.0 / (2 * column + 1), np.where(before, -1.0 / (2 * column + 1), 0.0))
    if family == "laguerre":
        return np.where(after, -1.0, np.where(row == column, 1.0, 0.0))
    return np.where(after, (0.5 if family == "hermite" else 1.0) / (column + 1), 0.0)


def _times_x(family: str, n: int) -> Numbers:
    """Multiplies n coefficients by x, for n + 1 of them: x P[k] = (P[k + 1] - b[k] P[k] + c[k] P[k - 1]) / a[k]."""
    row, column = np.arange(n + 1)[:, None], np.arange(n)
    a, b, c = _factors(family, column)
    diagonal = np.where(row == column, -b / a, 0.0)
    return np.where(row == column + 1, 1.0 / a, np.where(row == column - 1, c / a, diagonal))


def mulx(family: str, c: Numbers) -> Numbers:
    coefficients = np.atleast_1d(c) + 0.0
    return _times_x(family, len(coefficients)).astype(coefficients.dtype) @ coefficients


# ---- arithmetic


def _trimmed(c: Numbers) -> Numbers:
    """Without the zeros at the end; of nothing but zeros one stays."""
    trailing = np.sum(np.cumprod(c[::-1] == 0))
    return c[: max(len(c) - trailing, 1)]


def _longer(c: Numbers, n: Any) -> Numbers:
    return np.concatenate((c, np.zeros(max(n - len(c), 0), dtype=c.dtype)))


def add(family: str, c1: Numbers, c2: Numbers) -> Numbers:
    one, other = np.atleast_1d(c1) + 0.0, np.atleast_1d(c2) + 0.0
    return _trimmed(_longer(one, len(other)) + _longer(other, len(one)))


def sub(family: str, c1: Numbers, c2: Numbers) -> Numbers:
    one, other = np.atleast_1d(c1) + 0.0, np.atleast_1d(c2) + 0.0
    return _trimmed(_longer(one, len(other)) - _longer(other, len(one)))


def mul(family: str, c1: Numbers, c2: Numbers) -> Numbers:
    """The sum of c2[k] P[k](X) c1, where X multiplies by x."""
    one, other = np.atleast_1d(c1) + 0.0, np.atleast_1d(c2) + 0.0
    if family == "polynomial":
        return _trimmed(np.convolve(one, other))
    count = len(one) + len(other) - 1
    return _trimmed(_combined(family, _times_x(family, count)[:count].astype(one.dtype), _longer(one, count), other))


def _combined(family: str, times_x: Numbers, start: Numbers, c: Numbers) -> Numbers:
    """The sum of c[k] P[k](X) start, for a matrix X."""
    before, now, total = np.zeros_like(start), start, c[0] * start
    for k in range(len(c) - 1):
        a, b, before_factor = _factors(family, k)
        after = a * (times_x @ now) + b * now - (before_factor * before if k > 0 else 0.0 * before)
        before = now
        now = after
        total = total + c[k + 1] * now
    return total


def power(family: str, c: Numbers, pow: int, maxpower: Any = 16) -> Numbers:
    series = np.atleast_1d(c) + 0.0
    result = np.ones(1, dtype=series.dtype) if pow == 0 else series
    for _ in range(pow - 1):
        result = mul(family, result, series)
    return result


def fromroots(family: str, roots: Numbers) -> Numbers:
    zeros = np.atleast_1d(roots) + 0.0
    n = len(zeros) + 1
    times_x, result = _times_x(family, n)[:n], np.eye(n)[0]
    for k in range(n - 1):
        result = times_x @ result - zeros[k] * result
    return result


def roots(family: str, c: Numbers) -> Numbers:
    """The eigenvalues of the matrix that multiplies by x, modulo the series."""
    series = _trimmed(np.atleast_1d(c) + 0.0)
    n = len(series) - 1
    a, _, _ = _factors(family, n - 1)
    last = np.eye(n)[n - 1]
    companion = _times_x(family, n)[:n] - np.outer(series[:n] / (series[n] * a), last)
    return np.sort_complex(np.linalg.eigvals(companion))


def from_powers(family: str, pol: Numbers) -> Numbers:
    """Horner's rule, with the matrix that multiplies by x."""
    powers = np.atleast_1d(pol) + 0.0
    n = len(powers)
    times_x, first = _times_x(family, n)[:n], np.eye(n)[0]
    result = powers[n - 1] * first
    for k in range(n - 2, -1, -1):
        result = times_x @ result + powers[k] * first
    return result


def to_powers(family: str, c: Numbers) -> Numbers:
    series = np.atleast_1d(c) + 0.0
    n = len(series)
    times_x, first = _times_x("polynomial", n)[:n].astype(series.dtype), np.eye(n, dtype=series.dtype)[0]
    return _combined(family, times_x, first, series)
