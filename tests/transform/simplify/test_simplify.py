"""Simplification: each rule by an example, and all together by random programs that mean the same afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from srcad.ops.catalogue import result_types
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import ONE, named
from srcad.trace.nodes import UNDEF, Region, Trace, Var
from srcad.trace.printer import print_trace
from srcad.trace.types import BOOL, FLOAT, INT, OPAQUE, Array, ListOf, Scalar
from srcad.trace.verifier import verify
from srcad.transform.simplify.dead_code import eliminate, eliminate_region
from srcad.transform.simplify.simplify import simplify
from tests.effort import calls_of
from tests.traces import (
    MATRIX,
    VALUES,
    VECTOR,
    branch,
    build,
    loop,
    only,
    ops_of,
    programs,
    run,
    while_loop,
)

Body = Callable[..., Any]
WHOLE = (("slice", None, None, None),)
INNER = (("slice", 0, 1, None),)
FIRST = (("int", 0),)
FLOAT32 = Array("float32", VECTOR.dims)


def simplified(types: dict[str, Any], body: Body, role: str = "") -> Trace:
    trace = simplify(build(types, body, role))
    verify(trace, result_types)
    return trace


def equal(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(np.all(np.equal(a, b) | (np.isnan(a) & np.isnan(b))))


# ---- random programs


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_random_programs_mean_the_same(trace: Trace) -> None:
    with np.errstate(all="ignore"):
        try:
            expected = run(trace, *VALUES)
        except ZeroDivisionError:
            return
        simpler = simplify(trace, across=True)
        verify(simpler, result_types)
        for before, after in zip(expected, run(simpler, *VALUES), strict=True):
            assert equal(before, after), print_trace(simpler)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(programs)
def test_simplification_settles(trace: Trace) -> None:
    once = simplify(trace)
    assert print_trace(simplify(once)) == print_trace(once)


def test_the_work_grows_with_the_length_of_a_trace() -> None:
    def work(length: int) -> int:
        def body(b: Builder, x: Var) -> Any:
            for k in range(length):
                x = b.emit("multiply", b.emit("sin", x), b.emit("add", x, float(k)))
            return x

        trace = build({"x": FLOAT}, body)
        return calls_of(lambda: simplify(trace))

    assert work(400) < 5 * work(100)


# ---- identities

UNCHANGED: dict[str, tuple[Any, Body]] = {
    "x * 1": (FLOAT, lambda b, x: b.emit("multiply", x, 1)),
    "1.0 * x": (VECTOR, lambda b, x: b.emit("multiply", 1.0, x)),
    "0 + x": (FLOAT, lambda b, x: b.emit("add", 0, x)),
    "x - 0.0": (VECTOR, lambda b, x: b.emit("subtract", x, 0.0)),
    "x / 1": (FLOAT32, lambda b, x: b.emit("divide", x, 1)),
    "x ** 1": (VECTOR, lambda b, x: b.emit("power", x, 1)),
    "-(-x)": (FLOAT, lambda b, x: b.emit("negative", b.emit("negative", x))),
    "x.T.T": (MATRIX, lambda b, x: b.emit("transpose", b.emit("transpose", x, axes=None), axes=(1, 0))),
    "cast to its own dtype": (FLOAT32, lambda b, x: b.emit("cast", x, dtype="float32")),
    "x[:]": (VECTOR, lambda b, x: b.emit("get_item", x, index=WHOLE)),
    "summed to its own shape": (VECTOR, lambda b, x: b.emit("sum_to_shape", x, x)),
    "broadcast to its own shape": (VECTOR, lambda b, x: b.emit("materialise", x, x)),
    "summed over no axis": (MATRIX, lambda b, x: b.emit("sum_to", x, axes=())),
    "element of a tuple": (FLOAT, lambda b, x: b.emit("tuple_get", b.emit("tuple_new", 1.0, x), index=1)),
    "element of a list": (FLOAT, lambda b, x: b.emit("list_get", b.emit("list_new", 1.0, x), -1)),
    "pushed and popped": (
        FLOAT,
        lambda b, x: b.emit_many("list_pop", b.emit("list_append", b.emit("list_new", element=FLOAT), x))[0],
    ),
    "added to zeros": (VECTOR, lambda b, x: b.emit("accumulate", b.emit("zeros_like", x), x)),
}


@pytest.mark.parametrize("what", UNCHANGED)
def test_unchanged(what: str) -> None:
    t, body = UNCHANGED[what]
    trace = simplified({"x": t}, body)
    assert trace.body.equations == ()
    assert trace.body.results == (trace.inputs[0].var,)


KEPT: dict[str, tuple[Any, Body]] = {
    "an int times a float": (INT, lambda b, x: b.emit("multiply", x, 1.0)),
    "a bool times an int": (BOOL, lambda b, x: b.emit("multiply", x, 1)),
    "an int divided": (INT, lambda b, x: b.emit("divide", x, 1)),
    "a vector of the user's plus 0.0, which loses the sign of zeros": (VECTOR, lambda b, x: b.emit("add", x, 0.0)),
    "stretched": (Array("float64", (ONE,)), lambda b, x: b.emit("multiply", x, np.ones(3))),
    "a float32 cast": (FLOAT32, lambda b, x: b.emit("cast", x, dtype="float64")),
    "times zero, which may be nan": (FLOAT, lambda b, x: b.emit("multiply", x, 0.0)),
    "a division by zero": (FLOAT, lambda b, x: b.emit("divide", 1.0, 0.0)),
    "a huge power": (FLOAT, lambda b, x: b.emit("power", 10, 10**9)),
    "a formula that the user can read": (FLOAT, lambda b, x: b.emit("divide", 1.0, 3.0)),
}


@pytest.mark.parametrize("what", KEPT)
def test_kept(what: str) -> None:
    t, body = KEPT[what]
    before = build({"x": t}, body)
    assert ops_of(simplify(before)) == ops_of(before)


ADJOINT: dict[str, tuple[Body, list[str]]] = {
    "-1.0 * x": (lambda b, x, y: b.emit("multiply", -1.0, x), ["negative"]),
    "x + -y": (lambda b, x, y: b.emit("add", x, b.emit("negative", y)), ["subtract"]),
    "-x + y": (lambda b, x, y: b.emit("add", b.emit("negative", x), y), ["subtract"]),
    "x - -y": (lambda b, x, y: b.emit("subtract", x, b.emit("negative", y)), ["add"]),
    "(-x) * y": (lambda b, x, y: b.emit("multiply", b.emit("negative", x), y), ["multiply", "negative"]),
    "(-x) * (-y)": (
        lambda b, x, y: b.emit("multiply", b.emit("negative", x), b.emit("negative", y)),
        ["multiply"],
    ),
    "0.5 * (2.0 * x)": (lambda b, x, y: b.emit("multiply", 0.5, b.emit("multiply", x, 2.0)), []),
    "2.0 * (0.01 * x)": (lambda b, x, y: b.emit("multiply", 2.0, b.emit("multiply", 0.01, x)), ["multiply"]),
    "0.1 * (0.3 * x)": (lambda b, x, y: b.emit("multiply", 0.1, b.emit("multiply", 0.3, x)), ["multiply"] * 2),
    "1.0 / 3.0 * x": (lambda b, x, y: b.emit("multiply", b.emit("divide", 1.0, 3.0), x), ["multiply"]),
    "0.0 + x": (lambda b, x, y: b.emit("add", 0.0, x), []),
    "0.0 - x": (lambda b, x, y: b.emit("subtract", 0.0, x), ["negative"]),
}


@pytest.mark.parametrize("what", ADJOINT)
def test_derivative_code(what: str) -> None:
    body, ops = ADJOINT[what]
    before = build({"x": VECTOR, "y": VECTOR}, body, "adjoint")
    after = simplify(before)
    assert ops_of(after) == ops
    x, y = np.array([1.0, -2.0]), np.array([0.5, 3.0])
    assert equal(run(before, x, y)[0], run(after, x, y)[0])


def test_what_stands_for_a_named_value_takes_its_name() -> None:
    def body(b: Builder, x: Var) -> Any:
        return b.emit("multiply", b.emit("sin", x), 1.0, name="y")

    assert only(simplified({"x": VECTOR}, body), "sin").result.name == "y"


def test_lengths_that_are_not_one_are_not_stretched() -> None:
    """Whatever they are called: x and y have met in an elementwise operation, or the program fails anyway."""
    other = Array("float64", (named("k", not_one=True),))
    maybe_one = Array("float64", (named("k"),))
    for t, ops in ((other, []), (maybe_one, ["materialise"])):
        trace = simplified({"x": t, "y": VECTOR}, lambda b, x, y: b.emit("materialise", x, y), "adjoint")
        assert ops_of(trace) == ops
    trace = simplified({"x": other, "y": VECTOR}, lambda b, x, y: b.emit("sum_to_shape", x, y), "adjoint")
    assert ops_of(trace) == []


def test_nothing_is_computed_for_its_shape_alone() -> None:
    def body(b: Builder, x: Var, m: Var) -> Any:
        y = b.emit("matmul", m, x)
        z = b.emit("exp", b.emit("add", y, 1.0))
        return b.emit("sum_to", y, axes=(0,)), b.emit("size", z), b.emit("zeros_like", b.emit("sin", x))

    trace = simplified({"x": Array("float64", MATRIX.dims[1:]), "m": MATRIX}, body)
    assert ops_of(trace) == ["matmul", "sum_to", "size", "zeros_like"]
    assert only(trace, "size").operands == only(trace, "matmul").results
    assert only(trace, "zeros_like").operands[0] is trace.inputs[0].var


def test_shapes_of_what_will_be_overwritten_are_not_read_late() -> None:
    def body(b: Builder, x: Var) -> Any:
        u = b.emit("zeros_like", x)
        z = b.emit("exp", u)
        return b.emit("add_item", u, 1.0, 0, index=FIRST), b.emit("size", z)

    trace = simplified({"x": VECTOR}, body)
    assert only(trace, "size").operands[0] is trace.inputs[0].var  # not u, which is overwritten before


def test_what_is_subtracted_comes_last() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        return b.emit("accumulate", b.emit("negative", x), y)

    trace = simplified({"x": VECTOR, "y": VECTOR}, body, "adjoint")
    assert only(trace, "accumulate").operands[0] is trace.inputs[1].var


def test_numbers_of_python() -> None:
    def body(b: Builder, x: Var) -> Any:
        index = b.emit("subtract", b.emit("multiply", 2, 3), 5)
        return b.emit("get_item", x, index, index=FIRST)

    trace = simplified({"x": VECTOR}, body)
    assert [a.value for a in only(trace, "get_item").operands[1:]] == [1]  # type: ignore[union-attr]


# ---- stores


def test_a_store_of_a_sum_adds() -> None:
    def body(b: Builder, u: Var, w: Var) -> Any:
        inner = b.emit("get_item", u, 1, -1, index=INNER)
        u = b.emit("set_item", u, b.emit("add", inner, 2.0), 1, -1, index=INNER)
        first = b.emit("get_item", u, 0, index=FIRST)
        return b.emit("set_item", u, b.emit("subtract", first, w), 0, index=FIRST)

    trace = simplified({"u": VECTOR, "w": FLOAT}, body)
    assert ops_of(trace) == ["add_item", "negative", "add_item"]
    assert run(trace, np.arange(4.0), 0.5)[0].tolist() == [-0.5, 3.0, 4.0, 3.0]


@pytest.mark.parametrize("where", ["elsewhere", "stretched", "narrow", "fancy", "also used"])
def test_a_store_of_another_sum_stays(where: str) -> None:
    def body(b: Builder, u: Var, v: Var, w: Var) -> Any:
        place = {"elsewhere": 1, "fancy": np.array([0, 0])}.get(where, 0)
        kind = "array" if where == "fancy" else "int"
        if where == "narrow":
            u = v
        read = b.emit("get_item", u, place, index=((kind, 0),))
        addend = {"narrow": w, "fancy": 1.0, "stretched": np.ones(1)}.get(where, w)
        total = b.emit("add", read, addend)
        index = 0 if where == "elsewhere" else place
        stored = b.emit("set_item", u, total, index, index=((kind, 0),))
        return (stored, total) if where == "also used" else stored

    trace = simplified({"u": VECTOR, "v": FLOAT32, "w": Scalar("float64")}, body)
    assert "set_item" in ops_of(trace)


def test_reading_what_was_stored() -> None:
    def body(b: Builder, u: Var, v: Var) -> Any:
        stored = b.emit("set_item", u, v, 1, index=FIRST)
        return b.emit("get_item", stored, 1, index=FIRST), b.emit("get_item", stored, 0, index=FIRST)

    trace = simplified({"u": VECTOR, "v": Scalar("float64")}, body)
    assert trace.body.results[0] is trace.inputs[1].var
    assert run(trace, np.arange(2.0), np.float64(7.0)) == (7.0, 0.0)


# ---- common subexpressions


def test_common_subexpressions_through_regions() -> None:
    def body(b: Builder, x: Var) -> Any:
        outer = b.emit("exp", x)

        def step(i: Var, t: Var) -> Any:
            return b.emit("add", t, b.emit("multiply", b.emit("exp", x), b.emit("exp", x)))

        return loop(b, (0, 3, 1), [outer], step)

    assert ops_of(simplified({"x": FLOAT}, body)).count("exp") == 1


def test_inner_values_are_not_known_outside() -> None:
    def body(b: Builder, x: Var) -> Any:
        (y,) = branch(b, b.emit("less", x, 0.0), lambda: b.emit("exp", x), lambda: b.emit("sin", x))
        return y, b.emit("exp", x)

    assert ops_of(simplified({"x": FLOAT}, body)).count("exp") == 2


def test_commuted_operands_and_different_constants() -> None:
    def body(b: Builder, x: Var, y: Var) -> Any:
        return (
            *(b.emit("multiply", *pair) for pair in ((x, y), (y, x))),
            *(b.emit("multiply", x, c) for c in (2, 2.0, 0.0, -0.0)),
        )

    assert len(ops_of(simplified({"x": FLOAT, "y": FLOAT}, body))) == 5


def test_buffers_and_effects_are_not_shared() -> None:
    def body(b: Builder, x: Var, thing: Var) -> Any:
        buffers = [b.emit("zeros_like", x) for _ in range(2)]
        reads = [b.emit("attribute", thing, name="count") for _ in range(2)]
        calls = [b.emit("call", len, thing) for _ in range(2)]
        return (*buffers, *reads, *calls)

    assert len(ops_of(simplified({"x": VECTOR, "thing": OPAQUE}, body))) == 6


def test_equal_lengths_are_read_once() -> None:
    def body(b: Builder, x: Var) -> Any:
        return b.emit("dim", x, axis=0), b.emit("dim", b.emit("exp", x), axis=0)

    assert ops_of(simplified({"x": VECTOR}, body)) == ["dim"]


# ---- branches


def test_a_settled_branch() -> None:
    def body(b: Builder, x: Var) -> Any:
        return branch(b, b.emit("not_", False), lambda: b.emit("exp", x), lambda: b.emit("sin", x))

    assert ops_of(simplified({"x": FLOAT}, body)) == ["exp"]


def test_a_condition_asked_again_inside() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        def inner() -> Any:
            return branch(b, b.emit("not_", c), lambda: b.emit("exp", x), lambda: b.emit("sin", x))

        return branch(b, c, inner, lambda: x)

    assert ops_of(simplified({"c": BOOL, "x": FLOAT}, body)) == ["if", "sin"]


def test_branches_that_yield_the_same_or_the_condition() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        return branch(b, c, lambda: (x, True, False, 1.0), lambda: (x, False, True, 1.0))

    trace = simplified({"c": BOOL, "x": FLOAT}, body)
    assert ops_of(trace) == ["not_"]
    assert run(trace, True, 2.0) == (2.0, True, False, 1.0)


def test_a_yield_that_is_the_condition_is_known() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        (done,) = branch(b, b.emit("not_", c), lambda: True, lambda: c)
        return branch(b, done, lambda: b.emit("exp", x), lambda: x)

    assert ops_of(simplified({"c": BOOL, "x": FLOAT}, body)) == ["exp"]


def test_a_choice_of_true_and_false_by_a_bool_of_numpy() -> None:
    trace = simplified({"c": Scalar("bool")}, lambda b, c: branch(b, c, lambda: True, lambda: False))
    assert ops_of(trace) == ["truth"]
    assert run(trace, np.bool_(True)) == (True,)


def test_an_undefined_yield_is_no_value() -> None:
    trace = simplified({"c": BOOL, "x": FLOAT}, lambda b, c, x: branch(b, c, lambda: x, lambda: UNDEF))
    assert ops_of(trace) == ["if"]


def test_branches_on_one_condition_become_one() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        (y,) = branch(b, c, lambda: b.emit("exp", x), lambda: UNDEF)
        z = b.emit("add", x, 3.0)
        return (*branch(b, b.emit("not_", c), lambda: z, lambda: b.emit("multiply", y, z)), z)

    trace = simplified({"c": BOOL, "x": FLOAT}, body)
    assert ops_of(trace).count("if") == 1
    assert run(trace, True, 0.0) == (3.0, 3.0)
    assert run(trace, False, 0.0) == (3.0, 3.0)


def test_branches_with_something_that_matters_between_stay_apart() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        (y,) = branch(b, c, lambda: b.emit("exp", x), lambda: x)
        z = b.emit("sin", y)
        return branch(b, c, lambda: z, lambda: b.emit("negative", z))

    def calling(b: Builder, c: Var, x: Var) -> Any:
        (y,) = branch(b, c, lambda: b.emit("exp", x), lambda: x)
        b.emit("call", print, "between")
        return branch(b, c, lambda: y, lambda: b.emit("negative", y))

    for program in (body, calling):
        assert ops_of(simplified({"c": BOOL, "x": FLOAT}, program)).count("if") == 2


def test_primal_and_adjoint_branches_join_on_request() -> None:
    def body(b: Builder, c: Var, x: Var) -> Any:
        (y,) = branch(b, c, lambda: b.emit("exp", x), lambda: x)
        b.role = "adjoint"
        return (y, *branch(b, c, lambda: b.emit("multiply", y, 3.0), lambda: 1.0))

    trace = build({"c": BOOL, "x": FLOAT}, body)
    assert ops_of(simplify(trace)).count("if") == 2
    assert ops_of(simplify(trace, across=True)).count("if") == 1


# ---- loops and dead code


def test_values_that_a_loop_only_passes_on() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        return loop(b, (0, n, 1), [x, 1.0], lambda i, same, t: (same, b.emit("multiply", t, same)))

    trace = simplified({"x": FLOAT, "n": INT}, body)
    assert len(only(trace, "for").results) == 1
    assert trace.body.results[0] is trace.inputs[0].var


@pytest.mark.parametrize("other", [VECTOR, FLOAT32])
def test_a_float_that_is_only_passed_on_where_numpy_floats_were_expected(other: Array) -> None:
    """Among float32, NumPy's float64 and Python's float differ, so there it stays."""

    def body(b: Builder, x: Var, n: Var) -> Any:
        parameters = (Var(INT), Var(Scalar("float64")), Var(Scalar("float64")))
        with b.nested() as equations:
            product = b.emit("multiply", parameters[2], b.emit("multiply", 2, parameters[1]))
        region = Region(parameters, tuple(equations), (parameters[1], product))
        zero, one = atom(0), atom(1.0)
        results = b.structured("for", (zero, n, one, one, atom(1.5)), (region,), (parameters[1].type,) * 2)
        return (*results, b.emit("exp", x))

    trace = simplify(build({"x": other, "n": INT}, body, "adjoint"))
    assert len(only(trace, "for").results) == (1 if other is VECTOR else 2)
    assert ops_of(trace).count("multiply") == (1 if other is VECTOR else 2)


def test_a_tape_that_nobody_reads() -> None:
    """Also where it is threaded through another loop that pops from it for nothing."""

    def body(b: Builder, x: Var, n: Var) -> Any:
        tape = b.emit("list_new", element=FLOAT)

        def forward(i: Var, t: Var, tape: Var) -> Any:
            return b.emit("sin", t), b.emit("list_append", tape, t)

        _, tape = loop(b, (0, n, 1), [x, tape], forward)

        def reverse(i: Var, bar: Var, tape: Var) -> Any:
            _, rest = b.emit_many("list_pop", tape)
            return b.emit("multiply", bar, 2.0), rest

        bar, _ = loop(b, (0, n, 1), [1.0, tape], reverse, backwards=True)
        return bar

    trace = simplified({"x": FLOAT, "n": INT}, body)
    assert ops_of(trace) == ["for", "multiply"]
    assert isinstance(tape_types(trace), list) and not tape_types(trace)


def tape_types(trace: Trace) -> list[Any]:
    return [r.type for e in trace.body.equations for r in e.results if isinstance(r.type, ListOf)]


def test_loops_without_use_go_and_effects_stay() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        loop(b, (0, n, 1), [x], lambda i, t: b.emit("sin", t))

        def printing(i: Var, t: Var) -> Any:
            branch(b, b.emit("less", x, 0.0), lambda: b.emit("call", print, i) and (), lambda: ())
            return b.emit("sin", t)

        loop(b, (0, n, 1), [x], printing)
        b.emit_many("assert_", b.emit("greater", x, 0.0))
        return x

    trace = simplified({"x": FLOAT, "n": INT}, body)
    assert ops_of(trace) == ["less", "greater", "assert_", "for", "if", "call"] or sorted(ops_of(trace)) == sorted(
        ["for", "less", "if", "call", "greater", "assert_"]
    )
    (kept,) = (e for e in trace.body.equations if e.op == "for")
    assert kept.results == ()


def test_invariants_of_reversed_loops_move_out() -> None:
    def body(b: Builder, c: Var, x: Var, n: Var) -> Any:
        def outer(i: Var, t: Var) -> Any:
            def inner(j: Var, u: Var) -> Any:
                (v,) = branch(b, c, lambda: b.emit("cos", x), lambda: x)
                return b.emit("multiply", b.emit("multiply", b.emit("sin", x), t), b.emit("add", u, v))

            return loop(b, (0, n, 1), [t], inner)[0]

        return loop(b, (0, n, 1), [x], outer)

    types = {"c": BOOL, "x": VECTOR, "n": INT}
    moved = simplified(types, body, "adjoint")
    assert ops_of(moved) == ["sin", "for", "multiply", "for", "if", "cos", "add", "multiply"]
    assert ops_of(simplified(types, body))[0] == "for"
    values = (True, np.array([0.5, 2.0]), 3)
    assert equal(run(moved, *values)[0], run(build(types, body), *values)[0])


def test_while_keeps_what_its_condition_reads() -> None:
    def body(b: Builder, x: Var) -> Any:
        return while_loop(
            b,
            [x, 1.0, 2.0],
            lambda t, u, v: b.emit("less", t, 10.0),
            lambda t, u, v: (b.emit("multiply", t, 2.0), b.emit("add", u, 1.0), b.emit("add", v, u)),
        )[1]

    trace = simplified({"x": FLOAT}, body)
    assert len(only(trace, "while").results) == 3  # what the condition reads, what is used, and the count
    assert run(trace, 3.0) == (3.0,)


def test_scopes_of_the_user_stay_and_those_of_the_adjoint_go() -> None:
    def body(b: Builder, x: Var, manager: Var) -> Any:
        for b.role in ("", "adjoint"):
            with b.nested() as equations:
                y = b.emit("exp", x)
            b.structured("scope", (manager,), (Region((), tuple(equations), (y,)),), (FLOAT,), kind="with")
        return x

    trace = eliminate(build({"x": FLOAT, "manager": OPAQUE}, body))
    assert [(e.op, e.role) for e in trace.body.equations] == [("scope", "")]


def test_a_region_alone() -> None:
    trace = build({"x": FLOAT}, lambda b, x: (b.emit("sin", x), b.emit("exp", x)))
    region = Region((trace.inputs[0].var,), trace.body.equations, trace.body.results[:1])
    assert [e.op for e in eliminate_region(region).equations] == ["sin"]


def test_the_same_trace_comes_back_where_there_is_nothing_to_do() -> None:
    trace = build({"x": FLOAT}, lambda b, x: b.emit("sin", x))
    assert simplify(trace) is trace
