"""A function of two numbers."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row, written_for


def example(x, y):
    return x * y + np.exp(x * y) - np.sin(y)


def by_hand(x, y):
    slope = 1.0 + np.exp(x * y)
    return slope * y, slope * x - np.cos(y)


def for_torch():
    import torch

    def example(x, y):
        return x * y + torch.exp(x * y) - torch.sin(y)

    return example


ROWS = [
    Row(
        "scalar example",
        example,
        (0.7, 1.3),
        (0, 1),
        by_hand,
        autograd=lambda: written_for("autograd.numpy", example),
        jax=lambda: written_for("jax.numpy", example),
        torch=for_torch,
    )
]
