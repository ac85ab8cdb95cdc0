"""Equations as statements."""

from __future__ import annotations

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from srcad.analysis.aliases import levels
from srcad.codegen.expressions import Expressions
from srcad.codegen.spelling import names_in, negated
from srcad.ops.catalogue import operation
from srcad.ops.checks import checked_equation
from srcad.ops.subscripts import may_repeat
from srcad.trace.nodes import Atom, Equation, Var
from srcad.trace.types import ListOf, dtype_of, is_inexact


class Statements:
    """Prints equations without regions as statements; `live` says which of their results are used.

    `passed_on`: the names that must have some value, as they are read before they need one.
    """

    def __init__(
        self, expressions: Expressions, in_place: frozenset[Equation], passed_on: frozenset[str] = frozenset()
    ) -> None:
        self.passed_on = passed_on
        self.x = expressions
        self.in_place = in_place

    def equation(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        """The statements of an equation."""
        if eq in self.in_place:
            return self.update(eq, live)
        printer = _STATEMENTS.get(eq.op)
        if printer:
            return printer(self, eq)
        return self.plain(eq, live)

    def plain(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        """results = expression."""
        value = self.x.equation(eq)
        targets: list[ast.expr] = [self.target(var) if var in live else _name("_") for var in eq.results]
        if len(eq.results) == 1 and eq.results[0] in live:
            return [self.assign_to(eq.results[0], value)]
        if not any(var in live for var in eq.results):
            return [ast.Expr(value)]
        return [ast.Assign([ast.Tuple(targets, ast.Store())], value)]

    def target(self, var: Var) -> ast.Name:
        return _name(self.x.names.of(var))

    def assign_to(self, var: Var, value: ast.expr) -> ast.stmt:
        """var = value; numbers that are added to are written x += value."""
        target = self.target(var)
        if self.x.names.of_numbers(var):
            return augmented(target, value) or ast.Assign([target], value)
        return ast.Assign([target], value)

    # ---- updates in place

    def update(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        """Overwrite operand 0; where the result has another name, give it that first, if it is free already."""
        result, (first, *others) = eq.results[-1], eq.operands
        renaming = self.moves([(result, first)]) if result in live else []
        if not renaming or any(self.x.names.of(result) in names_in(a) for a in self.x.atoms(others)):
            return [*_UPDATES[eq.op](self, eq, live), *renaming]
        return [*renaming, *_UPDATES[eq.op](self, replace(eq, operands=(result, *others)), live)]

    def store(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        x, value, *index = eq.operands
        place = self.x.item(x, eq.params["index"], tuple(index))
        stored = self.x.atom(value)
        one = value.type.is_scalar and all(entry[0] == "int" for entry in eq.params["index"])
        exact = one or (is_inexact(dtype_of(x.type)) and dtype_of(x.type) is not None and _same_kind(x, value))
        if exact:
            return [augmented(place, stored) or _assign(place, stored)]
        return [_assign(place, stored)]

    def add_to_item(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        x, value, *index = eq.operands
        template = eq.params["index"]
        place = self.x.item(x, template, tuple(index))
        if may_repeat(tuple(a.type for a in index), template):
            return [ast.Expr(self.x.call("np.add.at", place.value, self.key(place.slice), self.x.atom(value)))]
        return [add_to(place, self.x.atom(value))]

    def key(self, index: ast.expr) -> ast.expr:
        """A subscript as an object outside of brackets."""
        parts = index.elts if isinstance(index, ast.Tuple) else [index]
        if any(isinstance(part, ast.Slice) for part in parts):
            return ast.Subscript(self.x.constants.dotted("np.s_"), index, ast.Load())
        return index

    def accumulate(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        a, b = self.x.atoms(eq.operands)
        return [add_to(a, b)]

    def append(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        items, value = self.x.atoms(eq.operands)
        return [ast.Expr(_method(items, "append", value))]

    def pop(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        value = _method(self.x.atom(eq.operands[0]), "pop")
        popped = eq.results[0]
        return [ast.Assign([self.target(popped)], value) if popped in live else ast.Expr(value)]

    def set_element(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        items, value, i = self.x.atoms(eq.operands)
        return [_assign(ast.Subscript(items, i, ast.Load()), value)]

    def set_slice(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        items, values = self.x.atoms(eq.operands[:2])
        template = (("slice", *range(len(eq.operands) - 2)),)
        return [_assign(ast.Subscript(items, self.x.index(template, eq.operands[2:]), ast.Load()), values)]

    def add_to_element(self, eq: Equation, live: frozenset[Var]) -> list[ast.stmt]:
        """Numbers are added to; arrays in lists may be shared, so they are replaced."""
        items, value, i = self.x.atoms(eq.operands)
        place = ast.Subscript(items, i, ast.Load())
        t = eq.operands[0].type
        element = t.element if isinstance(t, ListOf) else t
        if element.is_container:
            return [_assign(place, self.x.call("plus", place, value))]
        if not levels(element):
            return [add_to(place, value)]
        return [_assign(place, ast.BinOp(place, ast.Add(), value))]

    # ---- names

    def moves(self, pairs: Sequence[tuple[Var, Atom]]) -> list[ast.stmt]:
        """Assign all at once: one after the other where none is read after it was set, as a tuple otherwise."""
        todo = [(self.x.names.of(var), var, self.value_of(a)) for var, a in pairs if not self.is_unset(var, a)]
        todo = [(name, var, value) for name, var, value in todo if _read_name(value) != name]
        ordered = _sequence([(name, names_in(value)) for name, _, value in todo])
        if ordered is not None:
            return [self.assign_to(todo[k][1], todo[k][2]) for k in ordered]
        targets: list[ast.expr] = [_name(name) for name, _, _ in todo]
        values = [value for _, _, value in todo]
        return [ast.Assign([ast.Tuple(targets, ast.Store())], ast.Tuple(values, ast.Load()))]

    def is_unset(self, var: Var, a: Atom) -> bool:
        """Whether a name can be left as it is, as nobody reads it."""
        return a.type.is_undefined and self.x.names.of(var) not in self.passed_on

    def value_of(self, a: Atom) -> ast.expr:
        return ast.Constant(None) if a.type.is_undefined else self.x.atom(a)

    # ---- effects

    def set_attribute(self, eq: Equation) -> list[ast.stmt]:
        thing, value = self.x.atoms(eq.operands)
        return [_assign(ast.Attribute(thing, eq.params["name"], ast.Load()), value)]

    def check(self, eq: Equation) -> list[ast.stmt]:
        """The operation itself, without its result; of shapes a look at these is enough."""
        made = checked_equation(eq)
        if eq.params.get("shapes"):
            return [ast.Expr(self.x.call("np.broadcast", *self.x.atoms(eq.operands)))]
        if operation(made).updates:
            place = self.x.item(made.operands[0], made.params["index"], made.operands[2:])
            return [ast.Expr(self.x.call("check_stored", place, self.x.atom(made.operands[1])))]
        return [ast.Expr(self.x.equation(made))]

    def raise_(self, eq: Equation) -> list[ast.stmt]:
        parts = self.x.atoms(eq.operands)
        return [ast.Raise(parts[0] if parts else None, parts[1] if len(parts) > 1 else None)]


def _sequence(moves: list[tuple[str, set[str]]]) -> list[int] | None:
    """An order in which each is set after all that read its old value; None if there is none."""
    left = list(range(len(moves)))
    order: list[int] = []
    while left:
        for k in left:
            if not any(moves[k][0] in moves[j][1] for j in left if j != k):
                order.append(k)
                left.remove(k)
                break
        else:
            return None
    return order


def _read_name(expression: ast.expr) -> str | None:
    return expression.id if isinstance(expression, ast.Name) else None


def _name(name: str) -> ast.Name:
    return ast.Name(name, ast.Store())


def _assign(target: ast.expr, value: ast.expr) -> ast.stmt:
    return ast.Assign([target], value)


def _method(owner: ast.expr, name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(owner, name, ast.Load()), list(arguments), [])


def add_to(place: ast.expr, value: ast.expr) -> ast.stmt:
    """place += value, or place -= value."""
    assert isinstance(place, (ast.Name, ast.Subscript))
    less = negated(value)
    return ast.AugAssign(place, ast.Add(), value) if less is None else ast.AugAssign(place, ast.Sub(), less)


def augmented(place: ast.expr, value: ast.expr) -> ast.stmt | None:
    """place = place + b as place += b."""
    assert isinstance(place, (ast.Name, ast.Subscript))
    if isinstance(value, ast.BinOp) and ast.dump(_loaded(value.left)) == ast.dump(_loaded(place)):
        return ast.AugAssign(place, value.op, value.right)
    return None


def _loaded(tree: ast.expr) -> ast.expr:
    return ast.Name(tree.id, ast.Load()) if isinstance(tree, ast.Name) else tree


def _same_kind(x: Atom, value: Atom) -> bool:
    """Whether adding to x in place can't fail where storing the sum would not."""
    return str(dtype_of(x.type)).startswith("complex") or not str(dtype_of(value.type)).startswith("complex")


_UPDATES: dict[str, Callable[[Statements, Equation, frozenset[Var]], list[ast.stmt]]] = {
    "set_item": Statements.store,
    "add_item": Statements.add_to_item,
    "accumulate": Statements.accumulate,
    "list_append": Statements.append,
    "list_pop": Statements.pop,
    "list_set": Statements.set_element,
    "list_set_slice": Statements.set_slice,
    "list_add": Statements.add_to_element,
}
_STATEMENTS: dict[str, Callable[[Statements, Equation], list[ast.stmt]]] = {
    "set_attribute": Statements.set_attribute,
    "raise_": Statements.raise_,
    "check": Statements.check,
}
