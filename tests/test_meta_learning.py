"""Gradients through optimisers that are written with derivatives: by what they start from, and by their settings."""

from __future__ import annotations

import dataclasses
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.testing import check_gradient

RNG = np.random.default_rng(0)
A, TARGET = RNG.normal(size=(6, 3)), RNG.normal(size=6)
X, X_NEW = RNG.uniform(-1, 1, size=(2, 5, 1))
Y, Y_NEW = np.sin(3 * X), np.sin(3 * X_NEW)
W = RNG.normal(size=3)


# ---- of a number


def quartic(theta, a):
    return (theta - a) ** 4 + np.sin(theta * a)


def descent(rate, theta, steps):
    for _ in range(steps):
        theta = theta - rate * srcad.grad(quartic)(theta, 2.0)
    return quartic(theta, 2.0)


def momentum(rate, beta, theta, steps):
    slope = srcad.grad(quartic)
    velocity = 0
    for _ in range(steps):
        velocity = beta * velocity - rate * slope(theta, 2.0)
        theta = theta + velocity
    return quartic(theta, 2.0)


def newton(theta, a):
    for _ in range(3):
        slope = srcad.grad(quartic)
        theta = theta - slope(theta, a) / srcad.grad(slope)(theta, a)
    return quartic(theta, a)


# ---- of an array


def error(w, A, y):
    return np.mean((np.tanh(A @ w) - y) ** 2)


def heavy_ball_in_place(w, rate, A, y):
    w = w.copy()
    velocity = np.zeros_like(w)
    for _ in range(6):
        velocity *= 0.9
        velocity -= rate * srcad.grad(error)(w, A, y)
        w += velocity
    return error(w, A, y)


def nesterov(w, rate, beta):
    velocity = np.zeros(3)
    for _ in range(4):
        velocity = beta * velocity - rate * srcad.grad(error)(w + beta * velocity, A, TARGET)
        w = w + velocity
    return error(w, A, TARGET)


def adam(w, rate, A, y):
    m, s = np.zeros_like(w), np.zeros_like(w)
    for t in range(1, 6):
        g = srcad.grad(error)(w, A, y)
        m = 0.9 * m + 0.1 * g
        s = 0.999 * s + 0.001 * g**2
        w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(s / (1 - 0.999**t)) + 1e-8)
    return error(w, A, y)


def backtracking(w, rate, A, y):
    for _ in range(3):
        value, g = srcad.value_and_grad(error)(w, A, y)
        step = rate
        while error(w - step * g, A, y) > value - 0.5 * step * np.sum(g * g):
            step = 0.5 * step
        w = w - step * g
    return error(w, A, y)


def until_flat(w, rate, A, y):
    g = srcad.grad(error)(w, A, y)
    k = 0
    while np.sum(g * g) > 1e-3 and k < 50:
        w = w - rate * g
        g = srcad.grad(error)(w, A, y)
        k += 1
    return error(w, A, y)


def schedule(rates, w):
    losses = []
    for rate in rates:
        w = w - rate * srcad.grad(error)(w, A, TARGET)
        losses.append(error(w, A, TARGET))
    return sum(losses)


def newton_by_hessian(w, ridge):
    for _ in range(2):
        f = lambda w: error(w, A, TARGET) + ridge * np.sum(w**2)
        w = w - np.linalg.solve(srcad.hessian(f)(w), srcad.grad(f)(w))
    return error(w, A, TARGET)


def by_pullback(w, rate):
    for _ in range(3):
        _, pullback = srcad.vjp(lambda w: np.tanh(A @ w) - TARGET, w)
        w = w - rate * pullback(np.tanh(A @ w) - TARGET)[0]
    return error(w, A, TARGET)


def forward_gradient(w, rate):
    """Descent along random directions, with tangents alone."""
    for k in range(3):
        v = np.array([np.cos(k), np.sin(k), 0.5])
        w = w - rate * srcad.jvp(error, (w, A, TARGET), (v, None, None))[1] * v
    return error(w, A, TARGET)


# ---- of containers


def network_error(p, x, y):
    h = np.tanh(x @ p["W1"] + p["b1"])
    return np.mean((h @ p["W2"] + p["b2"] - y) ** 2)


def parameters():
    rng = np.random.default_rng(1)
    return {
        "W1": rng.normal(size=(1, 4)),
        "b1": np.zeros(4),
        "W2": 0.3 * rng.normal(size=(4, 1)),
        "b2": np.zeros(1),
    }


def dict_momentum(p, rate, beta):
    velocity = {k: np.zeros_like(q) for k, q in p.items()}
    for _ in range(3):
        g = srcad.grad(network_error)(p, X, Y)
        velocity = {k: beta * velocity[k] - rate * g[k] for k in velocity}
        p = {k: p[k] + velocity[k] for k in p}
    return network_error(p, X_NEW, Y_NEW)


def dict_in_place(p, rate):
    p = {k: v.copy() for k, v in p.items()}
    for _ in range(3):
        for k, g in srcad.grad(network_error)(p, X, Y).items():
            p[k] -= rate * g
    return network_error(p, X_NEW, Y_NEW)


def rate_for_each(p, rates):
    for _ in range(2):
        g = srcad.grad(network_error)(p, X, Y)
        p = {k: p[k] - rates[k] * g[k] for k in p}
    return network_error(p, X_NEW, Y_NEW)


class Optimiser:
    def __init__(self, rate):
        self.rate = rate
        self.velocity = {}

    def step(self, p, g):
        updated = {}
        for k in p:
            self.velocity[k] = 0.9 * self.velocity.get(k, 0.0) - self.rate * g[k]
            updated[k] = p[k] + self.velocity[k]
        return updated


def optimiser_object(p, rate):
    optimiser = Optimiser(rate)
    for _ in range(3):
        p = optimiser.step(p, srcad.grad(network_error)(p, X, Y))
    return network_error(p, X_NEW, Y_NEW)


def list_error(layers, x, y):
    h = x
    for W, b in layers[:-1]:
        h = np.tanh(h @ W + b)
    W, b = layers[-1]
    return np.mean((h @ W + b - y) ** 2)


def list_of_pairs(layers, rate):
    for _ in range(3):
        g = srcad.grad(list_error)(layers, X, Y)
        layers = [(W - rate * W_bar, b - rate * b_bar) for (W, b), (W_bar, b_bar) in zip(layers, g, strict=True)]
    return list_error(layers, X_NEW, Y_NEW)


@dataclasses.dataclass
class Line:
    slope: Any
    offset: Any


Pair = namedtuple("Pair", "slope offset")


def line_error(p, x, y):
    return np.mean((np.tanh(x @ p.slope) + p.offset - y) ** 2)


def dataclass_parameters(p, rate):
    for _ in range(3):
        g = srcad.grad(line_error)(p, X, Y)
        p = Line(p.slope - rate * g.slope, p.offset - rate * g.offset)
    return line_error(p, X_NEW, Y_NEW)


def namedtuple_parameters(p, rate):
    for _ in range(3):
        g = srcad.grad(line_error)(p, X, Y)
        p = Pair(*(a - rate * b for a, b in zip(p, g, strict=True)))._replace(offset=p.offset)
    return line_error(p, X_NEW, Y_NEW)


def several_tasks(p, rate, xs, ys):
    """MAML: one step for each task, from the same start."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        loss = lambda q: network_error(q, x, y)
        g = srcad.grad(loss)(p)
        total += network_error({k: p[k] - rate * g[k] for k in p}, -x, -y)
    return total / len(xs)


P = parameters()
LAYERS = [(P["W1"], P["b1"]), (P["W2"], P["b2"])]
RATES = {k: np.full_like(q, 0.1) for k, q in P.items()}
TASKS = np.random.default_rng(2).normal(size=(2, 3, 5, 1))

CASES: list[tuple[Any, tuple[Any, ...], tuple[int, ...]]] = [
    (descent, (0.01, 0.5, 7), (0, 1)),
    (descent, (0.01, 0.5, 0), (1,)),
    (momentum, (0.01, 0.9, 0.5, 7), (0, 1, 2)),
    (newton, (0.5, 2.0), (0, 1)),
    (heavy_ball_in_place, (W, 0.1, A, TARGET), (0, 1, 2, 3)),
    (nesterov, (W, 0.1, 0.8), (0, 1, 2)),
    (adam, (W, 0.01, A, TARGET), (0, 1)),
    (backtracking, (W, 8.1, A, TARGET), (0, 1)),
    (until_flat, (W, 0.3, A, TARGET), (0, 1)),
    (schedule, (np.array([0.1, 0.2, 0.3]), W), (0, 1)),
    (newton_by_hessian, (0.1 * W, 0.5), (0, 1)),
    (by_pullback, (W, 0.1), (0, 1)),
    (forward_gradient, (W, 0.1), (0, 1)),
    (dict_momentum, (P, 0.1, 0.9), (0, 1, 2)),
    (dict_in_place, (P, 0.1), (0, 1)),
    (rate_for_each, (P, RATES), (0, 1)),
    (optimiser_object, (P, 0.1), (0, 1)),
    (list_of_pairs, (LAYERS, 0.1), (0, 1)),
    (dataclass_parameters, (Line(np.ones((1, 1)), np.zeros(1)), 0.1), (0, 1)),
    (namedtuple_parameters, (Pair(np.ones((1, 1)), np.zeros(1)), 0.1), (0, 1)),
    (several_tasks, (P, 0.1, *TASKS), (0, 1)),
]


def named(case: Any) -> str:
    return case.__name__ if callable(case) else ""


@pytest.mark.parametrize(("program", "args", "argnums"), CASES, ids=named)
def test_gradient(program: Any, args: tuple[Any, ...], argnums: tuple[int, ...]) -> None:
    check_gradient(program, *args, argnums=argnums, step=1e-4)


@pytest.mark.parametrize(("program", "args", "argnums"), CASES, ids=named)
def test_tangent(program: Any, args: tuple[Any, ...], argnums: tuple[int, ...]) -> None:
    """Along the step size, or what comes last: forwards as backwards."""
    k = argnums[-1]
    if not isinstance(args[k], float):
        pytest.skip("has no step size")
    dots = [1.0 if j == k else None for j in range(len(args))]
    _, dot = srcad.jvp(program, args, dots)
    np.testing.assert_allclose(dot, srcad.grad(program, argnums=k)(*args), rtol=1e-9, atol=1e-12)


def test_second_derivative_by_the_step_size() -> None:
    second = srcad.grad(srcad.grad(descent))(0.01, 0.5, 4)
    first = srcad.grad(descent)
    due = (first(0.01 + 1e-5, 0.5, 4) - first(0.01 - 1e-5, 0.5, 4)) / 2e-5
    np.testing.assert_allclose(second, due, rtol=2e-6)
