"""Unpacking another number of values than there are names: Python's own exception, with its own words."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad


def row(A: np.ndarray) -> float:
    a, b = A[0]
    return a * b


def rows(A: np.ndarray) -> float:
    total = 0.0
    for a, b in A:
        total += a * b
    return total


def grown(A: np.ndarray) -> float:
    found = []
    for v in A[0]:
        if v > 0:
            found.append(v * v)
    a, b = found
    return a * b


def grown_with_a_star(A: np.ndarray) -> float:
    found = []
    for v in A[0]:
        if v > 0:
            found.append(v * v)
    a, *_, b = found
    return a * b


def caught(A: np.ndarray) -> float:
    try:
        a, b = A[0]
    except ValueError:
        return np.sum(A) * 2.0
    return np.sum(A) * a


def not_caught(A: np.ndarray) -> float:
    try:
        a, b = A[0]
    except AssertionError:
        return np.sum(A) * 2.0
    return a * b


def caught_in_a_loop(A: np.ndarray) -> float:
    total = 0.0
    for k in range(2):
        try:
            a, b = A[k]
            total += a * b
        except ValueError as error:
            total += len(str(error)) * A[k, 0] ** 2
    return total


def caught_at_the_head_of_a_loop(A: np.ndarray) -> float:
    total = 0.0
    try:
        for a, b in A:
            total += a * b
        for k, (a, b) in enumerate(A):
            total += a * b * k
    except ValueError:
        return np.sum(A * A) + total
    return total


SHAPES = ((2, 1), (2, 2), (2, 3))


@pytest.mark.parametrize(
    "f", [row, rows, grown, grown_with_a_star, caught, not_caught, caught_in_a_loop, caught_at_the_head_of_a_loop]
)
@pytest.mark.parametrize("shape", SHAPES)
def test_as_python_does(f: Callable[[np.ndarray], float], shape: tuple[int, int]) -> None:
    A = np.random.default_rng(3).uniform(0.5, 1.5, shape)
    try:
        f(A)
    except ValueError as error:
        for derivative in (srcad.grad(f), lambda A: srcad.jvp(f, (A,), (A,))):
            with pytest.raises(ValueError) as raised:
                derivative(A)
            assert str(raised.value) == str(error)
        return
    gradient, step = srcad.grad(f)(A), 1e-6
    for direction in np.eye(A.size).reshape(-1, *shape):
        due = (f(A + step * direction) - f(A - step * direction)) / (2 * step)
        assert np.sum(gradient * direction) == pytest.approx(due, abs=1e-6)
        assert srcad.jvp(f, (A,), (direction,))[1] == pytest.approx(due, abs=1e-6)


def first_of_what_a_mask_leaves(x, s):
    first, *others = (s * x)[x > 0.5]
    return first * sum(others)


def last_of_what_a_mask_leaves(x, s):
    *others, last = (s * x)[x > 0.5]
    return last * len(others)


def too_few_that_a_mask_leaves(x, s):
    try:
        first, second, *_ = (s * x)[x > 0.9]
    except ValueError:
        return s * 3.0
    return first * second


@pytest.mark.parametrize("f", [first_of_what_a_mask_leaves, last_of_what_a_mask_leaves, too_few_that_a_mask_leaves])
def test_stars_take_what_a_mask_leaves(f):
    for x in (np.linspace(0.3, 1.0, 3), np.linspace(0.6, 2.0, 5)):
        value, slope = srcad.value_and_grad(f, 1)(x, 0.7)
        np.testing.assert_allclose(value, f(x, 0.7), rtol=1e-12)
        np.testing.assert_allclose(slope, (f(x, 0.7 + 1e-6) - f(x, 0.7 - 1e-6)) / 2e-6, rtol=1e-6)
