"""Expressions: each kind of syntax to the abstract value that it gives."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from srcad.frontend.containers.comparisons import compare
from srcad.frontend.containers.containers import set_container_item
from srcad.frontend.containers.iteration import elements
from srcad.frontend.containers.operators import binary, unary
from srcad.frontend.containers.subscripts import get_item
from srcad.frontend.control.streams import hand_over, hand_over_all
from srcad.frontend.core.cells import DictCell, ListCell
from srcad.frontend.core.externals import lookup
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import attribute_name, is_alone
from srcad.frontend.core.values import FALSE, NONE, Mixed, Num, Partial, Ref, Slice, Static, Tup, Undef, Value
from srcad.frontend.library.sequences import make_set
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import refuse_mixed
from srcad.frontend.memory.branches import as_bool, branch, distribute, operand, settled, truth
from srcad.frontend.memory.presence import present
from srcad.frontend.procedures.functions import make_function
from srcad.frontend.syntax import matching
from srcad.frontend.syntax.calls import call_expression
from srcad.frontend.syntax.comprehensions import comprehension
from srcad.frontend.syntax.texts import format_string


def evaluate(m: Machine, node: ast.expr, unused: bool = False) -> Value:
    """The value of an expression. `unused`: it is a statement."""
    if isinstance(node, ast.Call):
        return call_expression(m, node, unused)
    handler = EXPRESSIONS.get(type(node))
    if handler is None:
        m.refuse(f"{type(node).__name__} expressions aren't supported", node=node)
    return handler(m, node)


def test(m: Machine, node: ast.expr) -> Value:
    """A condition: and, or, not give bools, without a value that both sides must share."""
    if isinstance(node, ast.BoolOp):
        return as_bool(m, _bool_chain(m, node, test))
    return evaluate(m, node)


# ---- names and literals


def _constant(_m: Machine, node: ast.Constant) -> Value:
    return Static(node.value)


def _name(m: Machine, node: ast.Name) -> Value:
    value = lookup(m, node.id)
    if isinstance(value, Partial):
        return _defined(m, node, value)
    if isinstance(value, Undef):
        m.raises(_unbound(m, node))
    if isinstance(value, Mixed):
        refuse_mixed(m, value)
    return settled(m, value)


def _defined(m: Machine, node: ast.Name, value: Partial) -> Value:
    """A variable that some ways to this line leave undefined: on these the run raises what Python does."""
    found = present(m, value, _unbound(m, node))
    if node.id in m.frame.names:
        m.bind(node.id, found)
    return found


def _unbound(m: Machine, node: ast.Name) -> NameError:
    """What Python raises for a name without a value: of a function's own, or of one around it."""
    if node.id not in m.frame.names and node.id not in m.code.local_names:
        text = f"cannot access free variable {node.id!r} where it is not associated with a value in enclosing scope"
        return NameError(text)
    return UnboundLocalError(f"cannot access local variable {node.id!r} where it is not associated with a value")


def _tuple(m: Machine, node: ast.Tuple) -> Value:
    return Tup(elements(m, node.elts))


def _list(m: Machine, node: ast.List) -> Value:
    return Ref(m.allocate(ListCell(elements(m, node.elts))))


def _set(m: Machine, node: ast.Set) -> Value:
    values = elements(m, node.elts)
    if any(m.depends(v) for v in values):
        m.refuse(
            "a set holds values that depend on the differentiated arguments",
            why="which of them are equal decides what the set holds.",
            do="use a list or a tuple.",
            node=node,
            never=True,
        )
    return make_set(m, Tup(values))


def _dict(m: Machine, node: ast.Dict) -> Value:
    made = Ref(m.allocate(DictCell(())))
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            set_container_item(m, made, evaluate(m, key), evaluate(m, value))
            continue
        m.call(objects.get_attribute(m, made, "update"), (evaluate(m, value),))
    return made


# ---- operators


def _binary(m: Machine, node: ast.BinOp) -> Value:
    left, right = evaluate(m, node.left), evaluate(m, node.right)
    with m.at(node):
        return binary(m, node.op, left, right)


def _unary(m: Machine, node: ast.UnaryOp) -> Value:
    value = evaluate(m, node.operand)
    with m.at(node):
        if not isinstance(node.op, ast.Not):
            value = operand(m, value, "unary")
        return distribute(m, value, lambda v: unary(m, node.op, v))


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


# ---- boolean operators and conditional expressions


def _bool_op(m: Machine, node: ast.BoolOp) -> Value:
    return _bool_chain(m, node, evaluate)


def _bool_chain(m: Machine, node: ast.BoolOp, read: Callable[[Machine, ast.expr], Value]) -> Value:
    conjunction = isinstance(node.op, ast.And)
    nodes = node.values[1:] if not conjunction and _is_or_equals(m, node.values) else node.values
    return _chained_bool(m, conjunction, nodes, read)


def _is_or_equals(m: Machine, nodes: list[ast.expr]) -> bool:
    """`a is b or a == b`, as Python's own containers compare their items: of numbers, but for NaN, the second tells."""
    match nodes:
        case [ast.Compare(left, [ast.Is()], [right]), ast.Compare(again, [ast.Eq()], [other]), *_]:
            names = (left, right, again, other)
            plain = all(isinstance(one, ast.Name) for one in names) and ast.dump(left) == ast.dump(again)
            if plain and ast.dump(right) == ast.dump(other):
                return all(isinstance(evaluate(m, one), Num) for one in (left, right))
    return False


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
    owner, name = evaluate(m, node.value), attribute_name(m.code, node.attr)
    with m.at(node):
        return settled(m, distribute(m, owner, lambda v: objects.get_attribute(m, v, name)))


def _subscript(m: Machine, node: ast.Subscript) -> Value:
    owner = evaluate(m, node.value)
    with m.at(node):
        return distribute(m, owner, lambda v: get_item(m, v, node.slice))


def _slice(m: Machine, node: ast.Slice) -> Value:
    parts = (Static(None) if part is None else evaluate(m, part) for part in (node.lower, node.upper, node.step))
    return Slice(*parts)


def _walrus(m: Machine, node: ast.NamedExpr) -> Value:
    value = evaluate(m, node.value)
    m.assign(node.target, value)
    return value


def _yield(m: Machine, node: ast.Yield) -> Value:
    value = NONE if node.value is None else evaluate(m, node.value)
    sent = hand_over(m, value)
    _check_left(m, node)
    return sent


def _yield_from(m: Machine, node: ast.YieldFrom) -> Value:
    value = hand_over_all(m, evaluate(m, node.value))
    _check_left(m, node)
    return value


def _check_left(m: Machine, node: ast.expr) -> None:
    """Where the loop over a generator is left, nothing of the statement with the `yield` may run any more."""
    if m.look("$return") != FALSE and not is_alone(m.code.node, node):
        m.refuse(
            "a loop over a generator is left whose `yield` stands inside of an expression",
            why="what stands around the `yield` doesn't run then.",
            do="give what is yielded or sent a name, in a statement of its own.",
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
    ast.JoinedStr: format_string,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.Compare: _compare,
    ast.BoolOp: _bool_op,
    ast.IfExp: _conditional,
    ast.Attribute: _attribute,
    ast.Subscript: _subscript,
    ast.Slice: _slice,
    ast.NamedExpr: _walrus,
    ast.Lambda: make_function,
    ast.ListComp: comprehension,
    ast.SetComp: comprehension,
    ast.DictComp: comprehension,
    ast.GeneratorExp: comprehension,
    ast.Yield: _yield,
    ast.YieldFrom: _yield_from,
    ast.Await: _await,
    matching.Matches: matching.condition,
}
