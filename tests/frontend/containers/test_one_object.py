"""`is` on numbers, arrays and what is in containers: as Python says, or refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

Program = Callable[[Any, int], Any]


def sums_handed_on(x, n):
    s = x[0]
    for _ in range(n):
        s = s + 1.0
    t = s
    return np.sum(x) * (2.0 if t is s else 3.0)


def numbers_made_twice(x, n):
    return np.sum(x) * (2.0 if x[0] * 2.0 is x[0] * 2.0 else 3.0)


def bools(x, n):
    return np.sum(x) * (2.0 if (n > 2) is True else 3.0) * (5.0 if (x[0] > 0.0) is True else 7.0)


def an_int_itself(x, n):
    return np.sum(x) * (2.0 if n is n else 3.0)


def an_array_itself(x, n):
    y = x * 2.0
    z = y
    return np.sum(x) * (2.0 if z is y else 3.0) * (5.0 if z is x else 7.0)


def chosen(x, n):
    y = x * 1.0
    best = x if n > 2 else y
    best[0] = 3.0 * best[1]
    return np.sum(x) * (2.0 if best is x else 3.0) + np.sum(y)


def places(x, n):
    rows = [x * i for i in range(n)]
    return np.sum(x) * sum(1.0 for row in rows if row is rows[1]) * (2.0 if rows[-1] is rows[n - 1] else 3.0)


def numbers_in_a_list(x, n):
    found = [x[0] * i for i in range(n)]
    one = found[1]
    return np.sum(x) * (2.0 if one is found[1] else 3.0)


def functions(x, n):
    def double(y):
        return 2.0 * y

    def triple(y):
        return 3.0 * y

    f = double
    return np.sum(f(x)) * (2.0 if f is double else 3.0) * (5.0 if f is triple else 7.0)


def nothing(x, n):
    found = None if n > 2 else x[0]
    return np.sum(x) * (2.0 if found is None else 3.0)


def views(x, n):
    part = x[1:]
    return np.sum(x) * (2.0 if part is x[1:] else 3.0)


PROGRAMS = (sums_handed_on, numbers_made_twice, bools, an_int_itself, an_array_itself, chosen, places)
PROGRAMS += (numbers_in_a_list, functions, nothing, views)


@pytest.mark.parametrize("f", PROGRAMS)
def test_known(f: Program) -> None:
    for n in (2, 3):
        value, bar = srcad.value_and_grad(f)(np.array([1.0, 2.0, 3.0]), n)
        moved = [
            (f(np.array([1.0, 2.0, 3.0]) + d, n) - f(np.array([1.0, 2.0, 3.0]) - d, n)) / 2e-6 for d in 1e-6 * np.eye(3)
        ]
        np.testing.assert_allclose(value, f(np.array([1.0, 2.0, 3.0]), n))
        np.testing.assert_allclose(bar, moved, atol=1e-6)


def elements(x, n):
    return np.sum(x) * (2.0 if x[0] is x[0] else 3.0)


def repeated(x, n):
    rows = [x * 1.0] * n
    return np.sum(x) * (2.0 if rows[0] is rows[n - 1] else 3.0)


def kept_in_a_loop(x, n):
    rows = [x * i for i in range(n)]
    best = rows[0]
    for row in rows:
        if np.sum(row) > np.sum(best):
            best = row
    return np.sum(x) * (2.0 if best is rows[-1] else 3.0)


@pytest.mark.parametrize("f", [elements, repeated, kept_in_a_loop])
def test_unknown(f: Program) -> None:
    with pytest.raises(NotYetSupported, match="one object"):
        srcad.grad(f)(np.ones(3), 3)


# ---- deleting


def deleted(x, n, k):
    rows = [x * i for i in range(n)]
    del rows[k]
    return np.sum(x) + sum((j + 1.0) * np.sum(row) for j, row in enumerate(rows))


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_deleted_items_are_there(backend: str) -> None:
    x, derived = np.ones(2), srcad.value_and_grad(deleted, backend=backend)
    for n, k in [(3, 0), (3, 2), (3, -1), (3, -3), (1, 0)]:
        assert derived(x, n, k)[0] == deleted(x, n, k)
    for n, k in [(0, 0), (0, -1), (3, 3), (3, -4), (1, 7)]:
        with pytest.raises(IndexError):
            derived(x, n, k)
