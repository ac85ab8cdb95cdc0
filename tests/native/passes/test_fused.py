"""Nests that are fused, and those that must not be."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from srcad.native import ir
from srcad.native.ir import Statement
from srcad.native.passes.fused import fused
from tests.native.passes.loops import (
    DOUBLE,
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

N, M = name("n"), name("m")


def squares(to: str, of: str, counter: str = "i", value: str = "a") -> ir.For:
    """to[i] = of[i] * of[i]"""
    place = name(counter)
    return loop(counter, N, let(value, load(of, place)), store(to, place, times(number(value), number(value))))


def nests(body: Sequence[Statement]) -> int:
    return sum(isinstance(one, ir.For) for one in body)


def test_what_stands_between_moves_away() -> None:
    body = (
        argument("x"),
        *fresh("v", N),
        squares("v", "x"),
        support("RETAIN", "v_block"),
        support("PUSH_ARRAY", "tape", "v_block", "1", N),
        *fresh("y", N),
        squares("y", "v", "j", "b"),
        support("RELEASE", "v_block"),
    )
    assert text(fused(body)) == [
        "TAKE_ARRAY(x, 0, double);",
        "NEW(v_block, n, double);",
        "DATA(v, v_block, double);",
        "NEW(y_block, n, double);",
        "DATA(y, y_block, double);",
        "for (int64_t i = 0; i < n; ++i) {",
        "    const double a = x[i];",
        "    v[i] = a * a;",
        "    const double b = v[i];",
        "    y[i] = b * b;",
        "}",
        "RETAIN(v_block);",
        "PUSH_ARRAY(tape, v_block, 1, n);",
        "RELEASE(v_block);",
    ]


def shifted(value: str = "b") -> ir.For:
    """y[j] = v[j + 1] * v[j + 1]"""
    place = ir.add(name("j"), ir.ONE)
    return loop("j", N, let(value, load("v", place)), store("y", name("j"), times(number(value), number(value))))


TOTAL = ir.Let("s", DOUBLE, ir.Literal(0.0, DOUBLE), final=False)
SUM = ir.For(
    "i", ir.ZERO, N, (ir.Assign("s", ir.Apply("add", (number("s"), load("x", name("i"))), DOUBLE)),), ("+:s",), True
)
SAME_ROW = store("v", name("j"), load("x", name("i")))


@pytest.mark.parametrize(
    "second",
    [
        (*fresh("y", N), shifted()),  # reads what another turn writes
        (*fresh("y", M), loop("j", M, store("y", name("j"), load("v", name("j"))))),  # of another length
        (pointer("v_1", "v", N), loop("j", N, store("v_1", name("j"), load("x", name("j"))))),  # another view of it
        (support("REPLACE", "slot", "v_block"), *fresh("y", N), squares("y", "v", "j", "b")),  # what can't move
        (ir.Fail(ir.equal(load("v", ir.ZERO), number("c")), "value"), squares("v", "x", "j", "b")),
        (let("k", ir.Apply("list_length", (name("l"),), name("n").type)), squares("v", "x", "j", "b")),
    ],
)
def test_what_must_stay_apart(second: tuple[Statement, ...]) -> None:
    body = (argument("x"), *fresh("v", N), squares("v", "x"), *second)
    assert nests(fused(body)) == 2


def test_a_sum_is_ready_before_it_is_read() -> None:
    body = (argument("x"), TOTAL, SUM, *fresh("y", N), loop("j", N, store("y", name("j"), number("s"))))
    assert nests(fused(body)) == 2


def test_sums_over_the_same_places_are_added_up_together() -> None:
    other = ir.Let("t", DOUBLE, ir.Literal(0.0, DOUBLE), final=False)
    add = ir.Assign("t", ir.Apply("add", (number("t"), load("x", name("j"))), DOUBLE))
    body = (argument("x"), TOTAL, SUM, other, ir.For("j", ir.ZERO, N, (add,), ("+:t",), True))
    (made,) = [one for one in fused(body) if isinstance(one, ir.For)]
    assert made.sums == ("+:s", "+:t")


def test_each_row_of_a_matrix_that_is_set_again_and_again() -> None:
    """v[j] has many values one after the other: the second nest is to read the last one."""
    rows = loop("i", N, loop("j", M, SAME_ROW))
    reads = loop("k", N, loop("l", M, store("y", ir.add(ir.times(name("k"), M), name("l")), load("v", name("l")))))
    body = (argument("x"), *fresh("v", M), rows, *fresh("y", N), reads)
    assert nests(fused(body)) == 2


def test_what_may_be_the_same_memory_is_not_written_before_it_is_read() -> None:
    """y and z may be one array, of which the first nest reads what the second one writes."""
    first = loop("i", N, store("v", name("i"), load("y", ir.add(name("i"), ir.ONE))))
    second = loop("j", N, store("z", name("j"), load("v", name("j"))))
    slots = [support("REPOINT", one, f"{one}_slot", DOUBLE) for one in "yz"]
    assert nests(fused((*slots, *fresh("v", N), first, second))) == 2
    same_place = loop("i", N, store("v", name("i"), load("y", name("i"))))
    assert nests(fused((*slots, *fresh("v", N), same_place, second))) == 1


def column(to: str, k: ir.CExpr, of: str) -> ir.Pointer:
    """The column k of a matrix with rows of m."""
    return ir.Pointer(to, of, k, DOUBLE, ((M, None), (ir.ONE, k)))


def along(to: str, of: str, counter: str) -> ir.For:
    place = ir.times(name(counter), M)
    return loop(counter, N, store(to, place, load(of, place)))


def test_two_columns_are_two_places() -> None:
    slot = support("REPOINT", "y", "y_slot", DOUBLE)
    k, before = name("k"), ir.subtract(name("k"), ir.ONE)
    for other, expected in ((before, 1), (name("j"), 2), (ir.add(before, ir.ONE), 2)):
        body = (
            slot,
            column("y_1", k, "y"),
            column("y_2", other, "y"),
            along("y_1", "y_2", "i"),
            along("y_2", "y_1", "l"),
        )
        assert nests(fused(body)) == expected
    changing = ir.Let("k", name("k").type, ir.ZERO, final=False)
    moved = let("was", name("k")), ir.Assign("k", ir.add(name("k"), ir.ONE)), let("now", ir.subtract(name("k"), ir.ONE))
    places = column("y_1", name("was"), "y"), column("y_2", name("now"), "y")
    body = (slot, changing, *moved, *places, along("y_1", "y_2", "i"), along("y_2", "y_1", "l"))
    assert nests(fused(body)) == 2


def test_what_a_list_has_alone_is_no_slot() -> None:
    list_made = (
        *fresh("v", N),
        squares("v", "x"),
        support("RETAIN", "v_block"),
        support("PUSH_ARRAY", "tape", "v_block", "1", N),
    )
    taken = (support("ELEMENT", "e_block", "tape", name("k"), "1"), support("DATA", "e", "e_block", DOUBLE))
    slot = support("REPOINT", "y", "y_slot", DOUBLE)
    reads = loop("j", N, let("b", load("e", ir.add(name("j"), ir.ONE))), store("z", name("j"), number("b")))
    writes = loop("l", N, store("y", name("l"), number("c")))
    body = (argument("x"), *list_made, *taken, slot, *fresh("z", N), reads, writes)
    assert nests(fused(body)) == 2  # the first one, and those two
    kept = support("REPLACE", "y_slot", "e_block")
    assert nests(fused((*body[:-2], kept, *body[-2:]))) == 3
