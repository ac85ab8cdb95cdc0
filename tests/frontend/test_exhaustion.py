"""Iterators that have a name: used once they are fine, twice they are refused, as nothing would be left of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad

X = np.array([1.0, 2.0, 3.0])


def zip_twice(x):
    pairs = zip(x, x[1:])
    return sum(a * b for a, b in pairs) + sum(a + b for a, b in pairs)


def generator_twice(x):
    squares = (v * v for v in x)
    return sum(squares) + sum(squares)


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


@pytest.mark.parametrize("function", [zip_twice, generator_twice, map_in_two_loops, made_outside_of_the_loop])
def test_refused(function: Callable[..., Any]) -> None:
    with pytest.raises(srcad.errors.NotYetSupported, match="more than once") as caught:
        srcad.grad(function)(X)
    assert caught.value.span is not None
    assert caught.value.span.line == function.__code__.co_firstlineno + 1


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


def test_used_once() -> None:
    np.testing.assert_allclose(srcad.grad(used_once)(X), [2 + 2, 4 + 4 + 2, 6 + 2 + 4])
