"""What is Python's own number raises as Python does, where a number of NumPy's gives inf."""

from __future__ import annotations

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
