"""Lists of numbers, of arrays and of lists: what Python does with them, and their adjoints."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

PROGRAMS: list[Callable[..., Any]] = []


def program(function: Callable[..., Any]) -> Callable[..., Any]:
    PROGRAMS.append(function)
    return function


@program
def of_arrays(x: Any) -> Any:
    parts = [x * k for k in range(4)]
    for k in range(4):
        parts[k] = parts[k] * parts[k - 1] + x
    return np.sum(parts[0] * parts[3]) + np.sum(parts[2])


@program
def nested(x: Any) -> Any:
    table = [[x[i] * x[j] for j in range(len(x))] for i in range(len(x))]
    for i in range(1, len(x)):
        for j in range(len(x)):
            table[i][j] = table[i][j] * table[i - 1][j] + x[j]
    s = 0.0
    for row in table:
        for value in row:
            s = s + value
    return s


@program
def sliced(x: Any) -> Any:
    values = [x[k] ** 2 for k in range(len(x))]
    s = 0.0
    for value in values[1:-1]:
        s = s + value
    for value in values[::-2]:
        s = s * 0.5 + value
    return s + values[::-1][0]


@program
def put_together(x: Any) -> Any:
    first = [x[0], x[1]]
    both = first + [x[2] * x[3]] + [0.5] * 3
    s = 1.0
    for value in both * 2:
        s = s * (value + 1.0)
    return s


@program
def spliced(x: Any) -> Any:
    values = [x[k] for k in range(len(x))]
    values[1:3] = [x[0] * x[1], 2.0, x[3]]
    s = 0.0
    for k in range(len(values)):
        s = s + (k + 1) * values[k] ** 2
    return s


@program
def rows_are_kept(x: Any) -> Any:
    state = x.copy()
    history = [state.copy()]
    for _ in range(5):
        state = state + 0.1 * np.sin(state) * history[-1]
        history.append(state)
    total = 0.0
    for one in history[::2]:
        total = total + np.sum(one * history[0])
    return total


@program
def overwritten_later(x: Any) -> Any:
    rows = [x.copy(), 2.0 * x]
    kept = list(rows)
    rows[0] = rows[0] * rows[1]
    rows[0][1] = 3.0 * x[0]
    return np.sum(rows[0] * kept[0]) + np.sum(rows[0] ** 2 * kept[1])


@program
def roles_move_round(x: Any) -> Any:
    """What is stored into an array is there before the array is added to a list of adjoints."""
    buffers = [x.copy(), 0.5 * x, np.zeros_like(x)]
    for n in range(5):
        old, now, new = (buffers[(n + k) % 3] for k in range(3))
        new[:] = 2 * now - old - 0.1 * np.sin(now)
        new[0] = now[-1]
    return np.sum(buffers[0] * buffers[2])


@program
def filled_and_kept(x: Any) -> Any:
    rows = []
    for k in range(3):
        row = np.zeros(len(x))
        row[:] = x * k
        row[1:] = row[:-1] * x[1:]
        rows.append(row)
    kept = [row.copy() for row in rows]
    return np.sum(np.array(rows) ** 2) + np.sum(kept[1] * kept[2])


X = np.array([0.5, -1.2, 0.7, 2.0])


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_like_numpy(function: Callable[..., Any]) -> None:
    given = copy.deepcopy(X)
    np.testing.assert_allclose(srcad.jit(function)(given), function(given), rtol=1e-13)
    for derive in (srcad.grad, srcad.hessian, lambda f, **how: lambda x: srcad.jvp(f, (x,), (x + 1.0,), **how)[1]):
        native, plain = derive(function, backend="native"), derive(function)
        np.testing.assert_allclose(native(given), plain(given), rtol=1e-12)
    np.testing.assert_array_equal(given, X)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_all_of_it_is_c(function: Callable[..., Any]) -> None:
    for derived in (srcad.jit(function), srcad.grad(function, backend="native")):
        assert "Python:" not in derived.kernels(X)
