"""Rosenbrock's function: of arrays, and as a loop over indices."""

from __future__ import annotations

import numpy as np

from benchmarks.native_c import rosenbrock as by_index
from benchmarks.programs.row import InC, Row, written_for


def by_slices(x):
    return np.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def by_hand(x):
    off = x[1:] - x[:-1] ** 2
    g = np.zeros_like(x)
    g[1:] = 200.0 * off
    g[:-1] -= 400.0 * off * x[:-1] + 2.0 * (1.0 - x[:-1])
    return g


def by_slices_for_torch():
    import torch

    def rosenbrock(x):
        return torch.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)

    return rosenbrock


def by_index_for_jax():
    from jax import lax

    def rosenbrock(x):
        def add(i, total):
            return total + 100.0 * (x[i + 1] - x[i] ** 2) ** 2 + (1.0 - x[i]) ** 2

        return lax.fori_loop(0, len(x) - 1, add, 0.0)

    return rosenbrock


X = np.random.default_rng(0).normal(size=1000)
ROWS = [
    Row(
        "Rosenbrock, array of 100",
        by_slices,
        (X[:100],),
        0,
        by_hand,
        autograd=lambda: written_for("autograd.numpy", by_slices),
        jax=lambda: written_for("jax.numpy", by_slices),
        torch=by_slices_for_torch,
    ),
    Row(
        "Rosenbrock, loop over 1000",
        by_index,
        (X,),
        0,
        by_hand,
        autograd=lambda: by_index,
        jax=by_index_for_jax,
        torch=lambda: by_index,
        c=InC((X, 1000), ((1000,),)),
    ),
]
