"""Gathered: what several nests set or add at shifted places of one array is set at once, place by place.

    for (i = 0; i < n; ++i)                     low = larger(1, 0), high = smaller(n + 1, n)
        y[i + 1] += w[i];                       for (k = 0; k < low; ++k) { if (k >= 1) y[k] += w[k - 1]; ... }
    for (j = 0; j < n; ++j)                     for (k = low; k < high; ++k)
        y[j] += w[j];                               y[k] = (y[k] + w[k - 1]) + w[k];
                                                for (k = high; k < n + 1; ++k) { ... }

So the adjoint of a stencil, which adds what belongs to one element at its neighbours, goes through the array once; and
of a copy whose inside is written over there is left the border. Each element gets what it got, in the order that it got
it. Where the nests did something else, too, they keep that, and the array is set at the place of the last one.

Places are told apart by their coordinates along the axes of the array, as views begin within it and end within it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from typing import TypeVar, cast

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.fused import MOST, is_nest
from srcad.native.passes.given import GivenElements, NumbersOf, given, has_many_nests, may_stand_between
from srcad.native.passes.memory import Alone, Memory
from srcad.native.passes.rewriting import FreshNames, changed, every, parts_of, with_bodies

Fact = TypeVar("Fact")


def gathered(body: tuple[Statement, ...]) -> tuple[Statement, ...]:
    return _Gathering(Memory.of(body), FreshNames.of(body)).block(body)


# ---- which nests


@dataclass
class _Gathering:
    memory: Memory
    names: FreshNames
    known: dict[tuple[int, str], tuple[Statement, tuple[object] | None]] = field(default_factory=dict)

    def block(self, body: tuple[Statement, ...]) -> tuple[Statement, ...]:
        left = [one if is_nest(one) else with_bodies(one, self.block) for one in body]
        while not has_many_nests(left) and (made := self.once(left)) is not None:
            left = made
        return tuple(left)

    def once(self, body: list[Statement]) -> list[Statement] | None:
        """A body in which one more sequence of nests is gathered."""
        for root, places in self.sequences(body):
            for first in range(len(places) - 1):
                made = _NestSequence(self, body, root, tuple(places[first:])).gathered()
                if made is not None:
                    return made
        return None

    def sequences(self, body: Sequence[Statement]) -> Iterator[tuple[str, list[int]]]:
        """Roots, and where nests stand that set them, one behind the other, with nothing in the way."""
        running: dict[str, list[int]] = {}
        for place, one in enumerate(body):
            if not may_stand_between(one):
                yield from running.items()
                running = {}
                continue
            written = self.written(one)
            for root in self.touched(one):
                own = self.given(one, root) if root in written else None
                before = running.get(root, [])
                if own is not None and before and self.fits(own, body[before[-1]], root):
                    before.append(place)
                    continue
                if root in running:
                    yield root, running.pop(root)
                if own is not None or _is_zeros(one):
                    running[root] = [place]
        yield from running.items()

    def fits(self, own: GivenElements, before: Statement, root: str) -> bool:
        """Whether a nest sets elements of an array as the one before does."""
        other = self.given(before, root)
        return _is_zeros(before) or (other is not None and (other.base, other.strides) == (own.base, own.strides))

    # ---- what is known of statements, which are asked again and again

    def given(self, one: Statement, root: str) -> GivenElements | None:
        return self.once_for(one, root, lambda: given(one, root, self.memory))

    def written(self, one: Statement) -> frozenset[str]:
        return self.once_for(one, "written", lambda: _written(one, self.memory))

    def touched(self, one: Statement) -> frozenset[str]:
        return self.once_for(one, "touched", lambda: _touched(one, self.memory) | self.written(one))

    def once_for(self, one: Statement, what: str, found: Callable[[], Fact]) -> Fact:
        known = self.known.setdefault((id(one), what), (one, None))
        if known[1] is None:
            known = self.known[id(one), what] = (one, (found(),))
        return cast(tuple[Fact], known[1])[0]


def _is_zeros(one: Statement) -> bool:
    return isinstance(one, ir.Support) and one.macro == "ZERO"


def _written(one: Statement, memory: Memory) -> frozenset[str]:
    """The roots that a statement sets elements of."""
    if isinstance(one, ir.Support):
        return frozenset({memory.root(str(one.arguments[0]))} if one.macro == "ZERO" else ())
    return frozenset(memory.root(s.pointer) for s in every((one,)) if isinstance(s, ir.Store))


def _touched(one: Statement, memory: Memory) -> frozenset[str]:
    """The roots that a statement reads, or hands on."""
    if isinstance(one, ir.Support):
        names = () if one.macro in ("NEW", "DATA") else one.arguments
        return frozenset(memory.root(a) for a in names if isinstance(a, str))
    reads = {memory.read(part) for s in every((one,)) for part in parts_of(s)}
    return frozenset(memory.root(pointer) for pointer in reads if pointer is not None)


@dataclass(frozen=True)
class _NestSequence:
    """Statements of a body, at `places`, that set a root."""

    gathering: _Gathering
    body: list[Statement]
    root: str
    places: tuple[int, ...]

    @property
    def memory(self) -> Memory:
        return self.gathering.memory

    def gathered(self) -> list[Statement] | None:
        """The body in which the root is set at once, behind the last of these; None where that isn't the same."""
        nests = [place for place in self.places if not _is_zeros(self.body[place])]
        parts = [part for place in nests if (part := self.lasting(place)) is not None]
        zeros = len(nests) < len(self.places)
        if len(parts) < len(nests) or not self.pays(parts, zeros):
            return None
        whole = self.lengths(parts[0]) if zeros else ()
        if whole is None:
            return None
        made = _Emission(self.memory, self.gathering.names, parts, whole).statements()
        return self.rewritten(made, parts, nests)

    def pays(self, parts: Sequence[GivenElements], zeros: bool) -> bool:
        """Whether places differ, or nothing but zeros is there before."""
        if sum(len(part.numbers[0].lets) + 3 for part in parts) > MOST:
            return False
        if len(parts) == 1:
            return parts[0].rest is None
        return zeros or len({(part.starts, part.counts) for part in parts}) > 1

    def lasting(self, place: int) -> GivenElements | None:
        """What a nest gives, read from what is as it was as far as the last of the nests."""
        part = self.gathering.given(self.body[place], self.root)
        numbers = [one for one in part.numbers if self.lasts(place, one)] if part is not None else []
        return replace(part, numbers=(numbers[0],)) if part is not None and numbers else None

    def lasts(self, place: int, numbers: NumbersOf) -> bool:
        first, last = self.places[0], self.places[-1] + 1
        behind = self.body[place + 1 if numbers.kept else place : last]  # the nest itself has put there what is read
        written = {root for one in behind for root in self.gathering.written(one)} | {self.root}
        assigned = {s.name for s in every(tuple(behind)) if isinstance(s, ir.Assign)}
        made = {str(s.arguments[0]) for s in self.body[first:last] if isinstance(s, ir.Support) and s.macro == "NEW"}
        alone = Alone().at(self.body, first) | made
        apart = all(self.memory.apart(a, b, alone) for a in written for b in numbers.reads(self.memory))
        return apart and not numbers.names & assigned

    def lengths(self, part: GivenElements) -> tuple[CExpr, ...] | None:
        """The lengths of the array along the axes, if all of it is filled with zeros at first."""
        zeros = self.body[self.places[0]]
        assert isinstance(zeros, ir.Support)
        pointer, size = zeros.arguments[:2]
        if pointer != part.base or isinstance(size, (str, CType)) or not part.type.is_float:
            return None
        lengths: list[CExpr] = []
        around = self.factors(size)
        for stride in part.strides:
            inside = self.factors(stride)
            if inside - around or around == inside:
                return None
            lengths.append(ir.product(tuple((around - inside).elements())))
            around = inside
        return tuple(lengths) if not around else None

    def factors(self, size: CExpr) -> Counter[CExpr]:
        """What a size is the product of."""
        match size:
            case ir.LocalName(name) if isinstance(self.memory.values.get(name), ir.Apply):
                value = self.memory.values[name]
                return (
                    self.factors(value) if isinstance(value, ir.Apply) and value.op == "multiply" else Counter([size])
                )
            case ir.Apply("multiply", (a, b)):
                return self.factors(a) + self.factors(b)
        return Counter() if size == ir.ONE else Counter([size])

    def rewritten(
        self, whole: Sequence[Statement], parts: Sequence[GivenElements], nests: Sequence[int]
    ) -> list[Statement]:
        rests = {place: part.rest for place, part in zip(nests, parts, strict=True)}
        before: list[Statement] = []
        behind: list[Statement] = []
        for place in range(self.places[0], self.places[-1] + 1):
            one = self.body[place]
            if place in self.places:
                rest = rests.get(place)
                before += [rest] if rest is not None else []
            elif isinstance(one, ir.Support) and one.macro == "RELEASE":
                behind.append(one)
            else:
                before.append(one)
        return [*self.body[: self.places[0]], *before, *whole, *behind, *self.body[self.places[-1] + 1 :]]


# ---- one nest


@dataclass(frozen=True)
class _AxisBounds:
    """Along an axis: where elements are set, `low` to `high`, and between them where all nests set them."""

    low: CExpr
    inner_low: CExpr
    inner_high: CExpr
    high: CExpr


@dataclass(frozen=True)
class _Emission:
    """The statements that set an array: zeros first, if `whole` are its lengths, and then what is given."""

    memory: Memory
    names: FreshNames
    parts: list[GivenElements]
    whole: tuple[CExpr, ...]

    @property
    def strides(self) -> tuple[CExpr, ...]:
        return self.parts[0].strides

    def statements(self) -> list[Statement]:
        lets: list[Statement] = []
        bounds = [self.bounds(axis, lets) for axis in range(len(self.strides))]
        counters = tuple(self.names.like(name) for name in self.parts[-1].counters)
        return [*lets, *self.axis(0, bounds, tuple(ir.LocalName(name, CType.INT64) for name in counters))]

    def bounds(self, axis: int, lets: list[Statement]) -> _AxisBounds:
        starts = self.different([part.starts[axis] for part in self.parts])
        stops = self.different([part.stops[axis] for part in self.parts])
        if self.whole:
            starts = self.different([ir.ZERO, *starts])
            stops = self.different([self.whole[axis], *stops])
        if len(starts) == len(stops) == 1:
            return _AxisBounds(starts[0], starts[0], stops[0], stops[0])
        low = ir.ZERO if ir.ZERO in starts else self.named(reduce(_smaller, starts), "low", lets)
        inner = self.largest([one for one in starts if one != ir.ZERO] or [ir.ZERO], "low", lets)
        least = reduce(_smaller, stops[1:] if self.whole and len(stops) > 1 else stops)
        high = self.whole[axis] if self.whole else self.largest(stops, "high", lets)
        return _AxisBounds(low, inner, self.largest([inner, least], "high", lets), self.named(high, "high", lets))

    def largest(self, exprs: Sequence[CExpr], hint: str, lets: list[Statement]) -> CExpr:
        return reduce(lambda a, b: self.named(_larger(a, b), hint, lets), exprs)

    def different(self, exprs: Sequence[CExpr]) -> list[CExpr]:
        """Expressions that aren't known to be equal."""
        found: list[CExpr] = []
        for one in exprs:
            if not any(one == other or self.memory.equal(one, other) for other in found):
                found.append(one)
        return found

    def named(self, expr: CExpr, hint: str, lets: list[Statement]) -> CExpr:
        if isinstance(expr, (ir.Literal, ir.LocalName)):
            return expr
        name = self.names.like(hint)
        lets.append(ir.Let(name, CType.INT64, expr))
        return ir.LocalName(name, CType.INT64)

    def axis(self, axis: int, bounds: Sequence[_AxisBounds], place: tuple[ir.LocalName, ...]) -> list[Statement]:
        """The loops from an axis on, at a place along those before it."""
        if axis == len(place):
            return self.inside(place)
        own, last = bounds[axis], axis == len(place) - 1
        inner = tuple(self.axis(axis + 1, bounds, place))
        through = ir.For(
            place[axis].name, own.inner_low, own.inner_high, inner, simd=last, apart=axis == 0 and not last
        )
        edges = ((own.low, own.inner_low), (own.inner_high, own.high))
        return [*self.edges(axis, [(a, b) for a, b in edges if a != b], place[:axis]), through]

    def edges(
        self, axis: int, spans: Sequence[tuple[CExpr, CExpr]], ahead: tuple[ir.LocalName, ...]
    ) -> list[Statement]:
        """Where some nests set elements, and others don't: before all do, and behind."""
        if not spans:
            return []
        counter, side = (self.names.like(name) for name in (self.parts[-1].counters[axis], "side"))
        body = self.edge(axis, (*ahead, ir.LocalName(counter, CType.INT64)))
        few = axis == len(self.strides) - 1
        if len(spans) == 1:
            return [ir.For(counter, *spans[0], body, few=few)]
        is_first = ir.equal(ir.LocalName(side, CType.INT64), ir.ZERO)
        lets: list[Statement] = []
        first, stop = (self.named(_selected(is_first, *ends), "end", lets) for ends in zip(*spans, strict=True))
        return [ir.For(side, ir.ZERO, ir.integer(2), (*lets, ir.For(counter, first, stop, body, few=few)))]

    def edge(self, axis: int, ahead: tuple[ir.LocalName, ...]) -> tuple[Statement, ...]:
        body = self.nest(GivenElements.zeros(self.parts[0], self.whole), ahead) if self.whole else []
        for part in self.parts:
            conditions = []
            if part.starts[axis] != ir.ZERO:
                conditions.append(ir.Apply("less_equal", (part.starts[axis], ahead[axis]), CType.BOOL))
            if not self.whole or part.stops[axis] != self.whole[axis]:
                conditions.append(ir.Apply("less", (ahead[axis], part.stops[axis]), CType.BOOL))
            inner = tuple(self.nest(part, ahead))
            both = reduce(lambda a, b: ir.Apply("and", (a, b), CType.BOOL), conditions) if conditions else None
            body += inner if both is None else (ir.If(both, inner),)
        return tuple(body)

    def nest(self, part: GivenElements, ahead: tuple[ir.LocalName, ...]) -> list[Statement]:
        """What one nest gives at coordinates along the first axes."""
        rest = range(len(ahead), len(self.strides))
        counters = [ir.LocalName(self.names.like(part.counters[axis]), CType.INT64) for axis in rest]
        own = [ir.subtract(k, start) for k, start in zip(ahead, part.starts, strict=False)]
        place = [*ahead, *(ir.add(k, part.starts[axis]) for k, axis in zip(counters, rest, strict=True))]
        lets, value = self.numbers(part, [*own, *counters])
        index = self.index(place)
        there = ir.Load(part.base, index, part.type)
        new = ir.Apply(part.op, (there, value), part.type) if part.op else value
        body: tuple[Statement, ...] = (*lets, ir.Store(part.base, index, new, part.type))
        for counter, axis in zip(reversed(counters), reversed(rest), strict=True):
            body = (ir.For(counter.name, ir.ZERO, part.counts[axis], body, simd=axis == len(self.strides) - 1),)
        return list(body)

    def inside(self, place: tuple[ir.LocalName, ...]) -> list[Statement]:
        """What all nests give at a place."""
        base, type, index = self.parts[0].base, self.parts[0].type, self.index(place)
        first = max((k for k, part in enumerate(self.parts) if not part.op), default=0)  # what was there before is gone
        made: list[Statement] = []
        value: CExpr = ir.Literal(0.0, type) if self.whole else ir.Load(base, index, type)
        for part in self.parts[first:]:
            lets, own = self.numbers(part, [ir.subtract(k, start) for k, start in zip(place, part.starts, strict=True)])
            value = ir.Apply(part.op, (value, own), type) if part.op else own
            made += lets
            if isinstance(value, ir.Apply):
                name = self.names.like("sum")
                made.append(ir.Let(name, type, value))
                value = ir.LocalName(name, type)
        return [*made, ir.Store(base, index, value, type)]

    def numbers(self, part: GivenElements, counters: Sequence[CExpr]) -> tuple[list[Statement], CExpr]:
        """The numbers that a nest gives, where its counters are these."""
        named: dict[str, CExpr] = dict(zip(part.counters, counters, strict=True))
        lets: list[Statement] = []
        (numbers,) = part.numbers
        for let in numbers.lets:
            new = ir.LocalName(self.names.like(let.name), let.type)
            lets.append(ir.Let(new.name, new.type, _renamed(let.value, named)))
            named[let.name] = new
        return lets, _renamed(numbers.value, named)

    def index(self, place: Sequence[CExpr]) -> CExpr:
        return reduce(ir.add, (ir.times(k, stride) for k, stride in zip(place, self.strides, strict=True)))


def _renamed(expr: CExpr, named: Mapping[str, CExpr]) -> CExpr:
    return changed(expr, lambda part: named.get(part.name, part) if isinstance(part, ir.LocalName) else part)


def _selected(condition: CExpr, a: CExpr, b: CExpr) -> CExpr:
    return ir.Apply("select", (condition, a, b), CType.INT64)


def _smaller(a: CExpr, b: CExpr) -> CExpr:
    return ir.Apply("smaller", (a, b), CType.INT64)


def _larger(a: CExpr, b: CExpr) -> CExpr:
    return ir.add(a, ir.Apply("bound_below", (ir.subtract(b, a),), CType.INT64))
