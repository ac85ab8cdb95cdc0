"""Reductions along every kind of axis, from the user's calls on."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.ops.catalogue import LOWERINGS, METHODS
from srcad.runtime.products import product_of_others
from tests.rules.checking import check, check_shapes, derivative_at, program

X = np.array([[0.3, -1.2, 0.7, 2.1], [1.1, 0.4, -0.6, 0.9], [-0.8, 1.9, 1.4, 0.2]])
CUBE = np.arange(24.0).reshape(2, 3, 4) % 7 * 0.37 + 0.1 + np.sin(np.arange(24.0)).reshape(2, 3, 4) * 0.2
AXES: list[dict[str, Any]] = [
    {},
    {"axis": 0},
    {"axis": -1},
    {"axis": (0, 2)},
    {"axis": 1, "keepdims": True},
    {"axis": (1, 2), "keepdims": True},
    {"keepdims": True},
]


def call(function: Any, **options: Any) -> Callable[..., Any]:
    return lambda b, *args: LOWERINGS[function](b, *args, **options)


@pytest.mark.parametrize("axes", AXES, ids=str)
@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean, np.var, np.std, np.max, np.min, np.ptp, np.nansum])
def test_along_axes(function: Any, axes: dict[str, Any]) -> None:
    check(call(function, **axes), CUBE)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean, np.max, np.min])
def test_of_vectors_and_numbers(function: Any) -> None:
    check(call(function), X[0])
    check(call(function), 0.7)
    check(call(function), np.float32(0.5) * np.ones(1))


@pytest.mark.parametrize("function", [np.var, np.std])
def test_degrees_of_freedom(function: Any) -> None:
    check(call(function, ddof=1, axis=0), X)
    check(call(function, ddof=1.5), X)


@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean])
def test_of_chosen_elements(function: Any) -> None:
    check(call(function, axis=1, where=np.array([True, False, True, True])), X)


@pytest.mark.parametrize("function", [np.max, np.min])
def test_extrema_with_a_bound(function: Any) -> None:
    check(lambda b, x, y: LOWERINGS[function](b, x, initial=y), X, 5.0)
    check(lambda b, x, y: LOWERINGS[function](b, x, initial=y, keepdims=True), X, 5.0)
    check(lambda b, x, y: LOWERINGS[function](b, x, axis=0, initial=y), X, 0.8)
    check(lambda b, x, y: LOWERINGS[function](b, x, axis=0, keepdims=True, initial=y), X, 0.8)


def test_sums_that_begin_with_something() -> None:
    check(lambda b, x, y: LOWERINGS[np.sum](b, x, axis=0, initial=y), X, 0.8)
    check(lambda b, x, y: LOWERINGS[np.prod](b, x, axis=0, initial=y), X, 0.8)


@pytest.mark.parametrize("function", [np.cumsum, np.cumprod, np.nancumsum])
def test_running(function: Any) -> None:
    for options in ({}, {"axis": 0}, {"axis": -1}):
        check(call(function, **options), X)
    check(call(function), X[0])


@pytest.mark.parametrize("function", [np.nanmean, np.nanvar, np.nanstd, np.nanmax, np.nanmin, np.nanprod])
def test_without_nan(function: Any) -> None:
    x = np.where(np.eye(3, 4) > 0, np.nan, X)
    mask = np.isfinite(x)
    for options in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):

        def build(b: Any, x: Any, options: Any = options) -> Any:
            with_nan = b.emit("where", mask, x, np.nan)
            return LOWERINGS[function](b, with_nan, **options)

        check(build, X)


def test_methods() -> None:
    for name in ("sum", "prod", "mean", "var", "std", "max", "min", "cumsum", "cumprod"):
        check(lambda b, x, name=name: METHODS[name](b, x, axis=0), X)


def test_second_derivatives() -> None:
    """The sum of squares of the rule's own equations, differentiated."""
    others = lambda b, x: b.emit("product_of_others", x, axis=0)
    check(others, X)
    for name in ("cumprod_adjoint", "cumprod_tangent"):
        check(lambda b, g, x, name=name: b.emit(name, g, x, b.emit("cumprod", x, axis=0), axis=0), X + 0.1, X)


def test_second_derivative_of_a_product_with_a_zero() -> None:
    x = X.copy()
    x[0, 0] = x[0, 1] = x[1, 1] = 0.0
    check(lambda b, x: b.emit("product_of_others", x, axis=0), x)
    check(lambda b, x: b.emit("product_of_others", x, axis=None), x[:, 0])


def test_products_of_zeros() -> None:
    x = np.array([[2.0, 0.0, 3.0], [0.0, 0.0, 3.0]])
    (found,) = derivative_at(call(np.prod, axis=1), x)
    np.testing.assert_allclose(found, [[0.0, 6.0, 0.0], [0.0, 0.0, 0.0]])


def test_running_products_of_zeros() -> None:
    check(call(np.cumprod), np.array([2.0, 0.0, 3.0, -1.0, 0.0, 4.0]), rtol=1e-6)


TINY, HUGE = 1e-200, 1e200
UNKEPT = (
    [TINY, TINY, 4.0],
    [TINY, TINY, TINY],
    [HUGE, HUGE, 2.0],
    [TINY, 0.0, TINY, 3.0],
    [1e-160, 1e-160, 5.0],
    [1e-300, 1e-10, -1e-10, 2.0],
)


def products_without(x: Any) -> Any:
    """For each two elements the product of all others, in exact arithmetic; on the diagonal that of all but one."""
    exact = [Fraction(v) for v in x]
    kept = [
        [math.prod(v for k, v in enumerate(exact) if k not in (i, j)) for j in range(len(x))] for i in range(len(x))
    ]
    return np.array([[_float(v) for v in row] for row in kept])


def _float(exact: Fraction) -> float:
    try:
        return float(exact)
    except OverflowError:
        return math.inf if exact > 0 else -math.inf


@pytest.mark.parametrize("x", UNKEPT, ids=str)
@pytest.mark.parametrize("function", [np.prod, lambda x: np.cumprod(x)[-1]], ids=["prod", "cumprod"])
@pytest.mark.parametrize("backend", ["numpy", "native"])
def test_products_that_no_float_is(function: Any, x: Any, backend: str) -> None:
    """They are too small, or too large, and their derivatives aren't."""
    due = products_without(x)
    first, second = np.diag(due), np.where(np.eye(len(x), dtype=bool), 0.0, due)
    at = np.array(x)
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(srcad.grad(function, backend=backend)(at), first, rtol=1e-12)
        if HUGE not in x or function is np.prod:
            np.testing.assert_allclose(srcad.hessian(function, backend=backend)(at), second, rtol=1e-12)
        if HUGE not in x:  # forwards an infinite slope meets what doesn't move
            np.testing.assert_allclose(srcad.jacfwd(function, backend=backend)(at), first, rtol=1e-12)
            bent = srcad.jacfwd(srcad.jacfwd(function), backend=backend)(at)
            np.testing.assert_allclose(bent, second, rtol=1e-12)


def test_complex_products_that_no_float_is() -> None:
    x = np.array([[[TINY * (1 + 1j)], [TINY], [2.0], [3.0j]], [[0.0], [TINY], [HUGE], [HUGE]]])
    due = np.array([[[6j * TINY], [6j * TINY * (1 + 1j)], [0.0], [0.0]], [[HUGE], [0.0], [0.0], [0.0]]])
    np.testing.assert_allclose(product_of_others(x, axis=(1, 2)), due, rtol=1e-12)


def test_ties_share() -> None:
    x = np.array([[3.0, 1.0, 3.0, 1.0], [2.0, 2.0, 2.0, 2.0]])
    (found,) = derivative_at(call(np.max, axis=1), x)
    np.testing.assert_allclose(found, [[0.5, 0, 0.5, 0], [0.25] * 4])
    (found,) = derivative_at(call(np.min), x)
    np.testing.assert_allclose(found, [[0, 0.5, 0, 0.5], [0] * 4])


def test_standard_deviation_of_equal_numbers() -> None:
    (found,) = derivative_at(call(np.std), np.full(3, 2.0))
    np.testing.assert_allclose(found, 0.0)


def test_reduce_and_accumulate_go_along_the_first_axis() -> None:
    check(call(np.add.reduce), X)
    check(call(np.multiply.reduce), X)
    check(call(np.add.accumulate), X)
    check(call(np.maximum.reduce, axis=1), X)


def test_outer() -> None:
    check(call(np.multiply.outer), X[0], X[:, 0])
    check(call(np.subtract.outer), X, X[0])
    check(call(np.add.outer), 0.3, X[0])


def test_places_and_tests_have_types() -> None:
    for function in (np.argmax, np.argmin, np.any, np.all, np.count_nonzero):
        for options in ({}, {"axis": 1}, {"axis": 0, "keepdims": True}):
            check(call(function, **options), X)


@pytest.mark.parametrize("dtype", ["bool", "int8", "uint32", "int64", "float32", "complex64"])
@pytest.mark.parametrize("function", [np.sum, np.prod, np.mean, np.var, np.max, np.any, np.argmax, np.cumsum])
def test_types(function: Any, dtype: str) -> None:
    x = np.array([[1, 0, 1], [1, 1, 0]]).astype(dtype)
    for options in ({}, {"axis": 1}):
        b, inputs = program(call(function, **options), [x])
        check_shapes(b, inputs, [x])
