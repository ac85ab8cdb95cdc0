"""The body of a function, read in a frame of its own."""

from __future__ import annotations

import ast
from collections.abc import Hashable, Iterator
from functools import lru_cache

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Keywords
from srcad.frontend.core.source import FunctionSource, span_of
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
    refuse_generator(m, code)
    m.bind("$return", FALSE)
    m.bind("$value", NONE)
    frame = m.stack.frames[-1]
    names = {k: v for k, v in m.frame.names.items() if k != "$value"}
    m.heap[frame] = FrameCell(code, names, m.frame.parent)
    m.execute(code.node.body)
    return returned(m)


def refuse_generator(m: Machine, code: FunctionSource) -> None:
    """A body with a `yield`."""
    found = _yield_of(code.node)
    if found is not None:
        m.builder.span = span_of(code, found)
        m.refuse(
            "a generator function is differentiated",
            why="its body runs piece by piece, between the lines of whoever iterates over it.",
            do="collect the values in a list and return that.",
        )


@lru_cache(maxsize=1024)
def _yield_of(function: ast.AST) -> ast.AST | None:
    """The first `yield` of a function."""
    return next((node for node in own_nodes(function) if isinstance(node, (ast.Yield, ast.YieldFrom))), None)


def own_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function that aren't of a function inside."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.FunctionDef, ast.Lambda, ast.AsyncFunctionDef, ast.ClassDef)):
            yield child
            yield from own_nodes(child)


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
