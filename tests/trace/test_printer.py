"""Traces as text."""

from __future__ import annotations

import numpy as np

from srcad.errors import Span
from srcad.trace.nodes import UNDEF
from srcad.trace.printer import print_equation, print_trace, show
from srcad.trace.types import FLOAT
from tests.traces import VECTOR, branch, build, loop, only


def test_names_operators_and_types() -> None:
    trace = build({"x1": FLOAT, "x2": FLOAT}, lambda b, x, y: b.emit("sin", b.emit("multiply", x, y, name="product")))
    assert print_trace(trace) == "f(x1, x2):\n    product = x1 * x2\n    v4 = sin(product)\n    return tuple(v4)"
    assert "product: float = x1 * x2" in print_trace(trace, types=True)


def test_versions_of_a_name_are_numbered() -> None:
    def body(b, u):  # type: ignore[no-untyped-def]
        first = b.emit("negative", u, name="u")
        return b.emit("negative", first, name="u")

    assert "u.3 = negative(u.2)" in print_trace(build({"u": FLOAT}, body))


def test_subscripts() -> None:
    def body(b, u):  # type: ignore[no-untyped-def]
        inner = b.emit("get_item", u, 1, -1, index=(("slice", 0, 1, None),))
        return b.emit("set_item", u, inner, 1, -1, 2, index=(("slice", 0, 1, 2),))

    text = print_trace(build({"u": VECTOR}, body))
    assert "v2 = u[1:-1]" in text
    assert "v3 = set_item(u, v2)[1:-1:2]" in text


def test_regions() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        def step(i, t):  # type: ignore[no-untyped-def]
            return branch(b, b.emit("less", t, 0.0), lambda: b.emit("negative", t), lambda: UNDEF)[0]

        return loop(b, (0, 3, 1), [x], step, backwards=True)

    assert print_trace(build({"x": FLOAT}, body)).splitlines() == [
        "f(x):",
        "    v2 = for i in reversed(range(0, 3, 1)) with x.2 = x:",
        "        v5 = x.2 < 0.0",
        "        v6 = if v5:",
        "            v7 = negative(x.2)",
        "            yield v7",
        "        else:",
        "            yield undefined",
        "        yield v6",
        "    return tuple(v2)",
    ]


def test_lines_of_the_user() -> None:
    def body(b, x):  # type: ignore[no-untyped-def]
        with b.at(Span("f.py", 2, "    y = -x")):
            y = b.emit("negative", x, name="y")
        b.role = "adjoint"
        with b.at(Span("f.py", 2, "    y = -x")):
            return b.emit("negative", y)

    text = print_trace(build({"x": FLOAT}, body), lines=True)
    assert "    # y = -x\n    y = negative(x)" in text


def test_an_equation_alone() -> None:
    trace = build({"x": FLOAT}, lambda b, x: b.emit("cast", x, dtype="float32"))
    assert print_equation(only(trace, "cast"), types=False) == "v1 = cast(x, dtype='float32')"


def test_values_have_no_addresses() -> None:
    class Thing:
        pass

    assert show(np) == "numpy"
    assert show(np.sin) == "sin"
    assert show(Thing()) == "<Thing>"
    assert show((1, 2.5, None, "a")) == "(1, 2.5, None, 'a')"
    assert show(np.zeros((2, 3))) == "<array float64[2, 3]>"
