"""Functions of NumPy as values: defaults, arguments, items of containers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad

A = np.array([[2.0, 0.5], [0.5, 1.0]])


def by_default(a: Any, reduce: Any = np.linalg.eigvalsh) -> Any:
    return np.sum(reduce(a))


def chosen(a: Any) -> Any:
    return sum(np.sum(reduce(a)) for reduce in (np.linalg.eigvalsh, np.trace, np.diag))


def by_argument(a: Any) -> Any:
    return by_default(a, reduce=np.diagonal)


@pytest.mark.parametrize(("function", "times"), [(by_default, 1), (chosen, 3), (by_argument, 1)])
def test_they_are_called(function: Any, times: int) -> None:
    np.testing.assert_allclose(srcad.grad(function)(A), times * np.eye(2), atol=1e-15)
