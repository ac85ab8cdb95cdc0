"""jacfwd, jacrev, jacobian and hessian: values, structures, dtypes, which way is taken, and what is refused."""

from __future__ import annotations

import copy
import pickle
from collections import namedtuple
from typing import Any

import numpy as np
import pytest

import srcad
import tests.api_programs as programs
from srcad.api.jacobians import DenseJacobian
from srcad.calls.structures import children
from srcad.errors import ArgumentError, NotYetSupported
from tests.corpus import Program, load

X = np.array([0.5, -1.0, 2.0])
A = np.arange(6.0).reshape(2, 3)
LONG = [0.1 * k for k in range(40)]  # a list of the run
HALVES = 0.5 ** np.arange(40)[::-1]
BOTH = pytest.mark.parametrize("make", [srcad.jacfwd, srcad.jacrev, srcad.jacobian])
Pair = namedtuple("Pair", "w b")


def cube(x):
    return x**3


def linear(A, x):
    return A @ np.sin(x)


def structured(params, n):
    w, b = params["w"], params["b"]
    return {"z": w * b, "n": n, "pair": (np.sum(w) * n, None)}


def two_outputs(x1, x2):
    return x1 * x2 + np.exp(x1 * x2) - np.sin(x2), (x1 * x2 - np.sin(x2)) * np.exp(x1 * x2)


def recurrence(x, n):
    y = x.copy()
    for i in range(1, n):
        y[i] = np.tanh(y[i - 1]) * x[i]
    return y


def grown(xs):
    total = 0.0
    for x in xs:
        total = total * 0.5 + x * x
    return total


# ---- values


@BOTH
def test_one_array_in_and_out(make: Any) -> None:
    np.testing.assert_allclose(make(linear, argnums=1)(A, X), A * np.cos(X))
    np.testing.assert_allclose(make(linear)(A, X), np.einsum("ik,j->ikj", np.eye(2), np.sin(X)))


@BOTH
def test_numbers(make: Any) -> None:
    assert make(cube)(2.0) == 12.0 and isinstance(make(cube)(2.0), float)
    assert make(cube)(np.float32(2.0)).dtype == "float32"
    np.testing.assert_allclose(make(cube)(np.array(2.0)), 12.0)
    np.testing.assert_allclose(make(lambda a, x: a * x)(3.0, X), X)
    np.testing.assert_allclose(make(lambda x: np.sum(x * x))(X), 2 * X)


@BOTH
def test_several_numbers(make: Any) -> None:
    """The two outputs of the textbook: both columns, both rows."""
    (a, b), (c, d) = make(two_outputs, argnums=(0, 1))(2.0, 3.0)
    e, s, k = np.exp(6.0), np.sin(3.0), np.cos(3.0)
    np.testing.assert_allclose([a, b], [3 + 3 * e, 2 + 2 * e - k])
    np.testing.assert_allclose([c, d], [3 * e + 3 * (6 - s) * e, (2 - k) * e + 2 * (6 - s) * e])


@BOTH
def test_structures(make: Any) -> None:
    found = make(structured)({"w": X, "b": 2.0}, 3)
    assert found["n"] is None and found["pair"][1] is None
    np.testing.assert_allclose(found["z"]["w"], 2.0 * np.eye(3))
    np.testing.assert_allclose(found["z"]["b"], X)
    np.testing.assert_allclose(found["pair"][0]["w"], [3.0, 3.0, 3.0])
    assert found["pair"][0]["b"] == 0.0
    by_both = make(linear, argnums=(0, 1))(A, X)
    assert [block.shape for block in by_both] == [(2, 2, 3), (2, 3)]
    assert make(lambda p: p.w * p.b)(Pair(X, 2.0)).b.shape == (3,)


@BOTH
def test_matrices(make: Any) -> None:
    by_x, by_y = make(np.outer, argnums=(0, 1))(X[:2], X)
    assert by_x.shape == (2, 3, 2) and by_y.shape == (2, 3, 3)
    np.testing.assert_allclose(by_x, np.einsum("ik,j->ijk", np.eye(2), X))
    np.testing.assert_allclose(by_y, np.einsum("i,jk->ijk", X[:2], np.eye(3)))
    inverse = np.linalg.inv(A @ A.T)
    expected = -np.einsum("ia,bj->ijab", inverse, inverse)
    np.testing.assert_allclose(make(np.linalg.inv)(A @ A.T), expected, rtol=1e-10)


@BOTH
def test_loops_and_stores(make: Any) -> None:
    expected = np.zeros((3, 3))
    for k in range(3):
        h = 1e-6 * np.eye(3)[k]
        expected[:, k] = (recurrence(X + h, 3) - recurrence(X - h, 3)) / 2e-6
    np.testing.assert_allclose(make(recurrence)(X, 3), expected, atol=1e-9)


@BOTH
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_dtypes(make: Any, dtype: str) -> None:
    found = make(lambda x: np.cos(x)[:2] * x[0])(X.astype(dtype))
    assert found.dtype == dtype


@BOTH
def test_empty(make: Any) -> None:
    assert make(cube)(np.zeros(0)).shape == (0, 0)
    assert make(lambda x: x[:0])(X).shape == (0, 3)
    assert make(lambda x: np.reshape(x, (0, 2)))(np.zeros(0)).shape == (0, 2, 0)
    found = make(lambda x, y: x * np.sum(y), argnums=(0, 1))(X, np.zeros(0))
    assert [block.shape for block in found] == [(3, 3), (3, 0)]


@BOTH
def test_what_does_not_move(make: Any) -> None:
    np.testing.assert_array_equal(make(lambda x: np.ones(2))(X), np.zeros((2, 3)))
    np.testing.assert_array_equal(make(lambda x: x)(X), np.eye(3))


@BOTH
def test_arguments_are_untouched_and_results_are_fresh(make: Any) -> None:
    x = X.copy()
    jacobian = make(lambda x: x * x)
    first = jacobian(x)
    first[:] = 7.0
    np.testing.assert_allclose(jacobian(x), np.diag(2 * X))
    np.testing.assert_array_equal(x, X)


def test_hessian() -> None:
    np.testing.assert_allclose(srcad.hessian(lambda x: np.sum(np.sin(x) * x[0]))(X)[0, 1], np.cos(X)[1])
    assert srcad.hessian(cube)(2.0) == 12.0
    (aa, ab), (ba, bb) = srcad.hessian(lambda x, a: a * np.sum(x**4), argnums=(0, 1))(X, 3.0)
    np.testing.assert_allclose(aa, np.diag(36.0 * X**2))
    np.testing.assert_allclose(ab, 4 * X**3)
    np.testing.assert_allclose(ba, 4 * X**3)
    assert bb == 0.0
    nested = srcad.hessian(lambda p: np.sum(p["w"] ** 2) * p["b"])({"w": X, "b": 2.0})
    np.testing.assert_allclose(nested["w"]["b"], 2 * X)
    np.testing.assert_allclose(nested["w"]["w"], 4 * np.eye(3))


def test_sizes_are_free_to_change() -> None:
    jacobian = srcad.jacfwd(cube)
    for n in (3, 5, 2):
        assert jacobian(np.ones(n)).shape == (n, n)
    assert jacobian._specialiser.count == 1


# ---- which way


def test_the_way_that_takes_fewer() -> None:
    jacobian = srcad.jacobian(lambda A, x: A @ x, argnums=1)
    assert jacobian.way(np.ones((2, 5)), np.ones(5)) == "rows"
    assert jacobian.way(np.ones((5, 2)), np.ones(2)) == "columns"
    assert jacobian.way(np.ones((3, 3)), np.ones(3)) == "columns"
    np.testing.assert_array_equal(jacobian(np.ones((2, 5)), np.ones(5)), np.ones((2, 5)))
    assert "by rows" in repr(jacobian) and "out_bar" in jacobian.source()
    np.testing.assert_array_equal(jacobian(np.ones((5, 2)), np.ones(2)), np.ones((5, 2)))
    assert "by columns" in repr(jacobian) and "x_dot" in jacobian.source()


def test_the_way_of_structures_and_of_what_is_not_known() -> None:
    assert srcad.jacobian(lambda p: (p["w"] * p["b"], p["b"])).way({"w": X, "b": 1.0}) == "columns"
    assert srcad.jacobian(lambda x: x[x > 0.0]).way(X) == "columns"
    assert srcad.jacobian(lambda x: np.ravel(np.outer(x, x))).way(X) == "columns"
    assert srcad.jacobian(grown).way(LONG) == "rows"


def test_complex_results_go_by_columns() -> None:
    def f(x):
        return np.exp(1j * x[:1])

    np.testing.assert_allclose(srcad.jacobian(f)(X), [[1j * np.exp(1j * X[0]), 0, 0]])
    with pytest.raises(ArgumentError, match="complex"):
        srcad.jacrev(f)(X)


# ---- one after the other


def test_what_cannot_go_at_once() -> None:
    """The number of tangents of a list is the run's."""
    for make in (srcad.jacfwd, srcad.jacrev, srcad.jacobian):
        np.testing.assert_allclose(make(grown)(LONG), 2.0 * HALVES * LONG)
    jacobian = srcad.jacfwd(grown)
    jacobian(LONG)
    assert "def grown_jvp" in jacobian.source(LONG)


def test_hessian_of_a_list() -> None:
    np.testing.assert_allclose(srcad.hessian(grown)([1.0, 2.0]), np.diag([1.0, 2.0]))
    np.testing.assert_allclose(srcad.hessian(grown)(LONG), np.diag(2.0 * HALVES), atol=1e-15)


# ---- in programs


@BOTH
def test_in_a_program_that_is_differentiated(make: Any) -> None:
    def penalty(x):
        J = make(lambda y: np.sin(y) * y[0])(x)
        return np.sum(J * J)

    found = srcad.grad(penalty)(X)
    for k in range(3):
        h = 1e-5 * np.eye(3)[k]
        np.testing.assert_allclose(found[k], (penalty(X + h) - penalty(X - h)) / 2e-5, rtol=1e-6, atol=1e-8)
    moved = srcad.jvp(penalty, (X,), (np.ones(3),))[1]
    np.testing.assert_allclose(moved, np.sum(found))


def test_newton_step_in_a_program() -> None:
    def f(x, a):
        return np.array([x[0] ** 2 + a * x[1], x[0] * x[1] - 1.0])

    def solved(a, x):
        for _ in range(6):
            x = x - np.linalg.solve(srcad.jacobian(f)(x, a), f(x, a))
        return np.sum(x)

    x = np.array([1.0, 1.0])
    difference = (solved(-1.2 + 1e-6, x) - solved(-1.2 - 1e-6, x)) / 2e-6
    np.testing.assert_allclose(srcad.grad(solved)(-1.2, x), difference, rtol=1e-7)


def test_hessian_in_a_program_and_derivatives_of_hessians() -> None:
    def f(x):
        return np.sum(x**4) * x[0]

    third = srcad.jacfwd(srcad.hessian(f))(X)
    assert third.shape == (3, 3, 3)
    for k in range(3):
        h = 1e-5 * np.eye(3)[k]
        expected = (srcad.hessian(f)(X + h) - srcad.hessian(f)(X - h)) / 2e-5
        np.testing.assert_allclose(third[:, :, k], expected, rtol=1e-6, atol=1e-6)
    trace = srcad.grad(lambda x: np.trace(srcad.hessian(f)(x)))(X)
    np.testing.assert_allclose(trace, np.einsum("iik->k", third))


def test_a_list_in_a_program_is_refused() -> None:
    def f(xs):
        return np.sum(np.array(srcad.jacfwd(grown)(xs)))

    with pytest.raises(NotYetSupported, match="Jacobian in one pass"):
        srcad.grad(f)(LONG)


# ---- as functions


def test_decorators_methods_names_and_pickles() -> None:
    @srcad.jacrev(argnums="x")
    def f(a, x):
        """What f does."""
        return a * x

    np.testing.assert_array_equal(f(2.0, X), 2.0 * np.eye(3))
    assert "Jacobian of f with respect to x, by rows" in f.__doc__ and "What f does." in f.__doc__
    again = pickle.loads(pickle.dumps(srcad.jacobian(programs.vector)))
    assert again(np.ones(2)).shape == (2, 2)


@BOTH
def test_what_has_no_jacobian(make: Any) -> None:
    with pytest.raises(ArgumentError, match="nothing that has a derivative"):
        make(lambda x: np.argsort(x))(X)
    with pytest.raises(ArgumentError, match="can't be differentiated"):
        make(cube)(2)


def test_hessian_of_an_array_is_refused() -> None:
    with pytest.raises(ArgumentError, match="one number"):
        srcad.hessian(cube)(X)


def test_source() -> None:
    source = srcad.jacfwd(linear, argnums=1).source(A, X)
    assert source.startswith("def linear_jacobian(A, x):\n    x_dot = np.eye(len(x))\n")


# ---- the corpus: in one pass as one after the other


def flat(tree: Any) -> list[np.ndarray]:
    parts = children(tree)
    if parts is None:
        return [] if tree is None else [np.asarray(tree)]
    return [leaf for part in parts for leaf in flat(part)]


PROGRAMS = [p for p in load() if not p.not_yet and p.area not in ("recursion", "finance", "stencils")][::16]


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
@pytest.mark.parametrize("kind", ["jacfwd", "jacrev"])
def test_corpus(program: Program, kind: str, recwarn: Any) -> None:
    made = getattr(srcad, kind)(program.function, argnums=program.argnums)
    assert isinstance(made, DenseJacobian)
    args = program.points[0]
    with np.errstate(all="ignore"):
        try:
            found = made(*copy.deepcopy(args))
            expected = made.assembled(made.one_by_one(), copy.deepcopy(args), {})
        except (NotYetSupported, ArgumentError):
            pytest.skip("refused for now")
    for one, other in zip(flat(found), flat(expected), strict=True):
        assert one.shape == other.shape and one.dtype == other.dtype
        scale = max(1.0, float(np.max(np.abs(other), initial=0.0)))
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-9 * scale)


# ---- arrays without axes


def picked_from_no_axes(z):
    return z[()] * float(z) + z.item()


def stored_without_axes(z):
    w = np.array(z)
    w[...] *= 3
    w[()] += z**2
    return w * z


@BOTH
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays_without_axes(make: Any, dtype: Any) -> None:
    """The unit tangent of one is an array too, and an adjoint that NumPy made a number of takes stores."""
    z = np.array(0.7, dtype)
    np.testing.assert_allclose(make(picked_from_no_axes)(z), 2.4, rtol=1e-6)
    np.testing.assert_allclose(make(stored_without_axes)(z), 6 * 0.7 + 3 * 0.49, rtol=1e-6)
    np.testing.assert_allclose(make(srcad.grad(stored_without_axes))(z), 6 + 6 * 0.7, rtol=1e-6)
    np.testing.assert_allclose(srcad.grad(make(stored_without_axes))(0.7), 6 + 6 * 0.7, rtol=1e-6)


def scaled_rows(w, rows):
    """A sum of arrays that starts from Python's 0."""
    s = 0
    for wi, row in zip(w, rows, strict=True):
        s += wi * row
    return s * s


@pytest.mark.parametrize("jacobian", [srcad.jacfwd, srcad.jacrev])
def test_a_sum_of_arrays_may_start_from_a_number(jacobian) -> None:
    w, rows = np.array([1.0, -2.0, 0.5]), np.arange(1.0, 7.0).reshape(3, 2)
    by_w, by_rows = jacobian(scaled_rows, argnums=(0, 1))(w, rows)
    np.testing.assert_allclose(by_w, 2 * (w @ rows)[:, None] * rows.T)
    np.testing.assert_allclose(by_rows, 2 * (w @ rows)[:, None, None] * w[None, :, None] * np.eye(2)[:, None, :])
