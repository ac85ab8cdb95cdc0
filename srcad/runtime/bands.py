"""Helpers of generated code about matrices that are stored by their diagonals, as `scipy.linalg.solve_banded` has them.

A matrix with `lower` diagonals below the main one and `upper` above has the element (i, j) at [upper + i - j, j].
"""

from __future__ import annotations

import numpy as np


def turned_band(ab: np.ndarray, l_and_u: tuple[int, int]) -> np.ndarray:
    """The diagonals of the transpose, `upper` of which are below the main one; 0 where it has no element."""
    (lower, upper), n = l_and_u, ab.shape[1]
    turned = np.zeros_like(ab)
    for k in range(max(-lower, 1 - n), min(upper, n - 1) + 1):
        turned[lower + k, max(-k, 0) : n - max(k, 0)] = ab[upper - k, max(k, 0) : n + min(k, 0)]
    return turned


def band_of_outer(p: np.ndarray, q: np.ndarray, l_and_u: tuple[int, int]) -> np.ndarray:
    """The diagonals of p qᵀ, of vectors or of matrices."""
    (lower, upper), n = l_and_u, p.shape[0]
    band = np.zeros((lower + upper + 1, n), np.result_type(p, q))
    for k in range(max(-lower, 1 - n), min(upper, n - 1) + 1):
        products = p[max(-k, 0) : n - max(k, 0)] * q[max(k, 0) : n + min(k, 0)]
        band[upper - k, max(k, 0) : n + min(k, 0)] = products if p.ndim == 1 else products.sum(axis=1)
    return band


def band_times(ab: np.ndarray, x: np.ndarray, l_and_u: tuple[int, int]) -> np.ndarray:
    """The product of the matrix with a vector, or with the columns of a matrix."""
    (lower, upper), n = l_and_u, ab.shape[1]
    product = np.zeros(x.shape, np.result_type(ab, x))
    columns = ab if x.ndim == 1 else ab[:, :, None]
    for k in range(max(-lower, 1 - n), min(upper, n - 1) + 1):
        product[max(-k, 0) : n - max(k, 0)] += (
            columns[upper - k, max(k, 0) : n + min(k, 0)] * x[max(k, 0) : n + min(k, 0)]
        )
    return product


def order_of_pivots(piv: np.ndarray) -> np.ndarray:
    """The order in which rows stand that have changed places one after the other, row k with row piv[k]."""
    order = np.arange(piv.size)
    for k, other in enumerate(piv):
        order[k], order[other] = order[other], order[k]
    return order
