"""What the derivative is, to more digits than those that are compared with it.

With mpmath: central differences of the trace run with 60 digits, at steps of 1e-20, are right to about 40 digits.
Without it, or where the program does what it can't: complex steps where they are right, else extrapolated differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeGuard

import numpy as np
from numpy.typing import NDArray

from srcad.compare.exact import Arithmetic, Beyond, ExactPart, NumberAtPoint, run_exactly
from srcad.compare.inputs import Problem, Vector
from srcad.compare.symbolic import parts_of
from srcad.compile.program import Program
from srcad.testing.differences import slope

DIGITS = 60
STEP = "1e-20"
MOST_INPUTS = 64
AGREES = 1e-9
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Reference:
    """The matrix of derivatives, how far it may be off (relative), and where it is from."""

    matrix: NDArray[np.float64]
    error: float
    method: str


def reference(problem: Problem) -> Reference:
    if problem.width > MOST_INPUTS:
        return _by_slopes(problem)
    try:
        return Reference(_by_digits(problem), _EPS, f"mpmath, {DIGITS} digits")
    except Beyond:
        return _by_slopes(problem)


def scale_of(matrix: NDArray[np.inexact]) -> float:
    return float(np.max(np.abs(matrix), initial=0.0)) or 1.0


def _by_slopes(problem: Problem) -> Reference:
    point, found = problem.point, []
    for k in range(problem.width):
        unit = np.eye(1, problem.width, k)[0] * max(abs(point[k]), 1e-3)

        def curve(t: complex, unit: Vector = unit) -> Vector:
            return problem.along(point + t * unit)

        one = slope(curve, curve)
        found.append((one.value / np.max(unit), one.error / np.max(unit), one.method))
    matrix = np.stack([value for value, _, _ in found], axis=1)
    error = max(error for _, error, _ in found) / scale_of(matrix)
    return Reference(matrix, max(error, _EPS), " and ".join(sorted({method for _, _, method in found})))


# ---- many digits


def _by_digits(problem: Problem) -> NDArray[np.float64]:
    try:
        import mpmath
    except ImportError:
        raise Beyond("mpmath isn't installed: pip install mpmath") from None
    context = mpmath.MPContext()
    context.dps = DIGITS
    arithmetic = Arithmetic(context, lambda value: context.mpf(value))
    step = context.mpf(STEP)
    program = problem.program("primal")
    _check(problem, _values(problem, program, arithmetic, None, 0))
    columns = []
    for k in range(problem.width):
        ends = [_values(problem, program, arithmetic, k, sign * step) for sign in (1, -1)]
        columns.append([float((right - left) / (2 * step)) for right, left in zip(*ends, strict=True)])
    return np.array(columns, dtype=float).T


def _values(
    problem: Problem, program: Program, arithmetic: Arithmetic, moved: int | None, by: ExactPart | int
) -> list[ExactPart]:
    """The outputs with many digits, where one input has moved."""
    numbers = []
    for k, at in enumerate(problem.point.tolist()):
        part = arithmetic.constant(at)
        numbers.append(NumberAtPoint(part + by if k == moved else part, at, arithmetic))
    results = run_exactly(program.primal, problem.inputs(program, problem.at(numbers)))
    parts = [part for value in results for part in parts_of(value) if _moves(part)]
    return [part.part if isinstance(part, NumberAtPoint) else arithmetic.constant(float(part)) for part in parts]


def _moves(part: object) -> TypeGuard[NumberAtPoint | float | np.floating]:
    return isinstance(part, (NumberAtPoint, float, np.floating))


def _check(problem: Problem, values: list[ExactPart]) -> None:
    """That the run with many digits gives what the function gives."""
    found, due = np.array([float(v) for v in values]), problem.along(problem.point)
    if found.shape != due.shape or not np.all(np.abs(found - due) <= AGREES * scale_of(due)):
        raise Beyond("the run with many digits gives something else")
