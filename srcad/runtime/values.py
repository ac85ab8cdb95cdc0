"""Helpers for values of which the types don't say everything: shapes, zeros, sums, copies."""

from __future__ import annotations

from typing import Any

import numpy as np


def sum_to_shape(
    g: np.ndarray | np.generic | complex, like: np.ndarray | np.generic | complex
) -> np.ndarray | np.generic | complex:
    """Undo broadcasting: the sum of `g` over what was stretched, in the shape of `like`.

    `g` may still lack dimensions of the broadcast result that are not 1; they are not known here.
    """
    shape = np.shape(like)
    lead = np.ndim(g) - len(shape)
    if lead > 0:
        g = np.sum(g, axis=tuple(range(lead)))
    stretched = tuple(
        axis for axis, n in enumerate(shape) if n == 1 and lead + axis >= 0 and np.shape(g)[axis + min(lead, 0)] != 1
    )
    if stretched:
        g = np.sum(g, axis=stretched, keepdims=True)
    return g if shape else np.asarray(g)[()]


def zeros_of(x: object) -> object:
    """Zeros like x: arrays, numbers, and lists and tuples of them."""
    if isinstance(x, np.ndarray):
        return np.zeros_like(x)
    if isinstance(x, (list, tuple)):
        return type(x)(zeros_of(item) for item in x)
    return type(x)(0) if isinstance(x, np.inexact) else 0.0


def plus(a: Any, b: Any) -> Any:
    """a + b; item by item for lists and tuples. None is no adjoint."""
    if a is None or b is None:
        return b if a is None else a
    if isinstance(a, (list, tuple)):
        return type(a)(plus(x, y) for x, y in zip(a, b, strict=True))
    return a if isinstance(a, str) or isinstance(b, str) else a + b  # beside text, which stands for itself


def nested_list(x: np.ndarray, depth: int) -> list[object]:
    """An array as a list of lists, `depth` of them inside of each other."""
    return list(x) if depth == 1 else [nested_list(row, depth - 1) for row in x]


def copied(x: object) -> object:
    """A copy that shares no memory: of an array, and of lists and tuples with the arrays in them."""
    if isinstance(x, np.ndarray):
        return x.copy()
    if isinstance(x, (list, tuple)):
        return type(x)(copied(item) for item in x)
    return x


def cast(x: np.ndarray | np.generic | complex, dtype: str) -> np.ndarray | np.generic:
    """x as `dtype`; the real part, where a complex value becomes a real one."""
    if np.iscomplexobj(x) and not dtype.startswith("complex"):
        x = np.real(x)
    return x.astype(dtype) if isinstance(x, np.ndarray) else np.dtype(dtype).type(x)
