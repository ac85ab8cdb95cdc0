"""The body of a function, read in a frame of its own."""

from __future__ import annotations

import ast
from collections.abc import Hashable

from srcad.frontend.control.tries import in_try_of_caller
from srcad.frontend.core.cells import FrameCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import FALSE, NONE, Partial, Undef, Value, Word
from srcad.frontend.memory.branches import branch, negate, truth
from srcad.frontend.memory.words import decoded
from srcad.trace.nodes import Var


def in_frame(m: Machine, code: FunctionSource, key: Hashable, names: Keywords, parent: int | None) -> Value:
    """Read the body of a function in a frame of its own."""
    call, frames = m.builder.span, m.stack.frames
    around = frames[-1] if frames else None
    try:
        caller = None if code.defines else call
        with m.stack.call(m.allocate(FrameCell(code, names, parent)), key, caller):
            tried = None if around is None else in_try_of_caller(m, around, lambda: _body(m, code, of_statements=True))
            return _body(m, code) if tried is None else tried
    finally:
        m.builder.span = call


def _body(m: Machine, code: FunctionSource, of_statements: bool = False) -> Value:
    """`of_statements`: the expression of a lambda is one as well."""
    if isinstance(code.node, ast.Lambda):
        if of_statements:
            return _run(m, code, [ast.copy_location(ast.Return(code.node.body), code.node.body)])
        with m.at(code.node.body):
            return m.evaluate(code.node.body)
    return _run(m, code, code.node.body)


def _run(m: Machine, code: FunctionSource, statements: list[ast.stmt]) -> Value:
    m.bind("$return", FALSE)
    m.bind("$value", NONE)
    frame = m.stack.frames[-1]
    names = {k: v for k, v in m.frame.names.items() if k != "$value"}
    m.heap[frame] = FrameCell(code, names, m.frame.parent)
    m.execute(statements)
    return returned(m)


def returned(m: Machine) -> Value:
    """What a body has returned. Where only some ways return, the others give None."""
    value = m.look("$value")
    if isinstance(value, Partial):
        value = value.value
    if isinstance(value, Word):
        value = decoded(m, value)
    if value is None or isinstance(value, Undef):
        return NONE
    gone = truth(m, m.look("$return") or FALSE)
    if gone is True or value == NONE:
        return value
    if isinstance(gone, Var):
        ended: Value = value
        return branch(m, negate(m, gone), lambda: NONE, lambda: ended)
    return NONE
