"""Iterators can be run through once: a second time there is nothing, or it is refused where that isn't known."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([1.0, 2.0, 3.0])


def total_twice(values):
    return sum(values) + 10 * sum(values)


def pairs_twice(pairs):
    total = 0.0
    for a, b in pairs:
        total += a * b
    for a, b in pairs:
        total += 10 * a * b
    return total


def first_and_rest(values):
    total = 0.0
    for v in values:
        total += v
        break
    for v in values:
        total += 100 * v
    return total


def handed_on(*iterators):
    return pairs_twice(*iterators)


def squares_of(x):
    return (v * v for v in x)


class Holder:
    def __init__(self, values):
        self.values = values

    def total(self):
        return sum(self.values)


def zip_twice(x):
    pairs = zip(x, x[1:])
    return sum(a * b for a, b in pairs) + sum(a + b for a, b in pairs)


def map_in_two_loops(x):
    values = map(np.sin, x)
    total = 0.0
    for v in values:
        total += v
    for v in values:
        total += v
    return total


def made_outside_of_the_loop(x):
    values = enumerate(x)
    total = 0.0
    for _ in range(2):
        for k, v in values:
            total += k * v
    return total


def made_outside_of_a_loop_of_the_run(x):
    values = zip(x, x)
    total = x[0]
    while total < 100.0:
        total += 1.0
        for a, b in values:
            total += a * b
    return total


def in_one_branch_and_afterwards(x):
    values = zip(x, x)
    total = 0.0
    if x[0] > 0.5:
        total += sum(a * b for a, b in values)
    return total + sum(a + b for a, b in values)


def in_a_closure(x):
    values = map(np.sin, x)

    def total():
        return sum(values)

    return total() + total()


def in_an_object(x):
    holder = Holder(v * v for v in x)
    return holder.total() + 10 * holder.total()


def in_a_dict(x):
    kept = {"pairs": zip(x, x)}
    return pairs_twice(kept["pairs"])


def of_known_items(x):
    values = itertools.chain([x[0], x[1]], [x[2]])
    return sum(values) + 10 * sum(values)


TWICE = [
    zip_twice,
    map_in_two_loops,
    made_outside_of_the_loop,
    in_a_closure,
    in_an_object,
    in_a_dict,
    of_known_items,
    lambda x: total_twice(v * v for v in x),
    lambda x: total_twice(squares_of(x)),
    lambda x: total_twice(filter(lambda v: True, [x[0], x[1]])),
    lambda x: pairs_twice(zip(x, x)),
    lambda x: pairs_twice(enumerate(x)),
    lambda x: handed_on(zip(x, x)),
    made_outside_of_a_loop_of_the_run,
]


@pytest.mark.parametrize("function", TWICE)
def test_nothing_is_left_the_second_time(function: Callable[..., Any]) -> None:
    value, gradient = srcad.value_and_grad(function)(X + 0.1)
    np.testing.assert_allclose(value, function(X + 0.1))
    np.testing.assert_allclose(np.sum(gradient), differences(function, X + 0.1), rtol=1e-7)


def differences(function: Callable[..., Any], x: np.ndarray, step: float = 1e-4) -> float:
    """The derivative along the vector of ones, by central differences of fourth order."""
    near, far = (function(x + h) - function(x - h) for h in (step, 2 * step))
    return float((8 * near - far) / (12 * step))


PARTLY = [
    in_one_branch_and_afterwards,
    lambda x: first_and_rest(reversed([x[0], x[1]])),
    lambda x: first_and_rest(zip(x, x)) if x[0] > 5 else first_and_rest(map(np.sin, x)),
]


@pytest.mark.parametrize("function", PARTLY)
def test_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(srcad.errors.NotYetSupported, match="more than once") as caught:
        srcad.grad(function)(X)
    assert caught.value.span is not None


def teed_before_a_change(x):
    y = x.copy()
    one, two = itertools.tee(y)
    y[0] = x[1]
    return sum(one) + sum(two)


def test_elements_that_have_changed_since_are_refused() -> None:
    with pytest.raises(srcad.errors.NotYetSupported, match="has changed since an iterator over it was made"):
        srcad.grad(teed_before_a_change)(X)


def used_once(x):
    pairs = zip(x, x[1:])
    squares = (v * v for v in x)
    total = sum(squares)
    for a, b in pairs:
        total += a * b
    for _ in range(2):
        again = enumerate(x)
        for k, v in again:
            total += k * v
    return total


def in_either_branch(x):
    values = map(np.sin, x)
    return sum(values) if x[0] > 0.5 else 2 * sum(values)


def late(x):
    """What a generator reads is read as it runs."""
    factor, y = 2.0, x.copy()
    values = (factor * v for v in y)
    factor = 3.0
    y[0] = 5.0
    return sum(values)


def early(x):
    """What its first `for` runs over is looked up at once."""
    y = x * 1.0
    values = (v * v for v in y)
    y = y * 3
    return sum(values)


def by_builtins(x):
    a = max(v * v for v in x) + min(map(np.sin, x)) + sum(tuple(v + 1 for v in x))
    b = [*(v * x[0] for v in x)]
    b.extend(v for v in x)
    return a + sum(sorted(filter(lambda v: True, [x[1], x[0]]))) + b[1] + b[-1] + next(v for v in x if v > 1.5)


@pytest.mark.parametrize(
    ("function", "due"),
    [
        (used_once, [2 + 2, 4 + 4 + 2, 6 + 2 + 4]),
        (in_either_branch, np.cos(X)),
        (late, [0.0, 3.0, 3.0]),
        (early, 2 * X),
        (by_builtins, [1 + 1 + 2, 1 + 1 + 1 + 1, 6 + np.cos(3.0) + 1 + 1]),
    ],
)
def test_right(function: Callable[..., Any], due: Any) -> None:
    value, gradient = srcad.value_and_grad(function)(X)
    np.testing.assert_allclose(value, function(X))
    np.testing.assert_allclose(gradient, due)
