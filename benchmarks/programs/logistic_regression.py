"""The loss of a logistic regression with a penalty."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row, written_for


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


def by_hand(w, b, X, y):
    e = np.exp(-y * (X @ w + b))
    z_bar = e / (1.0 + e) * -y / y.size
    return X.T @ z_bar + 0.02 * w, np.sum(z_bar)


def for_torch():
    import torch

    def loss(w, b, X, y):
        z = X @ w + b
        return torch.mean(torch.log1p(torch.exp(-y * z))) + 0.01 * torch.sum(w**2)

    return loss


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "logistic regression, 1000 x 20",
        loss,
        (rng.normal(size=20), 0.1, rng.normal(size=(1000, 20)), rng.choice([-1.0, 1.0], size=1000)),
        (0, 1),
        by_hand,
        autograd=lambda: written_for("autograd.numpy", loss),
        jax=lambda: written_for("jax.numpy", loss),
        torch=for_torch,
    )
]
