"""Functions that pick elements, from the user's calls on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from srcad.ops.catalogue import LOWERINGS
from tests.rules.checking import check

X = np.array([[0.3, -1.2, 0.7, 2.1], [1.1, 0.4, -0.6, 0.9], [-0.8, 1.9, 1.4, 0.2]])
PLACES = np.array([2, 0, 2])


def call(function: Any, **options: Any) -> Callable[..., Any]:
    return lambda b, *args: LOWERINGS[function](b, *args, **options)


def test_take() -> None:
    for options in ({}, {"axis": 0}, {"axis": -1}):
        check(call(np.take, **options), X, PLACES)
        check(call(np.take, **options), X, PLACES.reshape(3, 1))
        check(lambda b, x, options=options: LOWERINGS[np.take](b, x, [1, 2], **options), X)
        check(lambda b, x, options=options: LOWERINGS[np.take](b, x, 1, **options), X)
    check(call(np.take, axis=0, mode="wrap"), X, PLACES * 3)
    check(call(np.take, axis=0, mode="clip"), X, PLACES * 3)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_take_along_axis(axis: int) -> None:
    check(call(np.take_along_axis, axis=axis), X, np.argsort(X, axis=axis))
    check(call(np.take_along_axis, axis=axis), X, np.argmax(X, axis=axis, keepdims=True))


def test_take_along_no_axis() -> None:
    check(call(np.take_along_axis, axis=None), X, np.array([3, 3, 0]))


def test_conditions() -> None:
    check(lambda b, x: LOWERINGS[np.extract](b, b.emit("greater", x, 0.5), x), X)
    check(lambda b, x: LOWERINGS[np.compress](b, [True, False, True], x, axis=0), X)
    check(lambda b, x: LOWERINGS[np.select](b, [b.emit("greater", x, 1), b.emit("less", x, 0)], [x, 2.0], 3.0), X)
    check(lambda b, x: LOWERINGS[np.choose](b, np.array([0, 1, 0, 1]), [x, b.emit("sin", x)]), X)


def test_delete() -> None:
    check(lambda b, x: LOWERINGS[np.delete](b, x, 1, axis=1), X)
    check(lambda b, x: LOWERINGS[np.delete](b, x, [0, 2], axis=0), X)
    check(lambda b, x: LOWERINGS[np.delete](b, x, 3), X)


def test_open_mesh() -> None:
    def build(b: Any, x: Any) -> Any:
        rows, columns = LOWERINGS[np.ix_](b, [0, 2], [1, 3, 3])
        return b.emit("get_item", x, rows, columns, index=(("array", 0), ("array", 1)))

    check(build, X)


def test_places() -> None:
    check(lambda b, x: LOWERINGS[np.nonzero](b, b.emit("greater", x, 0)), X)
    check(lambda b, x: LOWERINGS[np.flatnonzero](b, b.emit("greater", x, 0)), X)
    check(lambda b, x: LOWERINGS[np.argwhere](b, b.emit("greater", x, 0)), X)
