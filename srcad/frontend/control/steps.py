"""A statement as its steps, in the order in which Python takes them: each changes something, or may raise.

y[0], d[k] = f(x) * 2, g(x)     ->     t1 = f(x);  t2 = t1 * 2;  t3 = g(x);  y[0] = t2;  d[k] = t3

In a `try` the handler finds what the steps before the exception have done, so that a statement which may raise when it
has changed something already is read by its steps.
"""

from __future__ import annotations

import ast
import copy
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, cast

from srcad.definitions import iterators
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sited import sited
from srcad.frontend.core.values import END

TEMPORARY = "$step"
SPLIT = (ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Assert, ast.Raise, ast.Delete)
_WHOLE = (ast.Lambda, ast.GeneratorExp, ast.SetComp, ast.DictComp, ast.JoinedStr)


@lru_cache(maxsize=1024)
def steps_of(statement: ast.stmt) -> tuple[ast.stmt, ...] | None:
    """The steps of a simple statement; None if it is a single one."""
    if not isinstance(statement, SPLIT):
        return None
    steps = _Steps(statement)
    steps.statement(statement)
    found = [s for s in steps.done if not _is_alias(s)]
    if len(found) < 2:
        return None
    return *steps.done, ast.copy_location(Forgetting(steps.name + " "), statement)


class Forgetting(ast.Pass):
    """Stands behind the steps of a statement, the names of which nobody reads any more."""

    def __init__(self, prefix: str) -> None:
        super().__init__()
        self.prefix = prefix


def forgetting(m: Machine, statement: Forgetting) -> None:
    """The end of the steps of a statement."""
    forget(m, statement.prefix)


def forget(m: Machine, prefix: str = TEMPORARY) -> None:
    """Leave the names of steps alone, so that no branch has to join what they stand for."""
    frame = m.frame
    names = {name: value for name, value in frame.names.items() if not name.startswith(prefix)}
    if len(names) < len(frame.names):
        m.heap[m.stack.frames[-1]] = FrameCell(frame.code, names, frame.parent)


def yields(statement: ast.stmt) -> bool:
    """Whether a statement hands on to who takes what its function yields."""
    return any(isinstance(n, (ast.Yield, ast.YieldFrom)) for n in ast.walk(statement))


def binds_in_the_midst(statement: ast.stmt) -> bool:
    """Whether a statement may raise when it has bound, or deleted, some of its names."""
    if any(isinstance(n, ast.NamedExpr) for n in ast.walk(statement)):
        return True
    match statement:
        case ast.Assign(targets=targets):
            plain = len(targets) == 1 and _is_row(targets[0])
            return not (plain or all(isinstance(t, ast.Name) for t in targets))
        case ast.Delete(targets=targets):
            return len(targets) > 1
    return False


def _is_row(target: ast.expr) -> bool:
    """What is bound at once, or not at all: a name, a place, or names side by side."""
    if not isinstance(target, (ast.Tuple, ast.List)):
        return True
    parts = [part.value if isinstance(part, ast.Starred) else part for part in target.elts]
    return all(isinstance(part, ast.Name) for part in parts)


def _is_alias(statement: ast.stmt) -> bool:
    match statement:
        case ast.Assign([ast.Name(id=name)], ast.Name()):
            return name.startswith(TEMPORARY)
    return False


class _Steps:
    """Takes a statement apart."""

    def __init__(self, statement: ast.stmt) -> None:
        place = (statement.lineno, statement.col_offset, statement.end_lineno, statement.end_col_offset)
        self.name = " ".join((TEMPORARY, type(statement).__name__, *map(str, place)))
        self.count = 0
        self.done: list[ast.stmt] = []

    # ---- making

    def add(self, statement: ast.stmt, at: ast.AST) -> None:
        self.done.append(sited(statement, at))

    def fresh(self) -> str:
        self.count += 1
        return f"{self.name} {self.count}"

    def named(self, value: ast.expr) -> ast.expr:
        """A name that is given to a value."""
        name = self.fresh()
        self.add(ast.Assign([ast.Name(name, ast.Store())], value), value)
        return ast.copy_location(ast.Name(name, ast.Load()), value)

    def under(self, test: ast.expr, then: ast.expr, otherwise: ast.expr | None, name: str) -> None:
        """if test: name = then (else: name = otherwise), each by its own steps."""
        sides = [self.side(then, name), self.side(otherwise, name) if otherwise is not None else []]
        self.add(ast.If(test, sides[0], sides[1]), then)

    def side(self, value: ast.expr, name: str) -> list[ast.stmt]:
        outer, self.done = self.done, []
        self.add(ast.Assign([ast.Name(name, ast.Store())], self.shallow(value)), value)
        made, self.done = self.done, outer
        return made

    # ---- expressions

    def hoisted(self, node: ast.expr) -> ast.expr:
        """A name, or a constant, for the value of an expression, whose steps have been taken."""
        if isinstance(node, ast.Constant) or (isinstance(node, ast.Name) and node.id.startswith(TEMPORARY)):
            return node
        made = self.shallow(node)
        return made if isinstance(made, ast.Name) and made.id.startswith(TEMPORARY) else self.named(made)

    def all(self, nodes: Sequence[ast.expr]) -> list[ast.expr]:
        return [
            ast.copy_location(ast.Starred(self.hoisted(n.value), n.ctx), n)
            if isinstance(n, ast.Starred)
            else self.hoisted(n)
            for n in nodes
        ]

    def shallow(self, node: ast.expr) -> ast.expr:
        """An expression of the same value, of names and constants alone where that can be."""
        match node:
            case ast.BoolOp(op, [first, *rest]):
                return self.choice(op, first, rest)
            case ast.Compare(left, ops, comparators) if len(ops) > 1:
                return self.chain(left, ops, comparators)
            case ast.IfExp(test, then, otherwise):
                name = self.fresh()
                self.under(self.hoisted(test), then, otherwise, name)
                return ast.copy_location(ast.Name(name, ast.Load()), node)
            case ast.NamedExpr(target, value):
                self.add(ast.Assign([target], self.shallow(value)), node)
                return self.named(ast.copy_location(ast.Name(target.id, ast.Load()), target))
            case ast.ListComp() if not _captures(node):
                return self.listed(node)
        if isinstance(node, (ast.Constant, ast.Name, *_WHOLE)):
            return node
        return ast.copy_location(self.plain(node), node)

    def plain(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.BinOp(left, op, right):
                first = self.hoisted(left)
                return ast.BinOp(first, op, self.hoisted(right))
            case ast.UnaryOp(op, operand):
                return ast.UnaryOp(op, self.hoisted(operand))
            case ast.Compare(left, ops, [other]):
                first = self.hoisted(left)
                return ast.Compare(first, ops, [self.hoisted(other)])
            case ast.Call():
                return self.called(node)
            case ast.Attribute(value, attr):
                return ast.Attribute(self.hoisted(value), attr, ast.Load())
            case ast.Subscript(value, index):
                first = self.hoisted(value)
                return ast.Subscript(first, self.index(index), ast.Load())
            case ast.Tuple(elts) | ast.List(elts):
                return type(node)(self.all(elts), ast.Load())
            case ast.Yield(value):
                return ast.Yield(value and self.hoisted(value))
            case ast.YieldFrom(value):
                return ast.YieldFrom(self.hoisted(value))
            case ast.Set(elts):
                return ast.Set(self.all(elts))
            case ast.Dict(keys, values):
                pairs = [(k and self.hoisted(k), self.hoisted(v)) for k, v in zip(keys, values, strict=True)]
                return ast.Dict([k for k, _ in pairs], [v for _, v in pairs])
        return node

    def called(self, node: ast.Call) -> ast.Call:
        """Methods are called as such, and names of functions stay where they are."""
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = self.hoisted(function.value)
            function = ast.copy_location(ast.Attribute(owner, function.attr, ast.Load()), function)
        elif not isinstance(function, ast.Name):
            function = self.hoisted(function)
        args = self.all(node.args)
        return ast.Call(function, args, [ast.keyword(k.arg, self.hoisted(k.value)) for k in node.keywords])

    def index(self, node: ast.expr) -> ast.expr:
        match node:
            case ast.Slice(lower, upper, step):
                parts = [part and self.hoisted(part) for part in (lower, upper, step)]
                return ast.copy_location(ast.Slice(*parts), node)
            case ast.Tuple(elts):
                return ast.copy_location(ast.Tuple([self.index(e) for e in elts], ast.Load()), node)
        return self.hoisted(node)

    def choice(self, op: ast.boolop, first: ast.expr, rest: Sequence[ast.expr]) -> ast.expr:
        """a and b     ->     t = a; if t: t = b"""
        name = self.fresh()
        load = ast.copy_location(ast.Name(name, ast.Load()), first)
        self.done += self.side(first, name)
        outer, blocks = self.done, []
        for one in rest:
            test: ast.expr = load if isinstance(op, ast.And) else ast.UnaryOp(ast.Not(), load)
            blocks.append(ast.If(test, self.side(one, name), []))
        for inner, block in reversed(list(zip(blocks[1:], blocks, strict=False))):
            block.body.append(inner)
        self.done = outer
        self.add(blocks[0], first)
        return load

    def chain(self, left: ast.expr, ops: Sequence[ast.cmpop], comparators: Sequence[ast.expr]) -> ast.expr:
        """a < b < c     ->     t = a < b; if t: t = b < c"""
        name = self.fresh()
        load = ast.copy_location(ast.Name(name, ast.Load()), left)
        first = self.hoisted(left)
        other = self.hoisted(comparators[0])
        self.add(ast.Assign([ast.Name(name, ast.Store())], ast.Compare(first, [ops[0]], [other])), left)
        outer, self.done = self.done, []
        rest: ast.expr = ast.copy_location(ast.Compare(other, list(ops[1:]), list(comparators[1:])), left)
        body, self.done = self.side(rest, name), outer
        self.add(ast.If(load, body, []), left)
        return load

    def listed(self, node: ast.ListComp) -> ast.expr:
        """[f(v) for v in x if v]     ->     t = []; for v in x: if v: t.append(f(v))"""
        made = self.named(ast.copy_location(ast.List([], ast.Load()), node))
        own = {n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name)}
        inner = _Renamed({name: f"{self.name} of {name}" for name in own})
        append = ast.Call(ast.Attribute(made, "append", ast.Load()), [inner.visit(copy.deepcopy(node.elt))], [])
        body: ast.stmt = ast.copy_location(ast.Expr(append), node.elt)
        for k, clause in reversed(list(enumerate(node.generators))):
            for test in reversed(clause.ifs):
                body = ast.copy_location(ast.If(inner.visit(copy.deepcopy(test)), [body], []), test)
            source = inner.visit(copy.deepcopy(clause.iter)) if k else self.hoisted(clause.iter)
            target = inner.visit(copy.deepcopy(clause.target))
            body = ast.copy_location(ast.For(target, source, [body], []), clause.target)
        self.add(body, node)
        return made

    # ---- statements

    def statement(self, node: ast.stmt) -> None:
        match node:
            case ast.Expr(value):
                self.add(ast.copy_location(ast.Expr(self.shallow(value)), node), node)
            case ast.Return(value) if value is not None:
                self.add(ast.copy_location(ast.Return(self.shallow(value)), node), node)
            case ast.Assign([ast.Name() as target], value):
                self.add(ast.copy_location(ast.Assign([target], self.shallow(value)), node), node)
            case ast.Assign(targets, value):
                made = self.hoisted(value)
                for one in targets:
                    self.put(one, made)
            case ast.AnnAssign(target, _, value) if value is not None:
                self.put(target, self.hoisted(value))
            case ast.AugAssign(target, op, value):
                self.augmented(target, op, value, node)
            case ast.Delete(targets):
                for one in targets:
                    self.add(ast.copy_location(ast.Delete([self.place(one, ast.Del())]), one), node)
            case ast.Assert(test, message):
                self.add(ast.copy_location(ast.Assert(self.hoisted(test), message), node), node)
            case ast.Raise(exc, cause):
                parts = [part and self.hoisted(part) for part in (exc, cause)]
                self.add(ast.copy_location(ast.Raise(*parts), node), node)
            case _:
                self.done.append(node)

    def place(self, target: ast.expr, context: ast.expr_context) -> ast.expr:
        """A target of names alone."""
        match target:
            case ast.Attribute(value, attr):
                return ast.copy_location(ast.Attribute(self.hoisted(value), attr, context), target)
            case ast.Subscript(value, index):
                first = self.hoisted(value)
                return ast.copy_location(ast.Subscript(first, self.index(index), context), target)
        return target

    def put(self, target: ast.expr, value: ast.expr) -> None:
        """target = value, where a tuple is taken apart before the first of its targets is bound."""
        if not isinstance(target, (ast.Tuple, ast.List)):
            self.add(ast.copy_location(ast.Assign([self.place(target, ast.Store())], value), target), target)
            return
        if all(isinstance(part, ast.Name) for part in target.elts):
            self.add(ast.copy_location(ast.Assign([target], value), target), target)
            return
        names = [self.fresh() for _ in target.elts]
        stored: list[ast.expr] = [ast.Name(name, ast.Store()) for name in names]
        row = [
            ast.Starred(name, ast.Store()) if isinstance(part, ast.Starred) else name
            for name, part in zip(stored, target.elts, strict=True)
        ]
        self.add(ast.Assign([ast.Tuple(row, ast.Store())], value), target)
        for name, part in zip(names, target.elts, strict=True):
            own = part.value if isinstance(part, ast.Starred) else part
            self.put(own, ast.copy_location(ast.Name(name, ast.Load()), part))

    def augmented(self, target: ast.expr, op: ast.operator, value: ast.expr, at: ast.stmt) -> None:
        """y[k] += v     ->     t = y[k]; t += v; y[k] = t"""
        where: ast.expr = self.place(target, ast.Store())
        read = copy.copy(where)
        read.ctx = ast.Load()  # type: ignore[attr-defined]
        name = self.named(read)
        assert isinstance(name, ast.Name)
        added = self.hoisted(value)
        self.add(ast.copy_location(ast.AugAssign(ast.Name(name.id, ast.Store()), op, added), at), at)
        self.add(ast.copy_location(ast.Assign([where], name), at), at)


def _captures(node: ast.ListComp) -> bool:
    """Whether something in a comprehension has a scope of its own, or binds a name around it."""
    inner = (n for n in ast.walk(node) if n is not node)
    return any(isinstance(n, (*_WHOLE, ast.ListComp, ast.NamedExpr)) for n in inner)


@lru_cache(maxsize=1024)
def taken_by(statement: ast.stmt) -> ast.Call | None:
    """The call that is all of a statement, or all that it gives to names, if that is next(it) or g.send(v)."""
    value = statement.value if isinstance(statement, (ast.Assign, ast.Expr)) else None
    match value:
        case ast.Call(ast.Name("next"), [ast.expr()], []) | ast.Call(ast.Attribute(ast.Name(), "send"), [_], []):
            return value
    return None  # another part of the statement may have been computed before the item is taken


@lru_cache(maxsize=1024)
def taking_step(statement: ast.stmt) -> tuple[ast.stmt, ...]:
    """v = next(it)     ->     t = next(it, END); if t is END: raise StopIteration(...); v = t"""
    call = taken_by(statement)
    assert call is not None
    name = f"{TEMPORARY} next {call.lineno} {call.col_offset}"
    end = ast.Constant(cast("Any", END))
    load = ast.Name(name, ast.Load())
    source = ast.Name(f"{name} of", ast.Load())
    if isinstance(call.func, ast.Attribute):
        given, taking = call.func.value, _called(iterators.sent, source, *call.args)
    else:
        given, taking = call.args[0], ast.Call(call.func, [source, end], [])
    before = ast.Assign([ast.Name(source.id, ast.Store())], given)
    taken = ast.Assign([ast.Name(name, ast.Store())], taking)
    ended = ast.If(ast.Compare(load, [ast.Is()], [end]), [ast.Raise(_called(iterators.end_of, source))], [])
    rest: list[ast.stmt] = [ast.Assign(statement.targets, load)] if isinstance(statement, ast.Assign) else []
    return tuple(sited(one, statement) for one in (before, taken, ended, *rest))


def _called(function: Callable[..., object], *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Constant(cast("Any", function)), list(args), [])


class _Renamed(ast.NodeTransformer):
    """Names of a comprehension, which are its own."""

    def __init__(self, names: dict[str, str]) -> None:
        self.names = names

    def visit_Name(self, node: ast.Name) -> ast.Name:
        return ast.copy_location(ast.Name(self.names.get(node.id, node.id), node.ctx), node)


__all__ = [
    "SPLIT",
    "Forgetting",
    "binds_in_the_midst",
    "forget",
    "forgetting",
    "steps_of",
    "taken_by",
    "taking_step",
    "yields",
]
