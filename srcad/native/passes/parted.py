"""Parted: a loop that does something else in one turn is two loops, and that turn between them.

    for (j = 0; j < n; ++j)                 const int64_t at = larger(0, smaller(i, n));
        if (j != i)                         for (j = 0; j < at; ++j)
            s -= a[j] * x[j];                   s -= a[j] * x[j];
                                            for (j = at + (at == i); j < n; ++j)
                                                s -= a[j] * x[j];

So nothing is decided in inner loops, whose turns may run side by side. The turns come in the order in which they came.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.affine import affine
from srcad.native.passes.memory import Memory
from srcad.native.passes.rewriting import FreshNames, changed, every, with_bodies, with_expressions

SHORT = 30  # statements of a loop that is written down three times


def parted(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return _Parting(Memory.of(body), FreshNames.of(body)).block(body)


@dataclass(frozen=True)
class _SpecialTurn:
    """The turn `at` in which a bool is not what it is in all others."""

    name: str
    others: bool
    at: CExpr


@dataclass(frozen=True)
class _Parting:
    memory: Memory
    names: FreshNames

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        made: list[Statement] = []
        for one in body:
            special = self.special(one) if isinstance(one, ir.Turns) else None
            if special is not None and isinstance(one, ir.Turns):
                made += self.parts(one, special)
            else:
                made.append(with_bodies(one, self.block))
        return tuple(made)

    def special(self, loop: ir.Turns) -> _SpecialTurn | None:
        inside = list(every(loop.body))
        if len(inside) > SHORT or any(isinstance(s, (ir.Turns, ir.For, ir.While, ir.Break)) for s in inside):
            return None
        decided = {
            s.condition.name for s in loop.body if isinstance(s, ir.If) and isinstance(s.condition, ir.LocalName)
        }
        for one in loop.body:
            match one:
                case ir.Let(name, _, ir.Apply("equal" | "not_equal" as op, (a, b)), True) if name in decided:
                    at = self.turn(loop, a, b)
                    if at is not None:
                        return _SpecialTurn(name, op == "not_equal", at)
        return None

    def turn(self, loop: ir.Turns, a: CExpr, b: CExpr) -> CExpr | None:
        """The one turn in which two ints are equal."""
        one, other = affine(a, self.memory.named), affine(b, self.memory.named)
        if one is None or other is None:
            return None
        apart = one.plus(other, -1)
        factor = apart.of(loop.turn)
        inner = {s.name for s in every(loop.body) if isinstance(s, (ir.Let, ir.Assign))}
        rest = [(name, times) for name, times in apart.terms if name != loop.turn]
        if abs(factor) != 1 or any(name in inner for name, _ in rest):
            return None
        at: CExpr = ir.integer(-factor * apart.offset)
        for name, times in rest:
            at = ir.add(at, ir.times(ir.integer(-factor * times), ir.LocalName(name, CType.INT64)))
        return at

    def parts(self, loop: ir.Turns, special: _SpecialTurn) -> list[Statement]:
        at, first, behind = (self.names.like(name) for name in ("at", "first", "behind"))
        exact, count = ir.LocalName(at, CType.INT64), loop.count
        within = ir.Apply("not", (ir.Apply("outside", (exact, count), CType.BOOL),), CType.BOOL)
        least = ir.Apply("smaller", (ir.Apply("bound_below", (exact,), CType.INT64), count), CType.INT64)
        ahead = ir.LocalName(first, CType.INT64)
        skipped = ir.Apply("select", (within, ir.ONE, ir.ZERO), CType.INT64)
        later = ir.LocalName(behind, CType.INT64)
        turn = self.names.like(loop.turn)
        before = replace(loop, turn=turn, count=ahead, body=self.copied(loop, special, ir.LocalName(turn, CType.INT64)))
        once = ir.If(within, self.copied(loop, replace(special, others=not special.others), exact))
        turn = self.names.like(loop.turn)
        place = ir.add(ir.LocalName(turn, CType.INT64), later)
        after = replace(loop, turn=turn, count=ir.subtract(count, later), body=self.copied(loop, special, place))
        lets = (
            ir.Let(at, CType.INT64, special.at),
            ir.Let(first, CType.INT64, least),
            ir.Let(behind, CType.INT64, ir.add(ahead, skipped)),
        )
        return [*lets, before, *([once] if any(not isinstance(s, ir.Comment) for s in once.then) else []), after]

    def copied(self, loop: ir.Turns, special: _SpecialTurn, turn: CExpr) -> tuple[Statement, ...]:
        """The body of a loop at a turn, where it is known what is decided."""
        named: dict[str, CExpr] = {loop.turn: turn}
        pointers: dict[str, str] = {}
        return tuple(self.statements(loop.body, special, named, pointers))

    def statements(
        self, body: Sequence[Statement], special: _SpecialTurn, named: dict[str, CExpr], pointers: dict[str, str]
    ) -> list[Statement]:
        made: list[Statement] = []
        for one in body:
            match one:
                case ir.Let(name) if name == special.name:
                    continue
                case ir.If(ir.LocalName(name), then, otherwise) if name == special.name:
                    made += self.statements(then if special.others else otherwise, special, named, pointers)
                    continue
                case ir.If():
                    sides = (tuple(self.statements(s, special, named, pointers)) for s in (one.then, one.otherwise))
                    made.append(ir.If(_renamed(one.condition, special, named, pointers), *sides))
                    continue
            made.append(self.statement(one, special, named, pointers))
        return made

    def statement(
        self, one: Statement, special: _SpecialTurn, named: dict[str, CExpr], pointers: dict[str, str]
    ) -> Statement:
        one = with_expressions(one, lambda part: _named(part, special, named, pointers))
        match one:
            case ir.Let(name, type):
                new = ir.LocalName(self.names.like(name), type)
                named[name] = new
                return replace(one, name=new.name)
            case ir.Assign(name):
                new_name = named.get(name)
                return replace(one, name=new_name.name) if isinstance(new_name, ir.LocalName) else one
            case ir.Pointer(name, source):
                pointers[name] = self.names.like(name)
                return replace(one, name=pointers[name], source=pointers.get(source, source))
            case ir.Store(pointer):
                return replace(one, pointer=pointers.get(pointer, pointer))
        return one


def _renamed(expr: CExpr, special: _SpecialTurn, named: dict[str, CExpr], pointers: dict[str, str]) -> CExpr:
    return changed(expr, lambda part: _named(part, special, named, pointers))


def _named(part: CExpr, special: _SpecialTurn, named: dict[str, CExpr], pointers: dict[str, str]) -> CExpr:
    match part:
        case ir.LocalName(name) if name == special.name:
            return ir.Literal(special.others, CType.BOOL)
        case ir.LocalName(name):
            return named.get(name, part)
        case ir.Load(pointer):
            return replace(part, pointer=pointers.get(pointer, pointer))
    return part
