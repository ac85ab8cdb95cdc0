"""The reference against derivatives known by heart: what judges must itself be judged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pytest

from tests import reference


class Pair(NamedTuple):
    left: Any
    right: Any


@dataclass
class Record:
    value: Any
    count: int


NESTED = ({"w": np.array([1.0, 2.0]), "n": 3}, Pair(0.5, [np.float64(2.0)]), Record(np.ones((2, 2)), 7))


@pytest.mark.parametrize("complex_step", [False, True])
def test_directional_derivative(complex_step: bool) -> None:
    x, d = np.array([0.3, -0.7, 1.1]), np.array([1.0, 2.0, -0.5])
    found = reference.along(lambda v: np.sin(v) * v, (x,), (d,), complex_step=complex_step)
    np.testing.assert_allclose(found.value, (np.cos(x) * x + np.sin(x)) * d, rtol=1e-11)


def test_the_error_is_known() -> None:
    smooth = reference.along(np.exp, (0.5,), (1.0,))
    assert abs(smooth.value[0] - np.exp(0.5)) <= 10 * smooth.error < 1e-9
    kink = reference.along(lambda x: abs(x) ** 0.5, (1e-4,), (1.0,))
    assert kink.error > 1e-4


def test_all_leaves_are_moved_and_nothing_else() -> None:
    directions = reference.directions(NESTED, (0, 1, 2), seed=0)
    assert list(directions)[2:] == ["0['w'] alone", "1['left'] alone", "1['right'][0] alone", "2['value'] alone"]
    moved = reference.shifted(NESTED, directions["1['left'] alone"], 1.0)
    assert moved[0]["n"] == 3
    assert moved[1].left != 0.5
    assert moved[1].right == [2.0]
    assert isinstance(moved[2], Record)
    assert not reference.identical(moved, NESTED)


def test_what_is_not_active_rests() -> None:
    direction = reference.directions(NESTED, (1,), seed=0)["all, first"]
    assert [d is None for _, d in reference.leaves(direction)] == [True, True, False, False, True, True]


def test_a_program_that_changes_its_arguments_is_called_with_copies() -> None:
    def clear(x):
        total = np.sum(x**2)
        x[:] = 0.0
        return total

    x = np.array([1.0, 2.0])
    assert reference.along(clear, (x,), (np.array([1.0, 0.0]),)).value == pytest.approx(2.0)
    assert x.tolist() == [1.0, 2.0]


def test_inner() -> None:
    direction = reference.map_leaves(lambda leaf: None if isinstance(leaf, int) else np.ones(np.shape(leaf)), NESTED)
    assert reference.inner(NESTED, direction) == pytest.approx(1 + 2 + 0.5 + 2 + 4)


@pytest.mark.parametrize(
    ("gradient", "argument", "fits"),
    [
        (1.0, 2.0, True),
        (np.float64(1.0), 2.0, True),
        (np.array(1.0), 2.0, False),
        (1, 2.0, False),
        (np.zeros(3), np.ones(3), True),
        (np.zeros(3, np.float32), np.ones(3), False),
        (np.zeros((1, 3)), np.ones(3), False),
        ([1.0], (1.0,), False),
        ({"a": 1.0}, {"a": 2.0}, True),
        ({"b": 1.0}, {"a": 2.0}, False),
        (Pair(1.0, 2.0), Pair(3.0, 4.0), True),
        ((1.0, 2.0), Pair(3.0, 4.0), False),
        (Record(1.0, None), Record(2.0, 3), True),
    ],
)
def test_structure(gradient: Any, argument: Any, fits: bool) -> None:
    assert (reference.mismatch(gradient, argument) == "") is fits
