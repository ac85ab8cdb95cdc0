"""Generators from which items are taken one at a time: next(g), g.send(v), and all but the first one in a zip.

Where a loop takes all items, the body of the generator is read in its place (`srcad.frontend.control.streams`). Here
the body is read from one `yield` to the next, and where it waits is known beforehand: a stack of what is still to be
read, innermost last. Conditions of the run may end the generator, and may lie between two `yield`s; but which `yield`
comes next must not depend on them.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache, partial
from typing import NoReturn

from srcad.frontend.containers.iteration import Items, collected, length, nth, sequence
from srcad.frontend.control.streams import is_generator, refuse_unsure
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import is_yielding
from srcad.frontend.core.suspended import Delegation, GeneratorCell, Loop, Paused, Progress, Sent, Unread, Work, hidden
from srcad.frontend.core.values import FALSE, NONE, TRUE, Iter, Partial, Ref, Static, Value
from srcad.frontend.memory.branches import branch, truth
from srcad.frontend.memory.cursors import knows_its_place
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Const, Var

Then = Callable[[Value], Value]
Otherwise = Callable[[], Value]
FLAGS = ("$return", "$break", "$continue")


def pull(m: Machine, value: Value, then: Then, otherwise: Otherwise, sent: Value = NONE) -> Value:
    """Take the next item, and read `then` with it; `otherwise` where there is none any more."""
    assert isinstance(value, Ref)
    cell = m.cell(value.cell, GeneratorCell)
    if cell.progress is Progress.RUNNING:
        m.raises(ValueError("generator already executing"))
    if cell.progress is Progress.UNSURE:
        refuse_unsure(m)
    if cell.progress is Progress.FINISHED:
        return otherwise()
    over = m.cell(cell.frame, FrameCell).names.get("$done", FALSE)
    known = truth(m, over)
    if known is True:
        return otherwise()
    if known is False:
        return _Advance(m, value, then, otherwise).start(sent)
    return branch(m, known, otherwise, lambda: _Advance(m, value, then, otherwise).start(sent))


class _Advance:
    """From one `yield` to the next."""

    def __init__(self, m: Machine, ref: Ref, then: Then, otherwise: Otherwise) -> None:
        self.m, self.ref, self.then, self.otherwise = m, ref, then, otherwise
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
        m.heap[self.ref.cell] = replace(cell, progress=Progress.RUNNING)
        key = cell.code.code or cell.code.node
        with m.stack.call(cell.frame, key, m.builder.span):
            if not isinstance(cell.progress, Paused):
                m.bind("$return", FALSE)
                m.bind("$done", FALSE)
            return self.go_on(work, sent)

    def yielded(self, value: Value, work: Work) -> Value:
        """It waits at a `yield`, and the program goes on where it has asked for an item."""
        left = tuple(piece for piece in work if piece != Unread(()))
        self.m.heap[self.ref.cell] = replace(self.cell, progress=Paused(left))
        return self.back(partial(self.then, value))

    def finished(self) -> Value:
        m = self.m
        value = m.look("$value")
        m.bind("$done", TRUE)
        value = value.value if isinstance(value, Partial) else value or NONE
        m.heap[self.ref.cell] = replace(self.cell, progress=Progress.FINISHED, value=value)
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
                    self.m.execute([first])
                    work = self.after(work)
                case Loop():
                    return self.turn(piece, rest)
                case Delegation():
                    return self.delegate(piece, rest, sent)
        return self.finished()

    def after(self, work: Work) -> Work:
        """What is left to be read behind a statement that may have left its block."""
        m = self.m
        for flag in FLAGS:
            known = truth(m, m.look(flag) or FALSE)
            if isinstance(known, Var):
                self.refuse_condition()
            if known and flag == "$return":
                return ()
            if known:
                m.bind(flag, FALSE)
                k = max(k for k, piece in enumerate(work) if isinstance(piece, Loop))
                return work[:k] if flag == "$break" else work[: k + 1]
        return work

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

    def kept(self, node: ast.stmt) -> Value:
        source = self.m.look(hidden(node))
        assert source is not None
        return source

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
        if isinstance(known, Var) and any(piece != Unread(()) for piece in ended):
            self.needs(known)
        if isinstance(known, Var):
            return branch(self.m, known, lambda: self.go_on(going()), lambda: self.go_on(ended))
        return self.go_on(going() if known else ended)

    def delegate(self, piece: Delegation, rest: Work, sent: Value) -> Value:
        ended = partial(self.delegated_value, piece, rest)
        return pull(self.m, self.kept(piece.node), lambda v: self.yielded(v, (*rest, piece)), ended, sent)

    def delegated_value(self, piece: Delegation, rest: Work) -> Value:
        m, source = self.m, self.kept(piece.node)
        assert isinstance(source, Ref)
        for target in getattr(piece.node, "targets", ()):
            m.assign(target, m.cell(source.cell, GeneratorCell).value)
        return self.go_on(rest)


@lru_cache(maxsize=1024)
def _each(node: ast.stmt) -> ast.For:
    """yield from values     ->     for item in values: yield item"""
    name = ast.copy_location(ast.Name("$item", ast.Load()), node)
    target = ast.copy_location(ast.Name("$item", ast.Store()), node)
    body = ast.copy_location(ast.Expr(ast.copy_location(ast.Yield(name), node)), node)
    return ast.copy_location(ast.For(target, name, [body], []), node)
