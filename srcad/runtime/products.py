"""Helpers of generated code about products, exact where elements are zero."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def product_of_others(x: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """For each element the product of all others along the axes."""
    zero, safe, exponents = _factors(x, axis)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    if exponents is not None:
        others = _times_power(others, np.sum(exponents, axis=axis, keepdims=True) - exponents)
    return np.where(np.sum(zero, axis=axis, keepdims=True) == zero, others, 0.0)


def product_of_others_adjoint(g: np.ndarray, x: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """For each element i: the sum over the others j of g_j times the product of all but i and j."""
    zero, safe, exponents = _factors(x, axis)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    zeros = np.sum(zero, axis=axis, keepdims=True)
    if exponents is not None:
        g = _times_power(g, -exponents)
    ratio, at_zero = np.where(zero, 0, g / safe), np.where(zero, g, 0)
    rest, rest_at_zero = _sum_of_others(ratio, axis), _sum_of_others(at_zero, axis)
    bar: np.ndarray = others * np.where(zeros == zero, rest, np.where(zeros == zero + 1, rest_at_zero, 0))
    if exponents is not None:
        bar = _times_power(bar, np.sum(exponents, axis=axis, keepdims=True) - exponents)
    return bar


def _factors(x: np.ndarray, axis: int | tuple[int, ...] | None) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Where x is zero, x with 1 for 0, and powers of two that were taken out of it, where no product could be kept."""
    zero = np.equal(x, 0)
    safe = np.where(zero, 1, x)
    if _is_kept(np.prod(safe, axis=axis)):
        return zero, safe, None
    size = np.maximum(np.abs(safe.real), np.abs(safe.imag)) if safe.dtype.kind == "c" else safe
    exponents = np.where(zero, 0, np.frexp(size * math.sqrt(2))[1])  # so that what is left is near 1
    return zero, _times_power(safe, -exponents), exponents


def _is_kept(product: Any) -> bool:
    """Whether products have all of their digits: none is too small for that, too large or no number."""
    size = np.abs(product)
    limits = np.finfo(size.dtype if size.dtype.kind == "f" else float)
    return bool(np.all((size >= limits.tiny) & (size <= limits.max)))


def _times_power(x: np.ndarray, exponents: np.ndarray) -> np.ndarray:
    """x times powers of two, which may be no floats themselves."""
    if x.dtype.kind == "c":
        made: np.ndarray = (np.ldexp(x.real, exponents) + 1j * np.ldexp(x.imag, exponents)).astype(x.dtype)
    else:
        made = np.ldexp(x, exponents)
    return made


def _sum_of_others(x: np.ndarray, axis: int | tuple[int, ...] | None) -> np.ndarray:
    others: np.ndarray = np.subtract(np.sum(x, axis=axis, keepdims=True), x)
    return others


def cumprod_adjoint(g: np.ndarray, x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """The adjoint of x, of which y is the running product, from that of y.

    It is the sum of g y from there on, over x; at the first zero of x, the same with the zero left out of y.
    """
    first, before, safe = _zeros(x, axis)
    if not _is_kept(y[before]):
        bar: np.ndarray = _before(y, axis) * _from_behind(x, g, axis)
        return bar
    bar = np.where(before, _sum_from(g * y, axis) / safe, 0)
    if not first.any():
        return bar
    return np.where(first, _sum_from(g * np.cumprod(np.where(first, 1, x), axis=axis), axis), bar)


def cumprod_tangent(dot: np.ndarray, x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """The tangent of y, the running product of x, from that of x.

    It is y times the sum of dot / x up to there; from the first zero of x on, only that zero's tangent counts.
    """
    first, before, safe = _zeros(x, axis)
    if not _is_kept(y[before]):
        return recurrence(x, _before(y, axis) * dot, axis)
    tangent: np.ndarray = y * np.cumsum(dot / safe, axis=axis)
    if not first.any():
        return tangent
    moved = np.cumsum(np.where(first, dot, 0), axis=axis)
    return np.where(before, tangent, moved * np.cumprod(np.where(first, 1, x), axis=axis))


def _before(y: np.ndarray, axis: int) -> np.ndarray:
    """The running product before each element."""
    shifted = np.roll(y, 1, axis)
    np.moveaxis(shifted, axis, 0)[:1] = 1
    return shifted


def _from_behind(x: np.ndarray, g: np.ndarray, axis: int) -> np.ndarray:
    """s[k] = g[k] + x[k + 1] s[k + 1]."""
    factors = np.roll(np.flip(x, axis), 1, axis)  # the first one meets no product
    found: np.ndarray = np.flip(recurrence(factors, np.flip(g, axis), axis), axis)
    return found


def recurrence(a: np.ndarray, b: np.ndarray, axis: int) -> np.ndarray:
    """t[k] = a[k] t[k - 1] + b[k] along an axis, from zero on: what a running product's derivatives are made of."""
    factors, terms = np.moveaxis(a, axis, 0), np.moveaxis(b, axis, 0)
    found = np.array(terms, np.result_type(factors, terms))
    for k in range(1, len(found)):
        found[k] += factors[k] * found[k - 1]
    return np.ascontiguousarray(np.moveaxis(found, 0, axis))


def _zeros(x: np.ndarray, axis: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the first zero is along an axis, what stands before it, and x with 1 for 0."""
    zero = np.equal(x, 0)
    count = np.cumsum(zero, axis=axis)
    return zero & (count == 1), count == 0, np.where(zero, 1, x)


def _sum_from(x: np.ndarray, axis: int) -> np.ndarray:
    """The sums of the elements from each place on."""
    return np.flip(np.cumsum(np.flip(x, axis), axis=axis), axis)


def lagged_sums(g: np.ndarray, u: np.ndarray, count: int, axis: int) -> np.ndarray:
    """The sums of g[n] u[n - k] along an axis, and over all others, for k below `count`."""
    g, u = np.moveaxis(g, axis, -1), np.moveaxis(u, axis, -1)
    n = g.shape[-1]
    sums = [np.sum(g[..., k:] * u[..., : max(n - k, 0)]) for k in range(count)]
    return np.array(sums, np.result_type(g, u))
