"""Joining two states of the program: those of two branches, or those before and after a turn of a loop.

    if c:              v3 = if c {v1 = x * 2; yield v1} else {yield x}
        y = x * 2  ->  y is v3
    else:
        y = x

A value that differs becomes a variable that both sides yield to. Structures are joined part by part; the names that
share an array on one side and not on the other may share memory afterwards, and a write to it makes the others unsure.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

from srcad.errors import NotYetSupported
from srcad.frontend.core.arithmetic import number
from srcad.frontend.core.cells import (
    ArrayCell,
    Cell,
    DictCell,
    EitherCell,
    FrameCell,
    GrownCell,
    Housed,
    InstanceCell,
    ListCell,
    Lost,
    Twins,
)
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.parts import Parts
from srcad.frontend.core.selected import SelectedCell, ways_of
from srcad.frontend.core.sharing import CheckedHeap, Origins, relate, relations
from srcad.frontend.core.suspended import CursorCell, GeneratorCell, IteratorCell, Progress, both
from srcad.frontend.core.values import (
    UNDEFINED_VALUE,
    ArrayRef,
    Choice,
    Iter,
    Method,
    Mixed,
    Num,
    Obj,
    Partial,
    Ref,
    Static,
    Undef,
    Value,
    Word,
)
from srcad.frontend.core.walk import same
from srcad.frontend.memory import sides
from srcad.frontend.memory.arrays import load, refuse_mixed, to_atom
from srcad.frontend.memory.either import either_of, item_by_item
from srcad.frontend.memory.homes import MOST_CHOICES, both_grown, cell_of, chosen_among, one_home
from srcad.frontend.memory.joins import (
    alike,
    as_float,
    has_value,
    identity,
    in_one_order,
    is_none,
    joined_type,
    missing,
    same_constant,
    ways,
)
from srcad.frontend.memory.layouts import joined as joined_layouts
from srcad.frontend.memory.number_kinds import numbers_enter
from srcad.frontend.memory.objects import get_attribute
from srcad.frontend.memory.selection import each
from srcad.frontend.memory.sides import NoNumber, PlaceNumbers, Side
from srcad.frontend.memory.tables import as_table
from srcad.frontend.memory.words import numbers_of
from srcad.trace.nodes import Atom, Const, Region, Var
from srcad.trace.types import Array, Type, Unknown
from srcad.trace.walk import defined

Key = tuple[Hashable, ...]
AnyList = ListCell | GrownCell
K = TypeVar("K", bound=Hashable)
P = TypeVar("P", bound=Parts)
MOST_WAYS = 64  # for each of them, what uses the value is read once


@dataclass(eq=False)
class Merger:
    """Joins the states of two sides. `variable(key, a, b, type)` gives the variable that the atoms a and b join to."""

    m: Machine
    a: Side
    b: Side
    variable: Callable[[Key, Atom, Atom, Type], Var]
    condition: Var | None = None
    partial: bool = False  # what one side alone gives a value is noted as such
    inside: frozenset[Var] | None = None  # of a loop: the variables that stand for another value in each turn
    cells: dict[Hashable, int] = field(default_factory=dict)
    groups: dict[Key, int] = field(default_factory=dict)
    versions: dict[Key, object] = field(default_factory=dict)
    origins: Origins = field(default_factory=dict)
    boxes: tuple[dict[int, GrownCell], dict[int, GrownCell]] = field(default_factory=lambda: ({}, {}))

    # ---- states

    def heaps(self) -> dict[int, Cell]:
        """The joined heap: every cell that both sides have."""
        for side in (self.a, self.b):  # an object of the world outside that only one side has met is as it was
            side.heap.update({k: cell for k, cell in self.m.outside.found.items() if k not in side.heap})
        joined = CheckedHeap()
        self.m.heap, before = joined, self.m.heap
        joined.update({i: c for i, c in before.items() if i in self.a.heap and i in self.b.heap})
        for cell_id in list(joined):
            a, b = self.a.heap.get(cell_id), self.b.heap.get(cell_id)
            if a is not b and a is not None and b is not None:
                joined[cell_id] = self.cell((cell_id,), (cell_id, cell_id), a, b)
        return joined

    def settle(self) -> None:
        """Once everything is joined: what the new cells share."""
        if self.origins:
            rows = zip((self.a.heap, self.b.heap), self.boxes, zip(*self.origins.values(), strict=True), strict=True)
            one, two = (relations(heap, grown, frozenset(k for k in old if k is not None)) for heap, grown, old in rows)
            relate(self.m.heap, self.origins, (one, two))
            self.origins.clear()

    def new(self, cell: Cell, a: int | None, b: int | None) -> int:
        """A cell for what is cell `a` on the one side and `b` on the other."""
        made = self.m.allocate(cell)
        self.origins[made] = (a, b)
        return made

    def cell(self, key: Key, ids: tuple[int, int], a: Cell, b: Cell) -> Cell:
        m, one, two = self.m, self.a, self.b
        a, b = as_table(m, one.heap, one.equations, a, b), as_table(m, two.heap, two.equations, b, a)
        match a, b:
            case Lost(), _:
                return a
            case _, Lost():
                return b
            case Twins(), Twins():
                return Twins(a.pairs | b.pairs)
            case FrameCell(), FrameCell():
                return FrameCell(a.code, self.names(key, a.names, b.names), a.parent)
            case ArrayCell(), ArrayCell():
                return self.array_cell(key, a, b)
            case SelectedCell(), SelectedCell():
                return replace(a, var=a.var if a.var is b.var else None)
            case InstanceCell(), InstanceCell():
                return self.instance_cell(key, ids, a, b)
            case DictCell(), DictCell():
                return self.dict_cell(key, ids, a, b)
            case ListCell() | GrownCell(), ListCell() | GrownCell():
                return self.list_cell(key, ids, a, b)
            case ListCell() | GrownCell() | EitherCell(), ListCell() | GrownCell() | EitherCell():
                return self.one_of_two(key, a, b)
            case IteratorCell(), IteratorCell():
                return self.iterator_cell(key, a, b)
            case CursorCell(), CursorCell() if a.rest() == b.rest():
                return a.rebuild(self.each(key, a, b))
            case GeneratorCell(), GeneratorCell():
                return replace(a, progress=both(a.progress, b.progress), value=self.value(key, a.value, b.value))
        self.m.bug("two states of one object are of different kinds")

    def iterator_cell(self, key: Key, a: IteratorCell, b: IteratorCell) -> IteratorCell:
        """An iterator of which items have been taken on both ways; on a way where none has been, it is opened."""
        a, b = sides.opened_as(self.m, self.a, a, b), sides.opened_as(self.m, self.b, b, a)
        joined = both(a.progress, b.progress) if (a.left is None) == (b.left is None) else Progress.UNSURE
        assert isinstance(joined, Progress)
        if a.left is None or b.left is None:
            return replace(a, progress=joined, left=None)
        return replace(a.rebuild(self.each(key, a, b)), progress=joined)

    def instance_cell(self, key: Key, ids: tuple[int, int], a: InstanceCell, b: InstanceCell) -> InstanceCell:
        if a.home is not None or b.home is not None:
            home, a, b = self.homes(key, ids, a, b)
            if home is not None:
                return a.rebuild((home,))
        a, b = self.with_defaults(self.a, ids[0], a, b), self.with_defaults(self.b, ids[1], b, a)
        fields = self.names(key, a.entries(), b.entries())
        joined = replace(a, fields=tuple(fields.items()), unsure=missing(a, b) if a.origin is None else a.unsure)
        joined = replace(joined, changed=a.changed or b.changed)
        return joined if a.origin is b.origin else replace(joined, origin=None, path=None, free=a.free or b.free)

    def homes(self, key: Key, ids: tuple[int, int], a: P, b: P) -> tuple[ArrayRef | None, P, P]:
        """The place in a list that an object has on both sides; else both as objects of their own."""
        one, two = (self.a.heap, self.a.equations, ids[0]), (self.b.heap, self.b.equations, ids[1])
        return one_home(self.m, (one, a), (two, b), lambda k, x, y: self.atoms((*key, "place", k), x, y))

    def dict_cell(self, key: Key, ids: tuple[int, int], a: DictCell, b: DictCell) -> DictCell:
        if a.home is not None or b.home is not None:
            home, a, b = self.homes(key, ids, a, b)
            if home is not None:
                return a.rebuild((home,))
        first, ordered = in_one_order(tuple(a.entries()), tuple(b.entries()))
        joined = self.names(key, a.entries(), b.entries())
        items = {name: joined[name] for name in first}
        factory = a.factory
        if a.factory is not None and b.factory is not None:
            factory = self.value((*key, "factory"), a.factory, b.factory)
        ordered = ordered and a.ordered and b.ordered
        return replace(a, items=tuple(items.items()), unsure=missing(a, b), factory=factory, ordered=ordered)

    def with_defaults(self, side: Side, cell_id: int, mine: InstanceCell, other: InstanceCell) -> InstanceCell:
        """The instance with the attributes that the other side has: of its class, or its own and not read yet."""
        fields = dict(mine.fields)
        for name, _ in other.fields:
            there = hasattr(mine.cls, name) if mine.origin is None else mine.has_outside(name)
            if name not in fields and there:
                with self.m.on_side(side.heap, side.equations):
                    fields[name] = get_attribute(self.m, Ref(cell_id), name)
        return replace(mine, fields=tuple(fields.items()))

    def names(self, key: Key, a: Mapping[K, Value], b: Mapping[K, Value]) -> dict[K, Value]:
        every = {**a, **b}
        return {
            name: self.value((*key, name), a.get(name, UNDEFINED_VALUE), b.get(name, UNDEFINED_VALUE)) for name in every
        }

    def array_cell(self, key: Key, a: ArrayCell, b: ArrayCell) -> ArrayCell:
        var = self.atoms((*key, "array"), a.var, b.var)
        contiguous = joined_layouts(a.contiguous, b.contiguous)
        return ArrayCell(var, a.aliases | b.aliases, a.poison or b.poison, contiguous, a.given and b.given)

    def list_cell(self, key: Key, ids: tuple[int, int], a: AnyList, b: AnyList) -> Cell:
        known = item_by_item(key, a, b, self.each)
        if known is not None:
            return known
        before = [side.kept() for side in (self.a, self.b)]
        with self.m.attempt(NotYetSupported, when=lambda refused: refused.unsettled) as tried:
            one, two, form = both_grown(self.m, (self.a.heap, self.a.equations, a), (self.b.heap, self.b.equations, b))
        if tried.error is not None:
            for undo in before:
                undo()
            return self.one_of_two(key, a, b)
        self.boxes[0][ids[0]], self.boxes[1][ids[1]] = one, two
        var = self.atoms((*key, "list"), one.var, two.var)
        aliases, lists = one.aliases | two.aliases, one.lists | two.lists
        places = self.version((*key, "places"), one.places, two.places)
        inner = self.version((*key, "inside"), one.inside, two.inside)
        content = self.version((*key, "content"), one.content, two.content)
        twice = one.repeated or two.repeated
        poison = one.poison or two.poison
        return GrownCell(var, poison, aliases, lists, places, inner, content, a.most, twice, form, one.is_tuple)

    def one_of_two(self, key: Key, a: AnyList | EitherCell, b: AnyList | EitherCell) -> Cell:
        """A list that one variable can't hold, as it is one of two."""
        kept = item_by_item(key, a, b, self.each)
        if kept is not None or self.condition is None or isinstance(a, GrownCell) or isinstance(b, GrownCell):
            return kept or Lost(self.m.builder.span, kinds=True)
        then, otherwise = self.yielded((*key, "then"), a, self.a, True), self.yielded((*key, "else"), b, self.b, False)
        return either_of(self.m, self.condition, then, otherwise)

    def each(self, key: Key, a: Parts, b: Parts) -> list[Value]:
        """The children of both, joined one by one."""
        rows = zip(a.keys(), a.children(), b.children(), strict=True)
        return [self.value((*key, name), x, y) for name, x, y in rows]

    def version(self, key: Key, a: object, b: object) -> object:
        return a if a is b else self.versions.setdefault(key, object())

    # ---- values

    def value(self, key: Key, a: Value, b: Value) -> Value:
        if same(a, b):
            return a
        match a, b:
            case Mixed(), _:
                return a
            case _, Mixed():
                return b
            case (Undef() | Partial(), _) | (_, Undef() | Partial()):
                return self.half_defined(key, a, b)
            case Ref(), Ref():
                return self.refs(key, a, b)
            case (ArrayRef(), _) | (_, ArrayRef()):
                return self.arrays(key, a, b)
        word = self.word(key, a, b) if isinstance(a, Choice) else None
        if word is not None:
            return word
        if a.children() and type(a) is type(b) and a.rest() == b.rest():
            made = a.rebuild(self.each(key, a, b))
            apart = isinstance(a, (Iter, Method)) and any(isinstance(part, Choice) for part in made.children())
            return self.choice(key, a, b) if apart else made
        return self.scalars(key, a, b)

    def half_defined(self, key: Key, a: Value, b: Value) -> Value:
        """A name that has no value on one side: where it is read afterwards, the run asks its flag.

        A side that has left the function counts as if it had set all names: there nobody reads them.
        """
        plain_a = a.value if isinstance(a, Partial) else a
        plain_b = b.value if isinstance(b, Partial) else b
        match plain_a, plain_b:
            case Undef(), Undef():
                return UNDEFINED_VALUE
            case Undef(), _:
                made = self.one_sided(key, plain_b, self.b, first=False)
            case _, Undef():
                made = self.one_sided(key, plain_a, self.a, first=True)
            case _:
                made = self.value(key, plain_a, plain_b)
        hidden = isinstance(key[-1], str) and key[-1].startswith("$")
        if hidden:
            return made
        flags = has_value(a, not self.partial), has_value(b, not self.partial)
        defined = self.atoms((*key, "defined"), *flags)
        return Partial(made, defined) if defined.number is not True else made

    def one_sided(self, key: Key, value: Value, side: Side, first: bool) -> Value:
        """What is left of a value that only one side has: its variables must be yielded to be seen outside."""
        match value:
            case ArrayRef():
                return self.one_sided_array(key, value, side, first)
            case Ref():
                return Ref(self.one_sided_cell(key, value.cell, side, first))
        return self.yielded(key, value, side, first)

    def yielded(self, key: Key, whole: P, side: Side, first: bool) -> P:
        """A value or cell that one side alone has, with all of its variables yielded by that side."""
        rows = zip(whole.keys(), whole.children(), strict=True)
        children = [self.one_sided((*key, name), child, side, first) for name, child in rows]
        atoms = whole.atoms()
        keys = [key] if len(atoms) == 1 else [(*key, k) for k in range(len(atoms))]
        outside = [self.yielded_atom(one, atom, first) for one, atom in zip(keys, atoms, strict=True)]
        cells = [self.one_sided_cell((*key, "beside"), cell, side, first) for cell in whole.cells()]
        whole = whole.with_cells(cells) if cells else whole
        return whole.rebuild(children).with_atoms(outside) if children or outside else whole

    def yielded_atom(self, key: Key, atom: Atom, first: bool) -> Atom:
        """A variable that only one side has, as it is seen outside; it has no value on the other side."""
        if isinstance(atom, Const):
            return atom
        other = sides.without_items(self.m, self.b if first else self.a, atom.type)
        return self.atoms(key, *((atom, other) if first else (other, atom)))

    def one_sided_array(self, key: Key, value: ArrayRef, side: Side, first: bool) -> Value:
        both = value.cell in self.a.heap and value.cell in self.b.heap
        if both and not value.path:
            return value
        seen = self.outside(key, value, side, first) if self.m.known.selecting else None
        if seen is not None:
            return seen
        memo = ("one", value.rest(), first)
        if memo not in self.cells:
            with self.m.on_side(side.heap, side.equations):
                content = load(self.m, value)
            var = self.yielded_atom((*key, "array"), content, first)
            contiguous = sides.layout_of(side, value)
            ids = (value.cell, None) if first else (None, value.cell)
            self.cells[memo] = self.new(cell_of(side.heap, value, var) or ArrayCell(var, contiguous=contiguous), *ids)
        is_array = isinstance(self.m.heap[self.cells[memo]], ArrayCell)
        return ArrayRef(self.cells[memo]) if is_array else Ref(self.cells[memo])

    def one_sided_cell(self, key: Key, place: int, side: Side, first: bool) -> int:
        """A container, the frame of a closure or of a generator, or how far an iterator has come."""
        if place in self.a.heap and place in self.b.heap:
            return place
        memo = ("one", place, first)
        if memo not in self.cells:
            self.cells[memo] = self.new(ListCell(()), *((place, None) if first else (None, place)))
            cell = side.heap.get(place, ListCell(()))
            self.m.heap[self.cells[memo]] = self.one_sided_content(key, cell, side, first)
        return self.cells[memo]

    def one_sided_content(self, key: Key, cell: Cell, side: Side, first: bool) -> Cell:
        if isinstance(cell, Housed) and cell.at_home is not None:
            return cell.rebuild((self.one_sided_home(key, cell.at_home, side, first),))
        return self.yielded((*key, "list") if isinstance(cell, GrownCell) else key, cell, side, first)

    def one_sided_home(self, key: Key, home: ArrayRef, side: Side, first: bool) -> ArrayRef:
        """The place of an object that only one side has, in a list that may be of that side as well."""
        whole = self.one_sided((*key, "home"), Ref(home.cell), side, first)
        assert isinstance(whole, Ref)
        atoms = [self.yielded_atom((*key, "place", k), atom, first) for k, atom in enumerate(home.atoms())]
        return replace(home, cell=whole.cell).with_atoms(atoms)

    def refs(self, key: Key, a: Ref, b: Ref) -> Value:
        """Two containers: a new one with the joined content, if they are alike."""
        memo = (a.cell, b.cell)
        if memo not in self.cells:
            x, y = self.complete(self.a, a), self.complete(self.b, b)
            kept = any(ref.cell in self.a.heap and ref.cell in self.b.heap for ref in (a, b))
            kept = kept and not all(isinstance(cell, Housed) and cell.at_home is not None for cell in (x, y))
            if not alike(x, y) or (self.m.known.selecting and self.condition is not None and kept):
                return self.choice(key, a, b)
            self.cells[memo] = self.new(ListCell(()), *memo)
            self.m.heap[self.cells[memo]] = self.cell(key, memo, x, y)
        self.groups[key] = self.cells[memo]
        return Ref(self.cells[memo])

    def complete(self, side: Side, ref: Ref) -> Cell:
        """The cell; of a dataclass from outside with all of its fields read, so that it can be joined with another."""
        cell = side.heap.get(ref.cell, ListCell(()))
        if isinstance(cell, InstanceCell) and cell.origin is not None and dataclasses.is_dataclass(cell.cls):
            with self.m.on_side(side.heap, side.equations):
                for field_ in dataclasses.fields(cell.cls):
                    get_attribute(self.m, ref, field_.name)
        return side.heap.get(ref.cell, cell)

    def arrays(self, key: Key, a: Value, b: Value) -> Value:
        """An array on one side at least: a cell of its own, which may share memory with those it comes from."""
        memo = (identity(a), identity(b))
        if memo in self.cells:
            self.groups[key] = self.cells[memo]
            return ArrayRef(self.cells[memo])
        if self.m.known.selecting and isinstance(a, ArrayRef) and isinstance(b, ArrayRef):
            made = self.selection(key, a, b)
            if isinstance(made, SelectedCell):
                self.cells[memo] = self.groups[key] = self.m.allocate(made)
                return ArrayRef(self.cells[memo])
            made = made or self.views(key, a, b)
            if made is not None:
                return made
        poisoned = self.a.poisoned(a) or self.b.poisoned(b)
        if poisoned is not None:  # nobody reads it before it is given another array
            self.cells[memo] = self.groups[key] = self.m.allocate(poisoned)
            return ArrayRef(self.cells[memo])
        one, two = sides.content(self.m, self.a, a), sides.content(self.m, self.b, b)
        if one is None or two is None:
            return self.choice(key, a, b)
        if self.condition is not None and is_none(one) != is_none(two):
            return self.choice(key, a, b)
        var = self.atoms((*key, "array"), one, two)
        if not isinstance(var.type, (Array, Unknown)):
            return number(self.m, var)
        ids = [value.cell if isinstance(value, ArrayRef) else None for value in (a, b)]
        self.cells[memo] = self.new(sides.joined_cell(var, ((self.a, a), (self.b, b))), *ids)
        self.groups[key] = self.cells[memo]
        return ArrayRef(self.cells[memo])

    # ---- which array it is

    def selection(self, key: Key, a: ArrayRef, b: ArrayRef) -> SelectedCell | ArrayRef | None:
        """One of two arrays; None where they can't be told apart at run time."""
        if ways_of(self.a.heap, a.cell) + ways_of(self.b.heap, b.cell) > MOST_WAYS:
            return None  # to read one is a branch for each
        return self.by_condition(key, a, b) if self.condition is not None else self.by_number(key, a, b)

    def views(self, key: Key, a: ArrayRef, b: ArrayRef) -> ArrayRef | None:
        """Views by the same steps, of arrays that join to one: such a view of that; None for others."""
        if not a.path or [s.op for s in a.path] != [s.op for s in b.path]:
            return None
        if any(x.params != y.params or x.op == "element" for x, y in zip(a.path, b.path, strict=True)):
            return None
        one, other = ArrayRef(a.cell), ArrayRef(b.cell)
        root = one if one == other else self.arrays((*key, "root"), one, other)
        if not isinstance(root, ArrayRef):
            return None
        pairs = enumerate(zip(a.atoms(), b.atoms(), strict=True))
        atoms = [self.atoms((*key, "step", k), x, y) for k, (x, y) in pairs]
        return ArrayRef(root.cell, (*root.path, *a.with_atoms(atoms).path))

    def by_condition(self, key: Key, a: ArrayRef, b: ArrayRef) -> SelectedCell | None:
        assert self.condition is not None
        then = self.outside((*key, "then"), a, self.a, first=True)
        otherwise = self.outside((*key, "else"), b, self.b, first=False)
        if then is None or otherwise is None:
            return None
        var = None
        if not (self.a.lost(a) or self.b.lost(b)):
            one, two = sides.content(self.m, self.a, a), sides.content(self.m, self.b, b)
            assert one is not None and two is not None
            var = self.atoms((*key, "array"), one, two)
            if not isinstance(var.type, (Array, Unknown)):
                return None
        return SelectedCell(self.condition, (then, otherwise), (), var)

    def outside(self, key: Key, ref: ArrayRef, side: Side, first: bool) -> ArrayRef | None:
        """An array or view of one side as it is seen outside; None for an element of a run-time list."""
        if any(step.op == "element" for step in ref.path):
            return None
        cell_id: int | None = ref.cell
        if ref.cell not in self.a.heap or ref.cell not in self.b.heap:
            cell_id = self.outside_cell(key, ref.cell, side, first)
        if cell_id is None:
            return None
        made = self.inner if self.condition is None else {v for equation in side.equations for v in equation.results}
        operands = [
            self.yielded_atom((*key, "step", k), atom, first) if atom in made else atom
            for k, atom in enumerate(ref.atoms())
        ]
        return replace(ref, cell=cell_id).with_atoms(operands)

    def outside_cell(self, key: Key, cell_id: int, side: Side, first: bool) -> int | None:
        """The memory of an array that one side alone has."""
        memo = ("root", cell_id, first)
        if memo not in self.cells:
            match side.heap[cell_id]:
                case ArrayCell() as cell:
                    ids = (cell_id, None) if first else (None, cell_id)
                    var = self.yielded_atom((*key, "array"), cell.var, first)
                    self.cells[memo] = self.new(replace(cell, var=var, aliases=frozenset(), given=False), *ids)
                case SelectedCell() as cell:
                    made = self.outside_selection(key, cell, side, first)
                    if made is None:
                        return None
                    self.cells[memo] = self.m.allocate(made)
                case _:
                    return None
        return self.cells[memo]

    def outside_selection(self, key: Key, cell: SelectedCell, side: Side, first: bool) -> SelectedCell | None:
        refs = [self.outside((*key, k), ref, side, first) for k, ref in enumerate(cell.refs)]
        known = tuple(ref for ref in refs if ref is not None)
        selector = self.yielded_atom((*key, "selector"), cell.selector, first)
        if len(known) < len(refs) or not isinstance(selector, Var):
            return None
        return SelectedCell(selector, known, cell.numbers)

    def by_number(self, key: Key, a: ArrayRef, b: ArrayRef) -> SelectedCell | ArrayRef | None:
        """What a name stands for at the head of a loop: one of the arrays that were there before the loop."""
        found: dict[int, ArrayRef] = {}
        try:
            start = self.numbered(a, found)
            with self.m.on_side(self.b.heap, self.b.equations):
                end = self.numbered(b, found)
                ends = to_atom(self.m, end)
        except NoNumber:
            return None
        if len(found) == 1:
            return a
        selector = self.atoms((*key, "selector"), to_atom(self.m, start), ends)
        assert isinstance(selector, Var)
        numbers = tuple(sorted(found))
        return SelectedCell(selector, tuple(found[k] for k in numbers), numbers)

    def numbered(self, ref: ArrayRef, found: dict[int, ArrayRef]) -> Value:
        """The number of an array, which the run may have to find out; those that it may be are added to `found`."""
        if ref.cell in self.a.heap:
            if any(step.op == "element" for step in ref.path) or any(atom in self.inner for atom in ref.atoms()):
                raise NoNumber
            number_ = self.m.part(PlaceNumbers).of(ref)
            found[number_] = ref
            return Static(number_)
        cell = self.b.heap[ref.cell]
        if not isinstance(cell, SelectedCell):
            raise NoNumber
        if cell.numbers and not ref.path and all(one.cell in self.a.heap for one in cell.refs):
            found.update(zip(cell.numbers, cell.refs, strict=True))
            return Num(cell.selector)
        return each(self.m, cell, ref.path, lambda one: self.numbered(one, found))

    @cached_property
    def inner(self) -> frozenset[Var]:
        """The variables of a loop that stand for another value in each turn."""
        made = defined(Region((), tuple(self.b.equations), ()))
        return (self.inside or frozenset()).union(made)

    def scalars(self, key: Key, a: Value, b: Value) -> Value:
        a, b = sides.settled_by(self.m, self.condition, a, True), sides.settled_by(self.m, self.condition, b, False)
        if same(a, b):
            return a
        one, two = sides.content(self.m, self.a, a), sides.content(self.m, self.b, b)
        if one is not None and two is not None and not (is_none(one) and is_none(two)):
            if self.condition is not None and is_none(one) != is_none(two):
                return self.choice(key, a, b)
            return number(self.m, self.atoms(key, one, two))
        if isinstance(a, Obj) or isinstance(b, Obj):
            if self.condition is not None and any(sides.more_than_object(self.m, one) for one in (a, b)):
                return self.choice(key, a, b)
            return Obj(self.atoms(key, sides.object_on(self.m, self.a, a), sides.object_on(self.m, self.b, b)))
        return self.choice(key, a, b)

    def choice(self, key: Key, a: Value, b: Value) -> Value:
        """No variable can hold both: what uses the value will run in a branch of its own."""
        word = self.word(key, a, b)
        if word is not None:
            return word
        if self.condition is None or ways(a) + ways(b) > MOST_WAYS:
            name = next((str(k) for k in reversed(key) if isinstance(k, str)), "a value")
            return Mixed(name, (a.describe(), b.describe()))
        if chosen_among(a, b) > MOST_CHOICES:
            refuse_mixed(self.m, Mixed("one of many objects", (a.describe(), b.describe())))
        then = self.one_sided((*key, "then"), a, self.a, first=True)
        return Choice(self.condition, then, self.one_sided((*key, "else"), b, self.b, first=False))

    def word(self, key: Key, a: Value, b: Value) -> Value | None:
        """One of a few constants, by a number of the run: at the head of a loop, and what was such a one before."""
        if self.condition is not None and (Word not in (type(a), type(b)) or Choice in (type(a), type(b))):
            return None
        numbers = None if "then" in key or "else" in key else numbers_of(self.m, a, b)
        if numbers is None:  # or a side of one of two: what tells it is known where that side is meant
            return None
        codes = sides.coded_on(self.m, self.a, a), sides.coded_on(self.m, self.b, b)
        var = self.atoms((*key, "word", *numbers), codes[0], codes[1])
        return Word(var, numbers) if isinstance(var, Var) else a

    def atoms(self, key: Key, a: Atom, b: Atom) -> Atom:
        if a is b or (isinstance(a, Const) and isinstance(b, Const) and same_constant(a, b)):
            return a
        self.m.lengths.joined(a.type, b.type)
        t = joined_type(a, b)
        slot = self.variable(key, as_float(a, t), as_float(b, t), t)
        numbers_enter(self.m, slot, a, b)
        return slot
