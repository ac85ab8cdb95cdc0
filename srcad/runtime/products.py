"""Helpers of generated code about products, exact where elements are zero."""

from __future__ import annotations

from typing import Any

import numpy as np


def product_of_others(x: Any, axis: Any = None) -> Any:
    """For each element the product of all others along the axes."""
    zero = np.equal(x, 0)
    safe = np.where(zero, 1, x)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    return np.where(np.sum(zero, axis=axis, keepdims=True) == zero, others, 0.0)


def product_of_others_adjoint(g: Any, x: Any, axis: Any = None) -> Any:
    """For each element i: the sum over the others j of g_j times the product of all but i and j."""
    zero = np.equal(x, 0)
    safe = np.where(zero, 1, x)
    others = np.prod(safe, axis=axis, keepdims=True) / safe
    zeros = np.sum(zero, axis=axis, keepdims=True)
    ratio, at_zero = np.where(zero, 0, g / safe), np.where(zero, g, 0)
    rest = np.sum(ratio, axis=axis, keepdims=True) - ratio
    rest_at_zero = np.sum(at_zero, axis=axis, keepdims=True) - at_zero
    return others * np.where(zeros == zero, rest, np.where(zeros == zero + 1, rest_at_zero, 0))


def cumprod_adjoint(g: Any, x: Any, y: Any, axis: int) -> Any:
    """The adjoint of x, of which y is the running product.

    It is the sum of g y from there on, over x; at the first zero of x, the same with the zero left out of y.
    """
    zero = np.equal(x, 0)
    count = np.cumsum(zero, axis=axis)
    first = zero & (count == 1)
    safe = np.where(zero, 1, x)
    before = np.flip(np.cumsum(np.flip(g * y, axis), axis=axis), axis) / safe
    if not first.any():
        return before
    without = np.cumprod(np.where(first, 1, x), axis=axis)
    at_first = np.flip(np.cumsum(np.flip(g * without, axis), axis=axis), axis)
    return np.where(first, at_first, np.where(count == 0, before, 0))
