"""scipy.interpolate."""

from __future__ import annotations

from srcad.definitions import piecewise
from srcad.definitions.piecewise import Akima1DInterpolator, CubicHermiteSpline, CubicSpline, PchipInterpolator, PPoly

METHODS = {**piecewise.METHODS}

__all__ = [
    "Akima1DInterpolator",
    "CubicHermiteSpline",
    "CubicSpline",
    "PPoly",
    "PchipInterpolator",
]
