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
from srcad.definitions.piecewise import (
    Akima1DInterpolator,
    CubicHermiteSpline,
    CubicSpline,
    PchipInterpolator,
    PPoly,
    pchip_interpolate,
)
from srcad.definitions.scattered import LinearNDInterpolator, NearestNDInterpolator, Rbf, griddata
from srcad.definitions.splines import (
    BSpline,
    InterpolatedUnivariateSpline,
    LSQUnivariateSpline,
    RectBivariateSpline,
    UnivariateSpline,
    make_interp_spline,
    make_lsq_spline,
    splantider,
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
    "LSQUnivariateSpline",
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
    "make_lsq_spline",
    "pchip_interpolate",
    "splantider",
    "splder",
    "splev",
    "splint",
    "splrep",
]
