"""Structures of values: containers in containers, as a program's arguments and results are.

{"w": x, "b": [y, 1]}        leaves: x, y, 1        with the floats 2.0 and 3.0: {"w": 2.0, "b": [3.0, None]}
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard

import numpy as np

Float = float | np.floating | np.ndarray  # what has a derivative


def children(value: Any) -> list[Any] | None:
    """The parts of a container; None for a leaf."""
    if isinstance(value, Mapping):
        return list(value.values())
    if isinstance(value, (tuple, list)):
        return list(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return [getattr(value, field.name) for field in dataclasses.fields(value)]
    return None


def rebuild(like: Any, parts: Sequence[Any]) -> Any:
    """A container like `like` with other parts."""
    if isinstance(like, Mapping):
        return type(like)(zip(like, parts, strict=True))  # type: ignore[call-arg]
    if isinstance(like, tuple) and hasattr(like, "_fields"):
        return type(like)(*parts)
    if isinstance(like, (tuple, list)):
        return type(like)(parts)
    names = [field.name for field in dataclasses.fields(like)]
    return dataclasses.replace(like, **dict(zip(names, parts, strict=True)))


def leaves(tree: Any) -> list[Any]:
    parts = children(tree)
    return [tree] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def is_float(leaf: object) -> TypeGuard[Float]:
    """Whether a leaf has a derivative."""
    return isinstance(leaf, float) or (isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f")


def map_leaves(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """`function` over the leaves of trees of one structure; None stands for a tree of None."""
    parts = children(tree)
    if parts is None:
        return function(tree, *others)
    columns = [[None] * len(parts) if other is None else children(other) or [] for other in others]
    return rebuild(tree, [map_leaves(function, *row) for row in zip(parts, *columns, strict=True)])


def with_floats(tree: Any, values: Iterator[Any]) -> Any:
    """The structure with the next of the values for each float, and None in the place of what is none."""
    return map_leaves(lambda leaf: next(values) if is_float(leaf) else None, tree)


__all__ = ["Float", "children", "is_float", "leaves", "map_leaves", "rebuild", "with_floats"]
