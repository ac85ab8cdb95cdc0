"""How far differences are off, step by step: large steps truncate the series of Taylor, small ones cancel digits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from srcad.compare.inputs import Problem, Vector
from srcad.compare.reference import Reference, scale_of

STEPS = tuple(10.0**-k for k in range(1, 16))


@dataclass(frozen=True)
class Steps:
    """Relative errors of one-sided and of central differences along one random direction, at each step."""

    steps: tuple[float, ...]
    one_sided: tuple[float, ...]
    central: tuple[float, ...]

    def best(self, errors: tuple[float, ...]) -> tuple[float, float]:
        """(error, step) where it is least."""
        return min((error, step) for error, step in zip(errors, self.steps, strict=True) if np.isfinite(error))


def steps(problem: Problem, due: Reference, seed: int) -> Steps | None:
    """None where differences can't be had at all."""
    point = problem.point
    direction = np.random.default_rng(seed).normal(size=point.size)
    direction /= np.linalg.norm(direction)
    slope = due.matrix @ direction
    here = problem.along(point)
    pairs = [_errors(problem, point, direction, h, (here, slope)) for h in STEPS]
    if not any(np.isfinite(error) for pair in pairs for error in pair):
        return None
    one_sided, central = zip(*pairs, strict=True)
    return Steps(STEPS, one_sided, central)


def _errors(
    problem: Problem, point: Vector, direction: Vector, h: float, known: tuple[Vector, Vector]
) -> tuple[float, float]:
    here, slope = known
    ends = []
    for sign in (1.0, -1.0):
        try:
            with np.errstate(all="ignore"):
                ends.append(problem.along(point + sign * h * direction))
        except (ArithmeticError, ValueError, np.linalg.LinAlgError):
            ends.append(np.full_like(slope, np.nan))
    right, left = ends
    found = ((right - here) / h, (right - left) / (2 * h))
    scale = scale_of(slope)
    first, second = (float(np.max(np.abs(value - slope))) / scale for value in found)
    return first, second
