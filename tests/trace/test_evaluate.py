"""The reference interpreter: what traces mean."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest

from srcad.trace.nodes import NO_PARAMS, UNDEF, Equation, Region
from srcad.trace.types import FLOAT, INT, OPAQUE, Scalar
from tests.traces import MATRIX, VECTOR, branch, build, loop, run, while_loop


def test_straight_line() -> None:
    trace = build({"a": FLOAT, "b": FLOAT}, lambda b, x, y: b.emit("add", b.emit("multiply", x, y), 1.0))
    assert run(trace, 2.0, 3.0) == (7.0,)


def test_stores_leave_the_old_value_alone() -> None:
    trace = build({"x": VECTOR}, lambda b, x: (b.emit("set_item", x, 5.0, 0, index=(("int", 0),)), x))
    x = np.arange(3.0)
    new, old = run(trace, x)
    assert new[0] == 5.0
    assert old[0] == x[0] == 0.0


def test_add_item_accumulates_repeated_places() -> None:
    where = np.array([0, 0, 2])
    trace = build({"x": VECTOR}, lambda b, x: b.emit("add_item", x, 1.0, where, index=(("array", 0),)))
    (result,) = run(trace, np.zeros(3))
    assert result.tolist() == [2.0, 0.0, 1.0]


@pytest.mark.parametrize(("backwards", "expected"), [(False, 12.0), (True, 210.0)])
def test_for(backwards: bool, expected: float) -> None:
    """Digits, put together from either end."""

    def body(b, x):  # type: ignore[no-untyped-def]
        def step(i, total):  # type: ignore[no-untyped-def]
            return b.emit("add", b.emit("multiply", total, 10.0), i)

        return loop(b, (0, 3, 1), [x], step, **({"backwards": True} if backwards else {}))

    assert run(build({"x": FLOAT}, body), 0.0) == (expected,)


def test_for_with_breaks_tells_how_many_iterations_ran() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        return loop(b, (0, 10, 1), [x], lambda i, t: (b.emit("greater", t, 3.0), b.emit("add", t, 1.0)), breaks=True)

    assert run(build({"x": FLOAT}, body), 2.0) == (5.0, 3)


def test_while() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        return while_loop(b, [x], lambda t: b.emit("less", t, 10.0), lambda t: b.emit("multiply", t, 2.0))

    assert run(build({"x": FLOAT}, body), 3.0) == (12.0, 2)


def test_a_value_left_undefined_fails_when_it_is_used() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        (y,) = branch(b, b.emit("less", x, 0.0), lambda: x, lambda: UNDEF)
        return b.emit("negative", y)

    trace = build({"x": FLOAT}, body)
    assert run(trace, -1.0) == (1.0,)
    with pytest.raises(UnboundLocalError):
        run(trace, 1.0)


def test_scopes() -> None:
    """In a context manager, and with a finalizer that runs whatever happens."""
    done: list[str] = []

    def body(b, x, manager):  # type: ignore[no-untyped-def]
        with b.nested() as equations:
            y = b.emit("divide", x, b.emit("get_item", np.zeros(1), 0, index=(("int", 0),)))
        inside = Region((), tuple(equations), (y,))
        with b.nested() as equations:
            b.structured("scope", (manager,), (inside,), (Scalar("float64"),), kind="with")
        with b.nested() as finalizer:
            b.emit("call", done.append, "finally")
        (scope,) = equations
        regions = (Region((), (scope,), scope.results), Region((), tuple(finalizer), ()))
        return b.structured("scope", (), regions, (Scalar("float64"),), kind="finally")

    trace = build({"x": FLOAT, "manager": OPAQUE}, body)
    assert run(trace, 1.0, np.errstate(divide="ignore")) == (np.inf,)
    with pytest.raises(FloatingPointError):
        run(trace, 1.0, np.errstate(divide="raise"))
    assert done == ["finally", "finally"]


def test_a_message_is_computed_when_the_assertion_fails() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        with b.nested() as equations:
            message = b.emit("format", x, pieces=("x is ", (0, "", ".1f")))
        region = Region((), tuple(equations), (message,))
        b.append(Equation("assert_", (b.emit("less", x, 1.0),), (), NO_PARAMS, (region,)))
        return x

    trace = build({"x": FLOAT}, body)
    assert run(trace, 0.5) == (0.5,)
    with pytest.raises(AssertionError, match=r"x is 2\.0"):
        run(trace, 2.0)


def test_lists_are_never_changed() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        empty = b.emit("list_new", element=FLOAT)
        one = b.emit("list_append", empty, x)
        value, rest = b.emit_many("list_pop", one)
        return b.emit("list_len", empty), b.emit("list_len", one), value, b.emit("list_len", rest)

    assert run(build({"x": FLOAT}, body), 4.0) == (0, 1, 4.0, 0)


def test_calls_with_keywords() -> None:
    trace = build({"x": FLOAT}, lambda b, x: b.emit("call", complex, 1.0, x, keywords=("imag",)))
    assert run(trace, 2.0) == (1 + 2j,)


def test_an_exception_of_the_program_arrives() -> None:
    trace = build({"x": FLOAT}, lambda b, x: b.emit("divide", 1.0, x))
    with pytest.raises(ZeroDivisionError), contextlib.suppress(ValueError):
        run(trace, 0.0)


def test_a_loop_that_never_runs_yields_what_it_got() -> None:
    trace = build({"x": FLOAT, "n": INT}, lambda b, x, n: loop(b, (0, n, 1), [x], lambda i, t: b.emit("negative", t)))
    assert run(trace, 3.0, 0) == (3.0,)


def test_calls_with_unpacked_arguments() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        return b.emit("call", max, (1.0, 2.0), x, {"key": abs}, keywords=("**",), starred=(0,))

    assert run(build({"x": FLOAT}, body), -3.0) == (-3.0,)


def test_the_last_of_repeated_stores_wins() -> None:
    where = np.array([0, 0, 2])
    trace = build({"x": VECTOR}, lambda b, x: b.emit("last_wins", x, where, index=(("array", 0),)))
    assert run(trace, np.zeros(3))[0].tolist() == [False, True, True]


def test_broadcasting_undone() -> None:
    trace = build({"g": MATRIX, "x": VECTOR}, lambda b, g, x: b.emit("sum_to_shape", g, x))
    assert run(trace, np.ones((2, 3)), np.zeros(3))[0].tolist() == [2.0, 2.0, 2.0]
    assert run(trace, np.ones((2, 3)), np.zeros((2, 1)))[0].tolist() == [[3.0], [3.0]]
