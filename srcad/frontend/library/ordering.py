"""Sorted sequences: sorted(...), and the sort of a list."""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import Any

import numpy as np

from srcad.definitions import orders
from srcad.frontend.containers.comparisons import compare
from srcad.frontend.containers.iteration import Items, known_items, sequence
from srcad.frontend.containers.operators import binary
from srcad.frontend.containers.subscripts import get_at
from srcad.frontend.control.collecting import to_list
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, ArrayRef, Num, Ref, Slice, Static, Tup, Value
from srcad.frontend.core.walk import known_values
from srcad.frontend.library.lowered import lower
from srcad.frontend.library.numbers import as_array
from srcad.frontend.memory.arrays import from_atom, to_number
from srcad.frontend.memory.boxes import as_distinct_as, boxed
from srcad.trace.nodes import Atom
from srcad.trace.types import Array, ListOf, Scalar, TupleOf, Unknown, rank_of


def known_keys(keys: Sequence[Value]) -> list[Any] | None:
    """What tells the order of these keys: they, or first parts of tuples that differ; None if it isn't known."""
    first = [k.items[0] for k in keys if isinstance(k, Tup) and k.items]
    known = known_values(first) if len(first) == len(keys) else None
    return known if known is not None and len(set(known)) == len(known) else known_values(keys)


def _by_keys(m: Machine, items: Sequence[Value], keys: Sequence[Value], reverse: bool) -> Value:
    """The items in the order that the run finds: of one type, so that any of them can stand at any place."""
    if len(items) < 2:  # there is nothing to compare
        return Ref(m.allocate(ListCell(tuple(items))))
    parts = [_numbers_of(m, key) for key in keys]
    alike = all(one is not None and len(one) == len(parts[0] or ()) for one in parts)
    columns = list(zip(*(one for one in parts if one is not None), strict=True)) if alike else []
    order = _order_of_columns(m, columns, reverse) if columns else _order_by_comparing(m, keys, reverse)
    whole = Ref(m.allocate(boxed(m, tuple(items))))
    places = [from_atom(m, m.emit("get_item", order, k, index=(("int", 0),))) for k in range(len(items))]
    return Ref(m.allocate(ListCell(tuple(get_at(m, whole, place) for place in places))))


def _numbers_of(m: Machine, key: Value) -> tuple[Value, ...] | None:
    """The numbers by which a key is compared, one after the other; None where they don't tell how it compares."""
    if not isinstance(key, Tup):
        return None if isinstance(key, Ref) else (_comparable(m, key),)
    return key.items if all(map(_is_number, key.items)) else None


def _is_number(value: Value) -> bool:
    if isinstance(value, Static):
        return isinstance(value.value, (int, float))
    return isinstance(value, Num) and rank_of(value.var.type) == 0


def _order_of_columns(m: Machine, columns: list[tuple[Value, ...]], reverse: bool) -> Atom:
    rows = [as_number_array(m, column) for column in columns]
    if reverse:  # which keeps the order of equals, as the sort does
        rows = [m.emit("negative", row) for row in rows]
    order: Atom = m.emit("lexsort", *reversed(rows))
    return order


def _order_by_comparing(m: Machine, keys: Sequence[Value], reverse: bool) -> Atom:
    """The order of keys of which no more is known than which of two is less."""
    before: list[Value] = [Static(0)] * len(keys)  # how many of the keys come before each
    for k, later in enumerate(keys):
        for j, earlier in enumerate(keys[:k]):
            one, other = (earlier, later) if reverse else (later, earlier)
            swapped = compare(m, ast.Lt(), one, other)
            before[j] = binary(m, ast.Add(), before[j], swapped)
            before[k] = binary(m, ast.Add(), before[k], binary(m, ast.Sub(), Static(1), swapped))
    order: Atom = m.emit("argsort", as_number_array(m, tuple(before)))
    return order


def _holds_numbers(m: Machine, values: Value) -> bool:
    """Whether what is sorted is an array, or a list of numbers and arrays."""
    cell = m.content(values)
    if not isinstance(cell, GrownCell) or not isinstance(cell.var.type, ListOf):
        return True
    return isinstance(cell.var.type.element, (Scalar, Unknown, Array))


def _by_key_of_run(m: Machine, values: Value, key: Value, reverse: bool) -> Value:
    """A run-time list in the order of the keys of its values."""
    made = to_list(m, values)
    keys = m.call(Static(orders.keys_of), (made, Static(orders.itself) if key == NONE else key))
    cell, backwards = m.content(keys), Static(reverse)
    element = cell.var.type.element if isinstance(cell, GrownCell) and isinstance(cell.var.type, ListOf) else None
    match element:
        case Scalar() | Unknown() | None:
            sorted_ = m.call(Static(orders.by_numbers), (made, keys, backwards))
        case TupleOf(items=items) if _are_tuples(cell) and all(isinstance(item, Scalar) for item in items):
            sorted_ = m.call(Static(orders.by_tuples), (made, keys, Static(len(items)), backwards))
        case _:
            sorted_ = m.call(Static(orders.by_comparing), (made, keys, backwards))
    as_distinct_as(m, sorted_, made)
    return sorted_


def _are_tuples(cell: object) -> bool:
    """Whether the elements of a list are tuples, and no objects that a run-time list holds as such."""
    form = cell.form if isinstance(cell, GrownCell) else None
    return form is None or form.kind == "tuple"


def _comparable(m: Machine, key: Value) -> Value:
    """A number of the same order; an array has to have one element, or Python can't tell which of two is less."""
    atom = to_number(m, key, "compared")
    if not rank_of(atom.type):
        return key
    whole = m.emit("reshape", atom)
    return arithmetic.number(m, m.emit("get_item", whole, index=()))


def as_number_array(m: Machine, items: tuple[Value, ...]) -> Atom:
    return to_number(m, Tup(items))


def ordered(m: Machine, values: Value, key: Value, reverse: Value) -> Value:
    """sorted(...): of known values now, of numbers by np.sort."""
    items, backwards = sequence(m, values), reverse != FALSE
    if isinstance(items, Items):
        keys = [v if key == NONE else m.call(key, (v,)) for v in items.values]
        plain = known_keys(keys)
        if plain is not None:
            order = sorted(range(len(keys)), key=plain.__getitem__, reverse=backwards)
            return Ref(m.allocate(ListCell(tuple(items.values[k] for k in order))))
        if len(keys) < 2 or key != NONE or any(isinstance(v, (Tup, Ref, ArrayRef)) for v in keys):
            return _by_keys(m, items.values, keys, backwards)
    if key != NONE or not _holds_numbers(m, values):
        return _by_key_of_run(m, values, key, backwards)
    array = values if isinstance(values, ArrayRef) else as_array(m, values)
    if rank_of(to_number(m, array).type) != 1:
        if not isinstance(values, ArrayRef) and not isinstance(items, Items):
            return _by_key_of_run(m, values, key, backwards)
        rows = known_items(m, values, "the number of arrays that are sorted")
        return _by_keys(m, rows, rows, backwards)
    done = lower(m, np.sort, (array,), {})
    if backwards:
        done = get_at(m, done, Slice(NONE, NONE, Static(-1)))
    return to_list(m, done)
