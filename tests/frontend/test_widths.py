"""Ints that may exceed the 64 bits of a machine: their types say so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.frontend.read import read
from srcad.trace.types import Scalar
from srcad.trace.walk import walk
from srcad.trace.widths import COUNT, WIDE, WORD, width_of

X = np.array([0.3, 0.7, 1.1])


def lengths(x: Any, n: int) -> Any:
    k = len(x) + n - 1
    return np.sum(x) * k


def flat_index(x: Any, n: int) -> Any:
    k = 0
    for i in range(n):
        for j in range(n):
            k = i * n + j
    return np.sum(x) * k


def counter(x: Any, n: int) -> Any:
    k = 0
    while k < n:
        k += 3
    return np.sum(x) * k


def factorial(x: Any, n: int) -> Any:
    k = 1
    for i in range(1, n + 1):
        k = k * i
    return np.sum(x) * k


def doubled(x: Any, n: int) -> Any:
    k = 1
    for _ in range(n):
        k = 2 * k
    return np.sum(x) * k


def one_side(x: Any, n: int) -> Any:
    k = 2**n if x[0] > 0.0 else n
    return np.sum(x) * k


def squared(x: Any, n: int) -> Any:
    k = n**2
    return np.sum(x) * k


def cubed(x: Any, n: int) -> Any:
    k = n**3
    return np.sum(x) * k


def rest(x: Any, n: int) -> Any:
    k = 3**n % 7
    return np.sum(x) * k


def whole_part(x: Any, n: int) -> Any:
    k = int(x[0]) + n
    return np.sum(x) * k


PROGRAMS: dict[str, tuple[Callable[..., Any], int]] = {
    "sums of lengths and arguments": (lengths, COUNT),
    "a flat index": (flat_index, WORD),
    "a counter": (counter, COUNT),
    "what a loop multiplies up": (factorial, WIDE),
    "what a loop doubles": (doubled, WIDE),
    "one side of a branch": (one_side, WIDE),
    "a square": (squared, WORD),
    "a cube": (cubed, WIDE),
    "a remainder": (rest, COUNT),
    "a float's whole part": (whole_part, WIDE),
}


@pytest.mark.parametrize("function, width", PROGRAMS.values(), ids=PROGRAMS)
def test_the_width_of_an_int(function: Any, width: int) -> None:
    trace = read(function, (X, 4), {}, (0,)).trace
    (product,) = [e for e in walk(trace.body) if e.op == "multiply" and e.result in trace.body.results]
    t = product.operands[1].type
    assert isinstance(t, Scalar) and t.width == width and t.wide == (width == WIDE)


def test_the_width_of_a_number() -> None:
    assert list(map(width_of, (0, -5, 2**31 - 1, -(2**31), 2**31, 2**63 - 1, 2**63))) == [
        *[COUNT] * 4,
        WORD,
        WORD,
        WIDE,
    ]


def test_arguments_have_the_width_of_their_values() -> None:
    """A call with a wider argument has code of its own, which serves one with a narrower argument, too."""
    gradient = srcad.grad(lengths)
    for n in (4, 2**40, 2**70, 5):
        np.testing.assert_allclose(gradient(X, n), np.full(3, float(n + 2)))


def test_large_numbers_are_what_they_are_in_python() -> None:
    np.testing.assert_allclose(srcad.grad(factorial)(X, 30), np.full(3, 2.6525285981219103e32))
    np.testing.assert_allclose(srcad.grad(doubled)(X, 100), np.full(3, 2.0**100))
