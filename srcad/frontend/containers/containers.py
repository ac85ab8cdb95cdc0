"""Lists, tuples and dicts: operators, items, methods."""

from __future__ import annotations

import operator
from dataclasses import dataclass, field, replace
from typing import Any

from srcad.definitions import lists
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.keys import drop_key, key_of, set_key
from srcad.frontend.containers.picked import may_be_picked, put_at
from srcad.frontend.containers.subscripts import ask_for_index, get_at, static_slice
from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.cells import DictCell, GrownCell, Housed, InstanceCell, ListCell
from srcad.frontend.core.counting import countable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sameness import atom_key
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import NONE, ArrayRef, Choice, Num, Ref, Slice, Static, Tup, Value
from srcad.frontend.memory import grown
from srcad.frontend.memory.arrays import content, from_atom, is_list, is_run_time_tuple, load, to_atom, to_number
from srcad.frontend.memory.boxes import boxed, element_of, encode, form_of, gathered, grow_all, with_element
from srcad.frontend.memory.branches import distribute
from srcad.frontend.memory.elements import detached, element_view, looked_up
from srcad.frontend.memory.inherited import plain_container
from srcad.frontend.memory.nested import change_nested
from srcad.frontend.memory.objects import call_special
from srcad.frontend.memory.presence import check_keys, present
from srcad.frontend.memory.stand_ins import raise_what_python_does
from srcad.frontend.memory.tables import make_table, needs_table
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import ListOf, Scalar

MOST_COUNTED = 64  # items of a list whose number is made known for their sake

# ---- operators


@dataclass(eq=False)
class Repeats(Restorable):
    """Of run-time lists in which an item was set: whether they held an object twice before that."""

    before: dict[Var, bool] = field(default_factory=dict)


def concatenate(m: Machine, left: Value, right: Value) -> Value:
    match left, right:
        case Tup(), Tup():
            return Tup(left.items + right.items)
        case Static(), Static():
            return Static(left.value + right.value)
        case (Tup(), Ref()) | (Ref(), Tup()) if is_run_time_tuple(m, left) or is_run_time_tuple(m, right):
            return concatenate(m, *(_as_run_time_tuple(m, side) for side in (left, right)))
        case Ref(), Ref():
            a, b = m.heap[left.cell], m.heap[right.cell]
            if is_run_time_tuple(m, left) != is_run_time_tuple(m, right):
                m.raises(TypeError("a tuple and a list are added"))
            if isinstance(a, ListCell) and isinstance(b, ListCell):
                return Ref(m.allocate(ListCell(a.items + b.items)))
            made = m.emit("list_concat", _grown_atom(m, left, b), _grown_atom(m, right, a))
            return Ref(m.allocate(replace(gathered(m, made, left, right), is_tuple=is_run_time_tuple(m, left))))
        case Tup() | Static(), Tup() | Static():
            return Tup(known_items(m, left, "a tuple") + known_items(m, right, "a tuple"))
    m.refuse(f"{left.describe()} and {right.describe()} are added")


def _as_run_time_tuple(m: Machine, value: Value) -> Value:
    if not isinstance(value, Tup):
        return value
    return Ref(m.allocate(replace(boxed(m, value.items, None), is_tuple=True)))


def _grown_atom(m: Machine, ref: Ref, other: object) -> Atom:
    """A list as a run-time object, typed like the other where it is empty."""
    cell = m.heap[ref.cell]
    if isinstance(cell, GrownCell):
        return content(m, cell)
    assert isinstance(cell, ListCell)
    element = other.var.type.element if isinstance(other, GrownCell) and isinstance(other.var.type, ListOf) else None
    return boxed(m, cell.items, element).var


def repeat(m: Machine, items: Value, count: Value) -> Value:
    """[0.0] * n."""
    if isinstance(count, Static):
        match items:
            case Static():
                return Static(items.value * count.value)
            case Tup():
                return Tup(items.items * count.value)
        assert isinstance(items, Ref)
        cell = m.heap[items.cell]
        if isinstance(cell, ListCell):
            return Ref(m.allocate(ListCell(cell.items * count.value)))
    if isinstance(count, Num):
        _ask_for_count(m, count)
    if m.depends(items):
        return _repeated(m, items, count)
    one = encode(m, items)[0] if isinstance(items, Ref) else to_atom(m, items)
    made = m.emit("list_repeat", one, to_number(m, count))
    cell = boxed_like(m, made, items)
    repeated, is_tuple = cell.repeated or not _holds_numbers(m, items), is_run_time_tuple(m, items)
    return Ref(m.allocate(replace(cell, repeated=repeated, is_tuple=is_tuple)))


def _ask_for_count(m: Machine, count: Num) -> None:
    """Have the length of a short list known beforehand, where loops are read turn by turn."""
    length = count.var.type.length if isinstance(count.var.type, Scalar) else None
    present = length.evaluate(m.lengths.sizes) if length is not None else None
    if m.known.sized and present is not None and present <= MOST_COUNTED and countable(m, count.var):
        raise NeedsStatic(count.var, "how often a list is repeated")


def _holds_numbers(m: Machine, items: Value) -> bool:
    """Whether what is in a list or tuple doesn't change."""
    cell = m.content(items)
    if isinstance(cell, GrownCell):
        return isinstance(cell.var.type, ListOf) and isinstance(cell.var.type.element, Scalar)
    return all(isinstance(item, (Static, Num)) for item in (items if cell is None else cell).children())


def _repeated(m: Machine, items: Value, count: Value) -> Value:
    made = m.call(Static(lists.repeated), (items, count))
    cell = m.content(made)
    if isinstance(made, Ref) and isinstance(cell, GrownCell):
        m.heap[made.cell] = replace(cell, repeated=True, is_tuple=is_run_time_tuple(m, items))
    return made


def boxed_like(m: Machine, made: Atom, items: Value) -> GrownCell:
    """A run-time list of the items of a list or tuple."""
    if isinstance(items, Ref):
        grow_all(m, known_list(m, items))
        return gathered(m, made, items)
    grow_all(m, (items,))
    form = form_of(m, Ref(m.allocate(ListCell(items.items)))) if isinstance(items, Tup) else None
    return with_element(m, GrownCell(made, form=form), None, items)


def known_list(m: Machine, ref: Ref) -> tuple[Value, ...]:
    cell = m.heap[ref.cell]
    return cell.items if isinstance(cell, ListCell) else ()


# ---- items


def set_container_item(m: Machine, owner: Ref, key: Value, value: Value) -> None:
    if needs_table(m, m.heap[owner.cell], key):
        make_table(m, owner)
    cell = m.heap[owner.cell]
    if isinstance(cell, DictCell) and isinstance(key, Choice) and not countable(m, key.condition):
        distribute(m, key, lambda k: _set_one(m, owner, k, value))
        return
    match cell:
        case DictCell():
            set_key(m, owner, cell, key_of(m, key), value)
        case ListCell():
            _set_list_item(m, owner, cell, key, value)
        case GrownCell(is_tuple=True):
            m.raises(TypeError("'tuple' object does not support item assignment"))
        case GrownCell():
            changed = m.emit("list_set", cell.var, element_of(m, cell, value), to_atom(m, key))
            m.change(owner.cell, replace(cell, var=changed))
            capture(m, owner, value)
            keep_apart(m, owner, cell, changed)
        case _:
            call_special(m, owner, "__setitem__", (key, value))


def _set_one(m: Machine, owner: Ref, key: Value, value: Value) -> Value:
    set_container_item(m, owner, key, value)
    return NONE


def _set_list_item(m: Machine, owner: Ref, cell: ListCell, key: Value, value: Value) -> None:
    items = list(cell.items)
    if isinstance(key, Slice):
        items[static_slice(m, key)] = known_items(m, value, "the items of a slice")
    else:
        position = to_number(m, key, "used as an index")
        if isinstance(position, Var):
            ask_for_index(m, position)
            if may_be_picked(m, (*items, value)):
                m.change(owner.cell, replace(cell, items=put_at(m, cell.items, position, value)))
                return
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
        m.heap[owner.cell] = with_element(m, cell, owner.cell, value)


def keep_apart(m: Machine, owner: Ref, before: GrownCell, changed: Var) -> None:
    """After rows[i], rows[j] = rows[j], rows[i] no element stands in two places that didn't before."""
    repeats = m.part(Repeats).before
    repeats[changed] = before.repeated
    second, first = (
        m.variables.definitions[changed],
        m.variables.definitions.get(before.var) if isinstance(before.var, Var) else None,
    )
    if first is None or first.op != "list_set":
        return
    (whole, one, i), (_, other, j) = first.operands, second.operands
    made = [m.variables.definitions.get(item) if isinstance(item, Var) else None for item in (one, other)]
    pairs = [(e.operands[0], atom_key(e.operands[1])) for e in made if e is not None and e.op == "list_get"]
    cell = m.heap[owner.cell]
    if pairs == [(whole, atom_key(j)), (whole, atom_key(i))] and isinstance(cell, GrownCell):
        m.heap[owner.cell] = replace(cell, repeated=repeats[first.results[0]])


def delete_item(m: Machine, owner: Value, key: Value) -> None:
    if isinstance(owner, ArrayRef) and is_list(m, owner):
        change_nested(m, owner, lambda one: _deleted(m, one, key))
        return
    if not isinstance(owner, Ref):
        raise_what_python_does(m, owner, lambda one: operator.delitem(one, 0))  # type: ignore[call-overload]
        m.refuse(f"an item of {owner.describe()} is deleted", unsettled=True)
    if needs_table(m, m.heap[owner.cell], key):
        make_table(m, owner)
    cell = m.heap[owner.cell]
    match cell:
        case DictCell():
            known = key_of(m, key)
            if known not in dict(cell.items):
                m.raises(KeyError(known))
            present(m, cell.entries()[known], KeyError(known))
            drop_key(m, owner, known)
        case ListCell():
            items = list(cell.items)
            try:
                del items[static_slice(m, key) if isinstance(key, Slice) else key_of(m, key)]
            except IndexError as error:
                m.raises(error)
            m.change(owner.cell, replace(cell, items=tuple(items)))
        case GrownCell(is_tuple=True):
            m.raises(TypeError("'tuple' object doesn't support item deletion"))
        case GrownCell() if not isinstance(key, Slice):
            at = to_number(m, key)
            m.emit("list_get", cell.var, at)  # which fails where there is no such item
            m.change(owner.cell, grown.without(m, cell, at))
        case InstanceCell():
            call_special(m, owner, "__delitem__", (key,))
        case _:
            m.refuse(
                "a slice of a list that has grown in a loop can't be deleted yet", do="make a new list of the rest."
            )


def _deleted(m: Machine, owner: Value, key: Value) -> Value:
    delete_item(m, owner, key)
    return NONE


def last(items: tuple[Value, ...], most: int | None) -> tuple[Value, ...]:
    return items if most is None else items[max(len(items) - most, 0) :]


def append(m: Machine, owner: Ref, value: Value) -> Value:
    cell = m.heap[owner.cell]
    if isinstance(cell, ListCell):
        m.change(owner.cell, replace(cell, items=last((*cell.items, value), cell.most)))
    else:
        assert isinstance(cell, GrownCell)
        new = element_of(m, cell, value)
        longer = replace(cell, var=m.emit("list_append", content(m, cell), new))
        m.change(owner.cell, grown.shortened(m, longer, front=False))
        capture(m, owner, value)
    return NONE


# ---- methods of lists


def pop(m: Machine, owner: Ref, index: Value = Static(-1)) -> Value:  # noqa: B008
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
        value = removed(m, value)
        m.change(owner.cell, grown.without(m, cell, to_number(m, index)))
        return value
    value_atom, rest = m.emit_many("list_pop", content(m, cell))
    if cell.form is not None:
        value = removed(m, element_view(m, ArrayRef(owner.cell), const(-1)))
        m.change(owner.cell, replace(cell, var=rest))
        return value
    m.change(owner.cell, replace(cell, var=rest))
    return from_atom(m, value_atom, owner=owner.cell)


def removed(m: Machine, value: Value) -> Value:
    """What is taken out of a list: an object has a place of its own from now on."""
    if isinstance(value, Tup):
        return value.rebuild([removed(m, item) for item in value.items])
    cell = detached(m, value) if isinstance(value, Ref) else None
    if cell is None or not isinstance(value, Ref):
        return value
    made, home = m.allocate(cell), m.cell(value.cell, Housed).at_home
    assert home is not None
    for other in sharers(m.heap, home.cell):  # it may be in other lists, and once more in this one
        whole = m.heap.get(other)
        if isinstance(whole, GrownCell) and (other != home.cell or whole.repeated):
            m.heap[other] = replace(whole, lists=whole.lists | {made})
    return Ref(made)


def pop_front(m: Machine, owner: Ref) -> Value:
    """The first item, which leaves the list."""
    return pop(m, owner, Static(0))


def copied(m: Machine, owner: Ref) -> Value:
    """A new container of the same elements."""
    cell = m.heap[owner.cell]
    if is_run_time_tuple(m, owner):
        return owner
    apart = detached(m, owner) or cell.copied()
    return Ref(m.allocate(gathered(m, cell.var, owner) if isinstance(cell, GrownCell) else apart))


# ---- methods of dicts


# ---- methods of tuples


def dict_items(m: Machine, value: Value) -> dict[Any, Value]:
    value = plain_container(m, value, "__iter__")
    cell = m.content(value)
    if isinstance(cell, DictCell):
        check_keys(m, cell)
        return {key: looked_up(m, item) for key, item in cell.items}
    if isinstance(value, Static) and isinstance(value.value, dict):
        return {key: Static(item) for key, item in value.value.items()}
    m.refuse(f"{value.describe()} is unpacked as a dict")
