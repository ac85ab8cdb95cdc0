"""scipy.sparse: products and systems, of matrices from outside and of entries that move."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.sparse as sp
import scipy.sparse.linalg as sl

import srcad
from srcad.errors import ArgumentError, NotYetSupported
from tests.definitions.checking import Program, check, check_second, weighted

X, B = np.array([0.3, 1.0, -0.4, 0.7, 0.2]), np.array([1.0, 0.5, -0.3, 0.2, 0.8])
COLUMNS = np.random.default_rng(0).normal(size=(5, 2))
DENSE = np.random.default_rng(1).normal(size=(5, 5)) * (np.random.default_rng(2).random((5, 5)) < 0.5) + 3 * np.eye(5)
MATRIX, ARRAY = sp.csr_matrix(DENSE), sp.csr_array(DENSE)
ROW, COL = np.array([0, 1, 2, 3, 4, 0, 3, 3]), np.array([0, 1, 2, 3, 4, 2, 1, 1])
DATA = np.array([2.0, 3.0, 2.5, 4.0, 3.0, 0.3, 0.5, 0.2])
DIFFERENCES = sp.diags([np.full(4, -1.0), np.ones(4)], [0, 1], shape=(4, 5))
FORMATS = [
    getattr(sp, name)(DENSE)
    for name in (
        *("csr_matrix", "csc_matrix", "coo_matrix", "dia_matrix", "bsr_matrix"),
        *("csr_array", "csc_array", "coo_array", "dia_array", "bsr_array"),
    )
]


def of_data(d: Any) -> Any:
    return sp.csr_matrix((d, (ROW, COL)), shape=(5, 5))


def solved(d: Any, b: Any) -> Any:
    a = of_data(d)
    several = weighted(a @ b) + weighted(sl.spsolve(a, b)) + weighted(a.toarray()) + weighted(a.T @ b)
    return several + a.sum() + weighted(a.diagonal())


def tridiagonal(x: Any, b: Any) -> Any:
    a = sp.diags([np.full(5, 4.0), np.full(4, -1.0), np.full(4, -1.0)], [0, 1, -1]).tocsc()
    return weighted(a @ x) + weighted(sl.spsolve(a, b))


def factorised(d: Any, b: Any, x: Any) -> Any:
    lu = sl.splu(sp.csc_matrix((d, (ROW, COL)), shape=(5, 5)))
    return weighted(lu.solve(b)) + weighted(lu.solve(x)) + weighted(lu.solve(b, "T"))


def on_diagonals(middle: Any, beside: Any, b: Any) -> Any:
    a = sp.diags([middle + 3.0, beside, beside], [0, 1, -1], format="csc")
    return weighted(a @ b) + weighted(sl.spsolve(a, b))


PROGRAMS: dict[str, Program] = {
    **{
        type(a).__name__: (
            lambda x, y, a=a: (
                weighted(a @ x) + weighted(a.T @ x) + weighted(x @ a) + weighted(a @ y) + weighted(a.dot(x))
            ),
            (X, COLUMNS),
        )
        for a in FORMATS
    },
    "products of elements": (
        lambda x: weighted(MATRIX * x) + weighted(ARRAY.multiply(x).toarray()) + weighted((MATRIX * x[0]).toarray()),
        (X,),
    ),
    "sums": (lambda x: weighted((2.0 * MATRIX + MATRIX) @ x) + weighted((MATRIX - MATRIX / 3.0) @ x), (X,)),
    "sums with dense ones": (lambda e: weighted(e - MATRIX) + weighted(MATRIX + e), (DENSE,)),
    "systems": (lambda b: weighted(sl.spsolve(MATRIX.tocsc(), b)) + weighted(sl.spsolve(MATRIX.T.tocsc(), b)), (B,)),
    "a tridiagonal matrix": (tridiagonal, (X, B)),
    "entries": (solved, (DATA, B)),
    "several right sides": (lambda d, x: weighted(sl.spsolve(of_data(d), x)), (DATA, COLUMNS)),
    "without a shape": (lambda d, b: weighted(sp.coo_matrix((d, (ROW, COL))).tocsr() @ b), (DATA, B)),
    "rows that are compressed": (
        lambda d, b: weighted(sp.csr_matrix((d, MATRIX.indices, MATRIX.indptr), shape=(5, 5)) @ b),
        (MATRIX.data.copy(), B),
    ),
    "a dense matrix": (lambda a, b: weighted(sl.spsolve(sp.csc_matrix(a), b)), (DENSE, B)),
    "diagonals": (on_diagonals, (X, B[:4].copy(), B)),
    "one diagonal": (
        lambda m, b: weighted(sp.diags(m) @ b) + weighted(sp.diags([1.0, -2.0], [0, 1], shape=(5, 5)) @ b),
        (X, B),
    ),
    "spdiags": (lambda m, b: weighted(sp.spdiags([m, m * 2], [0, 1], 5, 5) @ b), (X, B)),
    "eye": (lambda s, b: weighted(sl.spsolve((sp.eye(5) * s + sp.csr_matrix(DENSE)).tocsc(), b)), (0.7, B)),
    "identity": (lambda s, b: weighted((s * sp.identity(5) - sp.eye(5) / 2.0) @ b), (0.7, B)),
    "kron": (lambda d, y: weighted(sp.kron(sp.eye(2), of_data(d)) @ y), (DATA, np.arange(10.0))),
    "kronsum": (lambda d, y: weighted(sp.kronsum(of_data(d), sp.eye(2)) @ y), (DATA, np.arange(10.0))),
    "stacks": (
        lambda d, b: (
            weighted(sp.vstack([of_data(d), sp.eye(5)]) @ b)
            + weighted(sp.hstack([of_data(d), sp.eye(5)]) @ np.concatenate([b, b]))
        ),
        (DATA, B),
    ),
    "blocks": (
        lambda d, b: weighted(sp.block_diag([of_data(d), np.ones((2, 2))]) @ np.concatenate([b, b[:2]])),
        (DATA, B),
    ),
    "triangles": (
        lambda d, b: weighted(sp.tril(of_data(d)) @ b) + weighted(sp.triu(MATRIX, 1) @ b),
        (DATA, B),
    ),
    "the norm": (lambda d: sl.norm(of_data(d)), (DATA,)),
    "powers": (lambda b: weighted(MATRIX.power(2) @ b), (B,)),
    "a smoother": (
        lambda y, s: weighted(sl.spsolve((sp.eye(5) + s * DIFFERENCES.T.dot(DIFFERENCES)).tocsc(), y)),
        (B, 0.6),
    ),
    "products of sparse matrices": (lambda d, b: weighted((of_data(d) @ of_data(d).T) @ b), (DATA, B)),
    "splu": (factorised, (DATA, B, COLUMNS)),
    "factorized": (lambda d, b: weighted(sl.factorized(of_data(d).tocsc())(b)), (DATA, B)),
    "spsolve_triangular": (
        lambda d, b: weighted(sl.spsolve_triangular(sp.csr_matrix((d[:5], (ROW[:5], COL[:5])), shape=(5, 5)), b)),
        (DATA, B),
    ),
    "sparse arrays": (
        lambda b: (
            weighted((ARRAY * b).toarray()) + weighted((ARRAY + ARRAY).sum(axis=0)) + weighted(ARRAY.sum(axis=1) * b)
        ),
        (B,),
    ),
}


SYMMETRIC = sp.diags([np.full(5, 4.0), np.full(4, -1.0), np.full(4, -1.0)], [0, 1, -1]).tocsr()
GENERAL = SYMMETRIC.toarray() + 0.1 * np.triu(np.ones((5, 5)))


def by_cg(d: Any, b: Any) -> Any:
    a = sp.diags([d, -np.ones(4), -np.ones(4)], [0, 1, -1], format="csr")
    x, info = sl.cg(a, b, x0=np.ones(5), rtol=1e-13, maxiter=100)
    return weighted(x) + info


PROGRAMS |= {
    "expm_multiply": (lambda a, b: weighted(sl.expm_multiply(a, b)), (DENSE - 3 * np.eye(5), B)),
    "expm_multiply, sparse": (
        lambda x: weighted(sl.expm_multiply(sp.diags_array([x, x[1:]], offsets=[0, 1]), COLUMNS)),
        (X,),
    ),
    "expm_multiply at times": (
        lambda x, t: weighted(sl.expm_multiply(ARRAY * -4.0, x, start=0.1, stop=t, num=3, endpoint=False)),
        (X, 0.7),
    ),
    "cg": (by_cg, (4.0 + B, B)),
    **{
        name: (lambda b, name=name: weighted(getattr(sl, name)(SYMMETRIC, b, rtol=1e-13)[0]), (B,))
        for name in ("gmres", "bicgstab", "minres", "cgs", "lgmres")
    },
    "gmres of a dense matrix": (lambda a, b: weighted(sl.gmres(a, b, rtol=1e-13)[0]), (GENERAL, B)),
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_sparse(name: str) -> None:
    check(*PROGRAMS[name])


@pytest.mark.parametrize("name", ["entries", "several right sides", "a smoother", "diagonals", "cg"])
def test_second_derivatives(name: str) -> None:
    check_second(*PROGRAMS[name])


def test_jacobians_of_systems() -> None:
    """Several tangents at once, and several adjoints."""
    inverse = np.linalg.inv(of_data(DATA).toarray())
    for jacobian in (srcad.jacfwd, srcad.jacrev):
        np.testing.assert_allclose(jacobian(lambda b: sl.spsolve(of_data(DATA), b))(B), inverse, rtol=1e-10, atol=1e-14)
        np.testing.assert_allclose(jacobian(lambda x: MATRIX @ x)(X), DENSE, rtol=1e-12, atol=1e-14)


def test_a_sparse_matrix_is_an_argument() -> None:
    """It may be one as long as nothing is differentiated with respect to it: its data may be."""
    np.testing.assert_allclose(srcad.grad(lambda a, x: np.sum(a @ x), argnums=1)(MATRIX, X), DENSE.sum(axis=0))
    with pytest.raises(ArgumentError, match="csr_matrix"):
        srcad.grad(lambda a, x: np.sum(a @ x))(MATRIX, X)


@pytest.mark.parametrize(
    "program",
    [
        lambda x: np.sum(sp.random(5, 5, 0.5, random_state=0) * x),
        lambda x: np.sum(sp.random(5, 5, 0.5, random_state=0).T @ x),
        lambda x: np.sum(MATRIX[1:3] @ x),
        lambda x: np.sum(MATRIX.sum(axis=1) * x),
    ],
)
def test_what_the_run_alone_knows_is_refused(program: Any) -> None:
    """`*` of a sparse matrix is the product of matrices: nothing is guessed of it."""
    with pytest.raises(NotYetSupported, match="a sparse matrix that the run alone knows"):
        srcad.grad(program)(X)


def test_the_order_in_which_entries_are_stored_is_not_guessed() -> None:
    with pytest.raises(NotYetSupported, match="'data' of SparseEntries"):
        srcad.grad(lambda d: np.sum(of_data(d).data ** 2))(DATA)
