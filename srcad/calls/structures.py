"""Structures of values: containers in containers, as a program's arguments and results are.

{"w": x, "b": [y, 1]}        leaves: x, y, 1        with the floats 2.0 and 3.0: {"w": 2.0, "b": [3.0, None]}
"""

from __future__ import annotations

import operator
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeGuard

import numpy as np

from srcad.runtime.instances import instance_of
from srcad.trace.fields import fields_of, makes_itself

Float = float | np.floating | np.ndarray  # what has a derivative


def children(value: object) -> list[object] | None:
    """The parts of a container; None for a leaf."""
    match value:
        case tuple() | list():
            return list(value)
        case dict():
            return list(value.values())
    names = fields_of(value)
    return None if names is None else [getattr(value, name) for name in names]


def rebuild(like: object, parts: Sequence[object]) -> object:
    """A container like `like` with other parts."""
    made: Callable[..., object] = type(like)
    match like:
        case defaultdict():
            return made(like.default_factory, zip(like, parts, strict=True))
        case dict():
            return made(zip(like, parts, strict=True))
        case tuple() if hasattr(like, "_fields"):
            return made(*parts)
        case tuple() | list():
            return made(parts)
    named = dict(zip(fields_of(like) or (), parts, strict=True))
    return made(**named) if makes_itself(made) else instance_of(type(like), **named)


def reached(value: object, steps: Iterable[tuple[str, object]]) -> object:
    """What the steps of a path lead to."""
    for kind, key in steps:
        value = STEPS[kind](value, key)
    return value


STEPS: dict[str, Callable[..., object]] = {"item": operator.getitem, "attr": getattr}


def leaves(tree: object) -> list[object]:
    parts = children(tree)
    return [tree] if parts is None else [leaf for part in parts for leaf in leaves(part)]


def is_float(leaf: object) -> TypeGuard[Float]:
    """Whether a leaf has a derivative."""
    match leaf:
        case float():
            return True
        case np.ndarray() | np.generic():
            return leaf.dtype.kind == "f"
    return False


def map_leaves(function: Callable[..., object], tree: object, *others: object) -> object:
    """`function` over the leaves of trees of one structure; None stands for a tree of None."""
    parts = children(tree)
    if parts is None:
        return function(tree, *others)
    columns = [[None] * len(parts) if other is None else children(other) or [] for other in others]
    return rebuild(tree, [map_leaves(function, *row) for row in zip(parts, *columns, strict=True)])


def with_floats(tree: object, values: Iterator[object]) -> object:
    """The structure with the next of the values for each float, and None in the place of what is none."""
    return map_leaves(lambda leaf: next(values) if is_float(leaf) else None, tree)


__all__ = ["Float", "children", "is_float", "leaves", "map_leaves", "reached", "rebuild", "with_floats"]
