"""Writes to parts of arrays, by attributes, methods, functions and views: as NumPy does them, and to no argument."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from srcad.errors import SrcadError
from tests import reference


def weigh(v: Any) -> Any:
    return np.sum(v * np.sin(np.arange(1.0, np.size(v) + 1.0)).reshape(np.shape(v)))


def flat_of_argument(x, A):
    x.flat = 0.5
    return weigh(x * x) + weigh(A)


def flat_shorter_value(x, A):
    A.flat = x[:2] ** 2
    return weigh(A * A) * x[2]


def flat_items(x, A):
    A.flat[2:5] = x
    A.flat[0] = x[1] ** 2
    A.flat[[3, 1]] = x[:2]
    A.flat[-1] += x[0]
    A.T.flat[1] *= 2.0
    return weigh(A * A)


def flat_slice_is_copy(x, A):
    r = x.flat[:2]
    r *= 3.0
    for v in A.flat:
        x[0] = x[0] + v * v
    return weigh(x) + weigh(r)


def flat_sees_later_writes(x, A):
    row = A.flat
    A[0, 0] = 7.0 * x[0]
    return np.sum(row) + np.sum(np.asarray(row) ** 2) + row[0]


def real_of_argument(x, A):
    x.real = 0.5 * A[0]
    setattr(x, "flat", A[1] * x)  # noqa: B010
    return weigh(x * x) + weigh(A)


def complex_parts(x, A):
    z = np.zeros(3, complex)
    z.real = x
    z.imag[1:] = x[:2] ** 2
    z.imag += x
    z.real[...] *= A[0]
    z.real[0] = 3.0
    np.imag(z)[2] = A[0, 0]
    return weigh(np.abs(z) ** 2) + weigh(z.real * z.imag)


def complex_of_matrix(x, A):
    z = A + 1j * A[::-1]
    z.flat = x
    z.imag = A
    np.real(z)[0] = x
    z.T.real[0] *= 2.0
    z.imag.flat[2] = 5.0 * x[0]
    return weigh((z * z).real) + weigh((z * z).imag)


def single_precision(x, A):
    z = np.zeros(3, np.complex64)
    z.imag = x
    z.real += 2.0
    return weigh((z * z).imag) + weigh(A)


def shape_in_place(x, A):
    y = np.arange(6.0) * x[0]
    y.shape = (2, 3)
    y[1] = x
    return weigh(y * A)


def shape_of_argument(x, A):
    x.shape = (3, 1)
    x[1, 0] = A[0, 0]
    return weigh(x**2)


def transposed(x, A):
    A.T[...] = x[:, None] * 2.0
    A.T[0] += x[0]
    return weigh(A**2)


def masks(x, A):
    np.place(A, A > 0, x)
    np.putmask(x, x > 0.1, A)
    np.put_along_axis(A, np.array([[1], [2]]), x[:1] * 7, axis=1)
    return weigh(A**2) + weigh(x * x)


def methods(x, A):
    x.partition(1)
    x.sort()
    A.put([0, 4], x[:2])
    np.put(A, [5], [1.0])
    np.copyto(A[0], x)
    A[1].fill(x[1])
    return weigh(A**2) + weigh(x)


def ufuncs_at(x, A):
    np.multiply.at(x, [0, 1, 0], A[0])
    np.maximum.at(x, np.array([2, 1]), 0.3)
    np.add.at(A, (slice(None), [0, 0]), 1.5 * x[0])
    np.negative.at(x, [0])
    np.subtract.at(x, [2, 2], x[:2])
    return weigh(A**2) + weigh(x * x)


def overlapping(x, A):
    x[1:] += x[:-1]
    x[:] = x[::-1]
    A[:, 1:] = A[:, :-1]
    A[::-1] *= A
    A[...] = A[::-1, ::-1]
    return weigh(A**2) + weigh(x * x)


def repeated_indices(x, A):
    x[[0, 0, 1]] = A[0]
    x[[2, 2]] += A[1, 0]
    A[A > 0] = 0.5 * A[A > 0] ** 2
    A[:, [0, 0]] *= x[0]
    return weigh(A**2) + weigh(x * x)


def views_of_functions(x, A):
    y = np.array(x, ndmin=2, copy=None)
    y[0, 1] = 3.0 * x[0]
    np.atleast_2d(x)[0, 0] *= A[0, 0]
    np.einsum("i->i", x)[2] = A[1, 1] ** 2
    np.split(x, 3)[1][0] += A[0, 0]
    np.array_split(A, 2, axis=1)[1][:] = x[0]
    np.einsum("ij->ji", A)[0] *= 2.0
    return weigh(x * x) + weigh(A * A)


def diagonals(x, A):
    B = A[:, :2] * 1.0
    d = np.einsum("ii->i", B)
    d *= x[:2]
    np.fill_diagonal(B[::-1], x[2])
    return weigh(B * B)


def views_of_views(x, A):
    x[None][0, 1:] = A[0, :2]
    y = x[:, None]
    y[2, 0] = 5.0 * A[0, 0]
    np.moveaxis(A, 0, 1)[1] = 0.5
    np.rot90(A)[0, 0] = x[0]
    np.rollaxis(A, 1)[2, 0] *= 3.0
    np.squeeze(A[:1])[0] = x[1]
    np.expand_dims(x, 0)[0, 0] *= 2.0
    np.flip(x)[0] *= 3.0
    np.fliplr(A)[0, 0] *= 3.0
    return weigh(x * x) + weigh(A * A)


def without_dimensions(x, A):
    a = np.zeros(())
    a[...] = x[0]
    a[()] *= 2.0
    a[None] += x[1]
    a.fill(a * x[2])
    b = np.full((1, 1), 2.0)
    b[0] = a
    b[...] = b * a
    e = x[3:]
    e[...] = 1.0
    e += 2.0
    c = np.copy(x[1] * 2.0)
    c[...] *= a
    return weigh(A * A) + a * a + weigh(b) + weigh(e) + c


def conversions(x, A):
    np.nan_to_num(x, copy=False)
    B = A.astype(float, copy=False)
    B[0, 0] = x[0]
    C = A.astype(float)
    C[0] = 7.0
    D = np.asarray(A, copy=True)
    D[1] = x
    E = np.asarray(A)
    E[1, 1] *= 2.0
    np.asfortranarray(A)[0, 1] *= 2.0
    np.ascontiguousarray(A)[0, 2] *= 2.0
    return weigh(A * A) + weigh(B) + weigh(C) + weigh(D) + weigh(x * x)


def outputs(x, A):
    np.add(x, A[0], out=x)
    np.multiply(x, 2.0, x)
    np.cumsum(x, out=x)
    np.exp(x, out=x, where=x > 0)
    x.clip(-2.0, 2.0, out=x)
    np.sqrt(A * A + 1, out=A)
    np.sum(A, axis=0, out=x)
    return weigh(x * x) + weigh(A * A)


def in_containers(x, A):
    items = [x, x]
    items[0][0] = A[0, 0]
    d = {"a": x}
    d["a"].flat = A[1]
    d["a"] += 1.0
    pair = (A, x)
    pair[0].T[0] = 2.0 * x[0]
    return weigh(x * x) + weigh(A * A)


PROGRAMS: tuple[Callable[..., Any], ...] = (
    flat_of_argument,
    flat_shorter_value,
    flat_items,
    flat_slice_is_copy,
    flat_sees_later_writes,
    real_of_argument,
    complex_parts,
    complex_of_matrix,
    single_precision,
    shape_in_place,
    shape_of_argument,
    transposed,
    masks,
    methods,
    ufuncs_at,
    overlapping,
    repeated_indices,
    views_of_functions,
    diagonals,
    views_of_views,
    without_dimensions,
    conversions,
    outputs,
    in_containers,
)
X, A = np.array([0.4, -0.9, 1.3]), np.array([[0.7, -1.1, 0.3], [1.9, 0.8, -0.6]])


def fresh() -> tuple[np.ndarray, np.ndarray]:
    return X.copy(), A.copy()


def along(f: Callable[..., Any], direction: tuple[np.ndarray, np.ndarray]) -> reference.Derivative:
    def moved(t: float) -> np.ndarray:
        return np.array([float(f(X + t * direction[0], A + t * direction[1]))])

    return reference.ridders(moved, 1e-3)


@pytest.mark.parametrize("f", PROGRAMS)
def test_writes_are_those_of_numpy(f: Callable[..., Any]) -> None:
    direction = np.array([0.3, 0.8, -0.5]), np.array([[1.0, -0.4, 0.2], [0.6, 0.1, -0.9]])
    given = fresh()
    value, gradient = srcad.value_and_grad(f, (0, 1))(*given)
    rough = f is single_precision
    np.testing.assert_allclose(value, f(*fresh()), rtol=1e-6 if rough else 1e-12)
    assert np.array_equal(given[0], X) and np.array_equal(given[1], A), "an argument has been changed"
    due = along(f, direction).value[0]
    found = reference.inner(gradient, direction)
    assert found == pytest.approx(due, rel=2e-2 if rough else 1e-6, abs=1e-8)
    tangent = srcad.jvp(f, fresh(), direction)[1]
    assert tangent == pytest.approx(found, rel=1e-5 if rough else 1e-10)


@pytest.mark.parametrize("f", PROGRAMS)
def test_second_derivatives(f: Callable[..., Any]) -> None:
    if f is single_precision:
        return
    direction = np.array([0.3, 0.8, -0.5]), np.array([[1.0, -0.4, 0.2], [0.6, 0.1, -0.9]])
    gradient = srcad.grad(f, (0, 1))
    bent = srcad.hvp(f, (0, 1))(*fresh(), direction)

    def moved(t: float) -> np.ndarray:
        return reference.flat(gradient(X + t * direction[0], A + t * direction[1]))

    due = reference.ridders(moved, 1e-3)
    np.testing.assert_allclose(reference.flat(bent), due.value, rtol=1e-6, atol=1e-6)


def augmented_number(z):
    z *= 1.3
    return z * z


def test_argument_without_dimensions_is_not_changed() -> None:
    z = np.array(2.0)
    assert srcad.grad(augmented_number)(z) == pytest.approx(2 * 1.69 * 2.0)
    assert z == 2.0


def imaginary_part_of_real(x):
    x.imag = 0.5
    return np.sum(x)


def written_diagonal(x):
    np.diagonal(x)[0] = 1.0
    return np.sum(x)


def test_errors_of_numpy_are_raised() -> None:
    with pytest.raises(TypeError, match="imaginary part"):
        srcad.grad(imaginary_part_of_real)(X)
    with pytest.raises(ValueError, match="read-only"):
        srcad.grad(written_diagonal)(A)


def other_attribute(x):
    x.strides = (16,)
    return np.sum(x)


def shape_of_view_with_two_names(x):
    y = z = x[:]
    y.shape = (3, 1)
    return np.sum(z)


@pytest.mark.parametrize("f", [other_attribute, shape_of_view_with_two_names])
def test_what_cannot_be_followed_is_refused(f: Callable[..., Any]) -> None:
    with pytest.raises(SrcadError):
        srcad.grad(f)(X)


def written_view(x):
    x[1:][0] = 2.0 * x[0]
    return np.sum(x * x)


def frozen() -> np.ndarray:
    x = X.copy()
    x.setflags(write=False)
    return x


def test_arguments_that_are_read_only_stay_so() -> None:
    derived = srcad.grad(written_view)
    for make in (frozen, X.copy, frozen):
        try:
            due: Any = written_view(make())
        except ValueError as error:
            with pytest.raises(ValueError, match="read-only"):
                derived(make())
            assert "read-only" in str(error)
        else:
            assert due == pytest.approx(X[0] ** 2 * 5 + X[2] ** 2)
            np.testing.assert_allclose(derived(make()), [10 * X[0], 0.0, 2 * X[2]])


def test_what_is_only_read_may_be_read_only() -> None:
    assert srcad.grad(lambda x: np.sum(x * x))(frozen()) == pytest.approx(2 * X)


def grid_of_none(x):
    grid = [[None] * 3 for _ in range(len(x))]
    for i in range(len(x)):
        for j in range(3):
            grid[i][j] = x[j] * x[i]
    return weigh(np.array(grid) ** 2)


def test_lists_of_none_are_filled_by_index() -> None:
    due = reference.ridders(lambda t: np.array([grid_of_none(X + t * np.array([1.0, -2.0, 0.5]))]), 1e-3)
    assert srcad.grad(grid_of_none)(X) @ [1.0, -2.0, 0.5] == pytest.approx(due.value[0])


def reshaped_in_fortran_order(A):
    B = np.asfortranarray(A)
    B.reshape(-1)[-1] += np.sum(A)  # a copy of it
    return weigh(B * B) + weigh(A)


def test_what_is_in_fortran_order_is_copied_by_reshaping() -> None:
    for B in (A, np.asfortranarray(A), A.T, np.asfortranarray(A).T):
        try:
            value, _ = srcad.value_and_grad(reshaped_in_fortran_order)(B)
        except SrcadError:
            continue
        assert value == pytest.approx(reshaped_in_fortran_order(B))
