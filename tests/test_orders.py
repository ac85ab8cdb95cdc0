"""Derivatives of derivatives, to order 4, in any nesting of both modes: against mpmath at forty digits."""

from __future__ import annotations

from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import srcad
from tests.order_programs import POINT, SCALAR, VECTOR, stencil, wave
from tests.precise import along, derivative

NESTINGS = [
    *("".join(modes) for order in (1, 2, 3) for modes in product("rf", repeat=order)),
    *("rrrr", "ffff", "rfrf", "frfr", "ffrr", "rrff"),
]
WAYS = [np.array([0.3, 1.0, -0.5, 0.7]), np.array([1.0, 0.2, 0.4, -0.3]), np.ones(4), np.array([0.0, 0.5, -1.0, 0.1])]
IDS = [f.__name__ for f, _ in SCALAR]


def nested(f: Any, modes: str, ways: Any = None) -> Any:
    """The derivative of a derivative of ..., from the inside out; along directions where the argument is an array."""
    for k, mode in enumerate(modes):
        f = along_one(f, mode, 1.0 if ways is None else ways[k])
    return f


def along_one(f: Any, mode: str, way: Any) -> Any:
    if mode == "f":
        return lambda x: srcad.jvp(f, (x,), (way,))[1]
    if isinstance(way, float):
        return srcad.grad(f)
    return lambda x: srcad.grad(f)(x) @ way


@pytest.mark.parametrize("modes", NESTINGS)
@pytest.mark.parametrize(("f", "x"), SCALAR, ids=IDS)
def test_functions_of_a_number(f: Any, x: float, modes: str) -> None:
    np.testing.assert_allclose(nested(f, modes)(x), derivative(f, x, len(modes)), rtol=1e-11)


@pytest.mark.parametrize(
    "modes", ["r", "f", "rr", "rf", "fr", "ff", "rrr", "rfr", "frf", "fff", "rrff", "frfr", "ffff"]
)
@pytest.mark.parametrize("f", VECTOR, ids=lambda f: f.__name__)
def test_functions_of_an_array(f: Any, modes: str) -> None:
    expected = along(f, POINT, WAYS[: len(modes)])
    np.testing.assert_allclose(nested(f, modes, WAYS)(POINT), expected, rtol=1e-10)


@pytest.mark.parametrize("f", VECTOR, ids=lambda f: f.__name__)
def test_products_with_hessians_of_products(f: Any) -> None:
    """hvp of hvp is the fourth derivative: along a, b and c it has this gradient."""
    a, b, c, d = WAYS

    def inner(x):
        return srcad.hvp(f)(x, a) @ b

    np.testing.assert_allclose(srcad.hvp(inner)(POINT, c) @ d, along(f, POINT, WAYS), rtol=1e-10)
    np.testing.assert_allclose(srcad.vhp(inner)(POINT, c) @ d, along(f, POINT, WAYS), rtol=1e-10)


@pytest.mark.parametrize("f", VECTOR, ids=lambda f: f.__name__)
def test_hessians_from_either_side(f: Any) -> None:
    forwards, backwards = srcad.hvp(f)(POINT, WAYS[0]), srcad.vhp(f)(POINT, WAYS[0])
    np.testing.assert_allclose(forwards, backwards, rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(srcad.hessian(f)(POINT) @ WAYS[0], forwards, rtol=1e-12, atol=1e-14)


# ---- series: the same derivatives in one pass


@pytest.mark.parametrize(("f", "x"), SCALAR, ids=IDS)
def test_series_of_functions_of_a_number(f: Any, x: float) -> None:
    found = srcad.taylor(f, 8)(x, 1.0)
    factorial = 1.0
    for order, coefficient in enumerate(found):
        factorial *= max(order, 1)
        np.testing.assert_allclose(coefficient * factorial, derivative(f, x, order), rtol=1e-9)


@pytest.mark.parametrize("f", VECTOR, ids=lambda f: f.__name__)
def test_series_along_a_direction(f: Any) -> None:
    way, found = WAYS[0], srcad.taylor(f, 4)(POINT, WAYS[0])
    for order, factorial in ((1, 1.0), (2, 2.0), (3, 6.0), (4, 24.0)):
        np.testing.assert_allclose(found[order] * factorial, along(f, POINT, [way] * order), rtol=1e-9)


@pytest.mark.parametrize("f", VECTOR, ids=lambda f: f.__name__)
def test_the_gradient_of_a_coefficient(f: Any) -> None:
    """Series nest with both modes: the fourth derivative is that of the third coefficient."""
    way, other = WAYS[:2]

    def third(x):
        return 6.0 * srcad.taylor(f, 3)(x, way)[3]

    expected = along(f, POINT, [way, way, way, other])
    np.testing.assert_allclose(srcad.grad(third)(POINT) @ other, expected, rtol=1e-9)
    np.testing.assert_allclose(srcad.jvp(third, (POINT,), (other,))[1], expected, rtol=1e-9)


# ---- size


def test_sources_stay_of_sane_size() -> None:
    """Lines of generated code. Nested derivatives double with each order at worst; a series grows by squares."""
    lines = [len(srcad.taylor(wave, order).source(0.7).splitlines()) for order in (2, 4, 8)]
    assert lines[1] < 2.5 * lines[0]
    assert lines[2] < 4 * lines[1]
    derived: Any = wave
    counts = []
    for _ in range(4):
        derived = srcad.grad(derived)
        counts.append(len(derived.source(0.7).splitlines()))
    assert all(later < 2.6 * earlier for earlier, later in pairwise(counts)), counts


def test_the_source_of_a_loop_stays_short() -> None:
    """One loop with four derivatives beside each variable, whatever the order."""
    source = srcad.taylor(stencil, 4).source(POINT)
    assert source.count("for _ in range(3):") == 2  # the comment, and the loop
    assert len(source.splitlines()) < 150
