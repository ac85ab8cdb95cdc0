"""Programs that tell what a pass does: each is short, and something in it is what the pass is for."""

from __future__ import annotations

import json
import math

import numpy as np
import scipy.linalg

import srcad


def product(x, y):
    return x * y + np.sin(x)


def newton(a, n):
    x = 1.0
    for _ in range(n):
        x = 0.5 * (x + a / x)
    return x


def distances(a):
    d = a[:, None] - a
    return np.sum(np.sqrt(d**2))


def gaussian(x):
    r = np.linalg.norm(x)
    return np.exp(-0.5 * (r / 3.0) ** 2)


def root_in_a_loop(x):
    total = 0.0
    for value in x:
        total += value * value
    return total**0.5


def loss(w, X, y):
    z = X @ w
    return np.sum((np.tanh(z) - y) ** 2)


def smooth(u, c, n):
    u = u.copy()
    for _ in range(n):
        u[1:-1] += c * (u[:-2] - 2.0 * u[1:-1] + u[2:])
    return np.sum(u**2)


def kinked(x):
    if x > 0.0:
        y = math.exp(x)
    else:
        y = x * x
    return y * y


def branched(x, n):
    for i in range(n):
        if x > 1.0:
            x = math.sqrt(x)
        else:
            x = x * x * i
    return x


def until_small(x):
    count = 0
    while x > 1.0:
        x = math.sin(x)
        count += 1
    return x * count


def unused(x):
    y = np.exp(x)
    z = np.cos(x) * y
    for _ in range(3):
        z = z * x
    return y


def doubled(x):
    return x + x * 3.0


def neutral(x):
    scale = 1.0
    if scale > 0.5:
        x = x * 1 + 0
    y = -x
    return -y


def repeated(x):
    return np.exp(x) * x + np.exp(x)


def relaxed(A, w, x, n):
    for _ in range(n):
        x = x - np.sin(A * w) * x
    return np.sum(x * x)


def averaged(u, n):
    total = 0.0
    for t in range(n):
        v = np.sin(u) * t
        total = total + np.mean(v)
    return total


def leaky(x, s):
    y = x * s
    return np.mean(np.where(y > 0, y, 0.1 * y) ** 2)


def power(x, n):
    return 1.0 if x > 9.0 or n == 0 else x * power(x * 1.1, n - 1)


def cut(v, n):
    if np.sum(v * v) < 1.0:
        return v
    w = cut(v * 0.5, n + 1)
    for _ in range(n):
        w = w * np.cos(w)
    w[0] = w[0] * v[1]
    return w


def cut_energy(v):
    return np.sum(cut(v, 1) ** 2)


def mixed(x):
    return np.array([x[0] * x[1], np.sin(x[0])])


def told(x):
    print("at", x)
    return 1.0 / x


def tried(a):
    try:
        lower = np.linalg.cholesky(a)
    except np.linalg.LinAlgError:
        return -np.sum(a**2)
    return np.sum(np.log(np.diag(lower)))


def scaled(x):
    return x * json.loads("2.0")


def overwritten(x, v):
    y = x * 2.0
    z = y + v
    y[0] = v
    return np.sum(y * z)


@srcad.custom_rule
def square(x):
    return x**2


@square.tangent
def square_tangent(dots, value, x):
    return 2.0 * x * dots[0]


@srcad.custom_rule
def cube(x):
    return x**3


@cube.tangent
def cube_tangent(dots, value, x):
    return 3.0 * square(x) * dots[0]


def by_tangent(x):
    return cube(x) * x


@srcad.custom_rule
def fourth(x):
    return x**4


@fourth.adjoint
def fourth_adjoint(bar, value, x):
    return (4.0 * x * square(x) * bar,)


def by_adjoint(x):
    return fourth(x) * x


@srcad.custom_rule(inline=True)
def softplus(x):
    return np.log1p(np.exp(x))


@softplus.tangent
def softplus_tangent(dots, value, x):
    return dots[0] / (1.0 + np.exp(-x))


def smoothed(x):
    return softplus(x) * x


def picked(x, k):
    first, own = x[0], x[k]
    return math.log(first) + 2.0 * own


def matern(x):
    r = np.linalg.norm(x)
    return (1.0 + r) * np.exp(-r)


def halfway(x, n):
    total = 0.0
    for k in range(n):
        total = total + x[k] ** 2
    return scipy.linalg.expm(np.outer(x, x) - total * np.eye(2))[0, 1]
