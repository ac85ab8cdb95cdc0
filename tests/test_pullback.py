"""Pullbacks of results whose structure the run alone knows."""

from __future__ import annotations

import numpy as np
import pytest

import srcad
from srcad.errors import ArgumentError


def squares(x):
    out = [0.0] * len(x)
    for i in range(len(x)):
        out[i] = x[i] * x[i]
    return out


def rows(x, n):
    out = []
    for _ in range(n):
        x = x * x
        out.append(x)
    return out


def test_list_that_the_run_fills() -> None:
    value, pullback = srcad.vjp(squares, [1.0, 2.0, 3.0])
    assert value == [1.0, 4.0, 9.0]
    for _ in range(2):
        assert pullback([1.0, 2.0, 3.0]) == ([2.0, 8.0, 18.0],)
    assert pullback(None) == ([0.0, 0.0, 0.0],)


def test_list_that_grows() -> None:
    x = np.array([0.5, 2.0])
    _, pullback = srcad.vjp(rows, x, 2)
    bars = [np.array([1.0, 0.0]), np.array([0.0, 1.0])]
    np.testing.assert_allclose(pullback(bars)[0], [2 * 0.5, 4 * 2.0**3])
    np.testing.assert_array_equal(bars, [[1.0, 0.0], [0.0, 1.0]])


@pytest.mark.parametrize("bar", [[1.0], 2.0])
def test_adjoint_of_another_length(bar: object) -> None:
    _, pullback = srcad.vjp(squares, [1.0, 2.0, 3.0])
    with pytest.raises(ArgumentError, match="a list with 3 items"):
        pullback(bar)
