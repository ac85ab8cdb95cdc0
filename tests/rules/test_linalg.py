"""Products, linear systems, factorisations and norms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import srcad
from srcad.ops.catalogue import LOWERINGS, OPS
from tests.rules.calls import Known, check_call, check_lowering, check_method
from tests.rules.checking import check, derivative_at, program

rng = np.random.default_rng(4)


def array(*shape: int) -> Any:
    return rng.normal(size=shape)


def regular(*shape: int) -> Any:
    """Matrices far from singular."""
    return array(*shape) * 0.3 + 2 * np.eye(shape[-1])


SHAPES = [
    ((3,), (3,)),
    ((2, 3), (3,)),
    ((3,), (3, 2)),
    ((2, 3), (3, 4)),
    ((1, 3), (3, 1)),
    ((2, 0), (0, 3)),
    ((1,), (1,)),
]
BATCHES = [
    ((5, 2, 3), (3,)),
    ((3,), (5, 3, 2)),
    ((5, 2, 3), (3, 4)),
    ((2, 3), (5, 3, 4)),
    ((5, 2, 3), (5, 3, 4)),
    ((1, 2, 3), (5, 3, 4)),
    ((6, 1, 2, 3), (5, 3, 4)),
    ((6, 5, 2, 3), (3,)),
]


@pytest.mark.parametrize(("left", "right"), SHAPES + BATCHES)
def test_matmul(left: Any, right: Any) -> None:
    check_call(np.matmul, array(*left), array(*right))


@pytest.mark.parametrize(("left", "right"), [*SHAPES, ((2, 3, 4), (4,)), ((2, 3, 4), (5, 4, 2)), ((3,), (2, 3, 2))])
def test_dot(left: Any, right: Any) -> None:
    check_call(np.dot, array(*left), array(*right))
    check_method("dot", array(*left), array(*right))


def test_dot_with_a_number() -> None:
    check_call(np.dot, 2.0, array(3))
    check_call(np.inner, array(3), 2.0)


@pytest.mark.parametrize(
    ("left", "right"), [((3,), (3,)), ((2, 3), (3,)), ((3,), (4, 3)), ((2, 3), (4, 3)), ((2, 2, 3), (4, 3))]
)
def test_inner(left: Any, right: Any) -> None:
    check_call(np.inner, array(*left), array(*right))


def test_vectors() -> None:
    check_call(np.vdot, array(2, 3), array(2, 3))
    check_call(np.outer, array(2), array(3))
    check_call(np.outer, array(2, 2), array(3))
    check_call(np.vecdot, array(2, 3), array(3))


@pytest.mark.parametrize("ufunc", [np.add, np.subtract, np.multiply, np.divide])
def test_outer_of_ufuncs(ufunc: Any) -> None:
    check_call(ufunc.outer, array(2), array(3))
    check_call(ufunc.outer, array(2, 2), array(3, 1))
    check_call(ufunc.outer, 0.3, array(3))


@pytest.mark.parametrize("axes", [([1, 2], [2, 0]), ([0, 2], [1, 0]), ([2], [0]), ([2, 0, 1], [0, 1, 2]), ([1], [-1])])
def test_tensordot(axes: Any) -> None:
    check_call(np.tensordot, array(2, 3, 4), array(4, 2, 3), axes=axes)


def test_tensordot_of_last_and_first_axes() -> None:
    a, b = array(2, 3, 4), array(3, 4, 2)
    check_call(np.tensordot, a, b)
    check_call(np.tensordot, a, array(4, 2), axes=1)
    check_call(np.tensordot, a, a, 3)
    check_call(np.tensordot, array(2), array(3), axes=0)


@pytest.mark.parametrize(
    ("subscripts", "shapes"),
    [
        ("ij,jk->ik", [(2, 3), (3, 4)]),
        ("ij,kj", [(2, 3), (4, 3)]),
        ("i,ij,j", [(3,), (3, 3), (3,)]),
        ("ii", [(3, 3)]),
        ("ii->i", [(3, 3)]),
        ("iij->j", [(3, 3, 2)]),
        ("iii->i", [(3, 3, 3)]),
        ("ii,i->i", [(3, 3), (3,)]),
        ("ij->j", [(2, 3)]),
        ("ij->", [(2, 3)]),
        ("ij->ji", [(2, 3)]),
        ("ij,ij->", [(2, 3), (2, 3)]),
        ("ij,ij->ij", [(1, 3), (2, 3)]),
        ("ij,ij->i", [(2, 1), (2, 3)]),
        ("...qd,...kd->...qk", [(2, 2, 3, 4), (2, 2, 5, 4)]),
        ("...i,i", [(2, 3), (3,)]),
        ("bhqk,hkd->bqd", [(2, 2, 3, 5), (2, 5, 3)]),
        ("i,j->ij", [(2,), (3,)]),
        ("ij...->...", [(2, 3, 2)]),
        ("...ij,...jk->...ik", [(3, 2, 2), (2, 2)]),
        (" i j , j -> i ", [(2, 3), (3,)]),
        ("ij,k->k", [(2, 3), (2,)]),
    ],
)
def test_einsum(subscripts: str, shapes: Any) -> None:
    check_call(np.einsum, subscripts, *(array(*shape) for shape in shapes))


def test_kron() -> None:
    check_call(np.kron, array(2, 3), array(2, 2))
    check_call(np.kron, array(2), array(3))
    check_call(np.kron, array(2), array(2, 3))


@pytest.mark.parametrize(
    ("one", "other", "axis"),
    [((3,), (3,), -1), ((2, 3), (2, 3), -1), ((2, 3), (3,), -1), ((4, 1, 3), (2, 3), -1), ((3, 2), (3, 2), 0)],
)
def test_cross(one: Any, other: Any, axis: int) -> None:
    """It is bilinear. How long the vectors are is asked for, as it is another function where there are two numbers."""
    draw = np.random.default_rng(3).normal
    a, b, da, db = (draw(size=shape) for shape in (one, other, one, other))

    def f(a: Any, b: Any) -> Any:
        return np.cross(a, b, axis=axis)

    value, dot = srcad.jvp(f, (a, b), (da, db))
    np.testing.assert_array_equal(value, f(a, b))
    np.testing.assert_allclose(dot, f(da, b) + f(a, db), rtol=1e-12, atol=1e-14)
    weights = draw(size=np.shape(value))
    bars = srcad.vjp(f, a, b)[1](weights)
    np.testing.assert_allclose(np.sum(bars[0] * da) + np.sum(bars[1] * db), np.sum(weights * dot), rtol=1e-12)


@pytest.mark.parametrize(
    ("matrix", "right"),
    [
        ((3, 3), (3,)),
        ((3, 3), (3, 2)),
        ((2, 3, 3), (3, 2)),
        ((2, 3, 3), (2, 3, 2)),
        ((3, 3), (2, 3, 2)),
        ((2, 3, 3), (3,)),
        ((1, 1), (1,)),
    ],
)
def test_solve(matrix: Any, right: Any) -> None:
    check_call(np.linalg.solve, regular(*matrix), array(*right))


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1)])
def test_square_matrices(shape: Any) -> None:
    a = regular(*shape)
    check_call(np.linalg.inv, a)
    check_call(np.linalg.det, a)
    check_call(np.linalg.slogdet, a)
    check_call(np.linalg.slogdet, -a)
    check_call(np.linalg.pinv, a)
    check(lambda b, a: b.emit("cofactor", a), a)


@pytest.mark.parametrize(
    "a", [[[1.0, 2.0], [2.0, 4.0]], [[0.1, 0.2], [0.3, 0.6]], [[0.0, 0.0], [0.0, 0.0]], [[3.0, 1.0], [0.5, 2.0]]]
)
def test_determinant_of_singular_matrices(a: Any) -> None:
    (p, q), (r, s) = a
    (got,) = derivative_at(LOWERINGS[np.linalg.det], np.array(a))
    np.testing.assert_allclose(got, [[s, -r], [-q, p]], atol=1e-14)


def spd(*shape: int) -> Any:
    a = array(*shape)
    return a @ np.swapaxes(a, -1, -2) + np.eye(shape[-1])


def symmetrised(name: str) -> Any:
    """An operation after the symmetric part of its operand, so that differences see what the rule is about."""

    def build(b: Any, x: Any) -> Any:
        rank = len(x.type.dims)
        swap = (*range(rank - 2), rank - 1, rank - 2)
        made = b.emit_many(name, b.emit("multiply", b.emit("add", x, b.emit("transpose", x, axes=swap)), 0.5))
        return made if len(made) > 1 else made[0]

    return build


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3), (1, 1)])
@pytest.mark.parametrize("name", ["cholesky", "eigvalsh"])
def test_symmetric_matrices(name: str, shape: Any) -> None:
    check(symmetrised(name), spd(*shape))


def test_upper_cholesky() -> None:
    b, _ = program(lambda b, x: LOWERINGS[np.linalg.cholesky](b, x, upper=True), [spd(2, 2)])
    assert [e.op for e in b.equations] == ["transpose", "cholesky", "transpose"]


@pytest.mark.parametrize("shape", [(3, 3), (2, 3, 3)])
def test_eigenvectors(shape: Any) -> None:
    """By squares of the vectors, whose signs are arbitrary."""

    def build(b: Any, x: Any) -> Any:
        w, q = symmetrised("eigh")(b, x)
        return w, b.emit("multiply", q, q)

    check(build, spd(*shape))


@pytest.mark.parametrize("shape", [(3, 4), (4, 3), (3, 3), (2, 4, 3), (2, 1)])
def test_singular_values(shape: Any) -> None:
    def build(b: Any, x: Any) -> Any:
        u, s, vt = LOWERINGS[np.linalg.svd](b, x, full_matrices=False)
        return b.emit("multiply", u, u), s, b.emit("multiply", vt, vt)

    check(build, array(*shape), rtol=1e-5)
    check_call(np.linalg.svd, array(*shape), compute_uv=False)


def test_full_decomposition() -> None:
    """The values have a derivative; the vectors that complete the bases have none."""

    def values(b: Any, x: Any) -> Any:
        return LOWERINGS[np.linalg.svd](b, x).S

    def squares(b: Any, x: Any) -> Any:
        u, s, vt = LOWERINGS[np.linalg.svd](b, x)
        return b.emit("multiply", u, u), s, b.emit("multiply", vt, vt)

    x = array(3, 4)
    u, _, vt = np.linalg.svd(x, full_matrices=False)
    np.testing.assert_allclose(derivative_at(values, x)[0], u @ vt)
    check(squares, array(3, 3), rtol=1e-5)
    with pytest.raises(np.linalg.LinAlgError, match="full_matrices=False"):
        check(squares, array(3, 4))


@pytest.mark.parametrize("shape", [(4, 3), (3, 3), (2, 4, 3), (3, 1)])
def test_qr(shape: Any) -> None:
    check_call(np.linalg.qr, array(*shape))
    check_call(np.linalg.qr, array(*shape), mode="r")


@pytest.mark.parametrize("shape", [(4, 3), (3, 4), (2, 4, 3)])
def test_pinv(shape: Any) -> None:
    check_call(np.linalg.pinv, array(*shape))


@pytest.mark.parametrize(("rows", "columns"), [(5, 3), (3, 5), (3, 3)])
@pytest.mark.parametrize("right", [(), (2,)])
def test_lstsq(rows: int, columns: int, right: Any) -> None:
    a, y = array(rows, columns), array(rows, *right)
    results = 2 if rows > columns else 1
    lowering = LOWERINGS[np.linalg.lstsq]
    expected = np.linalg.lstsq(a, y, rcond=None)[:results]
    check_lowering(lambda b, *args: lowering(b, *args)[:results], expected, ((a, y), {}), 1e-6)


@pytest.mark.parametrize("n", [0, 1, 2, 5, -2])
def test_matrix_power(n: int) -> None:
    check_call(np.linalg.matrix_power, regular(3, 3), n)
    check_call(np.linalg.matrix_power, regular(2, 2, 2), n)


def test_multi_dot() -> None:
    check_call(np.linalg.multi_dot, [array(2, 3), array(3, 4), array(4, 2)])
    check_call(np.linalg.multi_dot, [array(3), array(3, 4), array(4)])


# ---- norms


@pytest.mark.parametrize("ord", [None, 1, 2, 3, 2.5, np.inf, -np.inf, 0])
def test_vector_norms(ord: Any) -> None:
    check_call(np.linalg.norm, array(4), Known(ord))
    check_call(np.linalg.norm, array(3, 4), Known(ord), axis=1)
    check_call(np.linalg.norm, array(3, 4), Known(ord), axis=0, keepdims=True)
    check_call(np.linalg.norm, array(1), Known(ord))


@pytest.mark.parametrize("ord", [None, "fro", "nuc", 1, -1, 2, -2, np.inf, -np.inf])
def test_matrix_norms(ord: Any) -> None:
    check_call(np.linalg.norm, array(3, 4), Known(ord))
    check_call(np.linalg.norm, array(2, 3, 4), Known(ord), axis=(1, 2))
    check_call(np.linalg.norm, array(3, 2, 4), Known(ord), axis=(2, 0), keepdims=True)


def test_other_norms() -> None:
    check_call(np.linalg.norm, array(2, 3, 4))
    check_call(np.linalg.norm, array(2, 3), keepdims=True)
    check_call(np.linalg.norm, -0.3)
    check_call(np.linalg.vector_norm, array(2, 3))
    check_call(np.linalg.vector_norm, array(2, 3), axis=1, ord=3)
    check_call(np.linalg.matrix_norm, array(2, 3))


@pytest.mark.parametrize("p", [None, 1, -2, "fro"])
def test_cond(p: Any) -> None:
    check_call(np.linalg.cond, regular(3, 3), p)
    check_call(np.linalg.cond, regular(2, 3, 3), p)


def test_the_norm_of_zero_has_gradient_zero() -> None:
    for options in ({}, {"ord": 3}):
        (got,) = derivative_at(lambda b, x: LOWERINGS[np.linalg.norm](b, x, **options), np.zeros(3))
        np.testing.assert_array_equal(got, np.zeros(3))


def test_float32_stays() -> None:
    for name in ("inv", "det", "cholesky", "norm", "eigvalsh", "pinv"):
        b, _ = program(lambda b, x: b.emit(name, x), [spd(2, 2).astype(np.float32)])
        assert b.results[0].type.dtype == "float32", name
        assert OPS[name].name == name


@pytest.mark.parametrize("shape", [(3, 5), (2, 3, 4), (1, 3), (3, 3)])
def test_qr_of_wide_matrices(shape: Any) -> None:
    for mode in ("reduced", "complete", "r"):
        check_call(np.linalg.qr, array(*shape), mode=mode)


def test_columns_that_complete_a_basis_have_no_derivative() -> None:
    def triangle(b: Any, x: Any) -> Any:
        return LOWERINGS[np.linalg.qr](b, x, mode="complete").R

    x = np.random.default_rng(5).normal(size=(4, 3))
    (got,) = derivative_at(triangle, x)
    (want,) = derivative_at(lambda b, x: LOWERINGS[np.linalg.qr](b, x, mode="r"), x)
    np.testing.assert_allclose(got, want)
    with pytest.raises(np.linalg.LinAlgError, match="mode='reduced'"):
        check_call(np.linalg.qr, x, mode="complete")


@pytest.mark.parametrize("columns", [(), (2,)])
def test_products_of_bands(columns: tuple[int, ...]) -> None:
    """Which derivatives of banded systems are made of: both modes of each."""
    rng = np.random.default_rng(3)
    bands, x, y = rng.normal(size=(4, 5)), rng.normal(size=(5, *columns)), rng.normal(size=(5, *columns))
    check(lambda b, ab, x: b.emit("band_times", ab, x, l_and_u=(1, 2)), bands, x)
    check(lambda b, p, q: b.emit("band_of_outer", p, q, l_and_u=(2, 1)), x, y)
    check(lambda b, ab: b.emit("turned_band", ab, l_and_u=(1, 2)), bands)
