"""A block of attention with one head and a residual connection."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row, written_for


def loss(Q, K, V, out, x):
    scores = (x @ Q) @ (x @ K).T / np.sqrt(Q.shape[1])
    e = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    mixed = (e / np.sum(e, axis=1, keepdims=True)) @ (x @ V)
    return np.mean((x + mixed @ out) ** 2)


def by_hand(Q, K, V, out, x):
    q, k, v = x @ Q, x @ K, x @ V
    scale = 1.0 / np.sqrt(Q.shape[1])
    scores = q @ k.T * scale
    p = np.exp(scores - np.max(scores, axis=1, keepdims=True))
    p /= np.sum(p, axis=1, keepdims=True)
    mixed = p @ v
    y_bar = 2.0 / x.size * (x + mixed @ out)
    mixed_bar = y_bar @ out.T
    p_bar = mixed_bar @ v.T
    scores_bar = p * (p_bar - np.sum(p * p_bar, axis=1, keepdims=True)) * scale
    return x.T @ (scores_bar @ k), x.T @ (scores_bar.T @ q), x.T @ (p.T @ mixed_bar), mixed.T @ y_bar


def for_torch():
    import torch

    def loss(Q, K, V, out, x):
        scores = (x @ Q) @ (x @ K).T / Q.shape[1] ** 0.5
        return torch.mean((x + torch.softmax(scores, dim=1) @ (x @ V) @ out) ** 2)

    return loss


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "attention, 128 of 64",
        loss,
        (*(rng.normal(size=(4, 64, 64)) / 8.0), rng.normal(size=(128, 64))),
        (0, 1, 2, 3),
        by_hand,
        autograd=lambda: written_for("autograd.numpy", loss),
        jax=lambda: written_for("jax.numpy", loss),
        torch=for_torch,
    )
]
