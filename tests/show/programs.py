"""Functions that the tables of the tests show."""

from __future__ import annotations

import numpy as np


def worked(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def power_sum(x, n):
    total = 0.0
    power = 1.0
    for _ in range(n):
        power = power * x
        total = total + power
    return total


def clipped(x):
    if x > 1.0:
        y = x * x
    else:
        y = 2.0 * x
    return np.sin(y)


def smoothed(u):
    u = u.copy()
    u[1:-1] += 0.1 * (u[:-2] - u[2:])
    return np.sum(u[0] * u)


def neuron(W, b, x):
    z = W @ x + b
    h = 1 / (1 + np.exp(-z))
    return np.sum(h)


def halved(x):
    while x > 1.0:
        x = 0.5 * x
    return 2.0 * x


def affine(p, x):
    return np.sum(p["w"] * x) + p["b"]


def noisy(x, y, rng):
    drawn = rng.normal()
    print("drawn")
    return x * y * drawn


def root(x):
    return root(x / 4.0) * 2.0 if x > 1.0 else np.sqrt(x)
