"""What second and higher derivatives cost: products with Hessians in gradients, series in runs of the function.

python benchmarks/second_order.py
"""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")

import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad

RNG = np.random.default_rng(0)
X, LABELS = RNG.normal(size=(2000, 50)), np.sign(RNG.normal(size=2000))
INPUTS = RNG.normal(size=(100, 64))


def logistic(w):
    return np.mean(np.log1p(np.exp(-LABELS * (X @ w))))


def diffusion(u):
    u = u.copy()
    for _ in range(20):
        u[1:-1] = u[1:-1] + 0.1 * (u[:-2] - 2 * u[1:-1] + u[2:]) * np.cos(u[1:-1])
    return np.sum(u**2)


def network(W):
    h = INPUTS
    for _ in range(5):
        h = np.tanh(W @ h)
    return np.mean(h**2)


def newton(a):
    x = 1.0
    for _ in range(30):
        x = 0.5 * (x + a / x)
    return x


PROGRAMS = [
    (logistic, 0.1 * RNG.normal(size=50), RNG.normal(size=50)),
    (diffusion, RNG.normal(size=20000), RNG.normal(size=20000)),
    (network, RNG.normal(size=(100, 100)) / 10, RNG.normal(size=(100, 100))),
    (newton, 7.0, 1.0),
]


def main() -> None:
    print(f"{'':10} {'run':>9} {'gradient':>9} {'hvp':>9} {'vhp':>9} {'taylor 2':>9} {'taylor 4':>9} {'taylor 8':>9}")
    for f, x, v in PROGRAMS:
        series = [(srcad.taylor(f, order), (x, v)) for order in (2, 4, 8)]
        run, gradient, *others = seconds(
            (f, (x,)), (srcad.grad(f), (x,)), (srcad.hvp(f), (x, v)), (srcad.vhp(f), (x, v)), *series
        )
        columns = [f"{run * 1e3:.3f} ms", f"{gradient / run:.1f} r", *(f"{t / gradient:.1f} g" for t in others[:2])]
        print(f"{f.__name__:10} " + " ".join(f"{c:>9}" for c in [*columns, *(f"{t / run:.1f} r" for t in others[2:])]))


def seconds(*calls: tuple[Callable[..., Any], tuple[Any, ...]]) -> list[float]:
    """The least processor time of each call; in turn, so that a machine whose speed drifts is fair to all."""
    counts = [
        max(1, int(0.02 / max(timed(function, args, 1), 1e-6)))
        for function, args in calls
        if function(*args) is not None
    ]
    rounds = [
        [timed(function, args, count) for (function, args), count in zip(calls, counts, strict=True)] for _ in range(15)
    ]
    return [min(times) for times in zip(*rounds, strict=True)]


def timed(function: Callable[..., Any], args: tuple[Any, ...], count: int) -> float:
    start = time.process_time()
    for _ in range(count):
        function(*args)
    return (time.process_time() - start) / count


if __name__ == "__main__":
    main()
