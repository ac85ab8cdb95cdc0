"""Random directions in nested arguments, and vectors made of nested results."""

from __future__ import annotations

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from srcad.calls.arguments import check_differentiable, differentiable_argnums
from srcad.calls.structures import children, is_float, leaves, map_leaves
from srcad.errors import ArgumentError
from srcad.trace.fields import fields_of

Vector = NDArray[np.inexact]
CanMove = complex | np.inexact | np.ndarray  # what can move: floats and complex numbers, and arrays of them


def moves(leaf: object) -> TypeGuard[CanMove]:
    """Whether a leaf has a derivative, those of complex numbers included."""
    return is_float(leaf) or np.iscomplexobj(np.asarray(leaf))


def moving_positions(args: Sequence[object], argnums: int | Sequence[int] | None) -> tuple[int, ...]:
    """The positions of the arguments that move: those that were asked for, else all that can."""
    if argnums is None:
        argnums = differentiable_argnums(args)
    chosen = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    if not chosen:
        what = "there is nothing to differentiate: no argument is or contains a float"
        raise ArgumentError(what, do="pass floats (1.0 instead of 1)")
    for k in chosen:
        if not -len(args) <= k < len(args):
            raise ArgumentError(f"argnums={k} is out of range: there are {len(args)} arguments")
        check_differentiable(args[k], str(k))
    return tuple(k % len(args) for k in chosen)


def draw(rng: np.random.Generator, tree: object) -> object:
    """A random direction with the structure, shapes and dtypes of a tree, None at what can't move.

    Each leaf moves in proportion to its size, so that one step suits all of them.
    """
    return map_leaves(lambda leaf: _draw_leaf(rng, leaf), tree)


def weights(rng: np.random.Generator, tree: object) -> object:
    """A random adjoint for a tree of results: the larger a leaf is, the less it weighs, so that all of them count."""
    return map_leaves(lambda leaf: _draw_leaf(rng, leaf, 1.0 / size(leaf)), tree)


def _draw_leaf(rng: np.random.Generator, leaf: object, scale: float | None = None) -> CanMove | None:
    if not moves(leaf):
        return None
    scale = size(leaf) if scale is None else scale
    drawn = rng.normal(size=np.shape(leaf))
    if np.iscomplexobj(leaf):
        drawn = drawn + 1j * rng.normal(size=np.shape(leaf))
    return like(leaf, drawn * scale)


def like(leaf: object, value: CanMove) -> CanMove:
    """A value as the kind of number that a leaf is."""
    if isinstance(leaf, np.ndarray):
        return np.asarray(value, leaf.dtype)
    if isinstance(leaf, np.inexact):
        made: CanMove = np.asarray(value, leaf.dtype)[()]
        return made
    number = np.asarray(value).item()
    return complex(number) if isinstance(leaf, complex) else float(number)


def size(leaf: object) -> float:
    """The root of the mean square of a leaf, 1 where that is no scale."""
    count = np.asarray(leaf).size
    mean = length(leaf) / np.sqrt(count) if count else 0.0
    return float(mean) if mean > 0.0 and np.isfinite(mean) else 1.0


def moved(tree: object, direction: object, t: complex) -> object:
    """tree + t * direction, as fresh objects (a program may change its arguments), in double precision."""
    return map_leaves(lambda leaf, d: copy.deepcopy(leaf) if d is None else _widened(leaf) + t * d, tree, direction)


def _widened(leaf: object) -> object:
    if isinstance(leaf, (np.ndarray, np.generic)) and leaf.dtype.kind == "f":
        return leaf.astype(np.float64)
    return leaf


def flat(tree: object) -> Vector:
    """All that moves in a result, as one vector; complex numbers as they are."""
    found = [np.ravel(np.asarray(leaf)) for leaf in leaves(tree) if moves(leaf)]
    return np.concatenate([part.astype(np.result_type(part, np.float64)) for part in [np.zeros(0), *found]])


def blocks(tree: object) -> list[int]:
    """How many numbers of `flat` come from each leaf."""
    return [int(np.size(leaf)) for leaf in leaves(tree) if moves(leaf)]


def flat_like(tree: object, tangent: object) -> Vector:
    """The vector of a tangent of a result: zeros where it has none for what moves."""
    filled = map_leaves(lambda leaf, dot: _zeros(leaf) if dot is None else dot, tree, tangent)
    return flat(filled)


def _zeros(leaf: object) -> np.ndarray | None:
    return np.zeros_like(leaf) if moves(leaf) else None


def inner(a: object, b: object) -> float:
    """The sum of products over all leaves of `b` that move; None stands for zero."""
    parts = children(b)
    if parts is None:
        return 0.0 if a is None or b is None else float(np.sum(np.real(np.asarray(a) * np.asarray(b)), dtype=float))
    others = [None] * len(parts) if a is None else children(a) or []
    return sum(inner(x, y) for x, y in zip(others, parts, strict=True))


def length(value: object) -> float:
    """The Euclidean norm of all numbers, whose squares may overflow."""
    numbers = np.abs(np.ravel(np.asarray(value))).astype(float)
    top = float(np.max(numbers, initial=0.0))
    return top * float(np.linalg.norm(numbers / top)) if 0.0 < top < np.inf else top


def reach(a: object, b: object) -> float:
    """What the inner product could be: the sum of the products of lengths, leaf by leaf."""
    parts = children(b)
    if parts is None:
        return 0.0 if a is None or b is None else length(a) * length(b)
    others = [None] * len(parts) if a is None else children(a) or []
    return sum(reach(x, y) for x, y in zip(others, parts, strict=True))


def _labels(tree: object, name: str) -> list[str]:
    """A name for each leaf that moves: w, params['b'], pair[0]."""
    parts = children(tree)
    if parts is None:
        return [name] if moves(tree) else []
    if isinstance(tree, Mapping):
        keys = [f"[{key!r}]" for key in tree]
    elif isinstance(tree, (tuple, list)):
        fields = getattr(tree, "_fields", None)
        keys = [f".{field}" for field in fields] if fields else [f"[{k}]" for k in range(len(parts))]
    else:
        keys = [f".{name}" for name in fields_of(tree) or ()]
    return [label for key, part in zip(keys, parts, strict=True) for label in _labels(part, name + key)]


def _symmetric_part(leaf: object, dot: CanMove | None) -> CanMove | None:
    if not isinstance(leaf, np.ndarray) or leaf.ndim < 2 or not isinstance(dot, np.ndarray):
        return dot
    is_symmetric = leaf.shape[-1] == leaf.shape[-2] and np.array_equal(leaf, np.swapaxes(leaf, -1, -2))
    if not is_symmetric:
        return dot
    half: np.ndarray = 0.5 * (dot + np.swapaxes(dot, -1, -2))
    return half.astype(leaf.dtype)


@dataclass(frozen=True)
class Point:
    """Arguments, and which of them move. `symmetric`: matrices that are so move along symmetric directions alone."""

    args: tuple[object, ...]
    active: tuple[int, ...]
    symmetric: bool = False

    @property
    def parts(self) -> tuple[object, ...]:
        return tuple(self.args[k] for k in self.active)

    def direction(self, rng: np.random.Generator) -> tuple[object, ...]:
        return self.allowed(tuple(draw(rng, part) for part in self.parts))

    def allowed(self, direction: tuple[object, ...]) -> tuple[object, ...]:
        """The direction, or the symmetric part of it where only that is allowed."""
        if not self.symmetric:
            return direction
        return tuple(map_leaves(_symmetric_part, *pair) for pair in zip(self.parts, direction, strict=True))

    def alone(self, rng: np.random.Generator, names: Sequence[str]) -> list[tuple[str, tuple[object, ...]]]:
        """A direction for each leaf, in which the others rest, and what to call it; none for a single leaf."""
        labels = [label for k in self.active for label in _labels(self.args[k], names[k])]
        if len(labels) < 2:
            return []
        return [(label, self._only(n, rng)) for n, label in enumerate(labels)]

    def _only(self, n: int, rng: np.random.Generator) -> tuple[object, ...]:
        count = iter(range(len(leaves(self.args)) + 1))

        def drawn(leaf: object) -> object:
            dot = _draw_leaf(rng, leaf)
            return dot if dot is None or next(count) == n else like(leaf, np.zeros_like(dot))

        return self.allowed(tuple(map_leaves(drawn, part) for part in self.parts))

    def tangents(self, direction: Sequence[object]) -> tuple[object, ...]:
        """A tangent for each argument."""
        given = dict(zip(self.active, direction, strict=True))
        return tuple(given.get(k) for k in range(len(self.args)))

    def moved(self, direction: Sequence[object], t: complex) -> tuple[object, ...]:
        return tuple(
            copy.deepcopy(arg) if dot is None else moved(arg, dot, t)
            for arg, dot in zip(self.args, self.tangents(direction), strict=True)
        )

    def copies(self) -> tuple[object, ...]:
        """The arguments as fresh objects: a program may change them."""
        return self.moved((None,) * len(self.active), 0.0)

    def shifted(self, direction: Sequence[object], t: float) -> Point:
        """Another point nearby, whose numbers are of the same kinds."""

        def fresh(leaf: object, new: object) -> object:
            return like(leaf, new) if is_float(leaf) and moves(new) else leaf

        others = zip(self.args, self.moved(direction, t), strict=True)
        return Point(tuple(map_leaves(fresh, *pair) for pair in others), self.active, self.symmetric)
