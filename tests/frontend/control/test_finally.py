"""`finally` in loops, and lists that loops are the first to set."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad
from tests import reference


def times(v: float, c: float) -> float:
    try:
        return v * c
    finally:
        c = 0.0


def view_beside_a_finalizer(x: np.ndarray, y: np.ndarray) -> float:
    for i in range(len(x)):
        y[::-1][0] = x[i]
        y[0] = times(y[-1], 0.7)
        x[::2][0] *= y[:-1][0]
    return np.sum(x) + np.sum(y * y)


def last_list(x: np.ndarray, y: np.ndarray) -> float:
    for i in range(len(x)):
        found = []
        for k in range(3):
            found.append(x[i] * y[k])
    return np.sin(found[0]) * found[2]


def last_list_of_inner_loop(x: np.ndarray, y: np.ndarray) -> float:
    for i in range(2):
        for k in range(len(x)):
            found = [x[i] * y[j] for j in range(k + 1)]
    total = found[0] * found[1]
    for v in found:
        total = total * v
    return total


@pytest.mark.parametrize("f", [view_beside_a_finalizer, last_list, last_list_of_inner_loop])
def test_right(f: Callable[..., float]) -> None:
    args = (np.array([0.7, -0.4, 1.2]), np.array([0.3, 0.9, -1.1]))
    gradient = srcad.grad(f, (0, 1))(*args)
    for direction in reference.directions(args, (0, 1), 1).values():
        due = reference.along(f, args, direction)
        assert reference.inner(gradient, direction) == pytest.approx(due.value[0], abs=1e-8)
        tangent = srcad.jvp(f, args, tuple(d if d is not None else np.zeros(3) for d in direction))[1]
        assert tangent == pytest.approx(due.value[0], abs=1e-8)


def deleted_without_being(x: float) -> float:
    if x > 0.7:
        d = x * 2.0
    del d
    return x


def test_what_is_deleted_was_there() -> None:
    with pytest.raises(UnboundLocalError, match="'d'"):
        srcad.grad(deleted_without_being)(0.5)
    assert srcad.grad(deleted_without_being)(0.9) == 1.0


def names_in_a_comprehension(x: float, n: int) -> float:
    try:
        rows = [[0.5] * 2 for _ in range(n)]
        rows[2].append(1.0)
    except IndexError:
        rows = [[2.0]]
    return x * rows[0][0]


def test_names_of_comprehensions_are_their_own() -> None:
    derived = srcad.grad(names_in_a_comprehension)
    assert (derived(1.5, 3), derived(1.5, 1)) == (0.5, 2.0)
