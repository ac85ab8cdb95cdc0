"""Forwarded: what has been read or written in the same turn isn't read again; memory that nobody reads is none.

NEW(v_block, n, double);                for (i = 0; i < n; ++i) {
DATA(v, v_block, double);                   const double a = x[i] * x[i];
for (i = 0; i < n; ++i) {                   const double b = a;
    const double a = x[i] * x[i];           y[i] = b + 1.0;
    v[i] = a;                           }
    const double b = v[i];
    y[i] = b + 1.0;
}
RELEASE(v_block);
"""

from __future__ import annotations

from collections.abc import Sequence

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.fused import is_nest
from srcad.native.passes.memory import SILENT, Memory
from srcad.native.passes.rewriting import every, parts_of, with_bodies, with_expressions

KnownElements = dict[tuple[str, CExpr], CExpr]  # an element: what it is


def forwarded(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return _without_unread(_Forwarding(Memory.of(body)).block(body))


class _Forwarding:
    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(self.nest(one) if is_nest(one) else with_bodies(one, self.block) for one in body)

    def nest(self, one: Statement) -> Statement:
        """A nest, each body of which is run through by itself."""
        return with_bodies(one, self.turn)

    def turn(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        known: KnownElements = {}
        left: list[Statement] = []
        for one in body:
            if isinstance(one, ir.For):
                known.clear()
                left.append(self.nest(one))
                continue
            one = with_expressions(one, lambda expr: _known(known, expr))
            left.append(one)
            match one:
                case ir.Let(name, type, ir.Load(pointer, index, _), True):
                    known[pointer, index] = ir.LocalName(name, type)
                case ir.Store(pointer, index, value, type, adds):
                    self.forget(known, pointer)
                    if not adds and isinstance(value, (ir.LocalName, ir.Literal)) and value.type is type:
                        known[pointer, index] = value
        return tuple(left)

    def forget(self, known: KnownElements, pointer: str) -> None:
        """What a store may have changed: all of this memory, as another index may mean the same element.

        What has been written is read by no other name: bufferise had made a copy.
        """
        root = self.memory.root(pointer)
        for one in [place for place in known if self.memory.root(place[0]) == root]:
            if not self.memory.differ(one[0], pointer):
                del known[one]


def _known(known: KnownElements, expr: CExpr) -> CExpr:
    return known.get((expr.pointer, expr.index), expr) if isinstance(expr, ir.Load) else expr


# ---- memory that nobody reads


def _without_unread(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    memory = Memory.of(body)
    unread = set(memory.fresh)
    for one in every(body):
        if isinstance(one, ir.Support):
            names = [] if one.macro in SILENT else [a for a in one.arguments if isinstance(a, str)]
            unread -= {root for name in names for root in (name, memory.root(name))}
        unread -= {memory.root(pointer) for part in parts_of(one) if (pointer := memory.read(part)) is not None}
    return _without(body, unread, memory) if unread else body


def _without(body: Sequence[Statement], unread: set[str], memory: Memory) -> tuple[Statement, ...]:
    left: list[Statement] = []
    for one in body:
        match one:
            case ir.Store(pointer) if memory.root(pointer) in unread:
                continue
            case ir.Support(macro, (str() as name, *_)) if macro in SILENT and memory.root(name) in unread:
                continue
            case ir.Pointer(name) if memory.root(name) in unread:
                continue
        left.append(with_bodies(one, lambda inner: _without(inner, unread, memory)))
    return tuple(left)
