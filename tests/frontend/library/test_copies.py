"""copy.deepcopy of objects that are there before the call: nothing of them is shared, whether it was read or not."""

from __future__ import annotations

import copy

import numpy as np

import srcad


class Layers:
    def __init__(self) -> None:
        self.parts = [np.array([1.0, 2.0])]
        self.w = np.array([1.0, 2.0])
        self.v = 3.0


LAYERS = Layers()
PAIR = (LAYERS, 1.0)


def arrays(x: np.ndarray) -> float:
    mine = copy.deepcopy(LAYERS)
    mine.w[0] = x[0] * 2
    mine.v = mine.v * 2
    return np.sum(mine.w * x) * mine.v + np.sum(LAYERS.w) * LAYERS.v * x[0]


def lists(x: np.ndarray) -> float:
    mine = copy.deepcopy(LAYERS)
    mine.parts[0][0] = x[1]
    mine.parts.append(x)
    return np.sum(mine.parts[0] * x) * len(mine.parts) * len(LAYERS.parts)


def popped(x: np.ndarray) -> float:
    mine, _ = copy.deepcopy(PAIR)
    return np.sum(mine.parts.pop() * x)


def test_right_and_nothing_is_changed() -> None:
    x = np.array([0.3, 0.7])
    for f, due in ((arrays, [16.2, 12.0]), (lists, [1.4, 4.6]), (popped, [1.0, 2.0])):
        value, gradient = srcad.value_and_grad(f)(x)
        assert value == f(x)
        np.testing.assert_allclose(gradient, due)
    assert len(LAYERS.parts) == 1
    np.testing.assert_array_equal(LAYERS.w, [1.0, 2.0])
