"""What enters a slot that holds more: it stays what it is in Python, and its type says what becomes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.frontend.read import read
from srcad.ops.catalogue import result_types
from srcad.trace.verifier import verify
from srcad.trace.walk import walk

X, ROWS = np.array([0.3, 0.7, 1.1]), np.array([[0.2, 0.5, 0.1], [0.4, 0.3, 0.9]])


def zero_before_a_sum_of_arrays(x: Any, rows: Any) -> Any:
    s = 0
    for row in rows:
        s = s + row * x
    return np.sum(s * s)


def int_beside_a_float(x: Any, rows: Any) -> Any:
    n = len(rows)
    y = n if x[0] > 1.0 else x[0] * x[1]
    return y * x[2]


def bool_beside_a_float(x: Any, rows: Any) -> Any:
    y = x[1] > 5.0 and x[0]
    return y * x[1] + x[2] ** 2


def none_until_set(x: Any, rows: Any) -> Any:
    last, total = None, 0.0
    for row in rows:
        y = row @ x
        if last is not None:
            total = total + (y - last) ** 2
        last = y
    return total


def number_without_axes(x: Any, rows: Any) -> Any:
    total = np.array(0.0)
    for v in x:
        total = total + v**2
    return total


def single_beside_double(x: Any, rows: Any) -> Any:
    y = x.astype(np.float32) if rows[0, 0] > 0.0 else 2.0 * x
    return np.sum(y * y)


PROGRAMS = [
    zero_before_a_sum_of_arrays,
    int_beside_a_float,
    bool_beside_a_float,
    none_until_set,
    number_without_axes,
    single_beside_double,
]


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_gradients(function: Callable[..., Any]) -> None:
    tolerance = 1e-3 if function is single_beside_double else 1e-6
    gradient = srcad.grad(function)(X, ROWS)
    assert gradient.dtype == np.float64 and gradient.shape == X.shape
    for k, unit in enumerate(np.eye(3)):
        h = 1e-2 if function is single_beside_double else 1e-5
        change = (float(function(X + h * unit, ROWS)) - float(function(X - h * unit, ROWS))) / (2 * h)
        assert gradient[k] == pytest.approx(change, rel=tolerance, abs=tolerance)
    _, pushed = srcad.jvp(function, (X, ROWS), (np.ones(3), np.zeros_like(ROWS)))
    assert pushed == pytest.approx(gradient.sum(), rel=1e-5)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_traces_are_well_formed(function: Callable[..., Any]) -> None:
    trace = read(function, (X, ROWS), {}, (0,)).trace
    verify(trace, result_types)
    entries = [e for e in walk(trace.body) if e.op == "known_as"]
    assert bool(entries) == (function is not none_until_set)
    assert all(entry.params["to"] == entry.result.type for entry in entries)


def test_a_loop_that_does_not_run_leaves_what_was_there() -> None:
    def value(x: Any, rows: Any) -> Any:
        s = 0
        for row in rows:
            s = s + row * x
        return s

    found, _ = srcad.jvp(value, (X, ROWS[:0]), (X, ROWS[:0]))
    assert np.array_equal(found, value(X, ROWS[:0]))
