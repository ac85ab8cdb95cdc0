"""Lengths of slices of what may have no elements: `x[2:-2][-1:]` has one element, or none."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad


def of_a_slice(x: np.ndarray) -> float:
    inner = x[2:-2][-1:]
    return np.sum(np.sin(inner) * np.linspace(1.0, 2.0, np.size(inner))) + np.sum(inner * np.ones((3, 1)))


def of_a_choice(x: np.ndarray) -> float:
    chosen = x[x > 0.0]
    return np.sum(chosen[-1:] * np.ones(1)) + np.sum(chosen[:1] + x[0] * np.ones((3, 1)))


def of_a_rest(x: np.ndarray) -> float:
    return np.sum(np.stack([x[3:][:1], 2.0 * x[3:][-1:]]) @ np.ones(np.size(x[3:][:1])))


@pytest.mark.parametrize("f", [of_a_slice, of_a_choice, of_a_rest])
def test_lengths(f: Callable[[np.ndarray], float]) -> None:
    derived = srcad.value_and_grad(f)
    for n in (5, 4, 3, 6):
        for sign in (1.0, -1.0):
            x = sign * np.arange(1.0, n + 1.0)
            value, gradient = derived(x)
            assert value == pytest.approx(f(x))
            steps = 1e-6 * np.eye(n)
            due = [(f(x + step) - f(x - step)) / 2e-6 for step in steps]
            np.testing.assert_allclose(gradient, due, atol=1e-7)
