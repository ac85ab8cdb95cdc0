"""What is stored may have more axes than its place has, of length 1; and Jacobians of lists that are empty."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad
from tests import reference


def whole(x: np.ndarray) -> float:
    y = x.copy()
    y[...] = (x * x[0])[None]
    y[:2] = (x[:2] * x[1:])[None, None]
    return np.sum(np.sin(y) * y)


def single(x: np.ndarray) -> float:
    y = x.copy()
    y[:1] = x[:1] * x[2]
    y[1:2] = (x[1:2] * x[0])[None]
    return np.sum(np.sin(y) * y)


def rows(x: np.ndarray) -> float:
    a = np.outer(x, x)
    a[0] = (x * x[1])[None]
    a[1:2, :] = (a[0] * x)[None, None]
    return np.sum(np.sin(a))


@pytest.mark.parametrize("f", [whole, single, rows])
def test_right(f: Callable[[np.ndarray], float]) -> None:
    x, d = np.array([0.7, -0.4, 1.2]), np.array([0.3, -0.5, 0.8])
    due = reference.ridders(lambda t: np.array([f(x + t * d)]), 1e-3).value[0]
    assert srcad.grad(f)(x) @ d == pytest.approx(due, rel=1e-8)
    assert srcad.jvp(f, (x,), (d,))[1] == pytest.approx(due, rel=1e-8)
    bent = reference.ridders(lambda t: srcad.grad(f)(x + t * d), 1e-3).value
    np.testing.assert_allclose(srcad.hvp(f)(x, d), bent, rtol=1e-7)


def collected(x: np.ndarray) -> np.ndarray:
    return np.array([q**2 * x[0] for q in x[2:]]) * np.sum(x)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_jacobian_of_a_list(n: int) -> None:
    x = np.arange(1.0, n + 1)
    due = np.zeros((n - 2, n))
    for k in range(n):
        step = np.zeros(n)
        step[k] = 1e-20
        due[:, k] = np.imag(collected(x + 1j * step)) / 1e-20
    np.testing.assert_allclose(srcad.jacfwd(collected)(x), due)
    np.testing.assert_allclose(srcad.jacrev(collected)(x), due)
