"""Functions and objects that a loop collects: which one is meant is known, as the loop is read turn by turn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from tests import reference

X = np.array([0.5, -1.2, 2.0])


def of_the_last_turn(x: np.ndarray) -> Any:
    """A closure sees what its variable is when it is called."""
    steps = []
    for k in range(3):
        steps.append(lambda v: v * k)
    return sum(step(x) for step in steps)


def of_each_turn(x: np.ndarray) -> Any:
    steps = []
    for k in range(3):
        steps.append(lambda v, k=k: v ** (k + 1))
    for step in steps:
        x = step(x) * 0.5
    return x


class Layer:
    def __init__(self, weight: Any) -> None:
        self.weight = weight

    def __call__(self, x: np.ndarray) -> np.ndarray:
        return np.tanh(self.weight * x)


def layers(x: np.ndarray) -> np.ndarray:
    network = []
    for k in range(4):
        network.append(Layer(x * k))
    for layer in network:
        x = layer(x) + x
    return x


@pytest.mark.parametrize("program", [of_the_last_turn, of_each_turn, layers])
def test_collected_by_a_loop(program: Callable[[np.ndarray], Any]) -> None:
    direction = np.cos(X)
    _, tangent = srcad.jvp(program, (X,), (direction,))
    np.testing.assert_allclose(tangent, reference.along(program, (X,), (direction,)).value, rtol=1e-7)


def test_how_many_there_are_has_to_be_known() -> None:
    def collected(x: np.ndarray) -> Any:
        steps = []
        while x[0] < 10.0 * (1 + len(steps)):
            steps.append(lambda v: v * 2.0)
            x = x * 2.0
        return steps[-1](x[0])

    with pytest.raises(NotYetSupported, match="function"):
        srcad.grad(collected)(X)
