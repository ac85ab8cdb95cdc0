"""Tangents and adjoints that the caller gives: fitted to what they belong to, or refused with a word on what is due."""

from __future__ import annotations

import re
from collections import OrderedDict, deque

import numpy as np
import pytest

import srcad
from srcad.calls.fitting import Prototype, fitted
from srcad.errors import ArgumentError


@pytest.mark.parametrize(
    ("primal", "given", "message"),
    [
        ([1.0, 2.0], {"a": 1.0, "b": 2.0}, "the tangent must be a list with 2 parts, and is {'a': 1.0, 'b': 2.0}"),
        ((1.0, 2.0), {0: 1.0, 1: 2.0}, "the tangent must be a tuple with 2 parts, and is {0: 1.0, 1: 2.0}"),
        ([1.0, 2.0], [1.0], "the tangent must be a list with 2 parts, and is [1.0]"),
        ([1.0, 2.0], 3.0, "the tangent must be a list with 2 parts, and is 3.0"),
        ({"a": 1.0}, [1.0], "the tangent must be a dict with the keys ['a'], and is [1.0]"),
        ({"a": 1.0}, {"b": 1.0}, "the tangent must be a dict with the keys ['a'], and is {'b': 1.0}"),
        ([1.0, [2.0]], [1.0, {"a": 2.0}], "the tangent[1] must be a list with 1 parts, and is {'a': 2.0}"),
        (np.ones(3), np.ones(2), "the tangent has the shape (2,) instead of (3,)"),
        (1, 2.0, "the tangent is 2.0 for an argument that has none"),
    ],
)
def test_another_structure_is_refused(primal: object, given: object, message: str) -> None:
    with pytest.raises(ArgumentError, match=re.escape(message)):
        fitted(primal, given, "the tangent")


def test_what_fits_has_the_structure_and_the_dtypes_of_its_primal() -> None:
    assert fitted([1.0, 2], (3, None), "the tangent") == [3.0, None]
    assert fitted({"a": 1.0, "b": 2.0}, OrderedDict(b=1.0, a=0.0), "the tangent") == {"a": 0.0, "b": 1.0}
    assert fitted((1.0, [2.0]), None, "the tangent") == (0.0, [0.0])
    made = fitted(np.ones(2, np.float32), [1, 2], "the tangent")
    assert isinstance(made, np.ndarray)
    assert made.dtype == np.float32


def doubled(xs):
    made = []
    for x in xs:
        made.append(x * 2)
    return made


def test_the_adjoint_of_a_list_that_has_grown_is_a_sequence() -> None:
    _, pullback = srcad.vjp(doubled, np.ones(3))
    for bar in ([1.0, 2.0, 3.0], (1.0, 2.0, 3.0), deque([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.0])):
        assert pullback(bar)[0].tolist() == [2.0, 4.0, 6.0]
    assert pullback(None)[0].tolist() == [0.0, 0.0, 0.0]


@pytest.mark.parametrize("bar", [{0: 1.0, 1: 2.0, 2: 3.0}, [1.0], 3.0, np.array(2.0)])
def test_what_is_no_list_is_no_adjoint_of_one(bar: object) -> None:
    """The keys of a dict were once taken for the adjoints of the items."""
    _, pullback = srcad.vjp(doubled, np.ones(3))
    with pytest.raises(ArgumentError, match=r"the adjoint of the value must be a list with 3 items, and is"):
        pullback(bar)


@pytest.mark.parametrize("bar", [{}, 3.0, np.array(2.0)])
def test_an_empty_list_has_an_empty_adjoint(bar: object) -> None:
    _, pullback = srcad.vjp(doubled, np.ones(0))
    assert pullback([])[0].shape == (0,)
    with pytest.raises(ArgumentError, match="must be a list"):
        pullback(bar)


def test_numbers_keep_what_they_are() -> None:
    assert type(Prototype.of(1.0).fit(np.float32(2.0), "it")) is float
    assert type(Prototype.of(1.0).fit(np.array(2.0), "it")) is float
    assert Prototype.of(1.0).fit(2j, "it") == 2j
    assert type(Prototype.of(np.float32(1.0)).fit(2.0, "it")) is np.float32
