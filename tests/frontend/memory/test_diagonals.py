"""Diagonals, which are read-only, but for np.add.at at single places: NumPy doesn't ask there."""

from __future__ import annotations

import numpy as np
import pytest

import srcad

X = np.linspace(0.3, 1.0, 3)


def added_at(x, s):
    a = np.outer(x, x) * s
    np.add.at(a.diagonal()[::-1], [0, 0, 1], s)
    np.subtract.at(a.diagonal(1), 1, x[0])
    np.add.at(a.diagonal(-1), [1], 2.0 * s)
    return np.sum(np.sin(a) * np.arange(9.0).reshape(3, 3))


def test_added_at() -> None:
    value, slope = srcad.value_and_grad(added_at, 1)(X, 0.7)
    np.testing.assert_allclose(value, added_at(X, 0.7), rtol=1e-12)
    np.testing.assert_allclose(slope, (added_at(X, 0.7 + 1e-6) - added_at(X, 0.7 - 1e-6)) / 2e-6, rtol=1e-6)


@pytest.mark.parametrize("index", [slice(0, 2), ...])
def test_read_only(index: object) -> None:
    def f(x, s):
        a = np.outer(x, x) * s
        np.add.at(a.diagonal(), index, s)
        return np.sum(a)

    with pytest.raises(ValueError, match="read-only"):
        f(X, 0.7)
    with pytest.raises(ValueError, match="read-only"):
        srcad.grad(f, 1)(X, 0.7)
