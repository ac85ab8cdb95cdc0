"""A hundred steps on a square whose rim stays: Jacobi's, and those of a reaction with diffusion."""

from __future__ import annotations

import numpy as np

from benchmarks.native_c import jacobi, reaction
from benchmarks.programs.row import InC, Row


def spread(g, weight):
    """The adjoint of `weight` times the sum of the four neighbours of the inner elements."""
    inner = weight * g[1:-1, 1:-1]
    out = np.zeros_like(g)
    out[:-2, 1:-1] += inner
    out[2:, 1:-1] += inner
    out[1:-1, :-2] += inner
    out[1:-1, 2:] += inner
    return out


def jacobi_by_hand(u, steps):
    for _ in range(steps):
        v = u.copy()
        v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
        u = v
    g = 2.0 * u
    for _ in range(steps):
        before = spread(g, 0.25)
        g[1:-1, 1:-1] = 0.0
        g += before
    return g


def reaction_by_hand(u, steps, c, d):
    tape = []
    for _ in range(steps):
        inner = u[1:-1, 1:-1]
        tape.append(inner)
        v = u.copy()
        near = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
        v[1:-1, 1:-1] = inner + c * (near - 4.0 * inner) - d * inner * inner * inner
        u = v
    g = 2.0 * u
    for inner in reversed(tape):
        before = spread(g, c)
        g[1:-1, 1:-1] *= 1.0 - 4.0 * c - 3.0 * d * inner * inner
        g += before
    return g


def jacobi_for_autograd():
    import autograd.numpy as np

    def jacobi(u, steps):
        for _ in range(steps):
            inner = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
            middle = np.concatenate([u[1:-1, :1], inner, u[1:-1, -1:]], axis=1)
            u = np.concatenate([u[:1], middle, u[-1:]])
        return np.sum(u**2)

    return jacobi


def reaction_for_autograd():
    import autograd.numpy as np

    def reaction(u, steps, c, d):
        for _ in range(steps):
            old = u[1:-1, 1:-1]
            near = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
            inner = old + c * (near - 4.0 * old) - d * old**3
            middle = np.concatenate([u[1:-1, :1], inner, u[1:-1, -1:]], axis=1)
            u = np.concatenate([u[:1], middle, u[-1:]])
        return np.sum(u**2)

    return reaction


def jacobi_for_jax():
    import jax.numpy as jnp
    from jax import lax

    def jacobi(u, steps):
        def step(_, u):
            return u.at[1:-1, 1:-1].set(0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]))

        return jnp.sum(lax.fori_loop(0, steps, step, u) ** 2)

    return jacobi


def reaction_for_jax():
    import jax.numpy as jnp
    from jax import lax

    def reaction(u, steps, c, d):
        def step(_, u):
            inner = u[1:-1, 1:-1]
            near = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
            return u.at[1:-1, 1:-1].set(inner + c * (near - 4.0 * inner) - d * inner**3)

        return jnp.sum(lax.fori_loop(0, steps, step, u) ** 2)

    return reaction


def jacobi_for_torch():
    import torch

    def jacobi(u, steps):
        for _ in range(steps):
            v = u.clone()
            v[1:-1, 1:-1] = 0.25 * (u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:])
            u = v
        return torch.sum(u**2)

    return jacobi


def reaction_for_torch():
    import torch

    def reaction(u, steps, c, d):
        for _ in range(steps):
            v = u.clone()
            inner = u[1:-1, 1:-1]
            near = u[:-2, 1:-1] + u[2:, 1:-1] + u[1:-1, :-2] + u[1:-1, 2:]
            v[1:-1, 1:-1] = inner + c * (near - 4.0 * inner) - d * inner**3
            u = v
        return torch.sum(u**2)

    return reaction


SQUARE = np.random.default_rng(0).normal(size=(128, 128))
ROWS = [
    Row(
        "Jacobi, 128 x 128, 100 steps",
        jacobi,
        (SQUARE, 100),
        0,
        jacobi_by_hand,
        autograd=jacobi_for_autograd,
        jax=jacobi_for_jax,
        torch=jacobi_for_torch,
        c=InC((SQUARE, 128, 100), ((128, 128),)),
    ),
    Row(
        "reaction, 128 x 128, 100 steps",
        reaction,
        (SQUARE, 100, 0.1, 0.01),
        0,
        reaction_by_hand,
        autograd=reaction_for_autograd,
        jax=reaction_for_jax,
        torch=reaction_for_torch,
        c=InC((SQUARE, 128, 100, 0.1, 0.01), ((128, 128),)),
    ),
]
