"""Lists, tuples and dicts: operators, items, methods."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from srcad.frontend.containers.iteration import Indexed, known_items, sequence
from srcad.frontend.containers.objects import call_if_special
from srcad.frontend.containers.subscripts import dict_item, get_at, static_slice
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import holding
from srcad.frontend.core.values import (
    FALSE,
    NONE,
    ArrayRef,
    DictCell,
    GrownCell,
    InstanceCell,
    Iter,
    ListCell,
    Num,
    Obj,
    Partial,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
    atom_key,
)
from srcad.frontend.memory import grown
from srcad.frontend.memory.arrays import content, from_atom, load, store, to_atom, to_number
from srcad.frontend.memory.boxes import boxed, gathered, grow_all, held
from srcad.frontend.memory.branches import as_bool, both
from srcad.frontend.memory.presence import check_key, check_keys
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import ListOf


def key_of(m: Machine, value: Value) -> Any:
    """The Python key of a dict."""
    if isinstance(value, Static):
        return value.value
    if isinstance(value, Tup):
        return tuple(key_of(m, item) for item in value.items)
    if isinstance(value, (Num, Obj)) and isinstance(value.var, Var):
        raise NeedsStatic(value.var, "a key of a dict")
    m.refuse(f"{value.describe()} is a key of a dict")


# ---- operators


def concatenate(m: Machine, left: Value, right: Value) -> Value:
    if isinstance(left, Tup) and isinstance(right, Tup):
        return Tup(left.items + right.items)
    if isinstance(left, Static) and isinstance(right, Static):
        return Static(left.value + right.value)
    if isinstance(left, Ref) and isinstance(right, Ref):
        a, b = m.heap[left.cell], m.heap[right.cell]
        if isinstance(a, ListCell) and isinstance(b, ListCell):
            return Ref(m.allocate(ListCell(a.items + b.items)))
        made = m.emit("list_concat", _grown_atom(m, left, b), _grown_atom(m, right, a))
        return Ref(m.allocate(gathered(m, made, left, right)))
    if isinstance(left, (Tup, Static)) and isinstance(right, (Tup, Static)):
        return Tup(known_items(m, left, "a tuple") + known_items(m, right, "a tuple"))
    m.refuse(f"{left.describe()} and {right.describe()} are added")


def _grown_atom(m: Machine, ref: Ref, other: Any) -> Atom:
    """A list as a run-time object, typed like the other where it is empty."""
    from srcad.frontend.memory.arrays import box

    cell = m.heap[ref.cell]
    if isinstance(cell, GrownCell):
        return content(m, cell)
    assert isinstance(cell, ListCell)
    element = other.var.type.element if isinstance(other, GrownCell) and isinstance(other.var.type, ListOf) else None
    return box(m, cell.items, element)


def repeat(m: Machine, items: Value, count: Value) -> Value:
    """[0.0] * n."""
    if isinstance(count, Static):
        if isinstance(items, Static):
            return Static(items.value * count.value)
        if isinstance(items, Tup):
            return Tup(items.items * count.value)
        assert isinstance(items, Ref)
        cell = m.heap[items.cell]
        if isinstance(cell, ListCell):
            return Ref(m.allocate(ListCell(cell.items * count.value)))
    made = m.emit("list_repeat", to_atom(m, items), to_number(m, count))
    return Ref(m.allocate(replace(boxed_like(m, made, items), repeated=True)))


def boxed_like(m: Machine, made: Atom, items: Value) -> GrownCell:
    """A run-time list of the items of a list or tuple."""
    if isinstance(items, Ref):
        grow_all(m, known_list(m, items))
        return gathered(m, made, items)
    grow_all(m, (items,))
    return holding(m.heap, GrownCell(made), None, *held(m, (items,)))


def known_list(m: Machine, ref: Ref) -> tuple[Value, ...]:
    cell = m.heap[ref.cell]
    return cell.items if isinstance(cell, ListCell) else ()


def contains(m: Machine, owner: Value, item: Value) -> Value:
    """item in owner."""
    if isinstance(owner, Static) and isinstance(item, Static):
        return Static(item.value in owner.value)
    if isinstance(owner, Ref) and isinstance(m.heap[owner.cell], DictCell):
        cell: Any = m.heap[owner.cell]
        check_key(m, cell, key_of(m, item))
        return Static(key_of(m, item) in [key for key, _ in cell.items])
    if isinstance(owner, Iter) and owner.kind == "keys":
        return contains(m, owner.parts[0], item)
    special = call_if_special(m, owner, "__contains__", item)
    if special is not None:
        return as_bool(m, special)
    if isinstance(owner, (Obj, Num)):
        return Num(m.emit("contains", to_atom(m, item), owner.var))
    if isinstance(owner, Range) or (isinstance(owner, Ref) and isinstance(m.heap[owner.cell], GrownCell)):
        return Num(m.emit("contains", to_atom(m, item), to_atom(m, owner)))
    if isinstance(owner, ArrayRef):
        return Num(m.emit("contains", to_atom(m, item), to_atom(m, owner)))
    return _any_equal(m, known_items(m, owner, "the items that are searched"), item)


def _any_equal(m: Machine, items: tuple[Value, ...], item: Value) -> Value:
    from srcad.frontend.memory.branches import either

    if not items:
        return FALSE
    return either(m, item_equal(m, items[0], item), lambda: _any_equal(m, items[1:], item))


def item_equal(m: Machine, a: Value, b: Value) -> Value:
    import ast

    from srcad.frontend.syntax.expressions import compare

    return compare(m, ast.Eq(), a, b)


def equal(m: Machine, left: Value, right: Value) -> Value:
    """Tuples and lists, item by item."""
    if isinstance(left, Ref) and isinstance(right, Ref) and left == right:
        return Static(True)
    a, b = (known_items(m, v, "the items that are compared") for v in (left, right))
    return FALSE if len(a) != len(b) else _all_equal(m, a, b)


def _all_equal(m: Machine, a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
    if not a:
        return Static(True)
    return both(m, item_equal(m, a[0], b[0]), lambda: _all_equal(m, a[1:], b[1:]))


# ---- items


def set_container_item(m: Machine, owner: Ref, key: Value, value: Value) -> None:
    cell = m.heap[owner.cell]
    if isinstance(cell, DictCell):
        items = dict(cell.items)
        items[key_of(m, key)] = value
        m.change(owner.cell, replace(cell, items=tuple(items.items()), unsure=cell.unsure - {key_of(m, key)}))
    elif isinstance(cell, ListCell):
        _set_list_item(m, owner, cell, key, value)
    elif isinstance(cell, GrownCell):
        changed = m.emit("list_set", cell.var, to_atom(m, value), to_atom(m, key))
        m.change(owner.cell, replace(cell, var=changed))
        capture(m, owner, value)
        keep_apart(m, owner, cell, changed)
    else:
        from srcad.frontend.containers.objects import call_special

        call_special(m, owner, "__setitem__", (key, value))


def _set_list_item(m: Machine, owner: Ref, cell: ListCell, key: Value, value: Value) -> None:
    items = list(cell.items)
    if isinstance(key, Slice):
        items[static_slice(m, key)] = known_items(m, value, "the items of a slice")
    else:
        position = to_number(m, key, "used as an index")
        if isinstance(position, Var):
            grow(m, owner, cell)
            set_container_item(m, owner, key, value)
            return
        try:
            items[position.value] = value
        except IndexError as error:
            m.raises(error)
    m.change(owner.cell, replace(cell, items=tuple(items)))


def grow(m: Machine, owner: Ref, cell: ListCell) -> None:
    """From now on a run-time list: an item is set whose place only the run knows."""
    m.change(owner.cell, replace(boxed(m, cell.items), most=cell.most))


def capture(m: Machine, owner: Ref, value: Value) -> None:
    """A run-time list holds this value: a later change of it must not go unseen."""
    cell = m.heap[owner.cell]
    if isinstance(cell, GrownCell):
        grow_all(m, (value,))
        m.heap[owner.cell] = holding(m.heap, cell, owner.cell, *held(m, (value,)))


def keep_apart(m: Machine, owner: Ref, before: GrownCell, changed: Var) -> None:
    """After rows[i], rows[j] = rows[j], rows[i] no element stands in two places that didn't before."""
    m.repeated_before[changed] = before.repeated
    second, first = m.definitions[changed], m.definitions.get(before.var) if isinstance(before.var, Var) else None
    if first is None or first.op != "list_set":
        return
    (whole, one, i), (_, other, j) = first.operands, second.operands
    made = [m.definitions.get(item) if isinstance(item, Var) else None for item in (one, other)]
    pairs = [(e.operands[0], atom_key(e.operands[1])) for e in made if e is not None and e.op == "list_get"]
    cell = m.heap[owner.cell]
    if pairs == [(whole, atom_key(j)), (whole, atom_key(i))] and isinstance(cell, GrownCell):
        m.heap[owner.cell] = replace(cell, repeated=m.repeated_before[first.results[0]])


def delete_item(m: Machine, owner: Value, key: Value) -> None:
    if not isinstance(owner, Ref):
        m.refuse(f"an item of {owner.describe()} is deleted")
    cell = m.heap[owner.cell]
    if isinstance(cell, DictCell):
        known = key_of(m, key)
        if known not in dict(cell.items):
            m.raises(KeyError(known))
        rest = tuple((k, v) for k, v in cell.items if k != known)
        m.change(owner.cell, replace(cell, items=rest, unsure=cell.unsure - {known}))
    elif isinstance(cell, ListCell):
        items = list(cell.items)
        del items[static_slice(m, key) if isinstance(key, Slice) else key_of(m, key)]
        m.change(owner.cell, replace(cell, items=tuple(items)))
    elif isinstance(cell, GrownCell) and not isinstance(key, Slice):
        m.change(owner.cell, grown.without(m, cell, to_number(m, key)))
    elif isinstance(cell, InstanceCell):
        from srcad.frontend.containers.objects import call_special

        call_special(m, owner, "__delitem__", (key,))
    else:
        m.refuse("a slice of a list that has grown in a loop can't be deleted yet", do="make a new list of the rest.")


def extend(m: Machine, owner: Ref, values: Value) -> None:
    """list += values."""
    cell = m.heap[owner.cell]
    items = sequence(m, values)
    if isinstance(cell, ListCell) and not isinstance(items, Indexed):
        m.change(owner.cell, replace(cell, items=last(cell.items + items.values, cell.most)))
        return
    if isinstance(cell, GrownCell) and not isinstance(items, Indexed):
        for item in items.values:
            append(m, owner, item)
        return
    from srcad.frontend.control.comprehensions import to_list

    made = to_list(m, values)
    joined = concatenate(m, owner, made)
    assert isinstance(joined, Ref)
    made_cell: Any = m.heap[joined.cell]
    most = cell.most if isinstance(cell, (ListCell, GrownCell)) else None
    m.change(owner.cell, grown.shortened(m, replace(made_cell, most=most), front=False))


def last(items: tuple[Value, ...], most: int | None) -> tuple[Value, ...]:
    return items if most is None else items[max(len(items) - most, 0) :]


def append(m: Machine, owner: Ref, value: Value) -> Value:
    cell = m.heap[owner.cell]
    if isinstance(cell, ListCell):
        m.change(owner.cell, replace(cell, items=last((*cell.items, value), cell.most)))
    else:
        assert isinstance(cell, GrownCell)
        longer = replace(cell, var=m.emit("list_append", content(m, cell), to_atom(m, value)))
        m.change(owner.cell, grown.shortened(m, longer, front=False))
        capture(m, owner, value)
    return NONE


# ---- methods of lists


def _pop(m: Machine, owner: Ref, index: Value = Static(-1)) -> Value:  # noqa: B008
    cell = m.heap[owner.cell]
    if isinstance(cell, ListCell):
        items = list(cell.items)
        try:
            value = items.pop(key_of(m, index))
        except IndexError as error:
            m.raises(error)
        m.change(owner.cell, replace(cell, items=tuple(items)))
        return value
    assert isinstance(cell, GrownCell)
    if index != Static(-1):
        value = get_at(m, owner, index)
        if isinstance(value, ArrayRef):
            value = from_atom(m, load(m, value), owner=owner.cell)
        m.change(owner.cell, grown.without(m, cell, to_number(m, index)))
        return value
    value_atom, rest = m.emit_many("list_pop", content(m, cell))
    m.change(owner.cell, replace(cell, var=rest))
    return from_atom(m, value_atom, owner=owner.cell)


def pop_front(m: Machine, owner: Ref) -> Value:
    """The first item, which leaves the list."""
    return _pop(m, owner, Static(0))


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
        changed = grown.inserted(m, cell, to_number(m, index), to_atom(m, value))
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


def copied(m: Machine, owner: Ref) -> Value:
    """A new container of the same elements."""
    cell = m.heap[owner.cell]
    return Ref(m.allocate(gathered(m, cell.var, owner) if isinstance(cell, GrownCell) else cell))


def _index(m: Machine, owner: Value, item: Value) -> Value:
    for k, other in enumerate(known_items(m, owner, "the items that are searched")):
        known = item_equal(m, other, item)
        if not isinstance(known, Static):
            m.refuse("the place of an item that only the run tells is asked for", do="use np.argmax or a loop.")
        if known.value:
            return Static(k)
    m.raises(ValueError("the item is not in list"))


def _count(m: Machine, owner: Value, item: Value) -> Value:
    import ast

    from srcad.frontend.syntax.expressions import binary

    total: Value = Static(0)
    for other in known_items(m, owner, "the items that are counted"):
        total = binary(m, ast.Add(), total, item_equal(m, other, item))
    return total


def _sort(m: Machine, owner: Ref, key: Value = NONE, reverse: Value = FALSE) -> Value:
    from srcad.frontend.library.sequences import ordered

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


LIST_METHODS: dict[str, Callable[..., Value]] = {
    "append": append,
    "appendleft": lambda m, owner, value: _insert(m, owner, Static(0), value),
    "popleft": lambda m, owner: _pop(m, owner, Static(0)),
    "pop": _pop,
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


def nested_list_method(m: Machine, owner: ArrayRef, name: str, args: tuple[Value, ...]) -> Value:
    """A method of a list that is an element of a run-time list."""
    if name == "append":
        store(m, owner, m.emit("list_append", load(m, owner), to_atom(m, args[0])))
        capture(m, Ref(owner.cell), args[0])
        return NONE
    if name == "pop" and not args:
        value, rest = m.emit_many("list_pop", load(m, owner))
        store(m, owner, rest)
        return from_atom(m, value, owner=owner.cell)
    m.refuse(f"the method {name!r} of a list in a list that has grown in a loop isn't supported yet")


# ---- methods of dicts


def _get(m: Machine, owner: Ref, key: Value, default: Value = NONE) -> Value:
    found = dict_item(m, owner, key, default)
    return found if not isinstance(found, Partial) else found.value


def _setdefault(m: Machine, owner: Ref, key: Value, default: Value = NONE) -> Value:
    if contains(m, owner, key) == FALSE:
        set_container_item(m, owner, key, default)
    return get_at(m, owner, key)


def _dict_pop(m: Machine, owner: Ref, key: Value, *default: Value) -> Value:
    value = dict_item(m, owner, key, *default)
    if contains(m, owner, key) != FALSE:
        delete_item(m, owner, key)
    return value


def _update(m: Machine, owner: Ref, *others: Value, **named: Value) -> Value:
    from srcad.frontend.syntax.expressions import dict_items

    for other in others:
        if isinstance(other, Ref) and isinstance(m.heap[other.cell], DictCell):
            pairs: Any = dict_items(m, other).items()
        else:
            rows = (known_items(m, pair, "a pair") for pair in known_items(m, other, "pairs"))
            pairs = ((key_of(m, key), value) for key, value in rows)
        for key, value in pairs:
            set_container_item(m, owner, Static(key), value)
    for key, value in named.items():
        set_container_item(m, owner, Static(key), value)
    return NONE


def _clear_dict(m: Machine, owner: Ref) -> Value:
    cell: Any = m.heap[owner.cell]
    m.change(owner.cell, replace(cell, items=()))
    return NONE


def _move_to_end(m: Machine, owner: Ref, key: Value, last: Value = Static(True)) -> Value:  # noqa: B008
    cell: Any = m.heap[owner.cell]
    check_keys(m, cell)
    known = key_of(m, key)
    moved = [(k, v) for k, v in cell.items if k == known]
    rest = [(k, v) for k, v in cell.items if k != known]
    m.change(owner.cell, replace(cell, items=tuple([*rest, *moved] if last != FALSE else [*moved, *rest])))
    return NONE


def _pop_item(m: Machine, owner: Ref) -> Value:
    cell: Any = m.heap[owner.cell]
    check_keys(m, cell)
    if not cell.items:
        m.raises(KeyError("popitem(): dictionary is empty"))
    key, value = cell.items[-1]
    m.change(owner.cell, replace(cell, items=cell.items[:-1]))
    return Tup((Static(key), value))


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


# ---- methods of tuples


def _replace(m: Machine, owner: Tup, **named: Value) -> Value:
    fields: tuple[str, ...] = getattr(owner.cls, "_fields", ())
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
