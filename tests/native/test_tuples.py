"""Tuples in lists and loops run as C, with numbers, arrays and lists in them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad

pytestmark = pytest.mark.own_maker  # for Numba, tuples stay in Python


def pairs(x: float, n: int) -> Any:
    out = []
    for k in range(n):
        out.append((x * k, np.sin(x) + k, k))
    total = 0.0
    for a, b, k in out:
        total = total + a * b * k
    return total


def edges(x: Any, n: int) -> Any:
    total = 0.0
    for _ in range(n):
        for i, j in [(0, 1), (1, 2), (2, 0)]:
            total = total + x[i] * x[j] * np.cos(total)
    return total


def rows(a: Any) -> Any:
    parts = []
    for k in range(len(a)):
        parts.append((a[k] * k, a[k].sum()))
    total = 0.0
    for row, whole in parts:
        total = total + np.sum(row * whole)
    for row, whole in reversed(parts):
        total = total * 0.5 + np.max(row) * whole
    return total


def stack(x: float, n: int) -> Any:
    """The last in is the first out."""
    todo, total = [(x, n)], 0.0
    while todo:
        value, depth = todo.pop()
        total = total + np.sin(value) * depth
        if depth > 0:
            todo.append((value * 0.5, depth - 1))
            todo.append((value + 0.3, depth - 2))
    return total


def lists_inside(x: Any, n: int) -> Any:
    found = []
    for k in range(n):
        powers = []
        for j in range(k + 1):
            powers.append(x[j] ** 2)
        found.append((powers, x * k))
    total = 0.0
    for powers, scaled in found:
        for one in powers:
            total = total + one * np.sum(scaled)
    return total


def written(x: Any) -> Any:
    """What is written to one array isn't seen in a tuple that holds another."""
    kept = []
    y = x * 2
    for k in range(len(x)):
        kept.append((y.copy(), k))
        y[k] = y[k] * x[0]
    total = 0.0
    for row, k in kept:
        total = total + row[k] * np.sum(row)
    return total


X = np.linspace(0.2, 1.1, 4)
PROGRAMS: dict[Any, tuple[Any, ...]] = {
    pairs: (0.3, 4),
    edges: (X, 3),
    rows: (np.random.default_rng(0).normal(size=(3, 4)),),
    stack: (0.7, 5),
    lists_inside: (X, 3),
    written: (X,),
}


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_programs(function: Any) -> None:
    args = PROGRAMS[function]
    native = srcad.value_and_grad(function, backend="native")
    for _ in range(2):
        for found, due in zip(native(*args), srcad.value_and_grad(function)(*args), strict=True):
            np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-14)
    assert "Python:" not in native.kernels(*args)
    np.testing.assert_allclose(srcad.jit(function)(*args), function(*args), rtol=1e-13)
