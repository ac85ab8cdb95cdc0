"""Functions with rules of their own, and what stops derivatives: values, all modes and orders, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import srcad
from srcad.errors import ArgumentError, NotDifferentiable, NotYetSupported


@srcad.custom_rule
def cube(x: Any) -> Any:
    return x**3


@cube.adjoint
def cube_bar(bar: Any, value: Any, x: Any) -> Any:
    return 3 * bar * x**2


@srcad.custom_rule
def grown(x: Any) -> Any:
    return np.exp(x)


@grown.tangent
def grown_dot(dots: Any, value: Any, x: Any) -> Any:
    return dots[0] * grown(x)


@srcad.custom_rule
def several(x: Any, n: int, w: Any) -> Any:
    return x**n, w @ w * x


@several.tangent
def several_dot(dots: Any, value: Any, x: Any, n: int, w: Any) -> Any:
    x_dot, _, w_dot = dots
    return n * x ** (n - 1) * x_dot, 2 * (w @ w_dot) * x + (w @ w) * x_dot


@srcad.custom_rule(returns="float")
def bessel(x: Any) -> Any:
    return special.jve(1, x)  # without a rule in srcad, and without source


@bessel.adjoint
def bessel_bar(bar: Any, value: Any, x: Any) -> Any:
    return bar * 0.5 * (special.jve(0, x) - special.jve(2, x))


@srcad.custom_rule
def clipped(x: Any) -> Any:
    """The identity, whose adjoint is held within bounds."""
    return x


@clipped.adjoint
def clipped_bar(bar: Any, value: Any, x: Any) -> Any:
    return np.clip(bar, -1.0, 1.0)


LIMITS = np.array([0.5, 2.0, 1.0])


@srcad.custom_rule
def limited(x: Any) -> Any:
    return x * LIMITS


@limited.adjoint
def limited_bar(bar: Any, value: Any, x: Any) -> Any:
    return bar * LIMITS


W = np.array([1.0, 2.0])


def both(x: Any, w: Any) -> Any:
    a, b = several(x, 3, w)
    return a * b


def both_plain(x: Any, w: Any) -> Any:
    return x**3 * (w @ w) * x


def looped(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def run(x: Any) -> Any:
        for _ in range(4):
            if x > 0.1:
                x = f(x) * 0.6
        return x

    return run


def plain_cube(x: Any) -> Any:
    return x**3


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("f", [lambda x: cube(2 * x), lambda x: x * cube(x), looped(cube)])
def test_orders(order: int, f: Any) -> None:
    plain = {"looped": looped(plain_cube)}.get(f.__qualname__.split(".")[0])
    if plain is None:
        plain = (lambda x: (2 * x) ** 3) if f(1.0) == 8.0 else lambda x: x**4
    for _ in range(order):
        f, plain = srcad.grad(f), srcad.grad(plain)
    assert f(1.2) == pytest.approx(plain(1.2))


def test_a_rule_that_calls_its_function() -> None:
    f = lambda x: grown(2 * x)
    found = [f(0.3)]
    for _ in range(3):
        f = srcad.grad(f)
        found.append(f(0.3))
    assert found == pytest.approx([2**k * math.exp(0.6) for k in range(4)])


def test_both_modes_from_either_rule() -> None:
    assert srcad.jvp(cube, (2.0,), (1.0,)) == (8.0, 12.0)
    assert srcad.grad(cube)(2.0) == 12.0
    assert srcad.grad(grown)(1.0) == pytest.approx(math.e)
    assert srcad.hvp(cube)(2.0, 1.0) == 12.0
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(cube(x)))(W), 3 * W**2)
    np.testing.assert_allclose(srcad.hessian(lambda x: np.sum(cube(x)))(W), np.diag(6 * W))
    np.testing.assert_allclose(srcad.jacobian(cube)(W), np.diag(3 * W**2))


def test_several_arguments_and_results() -> None:
    for found, due in zip(srcad.grad(both, (0, 1))(2.0, W), srcad.grad(both_plain, (0, 1))(2.0, W), strict=True):
        np.testing.assert_allclose(found, due)
    found = srcad.jvp(both, (2.0, W), (1.0, W))
    assert found == pytest.approx(srcad.jvp(both_plain, (2.0, W), (1.0, W)))
    np.testing.assert_allclose(srcad.hessian(both, 1)(2.0, W), srcad.hessian(both_plain, 1)(2.0, W))
    assert srcad.grad(lambda x: several(x, 2, W)[0])(3.0) == pytest.approx(6.0)


def test_a_function_without_source() -> None:
    h = 1e-6
    due = (special.jve(1, 0.7 + h) - special.jve(1, 0.7 - h)) / (2 * h)
    assert srcad.grad(lambda x: 2 * bessel(x))(0.7) == pytest.approx(2 * due)
    with pytest.raises(NotYetSupported, match="bessel"):
        srcad.grad(srcad.grad(lambda x: bessel(x) ** 2))(0.7)
    with pytest.raises(NotYetSupported, match="none can be derived"):
        srcad.jvp(bessel, (0.7,), (1.0,))


def test_a_rule_that_is_not_linear() -> None:
    assert srcad.grad(lambda x: 5 * clipped(x))(3.0) == 1.0
    with pytest.raises(NotDifferentiable, match="isn't linear"):
        srcad.jvp(clipped, (3.0,), (1.0,))


def test_what_rules_read_around_them() -> None:
    x = np.array([1.0, 2.0, 3.0])
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(limited(x) ** 2))(x), 2 * x * LIMITS**2)
    np.testing.assert_allclose(srcad.hessian(lambda x: np.sum(limited(x) ** 2))(x), np.diag(2 * LIMITS**2))
    np.testing.assert_allclose(srcad.jvp(limited, (x,), (x,))[1], x * LIMITS)


def test_the_generated_source_calls_by_name() -> None:
    source = srcad.grad(lambda x: np.sum(clipped(x) ** 2)).source(W)
    assert "clipped(x)" in source and "clipped_bar(" in source


def test_results_share_no_memory() -> None:
    """What a function keeps isn't changed by a program that changes what it got."""

    def f(x: Any) -> Any:
        y = clipped(x)
        y[0] = 0.0
        return np.sum(y * x)

    x = np.array([1.0, 2.0])
    np.testing.assert_allclose(srcad.grad(f)(x), [0.0, 1.0 + 2.0])
    np.testing.assert_array_equal(x, [1.0, 2.0])


def test_what_is_refused() -> None:
    bare = srcad.custom_rule(lambda x: x**2)
    with pytest.raises(NotYetSupported, match="has no rule yet"):
        srcad.grad(lambda x: bare(x))(1.0)

    undeclared = srcad.custom_rule(lambda x: special.jve(1, x))
    undeclared.adjoint(lambda bar, value, x: bar)
    with pytest.raises(NotYetSupported, match="isn't known"):
        srcad.grad(lambda x: undeclared(x))(1.0)

    with pytest.raises(NotYetSupported, match="arguments of such a function"):
        srcad.grad(lambda x: cube([x, x]))(1.0)

    with pytest.raises(ArgumentError, match="in use"):
        cube.tangent(lambda dots, value, x: dots[0])


def test_a_rule_that_returns_something_of_another_shape() -> None:
    odd = srcad.custom_rule(lambda x: 2 * x)
    odd.adjoint(lambda bar, value, x: np.concatenate([bar, bar]))
    with pytest.raises(ArgumentError, match="where float64 of shape"):
        srcad.grad(lambda x: np.sum(odd(x)))(W)


def test_stop_gradient() -> None:
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(x * srcad.stop_gradient(x)))(W), W)
    assert srcad.grad(srcad.grad(lambda x: x**2 * srcad.stop_gradient(x)))(3.0) == 6.0
    assert srcad.jvp(lambda x: x * srcad.stop_gradient(x), (3.0,), (1.0,)) == (9.0, 3.0)
    assert srcad.grad(lambda x: x * float(special.jve(1, srcad.stop_gradient(x))))(1.0) == special.jve(1, 1.0)
    kept = srcad.stop_gradient((1.0, W))
    assert kept[0] == 1.0 and kept[1] is not W
