"""Real adjoints that enter loops and branches in which complex ones are added to them in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference


def escape(xmin: float, xmax: float, ymin: float, horizon: float) -> float:
    """The Mandelbrot iteration, of which the real part alone is looked at, with weights."""
    C = np.linspace(xmin, xmax, 4) + np.linspace(ymin, 1.0, 3)[:, None] * 1j
    Z = np.zeros(C.shape, dtype=np.complex128)
    for _ in range(3):
        near = np.less(abs(Z), horizon)
        Z[near] = Z[near] ** 2 + C[near]
    return np.sum(np.real(Z) * np.cos(np.arange(Z.size)).reshape(Z.shape))


def turned(x: float, a: float, b: float, c: float) -> float:
    z = np.array([x * a + 1j * b, c + 0.5j * x])
    if x > 0:
        z = z * 1j
        z[0] = z[1] * 2j
    return np.sum(z.real * np.array([1.0, 0.3]))


@pytest.mark.parametrize("f", [escape, turned])
def test_real_adjoints_of_complex_arrays(f: Callable[..., Any]) -> None:
    args = (-1.75, 0.3, -1.1, 2.0) if f is escape else (0.7, 1.2, -0.4, 0.9)
    bars = srcad.grad(f, (0, 1, 2, 3))(*args)
    for direction in np.eye(4):
        due = reference.along(f, args, tuple(float(d) for d in direction), 1e-3)
        assert np.dot(bars, direction) == pytest.approx(due.value[0], abs=1e-7)
        assert srcad.jvp(f, args, tuple(float(d) for d in direction))[1] == pytest.approx(due.value[0], abs=1e-7)
