"""Text: f-strings, %, and the methods of strings. What is known now is made now; the rest is made by the run."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Obj, Static, Tup, Value
from srcad.frontend.memory.arrays import to_atom
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import OPAQUE


def format_string(m: Machine, node: ast.JoinedStr) -> Value:
    """An f-string."""
    from srcad.frontend.syntax.expressions import evaluate

    pieces: list[Any] = []
    atoms: list[Atom] = []
    texts: list[str] = []
    for part in node.values:
        if isinstance(part, ast.Constant):
            pieces.append(part.value)
            texts.append(str(part.value))
            continue
        assert isinstance(part, ast.FormattedValue)
        value = evaluate(m, part.value)
        spec = _spec(m, part.format_spec)
        conversion = chr(part.conversion) if part.conversion > 0 else ""
        if isinstance(value, Static):
            text = _formatted(value.value, conversion, spec)
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


def _formatted(value: Any, conversion: str, spec: str) -> str:
    conversions: dict[str, Callable[[Any], str]] = {"r": repr, "s": str, "a": ascii}
    converted = conversions[conversion](value) if conversion else value
    return format(converted, spec)


def percent(m: Machine, left: Static, right: Value) -> Value:
    """ "..." % values."""
    values = right.items if isinstance(right, Tup) else (right,)
    if all(isinstance(v, Static) for v in values):
        plain = tuple(v.value for v in values if isinstance(v, Static))
        return Static(left.value % (plain if isinstance(right, Tup) else plain[0]))
    return Obj(_call_method(m, left, "__mod__", (right,), {}))


def string_method(m: Machine, owner: Static, name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """A method of a string or of another known object."""
    if name == "join" and len(args) == 1:
        from srcad.frontend.containers.iteration import known_items

        args = (Tup(known_items(m, args[0], "the items that are joined")),)
    plain = [_plain(a) for a in (*args, *keywords.values())]
    if all(p is not None for p in plain):
        values = [p[0] for p in plain if p is not None]
        positional, named = values[: len(args)], dict(zip(keywords, values[len(args) :], strict=True))
        try:
            return Static(getattr(owner.value, name)(*positional, **named))
        except (TypeError, ValueError, LookupError) as error:
            m.raises(error)
    if isinstance(owner.value, (str, bytes)):
        return Obj(_call_method(m, owner, name, args, keywords))
    m.refuse(f"the method {name!r} of an object that outlives the call gets values that are known at run time only")


def _plain(value: Value) -> tuple[Any] | None:
    if isinstance(value, Static):
        return (value.value,)
    if isinstance(value, Tup):
        parts = [_plain(item) for item in value.items]
        return None if any(p is None for p in parts) else (tuple(p[0] for p in parts if p is not None),)
    return None


def _call_method(m: Machine, owner: Static, name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Any:
    method = m.emit("attribute", Const(owner.value, OPAQUE), name=name)
    atoms = [to_atom(m, a) for a in (*args, *keywords.values())]
    return m.emit("call", method, *atoms, keywords=tuple(keywords))
