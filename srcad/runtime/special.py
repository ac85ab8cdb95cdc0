"""Helpers of generated code about special functions that `math` and NumPy don't have."""

from __future__ import annotations

import math
from typing import Any

import numpy as np


def digamma(x: float) -> float:
    """The derivative of math.lgamma: by recurrence up to where the asymptotic series holds."""
    if x <= 0 and x == math.floor(x):
        return math.nan
    if x < 0:
        return digamma(1 - x) - math.pi / math.tan(math.pi * x)
    total = 0.0
    while x < 10:
        total -= 1 / x
        x += 1
    t = 1 / (x * x)
    series = t * (1 / 12 - t * (1 / 120 - t * (1 / 252 - t * (1 / 240 - t * (1 / 132 - t * (691 / 32760 - t / 12))))))
    return total + math.log(x) - 0.5 / x - series


def trigamma(x: float) -> float:
    """The second derivative of math.lgamma."""
    if x <= 0 and x == math.floor(x):
        return math.inf
    if x < 0:
        return (math.pi / math.sin(math.pi * x)) ** 2 - trigamma(1 - x)
    total = 0.0
    while x < 10:
        total += 1 / (x * x)
        x += 1
    t = 1 / (x * x)
    series = t * (1 / 6 - t * (1 / 30 - t * (1 / 42 - t * (1 / 30 - t * (5 / 66 - t * (691 / 2730 - t * 7 / 6))))))
    return total + 1 / x + 0.5 * t + series / x


def sinc_derivative(x: Any, n: int) -> Any:
    """The derivative of order n of np.sinc: pi**n times that of sin(z) / z at z = pi x.

    Near zero by the power series of sin(z) / z, elsewhere by s(n) = (sin(z + n pi / 2) - n s(n - 1)) / z.
    """
    z = np.pi * np.asarray(x)
    near = np.abs(z) < 3.0
    small, large = np.where(near, z, 0), np.where(near, 1, z)
    found = np.sin(large) / large
    for m in range(1, n + 1):
        found = (np.sin(large + m * np.pi / 2) - m * found) / large
    series = np.zeros_like(small)
    for k in range((n + 1) // 2, n // 2 + 20):
        factor = (-1.0) ** k * math.factorial(2 * k) / (math.factorial(2 * k - n) * math.factorial(2 * k + 1))
        series = series + factor * small ** (2 * k - n)
    return np.pi**n * np.where(near, series, found)[()]
