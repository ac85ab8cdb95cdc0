"""What is Python's own number raises as Python does, where a number of NumPy's gives inf."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad


def by_float(x: Any) -> Any:
    return 1.0 / float(x[0]) + x[1]


def by_item(x: Any) -> Any:
    return 1.0 / x[0].item() + x[1]


def by_tolist(x: Any) -> Any:
    values = x.tolist()
    return 1.0 / values[0] + values[1]


def in_a_loop(x: Any) -> Any:
    s = 1.0
    for k in range(2):
        s = s / float(x[k])
    return s


def remainders(x: Any) -> Any:
    return 5.0 % float(x[0]) + x[1]


PROGRAMS = (by_float, by_item, by_tolist, in_a_loop, remainders)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_division_by_zero(function: Callable[..., Any]) -> None:
    x = np.array([0.0, 1.0])
    for call in (
        lambda: srcad.grad(function)(x),
        lambda: srcad.jvp(function, (x,), (x,)),
        lambda: srcad.vjp(function, x),
        lambda: srcad.jacobian(function)(x),
    ):
        with pytest.raises(ZeroDivisionError):
            call()


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda function: function.__name__)
def test_derivatives(function: Callable[..., Any]) -> None:
    x = np.array([0.7, 1.3])
    steps = 1e-6 * np.eye(2)
    due = np.array([(function(x + step) - function(x - step)) / 2e-6 for step in steps])
    np.testing.assert_allclose(srcad.grad(function)(x), due, rtol=1e-6)
    for derived in (srcad.jacfwd, srcad.jacrev):
        np.testing.assert_allclose(derived(function)(x), due, rtol=1e-6)
    due = np.array([(srcad.grad(function)(x + step) - srcad.grad(function)(x - step)) / 2e-6 for step in steps])
    np.testing.assert_allclose(srcad.hessian(function)(x), due, rtol=1e-5, atol=1e-8)


# ---- of two numbers Python's max and min give one as it is: Python's, or NumPy's


def larger(x: Any) -> Any:
    return 1.0 / max(x[0], 0.0) + x[1]


def larger_of_three(x: Any) -> Any:
    return 1.0 % max(-1.0, x[0], 0.0) + x[1]


def smaller(x: Any) -> Any:
    return 1.0 / min(0, -x[0]) + x[1]


def of_a_list(x: Any) -> Any:
    values = []
    for k in range(len(x) - 1):
        values.append(float(x[k]))
    return 1.0 / max(values) + x[1]


def of_no_axes(x: Any) -> Any:
    return 1.0 / max(np.asarray(x[0]), 0.0) + x[1]


def unused(x: Any) -> Any:
    1.0 / max(x[0], 0.0)
    return x[1] ** 2


def caught(x: Any) -> Any:
    try:
        share = 1.0 / max(x[0], 0.0)
    except ZeroDivisionError:
        share = 3.0
    return share * x[1]


EXTREMES = (larger, larger_of_three, smaller, of_a_list, of_no_axes, unused)


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("function", (*EXTREMES, caught), ids=lambda function: function.__name__)
def test_extremes(function: Callable[..., Any], backend: str) -> None:
    x = np.array([0.7, 1.3])
    steps = 1e-6 * np.eye(2)
    due = np.array([(function(x + step) - function(x - step)) / 2e-6 for step in steps])
    value, bar = srcad.value_and_grad(function, backend=backend)(x)
    assert value == function(x)
    np.testing.assert_allclose(bar, due, rtol=1e-6)
    nowhere = np.array([0.0 if function is of_a_list else -1.0, 1.3])
    if function is caught:
        np.testing.assert_allclose(srcad.grad(function, backend=backend)(nowhere), [0.0, 3.0])
        return
    with pytest.raises(ZeroDivisionError):
        function(nowhere)
    with pytest.raises(ZeroDivisionError):
        srcad.grad(function, backend=backend)(nowhere)


@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_extremes_of_what_does_not_compare(backend: str) -> None:
    """The first one, as Python has it."""

    def first(x: Any) -> Any:
        return max(x, 2.0), min(2.0, x), max(1.0, x, 3.0)

    for number in (np.nan, np.float64(np.nan), np.float32(np.nan)):
        pushed = srcad.jvp(first, (number,), (1.0,), backend=backend)
        np.testing.assert_array_equal(pushed[0], first(number))


def test_extremes_of_complex_numbers_raise() -> None:
    with pytest.raises(TypeError, match="not supported between"):
        srcad.jvp(lambda z: abs(max(z, 1.0)), (1.0 + 2.0j,), (1.0 + 0.0j,))


# ---- what isn't finite

NUMBERS = (0.5, -0.0, 1.0 + 1e-12, 1.0, np.inf, -np.inf, np.nan)


def close(a: float, b: float) -> float:
    return (2.0 if math.isclose(a, b) else 3.0) * b


def sign(a: float, b: float) -> Any:
    return np.sign(a) * b


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("function", [close, sign])
def test_infinite_and_none(function: Callable[..., Any], backend: str) -> None:
    derived = srcad.value_and_grad(function, 1, backend=backend)
    for kind in (float, np.float64):
        for a, b in itertools.product(map(kind, NUMBERS), repeat=2):
            np.testing.assert_array_equal(derived(a, b)[0], function(a, b))


def parts(a: float, b: float) -> float:
    fraction, whole = math.modf(a)
    return fraction * b + whole


def parts_by_numpy(a: float, b: float) -> Any:
    fraction, whole = np.modf(a)
    return np.mod(a, b) + fraction * b + whole


@pytest.mark.parametrize("backend", ["numpy", "native"])
@pytest.mark.parametrize("function", [parts, parts_by_numpy])
def test_parts_and_remainders(function: Callable[..., Any], backend: str) -> None:
    derived = srcad.value_and_grad(function, (0, 1), backend=backend)
    with np.errstate(all="ignore"):
        for a, b in itertools.product((1.3, -2.7, -0.0, np.inf, -np.inf, np.nan), (0.7, 2.0, 0.0)):
            np.testing.assert_array_equal(derived(a, b)[0], function(a, b))
    _, bars = derived(1.3, 0.7)
    steps = [(function(1.3 + s, 0.7 + t) - function(1.3 - s, 0.7 - t)) / 2e-6 for s, t in ((1e-6, 0.0), (0.0, 1e-6))]
    np.testing.assert_allclose(bars, steps, rtol=1e-6)
