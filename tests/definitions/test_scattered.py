"""scipy.interpolate between points that lie anywhere: values are SciPy's, derivatives those of its differences."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import interpolate

import srcad
from srcad.definitions import scattered as defined
from tests.definitions.checking import Program, check, check_second, weighted

P = np.array([[0.0, 0.0], [1.0, 0.1], [0.0, 1.0], [1.1, 1.0], [0.5, 0.6], [0.2, 0.7]])
Q = np.array([[0.3, 0.2], [0.6, 0.7], [0.25, 0.71]])
V = np.array([0.4, 0.7, 1.1, 1.6, -0.3, 0.2])
WIDE, OUT = np.array([1.0, 50.0]), np.array([[2.0, 2.0], [0.4, 0.3]])
GRID = np.meshgrid(np.linspace(0.2, 0.7, 3), np.linspace(0.25, 0.8, 4))
LINEAR, NEAREST = interpolate.LinearNDInterpolator(P, np.outer(V, V[:2])), interpolate.NearestNDInterpolator(P, V)
LINE, PLACES = np.array([3.0, 1.0, 2.0, 0.0, 4.5, 4.0]), np.array([0.3, 2.2, 3.9])
RBF = ("multiquadric", "inverse", "gaussian", "linear", "cubic", "quintic", "thin_plate")

PROGRAMS: dict[str, Program] = {
    "values, places": (lambda v, q: weighted(interpolate.LinearNDInterpolator(P, v)(q)), (V, Q)),
    "points": (lambda p, v: weighted(interpolate.LinearNDInterpolator(p, v)(Q)), (P, V)),
    "several values": (lambda v: weighted(interpolate.LinearNDInterpolator(P, np.outer(v, V))(Q)), (V,)),
    "rescaled": (lambda v: weighted(interpolate.LinearNDInterpolator(P * WIDE, v, rescale=True)(Q * WIDE)), (V,)),
    "beyond": (lambda v: weighted(interpolate.LinearNDInterpolator(P, v, fill_value=3.0)(OUT)), (V,)),
    "coordinates": (lambda v, x: weighted(interpolate.LinearNDInterpolator(P, v)(x, 0.33)), (V, Q[:, 0])),
    "from outside": (lambda q: weighted(LINEAR(q)) + weighted(LINEAR(q[:, 0], q[:, 1])), (Q,)),
    "nearest": (lambda v: weighted(interpolate.NearestNDInterpolator(P, v**2)(Q)), (V,)),
    "nearest, from outside": (lambda q: weighted(NEAREST(q)) * q[0, 0] ** 2, (Q,)),
    "griddata": (lambda v: weighted(interpolate.griddata(P, v, tuple(GRID))), (V,)),
    "griddata, nearest": (lambda v: weighted(interpolate.griddata(P, v**2, Q, method="nearest")), (V,)),
    **{
        f"griddata on a line, {how}": (lambda v, how=how: weighted(interpolate.griddata(LINE, v, PLACES, how)), (V,))
        for how in ("linear", "nearest", "cubic")
    },
    **{
        f"Rbf, {kernel}": (
            lambda x, v, f=kernel: weighted(interpolate.Rbf(x, P[:, 1], v, function=f)(Q[:, 0], Q[:, 1])),
            (P[:, 0] + 0.01 * V, V),
        )
        for kernel in RBF
    },
    "Rbf with options": (
        lambda v, e: weighted(interpolate.Rbf(P[:, 0], P[:, 1], v, epsilon=e, smooth=0.1)(Q[:, 0], Q[:, 1])),
        (V, 0.7),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    check(f, args)
    if "nearest, from" not in name:
        check_second(f, args)


def test_values_are_those_of_scipy() -> None:
    for name in ("LinearNDInterpolator", "NearestNDInterpolator"):
        for options in ({}, {"rescale": True}):
            got, due = (getattr(module, name)(P, V, **options)(*GRID) for module in (defined, interpolate))
            np.testing.assert_allclose(got, due, rtol=1e-12)
    beyond = defined.LinearNDInterpolator(P, V)(OUT)
    np.testing.assert_allclose(beyond, interpolate.LinearNDInterpolator(P, V)(OUT), rtol=1e-12)


def test_what_is_refused() -> None:
    def cubic(v: Any) -> Any:
        return np.sum(interpolate.griddata(P, v, Q, method="cubic"))

    with pytest.raises(srcad.SrcadError, match="griddata of several dimensions by the method cubic"):
        srcad.grad(cubic)(V)
