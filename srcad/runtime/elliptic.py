"""Helpers of generated code about elliptic integrals in Carlson's form, where two of their arguments are alike.

All of them, and their derivatives of any order, are integrals of products of powers of t + x. Differences of such
integrals, which formulas for derivatives are made of, lose all digits where arguments are equal.
"""

from __future__ import annotations

import numpy as np

from srcad.runtime.shapes import elements_of


def carlson_integral(
    x: np.ndarray | float,
    y: np.ndarray | float,
    z: np.ndarray | float,
    p: np.ndarray | float,
    powers: tuple[float, float, float, float],
) -> np.ndarray:
    """The integral of (t + x)**-a (t + y)**-b (t + z)**-c (t + p)**-d over all positive t.

    With t = exp(u) what is integrated is smooth and fades at both ends, so that a plain sum has all digits.
    """
    total = sum(powers)

    def inside(*arguments: np.ndarray) -> np.ndarray:
        z, b = np.stack(arguments, axis=1), np.array(powers)
        gone = (z == 0) & (b > 0)
        fades = 1.0 - np.sum(b * gone, axis=1)
        logs = np.log(np.where(gone, np.nan, z))[:, b > 0]
        first = np.nanmin(logs, axis=1) - 40.0 / np.where(fades > 0, fades, 1.0)
        last = np.nanmax(logs, axis=1) + 40.0 / (total - 1.0)
        u, step = np.linspace(first, last, 2 + int(2.0 * np.max(last - first)), axis=1, retstep=True)
        below = sum(b[k] * np.logaddexp(u, np.log(z[:, k : k + 1])) for k in range(4) if b[k])
        result: np.ndarray = np.where(fades > 0, step * np.sum(np.exp(u - below), axis=1), np.inf)
        return result

    def proper(*arguments: np.ndarray) -> np.ndarray:
        sizes = [v for v, power in zip(arguments, powers, strict=True) if power]
        result: np.ndarray = np.all([(v >= 0) & (v < np.inf) for v in sizes], axis=0) & np.any(sizes, axis=0)
        return result

    return elements_of(inside, proper, lambda last: np.ones(last.shape, bool), x, y, z, p)
