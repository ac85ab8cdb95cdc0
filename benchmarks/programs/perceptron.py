"""The cross-entropy of a network with one hidden layer."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row, written_for


def loss(W1, b1, W2, b2, X, labels):
    z = np.tanh(X @ W1 + b1) @ W2 + b2
    z = z - np.max(z, axis=1, keepdims=True)
    return -np.mean(np.sum(labels * (z - np.log(np.sum(np.exp(z), axis=1, keepdims=True))), axis=1))


def by_hand(W1, b1, W2, b2, X, labels):
    h = np.tanh(X @ W1 + b1)
    z = h @ W2 + b2
    e = np.exp(z - np.max(z, axis=1, keepdims=True))
    z_bar = (e / np.sum(e, axis=1, keepdims=True) - labels) / len(X)
    h_bar = (z_bar @ W2.T) * (1.0 - h * h)
    return X.T @ h_bar, np.sum(h_bar, axis=0), h.T @ z_bar, np.sum(z_bar, axis=0)


def for_torch():
    import torch

    def loss(W1, b1, W2, b2, X, labels):
        z = torch.tanh(X @ W1 + b1) @ W2 + b2
        return -torch.mean(torch.sum(labels * torch.log_softmax(z, dim=1), dim=1))

    return loss


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "network 784-128-10, batch of 64",
        loss,
        (
            rng.normal(size=(784, 128)) / 28.0,
            np.zeros(128),
            rng.normal(size=(128, 10)) / 11.0,
            np.zeros(10),
            rng.uniform(size=(64, 784)),
            np.eye(10)[rng.integers(0, 10, size=64)],
        ),
        (0, 1, 2, 3),
        by_hand,
        autograd=lambda: written_for("autograd.numpy", loss),
        jax=lambda: written_for("jax.numpy", loss),
        torch=for_torch,
    )
]
