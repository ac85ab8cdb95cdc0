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


class Momentum:
    def __init__(self, decay=0.9):
        self.decay = decay

    def step(self, x):
        return self.decay * x * x


def underscores(_x, __y):
    _ = _x * __y
    momentum = Momentum()
    for _k in range(2):
        _ = momentum.step(_)
    return np.sin(_) * _


def test_names_that_begin_with_underscores() -> None:
    """Parameters have their names whatever they are; so have those that a pullback is given what was recorded by."""
    _, pullback = srcad.vjp(underscores, 0.7, 1.1)
    np.testing.assert_allclose(pullback(1.0), srcad.grad(underscores, (0, 1))(0.7, 1.1))
    np.testing.assert_allclose(srcad.jvp(underscores, (0.7, 1.1), (1.0, 0.0))[1], pullback(1.0)[0])


def test_a_recorded_value_without_a_name_of_its_own() -> None:
    def smallest(a):
        w, _ = np.linalg.eigh(a)
        return w @ np.array([10.0, 1.0])

    _, pullback = srcad.vjp(smallest, np.array([[2.0, 1.0], [1.0, 2.0]]))
    np.testing.assert_allclose(pullback(1.0)[0], [[5.5, -4.5], [-4.5, 5.5]])


def counted(x, ids):
    total = 0.0
    for i, c in enumerate(ids):
        for k in range(len(ids)):
            if k != i:
                total = total + x[c] * x[ids[k]]
    return total


def test_a_list_that_is_read_while_it_is_iterated() -> None:
    """An inner loop carries it, and leaves it as it is."""
    _, pullback = srcad.vjp(counted, np.arange(4.0), [1, 2, 3])
    np.testing.assert_allclose(pullback(1.0)[0], [0.0, 10.0, 8.0, 6.0])
