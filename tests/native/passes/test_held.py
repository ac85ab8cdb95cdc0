"""Elements that are numbers in a loop, and those that can't be."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.held import held
from tests.native.passes.loops import DOUBLE, argument, let, load, name, number, store, support, text, times

N, I, J, K = name("n"), name("i"), name("j"), name("k")
HERE = ir.add(ir.times(I, N), J)


def entry(to: str, row: CExpr, column: CExpr, of: str = "a") -> ir.Pointer:
    return ir.Pointer(to, of, ir.add(ir.times(row, N), column), DOUBLE, ((N, row), (ir.ONE, column)))


def add(pointer: str, value: str) -> ir.Store:
    return ir.Store(pointer, ir.ZERO, number(value), DOUBLE, add=True)


def around(inner: ir.Turns) -> tuple[Statement, ...]:
    """for i in range(n): for j in range(i): the loop"""
    length = support("TAKE_LENGTH", "n", "0", "0")
    slot = support("REPOINT", "a", "a_slot", DOUBLE)
    return argument("x"), length, slot, ir.Turns("i", N, (ir.Turns("j", I, (inner,)),))


def loops(body: tuple[Statement, ...]) -> str:
    return "\n".join(line.strip() for line in text(body))


def is_held(*inner: Statement, count: CExpr = J) -> bool:
    return "held" in loops(held(around(ir.Turns("k", count, inner))))


def test_a_sum_that_is_kept_in_an_array() -> None:
    inner = entry("p", I, J), let("v", load("x", K)), add("p", "v")
    assert loops(held(around(ir.Turns("k", J, inner)))).split("for (int64_t j")[1].split("\n")[1:] == [
        "if (0 < j) {",
        "double *const p = a + ((i * n) + j);",
        "double p_held = p[0];",
        "for (int64_t k = 0; k < j; ++k) {",
        "const double v = x[k];",
        "p_held = p_held + v;",
        "}",
        "p[0] = p_held;",
        "}",
        "}",
        "}",
    ]


def test_others_have_another_index() -> None:
    row, column = entry("q", I, K), entry("r", K, J)
    product = let("v", times(load("q", ir.ZERO), load("r", ir.ZERO)))
    assert is_held(entry("p", I, J), row, column, product, add("p", "v"))
    assert not is_held(entry("p", I, J), row, column, product, add("p", "v"), count=N)  # k may be i, or j


@pytest.mark.parametrize(
    "inner",
    [
        (entry("p", I, K), add("p", "v")),  # another one in each turn
        (entry("p", I, J), add("p", "v"), let("w", load("a", K))),  # any of the array
        (entry("p", I, J), ir.Store("p", K, number("v"), DOUBLE)),  # and those beside it
        (
            ir.Fail(ir.Apply("outside", (J, name("m")), CType.BOOL), "index"),
            entry("p", I, J),
            add("p", "v"),
        ),  # if it is one
        (ir.If(name("c", CType.BOOL), (entry("p", I, J), add("p", "v"))),),  # not in each turn
        (entry("p", I, J), add("p", "v"), support("REPLACE", "a_slot", "b_block")),
        (entry("p", I, J), add("p", "v"), ir.If(name("c", CType.BOOL), (ir.Break(),))),
        (entry("p", I, J), add("p", "v"), ir.Turns("l", N, (store("y", name("l"), number("v")),))),
    ],
)
def test_what_stays_in_memory(inner: tuple[Statement, ...]) -> None:
    assert not is_held(*inner)


def test_what_is_only_read_is_read_once() -> None:
    body = loops(held(around(ir.Turns("k", J, (entry("p", I, J), store("y", K, load("p", ir.ZERO)))))))
    assert "y[k] = p_held;" in body
    assert "p[0] =" not in body
