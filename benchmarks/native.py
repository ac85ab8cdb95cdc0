"""Gradients compiled to C against the same gradients in NumPy, side by side in one run.

    python -m benchmarks.native

For each program: microseconds in NumPy and in C, and the first over the second, as the median of interleaved runs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad
from benchmarks.native_c import bodies, chain, cholesky, jacobi, logistic_map, lotka_volterra, rosenbrock

Function = Callable[..., Any]


def five_floats(a, b, c, d, e):
    return np.sin(a * b) + c / d * np.exp(-e)


def rosenbrock_array(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2)


def logistic_regression(w, b, x, y):
    z = x @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


RNG = np.random.default_rng(0)
SPD = RNG.normal(size=(20, 20))
PROGRAMS: dict[str, tuple[Function, tuple[Any, ...]]] = {
    "a function of five floats": (five_floats, (0.5, 1.5, 2.0, 3.0, 0.1)),
    "Rosenbrock, an array of 100": (rosenbrock_array, (RNG.normal(size=100),)),
    "Rosenbrock, a loop over 1000": (rosenbrock, (RNG.normal(size=1000),)),
    "logistic map, 1000 steps": (logistic_map, (0.3, 3.1, 1000)),
    "Lotka-Volterra by Runge-Kutta, 1000 steps": (lotka_volterra, (1.0, 0.5, 1.5, 1000, 0.01)),
    "Jacobi, 128 x 128, 100 steps": (jacobi, (RNG.normal(size=(128, 128)), 100)),
    "a chain of functions, an array of 100000": (chain, (RNG.normal(size=100_000),)),
    "logistic regression, 1000 x 20": (
        logistic_regression,
        (np.zeros(20), 0.0, RNG.normal(size=(1000, 20)), np.where(RNG.random(1000) < 0.5, -1.0, 1.0)),
    ),
    "energy of 50 bodies, by indices": (bodies, (RNG.normal(size=50), RNG.normal(size=50), np.ones(50))),
    "Cholesky by indices, 20 x 20": (cholesky, (SPD @ SPD.T + 20 * np.eye(20),)),
}


def main() -> None:
    print(f"{'':44}{'NumPy us':>11}{'C us':>10}{'ratio':>8}")
    ratios = []
    for name, (function, args) in PROGRAMS.items():
        plain, native = srcad.grad(function), srcad.grad(function, backend="native")
        np.testing.assert_allclose(native(*args), plain(*args), rtol=1e-9)
        slow, fast = compared(plain, native, args)
        ratio = statistics.median(a / b for a, b in zip(slow, fast, strict=True))
        ratios.append(ratio)
        print(f"{name:44}{1e6 * min(slow):11.2f}{1e6 * min(fast):10.2f}{ratio:8.1f}")
    print(f"{'geometric mean':44}{'':21}{statistics.geometric_mean(ratios):8.1f}")


def compared(one: Function, other: Function, args: tuple[Any, ...], rounds: int = 9) -> tuple[list[float], list[float]]:
    """Seconds a call of each, in turns."""
    counts = [repeats(one, args), repeats(other, args)]
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for function, count, found in zip((one, other), counts, times, strict=True):
            start = time.perf_counter()
            for _ in range(count):
                function(*args)
            found.append((time.perf_counter() - start) / count)
    return times


def repeats(function: Function, args: tuple[Any, ...]) -> int:
    """How many calls take about 20 ms."""
    start = time.perf_counter()
    function(*args)
    return max(1, int(0.02 / (time.perf_counter() - start)))


if __name__ == "__main__":
    main()
