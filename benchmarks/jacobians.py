"""Jacobians in one pass against the same Jacobians a column, or a row, after the other, side by side in one run.

    python benchmarks/jacobians.py

For each program, with D numbers in and K out: the time of `srcad.jacfwd` and `srcad.jacrev` in times of the program
itself; and how many times as long the same takes with a tangent (an adjoint) for each column (row) by itself.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad
from srcad.api.jacobians import DenseJacobian

Function = Callable[..., Any]


def network(x, w, u):
    return np.tanh(u @ np.tanh(w @ x))


def heat(u, c, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] = u[1:-1] + c * (u[:-2] - 2 * u[1:-1] + u[2:])
    return u


def newton(a, n):
    x = np.ones(len(a))
    for _ in range(n):
        x = 0.5 * (x + a / x)
    return x


def orbit(p, n):
    x, v, out = p[0], p[1], np.zeros(n)
    for i in range(n):
        v = v - p[2] * np.sin(x) * 0.01
        x = x + v * 0.01
        out[i] = x
    return out


def projection(points, camera):
    rotated = points @ camera[:9].reshape(3, 3) + camera[9:12]
    return rotated[:, :2] / rotated[:, 2:]


def cases() -> list[tuple[str, Function, tuple[Any, ...], int]]:
    rng = np.random.default_rng(0)
    x, w, u = rng.normal(size=40), rng.normal(size=(50, 40)), rng.normal(size=(60, 50))
    camera = np.concatenate([np.eye(3).ravel(), [0.0, 0.0, 5.0]])
    return [
        ("network, D = 40, K = 60", network, (x, w, u), 0),
        ("heat equation, D = K = 100", heat, (rng.normal(size=100), 0.1, 50), 0),
        ("Newton, elementwise, D = K = 50", newton, (rng.uniform(1.0, 2.0, size=50), 10), 0),
        ("pendulum, D = 3, K = 200", orbit, (np.array([1.0, 0.0, 9.81]), 200), 0),
        ("camera, D = 12, K = 1000", projection, (rng.normal(size=(500, 3)), camera), 1),
    ]


def seconds(function: Function, args: tuple[Any, ...], repeats: int) -> float:
    start = time.perf_counter()
    for _ in range(repeats):
        function(*args)
    return (time.perf_counter() - start) / repeats


def ratio(function: Function, other: Function, args: tuple[Any, ...], rounds: int = 7) -> float:
    repeats, others = (max(1, int(0.01 / seconds(f, args, 1))) for f in (function, other))
    return statistics.median(seconds(function, args, repeats) / seconds(other, args, others) for _ in range(rounds))


def main() -> None:
    print(f"{'program':34}{'jacfwd':>9}{'singly':>9}{'jacrev':>9}{'singly':>9}")
    for name, program, args, argnum in cases():
        figures = []
        for make in (srcad.jacfwd, srcad.jacrev):
            jacobian: DenseJacobian = make(program, argnums=argnum)
            one = jacobian.one_by_one()

            def singly(*args: Any, jacobian: DenseJacobian = jacobian, one: Any = one) -> Any:
                return jacobian.assembled(one, args, {})

            np.testing.assert_allclose(jacobian(*args), singly(*args), rtol=1e-8, atol=1e-10)
            figures += [ratio(jacobian, program, args), ratio(singly, jacobian, args)]
        print(f"{name:34}" + "".join(f"{figure:>9.1f}" for figure in figures))


if __name__ == "__main__":
    main()
