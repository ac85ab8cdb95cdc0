"""Tangents and adjoints as the caller gives them, in the structure, the shapes and the dtypes of what they belong to.

`paired` goes by the tree that a trace has for its results, `fitted` by a value itself. None stands for zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.calls.structures import children, is_float, rebuild
from srcad.errors import ArgumentError
from srcad.trace.nodes import Leaf, Node, Tree


@dataclass(frozen=True)
class Prototype:
    """What the adjoint of a result, or the tangent of an argument, must look like.

    `dtype` None: a Python number; `items`: those of a list.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None
    items: tuple[Prototype, ...] | None = None

    @classmethod
    def of(cls, leaf: Any) -> Prototype:
        if isinstance(leaf, (list, tuple)):
            return cls((), None, tuple(map(cls.of, leaf)))
        return cls(np.shape(leaf), leaf.dtype if isinstance(leaf, (np.ndarray, np.generic)) else None)

    def fit(self, bar: Any, where: str) -> Any:
        """An adjoint or tangent with the dtype of its value; None stands for zeros."""
        if self.items is not None:
            return self.fit_items(self.items, bar, where)
        if bar is None:
            bar = np.zeros(self.shape)
        if np.shape(bar) != self.shape:
            raise ArgumentError(f"{where} has the shape {np.shape(bar)} instead of {self.shape}")
        if self.dtype is None:
            return bar if isinstance(bar, complex) else float(bar)
        return np.array(bar, self.dtype)[()]

    @staticmethod
    def fit_items(items: tuple[Prototype, ...], bar: Any, where: str) -> list[Any]:
        """The adjoint of a list that has grown in a loop."""
        if bar is not None and (not hasattr(bar, "__len__") or len(bar) != len(items)):
            raise ArgumentError(f"{where} must be a list with {len(items)} items, and is {bar!r}")
        parts = [None] * len(items) if bar is None else bar
        return [item.fit(part, f"{where}[{k}]") for k, (item, part) in enumerate(zip(items, parts, strict=True))]


# ---- by the value


def as_float(_leaf: Any) -> bool:
    """All leaves of what the program takes for floats have a tangent: an int among them is one too."""
    return True


def fitted(primal: Any, given: Any, where: str, moves: Callable[[Any], bool] = is_float) -> Any:
    """A tangent of a value, in its structure; None stands for zeros. `moves` tells the leaves that have one."""
    parts = children(primal)
    if parts is None:
        if moves(primal):
            return Prototype.of(primal).fit(given, where)
        if given is not None:
            raise ArgumentError(f"{where} is {given!r} for an argument that has none", do="give None")
        return None
    dots = [None] * len(parts) if given is None else _parts_like(primal, given)
    if dots is None or len(dots) != len(parts):
        due = f"the keys {list(primal)}" if isinstance(primal, Mapping) else f"{len(parts)} parts"
        raise ArgumentError(f"{where} must be a {type(primal).__name__} with {due}, and is {given!r}")
    both = enumerate(zip(parts, dots, strict=True))
    return rebuild(primal, [fitted(p, d, f"{where}[{k}]", moves) for k, (p, d) in both])


def _parts_like(primal: Any, given: Any) -> list[Any] | None:
    """The parts of a container in the order of those of another one; None if it isn't one of the same kind."""
    if isinstance(primal, Mapping):
        alike = isinstance(given, Mapping) and set(given) == set(primal)
        return [given[key] for key in primal] if alike else None
    plain = isinstance(primal, (tuple, list))
    return children(given) if isinstance(given, (tuple, list) if plain else type(primal)) else None


# ---- by the tree of a trace


def paired(tree: Tree, value: Any, where: str) -> Iterator[tuple[int, Any, str]]:
    """(index of the result, its value, what to call it) for the leaves of a tree; None stands for Nones below it."""
    match tree:
        case Leaf(index):
            yield index, value, where
        case Node(kind, parts):
            for key, child in zip(_keys(tree), parts, strict=True):
                label = f"{where}.{key}" if kind == "dataclass" else f"{where}[{key!r}]"
                yield from paired(child, _part(tree, value, key, where), label)


def _keys(tree: Node) -> Sequence[Any]:
    return tree.keys if tree.kind in ("dict", "dataclass") else range(len(tree.children))


def _part(tree: Node, value: Any, key: Any, where: str) -> Any:
    if value is None:
        return None
    if not isinstance(value, np.ndarray) and len(children(value) or ()) == len(tree.children):
        with suppress(LookupError, AttributeError, TypeError):  # another kind of container: the error below says so
            return getattr(value, key) if tree.kind == "dataclass" else value[key]
    count = len(children(value) or ()) if not isinstance(value, np.ndarray) else 0
    found = f"a {type(value).__name__}" + (f" with {count}" if count else "")
    due = f"{len(tree.children)} parts"
    if tree.kind == "dict" and isinstance(value, dict):
        due, found = f"the keys {list(tree.keys)}", f"one with {list(value)}"
    raise ArgumentError(f"{where} must be a {tree.kind} with {due}, and is {found}")


__all__ = ["Prototype", "as_float", "fitted", "paired"]
