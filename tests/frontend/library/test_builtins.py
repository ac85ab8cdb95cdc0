"""Functions of Python's own over arrays and lists, also those without elements."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad


def largest_or(x: np.ndarray, k: int) -> float:
    return x[1] * max(x[:k], default=0.5)


def sorted_by_key(x: np.ndarray, k: int) -> float:
    return sum(v * i for i, v in enumerate(sorted(x[:k].ravel(), key=lambda v: -v))) + x[1]


@pytest.mark.parametrize(
    ("f", "k", "due"),
    [
        (largest_or, 0, [0.0, 0.5, 0.0]),
        (largest_or, 3, [0.0, 3.0, 2.0]),
        (sorted_by_key, 0, [0.0, 1.0, 0.0]),
        (sorted_by_key, 3, [2.0, 2.0, 0.0]),
    ],
)
def test_of_parts_of_an_array(f: Callable[..., float], k: int, due: list[float]) -> None:
    assert srcad.grad(f)(np.array([1.0, 2.0, 3.0]), k) == pytest.approx(np.array(due))


def rows_compared(A: np.ndarray) -> float:
    return np.sum(max(A[:1]))


def test_one_row_is_compared_with_none() -> None:
    np.testing.assert_allclose(srcad.grad(rows_compared)(np.ones((3, 2))), [[1, 1], [0, 0], [0, 0]])


def without_items(x: np.ndarray) -> float:
    t: list[np.ndarray] = []
    del t[0]
    return np.sum(x)


def test_what_is_deleted_must_be_there() -> None:
    with pytest.raises(IndexError, match="list assignment index out of range"):
        srcad.grad(without_items)(np.ones(3))


def largest_array(x: np.ndarray) -> float:
    return np.sum(max(x, 2.0 * x))


def largest_of_grown(x: np.ndarray) -> float:
    return np.sum(max([x * v for v in x]))


def sorted_arrays(x: np.ndarray) -> float:
    return np.sum(sorted([x, 2.0 * x])[0])


def sorted_in_place(x: np.ndarray) -> float:
    found = [x * v for v in x]
    found.sort()
    return np.sum(found[0])


def grown_compared(x: np.ndarray) -> float:
    found = []
    for v in x:
        if v > 0:
            found.append(x * v)
    return np.sum(max(found))


@pytest.mark.parametrize("f", [largest_array, largest_of_grown, grown_compared, sorted_arrays, sorted_in_place])
def test_arrays_are_not_compared(f: Callable[..., float]) -> None:
    with pytest.raises(ValueError, match="ambiguous"):
        f(np.ones(3))
    with pytest.raises(ValueError, match="ambiguous"):
        srcad.grad(f)(np.ones(3))


def one_of_one(x: np.ndarray) -> float:
    return np.sum(sorted([x])[0] * x) + np.sum(max([x]))


def test_one_array_is_compared_with_none() -> None:
    np.testing.assert_allclose(srcad.grad(one_of_one)(np.array([1.0, 3.0, 2.0])), [3.0, 7.0, 5.0])
