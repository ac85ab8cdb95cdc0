"""The rules of solvers on traces: what they make is valid, and agrees with differences, to second order."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp
from scipy.optimize import brentq, root

import srcad
from srcad.compile.compiler import Derivatives
from srcad.frontend import read
from srcad.trace.walk import walk
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from tests.transform.adjoints import check


def a_root(a: float, b: float) -> float:
    return brentq(lambda x: x**3 - a * x - b, 0.5, 5.0, xtol=1e-15)


def a_system(b: Any) -> float:
    return np.sum(root(lambda x: x**3 + np.sum(x) * b - 2.0, np.ones(2), tol=1e-14).x ** 2)


def by_products(b: Any) -> float:
    return np.sum(srcad.implicit.root(lambda x: x**3 + x - b, np.ones(2), solve="gmres") ** 2)


def an_integral(a: float, w: Any) -> float:
    return quad(lambda t: math.exp(-a * t) * np.sum(w) * w[0], 0.0, a)[0]


def a_trajectory(y0: Any, k: float) -> float:
    found = solve_ivp(lambda t, y: -k * y * y[::-1], (0.0, k), y0, t_eval=[0.3, 0.7], rtol=1e-11, atol=1e-13)
    return np.sum(found.y * found.y)


Y0 = np.array([1.0, 0.5])


@pytest.mark.parametrize(
    ("f", "args"),
    [
        (a_root, (1.7, 0.9)),
        (a_system, (Y0,)),
        (by_products, (Y0,)),
        (an_integral, (0.8, Y0)),
        (a_trajectory, (Y0, 0.9)),
    ],
)
def test_rules(f: Callable[..., Any], args: tuple[Any, ...]) -> None:
    trace = simplify(read(f, args, {}, tuple(range(len(args))), Derivatives()).trace)
    values = [args[[p.name for p in trace.parameters].index(entry.path.root)] for entry in trace.inputs]
    check(trace, *values, tolerance=1e-5)


def test_a_solution_is_found_once() -> None:
    """The gradient doesn't solve again what the value has solved."""
    trace = simplify(read(a_root, (1.7, 0.9), {}, (0, 1), Derivatives()).trace)
    made = simplify(adjoint(trace, (0, 1), value=True))
    assert [e.op for e in walk(made.body)].count("solver") == 1


def test_what_does_not_move_is_not_differentiated() -> None:
    def f(a: float, b: float) -> float:
        return brentq(lambda x: x**3 - b, 0.0, 5.0) * a

    trace = simplify(read(f, (1.7, 0.9), {}, (0,), Derivatives()).trace)
    made = simplify(adjoint(trace, (0,), value=False))
    assert "regular" not in [e.op for e in walk(made.body)]


def test_a_slope_that_stands_still() -> None:
    """A slope must not be zero; its tangent may be, and is in a direction that leaves the slope alone."""

    def f(a: float, b: float) -> float:
        return brentq(lambda x: a * x - b, 0.0, 50.0)

    gradient = srcad.grad(f, argnums=(0, 1))
    _, moved = srcad.jvp(gradient, (2.0, 3.0), (0.0, 1.0))
    np.testing.assert_allclose(moved, (-0.25, 0.0), atol=1e-12)
    hessian = srcad.hessian(lambda v: f(v[0], v[1]))(np.array([2.0, 3.0]))
    np.testing.assert_allclose(hessian, [[0.75, -0.25], [-0.25, 0.0]])
