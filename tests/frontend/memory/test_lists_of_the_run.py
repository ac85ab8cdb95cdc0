"""Lists and tuples whose length the run alone knows: empty ones, and what tells a tuple from a list."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported

Program = Callable[[Any, int], Any]


def stacked(x, n):
    rows = [x * i for i in range(n)]
    return np.sum(x) + np.sum(np.stack(rows, axis=1) ** 2)


def joined(x, n):
    rows = [x * i for i in range(n)]
    return np.sum(x) + np.sum(np.concatenate(np.array(rows)) ** 2)


def in_columns(x, n):
    numbers = [x[0] * i for i in range(n)]
    return np.sum(np.column_stack(numbers) ** 2) + np.sum(np.vstack(numbers)) + np.sum(np.hstack(numbers))


def of_a_part(x, n):
    return np.sum(np.vstack(x[:n]) ** 2) + np.sum(np.stack(x[:n]) ** 3)


def stacked_in_vain(x, n):
    rows = [x * i for i in range(n)]
    np.stack(rows)
    return np.sum(x)


def told_by_a_handler(x, n):
    rows = [x * i for i in range(n)]
    try:
        np.stack(rows)
    except ValueError:
        return 2 * np.sum(x)
    return np.sum(x)


def along_an_axis_in_vain(x, n):
    rows = [x * i for i in range(n)]
    np.sum(rows, axis=1)
    return np.sum(x)


def mean_in_vain(x, n):
    rows = [x * i for i in range(n)]
    sum(rows) / len(rows)
    return np.sum(x)


def quotient_in_vain(x, n):
    s = 0
    if n > 1:
        s = x
    1 / s
    return np.sum(x)


def number_or_not(x, n):
    s = x[0] if n > 1 else 0.0
    return np.sum(x) + 1 / s


def number_in_a_list(x, n):
    s = [x[0]]
    for _ in range(n):
        s.append(0.0)
    1 // s[n]
    return np.sum(x)


PROGRAMS = (stacked, joined, in_columns, of_a_part, stacked_in_vain, told_by_a_handler, along_an_axis_in_vain)
PROGRAMS += (mean_in_vain, quotient_in_vain, number_or_not, number_in_a_list)


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("n", [0, 1, 3])
@pytest.mark.parametrize("f", PROGRAMS)
def test_derivative_raises_where_the_program_does(f: Program, n: int, backend: str) -> None:
    x = np.array([0.0, 2.0, 3.0])
    with np.errstate(all="ignore"):
        try:
            due = f(x, n)
        except (ValueError, ZeroDivisionError, np.exceptions.AxisError) as error:
            with pytest.raises(type(error)):
                srcad.value_and_grad(f, backend=backend)(x, n)
            return
        value, bar = srcad.value_and_grad(f, backend=backend)(x, n)
    np.testing.assert_allclose(value, due)
    if np.isfinite(due):
        moved = [(f(x + d, n) - f(x - d, n)) / 2e-6 for d in 1e-6 * np.eye(3)]
        np.testing.assert_allclose(bar, moved, atol=1e-6)


# ---- tuples


def kind(x, n):
    made = tuple(x * i for i in range(n))
    other = [x * i for i in range(n)]
    scale = 2.0 if isinstance(made, tuple) and type(made[1:]) is tuple and not isinstance(other, tuple) else 3.0
    return scale * np.sum(x) * (5.0 if type(made * 2) is tuple else 7.0)


def sums_of_tuples(x, n):
    made = tuple(x * i for i in range(n))
    before = made
    made += (x**2,)
    return sum(np.sum(one) for one in made) + 10.0 * len(before) * x[0]


def differ(x, n):
    made = tuple(float(i) for i in range(n))
    listed = list(made)
    return np.sum(x) * (2.0 if made == listed else 3.0) * (5.0 if made == tuple(listed) else 7.0)


def unpacked(x, n):
    first, *others = tuple(x * i for i in range(n + 1))
    others.append(first + x)
    others += [x]
    return sum(np.sum(one) for one in others) * (2.0 if isinstance(others, list) else 3.0)


def reduced(x, n):
    found = []
    for i in range(n):
        if x[i % 3] > 1.5:
            found.append(x[i % 3] * i)
    return functools.reduce(lambda a, b: 0.5 * a + b, found, x[0])


@pytest.mark.parametrize("f", [kind, sums_of_tuples, differ, unpacked, reduced])
def test_value_and_gradient(f: Program) -> None:
    x = np.array([1.0, 2.0, 3.0])
    for n in (0, 1, 4):
        value, bar = srcad.value_and_grad(f)(x, n)
        moved = [(f(x + d, n) - f(x - d, n)) / 2e-6 for d in 1e-6 * np.eye(3)]
        np.testing.assert_allclose(value, f(x, n))
        np.testing.assert_allclose(bar, moved, atol=1e-6)


def changed(x, n):
    made = tuple(x * i for i in range(n))
    made[0] = x
    return np.sum(x)


def grown(x, n):
    made = tuple(x * i for i in range(n))
    made.append(x)
    return np.sum(x)


def with_a_list(x, n):
    return len(tuple(x * i for i in range(n)) + [x * i for i in range(n)]) * np.sum(x)


@pytest.mark.parametrize(("f", "error"), [(changed, TypeError), (grown, AttributeError), (with_a_list, TypeError)])
def test_what_tuples_do_not_do(f: Program, error: type[Exception]) -> None:
    with pytest.raises(error):
        srcad.grad(f)(np.ones(3), 2)


def in_brackets(x, n):
    return np.sum(np.r_[tuple(x * i for i in range(n))])


def as_blocks(x, n):
    return np.sum(np.block([x * i for i in range(n)]))


@pytest.mark.parametrize("f", [in_brackets, as_blocks])
def test_refused(f: Program) -> None:
    with pytest.raises(NotYetSupported, match="known at run time only"):
        srcad.grad(f)(np.ones(3), 2)
