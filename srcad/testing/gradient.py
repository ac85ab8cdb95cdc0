"""Checking derivatives against differences: for users, and for the examples.

>>> from srcad.testing import check_gradient
>>> check_gradient(lambda x: x * x, 3.0) < 1e-8
True
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from srcad.api.gradients import value_and_grad
from srcad.calls.structures import children, map_leaves

LEVELS = 3


@dataclass(frozen=True)
class _Direction:
    """One random direction of all differentiated arguments, which moves each leaf in proportion to its size."""

    parts: tuple[object, ...]
    active: tuple[int, ...]

    def moved(self, args: tuple[object, ...], t: float) -> tuple[object, ...]:
        """args + t * direction, as fresh objects: a program may change its arguments."""
        fresh = list(copy.deepcopy(args))
        for k, part in zip(self.active, self.parts, strict=True):
            fresh[k] = map_leaves(lambda leaf, d: leaf if d is None else leaf + t * d, fresh[k], part)
        return tuple(fresh)

    def along(self, gradient: tuple[object, ...]) -> float:
        return sum(_inner(g, d) for g, d in zip(gradient, self.parts, strict=True))


def check_gradient(
    function: Callable[..., object],
    *args: object,
    argnums: int | tuple[int, ...] = 0,
    directions: int = 3,
    step: float = 1e-3,
    rtol: float = 1e-6,
    seed: int = 0,
) -> float:
    """Compare the gradient at `args` with differences; return the largest relative error, or raise AssertionError.

    The differences are central ones along random directions of all differentiated arguments together, extrapolated
    to step zero (Richardson). `step` is relative to the size of each argument. Arguments of single precision are
    best checked as double precision ones.

    >>> import srcad
    >>> srcad.testing.check_gradient(lambda x, y: x * y**2, 2.0, 3.0, argnums=(0, 1)) < 1e-9
    True
    """
    value, gradient = value_and_grad(function, argnums)(*copy.deepcopy(args))
    active = (argnums,) if isinstance(argnums, int) else argnums
    per_argument = (gradient,) if isinstance(argnums, int) else gradient
    rng = np.random.default_rng(seed)
    worst = 0.0
    for _ in range(directions):
        direction = _Direction(tuple(map_leaves(lambda leaf: _draw(rng, leaf), args[k]) for k in active), active)
        due = _derivative(lambda t, d=direction: _number(function(*d.moved(args, t))), step)  # type: ignore[misc]
        got = direction.along(per_argument)
        error = abs(got - due) / max(abs(due), abs(_number(value)), 1e-8)
        if not error <= rtol:
            raise AssertionError(f"along a random direction the gradient gives {got!r}, differences give {due!r}")
        worst = max(worst, error)
    return worst


def _derivative(phi: Callable[[float], float], step: float) -> float:
    """phi'(0): central differences with the errors in step**2, step**4, ... removed."""
    sizes = [step / 2**k for k in range(LEVELS)]
    column: list[float] = [(phi(h) - phi(-h)) / (2 * h) for h in sizes]
    for k in range(1, LEVELS):
        column = [(4**k * fine - coarse) / (4**k - 1) for coarse, fine in pairwise(column)]
    return column[0]


def _number(value: object) -> float:
    return float(np.asarray(value).item())


def _draw(rng: np.random.Generator, leaf: object) -> np.ndarray | float | None:
    """A random step for a leaf; None where nothing can move."""
    numbers = np.asarray(leaf)
    if not np.issubdtype(numbers.dtype, np.floating):
        return None
    size = float(np.sqrt(np.mean(np.square(numbers)))) if numbers.size else 0.0
    return rng.normal(size=numbers.shape) * (size or 1.0)


def _inner(gradient: object, direction: object) -> float:
    """The inner product over all leaves that move."""
    parts = children(direction)
    if parts is None:
        return 0.0 if direction is None else float(np.sum(np.asarray(gradient, np.float64) * np.asarray(direction)))
    return sum(_inner(g, d) for g, d in zip(children(gradient) or [], parts, strict=True))
