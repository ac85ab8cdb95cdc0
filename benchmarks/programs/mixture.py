"""The likelihood of a mixture of Gaussians, as a logarithm: ADBench's, without the prior."""

from __future__ import annotations

import numpy as np

from benchmarks.gradbench.gmm import factors, logsumexp
from benchmarks.programs.row import Row


def log_likelihood(alpha, mu, q, below, x):
    Q = factors(q, below)
    standardised = (x - mu[:, None, :]) @ np.swapaxes(Q, 1, 2)
    inner = alpha + np.sum(q, axis=1) - 0.5 * np.sum(standardised**2, axis=2).T
    return np.sum(logsumexp(inner)) - len(x) * logsumexp(alpha)


def by_hand(alpha, mu, q, below, x):
    d = x.shape[1]
    columns, rows = np.triu_indices(d, 1)
    Q = factors(q, below)
    centred = x - mu[:, None, :]
    z = centred @ np.swapaxes(Q, 1, 2)
    inner = (alpha + np.sum(q, axis=1))[:, None] - 0.5 * np.sum(z * z, axis=2)
    shares = np.exp(inner - np.max(inner, axis=0))
    shares /= np.sum(shares, axis=0)
    counts = np.sum(shares, axis=1)
    prior = np.exp(alpha - np.max(alpha))
    z *= -shares[:, :, None]
    Q_bar = np.swapaxes(z, 1, 2) @ centred
    mu_bar = -np.sum(z, axis=1)[:, None, :] @ Q
    q_bar = counts[:, None] + np.einsum("kii->ki", Q_bar) * np.exp(q)
    return counts - len(x) * prior / np.sum(prior), mu_bar[:, 0], q_bar, Q_bar[:, rows, columns]


def for_autograd():
    import autograd.numpy as np
    from autograd.scipy.special import logsumexp

    def log_likelihood(alpha, mu, q, below, x):
        d = x.shape[1]
        unit = np.zeros((d * (d - 1) // 2, d, d))
        columns, rows = np.triu_indices(d, 1)
        unit[np.arange(len(rows)), rows, columns] = 1.0
        Q = np.einsum("kl,lij->kij", below, unit) + np.exp(q)[:, :, None] * np.eye(d)
        standardised = (x - mu[:, None, :]) @ np.swapaxes(Q, 1, 2)
        inner = alpha + np.sum(q, axis=1) - 0.5 * np.sum(standardised**2, axis=2).T
        return np.sum(logsumexp(inner, axis=1)) - len(x) * logsumexp(alpha)

    return log_likelihood


def for_jax():
    import jax.numpy as jnp
    from jax.scipy.special import logsumexp

    def log_likelihood(alpha, mu, q, below, x):
        k, d = q.shape
        columns, rows = np.triu_indices(d, 1)
        Q = jnp.zeros((k, d, d)).at[:, rows, columns].set(below)
        Q = Q.at[:, np.arange(d), np.arange(d)].set(jnp.exp(q))
        standardised = (x - mu[:, None, :]) @ jnp.swapaxes(Q, 1, 2)
        inner = alpha + jnp.sum(q, axis=1) - 0.5 * jnp.sum(standardised**2, axis=2).T
        return jnp.sum(logsumexp(inner, axis=1)) - len(x) * logsumexp(alpha)

    return log_likelihood


def for_torch():
    import torch

    def log_likelihood(alpha, mu, q, below, x):
        columns, rows = torch.triu_indices(q.shape[1], q.shape[1], 1)
        Q = torch.diag_embed(torch.exp(q))
        Q[:, rows, columns] = below
        standardised = (x - mu[:, None, :]) @ Q.transpose(1, 2)
        inner = alpha + torch.sum(q, dim=1) - 0.5 * torch.sum(standardised**2, dim=2).T
        return torch.sum(torch.logsumexp(inner, dim=1)) - len(x) * torch.logsumexp(alpha, dim=0)

    return log_likelihood


D, K, N = 10, 25, 1000
rng = np.random.default_rng(0)
ROWS = [
    Row(
        "Gaussian mixture, d=10 k=25 n=1000",
        log_likelihood,
        (
            rng.normal(size=K),
            rng.uniform(size=(K, D)),
            rng.normal(size=(K, D)),
            rng.normal(size=(K, D * (D - 1) // 2)),
            rng.normal(size=(N, D)),
        ),
        (0, 1, 2, 3),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
    )
]
