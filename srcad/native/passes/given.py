"""What a nest gives to an array, as `gathered` takes it out of the nest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from srcad.native import ir
from srcad.native.ir import CExpr, CType, Statement
from srcad.native.passes.fused import FIRST, LATER
from srcad.native.passes.memory import Memory
from srcad.native.passes.rewriting import every, parts_of, reads_lists

MANY = 48  # nests in one body: with more it would take long to find out which belong together
CHEAP = 4  # numbers that are computed again, rather than read
ARITHMETIC = frozenset(("add", "subtract", "multiply", "negative", "select"))
# what comes to the same in vectors; functions of the library differ in the last place
EXACT = ARITHMETIC | {
    *("divide", "sqrt", "fabs", "truth", "and", "or", "not", "logical_and", "logical_or", "logical_not"),
    *("less", "less_equal", "greater", "greater_equal", "equal", "not_equal"),
}


@dataclass(frozen=True)
class NumbersOf:
    """How a number is computed at a place: what has to be known, in order. `kept`: it is read where a nest puts it."""

    lets: tuple[ir.Let, ...]
    value: CExpr
    kept: bool = False

    @property
    def parts(self) -> list[CExpr]:
        """All expressions that are part of it."""
        exprs = [*(let.value for let in self.lets), self.value]
        return [part for expr in exprs for part in parts_of(ir.Fail(expr, ""))]

    def reads(self, memory: Memory) -> set[str]:
        """The roots of what it reads."""
        found = {memory.read(part) for part in self.parts}
        return {memory.root(pointer) for pointer in found if pointer is not None}

    @property
    def names(self) -> set[str]:
        return {part.name for part in self.parts if isinstance(part, ir.LocalName)}


@dataclass(frozen=True)
class GivenElements:
    """What a nest sets, or adds, at each of its places.

    base, strides   of the array: the pointer to it, and how many elements it is to the next one along each axis
    counters        of the nest's loops, one for each axis
    starts, counts  the first of its places along each axis, and how many there are
    op              what is done with what is there, "add" or "subtract"; none: the number stands instead of it
    type            of the elements
    numbers         how the number may be computed, the best way first
    rest            what else the nest does
    """

    base: str
    strides: tuple[CExpr, ...]
    counters: tuple[str, ...]
    starts: tuple[CExpr, ...]
    counts: tuple[CExpr, ...]
    op: str
    type: CType
    numbers: tuple[NumbersOf, ...]
    rest: ir.For | None = None

    @property
    def stops(self) -> tuple[CExpr, ...]:
        return tuple(map(ir.add, self.starts, self.counts))

    @classmethod
    def zeros(cls, like: GivenElements, lengths: tuple[CExpr, ...]) -> GivenElements:
        numbers = NumbersOf((), ir.Literal(0.0, like.type))
        starts = (ir.ZERO,) * len(lengths)
        return replace(like, starts=starts, counts=lengths, op="", numbers=(numbers,), rest=None)


def given(one: Statement, root: str, memory: Memory) -> GivenElements | None:
    """What a statement gives to the array with this root, if it is a nest that sets each of its elements once."""
    nest = PerfectNest.of(one)
    if nest is None:
        return None
    body = NestBody.of(nest.leaf)
    stores = [s for s in body.stores if memory.root(s.pointer) == root]
    if len(stores) != 1 or stores[0].value.type is not stores[0].type:
        return None
    (store,) = stores
    counters = tuple(loop.index for loop in nest.loops)
    strides = index_strides(store.index, counters)
    place = None if strides is None else _place(store.pointer, strides, memory)
    if strides is None or place is None or not all(_is_fixed(stride, memory) for stride in strides):
        return None
    op, value = body.change(store)
    left = [s for s in body.stores if s is not store]
    needed = body.needed(*left)
    rest = [s for s in nest.leaf if s in needed or any(s is one for one in left)]
    numbers = tuple(way for way in body.ways(value, left, memory) if root not in way.reads(memory))
    if not numbers or any(pointer is not None and memory.root(pointer) == root for pointer in _read_in(rest, memory)):
        return None
    counts = tuple(loop.stop for loop in nest.loops)
    kept = nest.holding(rest) if left else None
    return GivenElements(place[0], strides, counters, place[1], counts, op, store.type, numbers, kept)


def _read_in(body: Sequence[Statement], memory: Memory) -> Iterator[str | None]:
    return (memory.read(part) for one in body for part in parts_of(one))


@dataclass(frozen=True)
class PerfectNest:
    """Loops that begin with 0 and hold nothing but each other, the innermost one numbers and stores."""

    loops: tuple[ir.For, ...]

    @classmethod
    def of(cls, one: Statement) -> PerfectNest | None:
        loops: list[ir.For] = []
        while isinstance(one, ir.For) and one.start == ir.ZERO and not one.sums:
            loops.append(one)
            if len(one.body) == 1 and isinstance(one.body[0], ir.For):
                one = one.body[0]
                continue
            plain = all(isinstance(s, (ir.Let, ir.Store, ir.Comment)) for s in one.body)
            return cls(tuple(loops)) if plain and one.simd else None
        return None

    @property
    def leaf(self) -> tuple[Statement, ...]:
        return self.loops[-1].body

    def holding(self, leaf: Sequence[Statement]) -> ir.For:
        """The loops, with something else in them."""
        made = replace(self.loops[-1], body=tuple(leaf))
        for loop in reversed(self.loops[:-1]):
            made = replace(loop, body=(made,))
        return made


@dataclass(frozen=True)
class NestBody:
    """What stands in the innermost loop."""

    lets: dict[str, ir.Let]
    stores: tuple[ir.Store, ...]

    @classmethod
    def of(cls, leaf: Sequence[Statement]) -> NestBody:
        lets = {one.name: one for one in leaf if isinstance(one, ir.Let)}
        return cls(lets, tuple(one for one in leaf if isinstance(one, ir.Store)))

    def meant(self, expr: CExpr) -> CExpr:
        """What a name stands for, if that is no other name."""
        while isinstance(expr, ir.LocalName) and expr.name in self.lets:
            expr = self.lets[expr.name].value
        return expr

    def origin(self, expr: CExpr) -> CExpr:
        """The first name of a number."""
        while isinstance(expr, ir.LocalName) and expr.name in self.lets:
            value = self.lets[expr.name].value
            if not isinstance(value, ir.LocalName):
                break
            expr = value
        return expr

    def change(self, store: ir.Store) -> tuple[str, CExpr]:
        """What a store does with what is there, and with which number."""
        if store.add:
            return "add", store.value
        match self.meant(store.value):
            case ir.Apply("add" | "subtract" as op, (there, value), type) if type is store.type:
                if self.meant(there) == ir.Load(store.pointer, store.index, store.type):
                    return op, value
        return "", store.value

    def needed(self, *wanted: CExpr | ir.Store) -> list[ir.Let]:
        """The numbers that must be known for expressions and stores, in order."""
        names: set[str] = set()
        exprs = [e for one in wanted for e in ((one.index, one.value) if isinstance(one, ir.Store) else (one,))]
        while exprs:
            for part in parts_of(ir.Fail(exprs.pop(), "")):
                if isinstance(part, ir.LocalName) and part.name in self.lets and part.name not in names:
                    names.add(part.name)
                    exprs.append(self.lets[part.name].value)
        return [let for name, let in self.lets.items() if name in names]

    def ways(self, value: CExpr, left: Sequence[ir.Store], memory: Memory) -> Iterator[NumbersOf]:
        """How a number may be had: computed, where that is cheap or done for nothing else, or read where it is kept."""
        own, others = self.needed(value), self.needed(*left)
        again = [_operation(let.value) for let in own if let in others and _operation(let.value)]
        computed = NumbersOf(tuple(own), value)
        exact = all(op in EXACT for part in computed.parts if (op := _operation(part)) and part.type is not CType.INT64)
        if exact and len(again) <= CHEAP and ARITHMETIC.issuperset(again):
            yield computed
        roots = Counter(memory.root(store.pointer) for store in left)
        for store in left:
            same = self.origin(store.value) == self.origin(value) and store.type is value.type
            if same and not store.add and roots[memory.root(store.pointer)] == 1:
                yield NumbersOf((), ir.Load(store.pointer, store.index, store.type), kept=True)


def _operation(expr: CExpr) -> str:
    match expr:
        case ir.Apply(op):
            return op
        case ir.Cast():
            return "truth"
    return ""


# ---- statements between nests


def has_many_nests(body: Sequence[Statement]) -> bool:
    return sum(isinstance(one, ir.For) for one in body) > MANY


def may_stand_between(one: Statement) -> bool:
    """Whether a statement sets elements by loops at most, makes blocks, or gives them back."""
    match one:
        case ir.For():
            inside = list(every((one,)))
            plain = all(isinstance(s, (ir.For, ir.If, ir.Let, ir.Assign, ir.Store, ir.Comment)) for s in inside)
            return plain and not any(map(reads_lists, inside))
        case ir.Let() | ir.Fail():
            return not reads_lists(one) and not any(isinstance(part, ir.Load) for part in parts_of(one))
        case ir.Support(macro):
            return macro in FIRST | LATER
    return isinstance(one, (ir.Pointer, ir.Comment))


# ---- places


def _terms(expr: CExpr) -> Iterator[CExpr]:
    match expr:
        case ir.Apply("add", (a, b), CType.INT64):
            yield from _terms(a)
            yield from _terms(b)
        case _:
            yield expr


def index_strides(index: CExpr, counters: Sequence[str]) -> tuple[CExpr, ...] | None:
    """By how many elements an index goes on with each counter; None if it is something else, or by as many for two."""
    found: dict[str, CExpr] = {}
    for term in _terms(index):
        match term:
            case ir.LocalName(name) if name in counters and name not in found:
                found[name] = ir.ONE
            case ir.Apply("multiply", (ir.LocalName(name), stride)) if name in counters and name not in found:
                found[name] = stride
            case _:
                return None
    strides = tuple(found[name] for name in counters if name in found)
    return strides if len(strides) == len(counters) == len(set(strides)) else None


def _is_fixed(stride: CExpr, memory: Memory) -> bool:
    """Whether a stride is a length, or a product of lengths: no 0 for what is stretched, and nothing backwards."""
    match stride:
        case ir.Literal(value):
            return value > 0
        case ir.LocalName(name) if name in memory.values and isinstance(memory.values[name], ir.Apply):
            return _is_length(memory.values[name]) or _is_fixed(memory.values[name], memory)
        case ir.LocalName(name):
            return name in memory.lengths
        case ir.Apply("multiply", (a, b)):
            return _is_fixed(a, memory) and _is_fixed(b, memory)
    return False


def _is_length(value: CExpr) -> bool:
    match value:
        case ir.Apply("subtract", (ir.Literal(0), _)):
            return False
        case ir.Apply(op):
            return op in ("add", "subtract", "count", "turns") or op.startswith("length:")
    return False


def _place(pointer: str, strides: Sequence[CExpr], memory: Memory) -> tuple[str, tuple[CExpr, ...]] | None:
    """The array that a pointer leads into, and the coordinates of where."""
    starts: list[CExpr] = [ir.ZERO] * len(strides)
    while pointer in memory.picks:
        for term in _terms(memory.picks[pointer].offset):
            along = _along(term, strides)
            if along is None:
                return None
            starts[along[0]] = ir.add(starts[along[0]], along[1])
        pointer = memory.picks[pointer].source
    return pointer, tuple(starts)


def _along(term: CExpr, strides: Sequence[CExpr]) -> tuple[int, CExpr] | None:
    """Along which axis a part of an offset goes, and how far."""
    for axis, stride in enumerate(strides):
        match term:
            case _ if stride == ir.ONE:
                continue
            case ir.Apply("multiply", (start, other)) if other == stride:
                return axis, start
            case ir.Apply("multiply", (other, start)) if other == stride:
                return axis, start
            case _ if term == stride:
                return axis, ir.ONE
    if ir.ONE not in strides or (len(strides) > 1 and isinstance(term, ir.Apply) and term.op == "multiply"):
        return None  # so many rows of another kind
    return strides.index(ir.ONE), term
