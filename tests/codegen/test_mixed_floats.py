"""Floats of 32 bits beside NumPy's numbers of 64, and beside Python's, which take the dtype of what they meet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

Y = np.linspace(0.3, 1.0, 5).astype(np.float32)
S = 0.3


def made(y, s):
    return np.sum(y + np.float64(s))


def made_of_a_constant(y, s):
    return np.sum(y + np.float64(2.0) * s)


def product(y, s):
    return np.sum(y * np.multiply(s, s))


def power(y, s):
    return np.sum(y * np.float64(s) ** 2)


def sine(y, s):
    return np.sum(y * np.sin(s))


def pythons(y, s):
    return np.sum(y * (s * s + 1.0))


def stored(y, s):
    y = y.copy()
    y[1:] += np.float64(s)
    return np.sum(y)


def count(y, s):
    return np.sum(y * np.int64(len(y))) * s


def in_turns(y, s):
    for _ in range(3):
        y = y * np.float64(s) + np.positive(s)
    return np.sum(y)


def added_at(y, s):
    y = y.copy()
    np.add.at(y, 1, s)
    np.add.at(y, [0, 0, 2], s)
    np.subtract.at(y, slice(1, 3), s)
    return np.sum(np.sin(y))


def added_array_at(y, s):
    y = y.copy()
    np.add.at(y, [0, 0, 2], np.array([s, 0.1, 0.7]))
    return np.sum(np.sin(y))


CASES: list[Callable[..., Any]] = [
    *(made, made_of_a_constant, product, power, sine, pythons, stored, count, in_turns, added_at, added_array_at)
]


@pytest.mark.parametrize("f", CASES)
def test_value(f: Callable[..., Any]) -> None:
    """Bit for bit, and of the same dtype."""
    for s in (S, 0.1, 1.0 / 3.0):
        value, (y_bar, _) = srcad.value_and_grad(f, (0, 1))(Y, s)
        assert type(value) is type(f(Y.copy(), s))
        assert value == f(Y.copy(), s)
        assert y_bar.dtype == np.float32


@pytest.mark.parametrize("f", CASES)
def test_slope(f: Callable[..., Any]) -> None:
    wide = Y.astype(float)
    slope = srcad.grad(f, 1)(Y, S)
    np.testing.assert_allclose(slope, (f(wide, S + 1e-6) - f(wide, S - 1e-6)) / 2e-6, rtol=1e-5)
