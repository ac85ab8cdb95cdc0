"""What is asked of numbers, and of what nothing moves with the answer; places in arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

Numbers = Any  # a number or an array


def isposinf(x: Numbers) -> Numbers:
    return np.asarray(x) == np.inf


def isneginf(x: Numbers) -> Numbers:
    return np.asarray(x) == -np.inf


def isrealobj(x: Numbers) -> bool:
    return np.asarray(x).dtype.kind != "c"


def iscomplexobj(x: Numbers) -> bool:
    return np.asarray(x).dtype.kind == "c"


def isreal(x: Numbers) -> Numbers:
    return np.imag(x) == 0


def iscomplex(x: Numbers) -> Numbers:
    return np.imag(x) != 0


def isin(element: Numbers, test_elements: Numbers, *, invert: bool = False) -> Numbers:
    found = np.any(np.asarray(element)[..., None] == np.ravel(test_elements), axis=-1)
    return np.logical_not(found) if invert else found


def array_equiv(a1: Numbers, a2: Numbers) -> Numbers:
    return np.all(np.asarray(a1) == np.asarray(a2))


def unravel_index(indices: Numbers, shape: Any) -> Any:
    """In C order: the last axis goes on first."""
    lengths = shape if isinstance(shape, (tuple, list)) else (shape,)
    rest = np.asarray(indices) if isinstance(indices, (tuple, list)) else indices
    places = []
    for n in lengths[::-1]:
        places.append(rest % n)
        rest = rest // n
    return tuple(places[::-1])


def row_stack(tup: Any, *, dtype: Any = None, casting: Any = "same_kind") -> Numbers:
    return np.vstack(tup, dtype=dtype, casting=casting)
