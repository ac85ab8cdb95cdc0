"""Loops with one turn that is another, and those that stay whole."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.parted import parted
from tests.native.passes.loops import DOUBLE, let, load, name, number, store, text

BOOL, N, I, T = CType.BOOL, name("n"), name("i"), name("t")
SOME: tuple[Statement, ...] = (store("y", T, load("x", T)),)


def turns(a: CExpr, b: CExpr, *body: Statement, otherwise: tuple[Statement, ...] = ()) -> ir.Turns:
    """A loop that does something where two ints differ."""
    differ = ir.Let("b", BOOL, ir.Apply("not_equal", (a, b), BOOL))
    return ir.Turns("t", N, (differ, ir.If(name("b", BOOL), body or SOME, otherwise)))


def test_nothing_is_decided_in_the_turns() -> None:
    other = (store("y", T, number("z")),)
    assert text(parted((turns(T, I, otherwise=other),))) == [
        "const int64_t at_g1 = i;",
        "const int64_t first_g2 = smaller(bound_below(at_g1), n);",
        "const int64_t behind_g3 = first_g2 + ((!((uint64_t)at_g1 >= (uint64_t)n)) ? 1 : 0);",
        "for (int64_t t_g4 = 0; t_g4 < first_g2; ++t_g4) {",
        "    y[t_g4] = x[t_g4];",
        "}",
        "if (!((uint64_t)at_g1 >= (uint64_t)n)) {",
        "    y[at_g1] = z;",
        "}",
        "for (int64_t t_g5 = 0; t_g5 < n - behind_g3; ++t_g5) {",
        "    y[t_g5 + behind_g3] = x[t_g5 + behind_g3];",
        "}",
    ]


def test_backwards() -> None:
    k = ir.subtract(ir.subtract(N, ir.ONE), T)
    made = parted((turns(k, I),))
    assert text(made)[0] == "const int64_t at_g1 = ((-1) + n) + ((-1) * i);"
    assert len([one for one in made if isinstance(one, ir.Turns)]) == 2
    assert not any(isinstance(one, ir.If) for one in made)  # that turn does nothing


@pytest.mark.parametrize(
    "loop",
    [
        turns(ir.times(ir.integer(2), T), I),  # may be no turn, and isn't a sum
        turns(I, N),
        turns(T, ir.Load("k", T, CType.INT64)),
        turns(T, I, ir.Break()),
        turns(T, I, ir.Turns("u", N, (store("y", name("u"), number("z")),))),
        ir.Turns("t", N, (let("k", ir.times(T, T)), turns(T, name("k")).body[0], *SOME)),
        ir.Turns("t", N, (ir.Let("b", BOOL, ir.Apply("less", (T, I), BOOL)), ir.If(name("b", BOOL), SOME))),
    ],
)
def test_what_stays_whole(loop: ir.Turns) -> None:
    assert text(parted((loop,))) == text((loop,))


def test_what_is_made_in_the_loop_has_a_name_of_its_own_in_each_part() -> None:
    value = ir.Let("s", DOUBLE, ir.Literal(0.0, DOUBLE), final=False)
    sets = ir.Assign("s", load("p", ir.ZERO))
    place = ir.Pointer("p", "x", T, DOUBLE)
    body = (place, value, *turns(T, I, sets).body, store("y", T, number("s")))
    made = parted((ir.Turns("t", N, body),))
    names = [line.split(" = ")[0] for line in text(made) if "double" in line]
    assert len(names) == len(set(names)) == 6
