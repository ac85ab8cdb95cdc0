"""solve_ivp with dense_output: the solution at times that are named later."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import quad, solve_ivp

import srcad
from srcad.errors import NotYetSupported

TIGHT = {"rtol": 1e-9, "atol": 1e-11, "dense_output": True}


def swinging(a: Any, y0: Any, t: Any) -> Any:
    found = solve_ivp(lambda t, y: [y[1], -a * y[0]], (0, 3), y0, **TIGHT)
    return found.sol(t)


def exact(a: float, y0: np.ndarray, t: Any) -> np.ndarray:
    w = np.sqrt(a)
    return y0[0] * np.cos(w * t) + y0[1] / w * np.sin(w * t)


@pytest.mark.parametrize("t", [np.array([0.3, 1.2, 2.0]), np.array([1.3, 0.2, 2.0]), 1.7])
def test_times(t: Any) -> None:
    """In any order, or a single one; the solution moves with all of them, and with what it starts from."""
    a, y0, h = 1.3, np.array([1.0, 0.2]), 1e-5

    def program(a: Any, y0: Any, t: Any) -> Any:
        return np.sum(swinging(a, y0, t)[0])

    made = srcad.grad(program, argnums=(0, 1, 2))(a, y0, t)
    slope = (np.sum(exact(a + h, y0, t)) - np.sum(exact(a - h, y0, t))) / (2 * h)
    np.testing.assert_allclose(made[0], slope, rtol=1e-5)
    starts = [np.sum(exact(a, e, t)) for e in np.eye(2)]
    np.testing.assert_allclose(made[1], starts, rtol=1e-5)
    np.testing.assert_allclose(made[2], (exact(a, y0, t + h) - exact(a, y0, t - h)) / (2 * h), rtol=1e-5)
    _, forward = srcad.jvp(lambda a: program(a, y0, t), (a,), (1.0,))
    np.testing.assert_allclose(forward, made[0], rtol=1e-6)


def test_beside_times_that_were_named() -> None:
    def program(a: Any) -> Any:
        found = solve_ivp(lambda t, y, a: -a * y, (0, 2), [1.0], args=(a,), t_eval=[0.0, 1.0, 2.0], **TIGHT)
        return found.y[0, 1] + found.sol(0.5)[0]

    np.testing.assert_allclose(srcad.grad(program)(0.7), -np.exp(-0.7) - 0.5 * np.exp(-0.35), rtol=1e-6)


def test_an_integral_of_the_solution() -> None:
    def program(a: Any) -> Any:
        found = solve_ivp(lambda t, y: -a * y, (0, 2), [1.0], **TIGHT)
        return quad(lambda t: found.sol(t)[0], 0, 1)[0]

    a = 0.7
    np.testing.assert_allclose(srcad.grad(program)(a), (np.exp(-a) * (a + 1) - 1) / a**2, rtol=1e-5)


def test_times_in_a_matrix_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="several axes"):
        srcad.grad(lambda a: np.sum(swinging(a, np.ones(2), np.ones((2, 2)))))(1.0)
