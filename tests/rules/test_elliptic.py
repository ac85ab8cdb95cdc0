"""Elliptic integrals and the arithmetic-geometric mean, where arguments are alike: against mpmath, to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

import srcad

special = pytest.importorskip("scipy.special")

PLACES: dict[str, tuple[Callable[..., Any], list[tuple[float, ...]]]] = {
    "elliprf": (
        mpmath.elliprf,
        [(1, 1, 1), (1, 1, 2), (2, 1, 1), (1, 1.1, 1.2), (1e-3, 1, 1), (1, 1, 1e5), (0.5, 2, 3)],
    ),
    "elliprc": (mpmath.elliprc, [(1, 1), (1, 1 + 1e-7), (1, 1.2), (3, 1), (0.2, 5)]),
    "elliprd": (mpmath.elliprd, [(2, 2, 2), (1, 2, 2), (1, 1, 2), (1, 2, 2 + 1e-6)]),
    "elliprj": (mpmath.elliprj, [(2, 2, 2, 2), (1, 2, 3, 3), (1, 2, 3, 4)]),
    "elliprg": (mpmath.elliprg, [(2, 2, 2), (1, 2, 2), (1, 1, 2), (1, 2, 3)]),
    "agm": (mpmath.agm, [(2, 2), (1, 3), (2, 2 + 1e-7)]),
    "ellipkinc": (mpmath.ellipf, [(0.5, 0), (0, 0), (0, 0.5), (1, 0.5), (0.3, 1e-9)]),
    "ellipeinc": (mpmath.ellipe, [(0.5, 0), (0, 0), (0, 0.5), (1, 0.5), (0.3, 1e-9)]),
}


CASES = [pytest.param(name, place, id=f"{name}{place}") for name, (_, places) in PLACES.items() for place in places]


def derivatives(f: Callable[..., Any], at: tuple[float, ...]) -> tuple[np.ndarray, np.ndarray]:
    n, units = len(at), np.eye(len(at), dtype=int)
    second = np.zeros((n, n))
    with mpmath.workdps(30):
        first = [float(mpmath.diff(f, at, tuple(map(int, one)))) for one in units]
        for i in range(n):
            for j in range(i + 1):
                second[i, j] = second[j, i] = float(mpmath.diff(f, at, tuple(map(int, units[i] + units[j]))))
    return np.array(first), second


@pytest.mark.parametrize(("name", "place"), CASES)
def test_alike(name: str, place: tuple[float, ...]) -> None:
    first, second = derivatives(PLACES[name][0], tuple(map(float, place)))
    function = getattr(special, name)
    f = lambda v: function(*(v[k] for k in range(len(place))))
    x = np.array(place, float)
    np.testing.assert_allclose(srcad.grad(f)(x), first, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(srcad.hessian(f)(x), second, rtol=1e-11, atol=1e-14)
    np.testing.assert_allclose(srcad.jacfwd(srcad.jacfwd(f))(x), second, rtol=1e-11, atol=1e-14)


def test_principal_values() -> None:
    """Of a negative argument there is no integral, and the formulas hold."""
    for function, place in ((special.elliprc, (2.0, -1.0)), (special.elliprj, (1.0, 2.0, 3.0, -2.5))):
        f = lambda v, function=function: function(*(v[k] for k in range(len(v))))
        x = np.array(place)
        due = [(f(x + step) - f(x - step)) / 2e-6 for step in 1e-6 * np.eye(len(x))]
        np.testing.assert_allclose(srcad.grad(lambda v, f=f: f(v))(x), due, rtol=1e-7)


def test_arrays_of_single_precision() -> None:
    x = np.array([1.0, 2.0, 2.0], np.float32)
    slopes = srcad.grad(lambda x: np.sum(special.elliprd(x, 2.0, 2.0)))
    assert slopes(x).dtype == np.float32
    np.testing.assert_allclose(slopes(x), slopes(x.astype(float)), rtol=1e-5)
