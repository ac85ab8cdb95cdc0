"""Whether two values are one object: `is`.

    a = x[1:]             a is b, as both names stand for one value
    b = a
    rows[j] is rows[k]    where j and k are one place of a list in which no object stands twice
    best is x             where the run has chosen x

What isn't known is refused: a view, or an element of an array, may be one that was made anew.
"""

from __future__ import annotations

from typing import NoReturn

import numpy as np

from srcad.frontend.containers.operators import number_result
from srcad.frontend.core.cells import GrownCell, Housed
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import FALSE, NONE, TRUE, ArrayRef, Func, Num, Obj, Ref, Static, Tup, Value, ViewStep
from srcad.frontend.memory.arrays import from_atom, load, moved, to_atom
from srcad.frontend.memory.branches import both
from srcad.frontend.memory.grown import place
from srcad.trace.nodes import Const, Var
from srcad.trace.types import Scalar, Unknown

CHOOSING = (
    "list_get",
    "list_pop",
    "tuple_get",
    "if",
    "for",
    "while",
    "scope",
)  # what hands on an object that was there

PYTHON_TYPES: dict[str, type] = {"float64": float, "int64": int, "bool": bool, "complex128": complex}


def identical(m: Machine, left: Value, right: Value) -> Value:
    """left is right."""
    if isinstance(left, Static) and isinstance(right, Static):
        return Static(left.value is right.value)
    for one, other in ((left, right), (right, left)):
        if one == NONE and _is_made(m, other):
            return FALSE
        if isinstance(one, Static) and (isinstance(other, Obj) or maybe_none(m, other)):
            return Num(m.emit("identical", to_atom(m, other), Const(one.value, to_atom(m, one).type)))
    match left, right:
        case Ref(), Ref() if left != right:
            return one_object(m, left, right)
        case ArrayRef(), ArrayRef():
            return _one_array(m, left, right)
        case (Num() | Static(), Num() | Static()):
            return _one_number(m, left, right)
        case Obj(), Obj():
            return Num(m.emit("identical", left.var, right.var))
        case (Num(), ArrayRef()) | (ArrayRef(), Num()) if maybe_none(m, left) or maybe_none(m, right):
            _refuse(m)
        case Tup(), Tup() if left is not right and len(left.items) == len(right.items):
            _refuse(m)
        case (Ref(), Ref()) | (Func(), Func()):
            return Static(left == right)
    return Static(left is right)


def maybe_none(m: Machine, value: Value) -> bool:
    """Whether the type leaves open what the value is."""
    if isinstance(value, ArrayRef):
        return isinstance(load(m, value).type, Unknown)
    return isinstance(value, Num) and isinstance(value.var.type, Unknown)


# ---- numbers


def _one_number(m: Machine, left: Value, right: Value) -> Value:
    """There are two bools of Python's; another number is one object with what has been handed on, not made anew."""
    if isinstance(left, Num) and isinstance(right, Num) and left.var is right.var:
        made = m.variables.definitions.get(left.var)
        if made is not None and made.op == "get_item":
            _refuse(m, "an element of an array is another number each time that it is read.")
        return TRUE
    if all(map(_is_bool, (left, right))):
        return number_result(m, "equal", left, right)
    if any(isinstance(one, Static) and not isinstance(one.value, (int, float, complex)) for one in (left, right)):
        return FALSE
    kinds = {kind for one in (left, right) if (kind := _kind(one)) is not None}
    if len(kinds) == 2 or _made_apart(m, left, right):
        return FALSE
    _refuse(m)


def _is_bool(value: Value) -> bool:
    if isinstance(value, Num):
        return value.var.type.is_python and value.var.type.dtype == "bool"
    return isinstance(value, Static) and isinstance(value.value, bool)


def _kind(value: Value) -> type | None:
    """The class of a number, where it is known."""
    if isinstance(value, Static):
        return type(value.value)
    t = value.var.type if isinstance(value, Num) else None
    if not isinstance(t, Scalar) or t.either:
        return None
    return PYTHON_TYPES[t.dtype] if t.python else np.dtype(t.dtype).type


def _made_apart(m: Machine, left: Value, right: Value) -> bool:
    """Whether one was made anew, and the other neither is made of it nor may have been handed on from it."""
    return _is_new_to(m, left, right) or _is_new_to(m, right, left)


def _is_new_to(m: Machine, new: Value, other: Value) -> bool:
    """Of ints, Python makes small ones only once."""
    if not isinstance(new, Num) or (new.var.type.is_python and new.var.type.dtype == "int64"):
        return False
    made = m.variables.definitions.get(new.var)
    if made is None or made.op in CHOOSING:
        return False
    if not isinstance(other, Num):
        return True
    before, inputs = m.variables.ancestors(other.var), {one.var for one in m.outside.inputs.values()}
    carried = (v for v in before if v not in m.variables.definitions and v not in inputs)
    return new.var not in before and not any(v.type == new.var.type or v.type.is_container for v in carried)


# ---- arrays


def _one_array(m: Machine, left: ArrayRef, right: ArrayRef) -> Value:
    if left == right:
        if all(step.op == "element" for step in left.path):
            return TRUE
        _refuse(m, "a view of an array is another object each time that it is made.")
    for one, other in ((left, right), (right, left)):
        cell = m.heap[one.cell]
        if isinstance(cell, SelectedCell) and not one.path:
            return _chosen(m, cell, other)
    whole = [isinstance(m.heap[ref.cell], GrownCell) for ref in (left, right)]
    if left.cell == right.cell and all(whole) and _told_by_places(m, left, right):
        return _one_place(m, left.cell, list(zip(left.path, right.path, strict=True)))
    if left.cell == right.cell or left.cell in sharers(m.heap, right.cell):
        _refuse(m)
    return FALSE


def _chosen(m: Machine, cell: SelectedCell, other: ArrayRef) -> Value:
    """Whether what the run has chosen is another array."""
    found = [_one_array(m, ref, other) for ref in cell.refs]
    if any(one not in (TRUE, FALSE) for one in found):
        _refuse(m)
    if found.count(TRUE) != 1:
        return FALSE if TRUE not in found else TRUE
    k = found.index(TRUE)
    if cell.numbers:
        return from_atom(m, m.emit("equal", cell.selector, cell.numbers[k]))
    return Num(cell.selector) if k == 0 else from_atom(m, m.emit("not_", cell.selector))


def _refuse(m: Machine, why: str = "") -> NoReturn:
    m.refuse(
        "whether two names stand for one object isn't known before the run",
        why=why or "they may come from a list, or from different ways to this place.",
        do="compare by ==, or keep a flag or an index that tells which one it is.",
    )


# ---- containers


def one_object(m: Machine, left: Ref, right: Ref) -> Value:
    """Whether two references are to one object: those into one list tell it by the places in it."""
    a, b = (cell.at_home if isinstance(cell := m.heap[ref.cell], Housed) else None for ref in (left, right))
    if a is None and b is None:
        return FALSE
    if a is not None and b is not None and a.cell == b.cell and _told_by_places(m, a, b):
        return _one_place(m, a.cell, list(zip(a.path, b.path, strict=True)))
    if all(home is None or not _may_hold(m, home, other) for home, other in ((a, right), (b, left))):
        return FALSE
    m.refuse(
        "whether two names stand for one object isn't known, of which one is in a list that has grown in a loop",
        do="compare their places in the list.",
    )


def _told_by_places(m: Machine, a: ArrayRef, b: ArrayRef) -> bool:
    """Whether objects of a list are one if, and only if, they have one place."""
    cell = m.cell(a.cell, GrownCell)
    steps = [tuple(step.op for step in home.path) for home in (a, b)]
    settled = not cell.repeated and not any(moved(cell, home) for home in (a, b))
    return settled and steps[0] == steps[1] and "tuple_get" not in steps[0]


def _one_place(m: Machine, cell_id: int, steps: list[tuple[ViewStep, ViewStep]]) -> Value:
    """Whether all steps lead to one element of a list."""
    if not steps:
        return Static(True)
    whole = m.cell(cell_id, GrownCell)
    here = (place(m, whole, step.operands[0]) for step in steps[0])
    return both(m, from_atom(m, m.emit("equal", *here)), lambda: _one_place(m, cell_id, steps[1:]))


def _may_hold(m: Machine, home: ArrayRef, other: Ref) -> bool:
    """Whether an object may be an element of the list in which another one is."""
    cell = m.heap[other.cell]
    its_home = cell.at_home if isinstance(cell, Housed) else None
    if its_home is not None:
        return its_home.cell in sharers(m.heap, home.cell) or other.cell in m.cell(home.cell, GrownCell).lists
    return other.cell in m.cell(home.cell, GrownCell).lists


def _is_made(m: Machine, value: Value) -> bool:
    """Whether a value is what a class was called for: an object, and never None."""
    made = m.variables.definitions.get(value.var) if isinstance(value, Obj) and isinstance(value.var, Var) else None
    callee = made.operands[0] if made is not None and made.op == "call" else None
    return isinstance(callee, Const) and (isinstance(callee.value, type) or callee.value is np.random.default_rng)
