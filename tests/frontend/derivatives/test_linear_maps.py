"""srcad.vjp and srcad.linearize in programs that are differentiated; functions that hold values of one branch."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from srcad.testing import check_derivatives, check_gradient

A = np.random.default_rng(0).normal(size=(4, 3))
X = np.array([0.3, -0.7, 1.1])


def curve(x):
    return np.tanh(A @ x)


def pulled(x):
    value, pullback = srcad.vjp(curve, x)
    (x_bar,) = pullback(value**2)
    return np.sum(x_bar * x)


def pushed(x):
    value, linear = srcad.linearize(curve, x)
    return np.sum(linear(x**2) * value)


def several_calls(x):
    _, pullback = srcad.vjp(curve, x)
    total = 0.0
    for k in range(4):
        total += np.sum(pullback(np.eye(4)[k])[0] ** 2)
    return total


def made_in_a_loop(x):
    for _ in range(3):
        value, pullback = srcad.vjp(lambda x: np.sum(curve(x) ** 2), x)
        x = x - 0.1 * pullback(1.0)[0] * value
    return np.sum(x**3)


def made_in_branches(x):
    if x[0] > 0:
        value, pullback = srcad.vjp(curve, x)
    else:
        value, pullback = srcad.vjp(lambda x: A @ x, 2.0 * x)
    return np.sum(pullback(value)[0] * x)


def used_in_a_while_loop(x):
    _, linear = srcad.linearize(curve, x)
    v = x
    while np.sum(v * v) > 0.1:
        v = 0.3 * np.sum(linear(v)) * v / (1.0 + np.sum(v * v))
    return np.sum(v)


def through_a_loop(x):
    def iterated(x):
        for _ in range(3):
            x = np.sin(x) * x
        return x

    value, pullback = srcad.vjp(iterated, x)
    return np.sum(pullback(value)[0])


def kept_in_a_dict(x):
    maps = {"curve": srcad.linearize(curve, x)[1], "square": srcad.linearize(lambda x: x**2, x)[1]}
    return np.sum(maps["curve"](x)) + np.sum(maps["square"](x))


def structures(x):
    def model(params, scale, n):
        return {"y": params["w"] * scale, "n": n, "b": (params["b"], np.sum(params["w"]) * params["b"])}

    value, pullback = srcad.vjp(model, {"w": x, "b": x[0]}, 2.0, 3)
    params_bar, scale_bar, n_bar = pullback({"y": x, "n": None, "b": (None, 2.0)})
    assert n_bar is None
    _, linear = srcad.linearize(model, {"w": x, "b": x[0]}, 2.0, 3)
    dots = linear({"w": None, "b": 1.0}, x[1], None)
    return np.sum(params_bar["w"] * value["y"]) + params_bar["b"] * scale_bar + np.sum(dots["y"]) + dots["b"][1]


def left_alone(x):
    value, _ = srcad.vjp(curve, x)
    return np.sum(value)


def mixed_sides(x):
    if x[0] > 0:
        act = srcad.linearize(curve, x)[1]
    else:
        act = functools.partial(np.multiply, x)
    return np.sum(act(2.0 * x))


PROGRAMS: list[Callable[..., Any]] = [
    pulled,
    pushed,
    several_calls,
    made_in_a_loop,
    made_in_branches,
    used_in_a_while_loop,
    through_a_loop,
    kept_in_a_dict,
    structures,
    left_alone,
    mixed_sides,
]


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_gradients(program: Callable[..., Any], sign: float) -> None:
    """Against differences of the program, in which vjp and linearize run as they do anywhere."""
    x = sign * X
    check_gradient(program, x)
    assert check_derivatives(program, (x,), order=2).ok


def test_changes_afterwards_do_not_reach_the_map() -> None:
    def program(x):
        y = x.copy()
        _, pullback = srcad.vjp(lambda y: np.sum(y**3), y)
        y[:] = 0.0
        return np.sum(pullback(1.0)[0])

    np.testing.assert_allclose(srcad.grad(program)(X), 6 * X)


def test_the_function_runs_once() -> None:
    lines = srcad.grad(pulled).source(X).splitlines()
    assert sum("np.tanh(" in line and "#" not in line for line in lines) == 1


def test_a_map_of_an_earlier_turn_is_refused() -> None:
    def program(x):
        linear = None
        total = 0.0
        for k in range(3):
            if k > 0:
                total += np.sum(linear(x))
            _, linear = srcad.linearize(curve, x * (k + 1.0))
        return total

    try:
        gradient = srcad.grad(program)(X)
    except NotYetSupported as refusal:
        assert refusal.span is not None
    else:  # the loop may have been written out
        due = [(program(X + 1e-6 * e) - program(X - 1e-6 * e)) / 2e-6 for e in np.eye(3)]
        np.testing.assert_allclose(gradient, due, rtol=1e-6)


@pytest.mark.parametrize(
    ("program", "said"),
    [
        (lambda x: srcad.vjp(curve, x)[1](np.ones(4), 1.0)[0][0], "takes 1 arguments"),
        (lambda x: srcad.linearize(curve, x)[1]()[0], "takes 1 arguments"),
        (lambda x: srcad.vjp(curve, x)[1](x[0])[0][0], "the adjoint of a value of type"),
        (lambda x: srcad.vjp(curve, x)[1](np.ones(1))[0][0], "the adjoint of a value of type"),
        (lambda x: np.sum(srcad.linearize(lambda x, n: n * x, x, 2)[1](x, 1.0)), "has no derivative"),
        (lambda x: np.sum(srcad.vjp(curve, x=x)[0]), "by position"),
    ],
)
def test_refusals(program: Callable[..., Any], said: str) -> None:
    with pytest.raises(NotYetSupported, match=said):
        srcad.grad(program)(X)


# ---- functions that hold values


def partial_of_either(x):
    if x[0] > 0:
        y = x * 2.0
        g = functools.partial(np.multiply, y)
    else:
        z = np.sin(x)
        g = functools.partial(np.add, z * x)
    return np.sum(g(x) ** 2)


def method_of_either(x):
    if x[0] > 0:
        y = np.outer(x, x)
        g = y.dot
    else:
        z = np.outer(x, np.sin(x))
        g = z.T.dot
    return np.sum(g(x))


@pytest.mark.parametrize("program", [partial_of_either, method_of_either], ids=lambda f: f.__name__)
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_functions_that_hold_values_of_one_branch(program: Callable[..., Any], sign: float) -> None:
    check_gradient(program, sign * X)
