"""Lists that grow in a loop, joined: their arrays may be of any lengths, so that no array is made of the list first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests import reference


def ragged(x: Any) -> Any:
    parts = []
    for i in range(len(x)):
        parts.append(x[: i + 1] * x[i])
    return np.sum(np.concatenate(parts) ** 2) + np.sum(np.hstack(parts) ** 3)


def rows(x: Any) -> Any:
    parts = []
    for i in range(3):
        parts.append(x * x[i])
    joined = np.sum(np.stack(parts, axis=1) ** 2) + np.sum(np.vstack(parts)[1] ** 3)
    return joined + np.sum(np.column_stack(parts)[:, 0]) + np.concatenate(parts, axis=None)[2]


def matrices(x: Any) -> Any:
    parts = []
    for i in range(3):
        parts.append(np.outer(x, x) * x[i])
    joined = np.sum(np.concatenate(parts, axis=1) ** 2) + np.sum(np.hstack(parts) ** 3) + np.sum(np.vstack(parts))
    return joined + np.sum(np.stack(parts, -1) ** 2) + np.sum(np.column_stack(parts) ** 2)


@pytest.mark.parametrize("program", [ragged, rows, matrices])
def test_lists_are_joined(program: Callable[[Any], Any]) -> None:
    x, h = np.array([0.3, 0.5, 0.7]), 1e-5
    due = [(program(x + h * e) - program(x - h * e)) / (2 * h) for e in np.eye(3)]
    np.testing.assert_allclose(srcad.grad(program)(x), due, rtol=1e-7)


def test_a_list_of_arrays_without_dimensions_in_second_order() -> None:
    """The tangent of its adjoint begins with zeros that are indexed."""

    def squares(x: np.ndarray) -> float:
        made = np.array([np.asarray(np.sum(t * t)) for t in x.T])
        return np.sum(made**2)

    def gradient(x: np.ndarray) -> np.ndarray:
        return 4 * np.sum(x * x, axis=0) * x

    x, v = np.arange(12.0).reshape(3, 4) / 7, np.cos(np.arange(12.0)).reshape(3, 4)
    due = reference.along(gradient, (x,), (v,)).value
    np.testing.assert_allclose(np.ravel(srcad.hvp(squares)(x, v)), due, rtol=1e-7)
