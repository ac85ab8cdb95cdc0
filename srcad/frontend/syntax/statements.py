"""Statements. A block is read in order; what follows a statement that may leave the block runs under a condition.

for v in x:                   go = v < limit
    if v >= limit:     ->     if go: total = total + v
        break                 yield (not go, total)
    total += v
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from srcad.frontend.containers.iteration import Indexed
from srcad.frontend.control import steps
from srcad.frontend.control.live import loop_over
from srcad.frontend.control.loops import while_loop
from srcad.frontend.control.pipes import stream
from srcad.frontend.control.turns import RAISED, ended
from srcad.frontend.core.cells import EitherCell, FrameCell
from srcad.frontend.core.machine import Branch, Diverges, Machine
from srcad.frontend.core.sharing import LeftOpen
from srcad.frontend.core.values import FALSE, NONE, TRUE, Value
from srcad.frontend.memory.branches import as_bool, branch, either, join_branches, negate, one_way, settled, truth
from srcad.frontend.memory.either import OpenLists, settle_known
from srcad.frontend.procedures.functions import make_function
from srcad.frontend.syntax import comprehensions, handlers, imports, matching, scopes
from srcad.frontend.syntax.assign import assign, augmented, delete
from srcad.frontend.syntax.classes import class_statement
from srcad.frontend.syntax.expressions import test
from srcad.frontend.syntax.raising import asserted, emit_assert, emit_raise
from srcad.trace.nodes import Var

Rest = Sequence[ast.stmt]
Body = Callable[[], None]
FLAGS = ("$return", "$break", "$continue")
SIMPLE = (
    *(ast.Expr, ast.Assign, ast.AugAssign, ast.AnnAssign, ast.Return, ast.Assert, ast.Raise, ast.Delete),
    *(ast.Import, ast.ImportFrom, ast.FunctionDef, ast.ClassDef),
)


def execute(m: Machine, statements: Rest) -> None:
    """Read a block."""
    for k, statement in enumerate(statements):
        with m.at(statement):
            finished = _any(m, statement, statements[k + 1 :])
        if finished or _leave(m, statements[k + 1 :]):
            return


def _any(m: Machine, statement: ast.stmt, rest: Rest) -> bool:
    """Read a statement; where it looks into a list that is one of two, in a branch for each of these."""
    if not m.part(OpenLists).met:
        return _one(m, statement, rest)
    with m.attempt(LeftOpen) as tried:
        return _one(m, statement, rest)
    assert tried.error is not None
    cell = m.heap.get(tried.error.place)
    if not isinstance(cell, EitherCell):  # it is within this statement that it becomes one of two
        raise tried.error
    return _for_each(m, statement, rest, tried.error.place, cell)


def _for_each(m: Machine, statement: ast.stmt, rest: Rest, place: int, cell: EitherCell) -> bool:
    """Read a statement with one and with the other list; where the branches around tell which, with that."""
    settle_known(m)
    if m.heap.get(place) is not cell:
        return _any(m, statement, rest)
    each = partial(execute, m, [statement])
    return _two_ways(m, cell.condition, (each, each), rest)


def _one(m: Machine, statement: ast.stmt, rest: Rest) -> bool:
    """Read a statement; True if it has read the rest of the block as well."""
    if handlers.guard_of(m) is not None:
        return _one_guarded(m, statement, rest)
    return _plain(m, statement, rest)


def _one_guarded(m: Machine, statement: ast.stmt, rest: Rest) -> bool:
    """A statement in a `try`: what may raise is tried."""
    if isinstance(statement, ast.Assert) and statement.msg is not None and __debug__:
        return _one_guarded(m, asserted(statement), rest)
    if isinstance(statement, SIMPLE):
        handlers.tried(m, statement, lambda: STATEMENTS[type(statement)](m, statement))
        return False
    plain = handlers.with_plain_head(m, statement)
    if plain is not None:
        execute(m, [*plain, *rest])
        return True
    if isinstance(statement, ast.Match):  # the conditions of cases may raise
        execute(m, [matching.as_ifs(m, statement), *rest])
        return True
    return _plain(m, statement, rest)


def _plain(m: Machine, statement: ast.stmt, rest: Rest) -> bool:
    match statement:
        case ast.If():
            return _if(m, statement, rest)
        case ast.Match():
            return _if(m, matching.as_ifs(m, statement), rest)
    handler = STATEMENTS.get(type(statement))
    if handler is None:
        m.refuse(f"{NAMES.get(type(statement), 'these')} statements aren't supported", node=statement)
    handler(m, statement)
    return False


def left(m: Machine) -> Value:
    """Whether control has left the present block: by return, break or continue."""
    flag: Value = FALSE
    for name in FLAGS:
        value = m.look(name)
        if value is not None and value != FALSE:
            flag = either(m, flag, partial(_same, value))
    raised = as_bool(m, m.look(RAISED) or FALSE) if RAISED in handlers.flags_of(m) else FALSE
    return flag if raised == FALSE else either(m, flag, partial(_same, raised))


def _same(value: Value) -> Value:
    return value


def _leave(m: Machine, rest: Rest) -> bool:
    """After a statement that may have left the block: read the rest where it hasn't; True if that's done."""
    gone = truth(m, left(m))
    if isinstance(gone, bool):
        return gone
    if rest:
        branch(m, negate(m, gone), lambda: _block(m, rest), partial(_over, m), alone=partial(_surely_left, m))
    return True


def _over(m: Machine) -> Value:
    steps.forget(m)
    return NONE


def _surely_left(m: Machine) -> Value:
    """Control has left the block if it gets here: where only one flag can be up, it is."""
    up = [name for name in handlers.flags_of(m) if as_bool(m, m.look(name) or FALSE) != FALSE]
    if len(up) == 1 and up[0] != RAISED:
        m.bind(up[0], TRUE)
    return NONE


def _block(m: Machine, statements: Rest) -> Value:
    execute(m, statements)
    return NONE


# ---- if


def _if(m: Machine, statement: ast.If, rest: Rest) -> bool:
    known = truth(m, test(m, statement.test))
    if isinstance(known, bool):
        execute(m, statement.body if known else statement.orelse)
        return False
    bodies = partial(execute, m, statement.body), partial(execute, m, statement.orelse)
    return _two_ways(m, known, bodies, rest)


def _two_ways(m: Machine, condition: Var, bodies: tuple[Body, Body], rest: Rest) -> bool:
    """One of two blocks, by a condition; True if the rest of the block around them has been read as well."""
    one, two = (
        m.under(condition, partial(_ended, m, body), holds) for body, holds in zip(bodies, (True, False), strict=True)
    )
    if one.raises or two.raises:
        one_way(m, condition, one, two, partial(_done, bodies[0]), partial(_done, bodies[1]))
        return False
    finished = False
    if one.value == TRUE and two.value != TRUE:
        two = m.under(condition, partial(_rest_ended, m, rest), False, behind=two)
        finished = True
    elif two.value == TRUE and one.value != TRUE:
        one = m.under(condition, partial(_rest_ended, m, rest), True, behind=one)
        finished = True
    if one.raises or two.raises:
        one_way(m, condition, one, two, partial(_done, bodies[0]), partial(_done, bodies[1]))
        return False
    one.value = two.value = NONE
    join_branches(m, condition, one, two, partial=not (finished and any(_returned(m, side) for side in (one, two))))
    return finished


def _done(body: Body) -> Value:
    body()
    return NONE


def _returned(m: Machine, side: Branch) -> bool:
    """Whether a side has left its function for certain, so that nobody reads the names that it hasn't set."""
    frame = side.heap[m.stack.frames[-1]]
    return isinstance(frame, FrameCell) and frame.names.get("$return") == TRUE


def _ended(m: Machine, body: Body) -> Value:
    """Read a block; the value says whether control has left it: TRUE, FALSE, a condition."""
    settle_known(m)
    body()
    return as_bool(m, left(m))


def _rest_ended(m: Machine, rest: Rest) -> Value:
    """Read what follows a block, unless that has left it; the value as of `_ended`."""
    if not _leave(m, rest):
        execute(m, rest)
    return as_bool(m, left(m))


# ---- loops


def _for(m: Machine, statement: ast.For) -> None:
    values = m.evaluate(statement.iter)
    items = stream(m, values)
    if isinstance(statement.target, ast.Name) and isinstance(items, Indexed) and _counts(statement):
        items = replace(items, name=statement.target.id)

    def turn(item: Value) -> None:
        m.bind("$continue", FALSE)
        assign(m, statement.target, item)
        execute(m, statement.body)

    loop_over(m, values, items, turn)
    _else(m, statement.orelse)


def _counts(statement: ast.For) -> bool:
    """Whether the target is the counter itself."""
    call = statement.iter
    while isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "reversed" and call.args:
        call = call.args[0]
    return isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id == "range"


def _while(m: Machine, statement: ast.While) -> None:
    def body() -> None:
        m.bind("$continue", FALSE)
        execute(m, statement.body)

    guard = handlers.guard_of(m)
    if guard is None:
        while_loop(m, lambda: test(m, statement.test), body)
        _else(m, statement.orelse)
        return
    with m.attempt(handlers.HeadRaises) as tried:
        while_loop(m, lambda: handlers.head_of_loop(m, statement.test, guard), body)
        _else(m, statement.orelse)
    if tried.error is not None:
        execute(m, handlers.without_test(statement))


def _else(m: Machine, statements: Rest) -> None:
    """The else of a loop runs when the loop wasn't left by break (nor by return)."""
    if not statements:
        return
    gone = truth(m, either(m, m.look("$broke") or FALSE, lambda: ended(m)))
    if isinstance(gone, Var):
        branch(m, negate(m, gone), lambda: _block(m, statements), lambda: NONE)
    elif not gone:
        execute(m, statements)


# ---- simple statements


def _return(m: Machine, statement: ast.Return) -> None:
    value = settled(m, m.evaluate(statement.value)) if statement.value is not None else NONE
    m.stack.returns.append(m.builder.span)
    m.bind("$value", value)
    m.bind("$return", TRUE)


def _expression(m: Machine, statement: ast.Expr) -> None:
    if not isinstance(statement.value, ast.Constant):
        m.evaluate(statement.value, unused=True)


def _assign(m: Machine, statement: ast.Assign) -> None:
    value = m.evaluate(statement.value)
    for target in statement.targets:
        assign(m, target, value)


def _annotated(m: Machine, statement: ast.AnnAssign) -> None:
    if statement.value is not None:
        assign(m, statement.target, m.evaluate(statement.value))


def _assert(m: Machine, statement: ast.Assert) -> None:
    if __debug__:  # with -O Python doesn't run it, nor what its condition does besides
        emit_assert(m, statement)


def _raise(m: Machine, statement: ast.Raise) -> None:
    emit_raise(m, statement)
    raise Diverges


def _function(m: Machine, statement: ast.FunctionDef) -> None:
    value: Value = make_function(m, statement)
    for decorator in reversed(statement.decorator_list):
        value = m.call(m.evaluate(decorator), (value,))
    m.bind(statement.name, value)


def _break(m: Machine, _statement: ast.Break) -> None:
    m.bind("$break", TRUE)


def _continue(m: Machine, _statement: ast.Continue) -> None:
    m.bind("$continue", TRUE)


def _nothing(m: Machine, statement: ast.stmt) -> None:
    """pass, global and nonlocal, whose names the scope knows."""


NAMES: dict[type, str] = {
    ast.AsyncFunctionDef: "async def",
    ast.AsyncFor: "async for",
    ast.AsyncWith: "async with",
    ast.TryStar: "try/except*",
}

STATEMENTS: dict[type, Callable[..., None]] = {
    ast.Expr: _expression,
    ast.Assign: _assign,
    ast.AugAssign: augmented,
    ast.AnnAssign: _annotated,
    ast.Return: _return,
    ast.For: _for,
    comprehensions.Clause: comprehensions.clause_statement,
    steps.Forgetting: steps.forgetting,
    ast.While: _while,
    ast.Break: _break,
    ast.Continue: _continue,
    ast.Pass: _nothing,
    ast.Nonlocal: _nothing,
    ast.Global: _nothing,
    ast.Delete: delete,
    ast.Assert: _assert,
    ast.Raise: _raise,
    ast.FunctionDef: _function,
    ast.ClassDef: class_statement,
    ast.With: scopes.with_statement,
    ast.Try: scopes.try_statement,
    ast.Import: imports.import_statement,
    ast.ImportFrom: imports.import_from,
}
if sys.version_info >= (3, 12):
    STATEMENTS[ast.TypeAlias] = _nothing
