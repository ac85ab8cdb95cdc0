"""Functions that join arrays, split them, and repeat their elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS
from srcad.trace.nodes import Var
from srcad.trace.types import ListOf, type_of
from tests.rules.calls import check_call, check_method
from tests.rules.checking import check, directional, program

rng = np.random.default_rng(2)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def test_concatenate() -> None:
    check_call(np.concatenate, [array(2, 3), array(2, 1), array(2, 2)], axis=1)
    check_call(np.concatenate, (array(2), array(0), array(1)))
    check_call(np.concatenate, (array(2, 3), array(2)), axis=None)
    check_call(np.concatenate, [array(2, 3)], axis=-1)
    check_call(np.append, array(2, 3), 0.3)
    check_call(np.append, array(2, 3), array(1, 3), axis=0)


@pytest.mark.parametrize("axis", [0, 1, 2, -1, None])
def test_concatenate_of_an_array(axis: Any) -> None:
    check_call(np.concatenate, array(2, 3, 4, 2), axis=axis)


def test_insert() -> None:
    check_call(np.insert, array(4), 1, 0.5)
    check_call(np.insert, array(4), -1, array(2))
    check_call(np.insert, array(2, 3), 1, 0.5)
    check_call(np.insert, array(2, 3), 1, 0.5, axis=1)
    check_call(np.insert, array(2, 3), 1, array(3), axis=0)
    check_call(np.insert, array(2, 3), 1, array(2), axis=1)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_stack(axis: int) -> None:
    check_call(np.stack, [array(3), array(3), array(3)], axis=axis)
    check_call(np.stack, array(2, 3), axis=axis)


def test_stack_of_numbers() -> None:
    check_call(np.stack, (0.3, 0.4))


@pytest.mark.parametrize("function", [np.hstack, np.vstack, np.dstack, np.column_stack])
def test_stacking_families(function: Any) -> None:
    check_call(function, [array(3), array(3)])
    check_call(function, [array(2, 3), array(2, 3)])
    if function is not np.column_stack:
        check_call(function, [array(1, 3, 2), array(1, 3, 2)])


def test_stacking_of_mixed_ranks() -> None:
    check_call(np.column_stack, (array(3), array(3, 2)))
    check_call(np.vstack, (array(3), array(2, 3)))
    check_call(np.hstack, (array(3), 0.5))
    check_call(np.vstack, array(2, 3))
    check_call(np.vstack, array(2, 3, 2))


def test_block() -> None:
    check_call(np.block, [[array(2, 2), array(2, 1)], [array(1, 2), 0.5]])
    check_call(np.block, [array(2), array(3)])
    check_call(np.block, [[array(2, 2)], [array(1, 2)]])


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_split(axis: int) -> None:
    x = array(4, 6)
    check_call(np.split, x, 2, axis=axis)
    check_call(np.split, x, [1, 3], axis=axis)
    check_call(np.array_split, x, 3, axis=axis)
    check_call(np.array_split, x, 5, axis)


def test_splitting_families() -> None:
    check_call(np.hsplit, array(2, 4), 2)
    check_call(np.hsplit, array(4), 2)
    check_call(np.vsplit, array(4, 2), [1])
    check_call(np.dsplit, array(1, 2, 4), 2)
    check_call(np.split, array(3), 1)


@pytest.mark.parametrize("reps", [2, (2,), (2, 1, 3), (1, 1), (3, 2), 1, 0])
def test_tile(reps: Any) -> None:
    check_call(np.tile, array(2, 3), reps)
    check_call(np.tile, array(1), reps)
    check_call(np.tile, 0.3, reps)


def test_repeat() -> None:
    x = array(2, 3)
    check_call(np.repeat, x, 2, axis=0)
    check_call(np.repeat, x, 3)
    check_call(np.repeat, x, [1, 0, 3], axis=1)
    check_method("repeat", x, 2, axis=-1)
    check_call(np.repeat, 0.3, 3)
    check_call(np.repeat, x, 0, axis=1)


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
@pytest.mark.parametrize("width", [1, (2, 1), ((1, 0), (0, 2)), ((1, 1), (2, 2)), 0])
def test_pad(mode: Any, width: Any) -> None:
    check_call(np.pad, array(3, 4), width, mode=mode)


def test_pad_with_values() -> None:
    check_call(np.pad, array(3), 2, constant_values=3)
    check_call(np.pad, array(3), (1, 2), constant_values=(4, 5))
    check_call(np.pad, array(2, 2), 1, constant_values=0.7)


def test_pad_in_other_modes_is_refused() -> None:
    with pytest.raises(NotYetSupported):
        program(lambda b, x: LOWERINGS[np.pad](b, x, 1, mode="mean"), [array(3)])


@pytest.mark.parametrize("indexing", ["xy", "ij"])
@pytest.mark.parametrize("sparse", [True, False])
def test_meshgrid(indexing: Any, sparse: bool) -> None:
    check_call(np.meshgrid, array(3), array(4), indexing=indexing, sparse=sparse)
    check_call(np.meshgrid, array(2), array(3), array(1), indexing=indexing, sparse=sparse)


@pytest.mark.parametrize("axis", [0, 1, None])
def test_lists_of_unknown_length(axis: Any) -> None:
    """The list is made of two arrays, and what is done with it doesn't know that."""

    def build(b: Any, x: Any, y: Any) -> Any:
        items = b.emit("list_new", x, y)
        return LOWERINGS[np.concatenate](b, items, axis)

    check(build, array(2, 3), array(2, 3))


def test_lists_of_arrays_of_different_lengths() -> None:
    def triangle(x: Any) -> Any:
        parts = []
        for i in range(len(x)):
            parts.append(x[: i + 1] * x[i])
        return np.sum(np.concatenate(parts) ** 2)

    x = array(4)
    expected = [directional(lambda t, e=e: triangle(x + t * e)) for e in np.eye(4)]
    np.testing.assert_allclose(srcad.grad(triangle)(x), expected, rtol=1e-6)


@pytest.mark.parametrize("function", [np.stack, np.vstack, np.hstack, np.column_stack, np.array])
def test_stacking_lists_of_unknown_length(function: Any) -> None:
    check(lambda b, x, y: LOWERINGS[function](b, b.emit("list_new", x, y)), array(3), array(3))


def test_lists_of_unknown_elements_have_unknown_results() -> None:
    items = Var(ListOf(type_of(array(2), "x")))
    b, _ = program(lambda b: LOWERINGS[np.concatenate](b, items), [])
    assert str(b.results[0].type) == "float64[?]"
