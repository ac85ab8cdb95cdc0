"""Bools that are kept as wide as what stands beside them, and those that aren't."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import CType, Statement
from srcad.native.passes.widened import widened
from tests.native.passes.loops import DOUBLE, argument, load, loop, name, number, store, support, text

BOOL, N, M = CType.BOOL, name("n"), name("m")
HERE = ir.add(ir.times(name("i"), M), name("j"))
MASK = support("NEW", "b_block", ir.times(N, M), BOOL), support("DATA", "b", "b_block", BOOL)
FILLED = loop(
    "j",
    M,
    ir.Store("b", HERE, ir.Apply("greater", (load("x", HERE), ir.Literal(0.0, DOUBLE)), BOOL), BOOL),
)
READ = loop(
    "j",
    M,
    ir.Let("c", BOOL, ir.Load("b", HERE, BOOL)),
    store("y", HERE, ir.Apply("select", (name("c", BOOL), load("x", HERE), number("z")), DOUBLE)),
)


def rows(row: ir.For) -> ir.For:
    return ir.For("i", ir.ZERO, N, (row,))


def test_rows_are_chosen_by_ints() -> None:
    body = (argument("x"), *MASK, rows(FILLED), rows(READ), support("RELEASE", "b_block"))
    assert text(widened(body)) == [
        "TAKE_ARRAY(x, 0, double);",
        "NEW(b_block, n * m, int64_t);",
        "DATA(b, b_block, int64_t);",
        "for (int64_t i = 0; i < n; ++i) {",
        "    for (int64_t j = 0; j < m; ++j) {",
        "        b[(i * m) + j] = (int64_t)(x[(i * m) + j] > 0.0);",
        "    }",
        "}",
        "for (int64_t i = 0; i < n; ++i) {",
        "    for (int64_t j = 0; j < m; ++j) {",
        "        const bool c = b[(i * m) + j] != 0;",
        "        y[(i * m) + j] = c ? x[(i * m) + j] : z;",
        "    }",
        "}",
        "RELEASE(b_block);",
    ]


@pytest.mark.parametrize(
    "body",
    [
        (*MASK, FILLED, READ),  # one row
        (*MASK, rows(FILLED), support("PUSH_ARRAY", "tape", "b_block", "1", N)),
        (support("REPOINT", "b", "slot", BOOL), rows(FILLED), rows(READ)),
        (*MASK, rows(FILLED), ir.Let("k", CType.INT64, ir.Apply("smaller", (name("b", BOOL), N), CType.INT64))),
        (*MASK, rows(loop("j", M, ir.Store("b", HERE, ir.Load("b", HERE, BOOL), BOOL)))),  # bools alone
    ],
)
def test_what_stays_narrow(body: tuple[Statement, ...]) -> None:
    assert text(widened((argument("x"), *body))) == text((argument("x"), *body))
