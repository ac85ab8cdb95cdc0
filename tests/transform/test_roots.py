"""Roots of sums of squares: 0 where the norm is, and squares of norms, which are smooth there."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import special

import srcad
from tests.rules.checking import directional as slope_along

V = np.array([1.0, -2.0, 0.5])


def of_sum(x: Any) -> Any:
    return np.sqrt(np.sum(x**2))


def of_products(x: Any) -> Any:
    return np.sqrt(x @ x) + np.sqrt(np.dot(x, x) / 3) + np.sqrt(np.vdot(x, x)) + np.sqrt(np.inner(x, x))


def of_einsum(x: Any) -> Any:
    return (
        np.sqrt(np.einsum("i,i->", x, x)) + np.sum(np.sqrt(np.einsum("i,i->i", x, x))) + np.sqrt(np.einsum("i,i", x, x))
    )


def of_mean(x: Any) -> Any:
    return np.sqrt(np.mean(np.square(x))) + np.sqrt(2.5 * (x * x).sum() / len(x)) + np.mean(x**2) ** 0.5


def of_loop(x: Any) -> Any:
    total = 0.0
    for value in x:
        total += value * value
    return math.sqrt(total)


def of_generator(x: Any) -> Any:
    return math.sqrt(sum(value**2 for value in x)) + np.sqrt(np.sum([value**2 for value in x]))


def of_branches(x: Any) -> Any:
    s = x[0] ** 2 if x[1] > 0.0 else x[0] ** 2 + x[1] ** 2
    s = s + x[2] ** 4
    return s**0.5


def of_modulus(x: Any) -> Any:
    z = x * (1 + 2j)
    return np.sum(np.sqrt(z.real**2 + z.imag**2) + np.sqrt((z * z.conj()).real) + np.sqrt(np.abs(z) ** 2) + abs(z))


def of_buffer(x: Any) -> Any:
    s = np.zeros(3)
    for k in range(3):
        s[k] = x[k] ** 2
    return np.sum(np.sqrt(s)) + np.sqrt(np.maximum(s[0], 0.0)) + np.sqrt(np.stack([s, s])[0, 1]) + np.sqrt(np.max(s))


def by_norm(x: Any) -> Any:
    return np.linalg.norm(x) + np.hypot(x[0], x[1]) + math.hypot(x[0], x[1], x[2]) + math.dist([x[0], x[1]], [0.0, 0.0])


def of_matrices(x: Any) -> Any:
    a = np.outer(x, np.array([1.0, 2.0]))
    return np.sqrt(np.trace(a @ a.T)) + np.sqrt(np.trace(np.dot(a.T, a)))


def beside_ones(x: Any) -> Any:
    d = x[:, None] - x[None]
    return np.sum(np.sqrt(d * d + np.eye(3)))


def of_variance(x: Any) -> Any:
    return np.sqrt(np.var(x)) + np.std(x)


def powers(x: Any) -> Any:
    s = np.sum(x**2)
    return s**1.5 + s**0.75 + s**2.5


KINKED = (of_sum, of_products, of_einsum, of_mean, of_loop, of_generator, of_branches, of_modulus, of_buffer, by_norm)
KINKED += (of_variance, powers, of_matrices, beside_ones)


@pytest.mark.parametrize("function", KINKED, ids=lambda f: f.__name__)
def test_at_zero(function: Callable[[Any], Any]) -> None:
    """The slope is 0 there, and so are those of the slope."""
    zero = np.zeros(3)
    gradient = srcad.grad(function)
    np.testing.assert_array_equal(gradient(zero), zero)
    assert srcad.jvp(function, (zero,), (V,))[1] == 0.0
    np.testing.assert_array_equal(srcad.hvp(function)(zero, V), zero)
    np.testing.assert_array_equal(srcad.grad(lambda x: np.sum(gradient(x) * V))(zero), zero)


@pytest.mark.parametrize("function", KINKED, ids=lambda f: f.__name__)
def test_elsewhere(function: Callable[[Any], Any]) -> None:
    x = np.array([0.3, -0.7, 1.1])
    slope = slope_along(lambda t: function(x + t * V))
    np.testing.assert_allclose(srcad.grad(function)(x) @ V, slope, rtol=1e-7)
    np.testing.assert_allclose(srcad.jvp(function, (x,), (V,))[1], slope, rtol=1e-7)
    curvature = slope_along(lambda t: srcad.grad(function)(x + t * V) @ V)
    np.testing.assert_allclose(srcad.hvp(function)(x, V) @ V, curvature, rtol=1e-7, atol=1e-9)


def test_one_of_several_is_zero() -> None:
    def repelled(a: Any) -> Any:
        d = a[:, None] - a[None]
        return np.sum(np.exp(-np.sqrt(np.sum(d**2, axis=-1))))

    a = np.array([[0.0, 0.0], [3.0, 4.0]])
    np.testing.assert_allclose(srcad.grad(repelled)(a), np.exp(-5.0) * 2 * np.array([[0.6, 0.8], [-0.6, -0.8]]))


def test_other_roots_are_left_alone() -> None:
    def plain(x: Any) -> Any:
        return np.sum(np.sqrt(x))

    def of_differences(x: Any) -> Any:
        return np.sqrt(x[0] ** 2 - x[1] ** 2)

    def weighed(w: Any) -> Any:
        return np.sqrt(np.sum(w * np.ones(2) ** 2))

    assert np.all(np.isinf(srcad.grad(plain)(np.zeros(2))))
    assert np.isinf(srcad.grad(of_differences)(np.ones(2))[0])
    assert np.all(np.isinf(srcad.grad(weighed)(np.zeros(2))))
    for function in (plain, of_differences, weighed):
        assert "inf" not in srcad.grad(function).source(np.ones(2))


# ---- squares of norms, beside the same functions without roots


def sum_of_squares(x: Any) -> Any:
    return np.sum(x**2)


def of_gaussian(x: Any) -> Any:
    return np.exp(-0.5 * np.sum(x**2) / 9.0)


SMOOTH = [
    (lambda x: np.linalg.norm(x) ** 2, sum_of_squares),
    (lambda x: np.sum(np.linalg.norm(x[:, None], axis=-1, keepdims=True) ** 2), sum_of_squares),
    (lambda x: np.sqrt(np.sum(x**2)) ** 2, sum_of_squares),
    (lambda x: np.square((x @ x) ** 0.5), sum_of_squares),
    (lambda x: np.hypot(x[0], np.hypot(x[1], x[2])) ** 2, sum_of_squares),
    (lambda x: np.sum(np.abs(x) ** 2), sum_of_squares),
    (lambda x: np.sum(np.abs(x * 1j) * np.abs(x * 1j)), sum_of_squares),
    (lambda x: np.sum(np.abs(x) * np.abs(x)), sum_of_squares),
    (lambda x: np.sum(np.sqrt(x * x)[::-1] ** 2), sum_of_squares),
    (lambda x: np.std(x) ** 2, np.var),
    (lambda x: np.sum(np.sqrt(x**4)), sum_of_squares),
    (lambda x: np.sum((x**8.0) ** 0.5), lambda x: np.sum(x**4)),
    (lambda x: np.abs(x) @ np.abs(x), sum_of_squares),
    (lambda x: np.dot(np.sqrt(x * x), np.sqrt(x * x)), sum_of_squares),
    (lambda x: np.linalg.norm(np.abs(x)) ** 2, sum_of_squares),
    (lambda x: np.exp(-0.5 * (np.linalg.norm(x) / 3.0) ** 2), of_gaussian),
    (lambda x: math.exp(-0.5 * math.sqrt(x @ x) * math.sqrt(x @ x) / 9.0), of_gaussian),
    (lambda x: np.exp(-np.linalg.norm(x) / 6.0 * np.linalg.norm(x) / 3.0), of_gaussian),
    (lambda x: np.exp(-(np.sqrt(x @ x).reshape(1)[0] ** 2) / 18.0), of_gaussian),
]


@pytest.mark.parametrize("number", range(len(SMOOTH)))
def test_squares_of_norms_are_smooth(number: int) -> None:
    function, smooth = SMOOTH[number]
    for x in (np.zeros(3), np.array([0.0, 0.3, -0.2])):
        value, slope = srcad.value_and_grad(function)(x)
        assert value == function(x)
        np.testing.assert_allclose(slope, srcad.grad(smooth)(x), atol=1e-15)
        np.testing.assert_allclose(srcad.hvp(function)(x, V), srcad.hvp(smooth)(x, V), atol=1e-15)
        np.testing.assert_allclose(srcad.hessian(function)(x), srcad.hessian(smooth)(x), atol=1e-15)


def test_derivatives_in_the_program() -> None:
    """What a program differentiates itself is looked through too."""

    def slope(x: Any) -> Any:
        return np.sum(srcad.grad(lambda y: np.linalg.norm(y) ** 2 + np.sqrt(np.sum(y**2)))(x) * V)

    np.testing.assert_allclose(srcad.grad(slope)(np.zeros(3)), 2 * V)


def test_nothing_is_computed_for_nobody() -> None:

    def gaussian(x: Any) -> Any:
        r = np.linalg.norm(x)
        return np.exp(-0.5 * (r / 3.0) ** 2)

    lines = srcad.value_and_grad(gaussian).source(np.ones(3)).splitlines()
    assert [line.strip() for line in lines if "#" not in line][1:] == [
        "r = np.linalg.norm(x)",
        "value = math.exp(-0.5 * (r / 3.0) ** 2)",
        "x_bar = value / -9.0 * x",
        "return value, x_bar",
    ]


def test_radial_functions() -> None:
    """Kernels of distances, at points that coincide."""

    def energy(p: Any) -> Any:
        r = np.linalg.norm(p[:, None] - p[None], axis=-1)
        return np.sum(1.0 / (1.0 + (r / 0.3) ** 2)) + np.sum(special.j0(r * 0.0))

    def plain(p: Any) -> Any:
        s = np.sum((p[:, None] - p[None]) ** 2, axis=-1)
        return np.sum(1.0 / (1.0 + s / 0.09))

    p, v = np.zeros((3, 2)), np.arange(6.0).reshape(3, 2)
    np.testing.assert_allclose(srcad.hvp(energy)(p, v), srcad.hvp(plain)(p, v))
