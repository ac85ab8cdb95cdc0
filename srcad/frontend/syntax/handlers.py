"""try/except: each statement of the body that may raise is tried, and a flag says whether it has.

try:                              which, error = try {v1 = log(x)}      # ValueError: 1
    y = math.log(x)               if which == 0: y = log(x)
    z = y * x              ->     if which == 0: z = y * x
except ValueError:                if which == 1: z = 0.0
    z = 0.0

What is tried is computed for nothing but its exceptions: no derivative passes through it, and what the statement does
to the state of the program stands in the branch behind it. So the handler finds what Python leaves to it, and branches
and loops need not know of exceptions: the flag ends a block as a `return` does.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import NoReturn

from srcad.errors import NotYetSupported
from srcad.frontend.control.steps import SPLIT, binds_in_the_midst, forget, steps_of, taken_by, taking_step, yields
from srcad.frontend.control.streams import is_generator
from srcad.frontend.control.tries import (
    ERROR,
    FLAGS,
    Handling,
    OpenTries,
    OpenTry,
    ReadsOn,
    behind,
    classes_of,
    entered,
    error_for,
    guard_of,
    handling,
    keep_error,
    lowered_flags,
    opened,
    renumber_errors,
)
from srcad.frontend.control.turns import RAISED
from srcad.frontend.core.cells import Cell, FrameCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.machine import Branch, Diverges, Machine
from srcad.frontend.core.sited import sited
from srcad.frontend.core.values import FALSE, NONE, TRUE, UNDEFINED_VALUE, Num, Obj, Static, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.branches import as_bool, branch, distribute, join_branches, negate, one_way, truth
from srcad.frontend.memory.raised import keep_state
from srcad.frontend.syntax.expressions import test
from srcad.frontend.syntax.raising import known_error
from srcad.ops.catalogue import operation
from srcad.ops.exceptions import errors_of, may_be_caught, may_raise
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Equation, Region, Var
from srcad.trace.types import INT, OPAQUE
from srcad.trace.walk import walk, within

RaisedFor = tuple[ast.ExceptHandler, Value]  # with what has been raised for it


# ---- the statement


def handled(m: Machine, statement: ast.Try) -> None:
    """try: ... except ...: ... else: ..."""
    clauses = [classes_of(m, handler) for handler in statement.handlers]
    m.bind(RAISED, Static(0))
    forget(m, ERROR)
    early: list[bool] = []

    def finish() -> None:
        _finish(m, statement, len(clauses))
        early.append(True)

    last = None if statement.orelse else statement.body[-1]
    outer = guard_of(m)
    with opened(m, (*clauses, *(outer.clauses if outer else ())), last, finish):
        m.execute(statement.body)
    if not early:
        _finish(m, statement, len(clauses))


def _finish(m: Machine, statement: ast.Try, own: int) -> None:
    """Behind the body: `else`, the handlers, and what is for clauses further out, by its number there."""
    raised = m.look(RAISED) or Static(0)
    errors = [error_for(m, number) for number in range(1, own + 1)]
    _renumber(m, raised, own)
    if statement.orelse:
        unless_left(m, lambda: m.execute(statement.orelse), raised)
    _dispatch(m, list(zip(statement.handlers, errors, strict=True)), 1, raised)


def _dispatch(m: Machine, handlers: Sequence[RaisedFor], number: int, raised: Value) -> None:
    """The handler of the clause that an exception belongs to, if one has been raised."""
    if not handlers:
        return
    if isinstance(raised, Static):
        if raised.value:
            index = int(raised.value) - number
            if index < len(handlers):
                _handle(m, *handlers[index])
        return
    mine = m.emit("equal", to_atom(m, raised), number)
    branch(
        m, mine, lambda: _handle(m, *handlers[0]), lambda: _others(m, handlers[1:], number + 1, raised), partial=True
    )


def _others(m: Machine, handlers: Sequence[RaisedFor], number: int, raised: Value) -> Value:
    _dispatch(m, handlers, number, raised)
    return NONE


def _handle(m: Machine, handler: ast.ExceptHandler, error: Value) -> Value:
    lowered_flags(m)
    if handler.name:
        m.bind(handler.name, error)
    with handling(m, error):
        m.execute(handler.body)
    if handler.name:
        m.bind(handler.name, UNDEFINED_VALUE)
    return NONE


def _renumber(m: Machine, raised: Value, own: int) -> None:
    """What is for a clause further out is told by its number there."""
    renumber_errors(m, own)
    if isinstance(raised, Static):
        m.bind(RAISED, Static(max(int(raised.value) - own, 0)))
    elif guard_of(m) is None:
        m.bind(RAISED, Static(0))
    else:
        further = m.emit("subtract", to_atom(m, raised), own)
        m.bind(RAISED, Num(m.emit("maximum", further, 0)))


def unless_left(m: Machine, run: ReadsOn, raised: Value = FALSE) -> None:
    """Read on where nothing has left the block."""
    flag = raised_or_left(m)
    known = as_bool(m, raised)
    gone = truth(m, known if flag == FALSE else flag if known == FALSE else _either(m, flag, known))
    if isinstance(gone, Var):
        branch(m, negate(m, gone), lambda: _read(run), lambda: NONE, partial=True)
    elif not gone:
        run()


def raised_or_left(m: Machine) -> Value:
    """Whether control has left the present block: by return, break, continue or an exception."""
    flag: Value = FALSE
    for name in flags_of(m):
        value = m.look(name)
        if value is not None:
            known = as_bool(m, value)
            flag = known if flag == FALSE else flag if known == FALSE else _either(m, flag, known)
    return flag


def flags_of(m: Machine) -> tuple[str, ...]:
    """The names that say that control has left a block; of a body that is called from a `try` `$return` says it all."""
    guard = guard_of(m)
    return FLAGS if guard is not None and guard.called else (*FLAGS, RAISED)


def _either(m: Machine, a: Value, b: Value) -> Value:
    known = truth(m, a)
    if isinstance(known, bool):
        return TRUE if known else b
    return branch(m, known, lambda: TRUE, lambda: b)


def _read(run: ReadsOn) -> Value:
    run()
    return NONE


# ---- a statement that may raise


def tried(m: Machine, statement: ast.stmt, run: ReadsOn) -> None:
    """Read a simple statement of a body whose exceptions are waited for."""
    guard = guard_of(m)
    assert guard is not None
    if isinstance(statement, SPLIT) and yields(statement):
        steps = steps_of(statement)
        m.execute(steps) if steps is not None else run()
        return
    done, whole = _watched(m, guard, run)
    if not done.raises and not any(may_raise(e, guard.caught) for e in done.equations):
        take_over(m, done)
        return
    known = _known_clause(m, done, guard)
    if known is not None:
        number, error = known
        m.heap = done.heap
        thrown = () if isinstance(error, Obj) else done.equations[-1].operands
        m.builder.equations += [e for e in done.equations[:-1] if not set(thrown).intersection(e.results)]
        _raise(m, Static(number), error)
        return
    if _carries(m, done, guard):
        with m.attempt(NotYetSupported):
            _by_steps(m, statement, run)
            return
    if not whole or binds_in_the_midst(statement) or _runs_once_inside(done):
        _by_steps(m, statement, run)
        return
    which, error, given = _try(m, guard, done)
    clause: Value = Static(1) if len(guard.clauses) == 1 else which  # if anything has been raised
    if done.raises:
        _raise(m, clause, error)
        return
    ok = m.emit("equal", to_atom(m, which), 0)
    again = m.under(ok, lambda: _read(run), True)
    again.equations[:] = _without_effects(again.equations, given)
    alone = m.look(RAISED) == Static(0) and len(m.stack.conditions) == guard.depth
    handled_here = alone and statement is guard.last

    def other() -> Value:
        _raise(m, clause, error)
        if handled_here:
            with behind(m, guard):
                guard.finish()
        return NONE

    raised = m.under(ok, other, False)
    if raised.raises:
        one_way(m, ok, again, raised, lambda: NONE, lambda: NONE)
        take_over(m, again)
        return
    join_branches(m, ok, again, raised, partial=True)


def _by_steps(m: Machine, statement: ast.stmt, run: ReadsOn) -> None:
    """Read a statement that may raise when it has changed something: step by step, and into what it calls."""
    call = taken_by(statement)
    if call is not None and _takes(m, call):
        m.execute(taking_step(statement))
        return
    steps = steps_of(statement)
    if steps is not None:
        m.execute(steps)
        return

    def refuse() -> NoReturn:
        m.refuse(
            "a statement in a `try` may change something and raise an exception afterwards",
            why="the handler would find what has been done up to the exception, which isn't followed.",
            do="compute first what may raise, and change what is kept in a statement of its own.",
            node=statement,
        )

    entered(m, run, refuse)


def _takes(m: Machine, call: ast.Call) -> bool:
    """Whether a call takes one item of an iterator."""
    if isinstance(call.func, ast.Attribute):
        return is_generator(m, m.evaluate(call.func.value))
    return m.evaluate(call.func) == Static(next)


def take_over(m: Machine, done: Branch) -> None:
    """Go on with the state at the end of what has been read apart."""
    m.heap = done.heap
    m.builder.equations += done.equations


def _raise(m: Machine, which: Value, error: Value) -> Value:
    guard, handled_now = guard_of(m), m.part(Handling).errors
    if handled_now and error not in handled_now and any(map(_asks_for_context, _codes(m))):
        distribute(m, error, lambda one: _with_context(m, one, handled_now[-1]))
    forget(m)
    m.bind(RAISED, which)
    keep_error(m, which, error, len(guard.clauses) if guard is not None else 1)
    if guard is not None and guard.called:
        m.bind("$return", TRUE)
    return NONE


def _with_context(m: Machine, error: Value, handled_now: Value) -> Value:
    """An exception that has been raised while another one was handled."""
    if not keep_state(m, error, "__context__", handled_now):
        operands = to_atom(m, error), "__context__", to_atom(m, handled_now)
        put = m.emit("call", Const(setattr, OPAQUE), *operands, keywords=())
        m.variables.active.discard(put)
    return NONE


def _codes(m: Machine) -> list[ast.AST]:
    """The functions that are being read."""
    return [frame.code.node for place in m.stack.frames if isinstance(frame := m.heap.get(place), FrameCell)]


@lru_cache(maxsize=1024)
def _asks_for_context(function: ast.AST) -> bool:
    """Whether a function looks at what was being handled when an exception was raised."""
    return any(isinstance(n, ast.Attribute) and n.attr == "__context__" for n in ast.walk(function))


def _known_clause(m: Machine, done: Branch, guard: OpenTry) -> tuple[int, Value] | None:
    """The clause of an exception that is certain to be raised, and nothing before it."""
    last = done.equations[-1] if done.equations else None
    if not done.raises or last is None or last.op != "raise_":
        return None
    if any(may_raise(e, guard.caught) for e in done.equations[:-1]):
        return None
    cls = _class_of(m, done, last.operands[0])
    for number, classes in enumerate(guard.clauses, 1):
        if cls is not None and issubclass(cls, classes):
            return number, known_error(m, last.operands[0])
    return None


def _class_of(m: Machine, done: Branch, thrown: Atom) -> type | None:
    """The class of an object that is raised."""
    known = done.heap.get(known_error(m, thrown).refers_to() or 0)
    if isinstance(known, InstanceCell):
        return known.cls
    made = next((e for e in done.equations if thrown in e.results), None)
    callee = made.operands[0] if made is not None and made.op == "call" else None
    cls = callee.value if isinstance(callee, Const) else None
    return cls if isinstance(cls, type) and issubclass(cls, BaseException) else None


def _carries(m: Machine, done: Branch, guard: OpenTry) -> bool:
    """Whether an exception that may be raised holds what depends on the differentiated arguments."""
    every = (e for outer in done.equations for e in within(outer))
    return any(e.op == "raise_" and m.is_active(e.operands[0]) and may_raise(e, guard.caught) for e in every)


def _try(m: Machine, guard: OpenTry, done: Branch) -> tuple[Value, Value, list[Var]]:
    """ReadsOn a part of the program for its exceptions: the number of the clause, the exception, what effects gave."""
    effects = [e for e in done.equations if runs_once(e)]
    kept = [v for e in effects for v in e.results]
    which, error = Var(INT, "caught"), Var(OPAQUE, "error")
    results = (which, error, *(Var(v.type, v.name) for v in kept))
    region = Region((), tuple(done.equations), (const(0), Const(None, OPAQUE), *kept))
    operands = tuple(Const(cls, OPAQUE) for classes in guard.clauses for cls in classes)
    params = MappingProxyType({"kind": "try", "clauses": tuple(len(classes) for classes in guard.clauses)})
    start = len(m.builder.equations)
    m.builder.append(Equation("scope", operands, results, params, (region,), span=m.builder.span))
    m.note(start)
    m.variables.active.difference_update(results)
    if _carries(m, done, guard):
        m.variables.active.add(error)
    return Num(which), Obj(error), list(results[2:])


def _runs_once_inside(done: Branch) -> bool:
    """Whether a branch or loop has an effect that isn't to raise, which an exception may follow."""
    return any(runs_once(e) for outer in done.equations for r in outer.regions for e in walk(r))


def runs_once(equation: Equation) -> bool:
    """Whether an equation has an effect that isn't to raise."""
    facts = operation(equation)
    made = equation.op == "call" and errors_of(equation) == ()
    return facts.effect and not facts.raises and not made


def _only_raises(equation: Equation) -> bool:
    """Whether all that an equation may do is to raise: it hasn't, where what has been tried is computed again."""
    if equation.results or equation.op not in ("if", "assert_"):
        return False
    return not any(runs_once(inner) for region in equation.regions for inner in walk(region))


def _without_effects(equations: list[Equation], given: list[Var]) -> list[Equation]:
    """The equations without those that have run already, and have given this."""
    left, kept = list(given), []
    for equation in equations:
        if _only_raises(equation):
            continue
        if not runs_once(equation):
            kept.append(equation)
            continue
        for result in equation.results:
            to = MappingProxyType({"to": result.type})
            kept.append(Equation("known_as", (left.pop(0),), (result,), to, span=equation.span))
    return kept


def _watched(m: Machine, guard: OpenTry, run: ReadsOn) -> tuple[Branch, bool]:
    """Read a statement apart, and tell whether all that it changes it changes behind all that may raise.

    Names of the present frame are bound at the end.
    """
    before, outer, marks = dict(m.heap), m.builder.log, len(m.changed)
    finalizers = m.part(OpenTries).finalizers
    log: list[Equation] = []
    m.builder.log = log
    try:
        done = m.apart(lambda: _read(run))
    finally:
        m.builder.log = outer
    if outer is not None:
        outer += log
    changes, m.changed[marks:] = m.changed[marks:], []
    m.changed += [len(outer or ())] * len(changes)
    own = m.stack.frames[-1]
    pairs = [(cell, done.heap.get(k)) for k, cell in before.items() if k != own]
    changed = [now for cell, now in pairs if now is not cell and (changes or not _remade(cell, now))]
    if m.part(OpenTries).finalizers != finalizers:
        return done, False
    if not changed:
        return done, True
    logged = set(log)
    known = all(e in logged or e.regions for outside in done.equations for e in within(outside))
    late = not changes or any(_raises_late(m, e, guard) for e in log[min(changes) :] if not e.regions)
    return done, known and not late


def _raises_late(m: Machine, equation: Equation, guard: OpenTry) -> bool:
    """Whether an equation may raise; a place that has been found before is found again."""
    if not may_raise(equation, guard.caught):
        return False
    found = any(result in m.variables.found for result in equation.results)
    return not found or any(may_be_caught(e, guard.caught) for e in errors_of(equation) if e is not IndexError)


def _remade(cell: Cell, now: Cell | None) -> bool:
    """Whether a list is the same as before, as one whose elements only the run tells apart."""
    return isinstance(cell, ListCell) and isinstance(now, GrownCell)


# ---- what stands at the head of a compound statement


def with_plain_head(m: Machine, statement: ast.stmt) -> list[ast.stmt] | None:
    """A statement whose head may raise, as one that gives the value of the head a name, and the rest of it."""
    match statement:
        case ast.For(target=ast.Tuple() | ast.List()):
            return [_unpacking_in_body(statement)]
        case ast.If(test=head):
            name, rest = _named(_truth_of(head), statement)
            whole: ast.stmt = ast.If(name, statement.body, statement.orelse)
        case ast.For(iter=head):
            name, rest = _named(head, statement)
            whole = ast.For(statement.target, name, statement.body, statement.orelse)
        case ast.Match(subject=head):
            name, rest = _named(head, statement)
            whole = ast.Match(name, statement.cases)
        case ast.With(items=[item, *others]) if others:
            inner = ast.copy_location(ast.With(others, statement.body), statement)
            return [ast.copy_location(ast.With([item], [inner]), statement)]
        case ast.With(items=[ast.withitem(head, target)]) if not _is_suppress(head):
            name, rest = _named(head, statement)
            whole = ast.With([ast.withitem(name, target)], statement.body)
        case _:
            return None
    if not _head_raises(m, statement, head):
        return None
    return [rest, ast.copy_location(whole, statement)]


def _is_suppress(head: ast.expr) -> bool:
    """Whether a manager may be contextlib.suppress, which is known by its call."""
    called = head.func if isinstance(head, ast.Call) else None
    return "suppress" in (getattr(called, "attr", ""), getattr(called, "id", ""))


def _head_raises(m: Machine, statement: ast.stmt, head: ast.expr) -> bool:
    guard = guard_of(m)
    assert guard is not None
    asked = isinstance(statement, ast.If)
    if isinstance(head, ast.Name) and not asked:
        return False
    with m.rehearsal():
        done = m.apart(lambda: as_bool(m, test(m, head)) if asked else m.evaluate(head))
    return done.raises or any(may_raise(e, guard.caught) for e in done.equations)


def _truth_of(head: ast.expr) -> ast.expr:
    """Whether it is true, which arrays don't say of themselves."""
    return sited(ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), head)), head)


def _named(head: ast.expr, statement: ast.stmt) -> tuple[ast.Name, ast.Assign]:
    text = f"$head {statement.lineno} {statement.col_offset}"
    target = ast.copy_location(ast.Name(text, ast.Store()), head)
    assign = ast.copy_location(ast.Assign([target], head), head)
    return ast.copy_location(ast.Name(text, ast.Load()), head), assign


def _unpacking_in_body(statement: ast.For) -> ast.For:
    """for a, b in rows: body     ->     for row in rows: a, b = row; body"""
    target = statement.target
    text = f"$item {target.lineno} {target.col_offset}"
    row = ast.copy_location(ast.Name(text, ast.Store()), target)
    item = ast.copy_location(ast.Name(text, ast.Load()), target)
    unpacked = ast.copy_location(ast.Assign([target], item), target)
    return ast.copy_location(ast.For(row, statement.iter, [unpacked, *statement.body], statement.orelse), statement)


class HeadRaises(Exception):  # noqa: N818 - an answer, not an error
    """The test of a loop may raise what a `try` around it waits for, in one of its turns."""


def head_of_loop(m: Machine, head: ast.expr, guard: OpenTry) -> Value:
    """Whether a `while` in a `try` goes on."""
    start = len(m.builder.equations)
    try:
        value = as_bool(m, test(m, head))
    except Diverges:
        raise HeadRaises from None
    if any(may_raise(e, guard.caught) for e in m.builder.equations[start:]):
        raise HeadRaises
    return value


def without_test(statement: ast.While) -> list[ast.stmt]:
    """while test: body     ->     while True: if not test: break; body

    With an `else`, which doesn't run behind a `break` of the body, a name says whether the test has ended the loop.
    """
    name = f"$ended {statement.lineno} {statement.col_offset}"
    ended: list[ast.stmt] = []
    if statement.orelse:
        ended = [ast.Assign([ast.Name(name, ast.Store())], ast.Constant(True))]
    way_out = ast.If(ast.UnaryOp(ast.Not(), statement.test), [*ended, ast.Break()], [])
    made: list[ast.stmt] = [ast.While(ast.Constant(True), [way_out, *statement.body], [])]
    if statement.orelse:
        before = ast.Assign([ast.Name(name, ast.Store())], ast.Constant(False))
        made = [before, *made, ast.If(ast.Name(name, ast.Load()), statement.orelse, [])]
    return [ast.copy_location(sited(one, statement.test), statement) for one in made]


__all__ = [
    "HeadRaises",
    "guard_of",
    "handled",
    "head_of_loop",
    "raised_or_left",
    "runs_once",
    "take_over",
    "tried",
    "unless_left",
    "with_plain_head",
    "without_test",
]
