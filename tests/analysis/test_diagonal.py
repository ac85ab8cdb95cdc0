"""The proof that a function is elementwise: what it accepts has a diagonal Jacobian, whatever is put together."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotDifferentiable, NotYetSupported, SrcadError

X = np.array([0.7, -0.4, 1.3])
A = np.array([[1.0, 0.5, -0.2], [0.3, 2.0, 0.1], [0.0, -1.0, 1.5]])
M = np.array([True, False, True])


def masked(y):
    z = np.ones_like(y)
    z[M] = y[M] * 2.0
    return z


def shifted(y):
    z = y.copy()
    z[1:] = y[:-1] * y[1:]
    return z


def through_a_table(y):
    table = np.zeros((3, 2))
    table[:, 0] = y
    table[:, 1] = y[:] ** 2
    return table[:, 1] - table[:, 0]


def in_a_loop(y):
    z = y
    for _ in range(3):
        z = 0.5 * (z + y)
    return z


def element_by_element(y):
    z = np.zeros(3)
    for i in range(3):
        z[i] = np.sin(y[i])
    return z


def listed(y):
    rows = []
    for k in range(3):
        rows.append(y * k)
    return np.array(rows).sum(axis=0)


# functions from arrays of three to arrays of three: most of them elementwise, some of them not
PIECES: list[Callable[[Any], Any]] = [
    np.sin,
    lambda y: y * y,
    lambda y: y * np.array([1.0, 2.0, 3.0]),
    lambda y: np.where(y > 0.2, y, -y),
    masked,
    through_a_table,
    in_a_loop,
    element_by_element,
    listed,
    lambda y: (y[:, None] * A).sum(axis=1),
    lambda y: (y[None, :] * A).sum(axis=0),
    lambda y: np.diagonal(y[:, None] * A),
    lambda y: (y[:, None] ** 2 @ np.ones((1, 4))).mean(axis=1),
    lambda y: np.stack([y, y * y])[1],
    lambda y: np.concatenate([y[:, None], y[:, None] ** 2], axis=1).prod(axis=1),
    lambda y: np.expand_dims(y, 0).T[:, 0],
    lambda y: y.reshape(3),
    lambda y: np.squeeze(y[None, :, None], axis=(0, 2)),
    lambda y: y + 0.0 * np.argmax(y),
    lambda y: (np.ones((2, 3)) @ (y[:, None] * np.ones((3, 2))))[0, 0] * np.ones(3),
    lambda y: y - np.mean(y),
    lambda y: A @ y,
    lambda y: y[::-1],
    lambda y: np.cumsum(y),
    lambda y: (y[None, :] * A).sum(axis=1),
    lambda y: y + y[0],
    shifted,
    lambda y: np.roll(y, 1),
]


@pytest.mark.parametrize("seed", range(150))
def test_what_is_accepted_is_diagonal(seed: int) -> None:
    chosen = random.Random(seed).choices(PIECES[:20] if seed % 3 else PIECES, k=3)
    one, two, three = chosen

    def f(x):
        y = one(x)
        z = two(y)
        return three(z) * y + z

    jacobian = srcad.jacfwd(f)(X)
    diagonal = np.diag(np.diag(jacobian))
    try:
        found = srcad.deriv(f)(X)
    except (NotDifferentiable, NotYetSupported) as error:
        assert "elementwise" in str(error)
        return
    np.testing.assert_allclose(jacobian, diagonal, atol=1e-14)
    np.testing.assert_allclose(found, np.diag(jacobian), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("k", range(len(PIECES)))
def test_each_piece(k: int) -> None:
    """Those that are accepted alone: nearly all that are elementwise."""
    f = PIECES[k]
    jacobian = srcad.jacfwd(lambda x: 1.0 * f(x))(X)
    is_diagonal = np.allclose(jacobian, np.diag(np.diag(jacobian)), atol=1e-14)
    try:
        srcad.deriv(lambda x: 1.0 * f(x))(X)
        accepted = True
    except SrcadError:
        accepted = False
    assert accepted <= is_diagonal
    assert accepted == is_diagonal or k in UNPROVEN


# Elements of an array whose length may be another one, and the diagonal of a matrix with an axis along x.
UNPROVEN = {7, 11}
