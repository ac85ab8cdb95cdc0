"""Collapse: two loops over all of arrays that lie in order are one.

    for (i = 0; i < n; ++i)                     for (i = 0; i < n * m; ++i)
        for (j = 0; j < m; ++j)                     y[i] = x[i] * x[i];
            y[i * m + j] = x[i * m + j] * x[i * m + j];

So rows that are no multiple of what the machine does at once cost nothing.
"""

from __future__ import annotations

from dataclasses import replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import read_in, with_bodies, with_expressions


def collapsed(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return tuple(_collapsed(with_bodies(one, collapsed)) for one in body)


def _collapsed(outer: Statement) -> Statement:
    match outer:
        case ir.For(i, ir.Literal(0), _, (ir.For(j, ir.Literal(0), m, inner) as loop,)) if not outer.sums:
            row, column = ir.LocalName(i, CType.INT64), ir.LocalName(j, CType.INT64)
            whole = ir.add(ir.times(row, m), column)
            made = tuple(_with_place(one, whole) for one in inner)
            if _is_plain(inner) and not _left((*made, ir.Fail(ir.equal(m, m), "")), i, j):
                renamed = tuple(_named(one, row) for one in made)
                return replace(loop, stop=ir.times(outer.stop, m), index=i, body=renamed)
    return outer


def _is_plain(body: tuple[Statement, ...]) -> bool:
    return all(isinstance(one, (ir.Let, ir.Assign, ir.Store, ir.Comment)) for one in body)


PLACE = "the place"  # no name of C's: stands for the counter of the one loop


def _with_place(one: Statement, whole: CExpr) -> Statement:
    def change(expr: CExpr) -> CExpr:
        return ir.LocalName(PLACE, CType.INT64) if expr == whole else expr

    return with_expressions(one, change)


def _left(body: tuple[Statement, ...], *names: str) -> bool:
    """Whether a counter is read otherwise."""
    return any(name in read_in(one) for one in body for name in names)


def _named(one: Statement, row: ir.LocalName) -> Statement:
    return with_expressions(one, lambda expr: row if expr == ir.LocalName(PLACE, CType.INT64) else expr)
