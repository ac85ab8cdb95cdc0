"""Loops over lists that their turns change: items are met where Python's index finds them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

X = np.linspace(0.3, 1.0, 3)


def appended(x, s):
    rows, total = [x, s * x], 0.0
    for v in rows:
        total = total + np.sum(v)
        if len(rows) < 5:
            rows.append(v * s)
    return total


def deleted(x, s):
    rows, total = [x, s * x, s], 0.0
    for v in rows:
        total = total + np.sum(v)
        del rows[0]
    return total * s


def reversed_until_it_is_large(x, s):
    rows, total = [x, s * x, s, 2.0], 0.0
    for v in rows:
        rows.reverse()
        total = total + np.sum(v)
        if total * s > 3.0:
            break
    else:
        total = total * s
    return total * s


def left_by_return(x, s):
    rows = [s, 2.0 * s, 3.0]
    for v in rows:
        rows.insert(1, v * s)
        if v > 0.5 or len(rows) > 6:
            return v * len(rows)
    return 0.0


def taken_in_a_generator(x, s):
    rows = [s, s * s, 2.0]
    return sum(rows.pop() * v for v in rows)


def taken_in_a_comprehension(x, s):
    rows = [s, s * s, 2.0]
    return np.sum(np.array([v * rows.pop() for v in rows]))


def continued(x, s):
    rows, total = [s, s * s, 2.0, s + 1.0], 0.0
    for v in rows:
        if v > 1.0:
            continue
        rows.pop()
        total += v
    return total


CASES: list[Callable[..., Any]] = [
    *(appended, deleted, reversed_until_it_is_large, left_by_return),
    *(taken_in_a_generator, taken_in_a_comprehension),
]


@pytest.mark.parametrize("f", CASES)
def test_value_and_slope(f: Callable[..., Any]) -> None:
    for s in (0.3, 2.0):
        value, slope = srcad.value_and_grad(f, 1)(X, s)
        np.testing.assert_allclose(value, f(X, s), rtol=1e-12)
        np.testing.assert_allclose(slope, (f(X, s + 1e-6) - f(X, s - 1e-6)) / 2e-6, rtol=1e-6)


def test_a_length_that_the_run_decides_is_refused() -> None:
    with pytest.raises(NotYetSupported, match="while it is iterated"):
        srcad.grad(continued, 1)(X, 0.3)
