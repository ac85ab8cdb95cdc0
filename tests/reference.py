"""Derivatives without srcad: differences along directions of nested arguments.

A program is a function of any arguments: floats and arrays, in tuples, lists, dicts, named tuples and dataclasses.
What is compared is the directional derivative d/dt f(args + t * direction) at t = 0, by the complex step where a
program is holomorphic, else by Ridders' method: central differences at shrinking steps, extrapolated to step zero,
which also says how far its answer can be trusted.
"""

from __future__ import annotations

import copy
import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

SHRINK = 1.6
LEVELS = 10
COMPLEX_STEP = 1e-30


# ---- nested arguments


def parts(tree: Any) -> dict[Any, Any] | None:
    """The children of a container by label; None for a leaf."""
    if isinstance(tree, dict):
        return dict(tree)
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return dict(zip(tree._fields, tree, strict=True))
    if isinstance(tree, (tuple, list)):
        return dict(enumerate(tree))
    if dataclasses.is_dataclass(tree) and not isinstance(tree, type):
        return {field.name: getattr(tree, field.name) for field in dataclasses.fields(tree)}
    return None


def rebuild(tree: Any, children: Sequence[Any]) -> Any:
    """A container like `tree` with other children."""
    if isinstance(tree, dict):
        return dict(zip(tree, children, strict=True))
    if isinstance(tree, tuple) and hasattr(tree, "_fields"):
        return type(tree)(*children)
    if isinstance(tree, (tuple, list)):
        return type(tree)(children)
    return dataclasses.replace(tree, **dict(zip(parts(tree) or {}, children, strict=True)))


def map_leaves(function: Callable[..., Any], tree: Any, *others: Any) -> Any:
    """`function` over the leaves of trees of one structure. Where another tree has None, so have all its children."""
    children = parts(tree)
    if children is None:
        return function(tree, *others)
    columns = [parts(other) if other is not None else dict.fromkeys(children) for other in others]
    rows = [map_leaves(function, child, *(column[label] for column in columns)) for label, child in children.items()]
    return rebuild(tree, rows)


def leaves(tree: Any, label: str = "") -> Iterator[tuple[str, Any]]:
    """(label, leaf) of every leaf, in order."""
    children = parts(tree)
    if children is None:
        yield label, tree
    else:
        for key, child in children.items():
            yield from leaves(child, f"{label}[{key!r}]" if label else str(key))


def moves(leaf: Any) -> bool:
    """Whether a leaf is one that can be differentiated: a float, or an array of floats."""
    if isinstance(leaf, np.ndarray):
        return bool(np.issubdtype(leaf.dtype, np.floating))
    return isinstance(leaf, (float, np.floating))


def flat(tree: Any) -> np.ndarray:
    """All numbers of a result as one vector."""
    return np.concatenate([np.ravel(leaf) for _, leaf in leaves(tree)])


def inner(a: Any, b: Any) -> float:
    """The sum of products over the leaves that move in `b`."""
    products = (
        np.sum(np.asarray(x, float) * y) for (_, x), (_, y) in zip(leaves(a), leaves(b), strict=True) if moves(y)
    )
    return float(sum(products))


def identical(a: Any, b: Any) -> bool:
    """Same structure, same types, same bits."""
    left, right = parts(a), parts(b)
    if left is not None:
        same = type(a) is type(b) and right is not None and list(left) == list(right)
        return same and all(identical(child, right[label]) for label, child in left.items())
    if isinstance(a, np.ndarray):
        return isinstance(b, np.ndarray) and a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, (float, np.floating)):
        return type(a) is type(b) and np.float64(a).tobytes() == np.float64(b).tobytes()
    return a is b or bool(a == b)


def mismatch(gradient: Any, argument: Any, label: str = "gradient") -> str:
    """Why a gradient hasn't the structure, shapes and dtypes of its argument; "" if it has."""
    children = parts(argument)
    if children is not None:
        if type(gradient) is not type(argument) or list(parts(gradient) or {}) != list(children):
            return f"{label} is {gradient!r}, the argument {argument!r}"
        found = (mismatch((parts(gradient) or {})[k], child, f"{label}[{k!r}]") for k, child in children.items())
        return next(filter(None, found), "")
    if not moves(argument):
        return ""
    got, due = np.asarray(gradient), np.asarray(argument)
    if got.shape != due.shape or got.dtype != due.dtype:
        return f"{label} is {got.dtype}{got.shape}, the argument {due.dtype}{due.shape}"
    return f"{label} is an array, the argument a scalar" if isinstance(gradient, np.ndarray) and due.ndim == 0 else ""


# ---- directions


def directions(args: tuple[Any, ...], active: tuple[int, ...], seed: int) -> dict[str, tuple[Any, ...]]:
    """Directions to test along: two of all active leaves together, then one for each leaf alone.

    A direction is a tuple like `args`, None where nothing moves, scaled to the size of each leaf.
    """
    rng = np.random.default_rng(seed)

    def draw(leaf: Any) -> Any:
        if not moves(leaf):
            return None
        size = float(np.sqrt(np.mean(np.square(leaf)))) if np.size(leaf) else 0.0
        return (size or 1.0) * rng.normal(size=np.shape(leaf))

    def joint() -> tuple[Any, ...]:
        return tuple(
            map_leaves(draw, arg) if k in active else map_leaves(lambda _: None, arg) for k, arg in enumerate(args)
        )

    found = {"all, first": joint(), "all, second": joint()}
    labels = [label for label, d in leaves(found["all, first"]) if d is not None]
    if len(labels) > 1:
        found |= {f"{label} alone": alone(joint(), label) for label in labels}
    return found


def alone(direction: tuple[Any, ...], wanted: str) -> tuple[Any, ...]:
    """The same direction with every leaf but one at rest."""
    labels = iter([label for label, _ in leaves(direction)])
    return map_leaves(lambda d: d if next(labels) == wanted or d is None else 0.0 * d, direction)


def shifted(args: tuple[Any, ...], direction: tuple[Any, ...], t: complex) -> tuple[Any, ...]:
    """args + t * direction, fresh."""
    return map_leaves(lambda leaf, d: copy.deepcopy(leaf) if d is None else moved(leaf, t * d), args, direction)


def moved(leaf: Any, by: Any) -> Any:
    """leaf + by, of Python's own type where the leaf is."""
    return type(leaf)(leaf + by) if type(leaf) is float and not isinstance(by, complex) else leaf + by


# ---- differences


@dataclasses.dataclass(frozen=True)
class Derivative:
    """Of all outputs along a direction, and a bound of its error."""

    value: np.ndarray
    error: float


def ridders(phi: Callable[[float], np.ndarray], step: float) -> Derivative:
    """phi'(0), taken where two neighbours in the extrapolation tableau agree best."""
    best, error = np.full_like(phi(0.0), np.nan), np.inf
    before: list[np.ndarray] = []
    for level in range(LEVELS):
        h = step / SHRINK**level
        row = [(phi(h) - phi(-h)) / (2 * h)]
        for k, above in enumerate(before):
            factor = SHRINK ** (2 * (k + 1))
            row.append((factor * row[k] - above) / (factor - 1))
            change = max(distance(row[-1], row[-2]), distance(row[-1], above))
            if change < error:
                best, error = row[-1], change
        before = row
    return Derivative(best, error)


def distance(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.max(np.abs(a - b), initial=0.0))


def along(
    function: Callable[..., Any],
    args: tuple[Any, ...],
    direction: tuple[Any, ...],
    step: float = 1e-2,
    complex_step: bool = False,
) -> Derivative:
    """The derivative of all of a program's outputs along a direction."""
    if complex_step:
        return Derivative(flat(function(*shifted(args, direction, COMPLEX_STEP * 1j))).imag / COMPLEX_STEP, 0.0)
    return ridders(lambda t: np.asarray(flat(function(*shifted(args, direction, t))), float), step)
