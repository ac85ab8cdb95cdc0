"""Arithmetic on whole numbers that the frontend itself does: known numbers stay known."""

from __future__ import annotations

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Num, Static, Value
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const, Var
from srcad.trace.types import Scalar


def number(_m: Machine, atom: Atom) -> Value:
    return Num(atom) if isinstance(atom, Var) else Static(atom.value)


def _is(atom: Atom, value: int) -> bool:
    return isinstance(atom, Const) and atom.value == value


def add(m: Machine, a: Atom, b: Atom) -> Atom:
    if isinstance(a, Const) and isinstance(b, Const):
        return const(a.value + b.value)
    if _is(a, 0):
        return b
    result: Atom = a if _is(b, 0) else m.emit("add", a, b)
    return result


def subtract(m: Machine, a: Atom, b: Atom) -> Atom:
    if isinstance(a, Const) and isinstance(b, Const):
        return const(a.value - b.value)
    result: Atom = a if _is(b, 0) else m.emit("subtract", a, b)
    return result


def multiply(m: Machine, a: Atom, b: Atom) -> Atom:
    if isinstance(a, Const) and isinstance(b, Const):
        return const(a.value * b.value)
    if _is(a, 1):
        return b
    result: Atom = a if _is(b, 1) else m.emit("multiply", a, b)
    return result


def quotient(m: Machine, a: Atom, b: Atom) -> Atom:
    """a // b."""
    if isinstance(a, Const) and isinstance(b, Const):
        return const(a.value // b.value)
    result: Atom = a if _is(b, 1) else m.emit("floor_divide", a, b)
    return result


def remainder(m: Machine, a: Atom, b: Atom) -> Atom:
    """a % b."""
    if isinstance(a, Const) and isinstance(b, Const):
        return const(a.value % b.value)
    result: Atom = const(0) if _is(b, 1) else m.emit("remainder", a, b)
    return result


def smaller(m: Machine, a: Atom, b: Atom) -> Atom:
    """min(a, b) of two lengths."""
    if a is b or _same_length(a, b):
        return a
    if isinstance(a, Const) and isinstance(b, Const):
        return a if a.value <= b.value else b
    return m.emit("smaller", a, b)


def _same_length(a: Atom, b: Atom) -> bool:
    one, two = a.type, b.type
    if not isinstance(one, Scalar) or not isinstance(two, Scalar) or one.length is None or two.length is None:
        return False
    return one.length.same(two.length)


def range_length(m: Machine, start: Atom, stop: Atom, step: Atom) -> Atom:
    """len(range(start, stop, step))."""
    parts = [p.value for p in (start, stop, step) if isinstance(p, Const)]
    if len(parts) == 3:
        return const(len(range(*parts)))
    return m.emit("range_length", start, stop, step)
