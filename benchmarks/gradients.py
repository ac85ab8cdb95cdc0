"""Generated gradients against gradients written by hand, side by side in one run.

    python benchmarks/gradients.py

For each program: the time of the gradient by srcad over that of the hand-written one, and over that of the program
itself. Each ratio is the median of ratios of interleaved runs, so that a machine whose speed drifts is fair to both.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad

Function = Callable[..., Any]


def logistic(w, b, x, y):
    z = x @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


def logistic_by_hand(w, b, x, y):
    e = np.exp(-y * (x @ w + b))
    z_bar = e / (1.0 + e) * -y / y.size
    return x.T @ z_bar + 0.02 * w, np.sum(z_bar)


def network(w, b, u, c, x, y):
    h = np.tanh(x @ w + b)
    return 0.5 * np.sum((h @ u + c - y) ** 2)


def network_by_hand(w, b, u, c, x, y):
    h = np.tanh(x @ w + b)
    y_bar = h @ u + c - y
    z_bar = (y_bar @ u.T) * (1.0 - h * h)
    return x.T @ z_bar, z_bar.sum(axis=0), h.T @ y_bar, y_bar.sum(axis=0)


def newton(a, n):
    x = 1.0
    for _ in range(n):
        x = 0.5 * (x + a / x)
    return x


def newton_by_hand(a, n):
    x = 1.0
    tape = []
    for _ in range(n):
        tape.append(x)
        x = 0.5 * (x + a / x)
    x_bar, a_bar = 1.0, 0.0
    for _ in range(n):
        x = tape.pop()
        v = 0.5 * x_bar
        a_bar += v / x
        x_bar = v - v * a / (x * x)
    return a_bar


def heat(u, c, steps):
    u = u.copy()
    for _ in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u[1:-1] += c * lap
    return np.sum(u**2)


def heat_by_hand(u, c, steps):
    u = u.copy()
    laps = []
    for _ in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        laps.append(lap)
        u[1:-1] += c * lap
    u_bar, c_bar = 2.0 * u, 0.0
    for _ in range(steps):
        v_bar = u_bar[1:-1]
        c_bar += v_bar @ laps.pop()
        lap_bar = c * v_bar
        u_bar[:-2] += lap_bar
        u_bar[1:-1] -= 2 * lap_bar
        u_bar[2:] += lap_bar
    return u_bar, c_bar


def chain(x):
    y = x
    for _ in range(10):
        y = np.sin(y) * np.exp(-y * y) + y
    return np.sum(y)


def chain_by_hand(x):
    y, tape = x, []
    for _ in range(10):
        s, e = np.sin(y), np.exp(-y * y)
        tape.append((y, s, e))
        y = s * e + y
    y_bar = np.ones_like(x)
    for _ in range(10):
        y, s, e = tape.pop()
        y_bar = y_bar * (np.cos(y) * e - 2.0 * y * s * e + 1.0)
    return y_bar


def cases() -> list[tuple[str, Function, Function, tuple[Any, ...], tuple[int, ...]]]:
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2000, 50)), np.sign(rng.normal(size=2000))
    layers = (rng.normal(size=(50, 100)), rng.normal(size=100), rng.normal(size=(100, 10)), rng.normal(size=10))
    return [
        ("logistic regression, 2000 x 50", logistic, logistic_by_hand, (rng.normal(size=50), 0.1, x, y), (0, 1)),
        (
            "network, 2000 x 50 x 100 x 10",
            network,
            network_by_hand,
            (*layers, x, rng.normal(size=(2000, 10))),
            (0, 1, 2, 3),
        ),
        ("Newton, 100 steps of floats", newton, newton_by_hand, (3.0, 100), (0,)),
        ("heat equation, 100 steps of 1000", heat, heat_by_hand, (rng.normal(size=1000), 0.2, 100), (0, 1)),
        ("elementwise chain, 10 of 10000", chain, chain_by_hand, (rng.normal(size=10000),), (0,)),
    ]


def seconds(function: Function, args: tuple[Any, ...], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        function(*args)
    return (time.perf_counter() - start) / repeats


def ratios(function: Function, other: Function, args: tuple[Any, ...], rounds: int = 15) -> float:
    repeats = max(1, int(0.01 / seconds(other, args, 1)))
    return statistics.median(seconds(function, args, repeats) / seconds(other, args, repeats) for _ in range(rounds))


def main() -> None:
    print(f"{'program':36}{'of by hand':>12}{'of program':>12}")
    for name, program, by_hand, args, argnums in cases():
        gradient = srcad.grad(program, argnums=argnums if len(argnums) > 1 else argnums[0])
        for got, due in zip(as_tuple(gradient(*args)), as_tuple(by_hand(*args)), strict=True):
            np.testing.assert_allclose(got, due, rtol=1e-8)
        print(f"{name:36}{ratios(gradient, by_hand, args):>12.2f}{ratios(gradient, program, args):>12.2f}")


def as_tuple(value: Any) -> tuple[Any, ...]:
    return value if isinstance(value, tuple) else (value,)


if __name__ == "__main__":
    main()
