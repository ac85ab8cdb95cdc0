"""What is computed again from the same names has one name."""

from __future__ import annotations

from srcad.native import ir
from srcad.native.passes.shared import shared
from tests.native.passes.loops import (
    DOUBLE,
    INT64,
    argument,
    let,
    load,
    loop,
    name,
    number,
    pointer,
    store,
    support,
    text,
)

N = name("n")
LESS = ir.subtract(N, ir.ONE)


def test_ints_and_places_are_named_once() -> None:
    body = (
        argument("x"),
        let("m", LESS),
        pointer("x_1", "x", name("m")),
        let("k", LESS),
        pointer("x_2", "x", name("k")),
        let("v", load("x_2", name("k"))),
    )
    assert text(shared(body)) == [
        "TAKE_ARRAY(x, 0, double);",
        "const int64_t m = n - 1;",
        "double *const x_1 = x + m;",
        "const double v = x_1[m];",
    ]


def test_what_is_set_again_is_another_thing() -> None:
    n = ir.Let("n", INT64, ir.ONE, final=False)
    body = (n, let("a", LESS), ir.Assign("n", ir.integer(5)), let("b", LESS), store("y", name("b"), number("v")))
    assert text(shared(body)) == text(body)


def test_what_loops_and_branches_name_means_nothing_behind_them() -> None:
    inside = (let("a", LESS), store("y", name("a"), number("v")))
    body = (ir.If(name("c"), inside), let("b", LESS), store("y", name("b"), number("v")))
    assert text(shared(body)) == text(body)
    known = (let("b", LESS), loop("i", N, let("a", LESS), store("y", name("a"), number("v"))))
    assert "y[b] = v;" in "".join(text(shared(known)))


def test_a_pointer_that_moves_is_another_place() -> None:
    first, second = pointer("y_1", "y", name("n")), pointer("y_2", "y", name("n"))
    moves = support("REPOINT", "y", "y_block", DOUBLE)
    body = (first, moves, second, store("y_2", ir.ZERO, number("v")))
    assert text(shared(body)) == text(body)
    turns = ir.Turns("turn", N, (second, store("y_2", ir.ZERO, number("v")), moves))
    assert text(shared((first, turns))) == text((first, turns))


def test_what_lists_have_is_asked_each_time() -> None:
    count = ir.Apply("list_length", (name("tape"),), INT64)
    body = (let("a", count), support("POP", "tape"), let("b", count), store("y", name("b"), number("v")))
    assert text(shared(body)) == text(body)


def test_what_stands_in_for_support_has_the_same_names() -> None:
    instead = ir.Support("GEMM", ("y", name("k")), (loop("i", name("k"), store("y", name("i"), number("v"))),))
    made = text(shared((let("m", LESS), let("k", LESS), instead)))
    assert not [line for line in made if "k" in line.replace("block", "")]
    assert "    for (int64_t i = 0; i < m; ++i) {" in made
