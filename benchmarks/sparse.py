"""Sparse Jacobians and Hessians while the number of columns grows: the cost follows the colours, not the columns.

    python benchmarks/sparse.py

All times are ratios within one run, medians of interleaved repetitions. The unit is one tangent (or one Hessian
product) by `srcad.jvp` (`srcad.hvp`) at the same arguments. So a dense derivative column by column costs as many units
as there are columns.

    unit        a tangent, in milliseconds
    evaluated   the matrix where the pattern is given (and not checked): all colours
    detected    the matrix where the pattern is found in each call, as it is without `sparsity`
    first       the first call, which also colours; the code is compiled already
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import srcad

Function = Callable[..., Any]

REPETITIONS = 7


def energy(x):
    """A tridiagonal Hessian."""
    return np.sum((x[1:] - x[:-1] ** 2) ** 2) + np.sum(np.cos(x))


def reaction(u, n):
    """Diffusion and reaction on a square: a stencil of five points."""
    u = u.reshape(n, n)
    r = u.copy()
    r[1:-1, 1:-1] = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:] - 4 * u[1:-1, 1:-1] + np.exp(u[1:-1, 1:-1])
    return r.ravel()


def bundle() -> Any:
    path = Path(__file__).parent.parent / "examples" / "bundle_adjustment.py"
    spec = importlib.util.spec_from_file_location("bundle_adjustment", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def cases() -> list[tuple[str, Function, tuple[Any, ...], bool]]:
    """(name, function, arguments, whether of second order)"""
    rng, ba = np.random.default_rng(0), bundle()
    found: list[tuple[str, Function, tuple[Any, ...], bool]] = []
    for n, m in ((10, 100), (20, 500), (40, 4000)):
        x, data = ba.scene(n, m, 6, rng)
        found.append(("bundle adjustment", ba.residuals, (x + 0.01 * rng.normal(size=x.size), *data), False))
    found += [("stencil", reaction, (rng.normal(size=n * n), n), False) for n in (30, 100, 300)]
    found += [("tridiagonal Hessian", energy, (np.linspace(0.0, 1.0, n),), True) for n in (1000, 10_000, 100_000)]
    return found


def measured(function: Function, args: tuple[Any, ...], second: bool) -> tuple[Any, dict[str, float]]:
    """The plan, and the times by name; a single tangent is the unit."""
    make = srcad.sparse.hessian if second else srcad.sparse.jacobian
    found = make(function)
    found.pattern(*args)
    start = time.perf_counter()
    way = found.plan(*args)
    planning = time.perf_counter() - start
    given = make(function, sparsity=way.pattern, check=False)
    product, v, rest = srcad.hvp(function), np.ones_like(args[0]), [None] * (len(args) - 1)
    calls: dict[str, Function] = {
        "unit": (lambda: product(*args, v)) if second else (lambda: srcad.jvp(function, args, (v, *rest))),
        "evaluated": lambda: given(*args),
        "detected": lambda: found(*args),
    }
    times: dict[str, list[float]] = {name: [] for name in calls}
    for call in calls.values():
        call()
    for _ in range(REPETITIONS):
        for name, call in calls.items():
            start = time.perf_counter()
            call()
            times[name].append(time.perf_counter() - start)
    medians = {name: statistics.median(values) for name, values in times.items()}
    return way, {**medians, "first": planning + medians["evaluated"]}


def main() -> None:
    print("| program | columns | entries | colours | unit | evaluated | detected | first |")
    print("|---|---|---|---|---|---|---|---|")
    for name, function, args, second in cases():
        way, times = measured(function, args, second)
        ratios = (f"{times[what] / times['unit']:.0f}" for what in ("evaluated", "detected", "first"))
        unit = f"{1e3 * times['unit']:.2f} ms"
        shown = (name, way.pattern.shape[1], way.pattern.nnz, way.count, unit, *ratios)
        print(f"| {' | '.join(map(str, shown))} |", flush=True)


if __name__ == "__main__":
    main()
