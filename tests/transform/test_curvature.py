"""Smooth functions of norms at 0: second derivatives in all modes are those of the limit, and elsewhere as before."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests.rules.checking import directional as slope_along

special = pytest.importorskip("scipy.special")

LENGTH = 0.7


def cosine(x: Any) -> Any:
    return np.cos(np.linalg.norm(x))


def hyperbolic(x: Any) -> Any:
    return np.cosh(2.0 * np.sqrt(np.sum(x**2)))


def cardinal(x: Any) -> Any:
    return np.sinc(np.linalg.norm(x))


def softened(x: Any) -> Any:
    return np.log(np.cosh(np.sqrt(x @ x)))


def matern_three(x: Any) -> Any:
    u = np.sqrt(3.0) * np.linalg.norm(x) / LENGTH
    return (1.0 + u) * np.exp(-u)


def matern_five(x: Any) -> Any:
    u = np.sqrt(5.0) * np.linalg.norm(x) / LENGTH
    return (1.0 + u + u**2 / 3.0) * np.exp(-u)


def matern_of_terms(x: Any) -> Any:
    """The root of 5 is written three times."""
    r = np.sqrt(x[0] ** 2 + x[1] ** 2 + x[2] ** 2)
    return (1 + math.sqrt(5) * r + 5 / 3 * r**2) * np.exp(-math.sqrt(5) * r)


def within(x: Any) -> Any:
    """Which side is taken is said by truths that are made of the norm as well."""
    r = np.linalg.norm(x)
    out = (r < -1.0) | (r > 9.0) | (np.floor(r) != np.floor(r))
    return np.where(out, 0.0, np.cos(r))


def of_scalars(x: Any) -> Any:
    return math.cos(math.hypot(x[0], x[1], x[2]))


def huber_like(x: Any) -> Any:
    r = np.linalg.norm(x)
    return r - np.log(1.0 + r)


def in_branch(x: Any) -> Any:
    r = np.linalg.norm(x)
    return np.cos(r) if r < 1.0 else np.sin(r)


def in_loop(x: Any) -> Any:
    total = 0.0
    for k in range(3):
        total = total + np.cos((k + 1) * np.linalg.norm(x)) / (k + 1) ** 2
    return total


def of_elements(x: Any) -> Any:
    return np.sum(np.cosh(np.abs(x)) - np.cos(np.fabs(x)))


def twice(x: Any) -> Any:
    return np.exp(np.cos(np.linalg.norm(x)))


def beside_kinks(x: Any) -> Any:
    """The kink of the norm itself counts as flat, as everywhere."""
    r = np.linalg.norm(x)
    return np.cos(r) + 3.0 * r + r**3


def quiet_under_masks(x: Any) -> Any:
    r = np.linalg.norm(x)
    return np.where(x[0] > -1.0, np.cos(r), np.nan * r)


def of_bessel(x: Any) -> Any:
    return special.j0(2.0 * np.linalg.norm(x))


def of_bell(x: Any) -> Any:
    r = np.linalg.norm(x)
    return special.erf(r) * r + special.i0(r)


def of_struve_free(x: Any) -> Any:
    """r K1(r) would be infinite: the quotient J1(r) / r isn't, away from 0."""
    r = np.sqrt(np.sum(x**2))
    return special.expit(r) * special.expit(-r) + special.ive(0, 0.0 * r) + special.jv(0, r)


def of_polynomials(x: Any) -> Any:
    r = np.linalg.norm(x)
    return special.eval_legendre(2, r) + special.eval_chebyt(4, r) + special.log_ndtr(r) + special.log_ndtr(-r)


def of_math_functions(x: Any) -> Any:
    r = math.hypot(x[0], x[1], x[2])
    return math.erf(r) * r + math.lgamma(1.0 + r) + math.lgamma(1.0 - r)


CURVED: list[tuple[Callable[[Any], Any], float]] = [
    (cosine, -1.0),
    (within, -1.0),
    (hyperbolic, 4.0),
    (cardinal, -(np.pi**2) / 3),
    (softened, 1.0),
    (matern_three, -3.0 / LENGTH**2),
    (matern_five, -5.0 / 3.0 / LENGTH**2),
    (matern_of_terms, -5.0 / 3.0),
    (of_scalars, -1.0),
    (huber_like, 1.0),
    (in_branch, -1.0),
    (in_loop, -3.0),
    (of_elements, 2.0),
    (twice, -math.e),
    (beside_kinks, -1.0),
    (quiet_under_masks, -1.0),
    (of_bessel, -2.0),
    (of_bell, 4 / math.sqrt(math.pi) + 0.5),
    (of_struve_free, -0.125 - 0.5),
    (of_polynomials, 3.0 - 16.0 - 4 / math.pi),
    (of_math_functions, 4 / math.sqrt(math.pi) + math.pi**2 / 3),
]
WAYS: dict[str, Callable[[Any], Any]] = {
    "hessian": srcad.hessian,
    "forward over reverse": lambda f: srcad.jacfwd(srcad.grad(f)),
    "reverse over reverse": lambda f: srcad.jacrev(srcad.grad(f)),
    "forward over forward": lambda f: srcad.jacfwd(srcad.jacfwd(f)),
    "reverse over forward": lambda f: srcad.jacrev(srcad.jacfwd(f)),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(("function", "bend"), CURVED, ids=lambda v: getattr(v, "__name__", ""))
def test_at_zero(function: Callable[[Any], Any], bend: float, way: str) -> None:
    zero = np.zeros(3)
    np.testing.assert_array_equal(srcad.grad(function)(zero), zero)
    np.testing.assert_allclose(WAYS[way](function)(zero), bend * np.eye(3), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("function", "bend"), CURVED, ids=lambda v: getattr(v, "__name__", ""))
def test_elsewhere(function: Callable[[Any], Any], bend: float) -> None:
    for x in (np.array([0.3, -0.2, 0.1]), np.array([1e-9, 0.0, 0.0])):
        v = np.array([1.0, -2.0, 0.5])
        found = srcad.hvp(function)(x, v)
        if x[1]:
            due = slope_along(lambda t, x=x, v=v: srcad.grad(function)(x + t * v))
            np.testing.assert_allclose(found, due, rtol=1e-6, atol=1e-7)
        elif function not in (of_elements, beside_kinks):
            np.testing.assert_allclose(found, bend * v, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("function", [cosine, softened, matern_five])
def test_taylor_and_laplacian(function: Callable[[Any], Any]) -> None:
    bend = dict(CURVED)[function]
    v = np.array([1.0, -2.0, 0.5])
    np.testing.assert_allclose(srcad.taylor(function, 2)(np.zeros(3), v)[2], bend * (v @ v) / 2)
    np.testing.assert_allclose(srcad.laplacian(function)(np.zeros(3)), 3 * bend)
    np.testing.assert_allclose(srcad.vhp(function)(np.zeros(3), v), bend * v)


def test_float32() -> None:
    found = srcad.hvp(matern_five)(np.zeros(3, np.float32), np.ones(3, np.float32))
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, -5.0 / 3.0 / LENGTH**2, rtol=1e-5)


def kernel(points: Any, scale: Any) -> Any:
    """All pairs, of which those with themselves are at distance 0."""
    d = points[:, None, :] - points[None, :, :]
    u = np.sqrt(np.sum(d**2, axis=-1)) / scale
    return np.sum((1.0 + u) * np.exp(-u) * np.array([[1.0, 2.0, 3.0], [0.5, 1.5, -1.0], [1.0, 2.0, 4.0]]))


def test_pairs() -> None:
    points, other = np.array([[0.0, 0.3], [1.0, -0.2], [0.4, 0.9]]), np.array([[0.2, 0.1], [-0.3, 0.5], [0.1, 0.7]])
    due = slope_along(lambda t: srcad.grad(kernel)(points + t * other, 0.8))
    np.testing.assert_allclose(srcad.hvp(kernel)(points, 0.8, other), due, rtol=1e-6, atol=1e-7)
    again = srcad.grad(lambda x: np.sum(srcad.grad(kernel)(x, 0.8) * other))
    np.testing.assert_allclose(again(points), due, rtol=1e-6, atol=1e-7)


def across(x: Any, y: Any, scale: Any) -> Any:
    u = np.linalg.norm(x - y) / scale
    return scale**2 * (1.0 + u) * np.exp(-u)


def test_third_order_with_the_scale() -> None:
    """The covariance of derivatives at the same place, which kernels are differentiated twice for."""
    x = np.array([0.3, -0.4])
    mixed = srcad.jacfwd(srcad.grad(across, 0), 1)
    np.testing.assert_allclose(mixed(x, x, 0.5), np.eye(2), rtol=1e-12)
    np.testing.assert_allclose(srcad.jacfwd(lambda s: mixed(x, x, s))(0.5), np.zeros((2, 2)), atol=1e-12)
    np.testing.assert_allclose(srcad.jacrev(lambda s: s * mixed(x, x, s))(0.5), np.eye(2), atol=1e-12)


def test_first_derivatives_have_no_term_for_it() -> None:
    assert "where" not in srcad.grad(cosine).source(np.ones(3))
    assert "np.where(v2, -x_dot, 0.0)" in srcad.hvp(cosine).source(np.ones(3), np.ones(3))


def test_fourth_powers() -> None:
    """norm(x)**4 is smooth, to any order."""
    one, other = np.array([1.0, -2.0, 0.5]), np.array([0.5, 1.0, -1.0])

    def fourth(x: Any) -> Any:
        return np.linalg.norm(x) ** 4 + np.hypot(x[0], x[1]) ** 6

    def twice(f: Any, v: Any) -> Any:
        return lambda x: np.sum(srcad.hvp(f)(x, v) * v)

    found = twice(twice(fourth, one), other)(np.zeros(3))
    np.testing.assert_allclose(found, 8 * ((one @ one) * (other @ other) + 2 * (one @ other) ** 2))
    assert srcad.taylor(fourth, 4)(np.zeros(3), one)[4] == (one @ one) ** 2


def exponential(x: Any, scale: Any) -> Any:
    return np.exp(-np.linalg.norm(x) / scale)


def test_slopes_that_vanish_for_some_parameters() -> None:
    """(1 + a r) exp(-b r) has no kink where a is b."""

    def kernel(x: Any, a: Any, b: Any) -> Any:
        r = np.linalg.norm(x)
        return (1.0 + a * r) * np.exp(-b * r)

    for a, b, bend in ((1.3, 1.3, -(1.3**2)), (0.7, 0.7, -(0.7**2)), (1.3, 0.4, 0.0), (0.4, 1.3, 0.0)):
        for way in WAYS.values():
            found = way(lambda x, a=a, b=b: kernel(x, a, b))(np.zeros(3))
            np.testing.assert_allclose(found, bend * np.eye(3), atol=1e-12)
    lines = srcad.hvp(exponential).source(np.ones(3), 2.0, np.ones(3)).splitlines()
    assert not [line for line in lines if " and " in line], "the slope of this one vanishes nowhere"


def test_of_weighed_squares() -> None:
    w = np.array([1.0, 2.0, 0.5])
    found = srcad.hessian(lambda x: np.cos(np.sqrt(np.sum(w * x**2))))(np.zeros(3))
    np.testing.assert_allclose(found, -np.diag(w))
