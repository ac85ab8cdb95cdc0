"""What the modes cost, on two programs: a layer from D numbers to K, and a long loop.

    python benchmarks/modes.py

Times are medians of interleaved runs, over the time of the program itself; memory is the peak of what Python and NumPy
allocate during a call.
"""

from __future__ import annotations

import statistics
import time
import tracemalloc
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import numpy as np

import srcad

Function = Callable[[], Any]


def layer(x, W):
    return np.tanh(W @ np.tanh(x))


def energy(x, W):
    return np.sum(layer(x, W) ** 2)


def diffusion(u, c, steps):
    u = u.copy()
    for _ in range(steps):
        u[1:-1] += c * np.tanh(u[:-2] - 2 * u[1:-1] + u[2:])
    return np.sum(u**2)


def medians(functions: dict[str, Function], rounds: int = 15, least: float = 0.005) -> dict[str, float]:
    """Seconds per call of each function, measured in turns."""
    counts = {name: _enough(function, least) for name, function in functions.items()}
    found: dict[str, list[float]] = {name: [] for name in functions}
    for _ in range(rounds):
        for name, function in functions.items():
            start = time.perf_counter()
            for _ in range(counts[name]):
                function()
            found[name].append((time.perf_counter() - start) / counts[name])
    return {name: statistics.median(times) for name, times in found.items()}


def _enough(function: Function, least: float) -> int:
    """How many calls take that long."""
    function()
    start = time.perf_counter()
    function()
    return max(1, int(least / max(time.perf_counter() - start, 1e-7)))


def peak(function: Function) -> float:
    """The peak of the memory that is allocated during a call, in MB."""
    function()
    tracemalloc.start()
    function()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most / 1e6


def jacobians() -> None:
    print("The Jacobian of K numbers by D, over one call of the function:\n")
    print(f"{'D':>6}{'K':>6}{'jacfwd':>10}{'jacrev':>10}   srcad.jacobian goes by")
    rng = np.random.default_rng(0)
    makers = {"jacfwd": srcad.jacfwd, "jacrev": srcad.jacrev}
    for d, k in ((1000, 10), (10, 1000), (200, 200)):
        args = rng.normal(size=d), rng.normal(size=(k, d)) / np.sqrt(d)
        functions = {name: partial(make(layer), *args) for name, make in makers.items()}
        found = medians({"f": partial(layer, *args), **functions})
        print(f"{d:6}{k:6}{ratios(found, makers)}   {srcad.jacobian(layer).way(*args)}")


def products() -> None:
    print("\nDerivatives of a number by D numbers, over one call of the function:\n")
    print(f"{'D':>6}{'jvp':>10}{'grad':>10}{'hvp':>10}{'hessian':>10}")
    rng = np.random.default_rng(0)
    for d in (100, 400, 1600):
        x, v, W = rng.normal(size=d), rng.normal(size=d), rng.normal(size=(200, d)) / np.sqrt(d)
        functions = {
            "f": partial(energy, x, W),
            "jvp": partial(srcad.jvp, energy, (x, W), (v, None)),
            "grad": partial(srcad.grad(energy), x, W),
            "hvp": partial(srcad.hvp(energy), x, W, v),
        }
        if d <= 400:
            functions["hessian"] = partial(srcad.hessian(energy), x, W)
        print(f"{d:6}{ratios(medians(functions), ('jvp', 'grad', 'hvp', 'hessian'))}")


def ratios(found: dict[str, float], names: Iterable[str]) -> str:
    """Times over that of the function, in columns."""
    return "".join(f"{found[name] / found['f']:10.1f}" if name in found else f"{'-':>10}" for name in names)


def memory() -> None:
    print("\nA loop in which an array of 10,000 numbers (0.08 MB) changes in place, peak memory in MB:\n")
    print(f"{'steps':>6}{'f':>10}{'jvp':>10}{'grad':>10}")
    u = np.sin(np.linspace(0.0, 9.0, 10_000))
    gradient = srcad.grad(diffusion)
    for steps in (10, 100, 1000):
        args = u, 0.1, steps
        functions = (
            partial(diffusion, *args),
            partial(srcad.jvp, diffusion, args, (u, None, None)),
            partial(gradient, *args),
        )
        print(f"{steps:6}" + "".join(f"{peak(function):10.1f}" for function in functions))


def main() -> None:
    jacobians()
    products()
    memory()


if __name__ == "__main__":
    main()
