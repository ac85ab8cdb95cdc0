"""scipy.linalg: what is other functions put together; scipy.signal: places, through which nothing moves."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from scipy import linalg, signal

import srcad
from srcad.definitions import linalg as defined
from tests.definitions.checking import Program, check, check_second, weighted

RNG = np.random.default_rng(0)
M, WIDE, V = RNG.normal(size=(4, 4)) + 3 * np.eye(4), RNG.normal(size=(3, 5)), RNG.normal(size=5)
C = np.array([4.0, 0.3, -0.2, 0.5])
UPPER = np.array([[0.0, 0.0, 0.2, 0.1], [0.0, 0.4, 0.5, 0.6], [3.0, 4.0, 5.0, 4.0]])
LOWER = np.array([[3.0, 4.0, 5.0, 4.0], [0.4, 0.5, 0.6, 0.0], [0.2, 0.1, 0.0, 0.0]])
WAVES = np.sin(np.arange(30.0) * 0.7) * np.arange(30)

CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("matmul_toeplitz", (C, M), {}),
    ("matmul_toeplitz", ((C, V), WIDE.T), {}),
    ("solve_circulant", (C, C), {}),
    ("solve_circulant", (C, M), {}),
    ("orthogonal_procrustes", (M, M.T @ M), {}),
    ("rq", (M,), {}),
    ("rq", (WIDE,), {"mode": "economic"}),
    ("rq", (WIDE.T,), {"mode": "economic"}),
    ("cholesky_banded", (UPPER,), {}),
    ("cholesky_banded", (LOWER,), {"lower": True}),
    ("cho_solve_banded", ((linalg.cholesky_banded(UPPER), False), C), {}),
    ("cho_solve_banded", ((linalg.cholesky_banded(LOWER, lower=True), True), M), {}),
    ("fiedler", (V,), {}),
    ("eigvals_banded", (UPPER,), {}),
    ("eig_banded", (UPPER,), {}),
    ("eig_banded", (LOWER,), {"lower": True, "select": "i", "select_range": (1, 2)}),
    ("leslie", (V, V[1:]), {}),
    *(
        ("convolution_matrix", (V[:length], n, mode), {})
        for (length, n), mode in itertools.product(((5, 3), (3, 6), (2, 6), (4, 4)), ("full", "valid", "same"))
    ),
]


@pytest.mark.parametrize("given", CALLS, ids=lambda given: given[0])
def test_values_are_those_of_scipy(given: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
    name, args, options = given
    got, due = (getattr(module, name)(*args, **options) for module in (defined, linalg))
    for part, wanted in zip(*((x,) if not isinstance(x, tuple) else x for x in (got, due)), strict=True):
        np.testing.assert_allclose(part, wanted, rtol=1e-10, atol=1e-12)


def of_both(f: Any) -> Any:
    return lambda *args: sum(weighted(part) for part in f(*args))


def stationary(p: Any) -> Any:
    p = p / np.sum(p, axis=1, keepdims=True)
    found = linalg.null_space(p.T - np.eye(len(p)))[:, 0]
    return weighted(found / np.sum(found))


def by_height(x: Any) -> Any:
    found, _ = signal.find_peaks(x, height=2.0, distance=2)
    return np.sum(x[found] ** 2) + len(found)


PROGRAMS: dict[str, Program] = {
    "matmul_toeplitz": (lambda c, x: weighted(linalg.matmul_toeplitz((c, x[0]), x)), (C, M)),
    "solve_circulant": (lambda c, b: weighted(linalg.solve_circulant(c, b)), (C, M)),
    "orthogonal_procrustes": (of_both(linalg.orthogonal_procrustes), (M, M.T @ M)),
    "rq": (of_both(linalg.rq), (M,)),
    "rq, economic": (of_both(lambda a: linalg.rq(a, mode="economic")), (WIDE,)),
    "cholesky_banded": (lambda a: weighted(linalg.cholesky_banded(a)), (UPPER,)),
    "cho_solve_banded": (
        lambda a, b: weighted(linalg.cho_solve_banded((linalg.cholesky_banded(a, lower=True), True), b)),
        (LOWER, C),
    ),
    "leslie, fiedler": (lambda v: weighted(linalg.leslie(v, v[1:])) + weighted(linalg.fiedler(v)), (V,)),
    "eig_banded": (of_both(linalg.eig_banded), (UPPER,)),
    "eig_banded, lower": (lambda a: weighted(linalg.eig_banded(a, True, select="i", select_range=(0, 2))[1]), (LOWER,)),
    "eigvals_banded": (lambda a: weighted(linalg.eigvals_banded(a, select="i", select_range=(1, 3))), (UPPER,)),
    "eigvalsh_tridiagonal": (
        lambda d: weighted(linalg.eigvalsh_tridiagonal(d, d[1:], select="i", select_range=(1, 2))),
        (C,),
    ),
    "orth": (lambda a: weighted(linalg.orth(a)), (WIDE.T,)),
    "null_space": (lambda a: weighted(linalg.null_space(a)), (M[:3],)),
    "a stationary distribution": (stationary, (np.abs(M) + 0.1,)),
    "convolution_matrix": (lambda v: weighted(linalg.convolution_matrix(v, 3, "same")), (V,)),
    "find_peaks": (lambda x: np.sum(x[signal.find_peaks(x)[0]] ** 2), (WAVES,)),
    "find_peaks by height": (by_height, (WAVES,)),
    "argrelextrema": (lambda x: np.sum(x[signal.argrelextrema(x, np.greater)[0]] ** 3), (WAVES,)),
    "argrelmax, argrelmin": (
        lambda x: np.sum(x[signal.argrelmax(x)[0]] ** 2) - np.sum(x[signal.argrelmin(x)] ** 3),
        (WAVES,),
    ),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_derivatives(name: str) -> None:
    f, args = PROGRAMS[name]
    check(f, args)
    check_second(f, args)


def test_a_singular_circulant_matrix_is_an_error() -> None:
    with pytest.raises(np.linalg.LinAlgError, match="singular"):
        srcad.grad(lambda c: np.sum(linalg.solve_circulant(c, np.ones(4))))(np.array([1.0, -1.0, 1.0, -1.0]))


def test_properties_of_peaks_are_not_silently_at_rest() -> None:
    def heights(x: Any) -> Any:
        return np.sum(signal.find_peaks(x, height=0.0)[1]["peak_heights"])

    with pytest.raises((srcad.SrcadError, TypeError)):
        srcad.grad(heights)(WAVES)


def test_bases_that_a_matrix_does_not_determine() -> None:
    with pytest.raises(srcad.SrcadError, match=r"more than one dimension.*\n(.*\n)*.*projector"):
        srcad.grad(lambda a: np.sum(linalg.null_space(a)))(WIDE)
    with pytest.raises(np.linalg.LinAlgError, match="use the projector"):
        srcad.grad(lambda v: np.sum(linalg.null_space(np.outer(v, v))))(V)
    with pytest.raises(np.linalg.LinAlgError, match="use the projector"):
        srcad.grad(lambda v: np.sum(linalg.orth(np.outer(v, v))))(V)
    rests = srcad.grad(lambda x: x**2 * np.sum(linalg.null_space(WIDE)) + linalg.orth(np.outer(V, V))[0, 0])(3.0)
    np.testing.assert_allclose(rests, 6.0 * np.sum(linalg.null_space(WIDE)))


def test_eigenvalues_that_are_chosen_by_their_values_are_refused() -> None:
    with pytest.raises(srcad.SrcadError, match="choice of eigenvalues by their values"):
        srcad.grad(lambda a: np.sum(linalg.eigvals_banded(a, select="v", select_range=(0.0, 9.0))))(UPPER)
    with pytest.raises(srcad.SrcadError, match="select='v'"):
        srcad.grad(lambda d: np.sum(linalg.eigvalsh_tridiagonal(d, d[1:], "v", (0.0, 9.0))))(C)
