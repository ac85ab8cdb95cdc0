"""Kernels by each way to make and to call them: the first call in a process, and later ones.

    python benchmarks/makers.py

Of first calls it is the time of the processor, with that of compilers; of later ones the best of many.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad

WAYS = (("gcc", ""), ("clang", ""), ("ziglang", ""), ("numba", ""), ("gcc", "ctypes"))
REPEATS = 300


def logistic_map(x: float, r: float, n: int) -> float:
    for _ in range(n):
        x = r * x * (1 - x)
    return x


def chain(x: Any) -> Any:
    return np.sum(np.exp(-x * x) * np.sin(x) / (1 + x**2))


CASES: tuple[tuple[str, Callable[..., Any], tuple[Any, ...]], ...] = (
    ("logistic map, 3 turns", logistic_map, (0.3, 3.1, 3)),
    ("logistic map, 1000 turns", logistic_map, (0.3, 3.1, 1000)),
    ("chain, 100000 elements", chain, (np.linspace(-1, 1, 100_000),)),
)


def measure() -> None:
    """The cases in this process."""
    for name, function, args in CASES:
        gradient = srcad.grad(function, backend="native")
        before = sum(os.times()[:4])
        gradient(*args)
        first = sum(os.times()[:4]) - before
        later = min(took(gradient, args) for _ in range(REPEATS))
        print(f"  {name:26} first {first:7.2f} s, later {1e6 * later:9.1f} µs", flush=True)


def took(function: Callable[..., Any], args: tuple[Any, ...]) -> float:
    start = time.perf_counter()
    function(*args)
    return time.perf_counter() - start


def main() -> None:
    for maker, caller in WAYS:
        with tempfile.TemporaryDirectory() as folder:
            chosen = {"SRCAD_CC": maker, "SRCAD_CALLER": caller, "SRCAD_CACHE": folder}
            print(maker, caller, flush=True)
            subprocess.run([sys.executable, __file__, "measure"], env={**os.environ, **chosen}, check=False)


if __name__ == "__main__":
    measure() if sys.argv[1:] == ["measure"] else main()
