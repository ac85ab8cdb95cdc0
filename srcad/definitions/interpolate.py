"""scipy.interpolate."""

from __future__ import annotations

from srcad.definitions import gridded, piecewise, scattered, splines
from srcad.definitions.gridded import (
    BarycentricInterpolator,
    KroghInterpolator,
    RBFInterpolator,
    RegularGridInterpolator,
    barycentric_interpolate,
    interp1d,
    interpn,
    krogh_interpolate,
)
from srcad.definitions.piecewise import Akima1DInterpolator, CubicHermiteSpline, CubicSpline, PchipInterpolator, PPoly
from srcad.definitions.scattered import LinearNDInterpolator, NearestNDInterpolator, Rbf, griddata
from srcad.definitions.splines import (
    BSpline,
    InterpolatedUnivariateSpline,
    RectBivariateSpline,
    UnivariateSpline,
    make_interp_spline,
    splder,
    splev,
    splint,
    splrep,
)

METHODS = {**piecewise.METHODS, **splines.METHODS, **gridded.METHODS, **scattered.METHODS}

__all__ = [
    "Akima1DInterpolator",
    "BSpline",
    "BarycentricInterpolator",
    "CubicHermiteSpline",
    "CubicSpline",
    "InterpolatedUnivariateSpline",
    "KroghInterpolator",
    "LinearNDInterpolator",
    "NearestNDInterpolator",
    "PPoly",
    "PchipInterpolator",
    "RBFInterpolator",
    "Rbf",
    "RectBivariateSpline",
    "RegularGridInterpolator",
    "UnivariateSpline",
    "barycentric_interpolate",
    "griddata",
    "interp1d",
    "interpn",
    "krogh_interpolate",
    "make_interp_spline",
    "splder",
    "splev",
    "splint",
    "splrep",
]
