"""Functions of NumPy and SciPy that are given constants alone: what they give is known to be arrays of some shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference

pytest.importorskip("scipy")

from scipy import linalg, signal, special

P = np.array([0.4, 0.9])


def gauss(p: np.ndarray) -> float:
    x, w = np.polynomial.legendre.leggauss(6)
    return w @ np.exp(p[0] * x) * p[1]


def node_by_node(p: np.ndarray) -> float:
    return sum(w * np.exp(-p[0] * x) for x, w in zip(*np.polynomial.legendre.leggauss(3), strict=True)) * p[1]


def moved_nodes(p: np.ndarray) -> float:
    x, w = special.roots_legendre(4)
    x = 0.5 * (x + 1) * p[1]
    x[0] = p[0]
    return np.dot(w, x**2)


def filtered(p: np.ndarray) -> np.ndarray:
    b, a = signal.butter(2, 0.3)
    return signal.lfilter(b, a, signal.windows.hann(5) * p[0]) * p[1]


def matrices(p: np.ndarray) -> np.ndarray:
    return linalg.hilbert(2) @ p + special.binom(5, 2) * p


@pytest.mark.parametrize("program", [gauss, node_by_node, moved_nodes, filtered, matrices])
def test_of_constants(program: Callable[[np.ndarray], Any]) -> None:
    direction = np.array([0.7, -0.3])
    value, tangent = srcad.jvp(program, (P,), (direction,))
    due = reference.along(program, (P,), (direction,)).value
    np.testing.assert_allclose(np.ravel(tangent), due, rtol=1e-7)
    (bar,) = srcad.vjp(program, P)[1](np.ones(np.shape(value)) if np.ndim(value) else 1.0)
    assert bar @ direction == pytest.approx(np.sum(due))


def test_of_a_count_that_is_given() -> None:
    def integral(p: np.ndarray, n: int) -> float:
        x, w = np.polynomial.legendre.leggauss(n)
        return w @ np.exp(p[0] * x)

    gradient = srcad.grad(integral)
    for n in (2, 5, 9):
        due = reference.along(lambda p, n=n: integral(p, n), (P,), (np.array([1.0, 0.0]),)).value[0]
        np.testing.assert_allclose(gradient(P, n), [due, 0.0], rtol=1e-7)
