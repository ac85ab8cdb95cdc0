"""Tangents and adjoints as the caller gives them, in the structure, the shapes and the dtypes of what they belong to.

`paired` goes by the tree that a trace has for its results, `fitted` by a value itself. None stands for zeros.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np

from srcad.calls.structures import children, is_float, reached, rebuild
from srcad.errors import ArgumentError
from srcad.trace.nodes import Leaf, Node, Tree


@dataclass(frozen=True)
class Prototype:
    """What the adjoint of a result, or the tangent of an argument, must look like.

    `dtype` None: a Python number, which may be complex; `items`: those of a list.
    """

    shape: tuple[int, ...]
    dtype: np.dtype[np.generic] | None
    items: tuple[Prototype, ...] | None = None
    is_complex: bool = False

    @classmethod
    def of(cls, leaf: object) -> Prototype:
        match leaf:
            case list() | tuple():
                return cls((), None, tuple(map(cls.of, leaf)))
            case np.ndarray() | np.generic():
                return cls(leaf.shape, leaf.dtype, is_complex=leaf.dtype.kind == "c")
        return cls(np.asarray(leaf).shape, None, is_complex=isinstance(leaf, complex))

    def fit(self, bar: object, where: str) -> object:
        """An adjoint or tangent with the dtype of its value; None stands for zeros."""
        if self.items is not None:
            return self.fit_items(self.items, bar, where)
        if bar is None:
            bar = np.zeros(self.shape)
        array = np.asarray(bar)
        if array.shape != self.shape:
            raise ArgumentError(f"{where} has the shape {array.shape} instead of {self.shape}")
        if array.dtype.kind == "c" and not self.is_complex:
            raise ArgumentError(f"{where} is complex, and what it belongs to is real", do="give its real part")
        if self.dtype is None:
            return complex(array) if self.is_complex else float(array)
        return np.array(bar, self.dtype)[()]

    @staticmethod
    def fit_items(items: tuple[Prototype, ...], bar: object, where: str) -> list[object]:
        """The adjoint of a list that has grown in a loop."""
        parts: Sequence[object] | None = None
        match bar:
            case None:
                parts = [None] * len(items)
            case Sequence() | np.ndarray(shape=(_, *_)):
                parts = list(bar)
        if parts is None or len(parts) != len(items):
            raise ArgumentError(f"{where} must be a list with {len(items)} items, and is {bar!r}")
        return [item.fit(part, f"{where}[{k}]") for k, (item, part) in enumerate(zip(items, parts, strict=True))]


# ---- by the value


def as_float(_leaf: object) -> bool:
    """All leaves of what the program takes for floats have a tangent: an int among them is one too."""
    return True


def fitted(primal: object, given: object, where: str, moves: Callable[[object], bool] = is_float) -> object:
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


def _parts_like(primal: object, given: object) -> list[object] | None:
    """The parts of a container in the order of those of another one; None if it isn't one of the same kind."""
    match primal:
        case Mapping():
            if isinstance(given, Mapping) and set(given) == set(primal):
                return [given[key] for key in primal]
            return None
        case tuple() | list():
            alike: tuple[type, ...] = (tuple, list)
        case _:
            alike = (type(primal),)
    return children(given) if isinstance(given, alike) else None


# ---- by the tree of a trace


def paired(tree: Tree, value: object, where: str) -> Iterator[tuple[int, object, str]]:
    """(index of the result, its value, what to call it) for the leaves of a tree; None stands for Nones below it."""
    match tree:
        case Leaf(index):
            yield index, value, where
        case Node(kind, parts):
            if not parts:
                _without_parts(tree, value, where)
            for key, child in zip(_keys(tree), parts, strict=True):
                label = f"{where}.{key}" if kind == "dataclass" else f"{where}[{key!r}]"
                yield from paired(child, _part(tree, value, key, where), label)


def _without_parts(tree: Node, value: object, where: str) -> None:
    """Refuse what isn't as empty as a container is."""
    alike = Mapping if tree.kind == "dict" else (tuple, list, np.ndarray)
    is_number = isinstance(value, np.ndarray) and value.ndim == 0
    fits = value is None or (isinstance(value, alike) and not is_number and len(value) == 0)
    if tree.kind in ("dict", "list", "tuple") and not fits:
        raise ArgumentError(f"{where} must be a {tree.kind} with 0 parts, and is {value!r}")


def _keys(tree: Node) -> Sequence[object]:
    return tree.keys if tree.kind in ("dict", "dataclass") else range(len(tree.children))


def _part(tree: Node, value: object, key: object, where: str) -> object:
    if value is None:
        return None
    parts = None if isinstance(value, np.ndarray) else children(value)
    if parts is not None and len(parts) == len(tree.children):
        with suppress(LookupError, AttributeError, TypeError):  # another kind of container: the error below says so
            return reached(value, [("attr" if tree.kind == "dataclass" else "item", key)])
    found = f"a {type(value).__name__}" + (f" with {len(parts)}" if parts else "")
    due = f"{len(tree.children)} parts"
    if tree.kind == "dict" and isinstance(value, dict):
        due, found = f"the keys {list(tree.keys)}", f"one with {list(value)}"
    raise ArgumentError(f"{where} must be a {tree.kind} with {due}, and is {found}")


__all__ = ["Prototype", "as_float", "fitted", "paired"]
