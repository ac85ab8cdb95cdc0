"""The marginal likelihood of a Gaussian process, by the logarithms of its three parameters."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row


def negative_log_likelihood(theta, x, y):
    size, length, noise = np.exp(theta)
    K = size**2 * np.exp(-0.5 * ((x[:, None] - x) / length) ** 2) + noise**2 * np.eye(len(x))
    L = np.linalg.cholesky(K)
    return 0.5 * y @ np.linalg.solve(K, y) + np.sum(np.log(np.diag(L)))


def by_hand(theta, x, y):
    size, length, noise = np.exp(theta)
    squares = ((x[:, None] - x) / length) ** 2
    smooth = size**2 * np.exp(-0.5 * squares)
    inverse = np.linalg.inv(smooth + noise**2 * np.eye(len(x)))
    a = inverse @ y
    K_bar = 0.5 * (inverse - np.outer(a, a))
    weighed = K_bar * smooth
    return np.array([2.0 * np.sum(weighed), np.sum(weighed * squares), 2.0 * noise**2 * np.trace(K_bar)])


def for_autograd():
    import autograd.numpy as np

    def negative_log_likelihood(theta, x, y):
        size, length, noise = np.exp(theta)
        K = size**2 * np.exp(-0.5 * ((x[:, None] - x) / length) ** 2) + noise**2 * np.eye(len(x))
        L = np.linalg.cholesky(K)
        return 0.5 * np.dot(y, np.linalg.solve(K, y)) + np.sum(np.log(np.diag(L)))

    return negative_log_likelihood


def for_jax():
    import jax.numpy as jnp
    from jax.scipy.linalg import cho_solve

    def negative_log_likelihood(theta, x, y):
        size, length, noise = jnp.exp(theta)
        K = size**2 * jnp.exp(-0.5 * ((x[:, None] - x) / length) ** 2) + noise**2 * jnp.eye(len(x))
        L = jnp.linalg.cholesky(K)
        return 0.5 * y @ cho_solve((L, True), y) + jnp.sum(jnp.log(jnp.diag(L)))

    return negative_log_likelihood


def for_torch():
    import torch

    def negative_log_likelihood(theta, x, y):
        size, length, noise = torch.exp(theta)
        unit = torch.eye(len(x), dtype=torch.float64)
        K = size**2 * torch.exp(-0.5 * ((x[:, None] - x) / length) ** 2) + noise**2 * unit
        L = torch.linalg.cholesky(K)
        return 0.5 * y @ torch.cholesky_solve(y[:, None], L)[:, 0] + torch.sum(torch.log(torch.diag(L)))

    return negative_log_likelihood


rng = np.random.default_rng(0)
X = np.sort(rng.uniform(0.0, 10.0, size=300))
ROWS = [
    Row(
        "Gaussian process, 300 points",
        negative_log_likelihood,
        (np.log([1.0, 0.7, 0.3]), X, np.sin(X) + 0.3 * rng.normal(size=300)),
        0,
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
    )
]
