"""The programs whose generated source is kept in tests/golden/, and the arguments that it was generated for."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Golden:
    function: Callable[..., Any]
    args: tuple[Any, ...]
    argnums: tuple[int, ...]
    value: bool = False


# ---- what generated code is to look like


def f(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2)


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean(np.log1p(np.exp(-y * z))) + 0.01 * np.sum(w**2)


def newton(a, n):
    x = 1.0
    for i in range(n):
        x = 0.5 * (x + a / x)
    return x


def smooth(u, c, steps):
    u = u.copy()
    for t in range(steps):
        lap = u[:-2] - 2 * u[1:-1] + u[2:]
        u[1:-1] = u[1:-1] + c * lap
    return np.sum(u**2)


# ---- what else generated source looks like


def network(W, b, U, c, x, y):
    z = W @ x + b
    h = 1 / (1 + np.exp(-z))
    y_hat = U @ h + c
    return 0.5 * np.sum((y_hat - y) ** 2)


def huber(r, delta):
    if abs(r) <= delta:
        value = 0.5 * r * r
    else:
        value = delta * (abs(r) - 0.5 * delta)
    return value


def first_large(x, threshold):
    for v in x:
        if v > threshold:
            return v * v
    return threshold * np.sum(x)


def fixed_point(a):
    x = 0.5
    change = 1.0
    while change > 1e-12:
        new = math.cos(a * x)
        change = abs(new - x)
        x = new
    return x


def recurrent(params, inputs):
    h = np.zeros(params["b"].shape)
    for x in inputs:
        h = np.tanh(params["W"] @ x + params["V"] @ h + params["b"])
    return np.sum(h**2)


def gauss_seidel(a, b, sweeps):
    x = np.zeros(len(b))
    for _ in range(sweeps):
        for i in range(len(b)):
            x[i] = (b[i] - a[i] @ x + a[i, i] * x[i]) / a[i, i]
    return np.sum(x)


def broadcast(x, row, s):
    y = x * row + s
    return np.mean(np.where(y > 0, y, 0.1 * y) ** 2, axis=0).sum()


def halve(x):
    return 0.5 * x


def helpers(x, y):
    u = halve(x) * y
    v = halve(u)
    return u * v + halve(y)


def overwritten(x, a):
    y = x * x
    x[0] = a
    y *= x
    return np.sum(y)


def power(x, n):
    if n == 0:
        return 1.0
    return x * power(x, n - 1)


def softmax_rows(scores, labels):
    shifted = scores - np.max(scores, axis=1, keepdims=True)
    log_p = shifted - np.log(np.sum(np.exp(shifted), axis=1, keepdims=True))
    return -np.mean(log_p[np.arange(len(labels)), labels])


def normal_cdf(x):
    if x < 0:
        return 1.0 - normal_cdf(-x)
    k = 1.0 / (1.0 + 0.2316419 * x)
    return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.781477937))


def calls_itself(spot, strike):
    d = math.log(spot / strike)
    return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)


def halved(v, n):
    if np.sum(v * v) < 1.0:
        return v
    w = halved(v * 0.5, n + 1)
    for k in range(n):
        w = w * np.cos(w)
    w[0] = w[0] * v[1]
    return w


def calls_itself_in_arrays(v):
    return np.sum(halved(v, 1) ** 2)


vector = np.arange(1.0, 6.0)
matrix = np.arange(1.0, 13.0).reshape(4, 3)

GOLDEN = [
    Golden(f, (2.0, 0.5), (0, 1)),
    Golden(loss, (matrix[0], 0.1, matrix, matrix[:, 0]), (0, 1)),
    Golden(newton, (7.0, 5), (0,)),
    Golden(smooth, (vector, 0.2, 3), (0, 1)),
    Golden(network, (matrix, matrix[:, 0], matrix[:3].T.copy(), matrix[:, 1], matrix[0], matrix[:, 2]), (0, 1, 2, 3)),
    Golden(huber, (0.3, 1.0), (0, 1), value=True),
    Golden(first_large, (vector, 2.5), (0, 1)),
    Golden(fixed_point, (0.8,), (0,)),
    Golden(recurrent, ({"W": matrix, "V": matrix @ matrix.T, "b": matrix[:, 0]}, matrix), (0,)),
    Golden(gauss_seidel, (np.eye(3) + 0.1, vector[:3], 2), (0, 1)),
    Golden(broadcast, (matrix, matrix[0], 0.5), (0, 1, 2)),
    Golden(helpers, (0.7, 0.4), (0, 1)),
    Golden(overwritten, (vector, 0.7), (0, 1)),
    Golden(power, (1.1, 3), (0,)),
    Golden(calls_itself, (1.0, 1.2), (0, 1)),
    Golden(calls_itself_in_arrays, (vector,), (0,)),
    Golden(softmax_rows, (matrix, np.array([0, 2, 1, 1])), (0,)),
]

# those whose Hessian-vector products are kept too
HVP = (f, loss, newton, smooth, network, fixed_point, gauss_seidel, calls_itself, calls_itself_in_arrays)

# and those of which other derivatives are kept
FURTHER = {
    "jacfwd": (f, network, smooth, gauss_seidel),
    "jacrev": (f, broadcast, overwritten),
    "hessian": (f, newton, smooth),
    "vhp": (loss, newton),
    "ggnvp": (loss, smooth),
    "taylor": (f, newton),
    "laplacian": (f, smooth),
    "deriv": (newton, huber),
}
