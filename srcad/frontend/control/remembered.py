"""Loops that are read again: each begins with what its last reading has found, instead of with nothing.

    for i in range(n):        # read until its head stands still: two or three rounds
        for j in range(m):    # so this one is read in each of them, and what is in it in each of those, ...
            s = s + x[j]      # ... unless it begins with the head that it had when it was read last

What a loop carries grows from round to round of the loop around it, so the head of the last reading is below the one
that is looked for, and one more round shows whether it is that already. Each body is then read about as many times as
there are loops around it, and not a number of times that multiplies with each of them.

What was found is told in terms of the state that the loop was read in then. So the two states are paired off, beginning
with the frames: the variables and cells that the same names stand for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TypeVar

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import ArrayCell, Cell, GrownCell, Twins
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import Parts
from srcad.frontend.core.sharing import TWINS
from srcad.frontend.core.values import ArrayRef, Partial, Ref, Value
from srcad.frontend.core.walk import same
from srcad.trace.nodes import Var

Heap = Mapping[int, Cell]
P = TypeVar("P", bound=Parts)


@dataclass(frozen=True, eq=False)
class FoundHead:
    """What the reading of a loop has found.

    before, after   the state before the loop, and that at the end of a turn
    frames          those of the calls that the loop stands in
    label           that of the lengths that it carries
    idle            how many of the variables that it carries no turn changes
    inner           what the loops in its body have found
    """

    before: Heap
    after: Heap
    frames: tuple[int, ...]
    label: str
    idle: int
    inner: Mapping[Hashable, FoundHead]


@dataclass(eq=False)
class BodyReading(Restorable):
    """One reading of the body of a loop: what the loops in it found in the last one, and in this one."""

    last: Mapping[Hashable, FoundHead] = field(default_factory=dict)
    now: dict[Hashable, FoundHead] = field(default_factory=dict)
    met: Counter[Hashable] = field(default_factory=Counter)

    def again(self) -> None:
        """The body is read once more."""
        self.last, self.now, self.met = self.now or self.last, {}, Counter()

    def arrive(self, m: Machine) -> Hashable:
        """What tells the loop that is read now from the others in this body, those of other turns of it included."""
        place = m.builder.span, m.stack.calls
        self.met[place] += 1
        return *place, self.met[place]


@dataclass(eq=False)
class OpenBodies(Restorable):
    """The bodies that are being read, innermost last; the first one is the whole program."""

    stack: list[BodyReading] = field(default_factory=lambda: [BodyReading()])

    @contextmanager
    def inside(self, found: FoundHead | None) -> Iterator[BodyReading]:
        """The body of a loop is read, perhaps several times."""
        body = BodyReading(found.inner if found is not None else {})
        self.stack.append(body)
        try:
            yield body
        finally:
            self.stack.pop()


def turned(m: Machine, found: FoundHead, base: Heap) -> dict[int, Cell]:
    """The state at the end of a turn, as it was found, in terms of the state before the loop that there is now."""
    pairs = PairedStates(found.before, base)
    for old, new in zip(found.frames, m.stack.frames, strict=False):
        pairs.pair(old, new)
    heap = dict(base)
    for place, cell in found.after.items():
        before = found.before.get(place, m.outside.found.get(place))
        if cell is before:
            continue
        if before is None:
            heap[place] = pairs.moved(cell)
        elif (here := pairs.places.get(place, place)) in base:
            heap[here] = pairs.changed(cell, before, base[here])
    while pairs.unpaired:  # such as a list without a name that was run over, in which an object of the turn stands
        place = pairs.unpaired.pop()
        if place not in heap and place in found.after:
            heap[place] = pairs.moved(found.after[place])
    return heap


@dataclass(eq=False)
class PairedStates:
    """The cells and atoms of two states that the same names stand for.

    `unpaired`: the cells that what has been moved refers to, and no name of both states stands for.
    """

    old: Heap
    new: Heap
    places: dict[int, int] = field(default_factory=lambda: {TWINS: TWINS})
    atoms: dict[Var, Var] = field(default_factory=dict)
    unpaired: list[int] = field(default_factory=list)

    # ---- pairing

    def pair(self, old: int, new: int) -> None:
        """Pair two cells, and what is in them."""
        todo: list[tuple[int, int]] = [(old, new)]
        while todo:
            a, b = todo.pop()
            if a in self.places:
                continue
            self.places[a] = b
            x, y = self.old.get(a), self.new.get(b)
            if x is not None and y is not None:
                todo += self.parts(x, y)

    def parts(self, x: Parts, y: Parts) -> Iterator[tuple[int, int]]:
        """Pair what two values, or two cells, are made of; the cells that they refer to are still to be paired."""
        if isinstance(x, Partial) and not isinstance(y, Partial):
            x = x.value
        if type(x) is not type(y):
            return
        if isinstance(x, (Ref, ArrayRef)) and isinstance(y, (Ref, ArrayRef)):
            yield x.cell, y.cell
        yield from zip(x.cells(), y.cells(), strict=False)
        both = zip(x.atoms(), y.atoms(), strict=False)
        self.atoms.update((a, b) for a, b in both if isinstance(a, Var) and isinstance(b, Var))
        there = dict(zip(y.keys(), y.children(), strict=True))
        for key, child in zip(x.keys(), x.children(), strict=True):
            if key in there:
                yield from self.parts(child, there[key])

    # ---- moving

    def moved(self, whole: P) -> P:
        """A value or cell of the old state, in terms of the new one."""
        return self.with_children(whole, [self.moved(child) for child in whole.children()])

    def changed(self, cell: Cell, before: Cell, here: Cell) -> Cell:
        """A cell that was changed to `cell` from `before`, which is `here` now: what stayed as it was stays."""
        if type(cell) is not type(before) or type(cell) is not type(here):
            return self.moved(cell)
        old = dict(zip(before.keys(), before.children(), strict=True))
        new = dict(zip(here.keys(), here.children(), strict=True))

        def child(key: Hashable, value: Value) -> Value:
            return new[key] if key in old and key in new and same(old[key], value) else self.moved(value)

        return self.with_children(cell, [child(k, v) for k, v in zip(cell.keys(), cell.children(), strict=True)])

    def with_children(self, whole: P, children: Sequence[Value]) -> P:
        if children:
            whole = whole.rebuild(children)
        if atoms := whole.atoms():
            whole = whole.with_atoms([self.atoms.get(a, a) if isinstance(a, Var) else a for a in atoms])
        if cells := whole.cells():
            whole = whole.with_cells([self.place(cell) for cell in cells])
        match whole:
            case Ref() | ArrayRef():
                return replace(whole, cell=self.place(whole.cell))
            case GrownCell():
                return replace(
                    whole, aliases=frozenset(self.all(whole.aliases)), lists=frozenset(self.all(whole.lists))
                )
            case ArrayCell():
                return replace(whole, aliases=frozenset(self.all(whole.aliases)))
            case Twins():
                return replace(whole, pairs=frozenset(frozenset(self.all(pair)) for pair in whole.pairs))
        return whole

    def place(self, old: int) -> int:
        if old not in self.places:
            self.unpaired.append(old)
        return self.places.get(old, old)

    def all(self, places: Iterable[int]) -> Iterator[int]:
        return (self.places.get(place, place) for place in places)


__all__ = ["BodyReading", "FoundHead", "OpenBodies", "turned"]
