"""The likelihood of observations under a linear model with noise, by Kalman's filter."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row


def negative_log_likelihood(A, Q, H, R, seen):
    m, P = np.zeros(len(A)), np.eye(len(A))
    total = 0.0
    for y in seen:
        m, P = A @ m, A @ P @ A.T + Q
        S = H @ P @ H.T + R
        r = y - H @ m
        w = np.linalg.solve(S, r)
        total += 0.5 * r @ w + 0.5 * np.log(np.linalg.det(S))
        m, P = m + P @ H.T @ w, P - P @ H.T @ np.linalg.solve(S, H @ P)
    return total


def by_hand(A, Q, H, R, seen):
    """By A and Q, for covariances that are symmetric; their adjoints need not be."""
    n = len(A)
    m, P, tape = np.zeros(n), np.eye(n), []
    for y in seen:
        m_before, P_before = m, P
        m, P = A @ m, A @ P @ A.T + Q
        inverse = np.linalg.inv(H @ P @ H.T + R)
        gain = P @ H.T @ inverse
        r = y - H @ m
        tape.append((m_before, P_before, gain, inverse, r))
        m, P = m + gain @ r, P - gain @ (H @ P)
    A_bar, Q_bar, m_bar, P_bar = np.zeros_like(A), np.zeros_like(Q), np.zeros(n), np.zeros_like(P)
    unit = np.eye(n)
    for m, P, gain, inverse, r in reversed(tape):
        w = inverse @ r
        rest = unit - gain @ H  # of the covariance that is left, and of how it moves
        Hw, by_m = H.T @ w, rest.T @ m_bar
        P_bar = rest.T @ P_bar @ rest + np.outer(by_m, Hw)
        P_bar += 0.5 * (H.T @ inverse @ H - np.outer(Hw, Hw))
        m_bar = by_m - Hw
        Q_bar += P_bar
        A_bar += np.outer(m_bar, m) + (P_bar + P_bar.T) @ A @ P
        m_bar, P_bar = A.T @ m_bar, A.T @ P_bar @ A
    return A_bar, Q_bar


def for_autograd():
    import autograd.numpy as np

    def negative_log_likelihood(A, Q, H, R, seen):
        m, P = np.zeros(len(A)), np.eye(len(A))
        total = 0.0
        for y in seen:
            m, P = np.dot(A, m), np.dot(np.dot(A, P), A.T) + Q
            S = np.dot(np.dot(H, P), H.T) + R
            r = y - np.dot(H, m)
            w = np.linalg.solve(S, r)
            total = total + 0.5 * np.dot(r, w) + 0.5 * np.log(np.linalg.det(S))
            across = np.dot(P, H.T)
            m, P = m + np.dot(across, w), P - np.dot(across, np.linalg.solve(S, np.dot(H, P)))
        return total

    return negative_log_likelihood


def for_jax():
    import jax.numpy as jnp
    from jax import lax

    def negative_log_likelihood(A, Q, H, R, seen):
        def step(state, y):
            m, P = state
            m, P = A @ m, A @ P @ A.T + Q
            S = H @ P @ H.T + R
            r = y - H @ m
            w = jnp.linalg.solve(S, r)
            new = m + P @ H.T @ w, P - P @ H.T @ jnp.linalg.solve(S, H @ P)
            return new, 0.5 * r @ w + 0.5 * jnp.log(jnp.linalg.det(S))

        _, parts = lax.scan(step, (jnp.zeros(len(A)), jnp.eye(len(A))), seen)
        return jnp.sum(parts)

    return negative_log_likelihood


def for_torch():
    import torch

    def negative_log_likelihood(A, Q, H, R, seen):
        m, P = torch.zeros(len(A), dtype=torch.float64), torch.eye(len(A), dtype=torch.float64)
        total = 0.0
        for y in seen:
            m, P = A @ m, A @ P @ A.T + Q
            S = H @ P @ H.T + R
            r = y - H @ m
            w = torch.linalg.solve(S, r)
            total = total + 0.5 * r @ w + 0.5 * torch.log(torch.linalg.det(S))
            m, P = m + P @ H.T @ w, P - P @ H.T @ torch.linalg.solve(S, H @ P)
        return total

    return negative_log_likelihood


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "Kalman filter, 4 states, 200 steps",
        negative_log_likelihood,
        (
            0.9 * np.eye(4) + 0.05 * rng.normal(size=(4, 4)),
            0.1 * np.eye(4),
            rng.normal(size=(2, 4)),
            0.2 * np.eye(2),
            rng.normal(size=(200, 2)),
        ),
        (0, 1),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
    )
]
