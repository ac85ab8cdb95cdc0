"""Second derivatives keep their digits where one operand is far greater than the other: against mpmath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad

PAIRS = [(40.0, 0.0), (-35.0, 1.5), (0.0, -300.0), (1e3, 999.0), (1e10, 1e10 - 2.0), (0.3, 0.4), (-700.0, 0.0)]
LENGTHS = [(1e8, 1.0), (1e-7, -2.0), (3e150, 4e120), (-1e-200, 1e-203), (3.0, 4.0), (0.0, 2.0), (1e-9, 1e9)]


def _share(x: float, y: float, base: Any) -> Any:
    return 1 / (1 + base ** (mpmath.mpf(y) - mpmath.mpf(x)))


def of_powers(x: float, y: float, base: Any) -> tuple[list[Any], list[list[Any]]]:
    """Both derivatives of the logarithm of base**x + base**y."""
    one, other = _share(x, y, base), _share(y, x, base)
    bend = mpmath.log(base) * one * other
    return [one, other], [[bend, -bend], [-bend, bend]]


def of_lengths(x: float, y: float) -> tuple[list[Any], list[list[Any]]]:
    a, b = mpmath.mpf(x), mpmath.mpf(y)
    r = mpmath.hypot(a, b)
    return [a / r, b / r], [[b**2 / r**3, -a * b / r**3], [-a * b / r**3, a**2 / r**3]]


CASES: list[tuple[str, Callable[[Any], Any], tuple[float, float], Any]] = [
    *(("logaddexp", lambda v: np.logaddexp(v[0], v[1]), p, lambda x, y: of_powers(x, y, mpmath.e)) for p in PAIRS),
    *(("logaddexp2", lambda v: np.logaddexp2(v[0], v[1]), p, lambda x, y: of_powers(x, y, 2)) for p in PAIRS),
    *(("hypot", lambda v: np.hypot(v[0], v[1]), p, of_lengths) for p in LENGTHS),
]


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize(
    ("function", "at", "reference"), [case[1:] for case in CASES], ids=[str(c[::2]) for c in CASES]
)
def test_far_out(function: Any, at: tuple[float, float], reference: Any, backend: str) -> None:
    with mpmath.workdps(60):
        first, second = (np.array(part, float) for part in reference(*at))
    x = np.array(at)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(srcad.grad(function, backend=backend)(x), first, rtol=1e-13, atol=1e-310)
        for derived in (
            srcad.hessian,
            lambda f, **o: srcad.jacfwd(srcad.jacfwd(f), **o),
            lambda f, **o: srcad.jacrev(srcad.grad(f), **o),
        ):
            np.testing.assert_allclose(derived(function, backend=backend)(x), second, rtol=1e-12, atol=1e-310)


@pytest.mark.parametrize("size", [np.inf, -np.inf])
def test_shares_of_infinities(size: float) -> None:
    """What is infinitely greater has all, and two that are equal have halves."""
    for function in (np.logaddexp, np.logaddexp2):
        f = lambda v, function=function: function(v[0], v[1])
        np.testing.assert_array_equal(srcad.grad(f)(np.array([size, 0.0])), [1.0, 0.0] if size > 0 else [0.0, 1.0])
        np.testing.assert_array_equal(srcad.grad(f)(np.array([size, size])), [0.5, 0.5])
        np.testing.assert_array_equal(srcad.hessian(f)(np.array([size, 0.0])), np.zeros((2, 2)))
