"""The slope of a function of one number at zero, from values alone, with an estimate of its error.

Complex steps are exact to rounding where the function is analytic and takes complex numbers; as a program may take
them and not be analytic (abs, a comparison, a real part), they are believed only where differences agree.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from srcad.testing.directions import Vector

Curve = Callable[[float], Vector]

LEAVES_DOMAIN = (ArithmeticError, ValueError, np.linalg.LinAlgError)
LEVELS = 4
STEPS = (1e-2, 1e-3, 1e-1, 1e-4, 1e-5)  # the first that settles is taken
SETTLED = 1e-9
COMPLEX_STEP = 1e-30
NEAR = (1e-5, 1e-6)  # steps at which slopes from both sides are compared
ABOVE_NOISE = 1e-30  # nothing smaller is left by rounding of numbers of the order of 1
_EPS = float(np.finfo(float).eps)


@dataclass(frozen=True)
class Slope:
    """A derivative, how it was found, and how far off each of its components may be (absolute)."""

    value: Vector
    errors: Vector
    method: str

    @property
    def error(self) -> float:
        return largest(self.errors)

    @property
    def scale(self) -> float:
        return largest(self.value)


def exact_slope(value: Vector, method: str) -> Slope:
    """A derivative that is taken for right, to rounding."""
    return Slope(value, 4 * _EPS * np.abs(value), method)


def slope(curve: Curve, complex_curve: Callable[[complex], Vector] | None = None) -> Slope:
    """The derivative of a curve at 0."""
    here = at(curve, 0.0)
    best = Slope(np.full_like(here, np.nan), np.full(here.shape, np.inf), "differences")
    for step in STEPS:
        best = better(best, richardson(curve, step))
        if np.all(best.errors <= SETTLED * np.maximum(np.abs(best.value), np.abs(here))):
            break
    exact = complex_step(complex_curve) if complex_curve is not None else None
    if exact is None or exact.shape != best.value.shape:
        return best
    believed = np.all(np.abs(exact - best.value) <= _credit(best))
    return exact_slope(exact, "complex step") if believed else best


def better(one: Slope, other: Slope) -> Slope:
    """Of each component the value that is known better."""
    if other.value.shape != one.value.shape:
        return one
    nearer = other.errors < one.errors
    return Slope(np.where(nearer, other.value, one.value), np.where(nearer, other.errors, one.errors), one.method)


def _credit(found: Slope) -> Vector:
    """How far an exact derivative may be from what differences say; nothing where these say nothing."""
    allowed = np.minimum(10 * found.errors, 1e-3 * np.abs(found.value)) + 1e-7 * found.scale
    return np.where(np.isfinite(found.errors), allowed, -1.0)


def at(curve: Curve, t: float) -> Vector:
    """A value; nan where the function isn't defined."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        return curve(t)


def richardson(curve: Curve, step: float) -> Slope:
    """Central differences at halved steps, extrapolated to zero, as Ridders does it: with the least error it sees."""
    steps = [step / 2**k for k in range(LEVELS)]
    try:
        ends = [(at(curve, h), at(curve, -h)) for h in steps]
    except LEAVES_DOMAIN:
        return Slope(np.zeros(0), np.zeros(0), "differences")
    if len({end.shape for pair in ends for end in pair}) > 1:
        return Slope(np.zeros(0), np.zeros(0), "differences")
    with np.errstate(all="ignore"):
        column = [(right - left) / (2 * h) for h, (right, left) in zip(steps, ends, strict=True)]
        found = Slope(column[-1], np.full(column[-1].shape, np.inf), "differences")
        for k in range(1, LEVELS):
            finer = [(4**k * fine - coarse) / (4**k - 1) for coarse, fine in pairwise(column)]
            seen = np.maximum(np.abs(finer[-1] - column[-1]), np.abs(finer[-1] - column[-2]))
            found = better(found, Slope(finer[-1], np.where(np.isfinite(seen), seen, np.inf), "differences"))
            column = finer
        rounding = _EPS * np.abs(ends[-1][0]) / steps[-1]
    return Slope(found.value, found.errors + np.where(np.isfinite(rounding), rounding, np.inf), "differences")


def complex_step(curve: Callable[[complex], Vector]) -> Vector | None:
    """The imaginary part of a value a tiny imaginary step away; None where the function takes no complex numbers."""
    try:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("error")
            value = curve(1j * COMPLEX_STEP)
    except Exception:
        return None
    return np.imag(value) / COMPLEX_STEP if np.iscomplexobj(value) else None


@dataclass(frozen=True)
class Kink:
    """Slopes from the two sides that differ, however near one comes; None: not defined on both sides."""

    sides: tuple[float, float] | None

    def __str__(self) -> str:
        if self.sides is None:
            return "the function isn't defined on both sides of it"
        left, right = self.sides
        return f"the slope is {left:.6g} from the one side and {right:.6g} from the other"


def kink(curve: Curve) -> Kink | None:
    """Whether the slopes from both sides differ at 0; of a smooth curve their difference shrinks with the step."""
    gaps = []
    try:
        here = at(curve, 0.0)
        for h in NEAR:
            left, right = (here - at(curve, -h)) / h, (at(curve, h) - here) / h
            gaps.append(np.abs(right - left))
    except LEAVES_DOMAIN:
        return Kink(None)
    if not here.size:
        return None
    if np.all(np.isfinite(here)) and not (np.all(np.isfinite(left)) and np.all(np.isfinite(right))):
        return Kink(None)
    noise = 16 * _EPS * largest(here) / NEAR[-1]
    scale = max(largest(left), largest(right))
    jumps = (gaps[1] > 0.5 * gaps[0]) & (gaps[1] > 1e-3 * scale + noise)
    if not np.any(jumps):
        return None
    k = int(np.argmax(np.where(jumps, gaps[1], -1.0)))
    return Kink((float(np.real(left[k])), float(np.real(right[k]))))


def negligible(values: Vector, share: float) -> float:
    """A share of 1; of the values where these are too small to be what rounding left of larger ones."""
    top = largest(values)
    return share * top if 0.0 < top < ABOVE_NOISE else share


def largest(vector: Vector) -> float:
    """The largest absolute value, inf where one is not a number."""
    top = float(np.max(np.abs(vector))) if vector.size else 0.0
    return top if np.isfinite(top) else np.inf
