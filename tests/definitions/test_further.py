"""Splines with given knots, code books, distances, functions to try solvers on: against SciPy and its differences."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import interpolate, optimize, spatial
from scipy.cluster import vq

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

T = np.arange(12.0)
Y = np.sin(0.7 * T) + 0.1 * T
KNOTS = np.array([3.5, 7.5])
V = np.array([0.4, 0.7, 1.1, 1.6])
ROWS = np.random.default_rng(0).normal(size=(6, 2))
BOOK = np.array([[0.1, 0.2], [1.3, -0.9], [-1.1, 0.8]])
FULL = np.concatenate([np.zeros(4), KNOTS, np.full(4, 11.0)])

PROGRAMS: dict[str, Program] = {
    "make_lsq_spline": (
        lambda y, w: weighted(interpolate.make_lsq_spline(T, np.stack([y, y**2], axis=1), FULL, w=w)([1.3, 9.2])),
        (Y, 1.0 + 0.1 * T),
    ),
    "LSQUnivariateSpline": (
        lambda y, t: weighted(interpolate.LSQUnivariateSpline(T, y, t)(np.array([1.3, 5.2]))),
        (Y, KNOTS),
    ),
    "LSQUnivariateSpline with weights": (
        lambda y: interpolate.LSQUnivariateSpline(T, y, KNOTS, w=1.0 + T, k=2).integral(1.0, 8.0),
        (Y,),
    ),
    "splantider": (lambda y: interpolate.splev(4.5, interpolate.splantider(interpolate.splrep(T, y))), (Y,)),
    "pchip_interpolate": (
        lambda y: (
            weighted(interpolate.pchip_interpolate(T[:4], y, np.array([0.3, 2.4]), der=1))
            + interpolate.pchip_interpolate(T[:4], y, 1.4)
        ),
        (V,),
    ),
    "whiten": (lambda x: weighted(vq.whiten(x)), (ROWS,)),
    "vq": (lambda x, book: weighted(vq.vq(x, book)[1]), (ROWS, BOOK)),
    "minkowski_distance": (
        lambda x: weighted(spatial.minkowski_distance(x, BOOK[0], 3)) + weighted(spatial.minkowski_distance_p(x, 0.3)),
        (ROWS,),
    ),
    "rosen": (lambda x: optimize.rosen(x) + weighted(optimize.rosen_der(x)), (V,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    check(*PROGRAMS[name], rtol=2e-6, atol=1e-7)
    check_second(*PROGRAMS[name])


def test_what_is_refused() -> None:
    with pytest.raises(srcad.SrcadError, match="LSQUnivariateSpline with ext="):
        srcad.grad(lambda y: interpolate.LSQUnivariateSpline(T, y, KNOTS, ext=1)(1.0))(Y)
    with pytest.raises(srcad.SrcadError, match="several derivatives at once"):
        srcad.grad(lambda y: interpolate.pchip_interpolate(T[:4], y, 1.4, der=[0, 1])[0])(V)
