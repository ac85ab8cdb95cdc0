"""Patterns are no larger than they must be where it matters, and are never too small: programs with known patterns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.patterns import detect
from tests.patterns.soundness import missed

N = 6
MATRIX = np.diag([1.0, 2.0, 0.0, 3.0, 4.0, 5.0]) + np.diag(np.ones(5), 1)
STACK = np.random.default_rng(1).normal(size=(3, 2, 2)) + 3.0 * np.eye(2)
MASK = np.array([True, False, True, True, False, False])
PLACES = np.array([5, 0, 3])
KERNEL = np.array([1.0, 0.0, 2.0])
POINTS = np.linspace(0.0, 1.0, N)

PROGRAMS: dict[str, tuple[Callable[..., Any], int]] = {}


def entries(count: int) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """How many entries there must be in the pattern at x."""

    def register(function: Callable[..., Any]) -> Callable[..., Any]:
        PROGRAMS[function.__name__] = function, count
        return function

    return register


# ---- moving


@entries(6)
def reversed_(x):
    return x[::-1]


@entries(3)
def gathered(x):
    return x[PLACES] ** 2


@entries(3)
def masked(x):
    return x[MASK] * 2.0


@entries(9)
def chosen_by_a_constant(x):
    return np.where(MASK, x * np.roll(x, 1), np.sin(x))


@entries(7)
def stored(x):
    out = np.zeros(8)
    out[1:7] = x
    out[2] = x[0] * x[5]
    return out


@entries(7)
def stored_in_a_loop(x):
    out = np.empty(len(x))
    out[0] = x[0]
    for i in range(1, len(x)):
        out[i] = x[i] if i != 3 else x[i] * x[i - 1]
    return out


@entries(6)
def overwritten(x):
    y = np.outer(x, x).sum(axis=0)
    y[:] = x**3
    return y


@entries(6)
def reshaped(x):
    return x.reshape(2, 3).T.copy()


@entries(12)
def joined(x):
    return np.concatenate([x, np.stack([x[:3], x[3:]]).ravel()])


@entries(6)
def triangle(x):
    return np.tril(np.tile(x[:3], (3, 1)))


@entries(12)
def repeated(x):
    return np.repeat(x, 2)


@entries(10)
def padded(x):
    return np.pad(x, 2, mode="edge")


@entries(6)
def padded_with_zeros(x):
    return np.pad(x, (1, 3))


@entries(6)
def in_order(x):
    return np.sort(x)


@entries(6)
def as_rows(x):
    return [row**2 for row in x]


@entries(11)
def in_lists(x):
    out = [x[0]]
    for i in range(1, len(x)):
        out.append(x[i] * x[i - 1])
    out.reverse()
    return np.array(out)


# ---- computing


@entries(16)
def stencil(x):
    y = x.copy()
    y[1:-1] = x[2:] - 2.0 * x[1:-1] + x[:-2]
    y[0] = 2.0 * x[0] + x[1]
    y[-1] = 2.0 * x[-1] + x[-2]
    return y


@entries(10)
def differences(x):
    return np.diff(x)


@entries(3)
def times_zero(x):
    return x * np.array([0.0, 1.0, 0.0, 2.0, 0.0, 3.0])


@entries(9)
def banded_matrix(x):
    return MATRIX[:5] @ x


@entries(18)
def banded_matrix_times_matrix(x):
    return MATRIX[:5] @ np.outer(x, np.ones(2)) * 1.0


@entries(12)
def matrix_of_blocks(x):
    return np.linalg.solve(STACK, x.reshape(3, 2, 1)).ravel()


@entries(12)
def sums_of_rows(x):
    return np.concatenate([np.sum(x.reshape(2, 3), axis=0), np.max(x.reshape(2, 3), axis=1)])


@entries(21)
def running_sum(x):
    return np.cumsum(x)


@entries(12)
def convolved(x):
    return np.convolve(x, KERNEL)


@entries(6)
def filtered_the_same(x):
    return np.convolve(x, np.array([0.0, 1.0, 0.0]), mode="same")


@entries(6)
def counted(x):
    return np.bincount(np.array([0, 1, 1, 2, 4, 4]), weights=x)


@entries(6)
def scattered(x):
    out = np.zeros(3)
    np.add.at(out, np.array([0, 0, 1, 1, 2, 2]), x)
    return out


@entries(12)
def looked_up(x):
    return np.interp(np.linspace(0.05, 0.95, N), POINTS, x)


@entries(12)
def across(x):
    return np.cross(x.reshape(2, 3), np.array([1.0, 2.0, 3.0]))


@entries(12)
def einsum_of_blocks(x):
    return np.einsum("kij,kj->ki", STACK, x.reshape(3, 2))


@entries(12)
def softmax_of_rows(x):
    e = np.exp(x.reshape(3, 2))
    return e / np.sum(e, axis=1, keepdims=True)


@entries(6)
def by_the_run(x):
    out = np.zeros(len(x))
    for i in range(len(x)):
        out[i] = x[i] if x[i] > 0.0 else x[-1 - i]
    return out


@entries(0)
def flat(x):
    return np.floor(x) + np.sign(x)


POINT = np.array([0.3, -0.8, 1.7, 0.9, -1.2, 0.4])


@pytest.mark.parametrize("name", PROGRAMS)
def test_entries(name: str) -> None:
    function, count = PROGRAMS[name]
    pattern = srcad.sparse.pattern(function)(POINT)
    found = srcad.sparse.jacobian(function)._at((POINT,), {})
    dense = found.columns(np.eye(POINT.size)).T
    assert not missed(pattern, dense)
    assert pattern.nnz == count, pattern.toarray().astype(int)


def test_a_choice_that_was_computed_has_both_sides() -> None:
    """So the pattern of a rectifier holds where other units are on."""
    pattern = srcad.sparse.pattern(lambda x: np.where(x > 0.0, x, 0.0))
    assert pattern(POINT).nnz == pattern(-POINT).nnz == 6


def test_a_product_with_what_is_zero_by_chance_stays() -> None:
    """Only zeros that are constants count: another call has other numbers."""
    pattern = srcad.sparse.pattern(lambda x: x[:3] * x[3:])
    assert pattern(np.zeros(6)).nnz == 6
    assert srcad.sparse.pattern(lambda x: np.floor(x) * np.sin(x))(np.full(3, 0.5)).nnz == 3


def test_sets_that_nobody_holds_make_room(monkeypatch: pytest.MonkeyPatch) -> None:
    def running(x):
        total = 0.0
        for v in x:
            total += v
        return total

    monkeypatch.setattr(detect, "COMPACT_FROM", 2000)
    assert srcad.sparse.pattern(running)(np.ones(300)).nnz == 300
    assert srcad.sparse.hessian(lambda x: np.sum(np.cumsum(x) ** 2)).pattern(np.ones(30)).nnz == 900
