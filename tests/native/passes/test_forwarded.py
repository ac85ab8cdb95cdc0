"""What is known isn't read, and what nobody reads isn't kept."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.passes.forwarded import forwarded
from tests.native.passes.loops import (
    argument,
    fresh,
    let,
    load,
    loop,
    name,
    number,
    pointer,
    store,
    support,
    text,
    times,
)

N, I = name("n"), name("i")


def test_memory_between_two_equations_is_none() -> None:
    body = (
        argument("x"),
        *fresh("v", N),
        *fresh("y", N),
        loop(
            "i",
            N,
            let("a", load("x", I)),
            store("v", I, number("a")),
            let("b", load("v", I)),
            store("y", I, times(number("b"), load("x", I))),
        ),
        support("RELEASE", "v_block"),
        support("RETAIN", "y_block"),
    )
    assert text(forwarded(body)) == [
        "TAKE_ARRAY(x, 0, double);",
        "NEW(y_block, n, double);",
        "DATA(y, y_block, double);",
        "for (int64_t i = 0; i < n; ++i) {",
        "    const double a = x[i];",
        "    const double b = a;",
        "    y[i] = b * a;",
        "}",
        "RETAIN(y_block);",
    ]


def test_a_store_elsewhere_in_the_same_memory_may_have_changed_it() -> None:
    body = (
        *fresh("v", N),
        pointer("v_1", "v", ir.ONE),
        loop("i", N, store("v", I, number("a")), store("v_1", I, number("b")), let("c", load("v", I))),
        support("RETAIN", "v_block"),
    )
    assert text(forwarded(body)) == text(body)


def test_what_is_added_isnt_what_is_there() -> None:
    adds = ir.Store("v", I, number("a"), number("a").type, add=True)
    body = (*fresh("v", N), loop("i", N, adds, let("c", load("v", I))), support("RETAIN", "v_block"))
    assert text(forwarded(body)) == text(body)


def test_memory_that_something_else_has_is_kept() -> None:
    for more in (support("PUSH_ARRAY", "tape", "v_block", "1", N), ir.Let("c", number("a").type, load("v", N))):
        body = (*fresh("v", N), loop("i", N, store("v", I, number("a"))), more)
        assert text(forwarded(body)) == text(body)


def test_memory_whose_name_is_handed_to_support_is_kept() -> None:
    body = (*fresh("v", N), loop("i", N, store("v", I, number("a"))), support("COPY_ROW", "y", N, "v_block", N))
    assert text(forwarded(body)) == text(body)
    sorts = (*fresh("v", N), loop("i", N, store("v", I, number("a"))), support("SORT", "v", N))
    assert text(forwarded(sorts)) == text(sorts)
