"""Generators from which items are taken one at a time: next(g), g.send(v), and all but the first one in a zip.

Where a loop takes all items, the body of the generator is read in its place (`srcad.frontend.control.streams`). Here
the body is read from one `yield` to the next, and where it waits is known beforehand: a stack of what is still to be
read, innermost last. Conditions of the run may end the generator, and may lie between two `yield`s; but which `yield`
comes next must not depend on them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any, NoReturn, cast

from srcad.definitions import contexts
from srcad.frontend.containers.iteration import Items, collected, length, nth, sequence
from srcad.frontend.control.dropped import note_ended, note_waiting
from srcad.frontend.control.steps import steps_of
from srcad.frontend.control.streams import is_generator, refuse_running, refuse_unsure
from srcad.frontend.control.tries import OpenTries, classes_of, handling
from srcad.frontend.core.cells import FrameCell, InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sited import sited
from srcad.frontend.core.source import is_yielding
from srcad.frontend.core.suspended import (
    Delegation,
    Finalized,
    GeneratorCell,
    Guarded,
    Handled,
    Leaving,
    Loop,
    Paused,
    Piece,
    Progress,
    Raising,
    Sent,
    Unread,
    Work,
    finalizer,
    hidden,
)
from srcad.frontend.core.values import FALSE, NONE, TRUE, UNDEFINED_VALUE, Iter, Num, Partial, Ref, Static, Value
from srcad.frontend.memory.branches import branch, truth
from srcad.frontend.memory.cursors import knows_its_place
from srcad.ops.catalogue import NeedsStatic
from srcad.ops.exceptions import may_raise
from srcad.trace.nodes import Const, Var

Then = Callable[[Value], Value]
Otherwise = Callable[[], Value]
Escaped = Callable[[Value], Value]  # what is read where an exception leaves the generator
FLAGS = ("$return", "$break", "$continue")
WHICH, ERROR, CAUGHT = "$which", "$thrown", "$caught"
WaitingClause = tuple[
    int, ast.ExceptHandler | None
]  # of the `try` at this depth of what is to be read; None: any exception


def pull(m: Machine, value: Value, then: Then, otherwise: Otherwise, sent: Value = NONE) -> Value:
    """Take the next item, and read `then` with it; `otherwise` where there is none any more."""
    assert isinstance(value, Ref)
    return _unless_over(m, value, otherwise, lambda: _Advance(m, value, then, otherwise).start(sent))


def interrupt(m: Machine, ref: Ref, error: Value, then: Then, otherwise: Otherwise, escaped: Escaped) -> Value:
    """Raise an exception where a generator waits; `escaped` is read where that leaves it, as any other does."""

    def raised() -> Value:
        if m.cell(ref.cell, GeneratorCell).progress is Progress.FRESH:
            m.heap[ref.cell] = replace(m.cell(ref.cell, GeneratorCell), progress=Progress.FINISHED)
            return escaped(error)
        return _Advance(m, ref, then, otherwise, escaped).interrupted(error)

    return _unless_over(m, ref, lambda: escaped(error), raised)


def _unless_over(m: Machine, ref: Ref, otherwise: Otherwise, going: Otherwise) -> Value:
    """Read on where a generator has come to its end, or hasn't."""
    cell = m.cell(ref.cell, GeneratorCell)
    if cell.progress is Progress.RUNNING:
        refuse_running(m, cell)
    if cell.progress is Progress.UNSURE:
        refuse_unsure(m)
    if cell.progress is Progress.FINISHED:
        return otherwise()
    known = truth(m, m.cell(cell.frame, FrameCell).names.get("$done", FALSE))
    if isinstance(known, Var):
        return branch(m, known, otherwise, going)
    return otherwise() if known else going()


class _Advance:
    """From one `yield` to the next."""

    def __init__(self, m: Machine, ref: Ref, then: Then, otherwise: Otherwise, escaped: Escaped | None = None) -> None:
        self.m, self.ref, self.then, self.otherwise = m, ref, then, otherwise
        self.escaped = escaped or partial(m.ports.throw, m)
        self.cell = m.cell(ref.cell, GeneratorCell)
        self.position = m.stack.position()
        self.span = m.builder.span

    def start(self, sent: Value) -> Value:
        cell, m = self.cell, self.m
        assert not isinstance(cell.code.node, ast.Lambda)
        work: Work = (Unread(tuple(cell.code.node.body)),)
        if isinstance(cell.progress, Paused):
            work = cell.progress.work
        elif sent != NONE:
            m.raises(TypeError("can't send non-None value to a just-started generator"))
        with self.running():
            m.bind("$done", FALSE)
            return self.go_on(work, sent)

    def interrupted(self, error: Value) -> Value:
        """An exception is raised where it waits."""
        assert isinstance(self.cell.progress, Paused)
        *outer, piece = work = [p for p in self.cell.progress.work if not isinstance(p, Sent)]
        with self.running():
            if isinstance(piece, Delegation):
                return self.hand_down(error, piece, tuple(outer))
            return self.thrown(error, tuple(work))

    @contextmanager
    def running(self) -> Iterator[None]:
        """What is read is its body."""
        cell, m = self.cell, self.m
        m.heap[self.ref.cell] = replace(cell, progress=Progress.RUNNING)
        with m.stack.call(cell.frame, cell.code.code or cell.code.node, m.builder.span):
            m.bind("$return", FALSE)
            yield

    def yielded(self, value: Value, work: Work) -> Value:
        """It waits at a `yield`, and the program goes on where it has asked for an item."""
        left = tuple(piece for piece in work if piece != Unread(()))
        self.m.heap[self.ref.cell] = replace(self.cell, progress=Paused(left))
        note_waiting(self.m, self.ref.cell, left)
        return self.back(partial(self.then, value))

    def finished(self) -> Value:
        m = self.m
        value = m.look("$value")
        m.bind("$done", TRUE)
        value = value.value if isinstance(value, Partial) else value or NONE
        m.heap[self.ref.cell] = replace(self.cell, progress=Progress.FINISHED, value=value)
        note_ended(m, self.ref.cell)
        return self.back(self.otherwise)

    def back(self, use: Callable[[], Value]) -> Value:
        m, inside = self.m, self.m.builder.span
        m.builder.span = self.span
        try:
            with m.stack.resumed(self.position):
                return use()
        finally:
            m.builder.span = inside

    # ---- what is still to be read

    def go_on(self, work: Work, sent: Value = NONE) -> Value:
        while work:
            *outer, piece = work
            rest = tuple(outer)
            match piece:
                case Sent(targets):
                    for target in targets:
                        self.m.assign(target, sent)
                    work = rest
                case Unread(()):
                    work = rest
                case Unread((first, *others)):
                    work = (*rest, Unread(tuple(others)))
                    if is_yielding(first):
                        return self.statement(first, work)
                    clauses = self.clauses(first, rest)
                    if clauses:
                        return self.tried(first, clauses, work)
                    self.execute(first, rest)
                    work = self.after(work)
                case Guarded(node):
                    work = (*rest, *_finalized(node), Unread(tuple(node.orelse)))
                case Finalized():
                    work = (*rest, *finalizer(piece))
                case Handled():
                    self.forget(piece)
                    work = rest
                case Leaving(flag):
                    self.m.bind(flag, TRUE)
                    work = self.after(rest)
                case Raising(error):
                    return self.escapes(self.kept(error))
                case Loop():
                    return self.turn(piece, rest)
                case Delegation():
                    return self.delegate(piece, rest, sent)
        return self.finished()

    def execute(self, statement: ast.stmt, around: Work) -> None:
        """Read a statement; a bare `raise` in it raises what a handler around it is for."""
        handled = next((piece for piece in reversed(around) if isinstance(piece, Handled)), None)
        with handling(self.m, self.kept(handled.error)) if handled else nullcontext():
            self.m.execute([statement])

    def after(self, work: Work) -> Work:
        """What is left to be read behind a statement that may have left its block."""
        for flag in FLAGS:
            known = truth(self.m, self.m.look(flag) or FALSE)
            if isinstance(known, Var):
                self.refuse_condition()
            if known:
                return self.left_by(flag, work)
        return work

    def left_by(self, flag: str, work: Work) -> Work:
        """What is read where a flag is up: finalizers on the way out of the block, then what stands behind it."""
        m = self.m
        m.bind(flag, FALSE)
        while work:
            *outer, piece = work
            if isinstance(piece, Loop) and flag != "$return":
                return tuple(outer) if flag == "$break" else work
            if finalizer(piece):
                return (*outer, Leaving(flag), *finalizer(piece))
            if isinstance(piece, Handled):
                self.forget(piece)
            work = tuple(outer)
        m.bind(flag, TRUE)
        return ()

    def refuse_condition(self) -> NoReturn:
        self.m.refuse(
            "which `yield` of a generator comes next depends on the run, where its items are taken one at a time",
            why="where the generator waits must be known, to be read on from there.",
            do="loop over it by a `for`, or collect its values in a list.",
        )

    def statement(self, node: ast.stmt, work: Work) -> Value:
        m = self.m
        with m.at(node):
            match node:
                case ast.Expr(value=ast.Yield(value=given)):
                    return self.yielded(NONE if given is None else m.evaluate(given), work)
                case ast.Assign(targets=targets, value=ast.Yield(value=given)):
                    value = NONE if given is None else m.evaluate(given)
                    return self.yielded(value, (*work, Sent(tuple(targets))))
                case ast.With():
                    m.execute(_entering(node))
                    guarded = _with_as_try(node)
                    return self.go_on((*work, Guarded(guarded), Unread(tuple(guarded.body))))
                case ast.Try():
                    return self.go_on((*work, Guarded(node), Unread(tuple(node.body))))
                case ast.Expr(value=ast.YieldFrom(value=source)) | ast.Assign(value=ast.YieldFrom(value=source)):
                    return self.delegated(node, m.evaluate(source), work)
                case ast.If():
                    known = truth(m, m.evaluate(node.test))
                    if isinstance(known, Var):
                        return self.either(known, node, work)
                    return self.go_on((*work, Unread(tuple(node.body if known else node.orelse))))
                case ast.While():
                    return self.go_on((*work, Loop(node)))
                case ast.For():
                    self.keep(node, m.evaluate(node.iter))
                    return self.go_on((*work, Loop(node)))
        steps = steps_of(node)
        if steps is not None:
            return self.go_on((*work, Unread(steps)))
        m.refuse(
            "a `yield` stands in a statement from which items can't be taken one at a time",
            do="loop over the generator by a `for`, or collect its values in a list.",
            node=node,
        )

    def either(self, condition: Var, node: ast.If, work: Work) -> Value:
        """An `if` of the run whose sides come to the same `yield`, or to none."""
        if any(not any(map(is_yielding, body)) for body in (node.body, node.orelse)):
            self.needs(condition)
        sides = [(*work, Unread(tuple(body))) for body in (node.body, node.orelse)]
        return branch(self.m, condition, lambda: self.go_on(sides[0]), lambda: self.go_on(sides[1]))

    def keep(self, node: ast.stmt, source: Value) -> None:
        """Give what a statement runs over a hidden name."""
        if isinstance(source, Iter) and not knows_its_place(self.m, source):
            source = collected(self.m, source)
        self.m.bind(hidden(node), source)

    def kept(self, what: ast.stmt | str) -> Value:
        """The value of a hidden name, or what a statement runs over."""
        source = self.m.look(what if isinstance(what, str) else hidden(what))
        assert source is not None
        return source.value if isinstance(source, Partial) else source

    def delegated(self, node: ast.stmt, source: Value, work: Work) -> Value:
        self.keep(node, source)
        return self.go_on((*work, Delegation(node) if is_generator(self.m, source) else Loop(_each(node))))

    def turn(self, loop: Loop, rest: Work) -> Value:
        m = self.m
        m.bind("$continue", FALSE)
        if isinstance(loop.node, ast.While):
            inside = (*rest, loop, Unread(tuple(loop.node.body)))
            known = truth(m, m.evaluate(loop.node.test))
            return self.where(known, lambda: inside, (*rest, Unread(tuple(loop.node.orelse))))
        ended = (*rest, Unread(tuple(loop.node.orelse)))
        after = (*rest, replace(loop, turn=loop.turn + 1), Unread(tuple(loop.node.body)))
        source = self.kept(loop.node)
        if knows_its_place(m, source):
            return m.ports.take(m, source, lambda v: self.assigned(loop, v, after), lambda: self.go_on(ended))
        has, item = self.item(source, loop.turn)
        return self.where(has, lambda: self.bound(loop, item(), after), ended)

    def assigned(self, loop: Loop, value: Value, work: Work) -> Value:
        return self.go_on(self.bound(loop, value, work))

    def bound(self, loop: Loop, value: Value, work: Work) -> Work:
        assert isinstance(loop.node, ast.For)
        self.m.assign(loop.node.target, value)
        return work

    def item(self, source: Value, k: int) -> tuple[bool | Var, Callable[[], Value]]:
        """Whether a sequence has an item number k, and which one."""
        m, items = self.m, sequence(self.m, source)
        if isinstance(items, Items):
            return k < len(items.values), lambda: items.values[k]
        count = length(m, items)
        more = k < count.value if isinstance(count, Const) else m.emit("less", k, count)
        return more, lambda: nth(m, items, Static(k))

    def needs(self, condition: Var) -> NoReturn:
        """Which `yield` comes next depends on a condition, which may be known beforehand."""
        if not self.m.is_active(condition):
            raise NeedsStatic(condition, "which `yield` of a generator comes next")
        self.refuse_condition()

    def where(self, known: bool | Var, going: Callable[[], Work], ended: Work) -> Value:
        if isinstance(known, Var) and not all(map(_only_ends, ended)):
            self.needs(known)
        if isinstance(known, Var):
            return branch(self.m, known, lambda: self.go_on(going()), lambda: self.go_on(ended))
        return self.go_on(going() if known else ended)

    def delegate(self, piece: Delegation, rest: Work, sent: Value) -> Value:
        ended = partial(self.delegated_value, piece, rest)
        return pull(self.m, self.kept(piece.node), lambda v: self.yielded(v, (*rest, piece)), ended, sent)

    def hand_down(self, error: Value, piece: Delegation, rest: Work) -> Value:
        """What is raised at a `yield from` is raised in the generator that it waits for."""
        source = self.kept(piece.node)
        assert isinstance(source, Ref)
        ended = partial(self.delegated_value, piece, rest)
        again = lambda v: self.yielded(v, (*rest, piece))  # noqa: E731
        return interrupt(self.m, source, error, again, ended, lambda escaped: self.thrown(escaped, rest))

    # ---- exceptions

    def clauses(self, statement: ast.stmt, work: Work) -> tuple[WaitingClause, ...]:
        """What waits for the exceptions that a statement may raise, innermost first."""
        if not any(isinstance(piece, (Guarded, Finalized)) for piece in work):
            return ()
        m = self.m
        with m.rehearsal():
            done = m.apart(lambda: self.execute(statement, work))
        waiting: tuple[WaitingClause, ...] = tuple(
            (depth, handler)
            for depth, piece in reversed(list(enumerate(work)))
            if isinstance(piece, Guarded)
            for handler in piece.node.handlers
        )
        caught = {cls for _, handler in waiting if handler for cls in classes_of(m, handler)}
        if m.part(OpenTries).stack and any(map(finalizer, work)):
            caught.add(BaseException)
            waiting = (*waiting, (0, None))
        return waiting if any(may_raise(e, tuple(caught)) for e in done.equations) else ()

    def tried(self, statement: ast.stmt, clauses: tuple[WaitingClause, ...], work: Work) -> Value:
        """A statement in a `try` of which other parts stand behind a `yield`: a number says which handler is next."""
        m = self.m
        m.bind(WHICH, Static(0))
        self.execute(_watched(statement, tuple(handler for _, handler in clauses)), work)
        raised = m.look(WHICH) or Static(0)
        return self.dispatch(raised, 1, clauses, work)

    def dispatch(self, raised: Value, number: int, clauses: tuple[WaitingClause, ...], work: Work) -> Value:
        m = self.m
        if not clauses or raised == Static(0):
            return self.go_on(self.after(work))
        mine = raised == Static(number)
        here, further = partial(self.caught, clauses[0], ERROR, work), (raised, number + 1, clauses[1:], work)
        if isinstance(raised, Num):
            return branch(m, m.emit("equal", raised.var, number), here, lambda: self.dispatch(*further))
        return here() if mine else self.dispatch(*further)

    def caught(self, clause: WaitingClause, error: str, work: Work) -> Value:
        """Go on in a handler, or out of the generator, through the finalizers that stand between."""
        (depth, handler), m = clause, self.m
        for piece in work[depth:]:
            if isinstance(piece, Handled):
                self.forget(piece)
        inner = tuple(u for piece in work[depth + (handler is not None) :] for u in finalizer(piece))
        if handler is None:
            return self.go_on((Raising(error), *inner))
        own = f"{ERROR} {handler.lineno} {handler.col_offset}"
        m.bind(own, self.kept(error))
        if handler.name:
            m.bind(handler.name, self.kept(error))
        guarded = work[depth]
        assert isinstance(guarded, Guarded)
        behind: Work = (*_finalized(guarded.node), Handled(handler, own), Unread(tuple(handler.body)))
        return self.go_on((*work[:depth], *behind, *inner))

    def thrown(self, error: Value, work: Work) -> Value:
        """An exception of which the class is known is raised in front of what is still to be read."""
        m = self.m
        cell = m.content(error)
        if not isinstance(cell, InstanceCell):
            m.refuse(
                "an exception that the run alone knows is thrown into a generator", do="make it where it is thrown."
            )
        m.bind(ERROR, error)
        for depth, piece in reversed(list(enumerate(work))):
            for handler in piece.node.handlers if isinstance(piece, Guarded) else ():
                if issubclass(cell.cls, classes_of(m, handler)):
                    return self.caught((depth, handler), ERROR, work)
        return self.caught((0, None), ERROR, work)

    def forget(self, piece: Handled) -> None:
        if piece.node.name:
            self.m.bind(piece.node.name, UNDEFINED_VALUE)

    def escapes(self, error: Value) -> Value:
        """An exception leaves the generator, which has come to its end with that."""
        self.m.bind("$done", TRUE)
        self.m.heap[self.ref.cell] = replace(self.cell, progress=Progress.FINISHED)
        note_ended(self.m, self.ref.cell)
        return self.back(partial(self.escaped, error))

    def delegated_value(self, piece: Delegation, rest: Work) -> Value:
        m, source = self.m, self.kept(piece.node)
        assert isinstance(source, Ref)
        for target in getattr(piece.node, "targets", ()):
            m.assign(target, m.cell(source.cell, GeneratorCell).value)
        return self.go_on(rest)


def _only_ends(piece: Piece) -> bool:
    """Whether no `yield` is among what is still to be read."""
    return isinstance(piece, Unread) and not any(map(is_yielding, piece.statements))


@lru_cache(maxsize=1024)
def _entering(node: ast.With) -> tuple[ast.stmt, ...]:
    """with make() as value: ...     ->     $manager = make(); value = $manager.__enter__()"""
    item = node.items[0]
    name = ast.Name(_manager(node), ast.Store())
    made = ast.Assign([name], ast.Call(ast.Constant(cast("Any", contexts.as_manager)), [item.context_expr], []))
    entered = _method(node, "__enter__")
    first = ast.Expr(entered) if item.optional_vars is None else ast.Assign([item.optional_vars], entered)
    told = ast.Assign([ast.Name(f"{name.id} told", ast.Store())], ast.Constant(False))
    return tuple(sited(one, node) for one in (made, first, told))


@lru_cache(maxsize=1024)
def _with_as_try(node: ast.With) -> ast.Try:
    """A block in a context, as a `try` that tells the manager of an exception, or at its end that there was none."""
    inner: list[ast.stmt] = [sited(ast.With(node.items[1:], node.body), node)]
    body = inner if node.items[1:] else node.body
    name = _manager(node)
    error = ast.Name(f"{name} error", ast.Load())
    told = ast.Assign([ast.Name(f"{name} told", ast.Store())], ast.Constant(True))
    kind = ast.Call(ast.Constant(cast("Any", type)), [error], [])
    dealt = _method(node, "__exit__", kind, error, ast.Constant(None))
    further = ast.If(ast.UnaryOp(ast.Not(), dealt), [ast.Raise()], [])
    handler = ast.ExceptHandler(ast.Constant(cast("Any", BaseException)), error.id, [told, further])
    quietly = ast.Expr(_method(node, "__exit__", *(ast.Constant(None) for _ in range(3))))
    end = ast.If(ast.UnaryOp(ast.Not(), ast.Name(f"{name} told", ast.Load())), [quietly], [])
    made = sited(ast.Try(body, [handler], [], [end]), node)
    ast.copy_location(handler, node)
    return made


def _manager(node: ast.With) -> str:
    return f"$manager {node.lineno} {node.col_offset} {len(node.items)}"


def _method(node: ast.With, name: str, *args: ast.expr) -> ast.Call:
    return ast.Call(ast.Attribute(ast.Name(_manager(node), ast.Load()), name, ast.Load()), list(args), [])


def _finalized(node: ast.Try) -> tuple[Finalized, ...]:
    return (Finalized(node),) if node.finalbody else ()


@lru_cache(maxsize=1024)
def _watched(statement: ast.stmt, handlers: tuple[ast.ExceptHandler | None, ...]) -> ast.Try:
    """A statement, with a number for the clause that its exception is for; None: for all that are left."""
    made = []
    for number, handler in enumerate(handlers, 1):
        told = ast.Assign([ast.Name(WHICH, ast.Store())], ast.Constant(number))
        named = ast.Assign([ast.Name(ERROR, ast.Store())], ast.Name(CAUGHT, ast.Load()))
        kinds = ast.Constant(cast("Any", BaseException)) if handler is None else handler.type
        made.append(ast.ExceptHandler(kinds, CAUGHT, [told, named]))
    return sited(ast.Try([statement], made, [], []), statement)


@lru_cache(maxsize=1024)
def _each(node: ast.stmt) -> ast.For:
    """yield from values     ->     for item in values: yield item"""
    name = ast.copy_location(ast.Name("$item", ast.Load()), node)
    target = ast.copy_location(ast.Name("$item", ast.Store()), node)
    body = ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(name), node)), node)
    return ast.copy_location(ast.For(target, name, [body], []), node)
