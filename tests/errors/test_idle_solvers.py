"""What is solved, factored or integrated for nobody: the derivative raises what the program raises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

linalg = pytest.importorskip("scipy.linalg")
optimize, integrate = pytest.importorskip("scipy.optimize"), pytest.importorskip("scipy.integrate")
signal, interpolate = pytest.importorskip("scipy.signal"), pytest.importorskip("scipy.interpolate")

SINGULAR, ONES, UNIT, NANS = np.ones((2, 2)), np.ones(2), np.eye(2), np.full((2, 2), np.nan)


def solved(x: Any) -> Any:
    np.linalg.solve(x * SINGULAR, ONES)
    return 3.0 * x


def inverted(x: Any) -> Any:
    y = np.linalg.inv(x * SINGULAR)
    return 3.0 * x + 0.0 * y.size


def indefinite(x: Any) -> Any:
    np.linalg.cholesky(-x * UNIT)
    return 3.0 * x


def no_numbers(x: Any) -> Any:
    np.linalg.svd(x * NANS)
    return 3.0 * x


def no_eigenvalues(x: Any) -> Any:
    np.linalg.eigvals(x * NANS)
    return 3.0 * x


def generalised(x: Any) -> Any:
    linalg.eigh(x * SINGULAR, -x * UNIT)
    return 3.0 * x


def of_a_band(x: Any) -> Any:
    linalg.solve_banded((0, 0), x * np.zeros((1, 2)), ONES)
    return 3.0 * x


def of_toeplitz(x: Any) -> Any:
    linalg.solve_toeplitz(x * np.zeros(2), ONES)
    return 3.0 * x


def bracketed(x: Any) -> Any:
    optimize.brentq(lambda u: u * u + x, 0.0, 1.0)
    return 3.0 * x


def no_root(x: Any) -> Any:
    optimize.newton(lambda u: u * u + x, 1.0, maxiter=5)
    return 3.0 * x


def integrand(x: Any) -> Any:
    integrate.quad(lambda u: x / (0.0 * u), 0.0, 1.0)
    return 3.0 * x


def unknown_method(x: Any) -> Any:
    integrate.solve_ivp(lambda t, u: -x * u, (0, 1), ONES, method="Nope")
    return 3.0 * x


def without_a_filter(x: Any) -> Any:
    signal.lfilter(ONES, x * np.zeros(2), ONES)
    return 3.0 * x


def in_no_order(x: Any) -> Any:
    interpolate.CubicSpline(x * np.array([0.0, 2.0, 1.0]), np.ones(3))(0.5)
    return 3.0 * x


PROGRAMS = [solved, inverted, indefinite, no_numbers, no_eigenvalues, generalised, of_a_band, of_toeplitz, bracketed]
PROGRAMS += [no_root, integrand, unknown_method, without_a_filter, in_no_order]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
def test_raises(program: Callable[[Any], Any]) -> None:
    with pytest.raises(Exception) as due:
        program(1.5)
    for run in (srcad.grad(program), lambda x: srcad.jvp(program, (x,), (1.0,)), lambda x: srcad.hvp(program)(x, 1.0)):
        with pytest.raises(type(due.value)) as found:
            run(1.5)
        assert str(found.value) == str(due.value)
