"""Recomputed: what is quickly computed isn't kept for other nests, which compute it themselves.

    for (i = 0; i < n; ++i)                     for (i = 0; i < n; ++i)
        v[i] = -x[i];                               y_1[i] += -x[i];
    for (i = 0; i < n; ++i)                     for (i = 0; i < n; ++i)
        y_1[i] += v[i];                             y_2[i] += -x[i];
    for (i = 0; i < n; ++i)
        y_2[i] += v[i];

That is said of arrays that only nests behind the one that fills them read, each the element of its turn, as long as
what they are computed from stays what it was.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from srcad.native import ir
from srcad.native.ir import CExpr, Statement
from srcad.native.passes.given import (
    ARITHMETIC,
    NestBody,
    NumbersOf,
    PerfectNest,
    has_many_nests,
    index_strides,
    may_stand_between,
)
from srcad.native.passes.memory import Alone, Memory
from srcad.native.passes.rewriting import FreshNames, changed, every, parts_of, with_bodies, with_expressions

FEW = 3  # operations


def recomputed(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    memory = Memory.of(body)
    return _Recomputing(memory, _Uses.of(body, memory), FreshNames.of(body)).block(body)


@dataclass
class _Uses:
    """How often blocks are set and read by elements; those that are seen otherwise."""

    stores: Counter[str] = field(default_factory=Counter)
    loads: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, body: tuple[Statement, ...], memory: Memory) -> _Uses:
        uses = cls()
        for one in every(body):
            match one:
                case ir.Store(pointer):
                    uses.stores[memory.root(pointer)] += 1
                case ir.Pointer(name):
                    uses.seen.add(memory.root(name))
                case ir.Support(macro, arguments) if macro not in ("NEW", "DATA", "RELEASE"):
                    uses.seen.update(memory.root(a) for a in arguments if isinstance(a, str))
            names = (part.name for part in parts_of(one) if isinstance(part, ir.LocalName))
            uses.seen.update(memory.root(name) for name in names if name in memory.roots)
        uses.loads.update(_loads_in(body, memory))
        return uses


@dataclass(frozen=True)
class _Formula:
    """What an array's element is in the turn of a nest with such counters."""

    pointer: str
    strides: tuple[CExpr, ...]
    counters: tuple[str, ...]
    numbers: NumbersOf


@dataclass
class _Recomputing:
    memory: Memory
    uses: _Uses
    names: FreshNames

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        left = [with_bodies(one, self.block) if PerfectNest.of(one) is None else one for one in body]
        place = len(left) if has_many_nests(left) else 0
        while place < len(left):
            tried = (self.replaced(left, place, formula) for formula in self.formulas(left[place]))
            made = next((one for one in tried if one is not None), None)
            place += made is None
            if made is not None:
                self.uses.loads.update(_loads_in(made, self.memory))
                self.uses.loads.subtract(_loads_in(left, self.memory))
                left = made
        return tuple(left)

    def formulas(self, one: Statement) -> list[_Formula]:
        """The elements that a nest keeps, which may as well be computed where they are read."""
        nest = PerfectNest.of(one)
        if nest is None:
            return []
        body = NestBody.of(nest.leaf)
        counters = tuple(loop.index for loop in nest.loops)
        made = (self.formula(store, body, counters) for store in body.stores)
        return [formula for formula in made if formula is not None]

    def formula(self, store: ir.Store, body: NestBody, counters: tuple[str, ...]) -> _Formula | None:
        root, strides = self.memory.root(store.pointer), index_strides(store.index, counters)
        alone = root in self.memory.fresh and root not in self.uses.seen and self.uses.stores[root] == 1
        if strides is None or store.add or not alone or store.value.type is not store.type:
            return None
        numbers = NumbersOf(tuple(body.needed(store.value)), store.value)
        ops = [part.op for part in numbers.parts if isinstance(part, ir.Apply) and part.type is store.type]
        plain = all(isinstance(let.value, (ir.Load, ir.LocalName, ir.Literal, ir.Apply)) for let in numbers.lets)
        if len(ops) > FEW or not ARITHMETIC.issuperset(ops) or not plain or not self.is_apart(numbers, body):
            return None
        return _Formula(store.pointer, strides, counters, numbers)

    def is_apart(self, numbers: NumbersOf, body: NestBody) -> bool:
        """Whether the nest itself doesn't set what the numbers are computed from."""
        return not numbers.reads(self.memory) & {self.memory.root(store.pointer) for store in body.stores}

    def replaced(self, body: list[Statement], place: int, formula: _Formula) -> list[Statement] | None:
        """A body in which an array isn't kept; None where something else reads it, or when it is another one."""
        root = self.memory.root(formula.pointer)
        readers = [at for at in range(place + 1, len(body)) if root in self.read(body[at])]
        if not readers or not all(map(may_stand_between, body[place : readers[-1]])):
            return None
        made = {at: self.reading(body[at], formula) for at in readers}
        count = sum(len(_loads_of(body[at], formula.pointer)) for at in readers)
        if None in made.values() or count != self.uses.loads[root] or not self.stays(body, place, readers[-1], formula):
            return None
        left = [made.get(at, one) or one for at, one in enumerate(body)]
        left[place : place + 1] = self.without(body[place], formula)
        return self.held_on(left, place, readers[-1] + len(left) - len(body), formula)

    def read(self, one: Statement) -> set[str]:
        return set(_loads_in((one,), self.memory))

    def stays(self, body: list[Statement], place: int, last: int, formula: _Formula) -> bool:
        """Whether what an array is computed from isn't set again before it is read."""
        between = body[place : last + 1]
        written = {self.memory.root(s.pointer) for s in every(tuple(between)) if isinstance(s, ir.Store)}
        zeros = (s for s in between if isinstance(s, ir.Support) and s.macro == "ZERO")
        written |= {self.memory.root(str(s.arguments[0])) for s in zeros}
        written.discard(self.memory.root(formula.pointer))
        assigned = {s.name for s in every(tuple(between)) if isinstance(s, ir.Assign)}
        made = {str(s.arguments[0]) for s in between if isinstance(s, ir.Support) and s.macro == "NEW"}
        alone = Alone().at(body, place) | made
        reads = formula.numbers.reads(self.memory)
        return not assigned & formula.numbers.names and all(
            self.memory.apart(a, b, alone) for a in written for b in reads
        )

    def reading(self, one: Statement, formula: _Formula) -> Statement | None:
        """A nest that computes the elements; None if it reads others than those of its turns."""
        nest = PerfectNest.of(one)
        if nest is None or len(nest.loops) != len(formula.counters):
            return None
        counters = tuple(loop.index for loop in nest.loops)
        leaf: list[Statement] = []
        for s in nest.leaf:
            loads = _loads_of(s, formula.pointer)
            if any(index_strides(load.index, counters) != formula.strides for load in loads):
                return None
            if loads:
                lets, value = self.numbers(formula, counters)
                leaf += lets
                s = _with(s, loads, value)
            leaf.append(s)
        return nest.holding(leaf)

    def numbers(self, formula: _Formula, counters: Sequence[str]) -> tuple[list[Statement], CExpr]:
        pairs = zip(formula.counters, counters, strict=True)
        named: dict[str, CExpr] = {old: ir.LocalName(new, ir.CType.INT64) for old, new in pairs}

        def rename(expr: CExpr) -> CExpr:
            return changed(expr, lambda part: named.get(part.name, part) if isinstance(part, ir.LocalName) else part)

        lets: list[Statement] = []
        for let in formula.numbers.lets:
            new = ir.LocalName(self.names.like(let.name), let.type)
            lets.append(ir.Let(new.name, new.type, rename(let.value)))
            named[let.name] = new
        return lets, rename(formula.numbers.value)

    def without(self, one: Statement, formula: _Formula) -> list[Statement]:
        """The nest that filled an array, with what else it does."""
        nest = PerfectNest.of(one)
        assert nest is not None
        left = [s for s in nest.leaf if not (isinstance(s, ir.Store) and s.pointer == formula.pointer)]
        stores = [s for s in left if isinstance(s, ir.Store)]
        needed = NestBody.of(left).needed(*stores)
        return [nest.holding([s for s in left if s in stores or s in needed])] if stores else []

    def held_on(self, body: list[Statement], place: int, last: int, formula: _Formula) -> list[Statement]:
        """Blocks are given back when what they hold has been read."""
        roots = formula.numbers.reads(self.memory)
        early = [s for s in body[place : last + 1] if _releases(s, roots)]
        kept = [s for s in body[place : last + 1] if not _releases(s, roots)]
        return [*body[:place], *kept, *early, *body[last + 1 :]]


def _loads_of(one: Statement, pointer: str) -> list[ir.Load]:
    """The loads by a pointer in a statement, at every depth."""
    parts = (part for s in every((one,)) for part in parts_of(s) if isinstance(part, ir.Load))
    return [part for part in parts if part.pointer == pointer]


def _with(one: Statement, loads: Sequence[ir.Load], value: CExpr) -> Statement:
    """A statement with a value in the place of loads."""
    return with_expressions(one, lambda part: value if part in loads else part)


def _loads_in(body: Sequence[Statement], memory: Memory) -> Counter[str]:
    """How often blocks are read by elements."""
    parts = (part for s in every(tuple(body)) for part in parts_of(s) if isinstance(part, ir.Load))
    return Counter(memory.root(part.pointer) for part in parts)


def _releases(one: Statement, roots: set[str]) -> bool:
    return isinstance(one, ir.Support) and one.macro == "RELEASE" and one.arguments[0] in roots
