"""Comprehensions and generator expressions: loops that collect.

[f(v) for v in x if v > 0]     ->     items = []; for v in x: if v > 0: items.append(f(v))
sum(f(v) for v in x)           ->     total = 0; for v in x: total = total + f(v)
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import lru_cache

from srcad.frontend.containers.containers import append, set_container_item
from srcad.frontend.containers.iteration import Indexed, Items, Streamed
from srcad.frontend.control.collecting import scope, total
from srcad.frontend.control.live import loop_over
from srcad.frontend.control.pipes import stream
from srcad.frontend.control.turns import written_out
from srcad.frontend.core.cells import DictCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import FALSE, NONE, Ref, Static, Value
from srcad.frontend.library.sequences import make_set
from srcad.frontend.memory.boxes import as_distinct_as
from srcad.frontend.memory.branches import branch, truth
from srcad.frontend.procedures.functions import make_function
from srcad.trace.nodes import Var

Comprehension = ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp
Collect = Callable[[], None]
MOST_WRITTEN_OUT = 4


def comprehension(m: Machine, node: Comprehension) -> Value:
    """A list, a dict, a list that stands for a set; of a generator what makes its list, when it is run through."""
    if isinstance(node, ast.GeneratorExp):
        return _generator(m, node)
    made = Ref(m.allocate(DictCell(()) if isinstance(node, ast.DictComp) else ListCell(())))
    given = _given(m, node)
    with own_scope(m, node):
        clauses(m, node.generators, lambda: _collect(m, made, node), given)
    if _picks(node):
        as_distinct_as(m, made, given)
    if isinstance(node, ast.SetComp):
        return make_set(m, made)
    return made


def _picks(node: Comprehension) -> bool:
    """Whether it is [p for p in values if ...], which picks some elements of a list, each of them once."""
    (first, *rest) = node.generators
    match first, node:
        case ast.comprehension(target=ast.Name(id=name), iter=ast.Name()), ast.ListComp(elt=ast.Name(id=picked)):
            return name == picked and not rest
    return False


def summed(m: Machine, node: ast.ListComp | ast.GeneratorExp) -> Value:
    """sum(... for ...), added up as it goes."""
    given = _given(m, node)
    with own_scope(m, node):
        return total(
            m, Static(0), ast.Add(), lambda add: clauses(m, node.generators, lambda: add(m.evaluate(node.elt)), given)
        )


def _given(m: Machine, node: Comprehension) -> Value:
    """What the first `for` runs over, which is read outside of the comprehension."""
    return m.evaluate(node.generators[0].iter)


def _generator(m: Machine, node: ast.GeneratorExp) -> Value:
    """A generator of a function: what the first `for` runs over is read at once, and all else as it is run through."""
    given = _given(m, node)
    return m.call(make_function(m, _as_function(node)), (given,))


class Clause(ast.For):
    """A `for` of a generator expression."""


@lru_cache(maxsize=1024)
def _as_function(node: ast.GeneratorExp) -> ast.FunctionDef:
    """(f(v) for v in x if v > 0)     ->     def genexpr(given): for v in given: if v > 0: yield f(v)"""
    body: ast.stmt = ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(node.elt), node.elt)), node.elt)
    for k, clause in reversed(list(enumerate(node.generators))):
        for test in reversed(clause.ifs):
            body = ast.copy_location(ast.If(test, [body], []), test)
        source = clause.iter if k else ast.copy_location(ast.Name(_GIVEN, ast.Load()), clause.iter)
        body = ast.copy_location(Clause(clause.target, source, [body], []), clause.target)
    outer = sorted({n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr)})
    names = [ast.copy_location(ast.Nonlocal(outer), node)] if outer else []
    parameters = ast.arguments([], [ast.arg(_GIVEN)], None, [], [], None, [])
    made = ast.FunctionDef("<genexpr>", parameters, [*names, body], [])
    return ast.copy_location(made, node)


def clause_statement(m: Machine, statement: Clause) -> None:
    """A `for` of a generator expression, of which a few turns are written out."""
    values = m.evaluate(statement.iter)
    items = few(m, stream(m, values))

    def turn(item: Value) -> None:
        m.bind("$continue", FALSE)
        m.assign(statement.target, item)
        m.execute(statement.body)

    loop_over(m, values, items, turn)


_GIVEN = "$given"


def _collect(m: Machine, made: Ref, node: ast.ListComp | ast.SetComp | ast.DictComp) -> None:
    if isinstance(node, ast.DictComp):
        set_container_item(m, made, m.evaluate(node.key), m.evaluate(node.value))
    else:
        append(m, made, m.evaluate(node.elt))


def own_scope(m: Machine, node: Comprehension) -> AbstractContextManager[None]:
    """The frame of a comprehension, which has names of its own."""
    targets = (n.id for g in node.generators for n in ast.walk(g.target) if isinstance(n, ast.Name))
    walrus = (n.target.id for n in ast.walk(node) if isinstance(n, ast.NamedExpr))
    return scope(m, frozenset(targets), frozenset(walrus))


def clauses(m: Machine, generators: list[ast.comprehension], collect: Collect, given: Value | None = None) -> None:
    """The for and if parts, from the outermost in; `given`: what the outermost runs over, where that is known."""
    if not generators:
        collect()
        return
    first, rest = generators[0], generators[1:]
    values = m.evaluate(first.iter) if given is None else given
    items = few(m, stream(m, values))
    if isinstance(items, Indexed) and isinstance(first.target, ast.Name):
        items = replace(items, name=first.target.id) if is_range(first.iter) else items

    def turn(item: Value) -> None:
        m.bind("$continue", FALSE)
        m.assign(first.target, item)
        conditions(m, first.ifs, lambda: clauses(m, rest, collect))

    loop_over(m, values, items, turn)


def few(m: Machine, items: Items | Indexed | Streamed) -> Items | Indexed | Streamed:
    """A short constant range is written out: what it makes has a known length, and stays a list of known items."""
    known = None if m.known.written_out else written_out(items, MOST_WRITTEN_OUT)
    if known is None or not isinstance(items, Indexed):
        return items
    return Items(tuple(items.get(Static(k)) for k in known))


def is_range(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "range"


def conditions(m: Machine, tests: list[ast.expr], go_on: Collect) -> None:
    if not tests:
        go_on()
        return
    known = truth(m, m.evaluate(tests[0]))
    if known is True:
        conditions(m, tests[1:], go_on)
    elif isinstance(known, Var):
        branch(m, known, lambda: _then(m, tests[1:], go_on), lambda: NONE)


def _then(m: Machine, tests: list[ast.expr], go_on: Collect) -> Value:
    conditions(m, tests, go_on)
    return NONE
