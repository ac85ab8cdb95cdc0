"""What `vjp` returns: the value, and a function from adjoints of the value to adjoints of the arguments."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from srcad.calls.structures import children
from srcad.errors import ArgumentError
from srcad.trace.nodes import Leaf, Node, Trace, Tree
from srcad.trace.types import is_differentiable

Function = Callable[..., Any]


def forward_and_pullback(forward: Function, reverse: Function, primal: Trace, note: Function) -> Function:
    """The two generated functions as one: arguments -> (value, pullback)."""
    seeded = tuple(k for k, result in enumerate(primal.body.results) if is_differentiable(result.type))
    sweep = Sweep(reverse, primal.output, seeded, note)

    def call(*args: Any, **kwargs: Any) -> tuple[Any, Pullback]:
        value, recorded = forward(*args, **kwargs)
        foreign = (*arrays((args, kwargs)), *arrays(value))
        prototypes = {k: Prototype.of(leaf) for k, leaf, _ in paired(primal.output, value, "the value")}
        return value, Pullback(sweep, tuple(unshared(item, foreign) for item in recorded), prototypes)

    return call


@dataclass(frozen=True)
class Sweep:
    """The generated reverse sweep. `seeded`: the results that have an adjoint; `tree`: where they are in the value."""

    reverse: Function
    tree: Tree
    seeded: tuple[int, ...]
    note: Function


@dataclass(frozen=True)
class Prototype:
    """What the adjoint of a result must look like; `dtype` None: a Python number; `items`: those of a list."""

    shape: tuple[int, ...]
    dtype: np.dtype[Any] | None
    items: tuple[Prototype, ...] | None = None

    @classmethod
    def of(cls, leaf: Any) -> Prototype:
        if isinstance(leaf, (list, tuple)):
            return cls((), None, tuple(map(cls.of, leaf)))
        return cls(np.shape(leaf), leaf.dtype if isinstance(leaf, (np.ndarray, np.generic)) else None)

    def fit(self, bar: Any, where: str) -> Any:
        """An adjoint with the dtype of the result; None stands for zeros."""
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


@dataclass(frozen=True)
class Pullback:
    """Adjoint of the value -> adjoints of the arguments. It can be called any number of times."""

    sweep: Sweep
    recorded: tuple[Any, ...]
    prototypes: dict[int, Prototype]

    def __call__(self, value_bar: object) -> tuple[Any, ...]:
        bars = {k: (bar, where) for k, bar, where in paired(self.sweep.tree, value_bar, "the adjoint of the value")}
        seeds = [self.prototypes[k].fit(*bars[k]) for k in self.sweep.seeded]
        try:
            bars_of_arguments: tuple[Any, ...] = self.sweep.reverse(*self.recorded, *seeds)
        except Exception as error:
            raise self.sweep.note(error) from error.__cause__
        return bars_of_arguments

    @property
    def source(self) -> str:
        """The generated source of the reverse sweep."""
        return inspect.getsource(self.sweep.reverse)

    def __repr__(self) -> str:
        return "<pullback: adjoint of the value -> adjoints of the arguments>"


# ---- the structure of values


def paired(tree: Tree, value: Any, where: str) -> Iterator[tuple[int, Any, str]]:
    """(index of the result, its value, what to call it) for the leaves of a tree; None stands for Nones below it."""
    if isinstance(tree, Leaf):
        yield tree.index, value, where
    elif isinstance(tree, Node):
        for key, child in zip(_keys(tree), tree.children, strict=True):
            label = f"{where}.{key}" if tree.kind == "dataclass" else f"{where}[{key!r}]"
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


def arrays(value: Any) -> Iterator[np.ndarray[Any, Any]]:
    """The arrays in nested containers."""
    if isinstance(value, np.ndarray):
        yield value
    for part in children(value) or ():
        yield from arrays(part)


def unshared(recorded: Any, foreign: Sequence[np.ndarray[Any, Any]]) -> Any:
    """What was recorded, copied where the caller has the same memory, and may change it before the reverse sweep."""
    if isinstance(recorded, np.ndarray):
        return recorded.copy() if any(np.may_share_memory(recorded, other) for other in foreign) else recorded
    if isinstance(recorded, (list, tuple)) and foreign and next(arrays(recorded), None) is not None:
        return type(recorded)(unshared(item, foreign) for item in recorded)
    return recorded
