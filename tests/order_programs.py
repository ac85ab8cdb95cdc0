"""Smooth programs that are differentiated to higher orders: loops, while loops, mutation, containers.

They run on NumPy, and, with another object in the place of `np`, on numbers of any precision.
"""

from __future__ import annotations

import numpy as np


def wave(x):
    return np.sin(np.tanh(x) * x**3) / np.sqrt(1 + x * x)


def newton(x):
    y = x
    for _ in range(4):
        y = 0.5 * (y + x / y)
    return y


def until(x):
    y = x
    while abs(y * y - x) > 1e-3:
        y = y - (y * y - x) / (2 * y)
    return np.sin(y) * y


def branch(x):
    s = 0.0
    for k in range(5):
        if k % 2:
            s = s + np.exp(0.3 * x * k)
        else:
            s = s * x - np.sin(x)
        if s > 4.0:
            break
    return s


def grown(x):
    xs = [x]
    for k in range(4):
        xs.append(xs[-1] * x + np.cos(xs[k]))
    total = 0.0
    while xs:
        total = total * 0.5 + xs.pop()
    return total


def held(x):
    d = {"a": x * x, "b": [np.exp(x), x]}
    d["b"][0] *= d["a"]
    d["a"] += d["b"][0] * d["b"][1]
    return d["a"] * np.sin(d["b"][0])


SCALAR = [(wave, 0.7), (newton, 1.7), (until, 1.7), (branch, 0.8), (grown, 0.6), (held, 0.7)]


def stencil(x):
    u = x.copy()
    for _ in range(3):
        u[1:-1] = u[1:-1] + 0.1 * (u[:-2] * u[2:] - u[1:-1] ** 2)
    return np.sum(np.sin(u) * u)


def layers(x):
    A = np.outer(x, x) + np.eye(len(x))
    b = np.tanh(x)
    for _ in range(2):
        b = np.tanh(A @ b) / 2
    return b @ x


def relaxed(x):
    """Stops by a condition of the run; rows in a list."""
    rows = [x, x * x]
    while np.sum(rows[-1] ** 2) > 0.5:
        rows.append(0.5 * rows[-1] * rows[-2] + 0.1 * rows[0])
    return np.sum(rows[-1] * np.exp(rows[1]))


def solved(x):
    A = np.outer(x, x) + 2.0 * np.eye(len(x))
    y = np.linalg.solve(A, np.sin(x))
    return y @ y + np.log(np.linalg.det(A))


POINT = np.array([0.6, -0.4, 0.9, 0.3])
VECTOR = [stencil, layers, relaxed, solved]
