"""Whether two names stand for one object: `is`."""

from __future__ import annotations

import ast
from typing import NoReturn

import numpy as np

from srcad.frontend.containers.operators import number_result, unary
from srcad.frontend.core.cells import GrownCell, Housed
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.selected import SelectedCell
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.values import (
    FALSE,
    NONE,
    TRUE,
    ArrayRef,
    Choice,
    Num,
    Obj,
    Ref,
    Static,
    Tup,
    Value,
    ViewStep,
)
from srcad.frontend.memory.arrays import from_atom, load, moved, to_atom
from srcad.frontend.memory.branches import as_bool, both, distribute, negate
from srcad.frontend.memory.grown import place
from srcad.frontend.memory.number_kinds import kind_of_number
from srcad.ops.catalogue import operation
from srcad.ops.declare import Kind
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Unknown

BOOLS = (bool, np.bool_)
COMPUTED = (Kind.ELEMENTWISE, Kind.REDUCTION, Kind.CONTRACTION, Kind.VIEW)
HANDED_ON = ("python_max", "python_min", "positive", "real", "conjugate", "list_get", "tuple_get")  # as they are


def identical(m: Machine, left: Value, right: Value, negated: bool = False) -> Value:
    """left is right; `negated`: left is not right."""
    known = _which(m, left, right, negated) or _which(m, right, left, negated)
    if known is not None:
        return known
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Choice):
            return distribute(m, one, lambda v, other=other: identical(m, v, other, negated))  # type: ignore[misc]
    found = _identical(m, left, right)
    return unary(m, ast.Not(), found) if negated else found


def _which(m: Machine, value: Value, other: Value, negated: bool) -> Value | None:
    """`value is None`, where the value is None on one way: the condition of that way."""
    if not isinstance(value, Choice) or not isinstance(other, Static):
        return None
    is_it = [isinstance(one, Static) and one.value is other.value for one in (value.then, value.otherwise)]
    unsure = any(isinstance(one, (Choice, Obj)) or maybe_none(m, one) for one in (value.then, value.otherwise))
    if unsure or is_it[0] == is_it[1]:
        return None
    return Num(value.condition if is_it[0] != negated else negate(m, value.condition))


def maybe_none(m: Machine, value: Value) -> bool:
    """Whether the type leaves open what the value is."""
    if isinstance(value, ArrayRef):
        return isinstance(load(m, value).type, Unknown)
    return isinstance(value, Num) and isinstance(value.var.type, Unknown)


def _identical(m: Machine, left: Value, right: Value) -> Value:
    match left, right:
        case Static(), Static():
            return Static(left.value is right.value)
        case Ref(), Ref():
            return TRUE if left == right else one_object(m, left, right)
        case ArrayRef(), ArrayRef():
            return _one_array(m, left, right)
        case (Num() | Static(), Num()) | (Num(), Static()) if _is_number(left) and _is_number(right):
            return _one_number(m, left, right)
        case Obj(), Obj():
            return TRUE if left == right else Num(m.emit("identical", left.var, right.var))
    for one, other in ((left, right), (right, left)):
        if one == NONE and _is_made(m, other):
            return FALSE
        if isinstance(one, Static) and (isinstance(other, Obj) or maybe_none(m, other)):
            return Num(m.emit("identical", to_atom(m, other), Const(one.value, to_atom(m, one).type)))
    return _one_immutable(m, left, right)


# ---- numbers


def _is_number(value: Value) -> bool:
    """Whether it is a number, and nothing else; of NumPy's numbers too."""
    if isinstance(value, Static):
        return isinstance(value.value, (bool, int, float, complex, np.generic))
    return isinstance(value, Num) and not isinstance(value.var.type, Unknown)


def _one_number(m: Machine, left: Value, right: Value) -> Value:
    """There is one True and one False of Python's, and of NumPy's; other numbers are made anew, or kept."""
    atoms = [to_atom(m, value) for value in (left, right)]
    if left == right and isinstance(atoms[0], Var):
        made = m.variables.definitions.get(atoms[0])
        if made is not None and made.op == "get_item":
            _refuse(m, "two elements of an array")  # which NumPy makes anew each time
        return TRUE
    kinds = [kind_of_number(m, atom, "the identity") for atom in atoms]
    if kinds[0] is not kinds[1]:
        return FALSE
    if kinds[0] in BOOLS:
        return as_bool(m, number_result(m, "equal", left, right))
    if any(_is_new(m, one) and _is_another(m, other, one) for one, other in (atoms, atoms[::-1])):
        return FALSE
    _refuse(m, "two numbers", do="compare them by ==.")


def _is_new(m: Machine, atom: Atom) -> bool:
    """Whether a number has been computed: Python may have whole numbers already, and others are made anew."""
    made = m.variables.definitions.get(atom) if isinstance(atom, Var) else None
    if made is None or (atom.type.is_python and atom.type.dtype not in ("float64", "complex128")):
        return False
    return operation(made).kind in COMPUTED and made.op not in HANDED_ON


def _is_another(m: Machine, atom: Atom, new: Atom) -> bool:
    """Whether a number is surely none that has been computed: what a loop or a list gives may be that one."""
    made = m.variables.definitions.get(atom) if isinstance(atom, Var) else None
    if made is None:
        return atom is not new
    if operation(made).kind is Kind.CONVERSION:
        return _is_another(m, made.operands[0], new)
    if made.op == "if":
        place = made.results.index(atom)
        return all(_is_another(m, region.results[place], new) for region in made.regions)
    return atom is not new and _is_new(m, atom)


# ---- containers


def _one_array(m: Machine, left: ArrayRef, right: ArrayRef) -> Value:
    """Views are made anew whenever they are looked at, and items of lists are not."""
    if left == right:
        if left is right or all(step.op in ("element", "tuple_get") for step in left.path):
            return TRUE
        _refuse(m, "two views of an array")
    for one, other in ((left, right), (right, left)):
        cell = m.heap[one.cell]
        if isinstance(cell, SelectedCell) and not one.path:
            return _chosen(m, cell, other)
    grown = all(isinstance(m.heap[ref.cell], GrownCell) for ref in (left, right))
    if left.cell == right.cell and grown and _told_by_places(m, left, right):
        return _one_place(m, left.cell, list(zip(left.path, right.path, strict=True)))
    if left.cell == right.cell:
        if grown and len(left.path) == len(right.path):
            _refuse(m, "two items of a list")
        return FALSE
    if left.cell in sharers(m.heap, right.cell):
        _refuse(m, "two arrays in one memory")
    return FALSE


def _chosen(m: Machine, cell: SelectedCell, other: ArrayRef) -> Value:
    """Whether what the run has chosen is another array."""
    found = [_one_array(m, ref, other) for ref in cell.refs]
    if found.count(TRUE) != 1 or any(one not in (TRUE, FALSE) for one in found):
        if all(one == FALSE for one in found):
            return FALSE
        _refuse(m, "one of several arrays and another one")
    k = found.index(TRUE)
    if cell.numbers:
        return from_atom(m, m.emit("equal", cell.selector, cell.numbers[k]))
    return Num(cell.selector) if k == 0 else from_atom(m, m.emit("not_", cell.selector))


def _one_immutable(m: Machine, left: Value, right: Value) -> Value:
    """Tuples and functions have no cells: two of equal parts may be one, or not."""
    if left is right:
        return TRUE
    if isinstance(left, Static) or type(left) is not type(right):
        return FALSE
    if isinstance(left, Tup) and isinstance(right, Tup) and len(left.items) != len(right.items):
        return FALSE
    if left == right or isinstance(left, (Tup, Num)):
        _refuse(m, f"{left.describe()} and {right.describe()}")
    return FALSE


def _refuse(m: Machine, what: str, do: str | None = None) -> NoReturn:
    m.refuse(f"whether {what} are one object isn't known before the run", do=do or "compare what they hold.")


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
    here = (from_atom(m, place(m, whole, step.operands[0])) for step in steps[0])
    return both(m, number_result(m, "equal", *here), lambda: _one_place(m, cell_id, steps[1:]))


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
