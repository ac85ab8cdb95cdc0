"""Elements taken from lists of None, into which the program puts arrays and lists that it changes afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad


def array_under_its_own_name(x, n):
    rows = [None] * n
    c = np.array([1.0, 2.0])
    for i in range(n):
        rows[i] = c
    v = rows[0]
    c[0] = 7.0
    return np.sum(v * x)


def array_in_the_turns(x, n):
    rows = [None] * n
    c = np.array([1.0, 2.0])
    s, v = 0.0, c
    for i in range(n):
        s = s + np.sum(v * x)
        c[0] += 1.0
        rows[i] = c
        v = rows[i]
    return s


def array_by_the_element(x, n):
    rows = [None] * n
    for i in range(n):
        rows[i] = x * i
    v = rows[1]
    v[0] = 3.0
    return np.sum(rows[1] * x)


def array_among_numbers(x, n):
    rows = [None, 3] * n
    c = np.array([1.0, 2.0])
    for i in range(n):
        rows[i] = c
    v = rows[0]
    c[0] = 7.0
    return np.sum(v * x)


def array_in_a_pair(x, n):
    rows = [None] * n
    c = np.array([1.0, 2.0])
    for i in range(n):
        rows[i] = (c, i)
    v = rows[0][0]
    c[0] = 7.0
    return np.sum(v * x)


def array_in_a_dict_of_none(x, n):
    c = np.array([1.0, 2.0])
    rows = dict.fromkeys(range(n))
    for i in range(n):
        rows[i] = c
    v = rows[0]
    c[0] = 7.0
    return np.sum(v * x)


def item_of_a_list(x, n):
    rows = [None] * n
    c = [1.0, 2.0]
    for i in range(n):
        rows[i] = c
    v = rows[0]
    c[0] = 7.0
    return v[0] * x[0] + v[1] * x[1]


def list_that_grows(x, n):
    rows = [None] * n
    c = [1.0, 2.0]
    for i in range(n):
        rows[i] = c
    v = rows[0]
    for i in range(n):
        c.append(3.0 * i)
    return sum(v) * x[0] + x[1]


def value_of_a_dict(x, n):
    rows = [None] * n
    c = {"a": 1.0}
    for i in range(n):
        rows[i] = c
    v = rows[0]
    c["a"] = 7.0
    return v["a"] * x[0] + x[1]


PROGRAMS: list[Callable[..., Any]] = [
    *(array_under_its_own_name, array_in_the_turns, array_by_the_element, array_among_numbers, array_in_a_pair),
    *(array_in_a_dict_of_none, item_of_a_list, list_that_grows, value_of_a_dict),
]


@pytest.mark.parametrize("program", PROGRAMS)
def test_changes_are_seen(program: Callable[..., Any]) -> None:
    x, step = np.array([1.3, 0.7]), 1e-6
    value, gradient = srcad.value_and_grad(program)(x, 3)
    assert value == pytest.approx(program(x, 3), rel=1e-14)
    for k, shift in enumerate(np.eye(2)):
        slope = (program(x + step * shift, 3) - program(x - step * shift, 3)) / (2 * step)
        assert gradient[k] == pytest.approx(slope, rel=1e-7)
        assert srcad.jvp(program, (x, 3), (shift, None))[1] == pytest.approx(gradient[k], rel=1e-12)
