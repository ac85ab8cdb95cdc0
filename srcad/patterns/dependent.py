"""Values that depend on the inputs: beside each number the set of inputs that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, SupportsIndex, TypeAlias

import numpy as np

from srcad.patterns.sets import FLAT, NONE, Held, Ids, Sets

Nested: TypeAlias = "Held | list[Nested] | tuple[Nested, ...]"  # as lists and tuples are


class Dependent:
    """A number or an array, and the sets of inputs of its elements: rows of the table of a run.

    `ids` is an int for a number, else an array of the shape of the value. What depends on nothing is a plain value.
    """

    __slots__ = ("__weakref__", "ids", "value")

    def __init__(self, value: object, ids: Held) -> None:
        self.value = value
        self.ids = ids

    def __bool__(self) -> bool:
        return bool(self.value)

    def __index__(self) -> int:
        if not isinstance(self.value, SupportsIndex):
            raise TypeError(f"{self.value!r} is no index")
        return self.value.__index__()

    def __repr__(self) -> str:
        return f"Dependent({self.value!r}, {self.ids!r})"


@dataclass(frozen=True)
class Case:
    """One equation in a run: the values of its operands, their sets, and its result.

    `values` and `ids` are nested as lists and tuples are; the sets of what depends on nothing are 0.
    """

    sets: Sets
    values: tuple[object, ...]
    ids: tuple[Nested, ...]
    params: Mapping[str, Any]
    result: object
    plain: Callable[..., object]

    def full(self, k: int) -> Ids:
        """The sets of an operand, as an array of its shape."""
        return filled(self.ids[k], shape_of(self.values[k]))

    def own(self, k: int) -> Held:
        """The sets of an operand; those of a list as an array."""
        return held(self.ids[k])

    def moved(self, *operands: object, **params: object) -> Nested:
        """The sets of a result, by doing to sets what the operation does to values."""
        return as_ids(self.plain(*operands, **params))

    @property
    def shape(self) -> tuple[int, ...]:
        return shape_of(self.result)

    def everything(self) -> int:
        """The union of all operands' sets."""
        total = NONE
        for ids in flattened(self.ids):
            total = self.sets.join(total, self.sets.all_of(ids))
        return total


def shape_of(value: object) -> tuple[int, ...]:
    """The lengths of an array, of a list of lists, of a number."""
    return value.shape if isinstance(value, (np.ndarray, np.generic)) else np.asarray(value).shape


def filled(ids: Nested, shape: tuple[int, ...]) -> Ids:
    """Sets as an array of a shape."""
    return np.broadcast_to(np.asarray(ids, np.int64), shape)


def held(ids: Nested) -> Held:
    """Sets of a number or an array; those of a list as an array."""
    return np.asarray(ids, np.int64) if isinstance(ids, (list, tuple)) else ids


def as_ids(moved: object) -> Nested:
    """What NumPy has made of sets: arrays, single ones, lists of these."""
    if isinstance(moved, (list, tuple)):
        return [as_ids(part) for part in moved]
    if isinstance(moved, np.ndarray):
        return moved
    assert isinstance(moved, (int, np.integer)), moved
    return int(moved)


def depends(value: object) -> bool:
    """Whether any number in nested lists and tuples depends on an input."""
    if type(value) is list or type(value) is tuple:
        return any(map(depends, value))
    return type(value) is Dependent


def value_of(value: object) -> object:
    """The plain value, in lists and tuples too."""
    if type(value) is Dependent:
        return value.value
    if (type(value) is list or type(value) is tuple) and depends(value):
        return type(value)(map(value_of, value))
    return value


def ids_of(value: object) -> Nested:
    """The sets, nested as lists and tuples are."""
    if type(value) is list or type(value) is tuple:
        return type(value)(map(ids_of, value))
    return value.ids if type(value) is Dependent else NONE


def flattened(ids: Nested) -> Iterator[Held]:
    """The sets in nested lists and tuples."""
    if isinstance(ids, (list, tuple)):
        for inner in ids:
            yield from flattened(inner)
    else:
        yield ids


def parts_of(value: object) -> Iterator[object]:
    """The values in nested lists and tuples."""
    if type(value) is list or type(value) is tuple:
        for inner in value:
            yield from parts_of(inner)
    else:
        yield value


def dependent(value: object, ids: Nested) -> object:
    """A result with its sets, where it has any; integers and the like have no derivative."""
    if type(value) is float and type(ids) is int:
        return Dependent(value, ids) if ids else value
    if isinstance(value, (list, tuple)):  # those that NumPy returns have names
        made = map(dependent, value, items(ids, len(value)))
        return list(made) if isinstance(value, list) else tuple(made)
    if not isinstance(value, (float, complex, int, np.ndarray, np.generic)):
        return value
    shape = shape_of(value)
    sets: Held = filled(ids, shape) if shape else ids if isinstance(ids, int) else int(np.max(np.asarray(ids)))
    if not is_inexact(value):
        sets = np.minimum(sets, FLAT) if isinstance(sets, np.ndarray) else min(sets, FLAT)
    present = sets.any() if isinstance(sets, np.ndarray) else sets != NONE
    return Dependent(value, sets) if present else value


def items(ids: Nested, count: int) -> Sequence[Nested]:
    """The sets of the items of a list; one stands for all of them."""
    return ids if isinstance(ids, (list, tuple)) else [ids] * count


def is_inexact(value: object) -> bool:
    """Whether a derivative can pass."""
    if isinstance(value, (np.ndarray, np.generic)):
        return value.dtype.kind in "fc"
    return isinstance(value, (float, complex))
