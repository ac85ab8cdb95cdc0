"""What is computed again, and what is kept."""

from __future__ import annotations

import pytest

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.recomputed import recomputed
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

N, I, J = name("n"), name("i"), name("j")


def negative(of: CExpr) -> CExpr:
    return ir.Apply("negative", (of,), DOUBLE)


def reader(index: CExpr = J, to: str = "y", of: str = "v") -> ir.For:
    """to[j] = of[j] * 2"""
    return loop("j", N, let("b", load(of, index)), store(to, J, times(number("b"), ir.Literal(2.0, DOUBLE))))


KEPT = loop("i", N, let("a", load("w", I)), store("v", I, negative(number("a"))))
MADE = (argument("x"), *fresh("w", N), *fresh("v", N), *fresh("y", N))


def test_what_is_read_by_nests_only_is_computed_there() -> None:
    body = (*MADE, KEPT, support("RELEASE", "w_block"), reader(), support("RELEASE", "v_block"))
    assert text(recomputed(body))[7:] == [
        "for (int64_t j = 0; j < n; ++j) {",
        "    const double a_g1 = w[j];",
        "    const double b = -a_g1;",
        "    y[j] = b * 2.0;",
        "}",
        "RELEASE(w_block);",
        "RELEASE(v_block);",
    ]


def test_what_else_a_nest_keeps_stays() -> None:
    both = loop("i", N, let("a", load("x", I)), store("w", I, number("a")), store("v", I, negative(number("a"))))
    made = text(recomputed((*MADE, both, reader(), support("PUSH_ARRAY", "tape", "w_block", "1", N))))
    assert made[7:11] == ["for (int64_t i = 0; i < n; ++i) {", "    const double a = x[i];", "    w[i] = a;", "}"]
    assert "v[" not in "".join(made)


EXP = loop("i", N, store("v", I, ir.Apply("exp", (load("w", I),), DOUBLE)))
CHANGED = loop("j", N, store("w", J, load("x", J)))
TWICE = loop("i", N, store("v", I, negative(load("v", I))))


@pytest.mark.parametrize(
    "body",
    [
        (KEPT, CHANGED, reader()),  # w isn't what it was
        (KEPT, reader(to="w")),
        (KEPT, support("ZERO", "w", N, DOUBLE), reader()),
        (KEPT, reader(ir.add(J, ir.ONE))),  # another element than that of the turn
        (KEPT, reader(ir.subtract(N, J))),
        (KEPT, reader(), support("PUSH_ARRAY", "tape", "v_block", "1", N)),
        (KEPT, pointer("v_1", "v", ir.ONE), reader()),
        (KEPT, support("REPOINT", "w", "slot", DOUBLE), reader()),
        (KEPT, reader(), ir.If(name("c"), (let("d", load("v", ir.ZERO)),))),  # somebody else reads it
        (KEPT, TWICE, reader()),  # set twice
        (EXP, reader()),  # not quickly computed
        (KEPT, ir.Turns("t", N, (support("TICK"), reader()))),
    ],
)
def test_what_is_kept(body: tuple[Statement, ...]) -> None:
    assert text(recomputed((*MADE, *body))) == text((*MADE, *body))
