"""The built-in functions that make ranges and containers, and their lengths."""

from __future__ import annotations

import collections
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.frontend import arithmetic, objects
from srcad.frontend.arrays import to_atom
from srcad.frontend.comprehensions import to_list
from srcad.frontend.expressions import (
    dict_items,
)
from srcad.frontend.iteration import Items, known_items, length, sequence
from srcad.frontend.machine import Machine
from srcad.frontend.numbers import as_array
from srcad.frontend.presence import check_keys
from srcad.frontend.subscripts import get_at
from srcad.frontend.values import (
    FALSE,
    NONE,
    ArrayRef,
    DictCell,
    GrownCell,
    Iter,
    ListCell,
    Num,
    Obj,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
)
from srcad.ops.catalogue import LOWERINGS, NeedsStatic
from srcad.trace.types import Array, dtype_of


def _len(m: Machine, x: Value) -> Value:
    if isinstance(x, Static):
        return Static(len(x.value))
    if isinstance(x, Tup):
        return Static(len(x.items))
    if isinstance(x, Ref):
        return _container_length(m, x)
    if isinstance(x, (Range, Iter)):
        items = sequence(m, x)
        return Static(len(items.values)) if isinstance(items, Items) else arithmetic.number(m, length(m, items))
    atom = to_atom(m, x)
    if isinstance(atom.type, Array) and atom.type.rank:
        from srcad.frontend.arrays import from_atom

        return from_atom(m, m.emit("dim", atom, axis=0))
    return Num(m.emit("list_len", atom))


def _container_length(m: Machine, x: Ref) -> Value:
    cell = m.heap[x.cell]
    if isinstance(cell, DictCell):
        check_keys(m, cell)
    if isinstance(cell, (ListCell, DictCell)):
        return Static(len(cell.items))
    if isinstance(cell, GrownCell):
        return Num(m.emit("list_len", cell.var))
    return objects.call_special(m, x, "__len__", ())


def _range(m: Machine, *args: Value) -> Value:
    for arg in args:
        if isinstance(arg, (ArrayRef, Num, Obj)) and np.dtype(dtype_of(to_atom(m, arg).type) or "int64").kind == "f":
            m.refuse("a float is an argument of range, which raises TypeError")
    if len(args) == 1:
        return Range(Static(0), args[0], Static(1))
    return Range(args[0], args[1], args[2] if len(args) > 2 else Static(1))


def _slice(m: Machine, *args: Value) -> Value:
    if len(args) == 1:
        return Slice(NONE, args[0], NONE)
    return Slice(args[0], args[1], args[2] if len(args) > 2 else NONE)


def _iterator(kind: str) -> Callable[..., Value]:
    def make(m: Machine, *parts: Value, **named: Value) -> Value:
        return Iter(kind, (*parts, *named.values()))

    return make


# ---- containers


def _list(m: Machine, values: Value | None = None) -> Value:
    return Ref(m.allocate(ListCell(()))) if values is None else to_list(m, values)


def _tuple(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    items = sequence(m, values)
    if isinstance(items, Items):
        return Tup(items.values)
    try:
        return Tup(known_items(m, values, "the length of a tuple"))
    except NeedsStatic:
        return to_list(m, values)


def _dict(m: Machine, values: Value | None = None, **named: Value) -> Value:
    items: dict[Any, Value] = {}
    if isinstance(values, Ref) and isinstance(m.heap[values.cell], DictCell):
        items.update(dict_items(m, values))
    elif values is not None:
        from srcad.frontend.containers import key_of

        for pair in known_items(m, values, "the pairs of a dict"):
            key, value = known_items(m, pair, "a pair")
            items[key_of(m, key)] = value
    items.update(named)
    return Ref(m.allocate(DictCell(tuple(items.items()))))


def _set(m: Machine, values: Value = Tup(())) -> Value:  # noqa: B008
    items = known_items(m, values, "the items of a set")
    if all(isinstance(v, Static) for v in items):
        return Static({v.value for v in items if isinstance(v, Static)})
    m.refuse("sets of values that are known at run time only aren't supported", do="use a list.")


def _sorted(m: Machine, values: Value, key: Value = NONE, reverse: Value = FALSE) -> Value:
    return ordered(m, values, key, reverse)


def ordered(m: Machine, values: Value, key: Value, reverse: Value) -> Value:
    """sorted(...): of known values now, of numbers by np.sort."""
    from srcad.frontend.calls import call, lower

    items = sequence(m, values)
    if isinstance(items, Items):
        keys = [v if key == NONE else call(m, key, (v,)) for v in items.values]
        if all(isinstance(k, Static) for k in keys):
            plain = [k.value for k in keys if isinstance(k, Static)]
            order = sorted(range(len(keys)), key=plain.__getitem__, reverse=bool(reverse != FALSE))
            return Ref(m.allocate(ListCell(tuple(items.values[k] for k in order))))
    if key != NONE:
        m.refuse("sorting by a key that is known at run time only isn't supported yet", do="use np.argsort.")
    array = values if isinstance(values, ArrayRef) else as_array(m, values)
    done = lower(m, LOWERINGS[np.sort], (array,), {}, np.sort)
    if reverse != FALSE:
        done = get_at(m, done, Slice(NONE, NONE, Static(-1)))
    return to_list(m, done)


def _deque(m: Machine, values: Value = Tup(()), maxlen: Value = NONE) -> Value:  # noqa: B008
    if maxlen != NONE:
        m.refuse("a deque with a maximal length isn't supported yet", do="drop the oldest item yourself.")
    return to_list(m, values)


SEQUENCES: dict[Any, Callable[..., Value]] = {
    len: _len,
    range: _range,
    slice: _slice,
    zip: _iterator("zip"),
    enumerate: _iterator("enumerate"),
    reversed: _iterator("reversed"),
    map: _iterator("map"),
    iter: lambda m, values: values,
    list: _list,
    tuple: _tuple,
    dict: _dict,
    set: _set,
    frozenset: _set,
    sorted: _sorted,
    collections.deque: _deque,
    collections.OrderedDict: _dict,
}
