"""Widened: bools that rows of numbers are chosen by are as wide as these are.

    NEW(mask_block, size, bool);                        NEW(mask_block, size, int64_t);
    for (i = 0; i < n; ++i)                             for (i = 0; i < n; ++i)
        for (j = 0; j < m; ++j) {                           for (j = 0; j < m; ++j) {
            const bool b = x[i * k + j] > 0.0;                  const bool b = x[i * k + j] > 0.0;
            mask[i * m + j] = b;                                mask[i * m + j] = (int64_t)b;
        }                                                   }

A compiler takes as many elements at once as there are of the narrowest kind in a vector, 64 bools: shorter rows, and
what is left of longer ones, are run through one by one. That is said of arrays that nobody else sees; what lies in
order is one long row, and is left alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.memory import SILENT, Memory
from srcad.native.passes.rewriting import every, parts_of, with_bodies, with_expressions

WIDE = {CType.DOUBLE: CType.INT64, CType.FLOAT: CType.INT32}


def widened(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    memory = Memory.of(body)
    masks = set(filter(None, map(_made_of_bools, every(body)))) - _seen(body, memory)
    wide = _widths(body, masks, memory) if masks else {}
    return _Widening(memory, wide).block(body) if wide else body


def _made_of_bools(one: Statement) -> str | None:
    """The block that a statement makes, if it has bools."""
    match one:
        case ir.Support("NEW", (str() as block, _, CType.BOOL)):
            return block
    return None


def _seen(body: tuple[Statement, ...], memory: Memory) -> set[str]:
    """The roots that are handed to something, or added to."""
    found: set[str] = set()
    for one in every(body):
        if isinstance(one, ir.Support) and one.macro not in SILENT:
            found |= {memory.root(a) for a in one.arguments if isinstance(a, str)}
        if isinstance(one, ir.Store) and one.add:
            found.add(memory.root(one.pointer))
        names = (part.name for part in parts_of(one) if isinstance(part, ir.LocalName))
        found |= {memory.root(name) for name in names if name in memory.roots}
    return found


def _widths(body: tuple[Statement, ...], masks: set[str], memory: Memory) -> dict[str, CType]:
    """Of masks that rows are chosen by, as what they are kept."""
    beside: defaultdict[str, set[CType]] = defaultdict(set)
    for row in _rows(body, 0):
        elements = [(memory.root(pointer), type) for pointer, type in _elements(row)]
        for root in masks.intersection(root for root, _ in elements):
            beside[root] |= {type for _, type in elements}
    widest = {
        root: next((wide for type, wide in WIDE.items() if type in types), None) for root, types in beside.items()
    }
    return {root: wide for root, wide in widest.items() if wide is not None}


def _rows(body: tuple[Statement, ...], depth: int) -> Iterator[ir.For]:
    """The innermost loops that run sideways, of those that stand in others."""
    for one in body:
        match one:
            case ir.For(body=inner) if not any(isinstance(s, ir.For) for s in inner):
                if depth and one.simd:
                    yield one
            case ir.For(body=inner):
                yield from _rows(inner, depth + 1)
            case ir.Turns(body=inner) | ir.While(body=inner):
                yield from _rows(inner, 0)
            case ir.If(_, then, otherwise):
                yield from _rows((*then, *otherwise), depth)


def _elements(row: ir.For) -> Iterator[tuple[str, CType]]:
    for one in row.body:
        if isinstance(one, ir.Store):
            yield one.pointer, one.type
        yield from ((part.pointer, part.type) for part in parts_of(one) if isinstance(part, ir.Load))


@dataclass(frozen=True)
class _Widening:
    """Which blocks have which elements instead of bools."""

    memory: Memory
    wide: dict[str, CType]

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(self.statement(with_bodies(with_expressions(one, self.expression), self.block)) for one in body)

    def of(self, name: str) -> CType | None:
        return self.wide.get(self.memory.root(name))

    def expression(self, expr: CExpr) -> CExpr:
        if isinstance(expr, ir.Load) and (wide := self.of(expr.pointer)) is not None:
            return ir.Apply("not_equal", (replace(expr, type=wide), ir.Literal(0, wide)), CType.BOOL)
        return expr

    def statement(self, one: Statement) -> Statement:
        match one:
            case ir.Store(pointer, index, value) if (wide := self.of(pointer)) is not None:
                return ir.Store(pointer, index, ir.Cast(value, wide), wide)
            case ir.Pointer(name) if (wide := self.of(name)) is not None:
                return replace(one, type=wide)
            case ir.Support(_, (str() as name, *rest)) if (wide := self.of(name)) is not None:
                return replace(one, arguments=(name, *(wide if a is CType.BOOL else a for a in rest)))
        return one
