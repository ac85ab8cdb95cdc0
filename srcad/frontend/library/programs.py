"""Functions of NumPy that write into arrays, as programs: they are read like functions of the user."""

from __future__ import annotations

from typing import Any

import numpy as np


def place(arr: Any, mask: Any, vals: Any) -> None:
    """np.place: the places of a mask get the values one after the other, over again where they are fewer."""
    chosen = np.reshape(np.asarray(mask) != 0, arr.shape)
    values = np.ravel(vals)
    arr[chosen] = values[np.arange(np.count_nonzero(chosen)) % values.size]


def putmask(a: Any, mask: Any, values: Any) -> None:
    """np.putmask: the places of a mask get the values that stand there, in as many copies as it takes."""
    chosen = np.reshape(np.asarray(mask) != 0, a.shape)
    row = np.ravel(values)
    a[chosen] = np.reshape(row[np.arange(a.size) % row.size], a.shape)[chosen]


def put_along_axis(arr: Any, indices: Any, values: Any, axis: int | None) -> None:
    """np.put_along_axis: a place along an axis for each line of the array."""
    if axis is None:
        arr.flat[indices] = values
    else:
        along = axis % arr.ndim
        places = []
        for k in range(arr.ndim):
            if k == along:
                places.append(indices)
            else:
                others = tuple(j for j in range(arr.ndim) if j != k)
                places.append(np.expand_dims(np.arange(arr.shape[k]), others))
        arr[tuple(places)] = values


__all__ = ["place", "put_along_axis", "putmask"]
