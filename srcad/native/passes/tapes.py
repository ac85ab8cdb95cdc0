"""Tapes: what an inner loop pushes or pops, once or several times in each turn, is a flat array.

    CHUNKS(turn, count) {                       RESERVE(flat, tape, double, count);
        PUSH_SCALAR(tape, double, x);           CHUNKS(turn, count) {
        x = r * x;                                  flat[turn] = x;
    }                                               x = r * x; }

There is room for all before the loop, and the number of elements is set once.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.rewriting import every, with_bodies, with_expressions


def flattened(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    made: list[Statement] = []
    for one in body:
        one = with_bodies(one, flattened)
        made += _flattened(one) if isinstance(one, ir.Turns) and one.chunked else [one]
    return tuple(made)


def _flattened(loop: ir.Turns) -> list[Statement]:
    before: list[Statement] = []
    for name in dict.fromkeys(str(s.arguments[0]) for s in loop.body if isinstance(s, ir.Support)):
        uses = _pushes(loop.body, name) or _pops(loop.body, name)
        if not uses or _mentions(loop.body, name) > sum(use.mentions for use in uses):
            continue
        flat = _Flat(f"{name}_in_{loop.turn}", uses, loop)
        before.append(flat.before(name))
        loop = replace(loop, body=flat.body())
    return [*before, loop]


@dataclass(frozen=True)
class _Use:
    """A push or a pop: where its statements begin and how many they are, how often these name the list."""

    place: int
    length: int
    mentions: int
    type: CType
    statement: ir.Support | ir.Let


@dataclass(frozen=True)
class _Flat:
    """The array that a list is in a loop."""

    pointer: str
    uses: list[_Use]
    loop: ir.Turns

    @property
    def pushes(self) -> bool:
        return isinstance(self.uses[0].statement, ir.Support)

    @property
    def count(self) -> CExpr:
        return ir.times(self.loop.count, ir.integer(len(self.uses)))

    def before(self, name: str) -> Statement:
        macro = "RESERVE" if self.pushes else "WITHDRAW"
        return ir.Support(macro, (self.pointer, name, self.uses[0].type, self.count))

    def body(self) -> tuple[Statement, ...]:
        made: list[Statement] = []
        numbers = {use.place: k for k, use in enumerate(self.uses)}
        place = 0
        while place < len(self.loop.body):
            if place in numbers:
                made.append(self.used(numbers[place]))
                place += self.uses[numbers[place]].length
            else:
                made.append(self.loop.body[place])
                place += 1
        return tuple(made)

    def used(self, number: int) -> Statement:
        use = self.uses[number]
        turn = ir.LocalName(self.loop.turn, CType.INT64)
        index = ir.add(ir.times(turn, ir.integer(len(self.uses))), ir.integer(number))
        if isinstance(use.statement, ir.Let):
            last = ir.subtract(self.count, ir.ONE)
            return replace(use.statement, value=ir.Load(self.pointer, ir.subtract(last, index), use.type))
        value = use.statement.arguments[2]
        assert not isinstance(value, (str, CType))
        return ir.Store(self.pointer, index, value, use.type)


def _pushes(body: tuple[Statement, ...], name: str) -> list[_Use]:
    found = []
    for place, one in enumerate(body):
        match one:
            case ir.Support("PUSH_SCALAR", (str() as to, CType() as type, _)) if to == name:
                found.append(_Use(place, 1, 1, type, one))
    return found


def _pops(body: tuple[Statement, ...], name: str) -> list[_Use]:
    """Where a list is looked at, shortened, and its last element taken."""
    found = []
    for place, three in enumerate(zip(body, body[1:], body[2:], strict=False)):
        match three:
            case (
                ir.Fail(ir.Apply("is_empty", (ir.LocalName(one),))),
                ir.Support("POP", (str() as other,)),
                ir.Let(_, type, ir.Apply(op, (ir.LocalName(last), _)), True) as taken,
            ) if one == other == last == name and op.startswith("item:"):
                found.append(_Use(place, 3, 4, type, taken))
    return found


def _mentions(body: tuple[Statement, ...], name: str) -> int:
    """How often a name stands in statements."""
    count = 0

    def note(expr: CExpr) -> CExpr:
        nonlocal count
        count += isinstance(expr, ir.LocalName) and expr.name == name
        return expr

    for one in every(body):
        with_expressions(one, note)
        if isinstance(one, ir.Support):
            count += sum(a == name for a in one.arguments if isinstance(a, str))
    return count
