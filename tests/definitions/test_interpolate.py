"""scipy.interpolate: piecewise polynomials move with values, knots, and places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate
from scipy.interpolate import Akima1DInterpolator, CubicHermiteSpline, CubicSpline, PchipInterpolator, PPoly

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import Program, check, check_second, weighted

X = np.array([0.0, 0.7, 1.5, 2.0, 3.1])
Y = np.array([0.3, 1.2, -0.5, 0.8, 0.4])
T = np.array([0.2, 1.1, 2.7, -0.3, 3.4])
INSIDE = T[:3].copy()
COLUMNS = np.random.default_rng(0).normal(size=(5, 3))
OUTSIDE, MONOTONE = CubicSpline(X, Y), PchipInterpolator(X, Y)
ENDS: tuple[Any, ...] = ("not-a-knot", "clamped", "natural", ((1, 0.3), (2, -0.4)), ("natural", "clamped"))


def periodic(x: Any, y: Any, t: Any) -> Any:
    y = y.copy()
    y[-1] = y[0]
    return weighted(CubicSpline(x, y, bc_type="periodic")(t))


def derived(y: Any) -> Any:
    spline = CubicSpline(X, y)
    return weighted(spline.derivative()(T)) + weighted(spline.derivative(2)(T)) + weighted(spline.antiderivative()(T))


def made_outside(t: Any) -> Any:
    values = weighted(OUTSIDE(t)) + weighted(OUTSIDE(t, 1)) + weighted(MONOTONE(t)) + weighted(OUTSIDE.derivative()(t))
    return values + OUTSIDE.integrate(0.1, t[0])


PROGRAMS: dict[str, Program] = {
    **{f"spline, {e}": (lambda x, y, t, e=e: weighted(CubicSpline(x, y, bc_type=e)(t)), (X, Y, T)) for e in ENDS},
    "periodic": (periodic, (X, Y, T)),
    "a slope at an end": (lambda y, a: weighted(CubicSpline(X, y, bc_type=((1, a), "not-a-knot"))(T)), (Y, 0.3)),
    "at a number": (lambda y, t: CubicSpline(X, y)(t) + CubicSpline(X, y)(t, 1) + CubicSpline(X, y)(t, nu=2), (Y, 1.2)),
    "columns": (lambda y: weighted(CubicSpline(X, y)(T)), (COLUMNS,)),
    "rows": (lambda y: weighted(CubicSpline(X, y, axis=1)(T)), (COLUMNS.T.copy(),)),
    "a matrix of places": (
        lambda y, t: weighted(CubicSpline(X, y)(t)),
        (COLUMNS, np.array([[0.1, 0.2], [0.3, 2.0]])),
    ),
    "without extrapolation": (lambda y: np.nansum(CubicSpline(X, y, extrapolate=False)(T)), (Y,)),
    "an integral": (lambda x, y, a, b: CubicSpline(x, y).integrate(a, b), (X, Y, 0.2, 2.7)),
    "derivatives": (derived, (Y,)),
    "three points": (lambda x, y: weighted(CubicSpline(x, y)(T)), (X[:3].copy(), Y[:3].copy())),
    "two points": (lambda x, y: weighted(CubicSpline(x, y)(T)), (X[:2].copy(), Y[:2].copy())),
    "three, natural": (lambda x, y: weighted(CubicSpline(x, y, bc_type="natural")(T)), (X[:3].copy(), Y[:3].copy())),
    "made outside": (made_outside, (T,)),
    "pchip": (lambda x, y, t: weighted(PchipInterpolator(x, y)(t)), (X, Y, T)),
    "pchip, monotone": (lambda x, y, t: weighted(PchipInterpolator(x, y)(t)), (X, np.sort(Y), T)),
    "pchip of columns": (lambda y: weighted(PchipInterpolator(X, y)(T)), (COLUMNS,)),
    "akima": (lambda x, y, t: weighted(Akima1DInterpolator(x, y)(t)), (X, Y, INSIDE)),
    "makima": (
        lambda x, y, t: weighted(Akima1DInterpolator(x, y, method="makima", extrapolate=True)(t)),
        (X, Y, T),
    ),
    "hermite": (lambda x, y, d, t: weighted(CubicHermiteSpline(x, y, d)(t)), (X, Y, Y[::-1].copy(), T)),
    "polynomials": (
        lambda c, x, t: weighted(PPoly(c, x)(t)) + weighted(PPoly(c, x).derivative()(t)),
        (COLUMNS[:3, :2].copy(), X[:3].copy(), T),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_piecewise_polynomials(name: str) -> None:
    check(*PROGRAMS[name])


@pytest.mark.parametrize("name", ["spline, natural", "pchip, monotone"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


def test_methods_that_are_not_there_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="'roots' of CubicSpline"):
        srcad.grad(lambda y: interpolate.CubicSpline(X, y).roots()[0])(Y)
