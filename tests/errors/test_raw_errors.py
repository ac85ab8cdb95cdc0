"""Calls that once ended in an error of srcad's own making."""

from __future__ import annotations

import numpy as np
import pytest

import srcad

LENGTHS, AXES = [2, 3], [0, 1]
X, A = np.array([0.3, 0.5, 0.9, 1.1]), np.arange(12.0).reshape(3, 4) + 1


def spectrum(x):
    return np.sum(np.abs(np.fft.fftn(x, s=LENGTHS, axes=AXES)) ** 2)


def test_the_lengths_of_a_transform_are_a_list_of_the_module() -> None:
    due = np.zeros_like(A)
    due[:2, :3] = 2 * 6 * A[:2, :3]
    np.testing.assert_allclose(srcad.grad(spectrum)(A), due)


def test_arrays_of_the_other_byte_order() -> None:
    other = X.astype(X.dtype.newbyteorder())
    found = srcad.grad(lambda x: np.sum(x**2))(other)
    np.testing.assert_array_equal(found, 2 * X)
    assert found.dtype == other.dtype
    _, moved = srcad.jvp(lambda x, y: x * y, (other, X), (other, X))
    np.testing.assert_allclose(moved, 2 * X * X)
    np.testing.assert_allclose(srcad.jacobian(lambda x: x * X)(other), np.diag(X))


@pytest.mark.parametrize("join", [np.vstack, np.hstack, np.dstack, np.column_stack])
def test_the_numbers_of_a_vector_are_put_together(join) -> None:
    np.testing.assert_allclose(srcad.grad(lambda x: np.sum(join(x) ** 2))(X), 2 * X)
    value, _ = srcad.vjp(lambda x: join(x), X)
    np.testing.assert_array_equal(value, join(X))


@pytest.mark.parametrize("made", [lambda: np.ndarray((4,)), lambda: np.ndarray(4), lambda: np.ndarray(4, dtype=float)])
def test_an_array_without_content(made) -> None:
    def filled(x):
        y = made()
        y[:] = 2.0 * x
        return np.sum(y**2)

    np.testing.assert_allclose(srcad.grad(filled)(X), 8 * X)


@pytest.mark.parametrize("items", [[], [[], []], [[[]]]])
def test_an_array_of_nothing(items) -> None:
    assert srcad.jacobian(lambda x: np.array(items))(X).shape == (*np.shape(items), 4)
    assert srcad.jacobian(lambda x: np.array([]))(X).shape == (0, 4)


def test_an_empty_list_picks_nothing() -> None:
    def nothing(x):
        return np.sum(x[[]]) + x[0]

    np.testing.assert_array_equal(srcad.grad(nothing)(X), [1.0, 0.0, 0.0, 0.0])


def test_numbers_have_no_product_of_matrices() -> None:
    with pytest.raises(TypeError, match="@"):
        srcad.grad(lambda x, y: x @ y)(1.0, 2.0)
    with pytest.raises(ValueError, match="dimension"):
        srcad.grad(lambda x, y: np.sum(x @ y))(X, 2.0)
