"""How long the first call of a derivative takes: reading, differentiating, generating and compiling the source.

    python benchmarks/first_call.py

Of a function of 28 lines with loops, branches and a `while`. Each time is the best of several fresh processes (time of
the processor, without the import), as the second call of anything costs microseconds.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import numpy as np

import srcad

PROCESSES = 7


def simulate(theta, x0, targets, steps):
    """Coupled oscillators with a penalty."""
    a, b, c = theta[0], theta[1], theta[2]
    x = x0.copy()
    v = np.zeros_like(x)
    loss = 0.0
    energy = 0.0
    for t in range(steps):
        force = -a * x - b * v
        for k in range(1, len(x) - 1):
            coupling = c * (x[k - 1] - 2.0 * x[k] + x[k + 1])
            force[k] += coupling
            if abs(coupling) > 1.0:
                energy += coupling**2
            else:
                energy += abs(coupling)
        v = v + 0.01 * force
        x = x + 0.01 * v
        r = x - targets[t]
        loss += 0.5 * np.sum(r**2)
        if loss > 1e6:
            break
    scale = 1.0
    tol = 1.0
    while tol > 1e-6:
        new = 0.5 * (scale + (1.0 + energy**2) / scale)
        tol = abs(new - scale)
        scale = new
    penalty = np.sum(np.exp(-(theta**2))) + np.log(1.0 + np.sum(theta**2))
    return loss / steps + 0.1 * np.tanh(scale / 100.0) + 0.01 * penalty


THETA = np.array([1.0, 0.1, 0.5])
ARGS = (THETA, np.linspace(0.0, 1.0, 8) ** 2, np.zeros((5, 8)), 5)
CALLS: dict[str, Callable[[], Any]] = {
    "grad": lambda: srcad.grad(simulate)(*ARGS),
    "jvp": lambda: srcad.jvp(simulate, ARGS, (THETA, None, None, None)),
    "vjp": lambda: srcad.vjp(simulate, *ARGS),
    "hvp": lambda: srcad.hvp(simulate)(*ARGS, THETA),
    "hessian": lambda: srcad.hessian(simulate)(*ARGS),
}


def square(x):
    return x * x


def measure(name: str) -> None:
    srcad.grad(square)(1.0)  # what is loaded by the first derivative of all
    start = time.process_time()
    CALLS[name]()
    print(time.process_time() - start)


def main() -> None:
    print(f"{'first call of':16}{'milliseconds':>14}")
    for name in CALLS:
        command = [sys.executable, __file__, name]
        times = [float(subprocess.run(command, capture_output=True, check=True).stdout) for _ in range(PROCESSES)]
        print(f"{name:16}{1000 * min(times):>14.0f}", flush=True)


if __name__ == "__main__":
    measure(sys.argv[1]) if sys.argv[1:] else main()
