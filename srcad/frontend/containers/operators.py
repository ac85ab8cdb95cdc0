"""Operators on values: of numbers and arrays, of containers and text, of instances whose classes define them."""

from __future__ import annotations

import ast
import collections
import operator
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from srcad.definitions.tables import RunCounter
from srcad.frontend.containers.containers import concatenate, repeat
from srcad.frontend.containers.strings import percent
from srcad.frontend.core.cells import DictCell, GrownCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import NONE, ArrayRef, Choice, Num, Obj, Ref, Static, Tup, Value
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import check_defined, is_list, layout_of_ufunc, new_array, to_atom, to_number
from srcad.frontend.memory.branches import distribute, operand, truth
from srcad.frontend.memory.layouts import Layout, contiguity
from srcad.frontend.memory.nested import listed
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Array, Scalar, Unknown, dtype_of, is_inexact, is_numeric

BINARY: dict[type, str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
    ast.FloorDiv: "floor_divide",
    ast.Mod: "remainder",
    ast.Pow: "power",
    ast.MatMult: "matmul",
    ast.BitAnd: "bitwise_and",
    ast.BitOr: "bitwise_or",
    ast.BitXor: "bitwise_xor",
    ast.LShift: "left_shift",
    ast.RShift: "right_shift",
}


PYTHON_BINARY: dict[type, Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.BitAnd: operator.and_,
    ast.BitOr: operator.or_,
    ast.BitXor: operator.xor,
    ast.LShift: operator.lshift,
    ast.RShift: operator.rshift,
}


BITS = ("bitwise_and", "bitwise_or", "bitwise_xor", "left_shift", "right_shift", "invert")


def binary(m: Machine, op: ast.operator, left: Value, right: Value) -> Value:
    """left op right."""
    if not isinstance(op, ast.MatMult):
        left, right = (listed(m, operand(m, side, BINARY[type(op)])) for side in (left, right))
    if isinstance(left, Choice):
        return distribute(m, left, lambda v: binary(m, op, v, right))
    if isinstance(right, Choice):
        return distribute(m, right, lambda v: binary(m, op, left, v))
    if isinstance(op, ast.MatMult) and NONE in (left, right):
        m.raises(ValueError("matmul: an input operand does not have enough dimensions"))
    if isinstance(left, Static) and isinstance(right, Static):
        return fold(m, PYTHON_BINARY[type(op)], left, right)
    special = objects.operator_method(m, BINARY[type(op)], left, right) or _containers(m, op, left, right)
    if special is not None:
        return special
    for side, other in ((left, right), (right, left)):
        check_defined(m, side)
        refuse_text(m, side)
        if isinstance(side, Obj) and m.depends(other) and is_sparse_matrix(m, side.var):
            _refuse_sparse(m)
        if (_is_sequence(m, side) and not spreads(other)) or _is_dict(m, side):
            m.raises(TypeError(f"{left.describe()} and {right.describe()} are operands of {BINARY[type(op)]}"))
    if isinstance(op, ast.MatMult):
        _check_matrices(m, left, right)
    return number_result(m, BINARY[type(op)], left, right)


def is_sparse_matrix(m: Machine, made: Atom) -> bool:
    """Whether an object that the run alone knows was made by scipy.sparse, or by a method of one of its matrices."""
    equation = m.variables.definitions.get(made) if isinstance(made, Var) else None
    if equation is None:
        known = next((m.outside.objects.get(path) for path, e in m.outside.inputs.items() if e.var is made), None)
        return _is_of_sparse(type(known))
    callee = equation.operands[0] if equation.operands else None
    match equation.op:
        case "call" if isinstance(callee, Const):
            return _is_of_sparse(callee.value)
        case "call" if callee is not None:
            method = m.variables.definitions.get(callee) if isinstance(callee, Var) else None
            owned = method is not None and method.op == "attribute"
            return owned and method is not None and is_sparse_matrix(m, method.operands[0])
        case "attribute" if callee is not None and equation.params["name"] in ("T", "H"):
            return is_sparse_matrix(m, callee)
    return False


def _is_of_sparse(made: object) -> bool:
    module = f"{getattr(made, '__module__', None)}."
    others = ("scipy.sparse.linalg.", "scipy.sparse.csgraph.")
    return module.startswith("scipy.sparse.") and not module.startswith(others)


def _refuse_sparse(m: Machine) -> NoReturn:
    m.refuse(
        "a sparse matrix that the run alone knows meets values that depend on the differentiated arguments",
        why="what * and @ mean for it isn't known before.",
        do="make the matrix outside of the function, or of its entries by scipy.sparse.csr_matrix((data, (i, j))).",
    )


def _check_matrices(m: Machine, left: Value, right: Value) -> None:
    """Numbers have no product of matrices: Python says so of its own, NumPy of others."""
    types = [to_atom(m, side).type for side in (left, right)]
    if all(t.is_scalar for t in types):
        m.raises(TypeError(f"unsupported operand type(s) for @: {' and '.join(repr(str(t)) for t in types)}"))
    for k, t in enumerate(types):
        if t.is_scalar:
            m.raises(ValueError(f"matmul: Input operand {k} does not have enough dimensions"))


def fold(m: Machine, function: Callable[[Any, Any], Any], left: Static, right: Static) -> Value:
    """Two known values: what Python makes of them. An exception is the user's, and is left to the run."""
    try:
        return Static(function(left.value, right.value))
    except (ArithmeticError, ValueError):
        names = {f: n for n, f in ((BINARY[k], v) for k, v in PYTHON_BINARY.items())}
        return number_result(m, names[function], left, right)
    except TypeError as error:
        m.raises(error)


def _containers(m: Machine, op: ast.operator, left: Value, right: Value) -> Value | None:
    """Lists, tuples and strings under + and *."""
    sequences = [_is_sequence(m, v) for v in (left, right)]
    match op:
        case ast.Add() if all(sequences):
            return concatenate(m, left, right)
        case ast.Mult() if sequences.count(True) == 1:
            items, count = (left, right) if sequences[0] else (right, left)
            if _is_count(count):
                return repeat(m, items, count)
    counted = _counters(m, op, left, right)
    if counted is not None:
        return counted
    match op:
        case ast.Add() if is_text(m, left) and is_text(m, right):
            return Obj(m.emit("format", to_atom(m, left), to_atom(m, right), pieces=((0, "", ""), (1, "", ""))))
        case ast.Mod() if isinstance(left, Static) and isinstance(left.value, str):
            return percent(m, left, right)
        case ast.BitOr() if isinstance(left, Ref) and isinstance(m.heap[left.cell], DictCell):
            made = Ref(m.allocate(m.cell(left.cell, DictCell).copied()))
            m.call(objects.get_attribute(m, made, "update"), (right,))
            return made
    return None


def _counters(m: Machine, op: ast.operator, left: Value, right: Value) -> Value | None:
    """Counters that are added, subtracted, or joined."""
    name = {ast.Add: "__add__", ast.Sub: "__sub__", ast.BitOr: "__or__", ast.BitAnd: "__and__"}.get(type(op))
    cells = [m.content(side) for side in (left, right)]
    counters = all(isinstance(cell, DictCell) and cell.cls is collections.Counter for cell in cells)
    return m.call(Static(vars(RunCounter)[name]), (left, right)) if counters and name is not None else None


def is_text(m: Machine, value: Value) -> bool:
    """Whether a value is a string for sure."""
    if isinstance(value, Static):
        return isinstance(value.value, str)
    made = m.variables.definitions.get(value.var) if isinstance(value, Obj) and isinstance(value.var, Var) else None
    if made is None or made.op != "call":
        return made is not None and made.op == "format"
    method = m.variables.definitions.get(made.operands[0]) if isinstance(made.operands[0], Var) else None
    owner = method.operands[0] if method is not None and method.op == "attribute" else None
    return isinstance(owner, Const) and isinstance(owner.value, str)


def spreads(value: Value) -> bool:
    """Whether an operation of it with a list is one of arrays."""
    match value:
        case Num():
            return not (isinstance(value.var.type, Scalar) and value.var.type.python)
        case Static():
            return isinstance(value.value, np.generic)
    return not isinstance(value, (Tup, Ref))


def _is_count(value: Value) -> bool:
    if isinstance(value, Static):
        return isinstance(value.value, (int, np.integer))
    return isinstance(value, Num) and _is_int(value)


def _is_int(value: Num) -> bool:
    return isinstance(value.var.type, Scalar) and value.var.type.python and value.var.type.dtype == "int64"


def _is_dict(m: Machine, value: Value) -> bool:
    return isinstance(value, Ref) and isinstance(m.heap[value.cell], DictCell)


def _is_sequence(m: Machine, value: Value) -> bool:
    if isinstance(value, Ref):
        return isinstance(m.heap[value.cell], (ListCell, GrownCell))
    return isinstance(value, Tup) or (isinstance(value, Static) and isinstance(value.value, (str, tuple)))


def refuse_text(m: Machine, value: Value) -> None:
    if isinstance(value, Obj) and m.is_active(value.var):
        m.refuse_object(value.var)


def number_result(m: Machine, op: str, *values: Value) -> Value:
    """An elementwise operation on numbers and arrays."""
    atoms = [to_number(m, value) for value in values]
    if op in BITS and any(is_inexact(dtype_of(a.type)) for a in atoms):
        m.raises(TypeError(f"{op} isn't defined for floats"))
    if op == "matmul" and any(isinstance(a.type, Unknown) for a in atoms):
        m.refuse(
            "a matrix product of a value that may be None or an array",
            why="what the product is depends on the number of dimensions.",
            do="give the variable an array from the start.",
            first_turn=True,
        )
    if op == "matmul" and any(a.type.rank == 0 for a in atoms):
        place = int(atoms[0].type.rank != 0)
        m.raises(ValueError(f"matmul: Input operand {place} does not have enough dimensions"))
    result = m.emit(op, *atoms)
    refs = [value for value in values if isinstance(value, ArrayRef)]
    return wrap(m, result, contiguity(m, refs) if op == "matmul" else layout_of_ufunc(m, values))


def wrap(m: Machine, result: Atom, layout: Layout = frozenset()) -> Value:
    """A fresh result as a value."""
    if isinstance(result, Const):
        return Static(result.value)
    if isinstance(result.type, Array):
        return new_array(m, result, contiguous=layout)
    return Num(result) if is_numeric(result.type) else Obj(result)


SIGNS: dict[type, str] = {ast.USub: "-", ast.UAdd: "+", ast.Invert: "~"}
UNARY: dict[type, str] = {ast.USub: "negative", ast.UAdd: "positive", ast.Invert: "invert"}


PYTHON_UNARY: dict[type, Callable[[Any], Any]] = {
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}


def unary(m: Machine, op: ast.unaryop, value: Value) -> Value:
    if isinstance(op, ast.Not):
        known = truth(m, value)
        if isinstance(known, bool):
            return Static(not known)
        return Num(m.emit("not_", known))
    if isinstance(value, Static):
        return Static(PYTHON_UNARY[type(op)](value.value))
    refuse_text(m, value)
    special = objects.unary_method(m, UNARY[type(op)], value)
    if special is None and (isinstance(value, (Tup, Ref)) or (isinstance(value, ArrayRef) and is_list(m, value))):
        m.raises(TypeError(f"bad operand type for unary {SIGNS[type(op)]}"))
    return number_result(m, UNARY[type(op)], value) if special is None else special
