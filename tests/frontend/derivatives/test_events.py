"""Events of solve_ivp: the time of one moves as the solution does, and so does the end, where it is terminal."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.integrate import solve_ivp

import srcad
from srcad.errors import NotYetSupported

TIGHT = {"rtol": 1e-10, "atol": 1e-12}
G = 9.81


def hit(t: Any, y: Any) -> Any:
    return y[0]


def apex(t: Any, y: Any) -> Any:
    return y[1]


hit.terminal, hit.direction = True, -1  # type: ignore[attr-defined]


def thrown(v: Any, h: Any, g: Any) -> Any:
    return solve_ivp(lambda t, y: [y[1], -g], (0, 100), [h, v], events=(hit, apex), **TIGHT)


def flight(v: Any, h: Any, g: Any) -> Any:
    return (v + np.sqrt(v * v + 2 * g * h)) / g


def slopes(f: Any, args: tuple[float, ...], h: float = 1e-4) -> list[float]:
    steps = np.eye(len(args)) * h
    return [(f(*np.add(args, step)) - f(*np.subtract(args, step))) / (2 * h) for step in steps]


def test_a_terminal_event() -> None:
    def program(v: Any, h: Any, g: Any) -> Any:
        found = thrown(v, h, g)
        return found.t_events[0][0] + 2 * found.t[-1] + 3 * found.y[1, -1] + found.y_events[0][0, 1]

    def exact(v: Any, h: Any, g: Any) -> Any:
        return 3 * flight(v, h, g) + 4 * (v - g * flight(v, h, g))

    args = (3.0, 10.0, G)
    np.testing.assert_allclose(srcad.grad(program, argnums=(0, 1, 2))(*args), slopes(exact, args), rtol=1e-6)
    _, forward = srcad.jvp(program, args, (1.0, 0.0, 0.0))
    np.testing.assert_allclose(forward, slopes(exact, args)[0], rtol=1e-6)


def test_an_event_on_the_way() -> None:
    def program(v: Any, h: Any, g: Any) -> Any:
        found = thrown(v, h, g)
        return found.t_events[1][0] + 2 * found.y_events[1][0][0]

    args = (3.0, 10.0, G)
    exact = slopes(lambda v, h, g: v / g + 2 * (h + v * v / (2 * g)), args)
    np.testing.assert_allclose(srcad.grad(program, argnums=(0, 1, 2))(*args), exact, rtol=1e-6)


def test_second_derivatives() -> None:
    made = srcad.grad(srcad.grad(lambda v: thrown(v, 10.0, G).t_events[0][0]))(3.0)
    h = 1e-3
    exact = (flight(3.0 + h, 10.0, G) - 2 * flight(3.0, 10.0, G) + flight(3.0 - h, 10.0, G)) / h**2
    np.testing.assert_allclose(made, exact, rtol=1e-5)


def test_an_event_that_comes_often() -> None:
    """The zeros of cos(w t) are at (k + 1/2) pi / w."""

    def program(w: Any) -> Any:
        found = solve_ivp(lambda t, y: [y[1], -(w**2) * y[0]], (0, 7), [1.0, 0.0], events=lambda t, y: y[0], **TIGHT)
        return np.sum(found.t_events[0])

    w, count = 1.3, 3
    exact = -sum((k + 0.5) * np.pi for k in range(count)) / w**2
    np.testing.assert_allclose(srcad.grad(program)(w), exact, rtol=1e-6)


def test_an_event_with_args_beside_times_that_were_named() -> None:
    def level(t: Any, y: Any, c: Any) -> Any:
        return y[0] - c

    def program(k: Any, c: Any) -> Any:
        found = solve_ivp(lambda t, y, c: -k * y, (0, 3), [1.0], args=(c,), events=level, t_eval=[0.0, 1.0], **TIGHT)
        return found.t_events[0][0] + found.y[0, 1]

    args = (0.7, 0.5)
    exact = slopes(lambda k, c: -np.log(c) / k + np.exp(-k), args)
    np.testing.assert_allclose(srcad.grad(program, argnums=(0, 1))(*args), exact, rtol=1e-6)


def test_an_event_that_never_comes() -> None:
    def program(k: Any) -> Any:
        found = solve_ivp(lambda t, y: -k * y, (0, 1), [1.0], events=lambda t, y: y[0] - 5, **TIGHT)
        return found.y[0, -1] + np.sum(found.t_events[0])

    np.testing.assert_allclose(srcad.grad(program)(0.7), -np.exp(-0.7), rtol=1e-6)


def test_several_terminal_events_are_refused() -> None:
    with pytest.raises(NotYetSupported, match="several terminal events"):
        srcad.grad(lambda v: solve_ivp(lambda t, y: [y[1], -G], (0, 9), [1.0, v], events=(hit, hit)).t[-1])(1.0)
