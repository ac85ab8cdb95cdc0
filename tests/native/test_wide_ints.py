"""Python's ints have no end: what doesn't fit into 64 bits, Python computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import srcad


def powers(x: float, n: int) -> float:
    k = 1
    for _ in range(n):
        k = k * 7
    return x * float(k)


def generator(x: float, n: int) -> float:
    seed = 12345
    for _ in range(n):
        seed = (1103515245 * seed + 12345) % 2147483648
        x = x * (1.0 + seed / 2147483648)
    return x


def collatz(x: float, n: int) -> float:
    steps = 0
    while n != 1:
        n = n // 2 if n % 2 == 0 else 3 * n + 1
        steps = steps + 1
        x = x * 1.01
    return x + steps


def factorials(x: float, n: int) -> float:
    values = [1]
    for k in range(1, n):
        values.append(values[-1] * k)
    s = 0.0
    for value in values:
        s = s + x / value
    return s


def differences(x: float, n: int) -> float:
    a, b = 3**n, -(2**n)
    return x * (a - b) + abs(b) - (-a // 3)


PROGRAMS: list[tuple[Callable[..., Any], tuple[int, ...]]] = [
    (powers, (3, 22, 23, 60)),
    (generator, (5, 100)),
    (collatz, (27, 97, 2**70 + 3)),
    (factorials, (5, 20, 21, 22, 30)),
    (differences, (10, 39, 40, 62, 63, 64, 100)),
]


@pytest.mark.parametrize(("function", "numbers"), PROGRAMS, ids=lambda one: getattr(one, "__name__", ""))
def test_like_python(function: Callable[..., Any], numbers: tuple[int, ...]) -> None:
    jitted, native, plain = srcad.jit(function), srcad.grad(function, backend="native"), srcad.grad(function)
    for n in numbers:
        assert jitted(0.7, n) == function(0.7, n)
        assert native(0.7, n) == plain(0.7, n)
    assert "Python:" not in jitted.kernels(0.7, numbers[0])
