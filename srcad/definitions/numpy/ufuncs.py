"""`reduceat` and `at` of any ufunc."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = Any  # a number or an array


def reduceat(ufunc: Any, array: Numbers, /, indices: Numbers, axis: int = 0, dtype: Any = None) -> Numbers:
    """From each index up to the next one, where that is larger; else the element at the index.

    Of a single element nothing is computed: np.hypot.reduceat([-3.0], [0]) is [-3.0].
    """
    rows = np.moveaxis(np.asarray(array, dtype=dtype), axis, 0)
    starts = np.asarray(indices)
    stops = np.append(starts[1:], len(rows))
    parts = []
    for k in range(len(starts)):
        start, stop = starts[k], stops[k]
        parts.append(ufunc.reduce(rows[start:stop]) if stop > start + 1 else rows[start] * 1)
    return np.moveaxis(np.stack(parts), 0, axis)


def at(ufunc: Any, a: Numbers, indices: Any, b: Numbers = None, /) -> None:
    """An index that stands there several times counts each time: in as many rounds, one after the other."""
    places = np.arange(a.size).reshape(a.shape)[indices]
    wanted = np.ravel(places)
    order = np.argsort(wanted, kind="stable")
    ranks = np.arange(len(wanted)) - np.searchsorted(wanted[order], wanted[order])
    rounds = np.zeros(len(wanted), dtype=np.int64)
    rounds[order] = ranks
    flat = a.flatten()
    if ufunc.nin == 1:
        for k in range(np.max(rounds, initial=-1) + 1):
            now = wanted[rounds == k]
            flat[now] = ufunc(flat[now])
    else:
        values = np.ravel(np.broadcast_to(b, np.shape(places)))
        for k in range(np.max(rounds, initial=-1) + 1):
            chosen = rounds == k
            now = wanted[chosen]
            flat[now] = ufunc(flat[now], values[chosen])
    a[...] = flat.reshape(a.shape)
