"""What reversed loops record, what they compute again, and whose shapes they read."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.trace.builder import Builder, const
from srcad.trace.dims import named
from srcad.trace.nodes import Region, Trace, Var
from srcad.trace.types import FLOAT, INT, Array
from srcad.trace.walk import walk
from srcad.transform.sweeps.adjoint import adjoint
from srcad.transform.sweeps.recompute import choose
from tests.traces import VECTOR, N, build, loop, run
from tests.transform.adjoints import check

ITEM = (("int", 0),)


def recorded(trace: Trace, *wrt: int) -> list[str]:
    """The names of what the gradient records."""
    made = adjoint(trace, wrt, value=False)
    return [str(e.operands[1].name) for e in walk(made.body) if e.op == "list_append"]  # type: ignore[union-attr]


def test_newton_records_its_iterates_alone() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        def step(i: Var, x: Var) -> Any:
            return b.emit("multiply", 0.5, b.emit("add", x, b.emit("divide", a, x)), name="x")

        return loop(b, (0, n, 1), (b.emit("add", 0.0, 1.0, name="x"),), step)[0]

    trace = build({"a": FLOAT, "n": INT}, body)
    assert recorded(trace, 0) == ["x"]
    check(trace, 2.0, 6)


def test_rows_of_an_array_from_outside_are_read_again() -> None:
    def body(b: Builder, X: Var, w: Var, n: Var) -> Any:
        def step(i: Var, s: Var) -> Any:
            row = b.emit("get_item", X, i, index=ITEM, name="row")
            return b.emit("add", s, b.emit("sum", b.emit("multiply", row, w), axis=None, keepdims=False), name="s")

        return loop(b, (0, n, 1), (0.0,), step)[0]

    matrix = Array("float64", (named("m", not_one=True), N))
    assert recorded(build({"X": matrix, "w": VECTOR, "n": INT}, body), 0, 1) == []


def test_a_linear_loop_records_nothing() -> None:
    def body(b: Builder, x: Var, c: Var, n: Var) -> Any:
        def step(i: Var, u: Var) -> Any:
            return b.emit("multiply", u, b.emit("add", c, i), name="u")

        last = loop(b, (0, n, 1), (b.emit("copy", x),), step)[0]
        return b.emit("sum", last, axis=None, keepdims=False)

    trace = build({"x": VECTOR, "c": FLOAT, "n": INT}, body)
    assert recorded(trace, 0) == []
    check(trace, np.array([1.0, 2.0, 3.0]), 0.5, 3)


def test_shapes_alone_are_not_recorded() -> None:
    def body(b: Builder, x: Var, n: Var) -> Any:
        def step(i: Var, u: Var, s: Var) -> Any:
            inner = b.emit("get_item", u, 1, None, index=(("slice", 0, None, None),))
            total = b.emit("sum", b.emit("multiply", inner, 2.0), axis=None, keepdims=False)
            stored = b.emit("set_item", u, total, 0, index=ITEM)
            return b.emit("multiply", stored, 0.5, name="u"), b.emit("add", s, total)

        return loop(b, (0, n, 1), (b.emit("copy", x), 0.0), step)[1]

    trace = build({"x": VECTOR, "n": INT}, body)
    assert recorded(trace, 0) == []
    check(trace, np.array([1.0, 2.0, 3.0]), 3)


def test_the_cheapest_cut() -> None:
    """Two values are needed, both cheap to compute from one: that one is recorded."""
    b_trace = build({"x": VECTOR, "k": INT}, _cut_body)
    region = Region((b_trace.inputs[0].var,), b_trace.body.equations, ())
    by_name = {v.name: v for e in region.equations for v in e.results}
    choice = choose(region, [by_name["one"], by_name["two"]], lambda v: v is b_trace.inputs[1].var, None)
    assert [v.name for v in choice.recorded] == ["s"]
    assert [e.result.name for e in choice.recomputed] == ["one", "two"]


def test_a_single_need_is_recorded_itself() -> None:
    trace = build({"x": VECTOR, "k": INT}, _cut_body)
    region = Region((trace.inputs[0].var,), trace.body.equations, ())
    by_name = {v.name: v for e in region.equations for v in e.results}
    choice = choose(region, [by_name["one"]], lambda v: v is trace.inputs[1].var, None)
    assert ([v.name for v in choice.recorded], choice.recomputed) == (["one"], ())


def _cut_body(b: Builder, x: Var, k: Var) -> Any:
    s = b.emit("sum", x, axis=None, keepdims=False, name="s")
    return b.emit("multiply", s, k, name="one"), b.emit("negative", s, name="two")


def test_lengths_that_change_from_turn_to_turn() -> None:
    """A carried array that is one shorter each time; its adjoint is zero but for the last turn's."""
    changing = Array("float64", (named("~1:0", passing=True),))
    shorter = Array("float64", (named("~2:0", passing=True),))

    def body(b: Builder, x: Var, n: Var) -> Any:
        i, u, s = Var(INT, "i"), Var(changing, "u"), Var(FLOAT, "s")
        with b.nested() as equations:
            tail = b.emit("get_item", x, b.emit("add", i, 1), None, index=(("slice", 0, None, None),))
            new = b.emit("with_dims", b.emit("sin", tail), dims=shorter.dims)
            more = b.emit("add", s, b.emit("sum", b.emit("multiply", u, u), axis=None, keepdims=False))
        region = Region((i, u, s), tuple(equations), (new, more))
        last, total = b.structured("for", (const(0), n, const(1), x, const(0.0)), (region,), (changing, FLOAT))
        return b.emit("add", b.emit("sum", last, axis=None, keepdims=False), total)

    check(build({"x": VECTOR, "n": INT}, body), np.array([1.0, 2.0, 3.0, 0.5]), 3, order=2)


def test_zero_iterations_give_the_adjoint_of_the_initial_value() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        return loop(b, (0, n, 1), (b.emit("sin", a),), lambda i, s: b.emit("multiply", s, s))[0]

    (a_bar,) = run(adjoint(build({"a": FLOAT, "n": INT}, body), [0], value=False), 0.5, 0)
    np.testing.assert_allclose(a_bar, np.cos(0.5))
