"""Slots that hold one block only, and those that don't; and which references are counted."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import Statement
from srcad.native.passes.resolved import resolved
from tests.native.passes.loops import DOUBLE, fresh, load, name, pointer, store, support, text

N = name("n")


def slot(of: str, to: str = "s") -> tuple[Statement, ...]:
    """A slot, with what it begins with."""
    declared = support("NO_BLOCK", f"{to}_block"), support("NO_DATA", to, DOUBLE)
    return *declared, *filled(of, to)


def filled(of: str, to: str = "s") -> tuple[Statement, ...]:
    return (
        support("RETAIN", f"{of}_block"),
        support("REPLACE", f"{to}_block", f"{of}_block"),
        support("REPOINT", to, f"{to}_block", DOUBLE),
    )


def released(*names: str) -> tuple[Statement, ...]:
    return tuple(support("RELEASE", f"{one}_block") for one in names)


def turns(*body: Statement) -> ir.Turns:
    return ir.Turns("t", N, body)


def test_a_slot_that_is_updated_in_place_is_its_block() -> None:
    inner = (*slot("s", "r"), store("r", name("t"), load("r", ir.ZERO)), *filled("r"), *released("r"))
    assert text(resolved((*fresh("v", N), *slot("v"), turns(*inner), *released("v", "s")))) == [
        "NEW(v_block, n, double);",
        "DATA(v, v_block, double);",
        "for (int64_t t = 0; t < n; ++t) {",
        "    v[t] = v[0];",
        "}",
        "RELEASE(v_block);",
    ]


def test_a_block_is_given_back_when_the_last_of_its_names_is() -> None:
    body = (*fresh("v", N), *slot("v"), *released("v"), store("s", N, load("s", ir.ZERO)), *released("s"))
    assert text(resolved(body))[2:] == ["v[n] = v[0];", "RELEASE(v_block);"]


def test_what_both_sides_of_a_branch_yield() -> None:
    declared = support("NO_BLOCK", "s_block"), support("NO_DATA", "s", DOUBLE)
    there, here = (store("v", ir.ZERO, name("x", DOUBLE)), *filled("v")), filled("v")
    after = (store("s", ir.ONE, name("x", DOUBLE)), *released("s"), store("v", N, load("v", ir.ZERO)))
    body = (*fresh("v", N), *declared, ir.If(name("b"), there, here), *after)
    made = ["if (b) {", "    v[0] = x;", "}", "v[1] = x;", "v[n] = v[0];"]
    assert text(resolved(body))[2:] == made
    other = (*fresh("v", N), *fresh("w", N), *declared, ir.If(name("b"), there, filled("w")), *after)
    assert text(resolved(other)) == text(other)


@pytest.mark.parametrize(
    "body",
    [
        (*fresh("v", N), *slot("v"), turns(*fresh("w", N), *filled("w"), *released("w"))),  # another one each turn
        (*fresh("v", N), *slot("v"), turns(store("s", N, load("v", N)), support("CALLED", "f", "&s_block"))),
        (*fresh("v", N), *slot("v"), support("ADD_LIST", "s_block", "add_blocks", "w_block")),
        (*fresh("v", N), *slot("v"), support("CALLED", "f", "&v_block")),
        (support("NO_BLOCK", "s_block"), turns(support("RETAIN", "s_block"), *fresh("v", N), *filled("v"))),
        (turns(*fresh("v", N), turns(*released("v"))), *slot("v")),
        (*fresh("v", N), *slot("v"), support("REPLACE", "s_block", "NULL")),
    ],
)
def test_slots_that_are_more(body: tuple[Statement, ...]) -> None:
    assert text(resolved(body)) == text(body)


def test_arrays_that_change_places_are_in_slots() -> None:
    swap = (
        *(support("RETAIN", f"{one}_block") for one in "sr"),
        support("SAME_BLOCK", "next", "s_block"),
        support("REPLACE", "s_block", "r_block"),
        support("REPLACE", "r_block", "next"),
    )
    body = (*fresh("v", N), *fresh("w", N), *slot("v"), *slot("w", "r"), turns(*swap))
    assert text(resolved(body)) == text(body)


@pytest.mark.parametrize(
    "between",
    [
        support("RELEASE", "e_block"),  # which may be the block by another name
        support("PUSH_ARRAY", "tape", "v_block", "1", N),
        support("REPLACE", "e_block", "NULL"),
        ir.If(name("b"), (ir.Break(),)),
        turns(support("RELEASE", "v_block")),
    ],
)
def test_a_reference_is_kept_for_what_may_give_back_others(between: Statement) -> None:
    body = (*fresh("v", N), *slot("v"), between, *released("s"))
    made = resolved(body)
    assert made[2:] == (support("RETAIN", "v_block"), between, support("RELEASE", "v_block"))


def test_a_place_in_a_slot_is_one_in_the_block() -> None:
    body = (*fresh("v", N), *slot("v"), pointer("p", "s", ir.ONE), *released("s"))
    assert text(resolved(body))[2:] == ["double *const p = v + 1;"]
