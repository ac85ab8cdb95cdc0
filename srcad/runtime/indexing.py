"""Helpers of generated code about subscripts."""

from __future__ import annotations

from typing import Any

import numpy as np


def last_wins(x: Any, index: tuple[Any, ...]) -> Any:
    """Where a value stored by `x[index] = values` stays: with repeated indices the last one does."""
    places = np.arange(x.size).reshape(x.shape)[index]
    order = np.arange(places.size).reshape(places.shape)
    winner = np.empty(x.size, dtype=order.dtype)
    winner[places.ravel()] = order.ravel()
    return winner[places] == order
