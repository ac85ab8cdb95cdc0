"""Helpers of generated code about products, exact where elements are zero."""

from __future__ import annotations

import numpy as np


def product_of_others(x: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """For each element the product of all others along the axes."""
    zero = np.equal(x, 0)
    safe = np.where(zero, 1, x)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    return np.where(np.sum(zero, axis=axis, keepdims=True) == zero, others, 0.0)


def product_of_others_adjoint(g: np.ndarray, x: np.ndarray, axis: int | tuple[int, ...] | None = None) -> np.ndarray:
    """For each element i: the sum over the others j of g_j times the product of all but i and j."""
    zero = np.equal(x, 0)
    safe = np.where(zero, 1, x)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    zeros = np.sum(zero, axis=axis, keepdims=True)
    ratio, at_zero = np.where(zero, 0, g / safe), np.where(zero, g, 0)
    rest = np.sum(ratio, axis=axis, keepdims=True) - ratio
    rest_at_zero = np.sum(at_zero, axis=axis, keepdims=True) - at_zero
    bar: np.ndarray = others * np.where(zeros == zero, rest, np.where(zeros == zero + 1, rest_at_zero, 0))
    return bar


def cumprod_adjoint(g: np.ndarray, x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """The adjoint of x, of which y is the running product, from that of y.

    It is the sum of g y from there on, over x; at the first zero of x, the same with the zero left out of y.
    """
    first, before, safe = _zeros(x, axis)
    bar = np.where(before, _sum_from(g * y, axis) / safe, 0)
    if not first.any():
        return bar
    return np.where(first, _sum_from(g * np.cumprod(np.where(first, 1, x), axis=axis), axis), bar)


def cumprod_tangent(dot: np.ndarray, x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
    """The tangent of y, the running product of x, from that of x.

    It is y times the sum of dot / x up to there; from the first zero of x on, only that zero's tangent counts.
    """
    first, before, safe = _zeros(x, axis)
    tangent: np.ndarray = y * np.cumsum(dot / safe, axis=axis)
    if not first.any():
        return tangent
    moved = np.cumsum(np.where(first, dot, 0), axis=axis)
    return np.where(before, tangent, moved * np.cumprod(np.where(first, 1, x), axis=axis))


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
