"""solve_bvp and quad_vec in programs: derivatives against differences of what SciPy finds with small tolerances."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import integrate

import srcad
from tests.definitions.checking import Program, check, check_second, weighted

MESH = np.linspace(0.0, 1.0, 5)
V = np.array([0.4, 0.7, 1.1])


def bratu(a: Any, end: Any) -> Any:
    def fun(x: Any, y: Any) -> Any:
        return np.vstack((y[1], -a * np.exp(y[0])))

    def bc(ya: Any, yb: Any) -> Any:
        return np.array([ya[0], yb[0] - end])

    found = integrate.solve_bvp(fun, bc, MESH, np.zeros((2, 5)), tol=1e-11, max_nodes=20000)
    return found.sol(0.5)[0] + weighted(found.sol(np.array([0.3, 0.8]))) + found.y[1, 0] + found.yp[1, -1]


def eigenvalue(a: Any, scale: Any) -> Any:
    def fun(x: Any, y: Any, p: Any) -> Any:
        return np.vstack((y[1], -(p[0] ** 2) * (1 + a * x) * y[0]))

    def bc(ya: Any, yb: Any, p: Any) -> Any:
        return np.array([ya[0], yb[0], ya[1] - scale * p[0]])

    guess = np.zeros((2, 5))
    guess[0, 1], guess[0, 3] = 1.0, -1.0
    found = integrate.solve_bvp(fun, bc, MESH, guess, p=[6.0], tol=1e-11)
    return found.p[0] + found.sol(0.2)[0]


def until(end: Any, a: Any) -> Any:
    def fun(x: Any, y: Any) -> Any:
        return np.array([y[1], -a * y[0]])

    def bc(ya: Any, yb: Any) -> Any:
        return np.array([ya[0] - 1.0, yb[0]])

    found = integrate.solve_bvp(fun, bc, np.linspace(0.0, end, 5), np.ones((2, 5)), tol=1e-11)
    return found.y[1, 0] + found.sol(0.4 * end)[0]


PROGRAMS: dict[str, Program] = {
    "values at both ends": (bratu, (0.4, 0.07)),
    "with a parameter": (eigenvalue, (0.1, 0.7)),
    "an end that moves": (until, (0.9, 1.3)),
    "quad_vec": (lambda v: weighted(integrate.quad_vec(lambda t: np.exp(-v * t) * np.sin(t), 0.0, 2.0)[0]), (V,)),
    "quad_vec, limits": (
        lambda v, a, b: weighted(integrate.quad_vec(lambda t: np.outer(v, np.cos(v * t)), a, b, epsrel=1e-12)[0]),
        (V, 0.2, 1.7),
    ),
    "quad_vec of a number": (
        lambda a: integrate.quad_vec(lambda t, a: np.exp(-a * t), 0.0, np.inf, args=(a,))[0],
        (1.3,),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    check(*PROGRAMS[name], atol=1e-7)
    check_second(*PROGRAMS[name])


def test_what_is_refused() -> None:
    def singular(a: Any) -> Any:
        def fun(x: Any, y: Any) -> Any:
            return np.array([y[1], -a * y[0]])

        s = np.array([[0.0, 0.0], [0.0, -2.0]])
        return integrate.solve_bvp(fun, lambda ya, yb: np.array([ya[1], yb[0] - 1]), MESH, np.ones((2, 5)), S=s).y[0, 0]

    with pytest.raises(srcad.SrcadError, match="solve_bvp with S="):
        srcad.grad(singular)(1.0)
