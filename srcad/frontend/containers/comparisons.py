"""Comparisons: by order, by identity, by what a container holds."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any, NoReturn

from srcad.frontend.containers.identity import identical, maybe_none
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.keys import key_of
from srcad.frontend.containers.operators import number_result, refuse_text, spreads, unary
from srcad.frontend.core.cells import DictCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    FALSE,
    ArrayRef,
    Choice,
    Iter,
    Num,
    Obj,
    Range,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.memory.arrays import is_run_time_tuple, to_atom
from srcad.frontend.memory.branches import as_bool, both, branch, distribute, either, operand, truth
from srcad.frontend.memory.nested import listed
from srcad.frontend.memory.objects import call_if_special
from srcad.frontend.memory.presence import has_key
from srcad.frontend.memory.tables import make_table, needs_table
from srcad.trace.nodes import Var

COMPARE: dict[type, str] = {
    ast.Lt: "less",
    ast.LtE: "less_equal",
    ast.Gt: "greater",
    ast.GtE: "greater_equal",
    ast.Eq: "equal",
    ast.NotEq: "not_equal",
}


PYTHON_COMPARE: dict[type, Callable[[Any, Any], Any]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


def compare(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value:
    """left op right."""
    if isinstance(op, (ast.Is, ast.IsNot)):
        return identical(m, left, right, isinstance(op, ast.IsNot))
    if isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
        left, right = (operand(m, side, COMPARE[type(op)]) for side in (left, right))
    in_table = isinstance(op, (ast.In, ast.NotIn)) and needs_table(m, m.content(right), left)
    if isinstance(left, Choice) and not in_table:
        return distribute(m, left, lambda v: compare(m, op, v, right))
    if isinstance(right, Choice):
        return distribute(m, right, lambda v: compare(m, op, left, v))
    if isinstance(op, (ast.In, ast.NotIn)):
        found = contains(m, listed(m, right), left)
        return unary(m, ast.Not(), found) if isinstance(op, ast.NotIn) else found
    left, right = listed(m, left), listed(m, right)
    if isinstance(left, Static) and isinstance(right, Static):
        return Static(PYTHON_COMPARE[type(op)](left.value, right.value))
    for side in (left, right):
        _refuse_made_text(m, side)
    known = comparison_method(m, COMPARE[type(op)], left, right)
    if known is None:
        known = _structural_equality(m, op, left, right) or _structural_order(m, op, left, right)
    return known if known is not None else number_result(m, COMPARE[type(op)], left, right)


CHOOSING = ("list_get", "list_pop", "tuple_get", "if", "for", "while", "scope")  # what hands on an object


def _refuse_made_text(m: Machine, value: Value) -> None:
    """Refuse a text that was made of active numbers; one that they have only chosen among others is compared."""
    made = m.variables.definitions.get(value.var) if isinstance(value, Obj) and isinstance(value.var, Var) else None
    if made is not None and made.op not in CHOOSING:
        refuse_text(m, value)


def _structural_equality(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value | None:
    """Tuples and lists compare item by item; a number is never equal to None or a string."""
    if not isinstance(op, (ast.Eq, ast.NotEq)):
        return None
    if _is_tuple_and_list(m, left, right):  # which are never equal
        return Static(isinstance(op, ast.NotEq))
    if isinstance(left, (Tup, Ref)) and isinstance(right, (Tup, Ref)):
        same = equal(m, left, right)
        return unary(m, ast.Not(), same) if isinstance(op, ast.NotEq) else same
    if all(map(_is_tuple, (left, right))):
        same = equal(m, left, right)
        return unary(m, ast.Not(), same) if isinstance(op, ast.NotEq) else same
    for one, other in ((left, right), (right, left)):
        if (_is_tuple(one) or _is_list(m, one)) and not spreads(other):
            return Static(isinstance(op, ast.NotEq))
        other_kind = isinstance(one, Static) and not isinstance(one.value, (int, float, complex))
        if other_kind and isinstance(other, (Num, ArrayRef, Tup, Ref)) and not maybe_none(m, other):
            return Static(isinstance(op, ast.NotEq))
    return None


def _structural_order(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value | None:
    """Tuples and lists are in the order of the first items that differ, or else of their lengths."""
    if not isinstance(op, (ast.Lt, ast.LtE, ast.Gt, ast.GtE)):
        return None
    if any(isinstance(m.content(side), DictCell) for side in (left, right)) and not (spreads(left) or spreads(right)):
        _refuse_order(m, op, left, right)
    in_order = [isinstance(side, Tup) or _is_list(m, side) for side in (left, right)]
    if not all(in_order):
        if any(in_order) and not spreads(right if in_order[0] else left):
            _refuse_order(m, op, left, right)
        return None
    if _is_tuple_and_list(m, left, right):
        _refuse_order(m, op, left, right)
    a, b = (known_items(m, v, "the items that are compared") for v in (left, right))
    return as_bool(m, _first_difference(m, op, a, b))


def _refuse_order(m: Machine, op: ast.cmpop, left: Value, right: Value) -> NoReturn:
    m.raises(TypeError(f"{left.describe()} and {right.describe()} are compared by {COMPARE[type(op)]}"))


def _is_tuple(value: Value) -> bool:
    return isinstance(value, Tup) or (isinstance(value, Static) and isinstance(value.value, tuple))


def _is_tuple_and_list(m: Machine, left: Value, right: Value) -> bool:
    """Whether one of two containers is a tuple and the other one isn't."""
    if not {type(left), type(right)} <= {Tup, Ref}:
        return False
    tuples = [isinstance(side, Tup) or is_run_time_tuple(m, side) for side in (left, right)]
    return tuples[0] != tuples[1]


def _is_list(m: Machine, value: Value) -> bool:
    return isinstance(m.content(value), (ListCell, GrownCell))


def _first_difference(m: Machine, op: ast.cmpop, a: tuple[Value, ...], b: tuple[Value, ...]) -> Value:
    if not a or not b:
        return Static(PYTHON_COMPARE[type(op)](len(a), len(b)))
    same = truth(m, item_equal(m, a[0], b[0]))
    if isinstance(same, bool):
        return _first_difference(m, op, a[1:], b[1:]) if same else compare(m, op, a[0], b[0])
    return branch(
        m,
        same,
        lambda: as_bool(m, _first_difference(m, op, a[1:], b[1:])),
        lambda: as_bool(m, compare(m, op, a[0], b[0])),
    )


def contains(m: Machine, owner: Value, item: Value) -> Value:
    """item in owner."""
    if isinstance(owner, Ref) and needs_table(m, m.heap[owner.cell], item):
        make_table(m, owner)
    match owner:
        case Static(value=known) if isinstance(item, Static):
            return Static(item.value in known)
        case Ref() if isinstance(cell := m.heap[owner.cell], DictCell):
            return has_key(m, cell, key_of(m, item))
        case Iter() if owner.kind == "keys":
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
    if not items:
        return FALSE
    return either(m, item_equal(m, items[0], item), lambda: _any_equal(m, items[1:], item))


def item_equal(m: Machine, a: Value, b: Value) -> Value:
    """Whether items of containers are equal, as an object is to itself, whatever its comparison says."""
    if _is_kept(a) and a == b:
        return Static(True)
    return compare(m, ast.Eq(), a, b)


def _is_kept(value: Value) -> bool:
    """Whether what is equal as a value is one object: views, and NumPy's numbers, are made anew."""
    match value:
        case ArrayRef():
            return not value.path
        case Num():
            return value.var.type.is_python
    return isinstance(value, Ref)


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


COMPARISONS = {
    "less": "__lt__",
    "less_equal": "__le__",
    "greater": "__gt__",
    "greater_equal": "__ge__",
    "equal": "__eq__",
    "not_equal": "__ne__",
}


SWAPPED = {"less": "greater", "less_equal": "greater_equal", "greater": "less", "greater_equal": "less_equal"}


def comparison_method(m: Machine, op: str, left: Value, right: Value) -> Value | None:
    """`a < b` where a or b is an instance whose class says what that is; dataclasses compare their fields."""
    found = call_if_special(m, left, COMPARISONS[op], right)
    if found is None:
        found = call_if_special(m, right, COMPARISONS[SWAPPED.get(op, op)], left)
    if found is None and op == "not_equal":
        same = comparison_method(m, "equal", left, right)
        return None if same is None else _negated(m, same)
    return found


def _negated(m: Machine, value: Value) -> Value:
    return unary(m, ast.Not(), value)
