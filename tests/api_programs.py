"""What the tests of the public interface differentiate: as people define such things, in a module."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

import srcad

RATE = 0.5
WEIGHTS = np.array([1.0, 2.0])


class Point(NamedTuple):
    x: float
    y: np.ndarray


@dataclass
class Layer:
    W: np.ndarray
    b: np.ndarray
    name: str = "layer"


def square(x):
    """The square."""
    return x * x


def loss(w, b, X, y):
    z = X @ w + b
    return np.mean((z - y) ** 2)


def scaled(x):
    return RATE * x * x


@srcad.grad
def cube_slope(x):
    return x**3


@srcad.value_and_grad(argnums=("y", "x"))
def product(x, y):
    """A product."""
    return x * y * y


class Spring:
    def __init__(self, k):
        self.k = k

    def energy(self, x):
        return 0.5 * self.k * x * x

    @srcad.grad
    def force(self, x):
        return 0.5 * self.k * x * x

    def __call__(self, x):
        return self.k * x


def scaled_by(factor):
    return lambda x: factor * np.sum(x**2)


def reciprocal(x):
    if x > 100.0:
        raise KeyError("too large")
    return 1.0 / x


def checked_root(x):
    assert x >= 0.0, f"negative: {x}"
    return np.sqrt(x)


def noisy(x):
    print("once")
    return 1.0 / x


def inverse_sum(A):
    B = np.linalg.inv(A)
    return np.sum(B)


def vector(x):
    y = 2.0 * x
    return y * y


def complex_result(x):
    return x * 1j


def pair(x):
    return x, x


def nothing(x):
    x * x


def statistics(x, n):
    return {"mean": np.sum(x) / n, "parts": (x * x, n), "none": None}


def with_aux(x):
    return np.sum(x**2), {"count": len(x)}


def either(x):
    y = x if x[0] > 0.0 else np.sum(x)
    return y * 2.0


def starred(*xs, scale=2.0, **options):
    return scale * sum(x * x for x in xs) + options.get("shift", 0.0)


def triple(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return 3.0 * function(*args, **kwargs)

    return wrapper


class Double:
    def __init__(self, function):
        self.function = function
        functools.update_wrapper(self, function)

    def __call__(self, x):
        return 2.0 * self.function(x)


@triple
def tripled(x):
    return x * x


@Double
def doubled(x):
    return x * x


def overwrites(a, b):
    for k in range(2):
        a[k:][0] = 5.0
    return np.sum(a * b)


def copies_first(a, b):
    a = a.copy()
    a[0] = 5.0
    return np.sum(a * b)


def in_one_branch(x, y):
    if x < 1:
        z = math.exp(x * y)
        r = z * z
    else:
        r = x * y
    return r
