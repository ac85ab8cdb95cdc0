"""Text: f-strings, %, and the methods of strings. What is known now is made now; the rest is made by the run."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence

from srcad.frontend.containers.iteration import known_items
from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Obj, Static, Tup, Value
from srcad.frontend.core.walk import known_values
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.inherited import container_in
from srcad.frontend.memory.objects import call_if_special, get_attribute
from srcad.frontend.memory.raised import ARGS, is_exception
from srcad.trace.nodes import Const, Var
from srcad.trace.types import OPAQUE


def formatted(value: object, conversion: str, spec: str) -> str:
    conversions: dict[str, Callable[[object], str]] = {"r": repr, "s": str, "a": ascii}
    converted = conversions[conversion](value) if conversion else value
    return format(converted, spec)


TELLING = {"": ("__format__", "__str__", "__repr__"), "s": ("__str__", "__repr__"), "r": ("__repr__",)}


def told(m: Machine, value: Value, conversion: str = "s", spec: str = "") -> Value:
    """What stands in a text for an instance, by its class; any other value is itself."""
    cell = m.content(value)
    if not isinstance(cell, InstanceCell):
        return value
    for name in TELLING["r" if conversion == "a" else conversion]:
        args = (Static(spec),) if name == "__format__" else ()
        made = call_if_special(m, value, name, *args)
        if made is None and name == "__str__" and is_exception(m, value):
            made = shown_exception(m, value, "s")
        if made is not None:
            return made
    if is_exception(m, value):
        return shown_exception(m, value, "r")
    if container_in(m, value) is not None:
        m.refuse("the text of an instance of a class that is made from a container", do="give the class a __str__.")
    return Static(f"<{cell.cls.__module__}.{cell.cls.__qualname__} object>")


def shown_exception(m: Machine, error: Value, conversion: str) -> Value:
    """What Python shows of an exception: its one argument, or all of them; with "r" its class as well."""
    cell = m.content(error)
    assert isinstance(cell, InstanceCell)
    args = cell.entries()[ARGS]
    assert isinstance(args, Tup)
    texts = [told(m, a, "r") for a in args.items]
    if conversion == "s" and len(texts) == 1 and not issubclass(cell.cls, KeyError):
        return _text_of(m, ("", (told(m, args.items[0]), "s"), ""))
    pieces = [piece for k, text in enumerate(texts) for piece in (", " if k else "", (text, "r"))]
    if conversion == "r":
        return _text_of(m, (f"{cell.cls.__name__}(", *pieces, ")"))
    return _text_of(m, ("", *pieces, "") if len(texts) < 2 else ("(", *pieces, ")"))


def _text_of(m: Machine, pieces: Sequence[str | tuple[Value, str]]) -> Value:
    """A text of pieces: what is known now, or is made by the run of values as they are shown."""
    held = [piece[0] for piece in pieces if isinstance(piece, tuple)]
    known = known_values(held)
    if known is not None:
        left = iter(known)
        return Static("".join(p if isinstance(p, str) else formatted(next(left), p[1], "") for p in pieces))
    places = iter(range(len(held)))
    shown = tuple(p if isinstance(p, str) else (next(places), p[1], "") for p in pieces)
    return Obj(m.emit("format", *(to_atom(m, value) for value in held), pieces=shown))


def percent(m: Machine, left: Static, right: Value) -> Value:
    """ "..." % values."""
    values = right.items if isinstance(right, Tup) else (right,)
    values = tuple(told(m, v) for v in values)
    known = known_values(values)
    if known is not None:
        plain = tuple(known)
        return Static(left.value % (plain if isinstance(right, Tup) else plain[0]))
    given = (Tup(values),) if isinstance(right, Tup) else values
    return Obj(_call_method(m, left, "__mod__", given, {}))


def string_method(m: Machine, owner: Static, name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Value:
    """A method of a string or of another known object."""
    if name == "join" and len(args) == 1:
        args = (Tup(known_items(m, args[0], "the items that are joined")),)
    plain = [_plain(a) for a in (*args, *keywords.values())]
    if all(p is not None for p in plain):
        values = [p[0] for p in plain if p is not None]
        positional, named = values[: len(args)], dict(zip(keywords, values[len(args) :], strict=True))
        called = copy.copy(owner.value)  # which the program may go on to use as it is
        try:
            made = getattr(called, name)(*positional, **named)
            if isinstance(called, (set, dict)) and called != owner.value:
                m.refuse(f"the method {name!r} of an object that outlives the call changes it", do="change a copy.")
            return Static(made)
        except (TypeError, ValueError, LookupError) as error:
            m.raises(error)
    if isinstance(owner.value, frozenset):
        return m.call(get_attribute(m, m.call(Static(set), (owner,)), name), args, keywords)
    if isinstance(owner.value, (str, bytes)):
        return Obj(_call_method(m, owner, name, args, keywords))
    m.refuse(f"the method {name!r} of an object that outlives the call gets values that are known at run time only")


def _plain(value: Value) -> tuple[object] | None:
    match value:
        case Static():
            return (value.value,)
        case Tup():
            parts = [_plain(item) for item in value.items]
            return None if any(p is None for p in parts) else (tuple(p[0] for p in parts if p is not None),)
    return None


def _call_method(m: Machine, owner: Static, name: str, args: tuple[Value, ...], keywords: dict[str, Value]) -> Var:
    method = m.emit("attribute", Const(owner.value, OPAQUE), name=name)
    atoms = [to_atom(m, a) for a in (*args, *keywords.values())]
    return m.emit("call", method, *atoms, keywords=tuple(keywords))
