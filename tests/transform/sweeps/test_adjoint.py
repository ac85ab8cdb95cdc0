"""Adjoints of traces built by hand: broadcasting, branches, loops with tapes, stores, lists, scopes."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import numpy as np
import pytest

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder, const
from srcad.trace.dims import ONE, UNKNOWN_DIM, named
from srcad.trace.nodes import UNDEF, Region, Var
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Array, ListOf, Scalar, Type, Unknown
from srcad.trace.verifier import verify
from srcad.trace.walk import walk
from srcad.transform.simplify.simplify import simplify
from srcad.transform.sweeps.adjoint import Seed, adjoint
from srcad.transform.sweeps.split import split
from tests.traces import MATRIX, VECTOR, N, branch, build, loop, ops_of, run, while_loop
from tests.transform.adjoints import check

M = named("m", not_one=True)
ANY = named("k")  # may be 1
X = np.array([1.5, -2.0, 0.25])
Y = np.array([0.5, 3.0, -1.0])
A = np.array([[1.0, 2.0, 3.0], [-1.0, 0.5, 2.0]])

ITEM = (("int", 0),)


def total(b: Builder, x: Any) -> Any:
    return b.emit("sum", x, axis=None, keepdims=False)


def norm(b: Builder, x: Any) -> Any:
    """The sum of the sines, so that every adjoint is another."""
    return total(b, b.emit("sin", x))


# ---- straight lines and broadcasting


def test_a_result_that_depends_on_nothing_has_the_adjoint_zero() -> None:
    trace = build({"x": VECTOR, "a": FLOAT}, lambda b, x, a: b.emit("sin", 1.0))
    made = adjoint(trace, [0, 1], value=False)
    x_bar, a_bar = run(made, X, 2.0)
    np.testing.assert_array_equal(x_bar, np.zeros(3))
    assert a_bar == 0.0


def test_the_first_contribution_is_the_adjoint() -> None:
    trace = build({"x": VECTOR}, lambda b, x: total(b, b.emit("multiply", x, x)))
    assert "zeros_like" not in ops_of(simplify(adjoint(trace, [0], value=False)))


def test_adjoints_are_named_after_their_variables() -> None:
    def body(b: Builder, a: Var) -> Any:
        return b.emit("sin", b.emit("exp", a, name="y"))

    made = adjoint(build({"a": FLOAT}, body), [0], value=False)
    assert {v.name for e in walk(made.body) for v in e.results} >= {"y_bar", "a_bar"}


SHAPES: dict[str, tuple[Type, Any]] = {
    "scalar": (FLOAT, 0.7),
    "vector": (VECTOR, X),
    "one": (Array("float64", (ONE,)), np.array([0.3])),
    "row": (Array("float64", (ONE, N)), X.reshape(1, 3)),
    "column": (Array("float64", (M, ONE)), np.array([[0.2], [0.9]])),
    "matrix": (Array("float64", (M, N)), A),
    "maybe vector": (Array("float64", (ANY,)), X),
    "maybe one": (Array("float64", (named("l"),)), np.array([0.4])),
    "maybe matrix": (Array("float64", (UNKNOWN_DIM, UNKNOWN_DIM)), A),
    "maybe row": (Array("float64", (UNKNOWN_DIM, UNKNOWN_DIM)), X.reshape(1, 3)),
    "unknown matrix": (Unknown("float64"), A),
    "unknown scalar": (Unknown("float64"), 1.2),
}


@pytest.mark.parametrize("left", SHAPES)
@pytest.mark.parametrize("right", SHAPES)
@pytest.mark.parametrize("op", ["add", "multiply"])
@pytest.mark.parametrize("small", [False, True])
def test_broadcasting(left: str, right: str, op: str, small: bool) -> None:
    """With the adjoint of the result whole, and small."""

    def body(b: Builder, x: Var, y: Var) -> Any:
        z = b.emit(op, x, y)
        return b.emit("sin", total(b, z)) if small else norm(b, z)

    (s, x), (t, y) = SHAPES[left], SHAPES[right]
    check(build({"x": s, "y": t}, body), x, y, order=1)


def test_float32_and_float64_have_adjoints_of_their_own_dtype() -> None:
    single = Array("float32", (N,))

    def body(b: Builder, x: Var, y: Var) -> Any:
        return norm(b, b.emit("multiply", x, y))

    made = adjoint(build({"x": single, "y": VECTOR}, body), [0, 1], value=False)
    x_bar, y_bar = run(made, X.astype("float32"), Y)
    assert (x_bar.dtype, y_bar.dtype) == ("float32", "float64")


def test_a_result_may_be_an_input_and_an_input_may_be_asked_for_twice() -> None:
    made = adjoint(build({"a": FLOAT}, lambda b, a: a), [0, 0], value=True)
    assert run(made, 3.0) == (3.0, 1.0, 1.0)


# ---- branches


def test_a_branch_yields_what_its_reverse_needs() -> None:
    def body(b: Builder, x: Var, c: Var) -> Any:
        y = b.emit("multiply", x, 0.5)

        def then() -> Any:
            return b.emit("sin", b.emit("exp", y))

        return norm(b, branch(b, c, then, lambda: y)[0])

    trace = build({"x": VECTOR, "c": BOOL}, body)
    check(trace, X, True)
    check(trace, X, False)


def test_a_branch_that_leaves_a_variable_undefined() -> None:
    def body(b: Builder, a: Var, c: Var) -> Any:
        y = branch(b, c, lambda: b.emit("exp", a), lambda: UNDEF)[0]
        return branch(b, c, lambda: b.emit("multiply", y, y), lambda: b.emit("sin", a))[0]

    trace = build({"a": FLOAT, "c": BOOL}, body)
    check(trace, 0.5, True)
    check(trace, 0.5, False)


def test_a_branch_in_a_loop_that_leaves_a_variable_undefined() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        def step(i: Var, s: Var) -> Any:
            odd = b.emit("equal", b.emit("remainder", i, 2), 1)
            y = branch(b, odd, lambda: b.emit("exp", b.emit("multiply", a, s)), lambda: UNDEF)[0]
            return branch(b, odd, lambda: b.emit("multiply", y, b.emit("sin", y)), lambda: b.emit("sin", s))[0]

        return loop(b, (0, n, 1), (b.emit("sin", a),), step)[0]

    check(build({"a": FLOAT, "n": INT}, body), 0.5, 5)


# ---- loops


def power_iteration(b: Builder, x: Var, A: Var, n: Var) -> Any:
    def step(i: Var, x: Var) -> Any:
        return b.emit("tanh", b.emit("matmul", A, x), name="x")

    return norm(b, loop(b, (0, n, 1), (x,), step)[0])


def test_what_a_loop_carries_out_of_an_iteration_is_recorded_once() -> None:
    square = Array("float64", (N, N))
    trace = build({"x": VECTOR, "A": square, "n": INT}, power_iteration)
    check(trace, X, np.outer(X, Y) / 5 + np.eye(3), 3)
    made = simplify(adjoint(trace, [0, 1], value=False))
    assert ops_of(made).count("list_pop") == 1


def test_loops_in_loops_share_their_tapes() -> None:
    def body(b: Builder, a: Var, x: Var, n: Var) -> Any:
        def outer(i: Var, s: Var) -> Any:
            t = b.emit("sin", b.emit("multiply", s, a))

            def inner(j: Var, t: Var) -> Any:
                y = b.emit("get_item", x, j, index=ITEM)
                return b.emit("multiply", b.emit("sin", t), b.emit("add", y, i))

            return b.emit("add", s, loop(b, (0, i, 1), (t,), inner)[0])

        return loop(b, (0, n, 1), (a,), outer)[0]

    trace = build({"a": FLOAT, "x": VECTOR, "n": INT}, body)
    check(trace, 0.3, X, 4)
    check(trace, 0.3, X, 0)


@pytest.mark.parametrize("backwards", [False, True])
@pytest.mark.parametrize("bounds", [(0, 5, 1), (7, -4, -2), (3, 3, 1), (5, 2, 1)])
@pytest.mark.parametrize("limit", [-1.0, 1.7, 100.0])
def test_loops_that_are_left(backwards: bool, bounds: tuple[int, int, int], limit: float) -> None:
    def body(b: Builder, a: Var) -> Any:
        def step(i: Var, s: Var) -> Any:
            s = b.emit("add", b.emit("multiply", s, a), b.emit("sin", b.emit("multiply", i, a)))
            return b.emit("greater", s, limit), s

        with_break = {"breaks": True, **({"backwards": True} if backwards else {})}
        start = atoms = (b.emit("sin", a),)
        i = Var(INT, "i")
        s = Var(start[0].type, "s")
        with b.nested() as equations:
            results = step(i, s)
        region = Region((i, s), tuple(equations), results)
        return b.structured("for", (*map(const, bounds), *atoms), (region,), (s.type, INT), **with_break)[0]

    check(build({"a": FLOAT}, body), 1.1)


def test_while() -> None:
    def body(b: Builder, a: Var) -> Any:
        start = (b.emit("sin", a), const(0.0))

        def condition(x: Var, n: Var) -> Any:
            return b.emit("less", n, 5.5)

        def step(x: Var, n: Var) -> Any:
            return b.emit("sin", b.emit("multiply", x, a)), b.emit("add", n, 1.0)

        return while_loop(b, start, condition, step)[0]

    trace = build({"a": FLOAT}, body)
    check(trace, 0.8)


def test_a_variable_that_only_the_loop_defines() -> None:
    """Read after the loop, and in the next iteration."""

    def body(b: Builder, a: Var, n: Var) -> Any:
        i, s, last = Var(INT, "i"), Var(FLOAT, "s"), Var(FLOAT, "last")
        with b.nested() as equations:
            first = b.emit("equal", i, 0)
            more = branch(b, first, lambda: b.emit("sin", s), lambda: b.emit("multiply", last, b.emit("sin", last)))[0]
            new = b.emit("multiply", more, a)
        region = Region((i, s, last), tuple(equations), (more, new))
        results = b.structured("for", (const(0), n, const(1), a, UNDEF), (region,), (FLOAT, FLOAT))
        return b.emit("add", results[0], results[1])

    check(build({"a": FLOAT, "n": INT}, body), 0.8, 4)


def test_integers_and_objects_are_carried_without_adjoints() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        def step(i: Var, k: Var, s: Var) -> Any:
            return b.emit("add", k, 2), b.emit("add", s, b.emit("multiply", b.emit("get_item", x, 0, index=ITEM), k))

        return loop(b, (0, n, 1), (0, b.emit("get_item", x, 1, index=ITEM)), step)[1]

    check(build({"x": VECTOR, "n": INT}, body), X, 3)


# ---- stores


def test_a_recurrence_on_the_places_of_an_array() -> None:
    def body(b: Builder, x: Var, a: Var, n: Var) -> Any:
        def step(i: Var, u: Var) -> Any:
            before = b.emit("get_item", u, b.emit("subtract", i, 1), index=ITEM)
            here = b.emit("get_item", u, i, index=ITEM)
            new = b.emit("multiply", b.emit("sin", before), b.emit("multiply", a, here))
            return b.emit("set_item", u, new, i, index=ITEM)

        return norm(b, loop(b, (1, n, 1), (b.emit("copy", x),), step)[0])

    trace = build({"x": VECTOR, "a": FLOAT, "n": INT}, body)
    check(trace, X, 0.7, 3)
    made = simplify(adjoint(trace, [0, 1], value=False))
    recorded = [e.operands[1].type for e in walk(made.body) if e.op == "list_append"]
    assert all(isinstance(t, Scalar) for t in recorded)
    assert "zeros_like" not in ops_of(made)


def test_a_stored_value_is_broadcast_to_its_place() -> None:
    def body(b: Builder, A: Var, x: Var, a: Var) -> Any:
        y = b.emit("set_item", b.emit("multiply", A, A), x, 0, index=ITEM)
        y = b.emit("set_item", y, a, 0, 1, index=(("slice", None, None, None), ("int", 1)))
        return norm(b, y)

    check(build({"A": MATRIX, "x": Array("float64", (MATRIX.dims[1],)), "a": FLOAT}, body), A, X, 0.4)


@pytest.mark.parametrize(
    "template",
    [
        (("newaxis",),),
        (("slice", None, None, None), ("newaxis",)),
        (("newaxis",), ("ellipsis",), ("newaxis",)),
        (("ellipsis",), ("newaxis",), ("slice", None, None, None)),
    ],
)
def test_new_axes(template: Any) -> None:
    def body(b: Builder, x: Var, A: Var) -> Any:
        first = norm(b, b.emit("get_item", A, index=template))
        stretched = b.emit("multiply", b.emit("get_item", x, index=(("newaxis",),)), A)
        return b.emit("add", first, norm(b, stretched))

    check(build({"x": Array("float64", (MATRIX.dims[1],)), "A": MATRIX}, body), X, A)


# ---- lists


def test_a_list_that_grows() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        def push(i: Var, items: Var, s: Var) -> Any:
            s = b.emit("sin", b.emit("multiply", s, a))
            return b.emit("list_append", items, s), s

        start = b.emit("list_new", element=FLOAT)
        items, _ = loop(b, (0, n, 1), (start, a), push)

        def gather(i: Var, t: Var) -> Any:
            y = b.emit("list_get", items, i)
            return b.emit("add", t, b.emit("multiply", y, b.emit("exp", y)))

        return loop(b, (0, n, 1), (b.emit("list_get", items, 0),), gather)[0]

    check(build({"a": FLOAT, "n": INT}, body), 0.6, 4)


def test_a_list_of_arrays_with_replaced_items() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        items = b.emit("list_new", x, b.emit("sin", y), element=VECTOR)
        first = b.emit("list_get", items, 0)
        items = b.emit("list_set", items, b.emit("multiply", first, b.emit("list_get", items, 1)), 1)
        return norm(b, b.emit("add", b.emit("list_get", items, 0), b.emit("list_get", items, 1)))

    check(build({"x": VECTOR, "y": VECTOR}, body), X, Y)


def test_a_list_that_is_an_input() -> None:
    def body(b: Builder, items: Var, n: Var) -> Any:
        def step(i: Var, s: Var) -> Any:
            return b.emit("multiply", s, b.emit("list_get", items, i))

        return loop(b, (0, n, 1), (b.emit("list_get", items, 0),), step)[0]

    made = simplify(adjoint(build({"items": ListOf(FLOAT), "n": INT}, body), [0], value=False))
    verify(made, result_types)
    (items_bar,) = run(made, [2.0, 3.0, 5.0], 3)
    assert items_bar == [60.0, 20.0, 12.0]


# ---- scopes


@pytest.mark.parametrize("kind", ["with", "finally"])
@pytest.mark.parametrize("in_loop", [False, True])
def test_scopes(kind: str, in_loop: bool) -> None:
    def scope(b: Builder, manager: Var, a: Any) -> Any:
        with b.nested() as equations:
            y = b.emit("sin", b.emit("exp", a))
        regions: tuple[Region, ...] = (Region((), tuple(equations), (y, y)),)
        if kind == "finally":
            regions += (Region((), (), ()),)
        operands = (manager,) if kind == "with" else ()
        return b.structured("scope", operands, regions, (FLOAT, FLOAT), kind=kind)

    def body(b: Builder, a: Var, manager: Var) -> Any:
        def step(i: Any, s: Var) -> Any:
            y, z = scope(b, manager, s)
            return b.emit("add", b.emit("multiply", y, z), a)

        return loop(b, (0, 3, 1), (a,), step)[0] if in_loop else step(0, a)

    check(build({"a": FLOAT, "manager": OPAQUE}, body), 0.3, nullcontext())


# ---- seeds, splitting, refusals


def test_seeds_are_inputs_of_a_pullback() -> None:
    def body(b: Builder, a: Var, x: Var, k: Var) -> Any:
        return b.emit("multiply", a, x, name="y"), b.emit("sin", a), k

    trace = build({"a": FLOAT, "x": VECTOR, "k": INT}, body)
    made = adjoint(trace, [0, 1], value=True, seeds="inputs")
    assert [e.path.root for e in made.inputs if isinstance(e, Seed)] == ["y_bar", "out_bar"]
    forward, pullback = split(simplify(made))
    verify(forward, result_types)
    verify(pullback, result_types)
    y, _, k, *residuals = run(forward, 2.0, X, 7)
    np.testing.assert_allclose(y, 2 * X)
    a_bar, x_bar = run(pullback, *residuals, Y, 10.0)
    np.testing.assert_allclose(a_bar, X @ Y + 10.0 * np.cos(2.0))
    np.testing.assert_allclose(x_bar, 2.0 * Y)
    assert k == 7


def test_an_unknown_function_of_an_active_value_is_refused_by_name() -> None:
    def body(b: Builder, a: Var) -> Any:
        return b.emit("multiply", a, b.emit("call", const(np.polyfit), a))

    with pytest.raises(NotYetSupported, match="polyfit"):
        adjoint(build({"a": FLOAT}, body), [0], value=False)


def test_an_unknown_function_of_other_values_runs_as_it_stands() -> None:
    def body(b: Builder, a: Var, x: Var) -> Any:
        b.emit("call", const(str), a)
        return b.emit("multiply", a, b.emit("call", const(len), b.emit("shape", x)))

    made = adjoint(build({"a": FLOAT, "x": VECTOR}, body), [0], value=True)
    assert run(made, 3.0, X) == (3.0, 1)
    assert ops_of(made).count("call") == 2
