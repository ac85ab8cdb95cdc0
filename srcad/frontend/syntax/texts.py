"""f-strings: what is known now is written now, the rest by the run."""

from __future__ import annotations

import ast

from srcad.frontend.containers.strings import formatted, told
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Obj, Static, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.trace.nodes import Atom


def format_string(m: Machine, node: ast.JoinedStr) -> Value:
    """An f-string."""
    pieces: list[object] = []
    atoms: list[Atom] = []
    texts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(part.value)
            texts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        value = m.evaluate(part.value)
        spec = _spec(m, part.format_spec)
        conversion = chr(part.conversion) if part.conversion > 0 else ""
        told_value = told(m, value, conversion, spec)
        if told_value is not value:
            value, conversion, spec = told_value, "", ""
        if isinstance(value, Static):
            text = formatted(value.value, conversion, spec)
            pieces.append(text)
            texts.append(text)
            continue
        pieces.append((len(atoms), conversion, spec))
        atoms.append(to_atom(m, value))
    if not atoms:
        return Static("".join(texts))
    return Obj(m.emit("format", *atoms, pieces=tuple(pieces)))


def _spec(m: Machine, node: ast.expr | None) -> str:
    if node is None:
        return ""
    assert isinstance(node, ast.JoinedStr)
    known = format_string(m, node)
    if not isinstance(known, Static):
        m.refuse("a format that is known at run time only isn't supported")
    return str(known.value)
