"""Lists with items of different kinds that are longer on one way than on another."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.linspace(0.3, 1.0, 4)


def never_read_again(x, s, k):
    kept = [x]
    if s > 0.5:
        kept.append((x, s))
        x = x * s
    return np.sum(x) * s


def read_by_a_count(x, s, k):
    kept = [x * s]
    if k == 0:
        kept[1:] = [[s, 2.0 * s]]
    return np.sum(kept[0]) + len(kept) * s


def read_by_a_length(x, s, k):
    kept = [x * s]
    if len(x) > 3:
        kept.append([s])
    total = s
    for one in kept:
        total = total + np.sum(one)
    return total


def deleted_from_one_of_two(x, s, k):
    rows, others = [x * s, x], [s * x * x, x]
    some = rows if s > 0.5 else others
    del some[1]
    return np.sum(rows[-1] * others[-1]) + len(rows)


def holding_itself(x, s, k):
    rows = [x * s]
    if s > 0.5:
        rows.append(rows)
    return np.sum(x) * s


def made_to_hold_itself_in_turns(x, s, k):
    rows = [x * s]
    for _ in range(k + 1):
        rows.append((rows, s))
    return np.sum(x) * s


def read_again(x, s, k):
    kept = [x]
    if s > 0.5:
        kept.append((x, s))
    return np.sum(kept[k * 0]) * s


CASES: list[Callable[..., Any]] = [
    never_read_again,
    read_by_a_count,
    read_by_a_length,
    deleted_from_one_of_two,
    holding_itself,
    read_again,
    made_to_hold_itself_in_turns,
]


@pytest.mark.parametrize("f", CASES)
def test_value_and_slope(f: Callable[..., Any]) -> None:
    derived = srcad.value_and_grad(f, 1)
    for x, s, k in [(X, 0.3, 0), (X, 0.9, 1), (X[:2], 0.9, 0), (X, 0.9, 0)]:
        value, slope = derived(x, s, k)
        np.testing.assert_allclose(value, f(x, s, k), rtol=1e-12)
        np.testing.assert_allclose(slope, (f(x, s + 1e-6, k) - f(x, s - 1e-6, k)) / 2e-6, rtol=1e-6)
