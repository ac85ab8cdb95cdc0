"""The methods of lists, dicts and tuples."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace

from srcad.definitions import orders
from srcad.definitions.tables import filled_from
from srcad.frontend.containers.comparisons import contains, item_equal
from srcad.frontend.containers.containers import (
    append,
    capture,
    copied,
    delete_item,
    dict_items,
    pop,
    set_container_item,
)
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.keys import drop_key, key_of, value_of_key
from srcad.frontend.containers.operators import binary
from srcad.frontend.containers.subscripts import dict_item, fill_key, get_at
from srcad.frontend.control.collecting import extend
from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, Iter, Ref, Static, Tup, Value
from srcad.frontend.library.ordering import ordered
from srcad.frontend.memory import grown
from srcad.frontend.memory.arrays import to_number
from srcad.frontend.memory.boxes import element_of
from srcad.frontend.memory.branches import truth
from srcad.frontend.memory.inherited import plain_container
from srcad.frontend.memory.objects import get_attribute
from srcad.frontend.memory.presence import check_keys
from srcad.frontend.memory.tables import is_table, make_table
from srcad.trace.nodes import Var


def _list_items(m: Machine, owner: Ref) -> list[Value]:
    return list(known_items(m, owner, "the items of a list"))


def _set_items(m: Machine, owner: Ref, items: list[Value]) -> Value:
    cell = m.heap[owner.cell]
    if not isinstance(cell, ListCell):
        m.refuse("this method of a list that has grown in a loop isn't supported yet")
    m.change(owner.cell, replace(cell, items=tuple(items)))
    return NONE


def _insert(m: Machine, owner: Ref, index: Value, value: Value) -> Value:
    cell = m.heap[owner.cell]
    if isinstance(cell, GrownCell):
        changed = grown.inserted(m, cell, to_number(m, index), element_of(m, cell, value))
        m.change(owner.cell, grown.shortened(m, changed, front=True))
        capture(m, owner, value)
        return NONE
    items = _list_items(m, owner)
    items.insert(key_of(m, index), value)
    if isinstance(cell, ListCell) and cell.most is not None:
        items = items[: cell.most]
    return _set_items(m, owner, items)


def _extend(m: Machine, owner: Ref, values: Value) -> Value:
    extend(m, owner, values)
    return NONE


def _reverse(m: Machine, owner: Ref) -> Value:
    cell = m.heap[owner.cell]
    if isinstance(cell, GrownCell):
        m.change(owner.cell, replace(cell, var=m.emit("list_reverse", cell.var)))
        return NONE
    return _set_items(m, owner, _list_items(m, owner)[::-1])


def _clear(m: Machine, owner: Ref) -> Value:
    m.change(owner.cell, ListCell(()))
    return NONE


def _index(m: Machine, owner: Value, item: Value) -> Value:
    if isinstance(m.content(owner), GrownCell):
        return m.call(Static(orders.index), (owner, item))
    for k, other in enumerate(known_items(m, owner, "the items that are searched")):
        known = item_equal(m, other, item)
        if not isinstance(known, Static):
            return m.call(Static(orders.index), (owner, item))
        if known.value:
            return Static(k)
    m.raises(ValueError("the item is not in list"))


def _count(m: Machine, owner: Value, item: Value) -> Value:
    total: Value = Static(0)
    for other in known_items(m, owner, "the items that are counted"):
        total = binary(m, ast.Add(), total, item_equal(m, other, item))
    return total


def _sort(m: Machine, owner: Ref, key: Value = NONE, reverse: Value = FALSE) -> Value:
    made = ordered(m, owner, key, reverse)
    assert isinstance(made, Ref)
    m.change(owner.cell, m.heap[made.cell])
    return NONE


def _remove(m: Machine, owner: Ref, item: Value) -> Value:
    index = _index(m, owner, item)
    delete_item(m, owner, index)
    return NONE


def _rotate(m: Machine, owner: Ref, count: Value = Static(1)) -> Value:  # noqa: B008
    items, k = _list_items(m, owner), key_of(m, count)
    shift = k % len(items) if items else 0
    return _set_items(m, owner, items[len(items) - shift :] + items[: len(items) - shift])


def _extend_left(m: Machine, owner: Ref, values: Value) -> Value:
    m.run_over(values, lambda value: _put_first(m, owner, value))
    return NONE


def _put_first(m: Machine, owner: Ref, value: Value) -> None:
    _insert(m, owner, Static(0), value)


LIST_METHODS: dict[str, Callable[..., Value]] = {
    "append": append,
    "appendleft": lambda m, owner, value: _insert(m, owner, Static(0), value),
    "extendleft": _extend_left,
    "popleft": lambda m, owner: pop(m, owner, Static(0)),
    "pop": pop,
    "insert": _insert,
    "extend": _extend,
    "reverse": _reverse,
    "clear": _clear,
    "copy": copied,
    "index": _index,
    "count": _count,
    "sort": _sort,
    "remove": _remove,
    "rotate": _rotate,
}


def _get(m: Machine, owner: Ref, key: Value, default: Value = NONE) -> Value:
    return dict_item(m, owner, key, default)


def _setdefault(m: Machine, owner: Ref, key: Value, default: Value = NONE) -> Value:
    there = truth(m, contains(m, owner, key))
    if isinstance(there, Var):
        fill_key(m, owner, key_of(m, key), there, lambda: default)
    elif not there:
        set_container_item(m, owner, key, default)
    return get_at(m, owner, key)


def _dict_pop(m: Machine, owner: Ref, key: Value, *default: Value) -> Value:
    value = dict_item(m, owner, key, *default)
    if contains(m, owner, key) != FALSE:
        drop_key(m, owner, key_of(m, key))
    return value


def _update(m: Machine, owner: Ref, *others: Value, **named: Value) -> Value:
    for given in others:
        other = plain_container(m, given, "__iter__")
        if is_table(m.content(other)):
            make_table(m, owner)
            m.call(get_attribute(m, owner, "update"), (other,))
            continue
        kind = m.content(other)
        if isinstance(kind, InstanceCell) and hasattr(kind.cls, "keys"):
            m.call(Static(filled_from), (owner, other))
            continue
        if isinstance(other, Ref) and isinstance(m.heap[other.cell], DictCell):
            pairs: Iterable[tuple[Value, Value]] = ((value_of_key(m, k), v) for k, v in dict_items(m, other).items())
        else:
            rows = (known_items(m, pair, "a pair") for pair in known_items(m, other, "pairs"))
            pairs = ((key, value) for key, value in rows)
        for key, value in pairs:
            set_container_item(m, owner, key, value)
    for name, value in named.items():
        set_container_item(m, owner, Static(name), value)
    return NONE


def _clear_dict(m: Machine, owner: Ref) -> Value:
    cell = m.cell(owner.cell, DictCell)
    m.change(owner.cell, replace(cell, items=(), unsure=frozenset(), ordered=True))
    return NONE


def _move_to_end(m: Machine, owner: Ref, key: Value, last: Value = Static(True)) -> Value:  # noqa: B008
    cell = m.cell(owner.cell, DictCell)
    check_keys(m, cell)
    known = key_of(m, key)
    moved = [(k, v) for k, v in cell.items if k == known]
    rest = [(k, v) for k, v in cell.items if k != known]
    m.change(owner.cell, replace(cell, items=tuple([*rest, *moved] if last != FALSE else [*moved, *rest])))
    return NONE


def _pop_item(m: Machine, owner: Ref, last: Value = Static(True)) -> Value:  # noqa: B008
    cell = m.cell(owner.cell, DictCell)
    check_keys(m, cell)
    if not cell.items:
        m.raises(KeyError("popitem(): dictionary is empty"))
    place = len(cell.items) - 1 if key_of(m, last) else 0
    key, value = cell.items[place]
    m.change(owner.cell, replace(cell, items=cell.items[:place] + cell.items[place + 1 :]))
    return Tup((value_of_key(m, key), value))


DICT_METHODS: dict[str, Callable[..., Value]] = {
    "get": _get,
    "keys": lambda m, owner: Iter("keys", (owner,)),
    "values": lambda m, owner: Iter("values", (owner,)),
    "items": lambda m, owner: Iter("items", (owner,)),
    "setdefault": _setdefault,
    "pop": _dict_pop,
    "update": _update,
    "copy": copied,
    "clear": _clear_dict,
    "move_to_end": _move_to_end,
    "popitem": _pop_item,
}


def _replace(m: Machine, owner: Tup, **named: Value) -> Value:
    fields: tuple[str, ...] = getattr(owner.cls, "_fields", ())
    unknown = [name for name in named if name not in fields]
    if unknown:
        problem = f"Got unexpected field names: {unknown!r}"
        m.raises(TypeError(problem) if sys.version_info >= (3, 13) else ValueError(problem))
    pairs = zip(fields, owner.items, strict=True)
    return Tup(tuple(named.get(name, item) for name, item in pairs), owner.cls)


def _asdict(m: Machine, owner: Tup) -> Value:
    fields: tuple[str, ...] = getattr(owner.cls, "_fields", ())
    return Ref(m.allocate(DictCell(tuple(zip(fields, owner.items, strict=True)))))


TUPLE_METHODS: dict[str, Callable[..., Value]] = {
    "_replace": _replace,
    "_asdict": _asdict,
    "index": _index,
    "count": _count,
}
