"""Where updates overwrite, and where they copy."""

from __future__ import annotations

from typing import Any

import numpy as np

from srcad.backends.numpy import compile_source
from srcad.codegen import generate
from srcad.ops.meaning import Meanings
from srcad.trace.evaluate import evaluate
from srcad.trace.nodes import Trace
from srcad.trace.types import FLOAT, INT, OPAQUE, ListOf, Unknown
from tests.codegen.building import Maker, matrix, vector

ROW = (("int", 0),)
TAIL = (("slice", 0, None, None),)
MASK = (("array", 0),)


def source(trace: Trace) -> str:
    return generate(trace, "f").source


def body(trace: Trace) -> list[str]:
    return [line.strip() for line in source(trace).splitlines()[1:]]


def call(trace: Trace, *arguments: Any) -> Any:
    return compile_source(generate(trace, "f"))(*arguments)


def test_an_argument_is_copied_once() -> None:
    m = Maker(x=vector())
    x = m.emit("set_item", m.x, 1.0, 0, index=ROW, name="x")
    x = m.emit("set_item", x, 2.0, 1, index=ROW, name="x")
    assert body(m.trace(x)) == ["x = x.copy()", "x[0] = 1.0", "x[1] = 2.0", "return x"]


def test_a_fresh_array_is_overwritten() -> None:
    m = Maker(x=vector())
    y = m.emit("multiply", m.x, 2.0, name="y")
    y = m.emit("add_item", y, 1.0, 0, index=ROW, name="y")
    assert body(m.trace(y)) == ["y = 2.0 * x", "y[0] += 1.0", "return y"] or "copy" not in source(m.trace(y))


def test_an_old_value_read_later_is_kept() -> None:
    m = Maker(x=vector())
    y = m.emit("sin", m.x, name="y")
    z = m.emit("set_item", y, 0.0, 0, index=ROW, name="y")
    both = m.emit("multiply", z, y)
    x = np.arange(1.0, 4.0)
    got = call(m.trace(both), x)
    expected = np.sin(x) ** 2
    expected[0] = 0.0
    np.testing.assert_allclose(got, expected)


def test_a_view_read_later_is_copied_rather_than_its_base() -> None:
    m = Maker(a=matrix())
    b = m.emit("sin", m.a, name="b")
    row = m.emit("get_item", b, 0, index=ROW, name="row")
    b = m.emit("set_item", b, 0.0, 0, index=ROW, name="b")
    shown = source(m.trace(m.emit("add", b, row)))
    assert "row = b[0].copy()" in shown
    assert shown.count("copy") == 1


def test_a_reading_of_the_old_value_comes_before_the_store() -> None:
    m = Maker(x=vector())
    x_bar = m.emit("multiply", m.x, 2.0, name="x_bar")
    cleared = m.emit("set_item", x_bar, 0.0, 0, index=ROW, name="x_bar")
    v = m.emit("get_item", x_bar, 0, index=ROW, name="v")
    last = m.emit("add_item", cleared, m.emit("multiply", v, 3.0), 1, index=ROW, name="x_bar")
    assert "copy" not in source(m.trace(last))
    np.testing.assert_allclose(call(m.trace(last), np.array([1.0, 2.0])), [0.0, 10.0])


def test_swapped_buffers_are_two() -> None:
    t = vector()
    m = Maker(u=t, n=INT)
    first = m.emit("copy", m.u, name="a")
    second = m.emit("zeros_like", m.u, name="b")

    def step(i: Any, a: Any, b: Any) -> list[Any]:
        value = m.emit("get_item", a, 1, index=TAIL)
        b = m.emit("set_item", b, value, 1, index=TAIL, name="b")
        return [b, a]

    a, b = m.loop((0, m.n, 1), {"a": (first, t), "b": (second, t)}, step)
    shown = source(m.trace(a, b))
    assert "a, b = b, a" in shown
    assert shown.count("copy") == 1


def test_a_loop_copies_its_start_outside() -> None:
    t = vector()
    m = Maker(u=t, n=INT)

    def step(i: Any, u: Any) -> list[Any]:
        return [m.emit("set_item", u, 1.0, i, index=ROW, name="u")]

    (u,) = m.loop((0, m.n, 1), {"u": (m.u, t)}, step)
    assert body(m.trace(u)) == ["u = u.copy()", "for i in range(n):", "u[i] = 1.0", "return u"]


def test_a_tape_keeps_copies_of_what_changes() -> None:
    t = vector()
    m = Maker(u=t, n=INT)
    start = m.emit("sin", m.u, name="u")
    tape = m.emit("list_new", element=t, name="u_tape")

    def step(i: Any, u: Any, u_tape: Any) -> list[Any]:
        u_tape = m.emit("list_append", u_tape, u, name="u_tape")
        return [m.emit("set_item", u, 1.0, i, index=ROW, name="u"), u_tape]

    u, tape = m.loop((0, m.n, 1), {"u": (start, t), "u_tape": (tape, ListOf(t))}, step)
    shown = source(m.trace(u, tape))
    assert "u_tape.append(u.copy())" in shown
    assert shown.count("copy") == 1


def test_a_list_from_outside_is_not_popped() -> None:
    m = Maker(tape=ListOf(FLOAT))
    value, _ = m.pop(m.tape, "x")
    given = [1.0, 2.0]
    assert call(m.trace(value), given) == 2.0
    assert given == [1.0, 2.0]


def test_repeated_places_accumulate() -> None:
    m = Maker(x=vector(), k=vector(dtype="int64"), v=vector())
    y = m.emit("add_item", m.emit("zeros_like", m.x, name="y"), m.v, m.k, index=MASK, name="y")
    assert "np.add.at(y, k, v)" in source(m.trace(y))
    m = Maker(x=vector(), k=vector(dtype="bool"), s=FLOAT)
    y = m.emit("add_item", m.emit("zeros_like", m.x, name="y"), m.s, m.k, index=MASK, name="y")
    assert "y[k] += s" in source(m.trace(y))


def test_results_share_nothing() -> None:
    m = Maker(x=vector())
    view = m.emit("get_item", m.x, 1, index=TAIL)
    fresh = m.emit("sin", m.x, name="s")
    x = np.arange(3.0)
    a, b, c, d = call(m.trace(m.x, view, fresh, fresh), x)
    assert not any(np.shares_memory(x, r) for r in (a, b))
    assert not np.shares_memory(c, d)


def test_what_an_object_may_have_kept_is_not_overwritten() -> None:
    kept: list[Any] = []
    m = Maker(x=vector(), keep=OPAQUE)
    y = m.emit("sin", m.x, name="y")
    m.emit("call", m.keep, y, keywords=())
    y = m.emit("set_item", y, 5.0, 0, index=ROW, name="y")
    got = call(m.trace(y), np.zeros(2), kept.append)
    assert got[0] == 5.0
    assert kept[0][0] == 0.0


def agrees(trace: Trace, *arguments: Any) -> None:
    got = call(trace, *arguments)
    expected = evaluate(trace, arguments, Meanings())
    for a, b in zip(got if isinstance(got, tuple) else (got,), expected, strict=True):
        np.testing.assert_allclose(a, b)


def test_what_reads_a_buffer_is_not_folded_behind_a_store() -> None:
    m = Maker(x=vector())
    y = m.emit("sin", m.x, name="y")
    before = m.emit("multiply", y, 2.0)
    y = m.emit("set_item", y, 7.0, 0, index=ROW, name="y")
    agrees(m.trace(m.emit("add", y, before)), np.ones(3))


def test_a_reading_is_not_folded_behind_an_effect() -> None:
    m = Maker(x=OPAQUE, change=OPAQUE)
    before = m.emit("subscript", m.x, 0)
    m.emit("call", m.change, m.x, keywords=())
    trace = m.trace(m.emit("tuple_new", before, m.emit("subscript", m.x, 0)))

    def change(x: list[int]) -> None:
        x[0] = 5

    assert call(trace, [1], change) == (1, 5)


def test_overlapping_updates() -> None:
    x, k = np.arange(1.0, 5.0), np.array([0, 1, 2, 3])
    for op in ("set_item", "add_item"):
        m = Maker(x=vector(), k=vector(dtype="int64"))
        y = m.emit("sin", m.x, name="y")
        value = m.emit("get_item", y, -1, index=(("slice", None, None, 0),))
        agrees(m.trace(m.emit(op, y, value, m.k, index=MASK, name="y")), x, k)
        m = Maker(x=vector())
        y = m.emit("sin", m.x, name="y")
        value = m.emit("get_item", y, -1, index=(("slice", None, 0, None),))
        agrees(m.trace(m.emit(op, y, value, 1, index=TAIL, name="y")), x)


def test_a_view_of_a_view() -> None:
    m = Maker(a=matrix())
    b = m.emit("sin", m.a, name="b")
    corner = m.emit("get_item", m.emit("transpose", b, axes=None), 1, index=ROW, name="corner")
    part = m.emit("get_item", corner, 1, index=TAIL, name="part")
    b = m.emit("set_item", b, 9.0, 1, index=ROW, name="b")
    agrees(m.trace(part, b), np.arange(6.0).reshape(3, 2))


def test_helpers_that_hand_back_their_operand() -> None:
    t = Unknown()
    m = Maker(x=t)
    y = m.emit("sin", m.x, name="y")
    same = m.emit("sum_to_shape", y, m.x, name="same")
    y = m.emit("set_item", y, 9.0, 1, index=ROW, name="y")
    agrees(m.trace(same, y), np.arange(3.0))


def test_a_tape_is_not_copied_while_a_popped_value_lives() -> None:
    t = vector()
    m = Maker(x=t, n=INT)
    tape = m.emit("list_new", element=t, name="tape")

    def forward(i: Any, h: Any, tape: Any) -> list[Any]:
        tape = m.emit("list_append", tape, h, name="tape")
        return [m.emit("sin", h, name="h"), tape]

    h, tape = m.loop((0, m.n, 1), {"h": (m.x, t), "tape": (tape, ListOf(t))}, forward)

    def backward(i: Any, h: Any, total: Any, tape: Any) -> list[Any]:
        before, tape = m.pop(tape, "before")
        return [before, m.emit("accumulate", total, m.emit("multiply", h, before), name="total"), tape]

    carried = {"h": (h, t), "total": (m.emit("zeros_like", m.x), t), "tape": (tape, ListOf(t))}
    _, total, _ = m.loop((0, m.n, 1), carried, backward)
    trace = m.trace(total)
    assert "copy" not in source(trace)
    agrees(trace, np.arange(3.0), 4)
