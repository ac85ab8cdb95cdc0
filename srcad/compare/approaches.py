"""The four ways to a derivative, each as a function from nothing to the matrix of outputs by inputs."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from srcad.api.forward import jvp
from srcad.api.gradients import value_and_grad, vjp
from srcad.calls.structures import is_float, map_leaves
from srcad.compare.exact import Beyond
from srcad.compare.inputs import Problem, Vector
from srcad.compare.symbolic import Symbolic, load, symbolic
from srcad.errors import NotYetSupported
from srcad.testing.directions import flat, flat_like

Matrix = NDArray[np.inexact]
Way = Callable[[], Matrix]

_EPS = float(np.finfo(float).eps)
STEP = _EPS ** (1 / 3)  # where the errors of truncation and of rounding of central differences balance


@dataclass(frozen=True)
class Approach:
    """One way. `make` prepares it once, `prepared` is how long that took; `why_not`: it can't be gone, and why."""

    name: str
    how: str
    way: Way | None = None
    prepared: float = 0.0
    why_not: str = ""


def approaches(problem: Problem) -> tuple[Approach, ...]:
    """All four; what reverse mode refuses is an error, what the others can't do is said."""
    return numerical(problem), symbolically(problem), forward(problem), reverse(problem)


def numerical(problem: Problem) -> Approach:
    how = f"{2 * problem.width} values, central differences"
    return timed("numerical", how, lambda: numerically(problem))


def forward(problem: Problem) -> Approach:
    """A function whose tangent is refused may have an adjoint all the same."""
    columns = "one tangent" if problem.width == 1 else f"{problem.width} tangents"
    try:
        return timed("forward", columns, lambda: by_columns(problem))
    except NotYetSupported as refusal:
        return Approach("forward", columns, why_not=refusal.what)


def reverse(problem: Problem) -> Approach:
    rows = "one adjoint" if problem.height == 1 else f"{problem.height} adjoints"
    return timed("reverse", rows, lambda: by_rows(problem))


def timed(name: str, how: str, make: Callable[[], Way]) -> Approach:
    """An approach with what its first run takes, which compiles what is to be compiled."""
    start = time.perf_counter()
    way = make()
    way()
    return Approach(name, how, way, time.perf_counter() - start)


def symbolically(problem: Problem) -> Approach:
    try:
        load()
        start = time.perf_counter()
        found: Symbolic = symbolic(problem)
        way = found.evaluator()
        way()
    except Beyond as beyond:
        return Approach("symbolic", "SymPy", why_not=str(beyond))
    how = f"SymPy, {found.size} operations from {found.size_of_value}"
    return Approach("symbolic", how, way, time.perf_counter() - start)


def numerically(problem: Problem) -> Way:
    """Central differences, a column at a time."""
    point = problem.point
    steps = STEP * np.maximum(np.abs(point), 1.0)

    def way() -> Matrix:
        with np.errstate(all="ignore"):
            return np.stack([_central(problem, point, k, steps[k]) for k in range(point.size)], axis=1)

    return way


def _central(problem: Problem, point: Vector, k: int, step: float) -> Vector:
    ends = []
    for sign in (1.0, -1.0):
        moved = point.copy()
        moved[k] += sign * step
        ends.append(problem.along(moved))
    difference: Vector = (ends[0] - ends[1]) / (2 * step)
    return difference


def by_columns(problem: Problem) -> Way:
    """A tangent for each input."""
    units = [problem.tangents(row) for row in np.eye(problem.width)]

    def way() -> Matrix:
        pairs = (jvp(problem.function, problem.args, unit) for unit in units)
        return np.stack([flat_like(value, dot) for value, dot in pairs], axis=1)

    return way


def by_rows(problem: Problem) -> Way:
    """An adjoint for each output; of one number, its gradient."""
    if problem.is_number:
        gradient = value_and_grad(problem.function, problem.active)
        return lambda: flat(gradient(*problem.args)[1])[None]
    seeds = [_seed(problem, row) for row in np.eye(problem.height)]

    def way() -> Matrix:
        _, pullback = vjp(problem.function, *problem.args)
        bars = (pullback(seed) for seed in seeds)
        return np.stack([_filled(problem, bar) for bar in bars])

    return way


def _seed(problem: Problem, row: Vector) -> object:
    """An adjoint of the result that is 1 at one of its numbers."""
    rest = list(row)

    def taken(leaf: object) -> object:
        if not is_float(leaf):
            return None
        mine = np.array([rest.pop(0) for _ in range(np.size(leaf))])
        return mine.reshape(np.shape(leaf)) if isinstance(leaf, np.ndarray) else float(mine[0])

    return map_leaves(taken, problem.value)


def _filled(problem: Problem, bars: tuple[object, ...]) -> Vector:
    args = [problem.args[k] for k in problem.active]
    return np.concatenate([flat_like(arg, bars[k]) for arg, k in zip(args, problem.active, strict=True)])
