"""Sweeps of Gauss and Seidel, which store into the vector that they read."""

from __future__ import annotations

import numpy as np

from benchmarks.native_c import gauss_seidel
from benchmarks.programs.row import InC, Row


def by_hand(a, b, sweeps):
    """x[i] = (b[i] - row[i] @ x) / a[i, i], where row[i] is a[i] without its element at i."""
    n = len(b)
    row, diagonal = a - np.diag(np.diag(a)), np.diag(a)
    x, tape = np.zeros(n), []
    for _ in range(sweeps):
        for i in range(n):
            tape.append(x.copy())
            x[i] = (b[i] - row[i] @ x) / diagonal[i]
    g, a_bar, b_bar = 2.0 * x, np.zeros_like(a), np.zeros(n)
    for k in reversed(range(n * sweeps)):
        i = k % n
        before, after = tape[k], tape[k + 1][i] if k + 1 < len(tape) else x[i]
        own = g[i] / diagonal[i]
        g[i] = 0.0
        b_bar[i] += own
        held = before[i]
        before[i] = after
        a_bar[i] -= own * before
        before[i] = held
        g -= own * row[i]
    return a_bar, b_bar


def for_autograd():
    import autograd.numpy as np

    def gauss_seidel(a, b, sweeps):
        n = len(b)
        x, unit = np.zeros(n), np.eye(n)
        for _ in range(sweeps):
            for i in range(n):
                x = x + unit[i] * (b[i] - np.dot(a[i], x)) / a[i, i]
        return np.sum(x**2)

    return gauss_seidel


def for_jax():
    import jax.numpy as jnp
    from jax import lax

    def gauss_seidel(a, b, sweeps):
        n = len(b)

        def solve(k, x):
            i = k % n
            return x.at[i].add((b[i] - a[i] @ x) / a[i, i])

        return jnp.sum(lax.fori_loop(0, n * sweeps, solve, jnp.zeros(n)) ** 2)

    return gauss_seidel


def for_torch():
    import torch

    def gauss_seidel(a, b, sweeps):
        n = len(b)
        x, unit = torch.zeros(n, dtype=torch.float64), torch.eye(n, dtype=torch.float64)
        for _ in range(sweeps):
            for i in range(n):
                x = x + unit[i] * (b[i] - a[i] @ x) / a[i, i]
        return torch.sum(x**2)

    return gauss_seidel


rng = np.random.default_rng(0)
A, B = rng.normal(size=(50, 50)) + 20.0 * np.eye(50), rng.normal(size=50)
ROWS = [
    Row(
        "Gauss-Seidel, 50, 10 sweeps",
        gauss_seidel,
        (A, B, 10),
        (0, 1),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
        c=InC((A, B, 50, 10), ((50, 50), (50,))),
    )
]
