"""Helpers of generated code about functions of single numbers that `math` doesn't have, or has otherwise."""

from __future__ import annotations

import math

import numpy as np


def real_power(x: float, p: float) -> float:
    """x ** p, where that is a float: of what is negative it may be complex."""
    y: float | complex = x**p
    if isinstance(y, complex):
        text = f"({x!r}) ** {p!r} is complex, and derivatives are those of floats: write complex(...) ** {p!r}"
        raise ValueError(f"{text}, or np.power, which is nan there")
    return y


def digamma(x: float) -> float:
    """The derivative of math.lgamma: by recurrence up to where the asymptotic series holds."""
    if x == -math.inf:
        return math.nan
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
    if x == -math.inf:
        return math.nan
    if x <= 0 and x == math.floor(x):
        return math.inf
    if x < 0:
        slope = math.pi / math.sin(math.pi * x)
        return slope * slope - trigamma(1 - x)
    total = 0.0
    while x < 10:
        total += 1 / x / x
        x += 1
    t = 1 / (x * x)
    series = t * (1 / 6 - t * (1 / 30 - t * (1 / 42 - t * (1 / 30 - t * (5 / 66 - t * (691 / 2730 - t * 7 / 6))))))
    return total + 1 / x + 0.5 * t + series / x


def share(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """exp(x) / (exp(x) + exp(y)), where these may be too large for a float."""
    return _share_of_powers(np.exp, x, y)


def share2(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """2**x / (2**x + 2**y)."""
    return _share_of_powers(np.exp2, x, y)


def _share_of_powers(power: np.ufunc, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Half of it where both are equal, infinite as well."""
    with np.errstate(over="ignore", invalid="ignore"):
        part: np.ndarray = 1 / (1 + power(np.where(np.equal(x, y), 0, np.subtract(y, x))))
    return part
