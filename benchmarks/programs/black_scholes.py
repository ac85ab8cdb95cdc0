"""The prices of options by Black and Scholes, summed, with five gradients."""

from __future__ import annotations

import numpy as np
from scipy.special import erf

from benchmarks.native_c import black_scholes
from benchmarks.programs.row import InC, Row


def by_hand(s, k, t, r, v):
    root = np.sqrt(t)
    d1 = (np.log(s / k) + (r + 0.5 * v**2) * t) / (v * root)
    d2 = d1 - v * root
    first, second = 0.5 * (1.0 + erf(d1 / np.sqrt(2.0))), 0.5 * (1.0 + erf(d2 / np.sqrt(2.0)))
    present = np.exp(-r * t) * second
    density = s * np.exp(-0.5 * d1 * d1) / np.sqrt(2.0 * np.pi)
    by_t = 0.5 * v * density / root + r * k * present
    return first, -present, by_t, np.sum(k * t * present), np.sum(density * root)


def for_autograd():
    import autograd.numpy as np
    from autograd.scipy.special import erf

    def black_scholes(s, k, t, r, v):
        def normal(z):
            return 0.5 * (1 + erf(z / np.sqrt(2)))

        d1 = (np.log(s / k) + (r + 0.5 * v**2) * t) / (v * np.sqrt(t))
        d2 = d1 - v * np.sqrt(t)
        return np.sum(s * normal(d1) - k * np.exp(-r * t) * normal(d2))

    return black_scholes


def for_jax():
    import jax.numpy as np
    from jax.scipy.special import erf

    def black_scholes(s, k, t, r, v):
        def normal(z):
            return 0.5 * (1 + erf(z / np.sqrt(2)))

        d1 = (np.log(s / k) + (r + 0.5 * v**2) * t) / (v * np.sqrt(t))
        d2 = d1 - v * np.sqrt(t)
        return np.sum(s * normal(d1) - k * np.exp(-r * t) * normal(d2))

    return black_scholes


def for_torch():
    import torch

    def black_scholes(s, k, t, r, v):
        def normal(z):
            return 0.5 * (1 + torch.erf(z / 2**0.5))

        d1 = (torch.log(s / k) + (r + 0.5 * v**2) * t) / (v * torch.sqrt(t))
        d2 = d1 - v * torch.sqrt(t)
        return torch.sum(s * normal(d1) - k * torch.exp(-r * t) * normal(d2))

    return black_scholes


def row(n):
    s, k, t = np.random.default_rng(0).uniform(50.0, 150.0, size=(3, n)) * np.array([[1.0], [1.0], [0.02]])
    return Row(
        f"Black-Scholes, {n}",
        black_scholes,
        (s, k, t, 0.02, 0.3),
        (0, 1, 2, 3, 4),
        by_hand,
        autograd=for_autograd,
        jax=for_jax,
        torch=for_torch,
        c=InC((s, k, t, 0.02, 0.3, n), ((n,), (n,), (n,), (2,))),
    )


ROWS = [row(10), row(1000), row(100_000), row(1_000_000)]
