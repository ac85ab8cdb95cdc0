"""Leaves of nested containers, and structures with others in their places."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from srcad.calls.structures import is_float, leaves, map_leaves, with_floats


class Pair(NamedTuple):
    first: Any
    second: Any


@dataclass(frozen=True)
class Layer:
    w: Any
    name: str


X = np.ones(2)
TREE = {"b": [X, 1], "a": (Layer(2.0, "dense"), Pair(np.float32(3.0), None))}


def test_leaves_stand_in_the_order_of_the_program() -> None:
    first, *others = leaves(TREE)
    assert first is X
    assert others == [1, 2.0, "dense", 3.0, None]


def test_floats_are_what_has_a_derivative() -> None:
    assert all(map(is_float, (1.0, np.float32(1.0), np.float64(1.0), X, np.zeros((0, 2), np.float16))))
    assert not any(map(is_float, (1, True, 1j, None, "x", np.arange(2), np.ones(2, complex), np.int64(1))))


def test_trees_side_by_side() -> None:
    """None stands for a tree of None, wherever it is."""
    other = {"b": [5.0, 6], "a": None}
    assert map_leaves(lambda leaf, beside: beside, TREE, other) == {
        "b": [5.0, 6],
        "a": (Layer(None, None), Pair(None, None)),
    }


def test_other_floats() -> None:
    assert with_floats(TREE, iter("xyz")) == {"b": ["x", None], "a": (Layer("y", None), Pair("z", None))}
