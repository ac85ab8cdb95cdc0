"""The likelihood of a sequence under a hidden Markov model, by the forward algorithm with scaling."""

from __future__ import annotations

import numpy as np

from benchmarks.programs.row import Row


def log_likelihood(first, moves, emits, seen):
    a = first * emits[:, seen[0]]
    total = 0.0
    for t in range(1, len(seen)):
        c = np.sum(a)
        total += np.log(c)
        a = (a / c) @ moves * emits[:, seen[t]]
    return total + np.log(np.sum(a))


def by_hand(first, moves, emits, seen):
    """Counts that are expected, by the forward and backward algorithms, over the probabilities."""
    columns = emits.T
    a, tape = first * columns[seen[0]], []
    for t in range(1, len(seen)):
        c = np.sum(a)
        a = a / c
        moved = a @ moves
        tape.append((c, a, moved))
        a = moved * columns[seen[t]]
    moves_bar, columns_bar = np.zeros_like(moves), np.zeros_like(columns)
    a_bar = np.full_like(a, 1.0 / np.sum(a))
    for t in reversed(range(1, len(seen))):
        c, a, moved = tape.pop()
        columns_bar[seen[t]] += a_bar * moved
        come = a_bar * columns[seen[t]]
        moves_bar += np.outer(a, come)
        a_bar = moves @ come / c
    columns_bar[seen[0]] += a_bar * first
    return a_bar * columns[seen[0]], moves_bar, columns_bar.T


def for_autograd():
    import autograd.numpy as np

    def log_likelihood(first, moves, emits, seen):
        a = first * emits[:, seen[0]]
        total = 0.0
        for t in range(1, len(seen)):
            c = np.sum(a)
            total = total + np.log(c)
            a = np.dot(a / c, moves) * emits[:, seen[t]]
        return total + np.log(np.sum(a))

    return log_likelihood


def for_jax():
    import jax.numpy as jnp
    from jax import lax

    def log_likelihood(first, moves, emits, seen):
        def step(state, letter):
            a, total = state
            c = jnp.sum(a)
            return ((a / c) @ moves * emits[:, letter], total + jnp.log(c)), None

        (a, total), _ = lax.scan(step, (first * emits[:, seen[0]], 0.0), seen[1:])
        return total + jnp.log(jnp.sum(a))

    return log_likelihood


def for_torch():
    import torch

    def log_likelihood(first, moves, emits, seen):
        a = first * emits[:, seen[0]]
        total = 0.0
        for t in range(1, len(seen)):
            c = torch.sum(a)
            total = total + torch.log(c)
            a = (a / c) @ moves * emits[:, seen[t]]
        return total + torch.log(torch.sum(a))

    return log_likelihood


rng = np.random.default_rng(0)
ROWS = [
    Row(
        "hidden Markov, 8 states, 500 steps",
        log_likelihood,
        (
            rng.dirichlet(np.ones(8)),
            rng.dirichlet(np.ones(8), size=8),
            rng.dirichlet(np.ones(12), size=8),
            rng.integers(0, 12, size=500),
        ),
        (0, 1, 2),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
    )
]
