"""Derivatives of programs in numbers of any precision, by mpmath, which knows nothing of srcad.

A program that is written with `np` runs on mpmath's numbers if another object stands for `np`: arrays become arrays of
objects, whose elements are mpmath's numbers, and the few functions that NumPy hasn't for them are mpmath's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import FunctionType, SimpleNamespace
from typing import Any

import mpmath
import numpy as np

DIGITS = 40


class Precise:
    """`np`, for arrays of mpmath's numbers."""

    linalg = SimpleNamespace(
        solve=lambda A, b: np.array(list(mpmath.lu_solve(mpmath.matrix(A.tolist()), mpmath.matrix(b.tolist())))),
        det=lambda A: mpmath.det(mpmath.matrix(A.tolist())),
    )

    def __getattr__(self, name: str) -> Any:
        function = getattr(mpmath, name, None)
        return (
            np.frompyfunc(function, 1, 1) if name in ("sin", "cos", "exp", "log", "tanh", "sqrt") else getattr(np, name)
        )


def precise(f: Callable[..., Any]) -> Callable[..., Any]:
    """The same function of mpmath's numbers."""
    assert isinstance(f, FunctionType)
    return FunctionType(f.__code__, {**f.__globals__, "np": Precise()}, f.__name__, f.__defaults__)


def derivative(f: Callable[[Any], Any], x: float, order: int) -> float:
    """The derivative of an order of a function of a number."""
    with mpmath.workdps(DIGITS):
        return float(mpmath.diff(precise(f), mpmath.mpf(x), order))


def along(f: Callable[[Any], Any], x: Any, directions: Sequence[Any]) -> float:
    """The derivative of a function of an array along several directions, one after the other."""
    with mpmath.workdps(DIGITS):
        start = np.array([mpmath.mpf(float(e)) for e in x], dtype=object)
        ways = [np.array([mpmath.mpf(float(e)) for e in v], dtype=object) for v in directions]

        def moved(*steps: Any) -> Any:
            return precise(f)(start + sum(t * way for t, way in zip(steps, ways, strict=True)))

        count = len(ways)
        return float(mpmath.diff(moved, (0,) * count, (1,) * count) if count > 1 else mpmath.diff(moved, 0, 1))
