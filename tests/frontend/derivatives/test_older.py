"""SciPy's older names of solvers: derivatives against differences of what they find."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import optimize

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

X = np.array([0.4, 0.7, 1.1, 1.6])


def valley(t: Any, a: Any, b: Any) -> Any:
    return (t - a) ** 2 + b * t**4


def root(function: Any, shape: tuple[int, ...] = (4,)) -> Any:
    def program(x: Any) -> Any:
        return weighted(function(lambda t: t + 0.1 * t**3 - x.reshape(shape), np.zeros(shape), f_tol=1e-13))

    return program


PROGRAMS: dict[str, Program] = {
    "fminbound": (lambda a, b: optimize.fminbound(lambda t: valley(t, a, b), -3.0, 3.0, xtol=1e-13), (0.4, 0.7)),
    "fminbound at a bound": (lambda b: optimize.fminbound(lambda t: (t - 3.0) ** 2, -1.0, b, xtol=1e-13), (0.4,)),
    "brent": (lambda a, b: optimize.brent(valley, args=(a, b), tol=1e-14), (0.4, 0.7)),
    "golden": (lambda a: optimize.golden(lambda t: valley(t, a, 0.3), brack=(-1.0, 2.0), tol=1e-13), (0.4,)),
    **{
        name: (root(getattr(optimize, name)), (X,))
        for name in ("broyden1", "broyden2", "anderson", "newton_krylov", "diagbroyden")
    },
    "a root that is a table": (root(optimize.newton_krylov, (2, 2)), (X,)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    rough = name in ("fminbound", "brent", "golden")  # minima are no more exact than the root of a rounding error
    check(f, args, rtol=1e-4 if rough else 1e-6, atol=1e-4 if rough else 1e-7)
    if not rough:
        check_second(f, args)


@pytest.mark.parametrize(("a", "b"), [(0.4, 0.7), (1.3, 0.2)])
def test_minima_move_as_the_root_of_the_slope_does(a: float, b: float) -> None:
    """2 (t - a) + 4 b t**3 = 0."""
    t = optimize.brentq(lambda t: 2 * (t - a) + 4 * b * t**3, -3.0, 3.0, xtol=1e-15)
    due = np.array([2.0, -4 * t**3]) / (2 + 12 * b * t**2)
    for f in (
        lambda a, b: optimize.brent(valley, args=(a, b)),
        lambda a, b: optimize.golden(valley, args=(a, b)),
        lambda a, b: optimize.fminbound(valley, -3.0, 3.0, args=(a, b)),
    ):
        np.testing.assert_allclose(srcad.grad(f, (0, 1))(a, b), due, rtol=1e-4)


def test_what_is_refused() -> None:
    with pytest.raises(srcad.SrcadError, match="brent with full_output="):
        srcad.grad(lambda a: optimize.brent(valley, args=(a, 0.3), full_output=True)[0])(0.4)
