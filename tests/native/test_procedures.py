"""Functions that call themselves, and each other, are functions of C."""

from __future__ import annotations

import math
import sys
from typing import Any

import numpy as np
import pytest

import srcad
from tests.native import IS_NUMBA


def normal_cdf(x: float) -> float:
    if x < 0:
        return 1.0 - normal_cdf(-x)
    k = 1.0 / (1.0 + 0.2316419 * x)
    return 1.0 - math.exp(-x * x / 2) * k * (0.319381530 + k * (-0.356563782 + k * 1.781477937))


def option(spot: float, strike: float) -> float:
    d = math.log(spot / strike)
    return spot * normal_cdf(d) - strike * normal_cdf(d - 0.3)


def simpson(a: float, b: float) -> Any:
    middle = 0.5 * (a + b)
    if b - a < 0.1:
        return (b - a) / 6 * (np.sin(a * a) + 4 * np.sin(middle**2) + np.sin(b * b))
    return simpson(a, middle) + simpson(middle, b)


def halved(v: Any, n: int) -> Any:
    if np.sum(v * v) < 1.0:
        return v
    w = halved(v * 0.5, n + 1)
    for _ in range(n):
        w = w * np.cos(w)
    w[0] = w[0] * v[1]
    return w


def in_arrays(v: Any) -> Any:
    return np.sum(halved(v, 1) ** 2)


def transform(x: Any) -> Any:
    n = len(x)
    if n == 1:
        return x * (1 + 0j)
    even, odd = transform(x[::2]), transform(x[1::2])
    turned = np.exp(-2j * np.pi * np.arange(n // 2) / n) * odd
    return np.concatenate([even + turned, even - turned])


def spectrum(x: Any) -> Any:
    return np.sum(np.abs(transform(x)) ** 3)


def is_even(x: float, n: int) -> float:
    return x if n == 0 else np.sin(is_odd(x * 1.1, n - 1))


def is_odd(x: float, n: int) -> float:
    return x**2 if n == 0 else x + is_even(np.cos(x), n - 1)


def mutual(x: float, n: int) -> float:
    total = 0.0
    for k in range(n):
        total = total + is_even(x, k) * is_odd(x, k)
    return total


def leaves(x: float, depth: int) -> list[float]:
    if depth == 0:
        return [x]
    left = leaves(x * 0.5, depth - 1)
    left.append(x * np.sin(x))
    return left + leaves(x + 1.0, depth - 1)


def of_lists(x: float, depth: int) -> float:
    total = 0.0
    for one in leaves(x, depth):
        total = total * 0.9 + one**2
    return total


def determinant(a: Any) -> Any:
    n = len(a)
    if n == 1:
        return a[0, 0]
    total = 0.0
    for k in range(n):
        minor = np.concatenate([a[1:, :k], a[1:, k + 1 :]], axis=1)
        total = total + (-1.0) ** k * a[0, k] * determinant(minor)
    return total


PROGRAMS: dict[Any, tuple[Any, ...]] = {
    option: (1.2, 1.1),
    simpson: (0.1, 1.9),
    in_arrays: (np.array([2.0, 0.7, -1.5]),),
    spectrum: (np.linspace(-1.0, 2.0, 8),),
    mutual: (0.4, 6),
    of_lists: (0.6, 3),
    determinant: (np.random.default_rng(1).normal(size=(4, 4)),),
}
pytestmark = [
    pytest.mark.own_maker,
    pytest.mark.skipif(IS_NUMBA, reason="Numba has no functions that call themselves"),
]
by_name = pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)


@by_name
def test_gradients(function: Any) -> None:
    args = PROGRAMS[function]
    native = srcad.value_and_grad(function, backend="native")
    for _ in range(2):
        for found, due in zip(native(*args), srcad.value_and_grad(function)(*args), strict=True):
            np.testing.assert_allclose(found, due, rtol=1e-12, atol=1e-14)
    assert "Python:" not in native.kernels(*args)


@by_name
def test_values_and_tangents(function: Any) -> None:
    args = PROGRAMS[function]
    jitted = srcad.jit(function)
    np.testing.assert_allclose(jitted(*args), function(*args), rtol=1e-12)
    assert "Python:" not in jitted.kernels(*args)
    dots = (np.ones_like(args[0]), *(None for _ in args[1:]))
    found, due = (srcad.jvp(function, args, dots, backend=backend) for backend in ("native", "numpy"))
    np.testing.assert_allclose(found, due, rtol=1e-12)


@pytest.mark.parametrize("function", [simpson, in_arrays], ids=lambda function: function.__name__)
def test_second_derivatives(function: Any) -> None:
    args = PROGRAMS[function]
    found, due = (
        srcad.hvp(function, backend=backend)(args[0], np.ones_like(args[0]), *args[1:])
        if function is in_arrays
        else srcad.deriv(srcad.deriv(function, backend=backend), backend=backend)(*args)
        for backend in ("native", "numpy")
    )
    np.testing.assert_allclose(found, due, rtol=1e-10)


def descent(x: float, step: float) -> float:
    return x if x < 0.0 else descent(x - step, step) * 0.99 + x


def test_depth() -> None:
    """What is too deep for Python raises as it does there, and never ends the process."""
    native = srcad.grad(descent, backend="native")
    for _ in range(2):
        np.testing.assert_allclose(native(1.0, 0.01), srcad.grad(descent)(1.0, 0.01), rtol=1e-13)
        with pytest.raises(RecursionError):
            native(1.0, 0.1 / sys.getrecursionlimit())


def test_errors_inside() -> None:
    def picked(x: Any, k: int) -> Any:
        return x[k] if k > 2 else x[k] * picked(x, k + 1)

    native = srcad.grad(picked, backend="native")
    np.testing.assert_allclose(native(np.arange(1.0, 5.0), 0), srcad.grad(picked)(np.arange(1.0, 5.0), 0))
    with pytest.raises(IndexError, match="index 3 is out of bounds"):
        native(np.arange(3.0), 0)
