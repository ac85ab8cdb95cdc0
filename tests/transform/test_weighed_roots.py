"""Roots of weighed squares rest where all that is squared is 0, whatever the weights are, and only there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import srcad
from tests.rules.checking import directional

W, M = np.array([1.0, 2.0, 0.5]), np.array([[2.0, 0.3, 0.1], [0.3, 1.0, -0.2], [0.1, -0.2, 1.5]])
V = np.array([1.0, -2.0, 0.5])


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    with np.errstate(all="ignore"):
        yield


def weighed_sum(x: Any, w: Any, m: Any) -> Any:
    return np.sqrt(np.sum(w * x**2))


def weighed_product(x: Any, w: Any, m: Any) -> Any:
    return np.sqrt(w @ (x * x)) + np.sqrt(np.dot(x**2, w)) + np.sqrt(np.mean(x**2 / w))


def mahalanobis(x: Any, w: Any, m: Any) -> Any:
    return np.sqrt(x @ m @ x) + np.sqrt(np.dot(x, np.dot(m, x))) + np.sqrt(np.sum((x @ m) * x))


def of_terms(x: Any, w: Any, m: Any) -> Any:
    return np.sqrt(w[0] * x[0] ** 2 + w[1] * x[1] ** 2 + w[2] * x[2] ** 2)


def of_pairs(x: Any, w: Any, m: Any) -> Any:
    d = x[:, None] - x[None, :]
    return np.sum(np.sqrt(np.sum(w * d[:, :, None] ** 2 * np.ones(3), axis=-1)))


PROGRAMS = (weighed_sum, weighed_product, mahalanobis, of_terms, of_pairs)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_at_zero(function: Callable[..., Any]) -> None:
    zero = np.zeros(3)
    for bar in srcad.grad(function, (0, 1, 2))(zero, W, M):
        np.testing.assert_array_equal(bar, np.zeros_like(bar))
    assert srcad.jvp(function, (zero, W, M), (V, W, M))[1] == 0.0
    np.testing.assert_array_equal(srcad.hvp(function)(zero, W, M, V), zero)


@pytest.mark.parametrize("function", PROGRAMS, ids=lambda f: f.__name__)
def test_elsewhere(function: Callable[..., Any]) -> None:
    x = np.array([0.3, -0.7, 1.1])
    dots = (V, 0.1 * V, 0.1 * M)
    due = directional(lambda t: function(x + t * dots[0], W + t * dots[1], M + t * dots[2]))
    bars = srcad.grad(function, (0, 1, 2))(x, W, M)
    np.testing.assert_allclose(sum(np.sum(b * d) for b, d in zip(bars, dots, strict=True)), due, rtol=1e-7)
    np.testing.assert_allclose(srcad.jvp(function, (x, W, M), dots)[1], due, rtol=1e-7)
    bent = directional(lambda t: srcad.grad(function)(x + t * V, W, M))
    np.testing.assert_allclose(srcad.hvp(function)(x, W, M, V), bent, rtol=1e-6, atol=1e-9)


def test_squares_of_them_are_smooth() -> None:
    found = srcad.hessian(lambda x: np.exp(-(weighed_sum(x, W, M) ** 2)))(np.zeros(3))
    np.testing.assert_allclose(found, -2.0 * np.diag(W))
    form = srcad.hessian(lambda x: np.sqrt(x @ M @ x) ** 2)(np.zeros(3))
    np.testing.assert_allclose(form, 2.0 * M)


def test_infinite_slopes_stay() -> None:
    """Of weights that are 0, and where terms cancel each other."""
    assert np.isinf(srcad.grad(weighed_sum, 1)(np.ones(3), np.zeros(3), M)[0])
    assert not np.isfinite(srcad.grad(weighed_sum)(np.array([1.0, 1.0, 0.0]), np.array([1.0, -1.0, 1.0]), M)[0])
    minus = srcad.grad(lambda x: np.sqrt(x[0] ** 2 - x[1] ** 2))
    assert np.isinf(minus(np.ones(2))[0])
    assert not np.any(np.isfinite(srcad.grad(lambda x: np.sqrt(np.sum((x @ M) * V)))(np.zeros(3))))
