"""Assignments: to names, items, attributes and patterns; in place or not, as Python and NumPy mean it."""

from __future__ import annotations

import ast
import operator
import sys
from collections.abc import Hashable, Sequence
from functools import partial
from typing import NoReturn

from srcad.frontend.containers.containers import delete_item, set_container_item
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.operators import BINARY, binary
from srcad.frontend.containers.subscripts import get_at, get_known, index_of
from srcad.frontend.control.collecting import extend, to_list
from srcad.frontend.control.pipes import is_stream
from srcad.frontend.core.cells import ArrayCell, DictCell, FrameCell, GrownCell, ListCell
from srcad.frontend.core.externals import state
from srcad.frontend.core.machine import Diverges, Machine
from srcad.frontend.core.roots import CellItselfRoot
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.source import attribute_name, declared_global
from srcad.frontend.core.values import (
    NONE,
    UNDEFINED_VALUE,
    ArrayRef,
    Choice,
    Num,
    Obj,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
)
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import is_list, is_run_time_tuple, load, store, to_atom, to_number
from srcad.frontend.memory.branches import branch, distribute, settled
from srcad.frontend.memory.foreign import refuse_foreign_write
from srcad.frontend.memory.items import items, refuse_truncation, set_items, store_items
from srcad.frontend.memory.nested import change_nested
from srcad.frontend.memory.parts import WHOLE, is_flat, set_flat_items
from srcad.frontend.memory.puts import check_same_kind
from srcad.frontend.memory.stand_ins import raise_what_python_does
from srcad.frontend.memory.tables import is_table
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import OPAQUE, Array, Scalar, Type, Unknown, dims_of, dtype_of


def assign(m: Machine, target: ast.expr, value: Value) -> None:
    """`target = value`."""
    match target:
        case ast.Name():
            set_name(m, target.id, value)
        case ast.Tuple() | ast.List():
            _unpack(m, target, value)
        case ast.Starred():
            assign(m, target.value, value)
        case ast.Subscript():
            owner = m.evaluate(target.value)
            set_item(m, owner, target.slice, value)
        case ast.Attribute():
            set_attribute(m, m.evaluate(target.value), attribute_name(m.code, target.attr), value)
        case _:
            m.refuse("this target of an assignment isn't supported", node=target)


def set_attribute(m: Machine, owner: Value, name: str, value: Value) -> None:
    """owner.name = value; of one of two objects, in a branch for each."""

    def put(one: Value) -> Value:
        objects.set_attribute(m, one, name, value)
        return value

    distribute(m, owner, put)


def set_name(m: Machine, name: str, value: Value) -> None:
    """Bind a name in the frame that owns it, and let what it holds be called so."""
    frame = m.stack.frames[-1]
    if name in m.code.nonlocals:
        owner = owner_of(m, name)
        if owner is None:
            set_outside_name(m, name, value)
            return
        frame = owner
    m.bind(name, value, frame)
    suggest(m, value, name)


def owner_of(m: Machine, name: str) -> int | None:
    """The frame of the program that owns a nonlocal variable; None for one of the world outside, and for a global."""
    if name in declared_global(m.code.node):
        return None
    frame = m.frame.parent
    while frame is not None:
        cell = m.cell(frame, FrameCell)
        if name in cell.code.local_names:
            return frame
        frame = cell.parent
    return None


def set_outside_name(m: Machine, name: str, value: Value) -> None:
    """Set a global, or a variable of an enclosing function that isn't differentiated: once, as the program does."""
    cell = next((cell for free, cell in m.code.closure if free == name), None)
    if cell is not None and name not in declared_global(m.code.node):
        owner = state(m, cell, cell, f"{name}_cell", CellItselfRoot(cell))
        objects.set_outside(m, owner, "cell_contents", value)
        return
    module = sys.modules.get(str(m.code.globals.get("__name__")))
    if module is None or vars(module) is not m.code.globals:
        m.refuse(
            f"the global variable {name!r} is set by a function whose module isn't imported",
            why="only in a module can the derivative set it, too.",
            do="define the function in a module, or return the value instead.",
        )
    label = module.__name__.rpartition(".")[2]
    objects.set_outside(m, state(m, m.code.globals, module, label, lambda: module), name, value)


def suggest(m: Machine, value: Value, name: str) -> None:
    """Let what a value holds be called by this name."""
    var: Atom | None = None
    match value:
        case Num():
            var = value.var
        case ArrayRef():
            cell = m.heap[value.cell]
            known = isinstance(cell, (ArrayCell, GrownCell)) and cell.poison is None
            var = load(m, value) if known else None
        case Ref() if isinstance(cell := m.heap[value.cell], GrownCell):
            var = cell.var
    if isinstance(var, Var) and var.name is None and not name.startswith("$"):
        m.variables.names.setdefault(var, name)


def _unpack(m: Machine, target: ast.Tuple | ast.List, value: Value) -> None:
    value = settled(m, value)
    if isinstance(value, Choice):
        distribute(m, value, lambda one: _unpacked(m, target, one))
        return
    if is_stream(m, value) or (m.known.chosen and _is_of_any_length(m, target, value)):
        value = to_list(m, value)
    if isinstance(m.content(value), GrownCell):
        _unpack_grown(m, target, value)
        return
    items = _items(m, value, len(target.elts), target)
    stars = [k for k, t in enumerate(target.elts) if isinstance(t, ast.Starred)]
    if not stars:
        if len(items) != len(target.elts):
            _check_count(m, const(len(items)), len(target.elts), starred=False)
        for part, item in zip(target.elts, items, strict=True):
            assign(m, part, item)
        return
    if len(items) < len(target.elts) - 1:
        _check_count(m, const(len(items)), len(target.elts) - 1, starred=True)
    k, after = stars[0], len(target.elts) - stars[0] - 1
    middle = Ref(m.allocate(ListCell(items[k : len(items) - after])))
    for part, item in zip(target.elts, (*items[:k], middle, *items[len(items) - after :]), strict=True):
        assign(m, part, item)


def _is_of_any_length(m: Machine, target: ast.Tuple | ast.List, value: Value) -> bool:
    """Whether a star takes the rest of an array, and the run alone knows how much that is."""
    kind = load(m, value).type if isinstance(value, ArrayRef) and not is_list(m, value) else None
    starred = any(isinstance(t, ast.Starred) for t in target.elts)
    return starred and isinstance(kind, Array) and kind.rank > 0 and kind.dims[0].number is None


def _unpacked(m: Machine, target: ast.Tuple | ast.List, value: Value) -> Value:
    if value == NONE:
        m.raises(TypeError("cannot unpack non-iterable NoneType object"))
    _unpack(m, target, value)
    return NONE


def _check_count(m: Machine, there: Atom, count: int, starred: bool) -> None:
    """Raise what Python does unless there are as many values as names, or with a star at least as many."""
    if isinstance(there, Const):
        _wrong_count(m, there, count, starred)
    wrong = m.emit("less" if starred else "not_equal", there, count)
    branch(m, wrong, lambda: _wrong_count(m, there, count, starred), lambda: NONE)


def _wrong_count(m: Machine, there: Atom, count: int, starred: bool) -> NoReturn:
    """The ValueError of an unpacking."""
    few = f"not enough values to unpack (expected {'at least ' if starred else ''}{count}, got "
    many = ValueError(f"too many values to unpack (expected {count})")
    if isinstance(there, Const):
        m.raises(ValueError(f"{few}{there.value})") if there.value < count else many)
    if not starred:
        branch(m, m.emit("less", there, count), lambda: NONE, lambda: m.raises(many))
    text = m.emit("format", there, pieces=(few, (0, "", ""), ")"))
    m.effect("raise_", m.emit("call", Const(ValueError, OPAQUE), text, keywords=()))
    raise Diverges


def _unpack_grown(m: Machine, target: ast.Tuple | ast.List, value: Value) -> None:
    """a, *rest, b = values, where only the run knows how many there are."""
    count = len(target.elts)
    k = next((k for k, t in enumerate(target.elts) if isinstance(t, ast.Starred)), count)
    there, after = m.emit("list_len", to_atom(m, value)), max(count - k - 1, 0)
    least = count - 1 if k < count else count
    _check_count(m, there, least, starred=k < count)
    before = [get_known(m, value, j) for j in range(min(k, count))]
    rest = [get_at(m, value, Slice(Static(k), Static(-after) if after else NONE, NONE))] if k < count else []
    rest = [to_list(m, part) if is_run_time_tuple(m, part) else part for part in rest]
    last = [get_known(m, value, j - after) for j in range(after)]
    for part, item in zip(target.elts, (*before, *rest, *last), strict=True):
        assign(m, part, item)


def _items(m: Machine, value: Value, count: int, target: ast.Tuple | ast.List) -> tuple[Value, ...]:
    """The parts of an unpacked value. Where only the run knows how many there are, as many as there are names."""
    starred = any(isinstance(t, ast.Starred) for t in target.elts)
    match value:
        case Num() if isinstance(value.var.type, Scalar):
            m.raises(TypeError(f"cannot unpack non-iterable {value.var.type.dtype} object"))
        case ArrayRef() | Obj() | Num() if not starred:
            atom = load(m, value) if isinstance(value, ArrayRef) else to_atom(m, value)
            if isinstance(atom.type, Array) and atom.type.rank and atom.type.dims[0].number is not None:
                count = atom.type.dims[0].offset
            elif isinstance(atom.type, Array) and not atom.type.rank:
                m.raises(TypeError("iteration over a 0-d array"))
            elif isinstance(atom.type, Array):
                _check_count(m, m.emit("dim", atom, axis=0), count, starred=False)
            return tuple(get_known(m, value, k) for k in range(count))
    return known_items(m, value, "the number of values that are unpacked")


def set_item(m: Machine, owner: Value, index: ast.expr, value: Value) -> None:
    """owner[index] = value."""
    if isinstance(owner, Choice):
        distribute(m, owner, lambda one: _stored(m, one, index, value))
        return
    _stored(m, owner, index, value)


def _stored(m: Machine, owner: Value, index: ast.expr, value: Value) -> Value:
    match owner:
        case ArrayRef() if is_list(m, owner):
            set_list_item(m, owner, m.evaluate(index), value)
        case ArrayRef():
            store_items = set_flat_items if is_flat(owner) else set_items
            store_items(m, owner, value, index_of(m, index))
        case Ref():
            set_container_item(m, owner, m.evaluate(index), value)
        case Obj():
            objects.set_unknown_item(m, owner, m.evaluate(index), value)
        case _:
            m.evaluate(index)
            _refuse_item(m, owner)
    return value


def _refuse_item(m: Machine, owner: Value) -> NoReturn:
    """What has no items to set, for which Python raises TypeError."""
    kind = python_type(owner)
    if kind is None or hasattr(kind, "__setitem__"):
        raise_what_python_does(m, owner, lambda one: operator.setitem(one, 0, None))  # type: ignore[call-overload]
        m.refuse(f"an item of {owner.describe()} is set", unsettled=True)
    m.raises(TypeError(f"{kind.__name__!r} object does not support item assignment"))


def python_type(value: Value) -> type | None:
    """The class of a value that has no items to set; None for another value."""
    match value:
        case Tup():
            return value.cls or tuple
        case Range():
            return range
        case Static():
            return type(value.value)
    return None


def set_list_item(m: Machine, owner: ArrayRef, key: Value, value: Value) -> None:
    """rows[i][j] = value, where rows is a run-time list of lists."""
    change_nested(m, owner, lambda one: _set_item(m, one, key, value))


def _set_item(m: Machine, owner: Ref, key: Value, value: Value) -> Value:
    set_container_item(m, owner, key, value)
    return NONE


# ---- augmented


def augmented(m: Machine, statement: ast.AugAssign) -> None:
    """`target op= value`: in place for arrays and lists, a rebinding for everything else."""
    target = statement.target
    match target:
        case ast.Name():
            old = m.evaluate(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            assign(m, target, combined(m, old, statement.op, m.evaluate(statement.value)))
        case ast.Attribute():
            owner, name = m.evaluate(target.value), attribute_name(m.code, target.attr)
            old = distribute(m, owner, lambda one: objects.get_attribute(m, one, name))
            set_attribute(m, owner, name, combined(m, old, statement.op, m.evaluate(statement.value)))
        case _:
            _augmented_item(m, target, statement)


def _augmented_item(m: Machine, target: ast.Subscript, statement: ast.AugAssign) -> None:
    owner = m.evaluate(target.value)
    if isinstance(owner, ArrayRef) and not is_list(m, owner):
        index = index_of(m, target.slice)
        part = items(m, owner, index)
        value = m.evaluate(statement.value)
        new = operate(m, statement.op, part, to_number(m, value))
        refuse_truncation(m, part.type, new)
        store_items(m, owner, new, index)
        return
    key = m.evaluate(target.slice)
    if isinstance(key, Choice) and isinstance(m.content(owner), DictCell):
        distribute(m, key, lambda k: _augment_at(m, owner, k, statement))
        return
    _augment_at(m, owner, key, statement)


def _augment_at(m: Machine, owner: Value, key: Value, statement: ast.AugAssign) -> Value:
    old = get_at(m, owner, key)
    lists = _lists_of(m, old)
    if lists:
        _augment_element(m, owner, key, old, statement, lists)
        return NONE
    new_value = combined(m, old, statement.op, m.evaluate(statement.value))
    if not _stands_there(m, owner, old, new_value, statement):
        _set_at(m, owner, key, new_value)
    return NONE


def _set_at(m: Machine, owner: Value, key: Value, value: Value) -> None:
    """owner[key] = value, for an owner that isn't an array."""
    match owner:
        case Obj():
            objects.set_unknown_item(m, owner, key, value)
        case ArrayRef():
            set_list_item(m, owner, key, value)
        case Ref():
            set_container_item(m, owner, key, value)
        case _:
            _refuse_item(m, owner)


def _lists_of(m: Machine, element: Value) -> list[int]:
    """The run-time lists in which an array or number stands, where it isn't known which of these it is."""
    if not isinstance(element, ArrayRef) or not isinstance(load(m, element).type, Unknown):
        return []
    return [k for k in sharers(m.heap, element.cell) if isinstance(m.heap.get(k), GrownCell)]


def _augment_element(
    m: Machine, owner: Value, key: Value, old: Value, statement: ast.AugAssign, lists: Sequence[int]
) -> None:
    """`rows[i] op= value` where that is an array, which is changed, or a number, in whose place another one comes."""
    _set_at(m, owner, key, binary(m, statement.op, old, m.evaluate(statement.value)))
    for changed in lists:
        m.write(changed, m.cell(changed, GrownCell).var)


def _stands_there(m: Machine, owner: Value, old: Value, new: Value, statement: ast.AugAssign) -> bool:
    """Whether an array that has been changed in place is put back where it stands, in a list or dict."""
    cell = m.content(owner)
    if not isinstance(new, ArrayRef) or new != old or any(isinstance(n, ast.Call) for n in ast.walk(statement.value)):
        return False
    return isinstance(cell, (DictCell, ListCell, GrownCell)) or is_table(cell)


def combined(m: Machine, old: Value, operator: ast.operator, value: Value) -> Value:
    """What a name holds after `old op= value`."""
    old = settled(m, old)
    if isinstance(old, Choice):
        return distribute(m, old, lambda one: combined(m, one, operator, value))
    if isinstance(old, Obj):
        refuse_foreign_write(m, old.var)
        if _may_be_element(m, old.var):
            m.refuse(
                "an element of a list of objects is changed in place, which may be an array",
                why="an array is changed in the list as well, any other object for this name only.",
                do="fill the list with arrays from the start, or write y = y + ... where it is to be a new value.",
                unsettled=True,
            )
    if isinstance(old, ArrayRef) and is_list(m, old):
        change_nested(m, old, lambda one: combined(m, one, operator, value), isinstance(operator, ast.Add))
        return old
    if isinstance(old, ArrayRef):
        return in_place(m, old, operator, value)
    changed = objects.in_place_method(m, BINARY[type(operator)], old, value)
    if changed is not None:
        return changed
    if isinstance(m.content(old), (ListCell, GrownCell)) and not is_run_time_tuple(m, old):
        return _list_in_place(m, old, operator, value)
    return binary(m, operator, old, value)


def _may_be_element(m: Machine, atom: Atom) -> bool:
    """Whether an object comes from a run-time list of None or objects into which arrays have been put."""
    made = m.variables.definitions.get(atom) if isinstance(atom, Var) else None
    lists = (cell for cell in m.heap.values() if isinstance(cell, GrownCell) and cell.aliases)
    return made is not None and made.op == "list_get" and any(cell.of_objects for cell in lists)


def _list_in_place(m: Machine, old: Value, operator: ast.operator, value: Value) -> Value:
    """+= and *= change a list, for all of its names."""
    assert isinstance(old, Ref)
    if isinstance(operator, ast.Add):
        extend(m, old, value)
        return old
    made = binary(m, operator, old, value)
    if not isinstance(operator, ast.Mult) or not isinstance(m.content(made), (ListCell, GrownCell)):
        return made
    assert isinstance(made, Ref)
    m.change(old.cell, m.heap[made.cell])
    return old


def operate(m: Machine, operator: ast.operator, a: Atom, b: Atom) -> Atom:
    return m.emit(BINARY[type(operator)], a, b)


def in_place(m: Machine, ref: ArrayRef, operator: ast.operator, value: Value) -> Value:
    """x op= value on an array: every name of the array sees it, and its dtype stays."""
    before = load(m, ref)
    in_list = isinstance(m.heap[ref.cell], GrownCell)
    if isinstance(before.type, Unknown) and (in_list or len(names_of(m, ref.cell)) > 1):
        m.refuse(
            "this is an array or a number, and has several names",
            why="an array is changed for all of its names, a number for this one only.",
            do="write y = y + ... where it is to be a new value.",
            unsettled=in_list,
        )
    new = kept_type(m, before, operate(m, operator, before, to_number(m, value)))
    if _fits(before.type, new.type):
        store(m, ref, new)
    else:
        store_items(m, ref, new, WHOLE)  # which finds out whether it does
    return ref


def _fits(before: Type, new: Type) -> bool:
    """Whether what an operation makes of an array and something else is as long as the array: it isn't stretched."""
    one, other = dims_of(before), dims_of(new)
    if one is None or other is None or len(one) != len(other):
        return True
    return all(a.same(b) for a, b in zip(one, other, strict=True))


def names_of(m: Machine, cell_id: int) -> list[tuple[int, Hashable]]:
    """The places, in frames and containers, where an array is."""
    return [
        (holder, name)
        for holder, cell in m.heap.items()
        for name, value in zip(cell.keys(), cell.children(), strict=True)
        if _holds(value, cell_id)
    ]


def _holds(value: Value, cell_id: int) -> bool:
    """Whether a value is an array, or holds it without referring to a container of its own."""
    array = isinstance(value, ArrayRef) and value.cell == cell_id
    return array or any(_holds(child, cell_id) for child in value.children())


def kept_type(m: Machine, before: Atom, new: Atom) -> Atom:
    refuse_truncation(m, before.type, new)
    if isinstance(before.type, Array) and isinstance(new.type, Array) and len(new.type.dims) != len(before.type.dims):
        m.refuse("an in-place operation would change the shape of its array")
    dtype, made = dtype_of(before.type), dtype_of(new.type)
    if dtype is None or made == dtype:
        return new
    check_same_kind(m, made, dtype)
    return m.emit("cast", new, dtype=dtype)


# ---- del


def _item_deleted(m: Machine, key: Value, owner: Value) -> Value:
    delete_item(m, owner, key)
    return NONE


def delete(m: Machine, statement: ast.Delete) -> None:
    for target in statement.targets:
        match target:
            case ast.Name():
                m.evaluate(ast.copy_location(ast.Name(target.id, ast.Load()), target))  # it must be there
                m.bind(target.id, UNDEFINED_VALUE)
            case ast.Subscript():
                owner, key = m.evaluate(target.value), m.evaluate(target.slice)
                distribute(m, owner, partial(_item_deleted, m, key))
            case ast.Attribute():
                objects.delete_attribute(m, m.evaluate(target.value), attribute_name(m.code, target.attr))
            case ast.Tuple() | ast.List():
                delete(m, ast.Delete(target.elts))
            case _:
                m.refuse("this can't be deleted in a differentiated function", node=target)
