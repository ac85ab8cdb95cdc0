"""The body of a function, read in a frame of its own."""

from __future__ import annotations

import ast
from collections.abc import Hashable

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.source import FunctionSource
from srcad.frontend.core.values import FALSE, NONE, FrameCell, Partial, Undef, Value
from srcad.frontend.memory.branches import branch, negate, truth
from srcad.trace.nodes import Var


def in_frame(m: Machine, code: FunctionSource, key: Hashable, names: Keywords, parent: int | None) -> Value:
    """Read the body of a function in a frame of its own."""
    call = m.builder.span
    try:
        caller = None if code.defines else call
        with m.stack.call(m.allocate(FrameCell(code, names, parent)), key, caller):
            return _body(m, code)
    finally:
        m.builder.span = call


def _body(m: Machine, code: FunctionSource) -> Value:
    if isinstance(code.node, ast.Lambda):
        with m.at(code.node.body):
            return m.evaluate(code.node.body)
    m.bind("$return", FALSE)
    m.bind("$value", NONE)
    frame = m.stack.frames[-1]
    names = {k: v for k, v in m.frame.names.items() if k != "$value"}
    m.heap[frame] = FrameCell(code, names, m.frame.parent)
    m.execute(code.node.body)
    return returned(m)


def returned(m: Machine) -> Value:
    """What a body has returned. Where only some ways return, the others give None."""
    value = m.look("$value")
    if isinstance(value, Partial):
        value = value.value
    if value is None or isinstance(value, Undef):
        return NONE
    gone = truth(m, m.look("$return") or FALSE)
    if gone is True or value == NONE:
        return value
    if isinstance(gone, Var):
        ended: Value = value
        return branch(m, negate(m, gone), lambda: NONE, lambda: ended)
    return NONE
