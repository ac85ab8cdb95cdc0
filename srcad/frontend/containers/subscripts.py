"""Subscripts: x[i], x[1:, None], x[mask], parts[k], params["w"]."""

from __future__ import annotations

import ast
import collections
from collections.abc import Callable, Hashable
from dataclasses import replace
from typing import Any

import numpy as np

from srcad.errors import SrcadError
from srcad.frontend.containers.iteration import elements
from srcad.frontend.containers.keys import key_of, set_key
from srcad.frontend.containers.picked import may_be_picked, picked
from srcad.frontend.core import arithmetic
from srcad.frontend.core.cells import DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.counting import countable
from srcad.frontend.core.externals import INDEXERS
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Choice,
    Num,
    Obj,
    Partial,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
    ViewStep,
)
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import Index, from_atom, is_list, is_run_time_tuple, load, to_atom, to_number, view
from srcad.frontend.memory.boxes import boxed, gathered
from srcad.frontend.memory.branches import branch, distribute, settled, truth
from srcad.frontend.memory.elements import element_view, looked_up
from srcad.frontend.memory.nested import listed
from srcad.frontend.memory.parts import is_flat
from srcad.frontend.memory.presence import has_key, note_keys, present
from srcad.frontend.memory.tables import make_table, needs_table
from srcad.ops.catalogue import NeedsStatic, static
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Array, ListOf, Opaque, Scalar, Unknown, dtype_of

MOST_KINDS = 32  # of which one is chosen by a number of the run


def get_item(m: Machine, owner: Value, index: ast.expr) -> Value:
    """owner[index]."""
    if isinstance(owner, ArrayRef) and not is_list(m, owner):
        return array_item(m, owner, index_of(m, index))
    return get_at(m, owner, m.evaluate(index))


def get_at(m: Machine, owner: Value, key: Value) -> Value:
    """owner[key], for a key that has been read."""
    keyed = isinstance(owner, Tup) or isinstance(m.content(owner), DictCell)
    if keyed and isinstance(key, Choice) and not countable(m, key.condition) and not m.known.chosen:
        return _one_of_two(m, owner, key)
    match owner:
        case ArrayRef():
            return _list_item(m, owner, key) if is_list(m, owner) else array_item(m, owner, index_from(m, key))
        case Tup():
            return _sequence_item(m, owner.items, key, None)
        case Ref():
            return _container_item(m, owner, key)
        case Range():
            return _range_item(m, owner, key)
        case Num():
            return _number_item(m, owner, key)
        case Obj():
            return Obj(m.emit("subscript", owner.var, to_atom(m, key)))
        case Static():
            return _static_item(m, owner, key)
    m.refuse(f"{owner.describe()} is indexed")


def _one_of_two(m: Machine, owner: Value, key: Choice) -> Value:
    """The item of one of two keys: what refers to memory stays one of two, so that a change of it is one of that."""

    def look(k: Value) -> Value:
        get_at(m, owner, k)
        return NONE

    if isinstance(m.content(owner), DictCell):
        note_keys(m)
        distribute(m, key, look)  # which raises where there is no such key, and fills a defaultdict
    sides = [_held_for(m, owner, k) for k in (key.then, key.otherwise)]
    if all(isinstance(side, (Ref, ArrayRef)) for side in sides):
        return Choice(key.condition, *(side for side in sides if side is not None))
    return distribute(m, key, lambda k: get_at(m, owner, k))


def _held_for(m: Machine, owner: Value, key: Value) -> Value | None:
    """What a dict or tuple has for a key that is known; None for another key."""
    cell = m.content(owner)
    if not isinstance(key, Static) or not (isinstance(owner, Tup) or isinstance(cell, DictCell)):
        return None
    if isinstance(owner, Tup):
        within = isinstance(key.value, int) and -len(owner.items) <= key.value < len(owner.items)
        return owner.items[key.value] if within else None
    held = cell.entries().get(key.value) if cell is not None else None
    return held.value if isinstance(held, Partial) else held


def get_known(m: Machine, owner: Value, k: int) -> Value:
    return get_at(m, owner, Static(k))


# ---- arrays


def array_item(m: Machine, ref: ArrayRef, index: Index) -> Value:
    """An item of an array: a number, a view, or a copy for fancy indices."""
    operands, template = index
    base = load(m, ref)
    if isinstance(base.type, Scalar) and not operands and isinstance(base, Var):
        return Num(base)
    step = ViewStep("get_item", operands, (("index", template),))
    if is_flat(ref) or any(entry[0] in ("array", "object") for entry in template):
        return from_atom(m, m.emit("get_item", base, *operands, index=template))
    item = view(m, base, step)
    in_list = isinstance(m.heap[ref.cell], GrownCell)
    if isinstance(item, Var) and isinstance(item.type, (Array, Unknown) if in_list else Array):
        return ArrayRef(ref.cell, (*ref.path, step))
    return from_atom(m, item)


def _number_item(m: Machine, owner: Num, key: Value) -> Value:
    """x[()] of a number, and items of what may turn out an array."""
    if isinstance(owner.var.type, Scalar) and isinstance(key, Tup) and not key.items:
        return owner
    if isinstance(owner.var.type, Scalar) and owner.var.type.python:
        m.raises(TypeError(f"{python_name(owner.var.type)!r} object is not subscriptable"))
    operands, template = index_from(m, key)
    if isinstance(owner.var.type, Scalar) and any(e[0] not in ("newaxis", "ellipsis") for e in template):
        m.raises(IndexError("invalid index to scalar variable."))
    return from_atom(m, m.emit("get_item", owner.var, *operands, index=template))


def python_name(t: Scalar) -> str:
    """How Python calls the type of a number."""
    return t.dtype.rstrip("0123456789") if t.python else f"numpy.{t.dtype}"


def index_of(m: Machine, node: ast.expr) -> Index:
    """The index operands and template of a subscript."""
    if isinstance(node, ast.Tuple):
        return _index(m, elements(m, node.elts))
    return index_from(m, m.evaluate(node))


def index_from(m: Machine, key: Value) -> Index:
    if isinstance(key, Tup):
        return _index(m, key.items)
    if is_run_time_tuple(m, key):
        m.refuse("an index is a tuple whose length is known at run time only", do="use a tuple of a known length.")
    return _index(m, (key,))


def _index(m: Machine, parts: tuple[Value, ...]) -> Index:
    operands: list[Atom] = []
    template = tuple(_component(m, part, operands) for part in parts)
    return tuple(operands), template


def _component(m: Machine, part: Value, operands: list[Atom]) -> tuple[Any, ...]:
    match part:
        case Static(value=None):
            return ("newaxis",)
        case Static(value=known) if known is Ellipsis:
            return ("ellipsis",)
        case Static(value=slice(start=start, stop=stop, step=step)):
            return ("slice", *(_bound(m, Static(bound), operands) for bound in (start, stop, step)))
        case Slice():
            return ("slice", *(_bound(m, bound, operands) for bound in part.children()))
        case Range():
            bounds = (to_atom(m, bound) for bound in part.children())
            atom: Atom = m.emit("arange", *bounds, dtype=None)
        case _ if _is_empty_list(m, part):  # NumPy takes it for no places, not for no floats
            atom = m.emit("zeros", 0, dtype="int64")
        case _:
            atom = to_number(m, part, "used as an index")
    if m.is_active(atom) and dtype_of(atom.type) is not None and np.dtype(dtype_of(atom.type)).kind == "f":
        m.refuse("a float is used as an index", do="convert it by int(...).")
    operands.append(atom)
    return (_kind(atom), len(operands) - 1)


def _is_empty_list(m: Machine, part: Value) -> bool:
    cell = m.content(part)
    return isinstance(cell, ListCell) and not cell.items


def _kind(atom: Atom) -> str:
    t = atom.type
    if isinstance(t, Scalar):
        return "array" if t.dtype == "bool" else "int"
    return "array" if isinstance(t, Array) else "object"


def _bound(m: Machine, bound: Value, operands: list[Atom]) -> int | None:
    if isinstance(bound, Static) and bound.value is None:
        return None
    operands.append(to_number(m, bound, "used as a bound of a slice"))
    return len(operands) - 1


# ---- containers


def _container_item(m: Machine, ref: Ref, key: Value) -> Value:
    if needs_table(m, m.heap[ref.cell], key):
        make_table(m, ref)
    cell = m.heap[ref.cell]
    match cell:
        case DictCell():
            return dict_item(m, ref, key)
        case ListCell():
            return _sequence_item(m, cell.items, key, ref)
        case GrownCell():
            return _list_item(m, ArrayRef(ref.cell), key)
    assert isinstance(cell, InstanceCell)
    return objects.call_special(m, ref, "__getitem__", (key,))


def dict_item(m: Machine, ref: Ref, key: Value, default: Value | None = None) -> Value:
    cell = m.cell(ref.cell, DictCell)
    known = key_of(m, key)
    there = truth(m, has_key(m, cell, known))
    if cell.cls is collections.Counter and default is None:
        default = Static(0)
    if isinstance(there, Var) and (default is not None or cell.factory is not None):
        return _item_or(m, ref, known, there, default)
    if there:
        return looked_up(m, present(m, cell.entries()[known], KeyError(known)))
    if default is not None:
        return default
    missing = getattr(cell.cls, "__missing__", None)
    if missing is not None and cell.origin is not None and callable(getattr(cell.origin, "default_factory", None)):
        m.refuse("a missing key of a defaultdict is read", do="set the key before.")
    if cell.factory is not None:
        return _made_for_key(m, ref, known, cell.factory)
    m.raises(KeyError(known))


def _item_or(m: Machine, ref: Ref, key: Hashable, there: Var, default: Value | None) -> Value:
    """The item of a key that may be missing, or what stands for it then, which a defaultdict keeps."""

    def item() -> Value:
        cell = m.cell(ref.cell, DictCell)
        return present(m, cell.entries()[key], KeyError(key))

    if default is not None:
        return branch(m, there, item, lambda: default)
    fill_key(m, ref, key, there, lambda: m.call(m.cell(ref.cell, DictCell).factory or NONE, ()))
    return item()


def fill_key(m: Machine, ref: Ref, key: Hashable, there: Var, make: Callable[[], Value]) -> None:
    """Give a dict a key that may be missing: it has it from now on, on all ways."""

    def missing() -> Value:
        made = make()
        set_key(m, ref, m.cell(ref.cell, DictCell), key, made)
        return NONE

    before = m.cell(ref.cell, DictCell)
    branch(m, there, lambda: NONE, missing)
    cell = m.cell(ref.cell, DictCell)
    value = cell.entries()[key]
    items = {**cell.entries(), key: value.value if isinstance(value, Partial) else value}
    ordered = before.ordered and key == before.items[-1][0]
    m.heap[ref.cell] = replace(cell, items=tuple(items.items()), unsure=cell.unsure - {key}, ordered=ordered)


def _made_for_key(m: Machine, ref: Ref, key: Hashable, factory: Value) -> Value:
    """A missing item of a defaultdict."""
    value = m.call(factory, ())
    cell = m.cell(ref.cell, DictCell)
    set_key(m, ref, cell, key, value)
    return value


def _sequence_item(m: Machine, items: tuple[Value, ...], key: Value, owner: Ref | None) -> Value:
    """An item or a slice of a tuple, or of the list `owner`."""
    if isinstance(key, Slice) or (isinstance(key, Static) and isinstance(key.value, slice)):
        part = items[static_slice(m, key) if isinstance(key, Slice) else key.value]
        return Tup(part) if owner is None else Ref(m.allocate(ListCell(part)))
    position = _position(m, key)
    if isinstance(position, Const):
        try:
            return settled(m, items[position.value])
        except TypeError as error:
            m.raises(error)
        except IndexError:
            m.raises(IndexError(f"{'tuple' if owner is None else 'list'} index out of range"))
    return _item_by_number(m, items, position, owner)


def _item_by_number(m: Machine, items: tuple[Value, ...], position: Var, owner: Ref | None) -> Value:
    """An item by a number of the run: of a run-time list, if the items are of one type; else specialise.

    The list itself becomes one, so that what is changed through the item is changed in the list.
    """
    error = IndexError(f"{'tuple' if owner is None else 'list'} index out of range")
    if not items:
        m.raises(error)
    ask_for_index(m, position)
    if may_be_picked(m, items):
        return ArrayRef(m.allocate(picked(m, items, position)))
    for item in items:
        if isinstance(item, ArrayRef):
            load(m, item)  # which is refused where its content isn't sure
    cell = None
    with m.attempt(SrcadError):
        cell = boxed(m, items)
    kind = cell.var.type if cell is not None else None
    if cell is None or not isinstance(kind, ListOf) or isinstance(kind.element, (Unknown, Opaque)):
        return _one_of(m, items, position, error)
    if owner is None:
        return element_view(m, ArrayRef(m.allocate(cell)), position)
    m.heap[owner.cell] = cell
    return element_view(m, ArrayRef(owner.cell), position)


def _one_of(m: Machine, items: tuple[Value, ...], position: Var, error: IndexError) -> Value:
    """One of items that no variable can hold all of: what follows is read for each of them."""
    if (countable(m, position) and not m.known.chosen) or len(items) > MOST_KINDS:
        raise NeedsStatic(position, "an index of a list whose items differ in kind")
    count = len(items)
    inside = m.emit("logical_and", m.emit("less_equal", -count, position), m.emit("less", position, count))
    branch(m, inside, lambda: NONE, lambda: m.raises(error))
    place = m.emit("remainder", position, count)

    def item(k: int) -> Value:
        if k == count - 1:
            return items[k]
        return branch(m, m.emit("equal", place, k), lambda: items[k], lambda: item(k + 1))

    return item(0)


def ask_for_index(m: Machine, position: Var) -> None:
    """Have an index known beforehand, where loops are read turn by turn, and it is made of ints alone."""
    if m.known.sized and all(v.type.is_scalar and dtype_of(v.type) == "int64" for v in m.variables.sources(position)):
        raise NeedsStatic(position, "an index of a list")


def _list_item(m: Machine, ref: ArrayRef, key: Value) -> Value:
    """An item or a slice of a run-time list."""
    if isinstance(key, Slice):
        bounds = [to_atom(m, part) for part in key.children()]
        owner = listed(m, ref) if ref.path else Ref(ref.cell)
        assert isinstance(owner, Ref)
        part = gathered(m, m.emit("list_slice", load(m, ref), *bounds), owner)
        return Ref(m.allocate(replace(part, is_tuple=is_run_time_tuple(m, owner))))
    return element_view(m, ref, _position(m, key))


def _position(m: Machine, key: Value) -> Atom:
    """An index of a list or tuple; a bool of NumPy's is none."""
    position = to_number(m, key, "used as an index")
    if position.type.is_scalar and dtype_of(position.type) == "bool" and not position.type.may_be_python:
        m.raises(TypeError("list indices must be integers or slices, not numpy.bool"))
    return position


def static_slice(m: Machine, key: Slice) -> slice:
    return slice(*(static(_plain(m, part), "a bound of a slice") for part in key.children()))


def _plain(m: Machine, value: Value) -> object:
    return value.value if isinstance(value, Static) else to_number(m, value)


def _range_item(m: Machine, owner: Range, key: Value) -> Value:
    parts = [to_atom(m, part) for part in owner.children()]
    if isinstance(key, Slice):
        return _turned(m, owner, key, parts)
    position = to_number(m, key, "used as an index")
    if isinstance(position, Const) and position.value < 0:
        position = arithmetic.add(m, arithmetic.range_length(m, *parts), position)
    scaled = arithmetic.multiply(m, position, parts[2])
    return arithmetic.number(m, arithmetic.add(m, parts[0], scaled))


def _turned(m: Machine, _owner: Range, key: Slice, parts: list[Atom]) -> Value:
    """range(...)[::-1]."""
    if (key.start, key.stop, key.step) != (Static(None), Static(None), Static(-1)):
        m.refuse("a slice of a range isn't supported yet, apart from [::-1]", do="give range its bounds.")
    start, _, step = parts
    last = arithmetic.add(m, arithmetic.range_length(m, *parts), const(-1))
    back = arithmetic.multiply(m, step, const(-1))
    bounds = (
        arithmetic.add(m, start, arithmetic.multiply(m, last, step)),
        arithmetic.add(m, start, back),
        back,
    )
    return Range(*(arithmetic.number(m, bound) for bound in bounds))


def _static_item(m: Machine, owner: Static, key: Value) -> Value:
    if isinstance(owner.value, INDEXERS):
        return m.call(owner, (key,))
    if isinstance(key, Slice):
        return Static(owner.value[static_slice(m, key)])
    known = static(_plain(m, key), "a key")
    try:
        return Static(owner.value[known])
    except (TypeError, LookupError) as error:
        m.raises(error)
