"""Expressions: each kind of syntax to the abstract value that it gives."""

from __future__ import annotations

import ast
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.frontend.containers import objects
from srcad.frontend.containers.containers import concatenate, contains, repeat
from srcad.frontend.containers.subscripts import get_item
from srcad.frontend.core.externals import lookup
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    ArrayRef,
    Choice,
    DictCell,
    GrownCell,
    ListCell,
    Mixed,
    Num,
    Obj,
    Partial,
    Ref,
    Slice,
    Static,
    Tup,
    Undef,
    Value,
)
from srcad.frontend.memory.arrays import (
    check_defined,
    contiguity,
    load,
    new_array,
    refuse_mixed,
    to_atom,
    to_number,
)
from srcad.frontend.memory.branches import as_bool, branch, distribute, truth
from srcad.frontend.memory.presence import check_keys
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


def evaluate(m: Machine, node: ast.expr, unused: bool = False) -> Value:
    """The value of an expression. `unused`: it is a statement."""
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        if isinstance(node, ast.Call):
            from srcad.frontend.library.calls import call_expression

            return call_expression(m, node, unused)
        m.refuse(f"{type(node).__name__} expressions aren't supported", node=node)
    return handler(m, node)


def test(m: Machine, node: ast.expr) -> Value:
    """A condition: and, or, not give bools, without a value that both sides must share."""
    if isinstance(node, ast.BoolOp):
        return as_bool(m, _bool_chain(m, node, test))
    return evaluate(m, node)


# ---- names and literals


def _constant(m: Machine, node: ast.Constant) -> Value:
    return Static(node.value)


def _name(m: Machine, node: ast.Name) -> Value:
    value = lookup(m, node.id, node)
    if isinstance(value, (Undef, Partial)):
        _undefined(m, node, value)
    if isinstance(value, Mixed):
        refuse_mixed(m, value)
    return value


def _undefined(m: Machine, node: ast.Name, value: Value) -> None:
    m.refuse(
        f"the variable {node.id!r} is used, and some way to this line leaves it undefined",
        why="Python would raise UnboundLocalError on that way."
        if isinstance(value, Undef)
        else "one branch of an if gives it no value.",
        do=f"give {node.id!r} a value on every way, before the if say.",
        node=node,
        never=True,
        first_turn=True,
    )


def _tuple(m: Machine, node: ast.Tuple) -> Value:
    return Tup(elements(m, node.elts))


def _list(m: Machine, node: ast.List) -> Value:
    return Ref(m.allocate(ListCell(elements(m, node.elts))))


def elements(m: Machine, nodes: list[ast.expr]) -> tuple[Value, ...]:
    """The values of expressions, with starred ones unpacked."""
    from srcad.frontend.containers.iteration import known_items

    values: list[Value] = []
    for node in nodes:
        if isinstance(node, ast.Starred):
            values += known_items(m, evaluate(m, node.value), "the number of starred values")
        else:
            values.append(evaluate(m, node))
    return tuple(values)


def _set(m: Machine, node: ast.Set) -> Value:
    values = elements(m, node.elts)
    if all(isinstance(v, Static) for v in values):
        return Static({v.value for v in values if isinstance(v, Static)})
    if any(m.is_active(to_atom(m, v)) for v in values):
        m.refuse(
            "a set holds values that depend on the differentiated arguments",
            why="which of them are equal decides what the set holds.",
            do="use a list or a tuple.",
            node=node,
            never=True,
        )
    m.refuse("sets of values that are known at run time only aren't supported", do="use a list.", node=node)


def _dict(m: Machine, node: ast.Dict) -> Value:
    items: dict[Any, Value] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            items.update(dict_items(m, evaluate(m, value)))
        else:
            items[static_key(m, evaluate(m, key))] = evaluate(m, value)
    return Ref(m.allocate(DictCell(tuple(items.items()))))


def dict_items(m: Machine, value: Value) -> dict[Any, Value]:
    cell = m.heap[value.cell] if isinstance(value, Ref) else None
    if isinstance(cell, DictCell):
        check_keys(m, cell)
        return dict(cell.items)
    if isinstance(value, Static) and isinstance(value.value, dict):
        return {key: Static(item) for key, item in value.value.items()}
    m.refuse(f"{value.describe()} is unpacked as a dict")


def static_key(m: Machine, value: Value) -> Any:
    from srcad.frontend.containers.containers import key_of

    return key_of(m, value)


def _joined(m: Machine, node: ast.JoinedStr) -> Value:
    from srcad.frontend.library.strings import format_string

    return format_string(m, node)


# ---- operators


def _binary(m: Machine, node: ast.BinOp) -> Value:
    left, right = evaluate(m, node.left), evaluate(m, node.right)
    with m.at(node):
        return binary(m, node.op, left, right)


def binary(m: Machine, op: ast.operator, left: Value, right: Value) -> Value:
    """left op right."""
    if isinstance(left, Choice):
        return distribute(m, left, lambda v: binary(m, op, v, right))
    if isinstance(right, Choice):
        return distribute(m, right, lambda v: binary(m, op, left, v))
    if isinstance(left, Static) and isinstance(right, Static):
        return fold(m, PYTHON_BINARY[type(op)], left, right)
    special = objects.operator_method(m, BINARY[type(op)], left, right) or _containers(m, op, left, right)
    if special is not None:
        return special
    for side, other in ((left, right), (right, left)):
        check_defined(m, side)
        refuse_text(m, side)
        if _is_sequence(m, side) and not _spreads(other):
            m.raises(TypeError(f"{left.describe()} and {right.describe()} are operands of {BINARY[type(op)]}"))
    return number_result(m, BINARY[type(op)], left, right)


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
    if isinstance(op, ast.Add) and all(sequences):
        return concatenate(m, left, right)
    if isinstance(op, ast.Mult) and sequences.count(True) == 1:
        items, count = (left, right) if sequences[0] else (right, left)
        if isinstance(count, Static) or (isinstance(count, Num) and _is_int(count)):
            return repeat(m, items, count)
    if isinstance(op, ast.Add) and is_text(m, left) and is_text(m, right):
        return Obj(m.emit("format", to_atom(m, left), to_atom(m, right), pieces=((0, "", ""), (1, "", ""))))
    if isinstance(op, ast.Mod) and isinstance(left, Static) and isinstance(left.value, str):
        from srcad.frontend.library.strings import percent

        return percent(m, left, right)
    if isinstance(op, ast.BitOr) and isinstance(left, Ref) and isinstance(m.heap[left.cell], DictCell):
        merged = {**dict_items(m, left), **dict_items(m, right)}
        return Ref(m.allocate(DictCell(tuple(merged.items()))))
    return None


def is_text(m: Machine, value: Value) -> bool:
    """Whether a value is a string for sure."""
    if isinstance(value, Static):
        return isinstance(value.value, str)
    made = m.definitions.get(value.var) if isinstance(value, Obj) and isinstance(value.var, Var) else None
    if made is None or made.op != "call":
        return made is not None and made.op == "format"
    method = m.definitions.get(made.operands[0]) if isinstance(made.operands[0], Var) else None
    owner = method.operands[0] if method is not None and method.op == "attribute" else None
    return isinstance(owner, Const) and isinstance(owner.value, str)


def _spreads(value: Value) -> bool:
    """Whether an operation of it with a list is one of arrays."""
    if isinstance(value, Num):
        return not (isinstance(value.var.type, Scalar) and value.var.type.python)
    if isinstance(value, Static):
        return isinstance(value.value, np.generic)
    return not isinstance(value, (Tup, Ref))


def _is_int(value: Num) -> bool:
    return isinstance(value.var.type, Scalar) and value.var.type.python and value.var.type.dtype == "int64"


def _is_sequence(m: Machine, value: Value) -> bool:
    if isinstance(value, Ref):
        return isinstance(m.heap[value.cell], (ListCell, GrownCell))
    return isinstance(value, Tup) or (isinstance(value, Static) and isinstance(value.value, (str, tuple)))


def refuse_text(m: Machine, value: Value) -> None:
    if isinstance(value, Obj) and m.is_active(value.var):
        refuse_object(m)


def refuse_object(m: Machine) -> None:
    m.refuse(
        "a number is made from an object that depends on the differentiated arguments",
        why="no derivative passes through text and other objects.",
        do="use the number from which the object was made.",
        never=True,
    )


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
    result = m.emit(op, *atoms)
    refs = [value for value in values if isinstance(value, ArrayRef)]
    return wrap(m, result, contiguity(m, refs))


def wrap(m: Machine, result: Atom, layout: Any = frozenset()) -> Value:
    """A fresh result as a value."""
    if isinstance(result, Const):
        return Static(result.value)
    if isinstance(result.type, Array):
        return new_array(m, result, contiguous=layout)
    return Num(result) if is_numeric(result.type) else Obj(result)


def _unary(m: Machine, node: ast.UnaryOp) -> Value:
    value = evaluate(m, node.operand)
    with m.at(node):
        return distribute(m, value, lambda v: unary(m, node.op, v))


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
    return number_result(m, UNARY[type(op)], value) if special is None else special


# ---- comparisons


def _compare(m: Machine, node: ast.Compare) -> Value:
    left = evaluate(m, node.left)
    return _chain(m, left, node.ops, node.comparators, node)


def _chain(m: Machine, left: Value, ops: list[ast.cmpop], comparators: list[ast.expr], node: ast.Compare) -> Value:
    """a < b < c is a < b and b < c, with b read once and c only if the first holds."""
    right = evaluate(m, comparators[0])
    with m.at(node):
        first = compare(m, ops[0], left, right)
    if len(ops) == 1:
        return first
    known = truth(m, first)
    if isinstance(known, bool):
        return _chain(m, right, ops[1:], comparators[1:], node) if known else Static(False)
    return branch(m, known, lambda: as_bool(m, _chain(m, right, ops[1:], comparators[1:], node)), lambda: Static(False))


def compare(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value:
    if isinstance(left, Choice):
        return distribute(m, left, lambda v: compare(m, op, v, right))
    if isinstance(right, Choice):
        return distribute(m, right, lambda v: compare(m, op, left, v))
    if isinstance(op, (ast.Is, ast.IsNot)):
        return _identity(m, left, right, isinstance(op, ast.IsNot))
    if isinstance(op, (ast.In, ast.NotIn)):
        found = contains(m, right, left)
        return unary(m, ast.Not(), found) if isinstance(op, ast.NotIn) else found
    if isinstance(left, Static) and isinstance(right, Static):
        return Static(PYTHON_COMPARE[type(op)](left.value, right.value))
    for side in (left, right):
        refuse_text(m, side)
    known = objects.comparison_method(m, COMPARE[type(op)], left, right)
    if known is None:
        known = _structural_equality(m, op, left, right)
    return known if known is not None else number_result(m, COMPARE[type(op)], left, right)


def _structural_equality(m: Machine, op: ast.cmpop, left: Value, right: Value) -> Value | None:
    """Tuples and lists compare item by item; a number is never equal to None or a string."""
    if not isinstance(op, (ast.Eq, ast.NotEq)):
        return None
    if isinstance(left, (Tup, Ref)) and isinstance(right, (Tup, Ref)):
        from srcad.frontend.containers.containers import equal

        same = equal(m, left, right)
        return unary(m, ast.Not(), same) if isinstance(op, ast.NotEq) else same
    for one, other in ((left, right), (right, left)):
        other_kind = isinstance(one, Static) and not isinstance(one.value, (int, float, complex))
        if other_kind and isinstance(other, (Num, ArrayRef, Tup, Ref)) and not maybe_none(m, other):
            return Static(isinstance(op, ast.NotEq))
    return None


def maybe_none(m: Machine, value: Value) -> bool:
    """Whether the type leaves open what the value is."""
    if isinstance(value, ArrayRef):
        return isinstance(load(m, value).type, Unknown)
    return isinstance(value, Num) and isinstance(value.var.type, Unknown)


def _identity(m: Machine, left: Value, right: Value, negated: bool) -> Value:
    if isinstance(left, Static) and isinstance(right, Static):
        return Static((left.value is right.value) != negated)
    for one, other in ((left, right), (right, left)):
        if isinstance(one, Static) and (isinstance(other, Obj) or maybe_none(m, other)):
            same = m.emit("identical", to_atom(m, other), Const(one.value, to_atom(m, one).type))
            return Num(m.emit("not_", same)) if negated else Num(same)
    if isinstance(left, (Ref, ArrayRef)) and isinstance(right, (Ref, ArrayRef)):
        return Static((left == right) != negated)
    return Static(negated)


# ---- boolean operators and conditional expressions


def _bool_op(m: Machine, node: ast.BoolOp) -> Value:
    return _bool_chain(m, node, evaluate)


def _bool_chain(m: Machine, node: ast.BoolOp, read: Callable[[Machine, ast.expr], Value]) -> Value:
    return _chained_bool(m, isinstance(node.op, ast.And), node.values, read)


def _chained_bool(
    m: Machine, conjunction: bool, nodes: list[ast.expr], read: Callable[[Machine, ast.expr], Value]
) -> Value:
    first = read(m, nodes[0])
    if len(nodes) == 1:
        return first
    known = truth(m, first)
    if isinstance(known, bool):
        return _chained_bool(m, conjunction, nodes[1:], read) if known == conjunction else first

    def rest() -> Value:
        return _chained_bool(m, conjunction, nodes[1:], read)

    kept = as_bool(m, first) if read is test else first
    return branch(m, known, rest, lambda: kept) if conjunction else branch(m, known, lambda: kept, rest)


def _conditional(m: Machine, node: ast.IfExp) -> Value:
    known = truth(m, test(m, node.test))
    if isinstance(known, bool):
        return evaluate(m, node.body if known else node.orelse)
    with m.at(node):
        return branch(m, known, lambda: evaluate(m, node.body), lambda: evaluate(m, node.orelse))


# ---- the rest


def _attribute(m: Machine, node: ast.Attribute) -> Value:
    owner = evaluate(m, node.value)
    with m.at(node):
        return distribute(m, owner, lambda v: objects.get_attribute(m, v, node.attr))


def _subscript(m: Machine, node: ast.Subscript) -> Value:
    owner = evaluate(m, node.value)
    with m.at(node):
        return distribute(m, owner, lambda v: get_item(m, v, node.slice))


def _slice(m: Machine, node: ast.Slice) -> Value:
    parts = (Static(None) if part is None else evaluate(m, part) for part in (node.lower, node.upper, node.step))
    return Slice(*parts)


def _walrus(m: Machine, node: ast.NamedExpr) -> Value:
    from srcad.frontend.syntax.assign import assign

    value = evaluate(m, node.value)
    assign(m, node.target, value)
    return value


def _lambda(m: Machine, node: ast.Lambda) -> Value:
    from srcad.frontend.procedures.functions import make_function

    return make_function(m, node)


def _comprehension(m: Machine, node: Any) -> Value:
    from srcad.frontend.control.comprehensions import comprehension

    return comprehension(m, node)


def _generator_function(m: Machine, node: ast.expr) -> Value:
    m.refuse(
        "a generator function is differentiated",
        why="its body runs piece by piece, between the lines of whoever iterates over it.",
        do="collect the values in a list and return that.",
        node=node,
    )


def _await(m: Machine, node: ast.expr) -> Value:
    m.refuse("asynchronous code can't be differentiated", do="make it an ordinary function.", node=node)


EXPRESSIONS: dict[type, Callable[[Machine, Any], Value]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Tuple: _tuple,
    ast.List: _list,
    ast.Set: _set,
    ast.Dict: _dict,
    ast.JoinedStr: _joined,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.NamedExpr: _walrus,
    ast.Lambda: _lambda,
    ast.ListComp: _comprehension,
    ast.SetComp: _comprehension,
    ast.DictComp: _comprehension,
    ast.GeneratorExp: _comprehension,
    ast.Yield: _generator_function,
    ast.YieldFrom: _generator_function,
    ast.Await: _await,
}
