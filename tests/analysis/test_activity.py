"""Which variables are active."""

from __future__ import annotations

from typing import Any

from srcad.analysis.activity import Activity, activity
from srcad.rules.catalogue import lookup
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Trace, Var
from srcad.trace.types import FLOAT, INT
from srcad.trace.walk import walk
from tests.traces import VECTOR, build, loop


def is_flat(op: str) -> bool:
    rule = lookup(op)
    return rule is not None and rule.flat


def active_in(trace: Trace, wrt: int = 0) -> Activity:
    return activity(trace.body, [trace.inputs[wrt].var], trace.body.results[:1], is_flat)


def active_names(trace: Trace, wrt: int = 0) -> set[str]:
    found = active_in(trace, wrt)
    variables = [v for e in walk(trace.body) for v in e.results]
    return {v.name for v in variables if v.name and found.active(v)}


def test_active_is_varied_and_useful() -> None:
    def body(b: Builder, a: Var, c: Var) -> Any:
        b.emit("sin", a, name="unused")
        other = b.emit("sin", c, name="other")
        return b.emit("multiply", b.emit("exp", a, name="used"), other)

    assert active_names(build({"a": FLOAT, "c": FLOAT}, body)) == {"used"}


def test_nothing_passes_flat_operations_and_indices() -> None:
    def body(b: Builder, a: Var, x: Var) -> Any:
        place = b.emit("floor", a, name="place")
        k = b.emit("cast", place, dtype="int64", name="k")
        return b.emit("get_item", x, k, index=(("int", 0),), name="y")

    assert active_names(build({"a": FLOAT, "x": VECTOR}, body)) == set()


def test_what_becomes_varied_in_a_later_iteration_is_varied() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        def step(i: Var, first: Var, second: Var, third: Var) -> Any:
            return a, b.emit("sin", first, name="one"), b.emit("sin", second, name="two")

        return loop(b, (0, n, 1), (0.0, 0.0, 0.0), step)[2]

    assert active_names(build({"a": FLOAT, "n": INT}, body)) == {"one", "two"}


def test_a_carried_value_that_reaches_nothing_is_not_useful() -> None:
    def body(b: Builder, a: Var, n: Var) -> Any:
        def step(i: Var, kept: Var, lost: Var) -> Any:
            return b.emit("sin", kept, name="kept"), b.emit("sin", lost, name="lost")

        return loop(b, (0, n, 1), (a, a), step)[0]

    assert active_names(build({"a": FLOAT, "n": INT}, body)) == {"kept"}


def test_what_an_unknown_function_makes_of_an_active_value_is_suspect() -> None:
    def body(b: Builder, a: Var) -> Any:
        thing = b.emit("call", const(str), a, name="thing")
        return b.emit("multiply", a, thing)

    assert active_names(build({"a": FLOAT}, body)) == {"thing"}
