"""scipy.interpolate: piecewise polynomials move with values, knots, and places."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate
from scipy.interpolate import (
    Akima1DInterpolator,
    BSpline,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    PPoly,
    RegularGridInterpolator,
    interp1d,
    make_interp_spline,
)

import srcad
from srcad.errors import NotYetSupported
from tests.definitions.checking import Program, check, check_second, differences, weighted

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


KNOTS = np.array([0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 3.0, 3.0, 3.0])
COEFFICIENTS = np.array([0.3, 0.1, -0.5, 0.8, 0.2, 0.7])
SIX, VALUES = np.array([0.0, 0.7, 1.5, 2.0, 3.1, 3.6]), np.array([0.3, 1.2, -0.5, 0.8, 0.4, 0.9])
PLACES = np.array([0.2, 1.3, 2.7, -0.3, 3.9])
WITHIN = PLACES[:3].copy()
TABLE = np.random.default_rng(3).normal(size=(6, 4))
SIDE = np.array([0.0, 1.0, 2.5, 3.0])
POINTS = np.array([[0.3, 0.4], [1.6, 2.7], [3.0, 1.2]])
SMOOTH, INTERPOLATING = interpolate.UnivariateSpline(SIX, VALUES, s=0.1), make_interp_spline(SIX, VALUES)
TCK = interpolate.splrep(SIX, VALUES, s=0.05)
LINEAR, CUBIC = interp1d(SIX, VALUES), interp1d(SIX, VALUES, kind="cubic", fill_value="extrapolate")
GRID = RegularGridInterpolator((SIX, SIDE), TABLE)
CENTRES, AT_CENTRES = np.random.default_rng(5).normal(size=(7, 2)), np.random.default_rng(6).normal(size=7)


def integrated(y: Any, a: Any, b: Any) -> Any:
    spline = make_interp_spline(SIX, y)
    return spline.integrate(a, b) + weighted(spline.antiderivative()(PLACES)) + weighted(spline.derivative(2)(PLACES))


def of_basis(c: Any, x: Any) -> Any:
    spline = BSpline(KNOTS, c, 3)
    return weighted(spline(x, 1)) + weighted(spline.derivative()(x)) + spline.integrate(0.2, 2.1)


def smoothless(y: Any, t: Any) -> Any:
    spline = interpolate.UnivariateSpline(SIX, y, s=0)
    return weighted(spline(t)) + spline.integral(0.2, 2.0) + weighted(spline.derivative()(t))


def fitpack(y: Any, t: Any) -> Any:
    tck = interpolate.splrep(SIX, y)
    values = weighted(interpolate.splev(t, tck)) + weighted(interpolate.splev(t, tck, der=1))
    return (
        values
        + interpolate.splint(0.1, 2.0, tck)
        + weighted(interpolate.splev(WITHIN, interpolate.splrep(SIX, y, k=2)))
    )


def splines_from_outside(t: Any) -> Any:
    values = weighted(SMOOTH(t)) + weighted(INTERPOLATING(t)) + weighted(interpolate.splev(t, TCK))
    return values + weighted(INTERPOLATING.derivative()(t)) + weighted(CUBIC(t))


def surface(a: Any, b: Any) -> Any:
    spline = interpolate.RectBivariateSpline(SIX, SIDE, TABLE)
    return weighted(spline.ev(a, b)) + weighted(spline.ev(a, b, dx=1)) + weighted(spline(a, b))


PROGRAMS |= {
    **{
        f"make_interp_spline of degree {k}": (
            lambda x, y, t, k=k: weighted(make_interp_spline(x, y, k=k)(t)),
            (SIX, VALUES, PLACES),
        )
        for k in (1, 2, 3, 5)
    },
    **{
        f"make_interp_spline, {e}": (
            lambda x, y, t, e=e: weighted(make_interp_spline(x, y, bc_type=e)(t)),
            (SIX, VALUES, PLACES),
        )
        for e in ("natural", "clamped")
    },
    "integrals of splines": (integrated, (VALUES, 0.3, 2.7)),
    "B-splines": (of_basis, (COEFFICIENTS, WITHIN)),
    "B-splines inside": (lambda c: np.nansum(BSpline(KNOTS, c, 3, extrapolate=False)(PLACES)), (COEFFICIENTS,)),
    "FITPACK": (fitpack, (VALUES, PLACES)),
    "InterpolatedUnivariateSpline": (
        lambda x, y, t: weighted(interpolate.InterpolatedUnivariateSpline(x, y)(t)),
        (SIX, VALUES, PLACES),
    ),
    "UnivariateSpline": (smoothless, (VALUES, PLACES)),
    "splines from outside": (splines_from_outside, (PLACES,)),
    **{
        f"interp1d, {kind}": (lambda x, y, t, k=kind: weighted(interp1d(x, y, kind=k)(t)), (SIX, VALUES, WITHIN))
        for kind in ("linear", "quadratic", "cubic", "slinear", 2)
    },
    **{
        f"interp1d, {kind}": (lambda y, k=kind: weighted(interp1d(SIX, y, kind=k)(WITHIN)), (VALUES,))
        for kind in ("nearest", "previous", "next", "zero", "nearest-up")
    },
    "interp1d, extrapolated": (
        lambda y, t: weighted(interp1d(SIX, y, fill_value="extrapolate")(t)),
        (VALUES, PLACES),
    ),
    "interp1d, filled": (
        lambda y, t: weighted(interp1d(SIX, y, bounds_error=False, fill_value=(1.0, 2.0))(t)),
        (VALUES, PLACES),
    ),
    "interp1d of rows": (lambda y, t: weighted(interp1d(SIX, y)(t)), (TABLE.T.copy(), WITHIN)),
    "interp1d from outside": (lambda t: weighted(LINEAR(t)), (WITHIN,)),
    "a grid": (lambda v, p: weighted(RegularGridInterpolator((SIX, SIDE), v)(p)), (TABLE, POINTS)),
    "lines of a grid": (lambda a, v: weighted(RegularGridInterpolator((a, SIDE), v)(POINTS)), (SIX, TABLE)),
    "the nearest on a grid": (
        lambda v: weighted(RegularGridInterpolator((SIX, SIDE), v, method="nearest")(POINTS)),
        (TABLE,),
    ),
    "beyond a grid": (
        lambda v: weighted(RegularGridInterpolator((SIX, SIDE), v, bounds_error=False, fill_value=None)(POINTS + 1.5)),
        (TABLE,),
    ),
    "filled beyond a grid": (
        lambda v: weighted(RegularGridInterpolator((SIX, SIDE), v, bounds_error=False, fill_value=0.0)(POINTS + 1.5)),
        (TABLE,),
    ),
    "a point of a grid": (lambda v: weighted(RegularGridInterpolator((SIX, SIDE), v)([0.3, 1.2])), (TABLE,)),
    "a grid from outside": (lambda p: weighted(GRID(p)), (POINTS,)),
    "interpn": (lambda v, p: weighted(interpolate.interpn((SIX, SIDE), v, p)), (TABLE, POINTS)),
    "RectBivariateSpline": (surface, (np.array([0.3, 1.2]), np.array([0.4, 2.0]))),
    "radial functions": (
        lambda p, d, q: weighted(interpolate.RBFInterpolator(p, d, kernel="cubic")(q)),
        (CENTRES, AT_CENTRES, POINTS),
    ),
    "Gaussian functions": (
        lambda d, e: weighted(
            interpolate.RBFInterpolator(CENTRES, d, kernel="gaussian", epsilon=e, smoothing=0.1)(POINTS)
        ),
        (AT_CENTRES, 0.9),
    ),
}
LOOSE = {"radial functions", "Gaussian functions"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_piecewise_polynomials(name: str) -> None:
    check(*PROGRAMS[name], rtol=1e-4 if name in LOOSE else 1e-6)


@pytest.mark.parametrize("name", ["spline, natural", "pchip, monotone", "B-splines", "a grid"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


def test_derivatives_of_splines_at_a_number() -> None:
    """What multiplies the coefficients is known beforehand, and no call of the run."""

    def slope(y):
        return interpolate.CubicSpline(X, y)(0.5 * (X[1] + X[2]), 1) ** 2

    assert "factorial" not in srcad.grad(slope).source(Y)
    due = srcad.jacrev(srcad.jacrev(slope))(Y)
    np.testing.assert_allclose(srcad.jacfwd(srcad.jacfwd(slope))(Y), due, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(srcad.hessian(slope)(Y), due, rtol=1e-9, atol=1e-9)


def test_methods_that_are_not_there_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="'roots' of CubicSpline"):
        srcad.grad(lambda y: interpolate.CubicSpline(X, y).roots()[0])(Y)


def test_polynomials_through_points() -> None:
    """SciPy's values come by another formula, which rounds otherwise."""
    for kind in (interpolate.BarycentricInterpolator, interpolate.KroghInterpolator):

        def program(x: Any, y: Any, t: Any, kind: Any = kind) -> Any:
            return weighted(kind(x, y)(t))

        value, made = srcad.value_and_grad(program, argnums=(0, 1, 2))(SIX, VALUES, PLACES)
        np.testing.assert_allclose(value, program(SIX, VALUES, PLACES), rtol=1e-9)
        for k in range(3):
            wanted = differences(program, (SIX, VALUES, PLACES), k)
            np.testing.assert_allclose(made[k], wanted, rtol=1e-5, atol=1e-7)


def test_smoothing_is_refused() -> None:
    with pytest.raises(NotYetSupported, match="a smoothing spline"):
        srcad.grad(lambda y: interpolate.UnivariateSpline(X, y)(0.5))(Y)


def test_places_outside_raise() -> None:
    with pytest.raises(ValueError, match="below the interpolation range"):
        srcad.grad(lambda t: interp1d(SIX, VALUES)(t) * 1.0)(-1.0)


@pytest.mark.parametrize(
    "make",
    [
        lambda x, y: CubicSpline(x, y)(0.5),
        lambda x, y: PchipInterpolator(x, y)(0.5),
        lambda x, y: make_interp_spline(x, y)(0.5),
        lambda x, y: RegularGridInterpolator((x,), y)([[0.5]])[0],
    ],
)
def test_knots_that_do_not_rise_raise(make: Any) -> None:
    with pytest.raises(ValueError, match=r"increasing|ascending"):
        srcad.grad(make, argnums=1)(np.array([0.0, 2.0, 1.0, 3.0]), VALUES[:4].copy())


def test_a_fill_value_alone_fills_nothing() -> None:
    """SciPy raises outside unless bounds_error=False is said, or the values are continued."""
    with pytest.raises(ValueError, match="above the interpolation range"):
        srcad.grad(lambda y: interp1d(SIX, y, fill_value=5.0)(9.0) * 1.0)(VALUES)


def test_what_kind_a_spline_is() -> None:
    """The class of a definition stands for SciPy's; what it can't say is refused."""

    def program(y: Any) -> Any:
        spline = CubicSpline(X, y)
        known = isinstance(spline, CubicSpline) and isinstance(spline, PPoly) and not isinstance(spline, (int, list))
        return y[0] * (2.0 if known else 1.0)

    np.testing.assert_array_equal(srcad.grad(program)(Y), [2.0, 0.0, 0.0, 0.0, 0.0])
    with pytest.raises(NotYetSupported, match="is a BSpline"):
        srcad.grad(lambda y: y[0] if isinstance(CubicSpline(X, y), BSpline) else y[1])(Y)
    with pytest.raises(NotYetSupported, match="the type of an object"):
        srcad.grad(lambda y: y[0] if type(CubicSpline(X, y)) is CubicSpline else y[1])(Y)
