"""Factorisations of complex matrices, and of real ones with complex results: both modes, and to second order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import srcad
from tests.rules.checking import directional

rng = np.random.default_rng(11)
SQUARE, TALL, WIDE = rng.normal(size=(3, 3)), rng.normal(size=(4, 3)), rng.normal(size=(3, 5))
STACK = rng.normal(size=(2, 3, 3))


def made_complex(x: Any) -> Any:
    return x + 0.7j * np.sin(2 * x) + 0.2j


def hermitian(x: Any) -> Any:
    a = made_complex(x)
    return a @ np.conj(np.swapaxes(a, -1, -2)) + np.eye(x.shape[-2])


def weighed(z: Any) -> Any:
    """A number that depends on all real and all imaginary parts."""
    s = 0.37 * np.arange(1.0, z.size + 1).reshape(z.shape)
    return np.sum(np.real(z) * np.cos(s) + np.imag(z) * np.sin(s) + 0.1 * np.abs(z) ** 2 * s)


def eigh(x: Any) -> Any:
    w, q = np.linalg.eigh(hermitian(x))
    return weighed(w) + weighed(q)


def eigh_upper(x: Any) -> Any:
    w, q = np.linalg.eigh(hermitian(x), UPLO="U")
    return weighed(w) + weighed(q)


def eigvalsh(x: Any) -> Any:
    return weighed(np.linalg.eigvalsh(hermitian(x)))


def cholesky(x: Any) -> Any:
    return weighed(np.linalg.cholesky(hermitian(x)))


def qr(x: Any) -> Any:
    q, r = np.linalg.qr(made_complex(x))
    return weighed(q) + weighed(r)


def triangle(x: Any) -> Any:
    return weighed(np.linalg.qr(made_complex(x), mode="r"))


def slogdet(x: Any) -> Any:
    sign, logarithm = np.linalg.slogdet(made_complex(x))
    return weighed(sign) + weighed(logarithm)


def det_and_inv(x: Any) -> Any:
    return weighed(np.linalg.det(made_complex(x))) + weighed(np.linalg.inv(made_complex(x)))


def solve(x: Any) -> Any:
    return weighed(np.linalg.solve(made_complex(x), x))


def values(x: Any) -> Any:
    return weighed(np.linalg.svd(made_complex(x))[1])


def svd(x: Any) -> Any:
    """What doesn't depend on the phases of the vectors."""
    u, s, vt = np.linalg.svd(made_complex(x), full_matrices=False)
    spectrum = (u * s[..., None, :] ** 2) @ vt
    return weighed(np.abs(u)) + weighed(s) + weighed(np.abs(vt)) + weighed(spectrum) + weighed(u @ vt)


def singular_vectors(x: Any) -> Any:
    """With their phases, as LAPACK chooses them; their signs are arbitrary."""
    u, s, vt = np.linalg.svd(made_complex(x), full_matrices=False)
    return weighed(u * u) + weighed(s) + weighed(vt * vt) + weighed(np.linalg.svd(made_complex(x), False)[0] ** 2)


def pinv(x: Any) -> Any:
    return weighed(np.linalg.pinv(made_complex(x)))


def lstsq(x: Any) -> Any:
    a = made_complex(x)
    solution, left, _, _ = np.linalg.lstsq(a, a**2, rcond=None)
    return weighed(solution) + weighed(left) + weighed(np.linalg.lstsq(a, a[:, 0] ** 2, rcond=None)[0])


def eig(x: Any) -> Any:
    """The vectors by their squares, as their signs are arbitrary."""
    w, v = np.linalg.eig(made_complex(x))
    return weighed(w) + weighed(v * v)


def eig_of_real(x: Any) -> Any:
    w, v = np.linalg.eig(x)
    return weighed(w) + weighed(v * v)


def eigvals(x: Any) -> Any:
    return weighed(np.linalg.eigvals(x)) + weighed(np.linalg.eigvals(made_complex(x)))


def norms(x: Any) -> Any:
    z, axes = made_complex(x), (-2, -1)
    several = np.linalg.norm(z, "nuc", axis=axes) + np.linalg.norm(z, 2, axis=axes) + np.linalg.norm(z, 1, axis=axes)
    return np.linalg.norm(z) + weighed(np.linalg.norm(z, axis=-1)) + weighed(several)


def powers(x: Any) -> Any:
    return weighed(np.linalg.matrix_power(made_complex(x), 3)) + weighed(np.linalg.matrix_power(made_complex(x), -2))


def condition(x: Any) -> Any:
    return weighed(np.linalg.cond(made_complex(x)))


OF_SQUARE = (eigh, eigh_upper, eigvalsh, cholesky, slogdet, det_and_inv, solve, eig, eig_of_real, eigvals, powers)
OF_ANY = (qr, triangle, values, svd, singular_vectors, pinv, norms, condition)
CASES = [
    *((f, x) for f in (*OF_SQUARE, *OF_ANY) for x in (SQUARE, STACK)),
    *((f, x) for f in OF_ANY for x in (TALL, WIDE, rng.normal(size=(2, 3, 4)))),
    *((lstsq, x) for x in (TALL, WIDE)),
]


@pytest.mark.parametrize(("function", "x"), CASES, ids=[f"{f.__name__}-{x.shape}" for f, x in CASES])
def test_both_modes_and_second_order(function: Callable[[Any], Any], x: Any) -> None:
    v, w = np.random.default_rng(3).normal(size=(2, *x.shape))
    gradient = srcad.grad(function)
    slope = directional(lambda t: function(x + t * v))
    np.testing.assert_allclose(np.sum(gradient(x) * v), slope, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(srcad.jvp(function, (x,), (v,))[1], slope, rtol=1e-6, atol=1e-8)
    curvature = directional(lambda t: np.sum(gradient(x + t * v) * w))
    np.testing.assert_allclose(np.sum(srcad.hvp(function)(x, v) * w), curvature, rtol=1e-6, atol=1e-7)


def test_eigenvalues_may_turn_out_real() -> None:
    def largest(a: Any) -> Any:
        return np.max(np.linalg.eigvals(a).real)

    value, slope = srcad.value_and_grad(largest)(np.diag([1.0, 2.0, 5.0]))
    assert value == 5.0
    np.testing.assert_allclose(slope, np.diag([0.0, 0.0, 1.0]))


def test_the_sum_of_equal_eigenvalues_is_a_trace() -> None:
    """To every order: no gap between eigenvalues is in it."""
    for values_of in (np.linalg.eigvalsh, lambda a: np.linalg.eigh(a)[0], lambda a: np.linalg.eigvals(a).real):

        def total(a: Any, values_of: Any = values_of) -> Any:
            return np.sum(values_of(a))

        np.testing.assert_array_equal(srcad.grad(total)(2 * np.eye(3)), np.eye(3))
        np.testing.assert_array_equal(srcad.hvp(total)(2 * np.eye(3), np.ones((3, 3))), np.zeros((3, 3)))


def test_a_singular_matrix_leaves_others_alone() -> None:
    def logarithms(a: Any) -> Any:
        return np.sum(np.linalg.slogdet(a)[1])

    slope = srcad.grad(logarithms)(np.array([[[2.0, 0.0], [0.0, 4.0]], [[1.0, 1.0], [1.0, 1.0]]]))
    np.testing.assert_allclose(slope[0], [[0.5, 0.0], [0.0, 0.25]])
    assert np.all(np.isnan(slope[1]))


def cholesky_weighed(a: Any) -> Any:
    return np.sum(np.linalg.cholesky(a) * np.array([[1.0, 0.0], [0.3, -2.0]]))


def upper_cholesky(a: Any) -> Any:
    return np.sum(np.linalg.cholesky(a, upper=True) * np.array([[1.0, 0.4], [0.3, -2.0]]))


def cubes(a: Any) -> Any:
    return np.sum(np.linalg.eigvalsh(a) ** 3)


def upper_cubes(a: Any) -> Any:
    return np.sum(np.linalg.eigvalsh(a, "U") ** 3)


def first_vector(a: Any) -> Any:
    return np.sum(np.abs(np.linalg.eigh(a)[1][:, 0]) ** 4)


@pytest.mark.parametrize("function", [cholesky_weighed, upper_cholesky, cubes, upper_cubes, first_vector])
@pytest.mark.parametrize("matrix", [[[4.0, 0.0], [1.0, 3.0]], [[4.0, 0.5], [1.0, 3.0]], [[4.0, -1.0], [0.0, 3.0]]])
def test_of_a_matrix_that_is_not_symmetric_one_triangle_counts(function: Any, matrix: Any) -> None:
    """It is all that NumPy reads, so the derivative is exact along every direction."""
    a = np.array(matrix)
    gradient = srcad.grad(function)(a)
    rng = np.random.default_rng(3)
    for _ in range(3):
        v, w = rng.normal(size=(2, 2, 2))
        slope = directional(lambda t, v=v: function(a + t * v))
        np.testing.assert_allclose(np.sum(gradient * v), slope, rtol=1e-7, atol=1e-9)
        np.testing.assert_allclose(srcad.jvp(function, (a,), (v,))[1], slope, rtol=1e-7, atol=1e-9)
        bend = directional(lambda t, v=v, w=w: np.sum(srcad.grad(function)(a + t * v) * w))
        np.testing.assert_allclose(np.sum(srcad.hvp(function)(a, v) * w), bend, rtol=1e-6, atol=1e-8)


@pytest.mark.parametrize("function", [cholesky_weighed, cubes, first_vector])
def test_of_a_symmetric_matrix_the_gradient_is_symmetric(function: Any) -> None:
    a = np.array([[4.0, 1.0], [1.0, 3.0]])
    for matrix in (a, a + np.array([[0.0, 1e-15], [0.0, 0.0]])):
        gradient = srcad.grad(function)(matrix)
        assert np.array_equal(gradient, gradient.T)


def test_an_upper_factor_of_a_complex_matrix() -> None:
    a = np.array([[4.0, 1.0 - 0.5j], [1.0 + 0.5j, 3.0]])

    def imaginary(a: Any) -> Any:
        return np.imag(np.linalg.cholesky(a, upper=True))[0, 1] * 2.0

    value, gradient = srcad.value_and_grad(imaginary)(a)
    assert value == imaginary(a)
    v = np.array([[0.3, 0.2 - 0.7j], [0.2 + 0.7j, -0.4]])
    np.testing.assert_allclose(np.sum(gradient * v).real, directional(lambda t: imaginary(a + t * v)), rtol=1e-7)
