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
from typing import Any, TypeVar

from srcad.frontend.core.arithmetic import number
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import CheckedHeap, Origins, relate, relations
from srcad.frontend.core.suspended import GeneratorCell, IteratorCell, Progress, both
from srcad.frontend.core.values import (
    UNDEFINED_VALUE,
    ArrayCell,
    ArrayRef,
    Cell,
    Choice,
    DictCell,
    FrameCell,
    GrownCell,
    InstanceCell,
    ListCell,
    Lost,
    Mixed,
    Num,
    Obj,
    Partial,
    Parts,
    Ref,
    Static,
    Twins,
    Undef,
    Value,
    constant_key,
)
from srcad.frontend.core.walk import same
from srcad.frontend.memory.arrays import box, either_atom, load, maybe_number, to_atom
from srcad.frontend.memory.boxes import boxed
from srcad.frontend.memory.objects import get_attribute
from srcad.trace.builder import const
from srcad.trace.nodes import UNDEF, Atom, Const, Equation, Path, Var
from srcad.trace.types import BOOL, OPAQUE, Array, ListOf, Scalar, Type, Unknown, dtype_of, is_numeric, join

Key = tuple[Hashable, ...]
AnyList = ListCell | GrownCell
K = TypeVar("K", bound=Hashable)
P = TypeVar("P", bound=Parts)


@dataclass(eq=False)
class Side:
    """One of the two states: its heap, and the equations at whose end its values can still be computed."""

    heap: dict[int, Cell]
    equations: list[Equation]


@dataclass(eq=False)
class Merger:
    """Joins the states of two sides. `variable(key, a, b, type)` gives the variable that the atoms a and b join to."""

    m: Machine
    a: Side
    b: Side
    variable: Callable[[Key, Atom, Atom, Type], Var]
    condition: Var | None = None
    partial: bool = False
    loop: bool = False
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
            heaps = self.a.heap, self.b.heap
            relate(self.m.heap, self.origins, (relations(heaps[0], self.boxes[0]), relations(heaps[1], self.boxes[1])))
            self.origins.clear()

    def new(self, cell: Cell, a: int | None, b: int | None) -> int:
        """A cell for what is cell `a` on the one side and `b` on the other."""
        made = self.m.allocate(cell)
        self.origins[made] = (a, b)
        return made

    def cell(self, key: Key, ids: tuple[int, int], a: Cell, b: Cell) -> Cell:
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
            case InstanceCell(), InstanceCell():
                return self.instance_cell(key, ids, a, b)
            case DictCell(), DictCell():
                return self.dict_cell(key, a, b)
            case ListCell() | GrownCell(), ListCell() | GrownCell():
                return self.list_cell(key, ids, a, b)
            case IteratorCell(), IteratorCell():
                joined = both(a.progress, b.progress)
                assert isinstance(joined, Progress)
                return IteratorCell(joined)
            case GeneratorCell(), GeneratorCell():
                return replace(a, progress=both(a.progress, b.progress), value=self.value(key, a.value, b.value))
        self.m.bug("two states of one object are of different kinds")

    def instance_cell(self, key: Key, ids: tuple[int, int], a: InstanceCell, b: InstanceCell) -> InstanceCell:
        a, b = self.with_defaults(self.a, ids[0], a, b), self.with_defaults(self.b, ids[1], b, a)
        fields = self.names(key, a.entries(), b.entries())
        joined = replace(a, fields=tuple(fields.items()), unsure=missing(a, b) if a.origin is None else a.unsure)
        joined = replace(joined, changed=a.changed or b.changed)
        return joined if a.origin is b.origin else replace(joined, origin=None, path=None, free=a.free or b.free)

    def dict_cell(self, key: Key, a: DictCell, b: DictCell) -> DictCell:
        items = self.names(key, a.entries(), b.entries())
        factory = a.factory
        if a.factory is not None and b.factory is not None:
            factory = self.value((*key, "factory"), a.factory, b.factory)
        return replace(a, items=tuple(items.items()), unsure=missing(a, b), factory=factory)

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
        contiguous = None if a.contiguous is None or b.contiguous is None else a.contiguous | b.contiguous
        return ArrayCell(var, a.aliases | b.aliases, a.poison or b.poison, contiguous, a.given and b.given)

    def list_cell(self, key: Key, ids: tuple[int, int], a: AnyList, b: AnyList) -> Cell:
        match a, b:
            case ListCell(), ListCell() if len(a.items) == len(b.items):
                return a.rebuild(self.each(key, a, b))
        element = self.element_type(a, b)
        one, two = self.grown(self.a, a, element), self.grown(self.b, b, element)
        self.boxes[0][ids[0]], self.boxes[1][ids[1]] = one, two
        var = self.atoms((*key, "list"), one.var, two.var)
        aliases, lists = one.aliases | two.aliases, one.lists | two.lists
        places = self.version((*key, "places"), one.places, two.places)
        content = self.version((*key, "content"), one.content, two.content)
        twice = one.repeated or two.repeated
        return GrownCell(var, one.poison or two.poison, aliases, lists, places, content, a.most, twice)

    def each(self, key: Key, a: Parts, b: Parts) -> list[Value]:
        """The children of both, joined one by one."""
        rows = zip(a.keys(), a.children(), b.children(), strict=True)
        return [self.value((*key, name), x, y) for name, x, y in rows]

    def version(self, key: Key, a: object, b: object) -> object:
        return a if a is b else self.versions.setdefault(key, object())

    def element_type(self, a: AnyList, b: AnyList) -> Type | None:
        """What the elements of both lists are, as far as the grown ones tell."""
        for cell in (a, b):
            if isinstance(cell, GrownCell) and isinstance(cell.var.type, ListOf):
                return cell.var.type.element
        for side, cell in ((self.a, a), (self.b, b)):
            if isinstance(cell, ListCell) and cell.items:
                with self.m.on_side(side.heap, list(side.equations)), self.m.rehearsal():
                    boxed = box(self.m, cell.items)
                return boxed.type.element if isinstance(boxed.type, ListOf) else None
        return None

    def grown(self, side: Side, cell: AnyList, element: Type | None) -> GrownCell:
        if isinstance(cell, GrownCell):
            return cell
        with self.m.on_side(side.heap, side.equations):
            return boxed(self.m, cell.items, element)

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
        if a.children() and type(a) is type(b) and a.rest() == b.rest():
            return a.rebuild(self.each(key, a, b))
        return self.scalars(key, a, b)

    def half_defined(self, key: Key, a: Value, b: Value) -> Value:
        """A name that has no value on one side: reading it afterwards is refused after an if, and left to Python after
        a loop, which raises for it as the user's own code does."""
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
        if not self.partial or hidden:
            return made
        defined = self.atoms((*key, "defined"), _defined(a), _defined(b))
        return Partial(made, defined) if defined.number is not True else made

    def one_sided(self, key: Key, value: Value, side: Side, first: bool) -> Value:
        """What is left of a value that only one side has: its variables must be yielded to be seen outside."""
        match value:
            case ArrayRef():
                return self.one_sided_array(key, value, side, first)
            case Ref():
                both = value.cell in self.a.heap and value.cell in self.b.heap
                return value if both else self.one_sided_cell(key, value, side, first)
        return self.yielded(key, value, side, first)

    def yielded(self, key: Key, whole: P, side: Side, first: bool) -> P:
        """A value or cell that one side alone has, with all of its variables yielded by that side."""
        rows = zip(whole.keys(), whole.children(), strict=True)
        children = [self.one_sided((*key, name), child, side, first) for name, child in rows]
        atoms = whole.atoms()
        keys = [key] if len(atoms) == 1 else [(*key, k) for k in range(len(atoms))]
        outside = [self.yielded_atom(one, atom, first) for one, atom in zip(keys, atoms, strict=True)]
        return whole.rebuild(children).with_atoms(outside) if children or outside else whole

    def yielded_atom(self, key: Key, atom: Atom, first: bool) -> Atom:
        """A variable that only one side has, as it is seen outside; it has no value on the other side."""
        if isinstance(atom, Const):
            return atom
        return self.atoms(key, *((atom, UNDEF) if first else (UNDEF, atom)))

    def one_sided_array(self, key: Key, value: ArrayRef, side: Side, first: bool) -> Value:
        both = value.cell in self.a.heap and value.cell in self.b.heap
        if both and not value.path:
            return value
        memo = ("one", value.rest(), first)
        if memo not in self.cells:
            with self.m.on_side(side.heap, side.equations):
                content = load(self.m, value)
            var = self.yielded_atom((*key, "array"), content, first)
            old = side.heap[value.cell]
            contiguous = old.contiguous if isinstance(old, ArrayCell) and not value.path else None
            ids = (value.cell, None) if first else (None, value.cell)
            self.cells[memo] = self.new(ArrayCell(var, contiguous=contiguous), *ids)
        return ArrayRef(self.cells[memo])

    def one_sided_cell(self, key: Key, value: Ref, side: Side, first: bool) -> Value:
        memo = ("one", value.cell, first)
        if memo not in self.cells:
            self.cells[memo] = self.new(ListCell(()), *((value.cell, None) if first else (None, value.cell)))
            cell = side.heap.get(value.cell, ListCell(()))
            self.m.heap[self.cells[memo]] = self.one_sided_content(key, cell, side, first)
        return Ref(self.cells[memo])

    def one_sided_content(self, key: Key, cell: Cell, side: Side, first: bool) -> Cell:
        if isinstance(cell, FrameCell):
            self.m.bug("a frame outlives its branch")
        return self.yielded((*key, "list") if isinstance(cell, GrownCell) else key, cell, side, first)

    def refs(self, key: Key, a: Ref, b: Ref) -> Value:
        """Two containers: a new one with the joined content, if they are alike."""
        memo = (a.cell, b.cell)
        if memo not in self.cells:
            x, y = self.complete(self.a, a), self.complete(self.b, b)
            if not alike(x, y):
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
        one, two = self.content(self.a, a), self.content(self.b, b)
        if one is None or two is None:
            return self.choice(key, a, b)
        if self.condition is not None and is_none(one) != is_none(two):
            return self.choice(key, a, b)
        var = self.atoms((*key, "array"), one, two)
        if not isinstance(var.type, (Array, Unknown)):
            return number(self.m, var)
        ids = [value.cell if isinstance(value, ArrayRef) else None for value in (a, b)]
        self.cells[memo] = self.new(self.fresh_cell(var, a, b), *ids)
        self.groups[key] = self.cells[memo]
        return ArrayRef(self.cells[memo])

    def fresh_cell(self, var: Atom, a: Value, b: Value) -> ArrayCell:
        contiguous: frozenset[Path] | None = frozenset()
        for side, value in ((self.a, a), (self.b, b)):
            if isinstance(value, ArrayRef):
                cell = side.heap[value.cell]
                layout = cell.contiguous if isinstance(cell, ArrayCell) and not value.path else None
                contiguous = None if contiguous is None or layout is None else contiguous | layout
        return ArrayCell(var, contiguous=contiguous)

    def content(self, side: Side, value: Value) -> Atom | None:
        """The variable of a number or array; None for anything else."""
        match value:
            case ArrayRef():
                with self.m.on_side(side.heap, side.equations):
                    return load(self.m, value)
            case Num():
                return value.var
            case Choice() if maybe_number(value):
                with self.m.on_side(side.heap, side.equations):
                    return either_atom(self.m, value)
            case Static(value=None | int() | float() | complex()):
                return const(value.value)
        return None

    def scalars(self, key: Key, a: Value, b: Value) -> Value:
        a, b = self.settled(a, True), self.settled(b, False)
        if same(a, b):
            return a
        one, two = self.content(self.a, a), self.content(self.b, b)
        if one is not None and two is not None and not (is_none(one) and is_none(two)):
            if self.condition is not None and is_none(one) != is_none(two):
                return self.choice(key, a, b)
            return number(self.m, self.atoms(key, one, two))
        if isinstance(a, Obj) or isinstance(b, Obj):
            return Obj(self.atoms(key, self.object(self.a, a), self.object(self.b, b)))
        return self.choice(key, a, b)

    def object(self, side: Side, value: Value) -> Atom:
        with self.m.on_side(side.heap, side.equations):
            return to_atom(self.m, value)

    def settled(self, value: Value, holds: bool) -> Value:
        """What is known of a bool where the condition of the branch holds, or doesn't: that, or its opposite."""
        condition = self.condition
        if condition is None or not isinstance(value, Num) or value.var.type != BOOL:
            return value
        negated = self.m.variables.definitions.get(condition)
        if value.var is condition:
            return Static(holds)
        if negated is not None and negated.op == "not_" and negated.operands[0] is value.var:
            return Static(not holds)
        return value

    def choice(self, key: Key, a: Value, b: Value) -> Value:
        """No variable can hold both: what uses the value will run in a branch of its own."""
        if self.condition is None:
            name = next((str(k) for k in reversed(key) if isinstance(k, str)), "a value")
            return Mixed(name, (a.describe(), b.describe()))
        then = self.one_sided((*key, "then"), a, self.a, first=True)
        return Choice(self.condition, then, self.one_sided((*key, "else"), b, self.b, first=False))

    def atoms(self, key: Key, a: Atom, b: Atom) -> Atom:
        if a is b or (isinstance(a, Const) and isinstance(b, Const) and same_constant(a, b)):
            return a
        self.m.lengths.joined(a.type, b.type)
        t = joined_type(a, b)
        return self.variable(key, as_float(a, t), as_float(b, t), t)


def joined_type(a: Atom, b: Atom) -> Type:
    """The type of a variable for both. A literal zero that a sum starts from takes the type of the sum."""
    if is_start(a) and isinstance(b.type, Array) and dtype_of(b.type) != "bool":
        return b.type
    if is_start(b) and isinstance(a.type, Array) and dtype_of(a.type) != "bool":
        return a.type
    joined = join(a.type, b.type)
    if joined is not None:
        return joined
    none = [is_none(x) for x in (a, b)]
    if any(none) and any(is_numeric(x.type) for x in (a, b)):
        other = b if none[0] else a
        return Unknown(dtype_of(other.type))
    return OPAQUE


def _defined(value: Value) -> Atom:
    """Whether a name has a value on one side."""
    return value.defined if isinstance(value, Partial) else const(not isinstance(value, Undef))


def as_float(atom: Atom, t: Type) -> Atom:
    """A whole number that stands for one side of a float variable, as a float: its adjoint will be one."""
    if isinstance(atom, Const) and type(atom.value) is int and isinstance(t, Scalar) and t.dtype == "float64":
        return const(float(atom.value))
    return atom


def is_none(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is None


def is_start(atom: Atom) -> bool:
    return isinstance(atom, Const) and type(atom.value) in (int, float) and atom.value == 0


def same_constant(a: Const, b: Const) -> bool:
    return a is b or a.value is b.value or constant_key(a.value) == constant_key(b.value)


def missing(a: DictCell | InstanceCell, b: DictCell | InstanceCell) -> frozenset[Any]:
    """The keys or attributes that one of the two may not have."""
    return frozenset((a.entries().keys() ^ b.entries().keys()) | a.unsure | b.unsure)


def alike(a: Cell, b: Cell) -> bool:
    match a, b:
        case (Lost(), _) | (_, Lost()):
            return True
        case ListCell() | GrownCell(), ListCell() | GrownCell():
            return True
        case DictCell(), DictCell():
            return a.keys() == b.keys()
        case InstanceCell(), InstanceCell() if a.cls is b.cls:
            return a.origin is b.origin or a.entries().keys() == b.entries().keys()
    return False


def identity(value: Value) -> Hashable:
    match value:
        case ArrayRef() | Num() | Obj():
            return value.rest()
    return type(value), repr(value)
