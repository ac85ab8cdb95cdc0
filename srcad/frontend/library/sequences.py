"""The built-in functions that make ranges and containers, and their lengths."""

from __future__ import annotations

import collections
import functools
import itertools
import sys
from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace

import numpy as np

from srcad.definitions import iterators
from srcad.definitions.tables import RunCounter, RunDict, RunSet
from srcad.errors import SrcadError
from srcad.frontend.containers.containers import dict_items, set_container_item
from srcad.frontend.containers.exhaustion import once
from srcad.frontend.containers.iteration import Items, known_items, length, sequence
from srcad.frontend.containers.keys import key_of
from srcad.frontend.containers.operators import refuse_text
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.control.collecting import extend, to_list
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, ArrayRef, Iter, Num, Obj, Range, Ref, Slice, Static, Tup, Value
from srcad.frontend.core.walk import known_values
from srcad.frontend.library.lowered import lower
from srcad.frontend.library.numbers import as_array
from srcad.frontend.library.ordering import ordered
from srcad.frontend.library.taking import end_of, iterator_of, sent_or_end, take_next
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import from_atom, to_atom, to_number, to_python
from srcad.frontend.memory.branches import branch
from srcad.frontend.memory.presence import key_count
from srcad.frontend.memory.tables import is_set, is_table, known_set, table_of
from srcad.ops.arguments import dim_atom, length_atom, length_dim
from srcad.ops.catalogue import NeedsStatic, static
from srcad.trace.nodes import Const
from srcad.trace.types import Array, Scalar, dtype_of


def _len(m: Machine, x: Value) -> Value:
    match x:
        case Static():
            return Static(len(x.value))
        case Tup():
            return Static(len(x.items))
        case Ref():
            return _container_length(m, x)
        case Range() | Iter():
            items = sequence(m, x)
            return Static(len(items.values)) if isinstance(items, Items) else arithmetic.number(m, length(m, items))
    atom = to_atom(m, x)
    if isinstance(atom.type, Scalar):
        m.raises(TypeError(f"object of type '{atom.type}' has no len()"))
    if not isinstance(x, Obj) or objects.kept_path(m, x.var) is None:
        refuse_text(m, x)
    if isinstance(atom.type, Array) and atom.type.rank:
        return from_atom(m, m.emit("dim", atom, axis=0))
    return Num(m.emit("list_len", atom))


def _container_length(m: Machine, x: Ref) -> Value:
    cell = m.heap[x.cell]
    match cell:
        case DictCell():
            return key_count(m, cell)
        case ListCell():
            return Static(len(cell.items))
        case GrownCell():
            return Num(m.emit("list_len", cell.var))
    return objects.call_special(m, x, "__len__", ())


def _range(m: Machine, *args: Value) -> Value:
    for arg in args:
        if isinstance(arg, (ArrayRef, Num, Obj)) and np.dtype(dtype_of(to_atom(m, arg).type) or "int64").kind == "f":
            m.refuse("a float is an argument of range, which raises TypeError")
    if len(args) == 1:
        return Range(Static(0), args[0], Static(1))
    return Range(args[0], args[1], args[2] if len(args) > 2 else Static(1))


def _slice(_m: Machine, *args: Value) -> Value:
    if len(args) == 1:
        return Slice(NONE, args[0], NONE)
    return Slice(args[0], args[1], args[2] if len(args) > 2 else NONE)


def _from_iterable(m: Machine, values: Value, dtype: Value, count: Value = Static(-1)) -> Value:  # noqa: B008
    """np.fromiter: the first `count` items of what is iterated over, -1 for all."""
    array = lower(m, "astype", (as_array(m, to_list(m, values)), dtype), {})
    wanted, there = length_atom(to_python(m, count)), dim_atom(m.builder, to_number(m, array), 0)
    all_of_them = isinstance(wanted, Const) and wanted.value == -1
    if all_of_them or length_dim(wanted.type).same(length_dim(there.type)):
        return array
    first = get_at(m, array, Slice(NONE, count, NONE))
    if isinstance(wanted, Const) and isinstance(there, Const) and wanted.value <= there.value:
        return first
    return lower(m, "reshape", (first, count), {})  # which fails where there are fewer, as fromiter does


def _zip(m: Machine, *parts: Value, strict: Value = FALSE) -> Value:
    """zip(...)."""
    return once(m, "zip strict" if strict == Static(True) else "zip", *parts)


def _iterator(kind: str) -> Callable[..., Value]:
    def make(m: Machine, *parts: Value, **named: Value) -> Value:
        return once(m, kind, *parts, *named.values())

    return make


# ---- containers


def _list(m: Machine, values: Value | None = None) -> Value:
    return Ref(m.allocate(ListCell(()))) if values is None else to_list(m, values)


def _tuple(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    items = sequence(m, values)
    if isinstance(items, Items):
        return Tup(items.values)
    with m.attempt(NeedsStatic):
        return Tup(known_items(m, values, "the length of a tuple"))
    made = to_list(m, values)
    cell = m.heap[made.cell]
    if isinstance(cell, GrownCell):
        m.heap[made.cell] = replace(cell, is_tuple=True)
    return made


def _dict(m: Machine, values: Value | None = None, **named: Value) -> Ref:
    items: dict[Hashable, Value] = {}
    if values is not None and isinstance(m.content(values), InstanceCell):
        whole = Ref(m.allocate(DictCell(())))
        m.call(objects.get_attribute(m, whole, "update"), (values,), named)
        return whole
    if isinstance(values, Ref) and isinstance(m.heap[values.cell], DictCell):
        items.update(dict_items(m, values))
    elif values is not None:
        with m.attempt(NeedsStatic, when=lambda _: m.known.chosen) as tried:
            items.update(_pairs(m, values))
        if tried.error:
            made = Ref(m.allocate(table_of(m, DictCell(()))))
            m.call(Static(RunDict.update), (made, values))
            return made
    items.update(named)
    return Ref(m.allocate(DictCell(tuple(items.items()))))


def _pairs(m: Machine, values: Value) -> Iterator[tuple[Hashable, Value]]:
    for pair in known_items(m, values, "the pairs of a dict"):
        key, value = known_items(m, pair, "a pair")
        yield key_of(m, key), value


def _default_dict(m: Machine, factory: Value = NONE, values: Value | None = None, **named: Value) -> Value:
    made = _dict(m, values, **named)
    cell = m.cell(made.cell, DictCell)
    given = None if factory == NONE else factory
    return Ref(m.allocate(replace(cell, cls=collections.defaultdict, factory=given)))


def _from_keys(m: Machine, keys: Value, value: Value = NONE) -> Value:
    """dict.fromkeys(keys, value)"""
    made = Ref(m.allocate(DictCell(())))
    for key in known_items(m, keys, "the keys of a dict"):
        set_container_item(m, made, key, value)
    return made


def _counter(m: Machine, values: Value = Tup(()), **named: Value) -> Value:  # noqa: B008
    """collections.Counter of known items, or of counts."""
    given = m.content(values)
    if named or isinstance(given, DictCell) or is_table(given):
        empty = Ref(m.allocate(DictCell((), collections.Counter)))
        m.call(Static(RunCounter.update), (empty, values), named)
        return empty
    if m.known.chosen:
        made = Ref(m.allocate(table_of(m, DictCell((), collections.Counter))))
        m.call(Static(RunCounter.count), (made, values))
        return made
    counts = collections.Counter(key_of(m, item) for item in known_items(m, values, "the items that are counted"))
    items = tuple((key, Static(count)) for key, count in counts.items())
    return Ref(m.allocate(DictCell(items, collections.Counter)))


def make_set(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    """set(values)."""
    known = _known_elements(m, values)
    return m.call(Static(RunSet), (values,)) if known is None else known_set(m, known)


def _known_elements(m: Machine, values: Value) -> list[Hashable] | None:
    with m.attempt(SrcadError, NeedsStatic):
        keys = [key_of(m, item) for item in known_items(m, values, "the items of a set")]
        return list(dict.fromkeys(keys))
    return None


def _frozen(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    known = known_values(known_items(m, values, "the items of a set"))
    return make_set(m, values) if known is None else Static(frozenset(known))


def _sorted(m: Machine, values: Value, key: Value = NONE, reverse: Value = FALSE) -> Value:
    cell = m.content(values)
    if isinstance(cell, InstanceCell) and is_set(cell):  # in whatever order
        values = m.call(Static(list), (cell.entries()["known"],))
    return ordered(m, values, key, reverse)


def _deque(m: Machine, iterable: Value = Tup(()), maxlen: Value = NONE) -> Value:  # noqa: B008
    """A list; one with a maximal length drops what is in excess with each new item."""
    made = to_list(m, iterable)
    if maxlen == NONE:
        return made
    most = static(maxlen.value if isinstance(maxlen, Static) else to_number(m, maxlen), "the maximal length of a deque")
    bounded = Ref(m.allocate(ListCell((), most=most)))
    extend(m, bounded, made)
    return bounded


def _count(m: Machine, start: Value = Static(0), step: Value = Static(1)) -> Value:  # noqa: B008
    """itertools.count: a range that no loop comes to the end of."""
    if step != Static(1):
        m.refuse("itertools.count with a step isn't supported yet", do="multiply the counter.")
    return Range(start, Static(sys.maxsize), step)


def _indices(m: Machine, *shape: Value) -> Value:
    """np.ndindex(shape), np.ndindex(2, 3)."""
    dims = known_items(m, shape[0], "a shape") if len(shape) == 1 and not isinstance(shape[0], (Static, Num)) else shape
    if len(shape) == 1 and isinstance(shape[0], Static) and isinstance(shape[0].value, tuple):
        dims = tuple(Static(n) for n in shape[0].value)
    return Iter("indices", dims)


def _broadcast_shapes(m: Machine, *shapes: Value) -> Value:
    """np.broadcast_shapes: of lengths that differ, one is 1."""
    rows = [(s,) if isinstance(s, (Num, Static)) and not _is_tuple(s) else known_items(m, s, "a shape") for s in shapes]
    columns = itertools.zip_longest(*(reversed(row) for row in rows), fillvalue=Static(1))
    return Tup(tuple(functools.reduce(functools.partial(_stretched, m), column) for column in columns)[::-1])


def _is_tuple(value: Value) -> bool:
    return isinstance(value, Static) and isinstance(value.value, tuple)


def _stretched(m: Machine, a: Value, b: Value) -> Value:
    """The length of what has these lengths before it is stretched."""
    if a == b or b == Static(1):
        return a
    if a == Static(1):
        return b
    one, two = to_atom(m, a), to_atom(m, b)
    if length_dim(one.type).same(length_dim(two.type)):
        return a
    fits = m.emit("logical_or", m.emit("equal", one, two), m.emit("equal", m.emit("minimum", one, two), 1))
    error = ValueError("shape mismatch: objects cannot be broadcast to a single shape")
    branch(m, fits, lambda: NONE, lambda: m.raises(error))
    return arithmetic.number(m, m.emit("maximum", one, two))


def _enumerated(m: Machine, array: Value) -> Value:
    """np.ndenumerate(a)."""
    shape = objects.get_attribute(m, array, "shape")
    indices = Iter("indices", known_items(m, shape, "a shape"))
    return Iter("zip", (indices, objects.get_attribute(m, array, "flat")))


SEQUENCES: dict[Hashable, Callable[..., Value]] = {
    len: _len,
    range: _range,
    slice: _slice,
    zip: _zip,
    enumerate: _iterator("enumerate"),
    reversed: _iterator("reversed"),
    map: _iterator("map"),
    iter: iterator_of,
    next: take_next,
    iterators.sent: sent_or_end,
    iterators.end_of: end_of,
    np.fromiter: _from_iterable,
    itertools.count: _count,
    itertools.starmap: _iterator("starmap"),
    np.ndindex: _indices,
    np.ndenumerate: _enumerated,
    np.broadcast_shapes: _broadcast_shapes,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: make_set,
    frozenset: _frozen,
    sorted: _sorted,
    collections.deque: _deque,
    dict.fromkeys: _from_keys,
    collections.OrderedDict: _dict,
    collections.defaultdict: _default_dict,
    collections.Counter: _counter,
}
