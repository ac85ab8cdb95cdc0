"""Arrays of anything but numbers, which are objects to srcad: those of the caller are never written to."""

from __future__ import annotations

import numpy as np

from srcad.errors import NotYetSupported
from srcad.frontend.core.machine import Machine
from srcad.trace.nodes import Atom, Var

WRITERS = frozenset(
    (
        *("fill", "sort", "put", "itemset", "setflags", "partition", "resize", "byteswap", "setfield", "__setitem__"),
        *("__iadd__", "__isub__", "__imul__", "__itruediv__", "__ior__", "__iand__", "__ixor__"),
    )
)


def refuse_foreign_write(m: Machine, atom: Atom) -> None:
    """Refuse a write to an array of objects, text or records that the caller has given, or to a part of it."""
    if _of_caller(m, atom):
        error = NotYetSupported(
            "an array of the caller's that holds no numbers is written to",
            why="its changes can't be kept apart from the caller's array.",
            do="write to a copy of it (r = r.copy()).",
        )
        error.final = True
        raise m.located(error)


def refuse_writer(m: Machine, function: Atom) -> None:
    """Refuse such a write by a method of the array."""
    made = m.variables.definitions.get(function) if isinstance(function, Var) else None
    if made is not None and made.op == "attribute" and made.params["name"] in WRITERS:
        refuse_foreign_write(m, made.operands[0])


def _of_caller(m: Machine, atom: Atom) -> bool:
    """Whether an object is an array from outside, or a part of one."""
    current = atom
    while isinstance(current, Var) and (made := m.variables.definitions.get(current)) is not None:
        if made.op not in ("subscript", "attribute"):
            return False
        current = made.operands[0]
    path = next((path for path, entry in m.outside.inputs.items() if entry.var is current), None)
    return path is not None and isinstance(m.outside.objects.get(path), np.ndarray)


__all__ = ["refuse_foreign_write", "refuse_writer"]
