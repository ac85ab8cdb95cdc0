"""Nests that are gathered, and those that must not be."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.gathered import gathered
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

N, M, I = name("n"), name("m"), name("i")
TAKEN = (argument("x"), *(support("TAKE_LENGTH", one, "0", "0") for one in "nm"))


def adds(to: str, value: CExpr, index: CExpr = I, stop: CExpr = N) -> ir.For:
    """to[i] += value"""
    there = let("t", load(to, index))
    return loop("i", stop, there, store(to, index, ir.Apply("add", (number("t"), value), DOUBLE)))


def test_what_is_added_at_shifted_places() -> None:
    body = (*TAKEN, *fresh("y", M), pointer("y_1", "y", ir.ONE), adds("y_1", load("x", I)), adds("y", load("x", I)))
    assert text(gathered(body))[6:] == [
        "const int64_t high_g1 = (1 + n) + bound_below(n - (1 + n));",
        "const int64_t high_g2 = 1 + bound_below(smaller(1 + n, n) - 1);",
        "for (int64_t side_g7 = 0; side_g7 < 2; ++side_g7) {",
        "    const int64_t end_g8 = (side_g7 == 0) ? 0 : high_g2;",
        "    const int64_t end_g9 = (side_g7 == 0) ? 1 : high_g1;",
        "    for (int64_t i_g6 = end_g8; i_g6 < end_g9; ++i_g6) {",
        "        FEW();",
        "        if ((1 <= i_g6) && (i_g6 < (1 + n))) {",
        "            y[i_g6] = y[i_g6] + x[i_g6 - 1];",
        "        }",
        "        if (i_g6 < n) {",
        "            y[i_g6] = y[i_g6] + x[i_g6];",
        "        }",
        "    }",
        "}",
        "for (int64_t i_g3 = 1; i_g3 < high_g2; ++i_g3) {",
        "    const double sum_g4 = y[i_g3] + x[i_g3 - 1];",
        "    const double sum_g5 = sum_g4 + x[i_g3];",
        "    y[i_g3] = sum_g5;",
        "}",
    ]


def test_zeros_that_are_set_everywhere_are_none() -> None:
    sets = loop("i", N, store("y", I, load("x", I)))
    body = (*TAKEN, *fresh("y", N), support("ZERO", "y", N, DOUBLE), sets)
    assert text(gathered(body))[5:] == ["for (int64_t i_g1 = 0; i_g1 < n; ++i_g1) {", "    y[i_g1] = x[i_g1];", "}"]


def squares(to: str) -> ir.For:
    """What is added is kept in v, too."""
    square = let("s", times(load("x", I), load("x", I)))
    there = let("t", load(to, I))
    return loop(
        "i",
        N,
        square,
        store("v", I, number("s")),
        there,
        store(to, I, ir.Apply("add", (number("t"), number("s")), DOUBLE)),
    )


def test_what_else_a_nest_does_stays_where_it_is() -> None:
    body = (
        *TAKEN,
        *fresh("y", M),
        *fresh("v", N),
        pointer("y_1", "y", ir.ONE),
        squares("y_1"),
        adds("y", load("v", I)),
        support("RELEASE", "v_block"),
    )
    made = gathered(body)
    lines = text(made)
    assert lines[8:12] == [
        "for (int64_t i = 0; i < n; ++i) {",
        "    const double s = x[i] * x[i];",
        "    v[i] = s;",
        "}",
    ]
    assert lines[-1] == "RELEASE(v_block);" and "y" not in "".join(lines[8:12])


VIEW = pointer("y_1", "y", ir.ONE)
ROWS = pointer("y_1", "y", ir.times(name("k"), ir.integer(3)))


@pytest.mark.parametrize(
    "body",
    [
        (VIEW, adds("y_1", load("x", I)), adds("y", load("y", ir.add(I, ir.ONE)))),  # reads what is being set
        (VIEW, adds("y_1", load("v", I)), loop("i", N, store("v", I, load("x", I))), adds("y", load("v", I))),
        (VIEW, adds("y_1", load("x", I)), support("PUSH_ARRAY", "tape", "y_block", "1", M), adds("y", load("x", I))),
        (VIEW, adds("y_1", load("x", I)), support("TICK"), adds("y", load("x", I))),
        (VIEW, adds("y_1", load("x", I)), loop("i", N, store("w", I, load("y", ir.ZERO))), adds("y", load("x", I))),
        (VIEW, adds("y_1", load("x", I)), adds("y", load("x", I), ir.times(I, ir.integer(2)))),  # other strides
        (VIEW, adds("y_1", ir.Apply("exp", (load("x", I),), DOUBLE)), adds("y", load("x", I))),  # not exact
        (adds("y", load("x", I)), adds("y", load("v", I))),  # the same places: nothing is shifted
        # y goes by a name that may be another's, too
        (support("REPOINT", "z", "slot", DOUBLE), VIEW, adds("y_1", load("z", I)), adds("y", load("x", I))),
    ],
)
def test_what_must_stay_apart(body: tuple[Statement, ...]) -> None:
    made = (*TAKEN, *fresh("y", M), *fresh("v", N), support("PUSH_ARRAY", "l", "y_block", "1", M), *body)
    assert text(gathered(made)) == text(made)


def test_strides_that_may_be_none() -> None:
    """What is stretched has the stride 0, and then all turns set one element."""
    chosen = ir.Apply("select", (ir.equal(N, ir.ONE), ir.ZERO, ir.ONE), ir.CType.INT64)
    index = ir.times(I, name("step"))
    body = (
        *TAKEN,
        *fresh("y", M),
        let("step", chosen),
        support("ZERO", "y", M, DOUBLE),
        *(adds("y", load("x", I), index) for _ in range(2)),
    )
    assert text(gathered(body)) == text(body)


def test_long_programs_are_left_alone() -> None:
    body = [*TAKEN, *fresh("y", M), VIEW, *(adds(to, load("x", I)) for _ in range(40) for to in ("y_1", "y"))]
    assert gathered(tuple(body)) == tuple(body)
