"""The energy of bodies that attract each other, by indices; where loops are slow, of all pairs at once."""

from __future__ import annotations

import numpy as np

from benchmarks.native_c import bodies
from benchmarks.programs.row import InC, Row


def by_hand(x, y, m):
    dx = x[:, None] - x
    squares = dx**2 + (y[:, None] - y) ** 2 + 1e-3
    return -m * np.sum(m * dx / (squares * np.sqrt(squares)), axis=1)


def of_pairs(np):
    def bodies(x, y, m):
        i, j = np.tril_indices(len(x), -1)
        return np.sum(m[i] * m[j] / np.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 + 1e-3))

    return bodies


def for_autograd():
    import autograd.numpy as np

    return of_pairs(np)


def for_jax():
    import jax.numpy as jnp

    return of_pairs(jnp)


def for_torch():
    import torch

    def bodies(x, y, m):
        i, j = torch.tril_indices(len(x), len(x), -1)
        return torch.sum(m[i] * m[j] / torch.sqrt((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 + 1e-3))

    return bodies


X, Y, M = np.random.default_rng(0).normal(size=(3, 100))
M = np.abs(M)
ROWS = [
    Row(
        "energy of 100 bodies, by index",
        bodies,
        (X, Y, M),
        0,
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
        c=InC((X, Y, M, 100), ((100,),)),
    )
]
