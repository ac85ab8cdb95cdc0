"""What a loop runs over: items known one by one, or a counted sequence with an item for an index."""

from __future__ import annotations

import ast
import enum
import sys
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from srcad.frontend.containers.exhaustion import following, is_over, spend
from srcad.frontend.containers.keys import value_of_key
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import DictCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.suspended import CursorCell, GeneratorCell
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Choice,
    Iter,
    Num,
    Obj,
    Range,
    Ref,
    Static,
    Tup,
    Value,
    ViewStep,
)
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import dim_of, load, to_atom, view
from srcad.frontend.memory.boxes import boxed
from srcad.frontend.memory.branches import branch, settled
from srcad.frontend.memory.elements import element_view, looked_up
from srcad.frontend.memory.presence import check_keys
from srcad.ops.arguments import length_dim
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import OPAQUE, Array, ListOf, Scalar, Unknown

ENDLESS = const(sys.maxsize)  # the stop of a counter that has no end
Get = Callable[[Value], Value]


@dataclass(frozen=True)
class Items:
    """Items known one by one: the loop is unrolled."""

    values: tuple[Value, ...]
    source: Iter | None = None  # the iterator that is over behind the loop


@dataclass(frozen=True, eq=False)
class Indexed:
    """A range of an index, and the item for it."""

    start: Atom
    stop: Atom
    step: Atom
    get: Get
    backwards: bool = False
    name: str | None = None
    source: Iter | None = None

    @property
    def endless(self) -> bool:
        """It is of use beside others alone."""
        return self.stop_is(sys.maxsize) and isinstance(self.step, Const) and self.step.value == 1

    def stop_is(self, value: int) -> bool:
        return isinstance(self.stop, Const) and self.stop.value == value

    @property
    def plain(self) -> bool:
        """The index counts 0, 1, 2, ..."""
        zero = isinstance(self.start, Const) and self.start.value == 0
        return zero and isinstance(self.step, Const) and self.step.value == 1 and not self.backwards


Turn = Callable[[Value], None]


@dataclass(frozen=True, eq=False)
class Streamed:
    """Items that come one by one: `run` reads what makes them, and a turn for each."""

    run: Callable[[Turn], None]
    source: Iter | None = None


def sequence(m: Machine, value: Value) -> Items | Indexed:
    """How to run over a value; what comes one by one is collected first."""
    value = following(m, value)
    match value:
        case Tup():
            return Items(value.items)
        case Static():
            return _static(m, value)
        case Range():
            return _range(m, value)
        case ArrayRef():
            return _rows(m, value)
        case Ref():
            return _container(m, value)
        case Iter():
            return _iterated(m, value)
        case Obj() | Num():
            return _object(m, value)
        case Choice():
            known = settled(m, value)
            return sequence(m, collected(m, value) if known is value else known)
    m.refuse(f"{value.describe()} can't be iterated")


def _iterated(m: Machine, value: Iter) -> Items | Indexed:
    if value.kind not in ITERATORS or _over_generator(m, value) or unsure_keys(m, value) is not None:
        return sequence(m, collected(m, value))
    if is_over(m, value):
        return Items(())
    spend(m, value)
    return replace(ITERATORS[value.kind](m, *value.parts), source=value)


def unsure_keys(m: Machine, value: Value) -> Ref | None:
    """The dict that is run through, if only the run knows which of its keys are there; their order is known."""
    owner = value.parts[0] if isinstance(value, Iter) and value.kind in ("keys", "values", "items") else value
    cell = m.content(owner)
    return owner if isinstance(owner, Ref) and isinstance(cell, DictCell) and cell.unsure and cell.ordered else None


def _over_generator(m: Machine, value: Iter) -> bool:
    """Whether an iterator runs over what comes one by one."""
    inner = [part for part in value.parts if isinstance(part, Iter)]
    generators = any(_steps(m, part) for part in value.parts)
    return generators or any(part.kind not in ITERATORS or _over_generator(m, part) for part in inner)


def _steps(m: Machine, value: Value) -> bool:
    """Whether a value is a generator, or an iterator by its own __next__."""
    comes_one_by_one = isinstance(m.content(value), (GeneratorCell, CursorCell))
    return comes_one_by_one or objects.special_method(m, value, "__next__") is not None


def _static(m: Machine, value: Static) -> Items:
    if isinstance(value.value, (str, bytes, range, set, frozenset, tuple, list, dict)):
        return Items(tuple(Static(item) for item in value.value))
    if isinstance(value.value, enum.EnumType):
        return Items(tuple(map(Static, value.value)))
    m.refuse(f"{value.value!r} can't be iterated")


def _range(m: Machine, value: Range) -> Indexed:
    start, stop, step = (to_atom(m, part) for part in value.children())
    return Indexed(start, stop, step, lambda i: i)


def _rows(m: Machine, ref: ArrayRef) -> Indexed:
    atom = load(m, ref)
    t = atom.type
    match t:
        case ListOf():
            return Indexed(const(0), m.emit("list_len", atom), const(1), lambda i: element_view(m, ref, to_atom(m, i)))
        case Array() if t.rank == 0:
            m.refuse("iteration over an array without dimensions")
    length = dim_of(m, atom, 0) if isinstance(t, Array) else m.emit("list_len", atom)
    return Indexed(const(0), length, const(1), lambda i: row(m, ref, i))


def row(m: Machine, ref: ArrayRef, index: Value) -> Value:
    """x[i]: a number, or a view."""
    step = ViewStep("get_item", (to_atom(m, index),), (("index", (("int", 0),)),))
    item = view(m, load(m, ref), step)
    if isinstance(item.type, (Scalar, Unknown)):
        return arithmetic.number(m, item)
    return ArrayRef(ref.cell, (*ref.path, step))


def _container(m: Machine, ref: Ref) -> Items | Indexed:
    cell = m.heap[ref.cell]
    match cell:
        case GeneratorCell() | CursorCell():
            return sequence(m, collected(m, ref))
        case ListCell():
            return Items(cell.items)
        case DictCell() if unsure_keys(m, ref) is not None:
            return sequence(m, collected(m, ref))
        case DictCell():
            check_keys(m, cell)
            return Items(tuple(value_of_key(m, key) for key, _ in cell.items))
        case GrownCell():
            return _grown(m, ref, cell)
    return _instance(m, ref)


def _instance(m: Machine, ref: Ref) -> Items | Indexed:
    """By __iter__, or by __len__ and __getitem__."""
    made = objects.call_if_special(m, ref, "__iter__")
    if made is not None:
        return sequence(m, made if made != ref else collected(m, ref))
    count = objects.call_if_special(m, ref, "__len__")
    if count is None or objects.special_method(m, ref, "__getitem__") is None:
        m.refuse("an instance of a class without __iter__ is iterated", do="iterate over a list or an array.")
    return Indexed(const(0), to_atom(m, count), const(1), lambda i: objects.call_special(m, ref, "__getitem__", (i,)))


def _grown(m: Machine, ref: Ref, _cell: GrownCell) -> Indexed:
    whole = ArrayRef(ref.cell)
    return Indexed(
        const(0), m.emit("list_len", load(m, whole)), const(1), lambda i: element_view(m, whole, to_atom(m, i))
    )


def _object(m: Machine, value: Num | Obj) -> Indexed:
    """Any other iterable that no derivative passes through: its items, as a list."""
    if isinstance(value, Num) and isinstance(value.var.type, Scalar):
        m.raises(TypeError(f"{value.var.type.dtype} object is not iterable"))
    if m.is_active(value.var):
        m.refuse(
            "a value that depends on the differentiated arguments is iterated, and isn't known to be an array",
            unsettled=True,
        )
    items = m.emit("call", Const(list, OPAQUE), value.var, keywords=())
    length = m.emit("list_len", items)
    return Indexed(const(0), length, const(1), lambda i: Obj(m.emit("subscript", items, to_atom(m, i))))


# ---- iterators


def collected(m: Machine, value: Value) -> Value:
    """list(value)."""
    return m.call(Static(list), (value,))


def _zip(m: Machine, *parts: Value) -> Items | Indexed:
    return _zipped(m, [sequence(m, part) for part in parts])


def _zipped(m: Machine, parts: list[Items | Indexed]) -> Items | Indexed:
    sequences = with_ends(parts)
    if all(isinstance(s, Items) for s in sequences):
        columns = [s.values for s in sequences if isinstance(s, Items)]
        return Items(tuple(Tup(tuple(row)) for row in zip(*columns, strict=False)))
    known = _beside_endless(m, sequences)
    if known is not None:
        return known
    indexed = [counted(m, s) for s in sequences]
    lengths = [length(m, s) for s in indexed]
    stop = lengths[0]
    for other in lengths[1:]:
        stop = arithmetic.smaller(m, stop, other)
    return Indexed(const(0), stop, const(1), lambda i: Tup(tuple(nth(m, s, i) for s in indexed)))


def _zip_strict(m: Machine, *parts: Value) -> Items | Indexed:
    """Where the lengths differ, ValueError is raised before the first turn, and not behind the last one."""
    sequences = [sequence(m, part) for part in parts]
    lengths = [const(len(s.values)) if isinstance(s, Items) else length(m, s) for s in sequences]
    for other in lengths[1:]:
        _check_as_long(m, lengths[0], other)
    return _zipped(m, sequences)


def _check_as_long(m: Machine, a: Atom, b: Atom) -> None:
    dims = [length_dim(x.type) for x in (a, b)]
    if dims[0].same(dims[1]):
        return
    error = ValueError("zip() has arguments of different lengths")
    if isinstance(a, Const) and isinstance(b, Const):
        m.raises(error)
    branch(m, m.emit("equal", a, b), lambda: NONE, lambda: m.raises(error))


def with_ends(sequences: list[Items | Indexed]) -> list[Items | Indexed]:
    """Those without an end, as many items of them as the known ones beside them have."""
    known = [len(s.values) for s in sequences if isinstance(s, Items)]
    if not known:
        return sequences
    turns = [Static(k) for k in range(min(known))]
    return [Items(tuple(map(s.get, turns))) if isinstance(s, Indexed) and s.endless else s for s in sequences]


def _beside_endless(_m: Machine, sequences: list[Items | Indexed]) -> Items | None:
    """Known items zipped with counters that have no end: known items."""
    known = [len(s.values) for s in sequences if isinstance(s, Items)]
    if not known or not all(isinstance(s, Items) or s.stop is ENDLESS for s in sequences):
        return None
    return Items(
        tuple(
            Tup(tuple(s.values[k] if isinstance(s, Items) else s.get(Static(k)) for s in sequences))
            for k in range(min(known))
        )
    )


def _count(m: Machine, start: Value = Static(0), step: Value = Static(1)) -> Indexed:  # noqa: B008
    """itertools.count: the loop is left by a break, or ends with what it is zipped with."""
    first, by = to_atom(m, start), to_atom(m, step)

    def get(i: Value) -> Value:
        return arithmetic.number(m, arithmetic.add(m, first, arithmetic.multiply(m, to_atom(m, i), by)))

    return Indexed(const(0), ENDLESS, const(1), get)


def counted(m: Machine, items: Items | Indexed) -> Indexed:
    """Known items, as a run-time list; where that can't be, the loop must be unrolled."""
    if isinstance(items, Indexed):
        return items
    values = items.values

    def get(i: Value) -> Value:
        if isinstance(i, Static):
            known: Value = values[i.value]
            return known
        return element_view(m, ArrayRef(grown_of(m, values).cell), to_atom(m, i))

    return Indexed(const(0), const(len(values)), const(1), get)


def grown_of(m: Machine, values: tuple[Value, ...]) -> Ref:
    """A run-time list of the values, which may share memory with it."""
    return Ref(m.allocate(boxed(m, values)))


def length(m: Machine, s: Indexed) -> Atom:
    """How many items."""
    if s.plain:
        return s.stop
    return arithmetic.range_length(m, s.start, s.stop, s.step)


def nth(m: Machine, s: Indexed, i: Value) -> Value:
    """The item number i, counted from 0 in the order of iteration."""
    if s.plain:
        return s.get(i)
    if s.backwards:
        last = arithmetic.subtract(m, length(m, s), const(1))
        i = arithmetic.number(m, arithmetic.subtract(m, last, to_atom(m, i)))
    scaled = arithmetic.multiply(m, to_atom(m, i), s.step)
    return s.get(arithmetic.number(m, arithmetic.add(m, s.start, scaled)))


def _enumerate(m: Machine, part: Value, start: Value = Static(0)) -> Items | Indexed:  # noqa: B008
    inner = sequence(m, part)
    first = to_atom(m, start)
    if isinstance(inner, Items):
        count = [arithmetic.number(m, arithmetic.add(m, first, const(k))) for k in range(len(inner.values))]
        return Items(tuple(Tup((k, v)) for k, v in zip(count, inner.values, strict=True)))

    def get(i: Value) -> Value:
        return Tup((arithmetic.number(m, arithmetic.add(m, first, to_atom(m, i))), nth(m, inner, i)))

    return Indexed(const(0), length(m, inner), const(1), get)


def _reversed(m: Machine, part: Value) -> Items | Indexed:
    inner = sequence(m, part)
    if isinstance(inner, Items):
        return Items(tuple(reversed(inner.values)))
    return Indexed(inner.start, inner.stop, inner.step, inner.get, not inner.backwards, inner.name)


def _map(m: Machine, function: Value, *parts: Value) -> Items | Indexed:
    rows = _zip(m, *parts)
    if isinstance(rows, Items):
        return Items(tuple(m.call(function, row.items) for row in rows.values if isinstance(row, Tup)))

    def get(i: Value) -> Value:
        row = rows.get(i)
        assert isinstance(row, Tup)
        return m.call(function, row.items)

    return Indexed(rows.start, rows.stop, rows.step, get)


def _starmap(m: Machine, function: Value, rows: Value) -> Items | Indexed:
    items = sequence(m, rows)
    if isinstance(items, Items):
        return Items(tuple(m.call(function, known_items(m, row, "arguments")) for row in items.values))
    return replace(items, get=lambda i: m.call(function, known_items(m, items.get(i), "arguments")))


def _each(m: Machine, function: Value, values: Value, position: Value, others: Value) -> Items | Indexed:
    """The function of each value, which stands at a position among other arguments."""
    assert isinstance(position, Static) and isinstance(others, Tup)
    before, after = others.items[: position.value], others.items[position.value :]
    items = sequence(m, values)
    if isinstance(items, Items):
        return Items(tuple(m.call(function, (*before, item, *after)) for item in items.values))
    return replace(items, get=lambda i: m.call(function, (*before, items.get(i), *after)))


def _cycle(m: Machine, values: Value, place: Value = Static(0), *_kept: Value) -> Indexed:  # noqa: B008
    """Without an end: what it is zipped with has one."""
    items = counted(m, sequence(m, values))
    count, start = length(m, items), to_atom(m, place)

    def get(i: Value) -> Value:
        turn = arithmetic.add(m, start, to_atom(m, i))
        return nth(m, items, arithmetic.number(m, arithmetic.remainder(m, turn, count)))

    return Indexed(const(0), const(sys.maxsize), const(1), get)


def _same_again(_m: Machine, item: Value) -> Indexed:
    return Indexed(const(0), const(sys.maxsize), const(1), lambda i: item)


def _indices(m: Machine, *shape: Value) -> Items | Indexed:
    """The indices of an array, the last one running fastest: from one counter, by division."""
    dims = [to_atom(m, n) for n in shape]
    inner: list[Atom] = [const(1)]  # how many items one step in a dimension passes
    for n in reversed(dims[1:]):
        inner.insert(0, arithmetic.multiply(m, n, inner[0]))
    total = arithmetic.multiply(m, dims[0], inner[0]) if dims else const(1)

    def get(i: Value) -> Value:
        left, parts = to_atom(m, i), []
        for step in inner[: len(dims)]:
            parts.append(arithmetic.number(m, arithmetic.quotient(m, left, step)))
            left = arithmetic.remainder(m, left, step)
        return Tup(tuple(parts))

    return Indexed(const(0), total, const(1), get)


def dict_rows(m: Machine, value: Value) -> tuple[tuple[Hashable, Value], ...]:
    assert isinstance(value, Ref)
    cell = m.cell(value.cell, DictCell)
    check_keys(m, cell)
    return cell.items


def row_of_dict(m: Machine, kind: str, key: Hashable, item: Value) -> Value:
    """What the keys, values or items of a dict give for one key."""
    item = looked_up(m, item)
    if kind == "values":
        return item
    known = value_of_key(m, key)
    return known if kind == "keys" else Tup((known, item))


def _of_dict(kind: str) -> Callable[..., Items]:
    def rows(m: Machine, value: Value) -> Items:
        return Items(tuple(row_of_dict(m, kind, key, item) for key, item in dict_rows(m, value)))

    return rows


ITERATORS: dict[str, Callable[..., Items | Indexed]] = {
    "zip": _zip,
    "zip strict": _zip_strict,
    "once": lambda m, values: sequence(m, values),
    "count": _count,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "map": _map,
    "starmap": _starmap,
    "each": _each,
    "cycle": _cycle,
    "repeat": _same_again,
    "indices": _indices,
    **{kind: _of_dict(kind) for kind in ("keys", "values", "items")},
}


def known_items(m: Machine, value: Value, what: str) -> tuple[Value, ...]:
    """The items of a value whose number is known now; NeedsStatic for a counted one that could be unrolled."""
    items = sequence(m, value)
    if isinstance(items, Items):
        return items.values
    for bound in (items.start, items.stop, items.step):
        if isinstance(bound, Var):
            if (
                isinstance(bound.type, Scalar)
                and bound.type.length is not None
                and bound.type.length.number is not None
            ):
                return tuple(nth(m, items, Static(k)) for k in range(bound.type.length.offset))
            raise NeedsStatic(bound, what)
    count = range(items.start.value, items.stop.value, items.step.value)  # type: ignore[union-attr]
    ordered = reversed(count) if items.backwards else count
    return tuple(items.get(Static(k)) for k in ordered)


def elements(m: Machine, nodes: list[ast.expr]) -> tuple[Value, ...]:
    """The values of expressions, with starred ones unpacked."""
    values: list[Value] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            values += known_items(m, m.evaluate(node.value), "the number of starred values")
        else:
            values.append(m.evaluate(node))
    return tuple(values)
