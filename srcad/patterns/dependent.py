"""Values that depend on the inputs: beside each number the set of inputs that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.patterns.sets import FLAT, NONE, Sets


class Dependent:
    """A number or an array, and the sets of inputs of its elements: rows of the table of a run.

    `ids` is an int for a number, else an array of the shape of the value. What depends on nothing is a plain value.
    """

    __slots__ = ("__weakref__", "ids", "value")

    def __init__(self, value: Any, ids: Any) -> None:
        self.value = value
        self.ids = ids

    def __bool__(self) -> bool:
        return bool(self.value)

    def __index__(self) -> int:
        index: int = self.value.__index__()
        return index

    def __repr__(self) -> str:
        return f"Dependent({self.value!r}, {self.ids!r})"


@dataclass(frozen=True)
class Case:
    """One equation in a run: the values of its operands, their sets, and its result.

    `values` and `ids` are nested as lists and tuples are; the sets of what depends on nothing are 0.
    """

    sets: Sets
    values: tuple[Any, ...]
    ids: tuple[Any, ...]
    params: Mapping[str, Any]
    result: Any
    plain: Callable[..., Any]

    def full(self, k: int) -> Any:
        """The sets of an operand, as an array of its shape."""
        return filled(self.ids[k], np.shape(self.values[k]))

    @property
    def shape(self) -> tuple[int, ...]:
        return np.shape(self.result)

    def everything(self) -> int:
        """The union of all operands' sets."""
        total = NONE
        for ids in flattened(self.ids):
            total = self.sets.join(total, self.sets.all_of(ids))
        return total


def filled(ids: Any, shape: tuple[int, ...]) -> Any:
    """Sets as an array of a shape."""
    return np.broadcast_to(np.asarray(ids, np.int64), shape)


def depends(value: Any) -> bool:
    """Whether any number in nested lists and tuples depends on an input."""
    if type(value) in (list, tuple):
        return any(map(depends, value))
    return type(value) is Dependent


def value_of(value: Any) -> Any:
    """The plain value, in lists and tuples too."""
    if type(value) is Dependent:
        return value.value
    if type(value) in (list, tuple) and depends(value):
        return type(value)(map(value_of, value))
    return value


def ids_of(value: Any) -> Any:
    """The sets, nested as lists and tuples are."""
    if type(value) in (list, tuple):
        return type(value)(map(ids_of, value))
    return value.ids if type(value) is Dependent else NONE


def flattened(ids: Any) -> Iterator[Any]:
    """The sets in nested lists and tuples."""
    if type(ids) in (list, tuple):
        for inner in ids:
            yield from flattened(inner)
    else:
        yield ids


def dependent(value: Any, ids: Any) -> Any:
    """A result with its sets, where it has any; integers and the like have no derivative."""
    if type(value) is float and type(ids) is int:
        return Dependent(value, ids) if ids else value
    if isinstance(value, (list, tuple)):  # those that NumPy returns have names
        nested = ids if isinstance(ids, (list, tuple)) else [ids] * len(value)
        return (list if isinstance(value, list) else tuple)(map(dependent, value, nested))
    if not isinstance(value, (float, complex, int, np.ndarray, np.generic)):
        return value
    shape = np.shape(value)
    sets = filled(ids, shape) if shape else int(np.max(ids)) if np.ndim(ids) else int(ids)
    if not is_inexact(value):
        sets = np.minimum(sets, FLAT) if shape else min(sets, FLAT)
    present = sets.any() if isinstance(sets, np.ndarray) else sets != NONE
    return Dependent(value, sets) if present else value


def is_inexact(value: Any) -> bool:
    """Whether a derivative can pass."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc"
    return isinstance(value, (float, complex))
