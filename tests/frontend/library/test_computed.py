"""Options that constants alone are computed to are known before the run: axes, dtypes, shapes and counts."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import srcad
from srcad.errors import NotYetSupported
from tests import reference

A = np.array([[0.3, 1.7, -0.9, 0.6], [1.1, -0.2, 0.8, 2.3], [-1.4, 0.5, 0.1, -0.7]])
Program = Callable[[np.ndarray], np.ndarray]


def over_an_axis(x: np.ndarray) -> np.ndarray:
    k = np.int64(1)
    return np.sum(np.sin(x), axis=k) + np.cumsum(x, axis=np.intp(1), dtype=np.dtype(float))[:, 2]


def over_axes(x: np.ndarray) -> np.ndarray:
    return np.sum(x**2, axis=tuple(np.array([0, 1]))) * np.sum(x, axis=np.array(1))


def in_another_order(x: np.ndarray) -> np.ndarray:
    return np.transpose(x, np.array([1, 0])) * np.transpose(x, np.argsort([1, 0]))


def over_the_longest(x: np.ndarray) -> np.ndarray:
    return np.prod(x, axis=np.argmax(x.shape))


def over_each(x: np.ndarray) -> np.ndarray:
    for axis in np.arange(x.ndim):
        x = np.roll(np.sin(x), 1, axis=axis) * x
    return x


def counted(x: np.ndarray) -> np.ndarray:
    rolled = np.roll(x, np.int64(3)) + np.repeat(x, np.int64(1), axis=np.int8(0))
    return np.diff(np.tile(rolled * x, np.array([2, 1])), np.int64(2))


def in_parts(x: np.ndarray) -> np.ndarray:
    return np.split(x, np.int64(3))[0][0, 0] * np.moveaxis(x, np.int64(0), -1)


def quantiles(x: np.ndarray) -> np.ndarray:
    return np.quantile(x, 0.3, axis=np.int64(0)) * np.median(x, axis=np.int64(0))


PROGRAMS: tuple[Program, ...] = (
    over_an_axis,
    over_axes,
    in_another_order,
    over_the_longest,
    over_each,
    counted,
    in_parts,
    quantiles,
)


@pytest.mark.parametrize("program", PROGRAMS)
def test_known_by_what_it_is_computed_from(program: Program) -> None:
    direction = np.cos(np.arange(12.0)).reshape(3, 4)
    value, tangent = srcad.jvp(program, (A,), (direction,))
    np.testing.assert_array_equal(value, program(A))
    due = reference.along(program, (A,), (direction,))
    np.testing.assert_allclose(np.ravel(tangent), due.value, rtol=1e-7, atol=1e-8)
    bar = np.sin(np.arange(np.size(value)) + 1.0).reshape(np.shape(value))
    (x_bar,) = srcad.vjp(program, A)[1](bar)
    assert np.sum(x_bar * direction) == pytest.approx(np.sum(bar * tangent))


def test_a_dtype_is_known() -> None:
    def narrow(x: np.ndarray) -> np.ndarray:
        return x.astype(np.dtype("f4")) * 2

    value, tangent = srcad.jvp(narrow, (A,), (A,))
    assert value.dtype == tangent.dtype == np.float32


def test_what_the_run_decides_is_not_known() -> None:
    def along(x: np.ndarray) -> np.ndarray:
        return np.sum(x, axis=np.argmax(x[0]) % 2)

    with pytest.raises(NotYetSupported, match="axis must be known before the run"):
        srcad.jacobian(along)(A)


# ---- views


def written_by_a_view(x: np.ndarray) -> np.ndarray:
    y = np.sin(x)
    v = y.view()
    v[0] *= x[0]
    return y * x


def written_in_another_shape(x: np.ndarray) -> np.ndarray:
    y = np.sin(x)
    v = y.view(np.ndarray)
    v.shape = (4, 3)
    v[0] *= 2.0
    return y


@pytest.mark.parametrize("program", [written_by_a_view, written_in_another_shape, lambda x: x.view("f8") * x])
def test_views(program: Program) -> None:
    _, tangent = srcad.jvp(program, (A,), (A + 1.0,))
    np.testing.assert_allclose(np.ravel(tangent), reference.along(program, (A,), (A + 1.0,)).value, rtol=1e-7)


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
def test_elements_are_no_bits(dtype: type) -> None:
    with pytest.raises(NotYetSupported, match="viewed as one of another dtype"):
        srcad.jacobian(lambda x: x.view(dtype))(A)


# ---- the order of elements by how they lie in memory


@pytest.mark.parametrize("order", ["A", "K"])
@pytest.mark.parametrize("make", [np.ascontiguousarray, np.asfortranarray])
def test_elements_as_they_lie(order: str, make: Callable[[np.ndarray], np.ndarray]) -> None:
    def flattened(x: np.ndarray) -> np.ndarray:
        return x.flatten(order) * np.ravel(x.T, order) * np.arange(12.0)

    x = make(A)
    _, tangent = srcad.jvp(flattened, (x,), (x,))
    np.testing.assert_allclose(tangent, 2 * flattened(x))


# ---- options that are floats


def test_a_float_that_chooses_is_known() -> None:
    def length(x: np.ndarray, order: float) -> float:
        return np.linalg.norm(x, order)

    x, gradient = np.array([0.5, -1.2, 2.0]), srcad.grad(length)
    np.testing.assert_array_equal(gradient(x, np.inf), [0.0, 0.0, 1.0])
    np.testing.assert_array_equal(gradient(x, 1.0), [1.0, -1.0, 1.0])
    np.testing.assert_allclose(gradient(x, 3.0), np.sign(x) * x**2 / length(x, 3.0) ** 2)
    with pytest.raises(NotYetSupported, match="leave it out of argnums"):
        srcad.grad(length, argnums=(0, 1))(x, 3.0)
