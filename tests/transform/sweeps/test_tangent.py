"""Tangents of traces built by hand; that they are right, the checks of the adjoints test along with these."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import UNDEF, Fixed, Leaf, Node, Var
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Array, ListOf, Scalar
from srcad.trace.verifier import verify
from srcad.trace.walk import walk
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.tangent import Direction, tangent
from tests.traces import VECTOR, N, branch, build, loop, ops_of, run, while_loop

X = np.array([1.5, -2.0, 0.25])
V = np.array([0.5, 1.0, -3.0])


def total(b: Builder, x: Any) -> Any:
    return b.emit("sum", x, axis=None, keepdims=False)


# ---- inputs, results and names


def test_each_input_has_its_tangent_as_a_further_input() -> None:
    made = tangent(build({"x": VECTOR, "a": FLOAT}, lambda b, x, a: b.emit("multiply", x, a)), [0, 1], value=True)
    assert [str(e.path) for e in made.inputs if isinstance(e, Direction)] == ["x_dot", "a_dot"]
    value, moved = run(made, X, 2.0, V, 3.0)
    np.testing.assert_allclose(value, 2.0 * X)
    np.testing.assert_allclose(moved, 2.0 * V + 3.0 * X)


def test_tangents_are_named_after_their_variables() -> None:
    def body(b: Builder, a: Var) -> Any:
        return b.emit("sin", b.emit("exp", a, name="y"), name="z")

    made = tangent(build({"a": FLOAT}, body), [0], value=False)
    assert {v.name for e in walk(made.body) for v in e.results} >= {"y_dot", "z_dot"}


def test_a_name_that_is_taken_gets_a_number() -> None:
    trace = build({"x": FLOAT, "x_dot": FLOAT}, lambda b, x, y: b.emit("multiply", x, y))
    made = tangent(trace, [0], value=False)
    assert str(made.inputs[-1].path) == "x_dot2"
    assert run(made, 2.0, 3.0, 1.0) == (3.0,)


def test_what_depends_on_nothing_has_the_tangent_zero() -> None:
    made = tangent(build({"x": VECTOR}, lambda b, x: (b.emit("sin", 1.0), b.emit("zeros_like", x))), [0], value=False)
    number, array = run(made, X, V)
    assert number == 0.0
    np.testing.assert_array_equal(array, np.zeros(3))


def test_what_has_no_tangent_has_none_in_the_structure() -> None:
    made = tangent(build({"x": VECTOR}, lambda b, x: (b.emit("size", x), total(b, x))), [0], value=True)
    assert isinstance(made.output, Node)
    assert made.output.children[1] == Node("tuple", (Fixed(None), Leaf(2)))


def test_float32_moves_in_float32() -> None:
    single = Array("float32", (N,))
    made = tangent(
        build({"x": single, "y": VECTOR}, lambda b, x, y: (b.emit("exp", x), b.emit("add", x, y))), [0], False
    )
    alone, mixed = run(made, X.astype("float32"), X, V.astype("float32"))
    assert (alone.dtype, mixed.dtype) == ("float32", "float64")


# ---- structural zeros


def test_what_rests_has_no_tangent() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        return total(b, b.emit("add", b.emit("sin", x), b.emit("exp", y)))

    made = tangent(build({"x": VECTOR, "y": VECTOR}, body), [0], value=False)
    assert "exp" not in ops_of(simplify(made))


def test_a_branch_that_moves_on_one_side_is_still_on_the_other() -> None:
    def body(b: Builder, x: Var, c: Var) -> Any:
        return branch(b, c, lambda: b.emit("sin", x), lambda: 1.0)[0]

    made = tangent(build({"x": FLOAT, "c": BOOL}, body), [0], value=False)
    verify(made, result_types)
    assert run(made, 0.5, True, 2.0) == (2.0 * np.cos(0.5),)
    assert run(made, 0.5, False, 2.0) == (0.0,)


def test_a_branch_that_moves_on_no_side_gets_nothing() -> None:
    def body(b: Builder, x: Var, c: Var) -> Any:
        scale = branch(b, c, lambda: b.emit("floor", x), lambda: 1.0)[0]
        return b.emit("multiply", scale, x)

    made = tangent(build({"x": FLOAT, "c": BOOL}, body), [0], value=False)
    assert run(made, 2.5, True, 1.0) == (2.0,)
    assert all(len(e.results) == 1 for e in walk(made.body) if e.op == "if")


def test_whole_numbers_among_the_elements_of_an_array_rest() -> None:
    def body(b: Builder, x: Var) -> Any:
        return b.emit("array", 1, b.emit("multiply", x, x), structure=(0, 1))

    made = tangent(build({"x": FLOAT}, body), [0], value=False)
    np.testing.assert_array_equal(run(made, 3.0, 1.0)[0], [0.0, 6.0])


# ---- loops


def test_loops_carry_tangents_and_record_nothing() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        return loop(b, (0, n, 1), [x], lambda i, y: b.emit("sin", b.emit("multiply", y, y)))[0]

    made = simplify(tangent(build({"x": FLOAT, "n": INT}, body), [0], value=False))
    verify(made, result_types)
    assert not {"list_append", "list_pop"} & set(ops_of(made))

    def f(x: float) -> float:
        for _ in range(4):
            x = np.sin(x * x)
        return x

    (moved,) = run(made, 0.9, 4, 1.0)
    np.testing.assert_allclose(moved, (f(0.9 + 1e-6) - f(0.9 - 1e-6)) / 2e-6, rtol=1e-8)


def test_while_loops() -> None:
    def body(b: Builder, x: Var) -> Any:
        return while_loop(b, [x], lambda y: b.emit("less", y, 10.0), lambda y: b.emit("multiply", y, y))[0]

    made = tangent(build({"x": FLOAT}, body), [0], value=True)
    verify(made, result_types)
    assert run(made, 2.0, 1.0) == (16.0, 32.0)


def test_loops_that_are_left_early() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        def turn(i: Var, y: Var) -> Any:
            squared = b.emit("multiply", y, y)
            return b.emit("greater", squared, 10.0), squared

        return loop(b, (0, n, 1), [x], turn, breaks=True)[0]

    made = tangent(build({"x": FLOAT, "n": INT}, body), [0], value=True)
    verify(made, result_types)
    assert run(made, 2.0, 9, 1.0) == (16.0, 32.0)


def test_what_only_one_branch_sets() -> None:
    def body(b: Builder, x: Var, c: Var) -> Any:
        (y,) = branch(b, c, lambda: b.emit("sin", x), lambda: UNDEF)
        return branch(b, c, lambda: b.emit("multiply", y, 2.0), lambda: x)[0]

    made = tangent(build({"x": FLOAT, "c": BOOL}, body), [0], value=False)
    verify(made, result_types)
    assert run(made, 0.5, False, 1.0) == (1.0,)
    assert run(made, 0.5, True, 1.0) == (2.0 * np.cos(0.5),)


def test_lists_grow_beside_their_tangents() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        empty = b.emit("list_new", element=FLOAT)
        squares, _ = loop(
            b, (0, n, 1), [empty, x], lambda i, xs, y: (b.emit("list_append", xs, y), b.emit("multiply", y, y))
        )
        last, rest = b.emit_many("list_pop", squares)
        return b.emit("add", last, b.emit("list_get", rest, 0))

    made = tangent(build({"x": FLOAT, "n": INT}, body), [0], value=False)
    verify(made, result_types)
    assert run(made, 2.0, 3, 1.0) == (4 * 2.0**3 + 1.0,)


# ---- refusals, and what is derived again


def test_an_operation_without_a_rule_is_refused_if_it_matters() -> None:
    def body(b: Builder, x: Var) -> Any:
        (y,) = b.structured("call", (const(id), x), (), (Scalar("float64"),), keywords=())
        return y

    with pytest.raises(NotYetSupported, match="no derivative is known"):
        tangent(build({"x": FLOAT}, body), [0], value=False)


def test_an_operation_without_a_rule_may_stand_where_nothing_moves() -> None:
    def body(b: Builder, x: Var) -> Any:
        b.structured("call", (const(print), x), (), (OPAQUE,), keywords=())
        return b.emit("sin", x)

    assert run(tangent(build({"x": FLOAT}, body), [0], value=False), 0.0, 1.0) == (1.0,)


def cubes(b: Builder, x: Var) -> Any:
    return total(b, b.emit("multiply", x, b.emit("multiply", x, x)))


def test_the_tangent_of_an_adjoint_and_the_adjoint_of_a_tangent_are_the_same() -> None:
    trace = build({"x": VECTOR}, cubes)
    forward_over_reverse = tangent(simplify(adjoint(trace, [0], value=False)), [0], value=False)
    reverse_over_forward = adjoint(simplify(tangent(trace, [0], value=False)), [0], value=False)
    for made in (forward_over_reverse, reverse_over_forward):
        verify(made, result_types)
        np.testing.assert_allclose(run(simplify(made), X, V)[0], 6.0 * X * V)


def test_the_tangent_of_a_tangent() -> None:
    once = simplify(tangent(build({"x": VECTOR}, cubes), [0], value=False))
    twice = tangent(once, [0], value=False)
    assert [str(e.path) for e in twice.inputs] == ["x", "x_dot", "x_dot2"]
    np.testing.assert_allclose(run(twice, X, V, V)[0], np.sum(6.0 * X * V * V))


def test_a_list_as_an_input() -> None:
    trace = build({"xs": ListOf(FLOAT)}, lambda b, xs: b.emit("multiply", *(b.emit("list_get", xs, k) for k in (0, 1))))
    assert run(tangent(trace, [0], value=False), [2.0, 3.0], [1.0, 0.5]) == (4.0,)
