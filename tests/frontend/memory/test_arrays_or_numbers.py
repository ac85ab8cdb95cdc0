"""Lists of the run whose elements may be arrays, of any rank, or numbers: whoever looks sees changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported


def changed_under_its_own_name(x, s, k):
    a = x * 1.0
    rows = [0.0] * 2
    rows[k] = a
    seen = rows[k]
    a[0] *= s
    return np.sum(seen)


def changed_by_a_name_of_the_element(x, s, k):
    rows = [0.0] * (k + 1)
    rows[k] = x * 1.0
    one = rows[k]
    one *= s
    return np.sum(rows[k])


def changed_part_of_an_element(x, s, k):
    rows = [0.0] * (k + 1)
    rows[k] = x * 1.0
    part = rows[k][1:]
    part[0] = s
    return np.sum(rows[k])


def changed_where_none_was(x, s, k):
    rows = [None] * (k + 1)
    rows[k] = x * 1.0
    one = rows[k]
    one *= s
    return np.sum(rows[k])


def of_two_ranks(x, s, k):
    rows = []
    v = x.reshape(1, -1)
    for i in range(k + 1):
        v = 0.8 * v + 0.1 * i
        rows.append(v)
    more = [*rows, rows[-1].reshape(-1)[::-1]]
    other = rows + [rows[-1].reshape(-1)[::-1]]
    part = other[0][:1]
    part *= s
    return np.sum(np.sin(rows[0])) + np.sum(more[-1])


def added_up_by_place(x, s, k):
    sums = [0.0] * (k + 2)
    for i in range(k + 2):
        for _ in range(3):
            sums[i] += s * x * i
    return np.sum(sums[k] * sums[k + 1])


def number_added_to(x, s, k):
    rows = [x * s] + [0.0] * k
    rows[k] = s
    before = rows[k]
    rows[k] += 2.0
    return np.sum(before * x) + np.sum(rows[k] * x)


def array_added_to_by_place(x, s, k):
    a = x * s
    rows = [0.0] * (k + 1)
    rows[k] = a
    rows[k] += 2.0
    return np.sum(a * x)


CASES: list[Callable[..., Any]] = [
    *(changed_under_its_own_name, changed_by_a_name_of_the_element, changed_part_of_an_element),
    *(changed_where_none_was, of_two_ranks, added_up_by_place, number_added_to, array_added_to_by_place),
]
X = np.linspace(0.3, 1.0, 4)


@pytest.mark.parametrize("f", CASES)
def test_value_and_slope(f: Callable[..., Any]) -> None:
    for s in (0.3, 0.9):
        value, slope = srcad.value_and_grad(f, 1)(X, s, 1)
        np.testing.assert_allclose(value, f(X, s, 1), rtol=1e-12)
        np.testing.assert_allclose(slope, (f(X, s + 1e-6, 1) - f(X, s - 1e-6, 1)) / 2e-6, rtol=1e-6)


def as_many_as_it_takes(x, s):
    rows = [0.0]
    while np.sum(x) > s:
        x = 0.5 * x
        rows.append(x)
    last = rows[-1]
    last *= s
    return np.sum(rows[-1])


def test_what_may_be_an_array_is_not_changed_in_place() -> None:
    with pytest.raises(NotYetSupported, match="an array or a number"):
        srcad.grad(as_many_as_it_takes, 1)(X, 0.3)
