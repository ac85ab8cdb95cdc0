"""Loop IR in short, for tests of passes."""

from __future__ import annotations

from srcad.native import c, ir
from srcad.native.ir import CExpr, CType, Statement

DOUBLE, INT64 = CType.DOUBLE, CType.INT64


def name(text: str, type: CType = INT64) -> ir.LocalName:
    return ir.LocalName(text, type)


def number(text: str) -> ir.LocalName:
    return name(text, DOUBLE)


def let(text: str, value: CExpr) -> ir.Let:
    return ir.Let(text, value.type, value)


def load(pointer: str, index: CExpr) -> ir.Load:
    return ir.Load(pointer, index, DOUBLE)


def store(pointer: str, index: CExpr, value: CExpr) -> ir.Store:
    return ir.Store(pointer, index, value, DOUBLE)


def times(a: CExpr, b: CExpr) -> ir.Apply:
    return ir.Apply("multiply", (a, b), DOUBLE)


def pointer(text: str, source: str, offset: CExpr) -> ir.Pointer:
    return ir.Pointer(text, source, offset, DOUBLE)


def loop(index: str, stop: CExpr, *body: Statement) -> ir.For:
    return ir.For(index, ir.ZERO, stop, tuple(body), simd=True)


def argument(text: str) -> ir.Support:
    return ir.Support("TAKE_ARRAY", (text, "0", DOUBLE))


def fresh(text: str, n: CExpr) -> tuple[Statement, ...]:
    """A new array, in the block with its name."""
    return ir.Support("NEW", (f"{text}_block", n, DOUBLE)), ir.Support("DATA", (text, f"{text}_block", DOUBLE))


def support(macro: str, *arguments: str | CExpr | CType) -> ir.Support:
    return ir.Support(macro, arguments)


def text(body: tuple[Statement, ...]) -> list[str]:
    """The C, without its frame and its pragmas."""
    lines = c.text_of(ir.LoopFunction("f", body)).split("\n")[1:-2]
    return [line[4:] for line in lines if "#pragma" not in line]
