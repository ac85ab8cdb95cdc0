"""What the passes over the loop IR prove is so, and what they can't prove is still checked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

RNG = np.random.default_rng(5)


def neighbours(x: Any) -> Any:
    total = 0.0
    for i in range(1, len(x) - 1):
        total += x[i - 1] * x[i + 1] - x[i] ** 2
    return total


def from_the_end(x: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        total += x[-i - 1] * x[len(x) - 1 - i] + x[i - 1] * 0.5
    return total


def triangle(a: Any) -> Any:
    n = a.shape[0]
    b = np.zeros((n, n))
    for i in range(n):
        for j in range(i + 1):
            s = a[i, j]
            for k in range(j):
                s -= b[i, k] * b[j, k]
            b[i, j] = np.tanh(s)
    return np.sum(b)


def strided(x: Any) -> Any:
    total = 0.0
    for i in range(0, len(x), 3):
        for j in range(len(x) - 1, i, -2):
            total += x[i] * x[j]
    return total


def recurrence(x: Any) -> Any:
    a, b = x[0], x[1]
    for i in range(2, len(x)):
        a, b = b * np.sin(a) + x[i], a * np.cos(b)
    return a * b


def twice(x: Any) -> Any:
    """A tape that is filled by two loops, one of which may be left early."""
    y = 1.0
    for i in range(len(x)):
        y = y * np.cos(x[i] * y)
    for i in range(len(x)):
        y = y + np.sin(y * x[i])
        if y > 2.0:
            break
    return y


def grown(x: Any) -> Any:
    y = x
    for _ in range(3):
        y = np.concatenate([y, y[:1]])
        for i in range(len(y) - 1):
            y = y * np.cos(y[i + 1])
    return np.sum(y)


PROGRAMS = (neighbours, from_the_end, strided, recurrence, twice, grown)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
@pytest.mark.parametrize("n", [2, 3, 8, 17])
def test_vectors(function: Callable[..., Any], n: int) -> None:
    x = RNG.normal(size=n)
    native, plain = (srcad.value_and_grad(function, backend=backend)(x) for backend in ("native", "numpy"))
    np.testing.assert_allclose(native[0], plain[0], rtol=1e-12)
    np.testing.assert_allclose(native[1], plain[1], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("n", [2, 5, 9])
def test_a_matrix(n: int) -> None:
    a = RNG.normal(size=(n, n))
    native, plain = (srcad.grad(triangle, backend=backend)(a) for backend in ("native", "numpy"))
    np.testing.assert_allclose(native, plain, rtol=1e-12, atol=1e-14)


def beyond(x: Any, y: Any) -> Any:
    total = 0.0
    for i in range(len(x)):
        total += x[i] * y[i]
    return total


def too_far(x: Any, n: int) -> Any:
    total = 0.0
    for i in range(n):
        total += x[i] ** 2
    return total


def before_the_front(x: Any, n: int) -> Any:
    total = 0.0
    for i in range(n):
        total += x[-i] * x[0]
    return total


def test_what_may_be_out_of_range_is_checked() -> None:
    with pytest.raises(IndexError):
        srcad.grad(beyond, backend="native")(np.ones(4), np.ones(3))
    for function in (too_far, before_the_front):
        gradient = srcad.grad(function, backend="native")
        np.testing.assert_allclose(gradient(np.ones(4), 3), srcad.grad(function)(np.ones(4), 3))
        with pytest.raises(IndexError):
            gradient(np.ones(4), 6)


@pytest.mark.parametrize("function", [neighbours, recurrence], ids=lambda function: function.__name__)
def test_inner_loops_have_one_way_out(function: Callable[..., Any]) -> None:
    source = srcad.grad(function, backend="native").source(np.ones(5), language="c")
    kernel = source[source.rindex("EXPORTED int") :]
    loops = re.findall(r"CHUNKS\(.*?\n    \}", kernel, re.DOTALL)
    assert loops and not any("return" in loop or "PUSH" in loop or "POP" in loop for loop in loops)
