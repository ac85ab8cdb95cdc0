"""Helpers of generated code about subscripts."""

from __future__ import annotations

import numpy as np


def choices(which: np.ndarray | int, n: int) -> np.ndarray | int:
    """Numbers of n choices, which they must be."""
    if np.any(np.less(which, 0)) or np.any(np.greater_equal(which, n)):
        raise ValueError("invalid entry in choice array")
    return which


def last_wins(x: np.ndarray, index: tuple[int | slice | np.ndarray | None, ...]) -> np.ndarray:
    """Where a value stored by `x[index] = values` stays: with repeated indices the last one does."""
    places: np.ndarray = np.arange(x.size).reshape(x.shape)[index]
    order = np.arange(places.size).reshape(places.shape)
    winner = np.empty(x.size, dtype=order.dtype)
    winner[places.ravel()] = order.ravel()
    stays: np.ndarray = winner[places] == order
    return stays
