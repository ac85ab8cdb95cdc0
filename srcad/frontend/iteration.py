"""What a loop runs over: items known one by one, or a counted sequence with an item for an index."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from srcad.frontend import arithmetic
from srcad.frontend.arrays import boxed, describe, dim_of, element_view, load, to_atom, view
from srcad.frontend.machine import Machine
from srcad.frontend.presence import check_keys
from srcad.frontend.values import (
    ArrayRef,
    DictCell,
    GrownCell,
    Iter,
    ListCell,
    Num,
    Obj,
    Range,
    Ref,
    Static,
    Tup,
    Value,
    ViewStep,
)
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import OPAQUE, Array, ListOf, Scalar, Unknown

Get = Callable[[Value], Value]


@dataclass(frozen=True)
class Items:
    """Items known one by one: the loop is unrolled."""

    values: tuple[Value, ...]


@dataclass(frozen=True, eq=False)
class Indexed:
    """A range of an index, and the item for it."""

    start: Atom
    stop: Atom
    step: Atom
    get: Get
    backwards: bool = False
    name: str | None = None

    @property
    def plain(self) -> bool:
        """The index counts 0, 1, 2, ..."""
        zero = isinstance(self.start, Const) and self.start.value == 0
        return zero and isinstance(self.step, Const) and self.step.value == 1 and not self.backwards


def sequence(m: Machine, value: Value) -> Items | Indexed:
    """How to run over a value."""
    if isinstance(value, Tup):
        return Items(value.items)
    if isinstance(value, Static):
        return _static(m, value)
    if isinstance(value, Range):
        return _range(m, value)
    if isinstance(value, ArrayRef):
        return _rows(m, value)
    if isinstance(value, Ref):
        return _container(m, value)
    if isinstance(value, Iter):
        return ITERATORS[value.kind](m, *value.parts)
    if isinstance(value, (Obj, Num)):
        return _object(m, value)
    m.refuse(f"{describe(value)} can't be iterated")


def _static(m: Machine, value: Static) -> Items:
    if isinstance(value.value, (str, bytes, range, set, frozenset, tuple, list, dict)):
        return Items(tuple(Static(item) for item in value.value))
    m.refuse(f"{value.value!r} can't be iterated")


def _range(m: Machine, value: Range) -> Indexed:
    start, stop, step = (to_atom(m, part) for part in (value.start, value.stop, value.step))
    return Indexed(start, stop, step, lambda i: i)


def _rows(m: Machine, ref: ArrayRef) -> Indexed:
    atom = load(m, ref)
    t = atom.type
    if isinstance(t, ListOf):
        return Indexed(const(0), m.emit("list_len", atom), const(1), lambda i: element_view(m, ref, to_atom(m, i)))
    if isinstance(t, Array) and t.rank == 0:
        m.refuse("iteration over an array without dimensions")
    length = dim_of(m, atom, 0) if isinstance(t, Array) else m.emit("list_len", atom)
    return Indexed(const(0), length, const(1), lambda i: row(m, ref, i))


def row(m: Machine, ref: ArrayRef, index: Value) -> Value:
    """x[i]: a number, or a view."""
    step = ViewStep("get_item", (to_atom(m, index),), (("index", (("int", 0),)),))
    item = view(m, load(m, ref), step)
    if isinstance(item.type, Scalar):
        return Num(item) if isinstance(item, Var) else Static(item.value)
    if isinstance(item.type, Unknown):
        return Num(item) if isinstance(item, Var) else Static(item.value)
    return ArrayRef(ref.cell, (*ref.path, step))


def _container(m: Machine, ref: Ref) -> Items | Indexed:
    cell = m.heap[ref.cell]
    if isinstance(cell, ListCell):
        return Items(cell.items)
    if isinstance(cell, DictCell):
        check_keys(m, cell)
        return Items(tuple(Static(key) for key, _ in cell.items))
    if isinstance(cell, GrownCell):
        return _grown(m, ref, cell)
    m.refuse("an instance of a class can't be iterated yet", do="iterate over a list or an array.")


def _grown(m: Machine, ref: Ref, cell: GrownCell) -> Indexed:
    whole = ArrayRef(ref.cell)
    return Indexed(
        const(0), m.emit("list_len", load(m, whole)), const(1), lambda i: element_view(m, whole, to_atom(m, i))
    )


def _object(m: Machine, value: Num | Obj) -> Indexed:
    """Any other iterable that no derivative passes through: its items, as a list."""
    if m.is_active(value.var):
        m.refuse("a value that depends on the differentiated arguments is iterated, and isn't known to be an array")
    items = m.emit("call", Const(list, OPAQUE), value.var, keywords=())
    length = m.emit("list_len", items)
    return Indexed(const(0), length, const(1), lambda i: Obj(m.emit("subscript", items, to_atom(m, i))))


# ---- iterators


def _zip(m: Machine, *parts: Value) -> Items | Indexed:
    sequences = [sequence(m, part) for part in parts]
    if all(isinstance(s, Items) for s in sequences):
        columns = [s.values for s in sequences if isinstance(s, Items)]
        return Items(tuple(Tup(tuple(row)) for row in zip(*columns, strict=False)))
    counted = [_counted(m, s) for s in sequences]
    lengths = [length(m, s) for s in counted]
    stop = lengths[0]
    for other in lengths[1:]:
        stop = arithmetic.smaller(m, stop, other)
    return Indexed(const(0), stop, const(1), lambda i: Tup(tuple(nth(m, s, i) for s in counted)))


def _counted(m: Machine, items: Items | Indexed) -> Indexed:
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
    from srcad.frontend.calls import call

    rows = _zip(m, *parts)
    if isinstance(rows, Items):
        return Items(tuple(call(m, function, row.items) for row in rows.values if isinstance(row, Tup)))

    def get(i: Value) -> Value:
        row = rows.get(i)
        assert isinstance(row, Tup)
        return call(m, function, row.items)

    return Indexed(rows.start, rows.stop, rows.step, get)


def dict_rows(m: Machine, value: Value) -> tuple[tuple[object, Value], ...]:
    assert isinstance(value, Ref)
    cell = m.heap[value.cell]
    assert isinstance(cell, DictCell)
    check_keys(m, cell)
    return cell.items


def _keys(m: Machine, value: Value) -> Items:
    return Items(tuple(Static(key) for key, _ in dict_rows(m, value)))


def _values(m: Machine, value: Value) -> Items:
    return Items(tuple(item for _, item in dict_rows(m, value)))


def _pairs(m: Machine, value: Value) -> Items:
    return Items(tuple(Tup((Static(key), item)) for key, item in dict_rows(m, value)))


ITERATORS: dict[str, Callable[..., Items | Indexed]] = {
    "zip": _zip,
    "enumerate": _enumerate,
    "reversed": _reversed,
    "map": _map,
    "keys": _keys,
    "values": _values,
    "items": _pairs,
}


def known_items(m: Machine, value: Value, what: str) -> tuple[Value, ...]:
    """The items of a value whose number is known now; NeedsStatic for a counted one that could be unrolled."""
    items = sequence(m, value)
    if isinstance(items, Items):
        return items.values
    for bound in (items.start, items.stop, items.step):
        if isinstance(bound, Var):
            if isinstance(bound.type, Scalar) and bound.type.length is not None and bound.type.length.symbol is None:
                return tuple(nth(m, items, Static(k)) for k in range(bound.type.length.offset))
            raise NeedsStatic(bound, what)
    count = range(items.start.value, items.stop.value, items.step.value)  # type: ignore[union-attr]
    ordered = reversed(count) if items.backwards else count
    return tuple(items.get(Static(k)) for k in ordered)
