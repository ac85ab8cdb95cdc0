"""What NumPy makes of a dict or an object: an array of no dimensions, whose sum is the object itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported


class Side:
    def __init__(self, length):
        self.length = length

    def __getitem__(self, k):
        return self.length[k]


class Sides:
    def __init__(self, *lengths):
        self.lengths = lengths

    def __len__(self):
        return len(self.lengths)

    def __getitem__(self, k):
        return self.lengths[k]


X = np.linspace(0.3, 1.0, 3)


def of_a_dict(x, s):
    d = {"w": x * s, "b": s}
    same = np.sum(d)
    same["w"] = same["w"] * s
    return np.sum(d["w"]) * np.max(d)["b"]


def of_an_object(x, s):
    side = Side(x * s)
    np.prod(side).length = side.length * s
    return side[0] + np.sum(side.length)


def of_several(x, s):
    return np.sum(Sides(s, s * s, 2.0))


def compared(x, s):
    layers = [{"w": x * s}, {"w": s}]
    try:
        return max(layers, key=lambda d: np.sum(d))["w"]
    except TypeError:
        return np.sum(layers[0]["w"])


def compared_with_a_number(x, s):
    try:
        return s if {"w": s} < 2.0 else 2.0 * s
    except TypeError:
        return 3.0 * s


CASES: list[Callable[..., Any]] = [of_a_dict, of_an_object, compared, compared_with_a_number]


@pytest.mark.parametrize("f", CASES)
def test_value_and_slope(f: Callable[..., Any]) -> None:
    value, slope = srcad.value_and_grad(f, 1)(X, 0.7)
    np.testing.assert_allclose(value, f(X, 0.7), rtol=1e-12)
    np.testing.assert_allclose(slope, (f(X, 0.7 + 1e-6) - f(X, 0.7 - 1e-6)) / 2e-6, rtol=1e-6)


def test_what_has_a_length_is_no_object() -> None:
    with pytest.raises(NotYetSupported, match="an instance of a class"):
        srcad.grad(of_several, 1)(X, 0.7)
