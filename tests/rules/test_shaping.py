"""Functions that rearrange elements."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from srcad.ops.catalogue import ATTRIBUTES, LOWERINGS
from tests.rules.calls import check_call, check_lowering, check_method
from tests.rules.checking import program

rng = np.random.default_rng(1)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def test_of_a_number_that_has_been_an_array() -> None:
    """Its adjoint is a number of Python's, which has no shape to be changed."""
    x, m = np.array([1.0, 2.0, 3.0]), np.array([False, True, False])
    for f in (lambda x: np.reshape(x[m], ()), lambda x: x[1:2].reshape(()), lambda x: np.reshape(x[m], (1, 1))[0, 0]):
        np.testing.assert_array_equal(srcad.grad(f)(x), [0.0, 1.0, 0.0])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("shape", [(2, 3), (1, 6), (6,), (0, 3)])
def test_reshape(shape: tuple[int, ...], order: Any) -> None:
    x = array(*shape)
    if x.size:
        check_call(np.reshape, x, (3, 2), order=order)
        check_call(np.reshape, x, (-1, 2), order=order)
        check_method("reshape", x, 1, 6, 1, order=order)
    check_method("reshape", x, x.size, order=order)
    check_method("ravel", x, order=order)
    check_method("flatten", x, order=order)


def test_reshape_of_a_number() -> None:
    check_call(np.reshape, 0.7, (1, 1))
    check_call(np.ravel, np.float64(0.7))


def test_order_of_memory_is_refused() -> None:
    with pytest.raises(NotYetSupported):
        program(lambda b, x: LOWERINGS[np.ravel](b, x, "K"), [array(2, 2)])


@pytest.mark.parametrize("axes", [None, (2, 0, 1), (1, 0, 2), (0, 1, 2), (-1, 0, 1)])
def test_transpose(axes: Any) -> None:
    x = array(2, 3, 1)
    check_call(np.transpose, x, axes)
    check_method("transpose", x, *(axes or ()))


def test_transpose_attributes() -> None:
    x = array(2, 3)
    check_lowering(ATTRIBUTES["T"], x.T, ((x,), {}), 1e-6)
    check_lowering(ATTRIBUTES["mT"], x.T, ((x,), {}), 1e-6)


def test_moving_axes() -> None:
    x = array(2, 3, 4)
    check_call(np.swapaxes, x, 0, -1)
    check_method("swapaxes", x, 1, 2)
    check_call(np.moveaxis, x, [0, 1], [-1, 0])
    check_call(np.moveaxis, x, 2, 0)
    for axis in range(3):
        for start in range(4):
            check_call(np.rollaxis, x, axis, start)


@pytest.mark.parametrize("axis", [0, 1, -1, (0, 3), (1, -1)])
def test_expand_dims(axis: Any) -> None:
    check_call(np.expand_dims, array(2, 3), axis)


def test_expand_dims_of_a_number() -> None:
    check_call(np.expand_dims, 0.5, 0)
    check_call(np.expand_dims, np.float64(0.5), (0, 1))


def test_squeeze() -> None:
    x = array(3, 1, 2, 1)
    check_call(np.squeeze, x)
    check_call(np.squeeze, x, axis=1)
    check_method("squeeze", x, axis=(1, 3))
    check_method("squeeze", array(1, 1))


@pytest.mark.parametrize("shape", [(3, 1), (1, 1), (4,), (3, 4)])
def test_broadcast_to(shape: tuple[int, ...]) -> None:
    check_call(np.broadcast_to, array(*shape), (2, 3, 4))
    check_call(np.broadcast_to, 0.3, 3)


def test_broadcast_arrays() -> None:
    check_call(np.broadcast_arrays, array(3, 1), array(4))
    check_call(np.broadcast_arrays, array(3, 4), 2.0)
    check_call(np.broadcast_arrays, array(3, 4), array(1, 4), array(1))


def test_at_least() -> None:
    for x in (0.3, array(2), array(2, 3), array(2, 3, 1)):
        for function in (np.atleast_1d, np.atleast_2d, np.atleast_3d):
            check_call(function, x)


@pytest.mark.parametrize("shape", [(2, 3), (1, 3), (0, 2)])
def test_flips_and_turns(shape: tuple[int, ...]) -> None:
    x = array(*shape)
    for axis in (None, 0, 1, (0, 1), -1):
        check_call(np.flip, x, axis)
    check_call(np.flipud, x)
    check_call(np.fliplr, x)
    for k in range(-1, 5):
        check_call(np.rot90, x, k)
    check_call(np.rot90, array(2, 3, 2), 1, (0, 2))


def test_roll() -> None:
    x = array(2, 3)
    check_call(np.roll, x, 1, axis=1)
    check_call(np.roll, x, -2)
    check_call(np.roll, x, (1, 2), (0, 1))
    check_call(np.roll, x, 1, (0, 1))


@pytest.mark.parametrize("k", [0, 1, -1, 2])
@pytest.mark.parametrize("shape", [(3, 3), (2, 4), (4, 2), (1, 3)])
def test_diagonals(shape: tuple[int, ...], k: int) -> None:
    x = array(*shape)
    check_call(np.diag, x, k)
    check_call(np.diagonal, x, offset=k)
    check_call(np.trace, x, offset=k)
    check_call(np.triu, x, k)
    check_call(np.tril, x, k=k)
    check_method("diagonal", x, k, 1, 0)
    check_method("trace", x, k, 1, 0)


def test_diagonals_of_many_matrices() -> None:
    x = array(2, 3, 4)
    check_call(np.diagonal, x, 1, 2, 0)
    check_call(np.diagonal, x, 0, -2, -1)
    check_call(np.trace, x, 0, 1, 2)
    check_call(np.linalg.trace, x)
    check_call(np.linalg.diagonal, x, offset=1)
    check_call(np.triu, x)


@pytest.mark.parametrize("k", [0, 1, -2])
def test_diagonal_matrices(k: int) -> None:
    check_call(np.diag, array(3), k)
    check_call(np.diagflat, array(2, 2), k)


def test_a_reshape_of_a_constant_shape_knows_its_dims() -> None:
    b, _ = program(lambda b, x: LOWERINGS[np.reshape](b, x, (2, -1)), [array(4, 3)])
    (result,) = b.results
    assert str(result.type).startswith("float64[2, ")


def test_float32_stays() -> None:
    b, _ = program(lambda b, x: LOWERINGS[np.transpose](b, x), [array(4, 3).astype(np.float32)])
    assert b.results[0].type.dtype == "float32"
