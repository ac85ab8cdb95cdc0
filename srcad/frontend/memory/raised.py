"""Exceptions that a program makes: instances like any other, with the state that Python keeps beside their attributes.

    class Diverged(Exception):                raise Diverged(x, n)      the instance has `best`, and `args` (x, n)
        def __init__(self, best, n):    ->
            self.best = best                  except Diverged as e:
                                                  y = e.best * 2        the x that was raised

An object of its class is made where one is needed: by a `raise` that nobody waits for, or a `print`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments, Keywords
from srcad.frontend.core.values import NONE, Choice, Ref, Static, Tup, Value

Maker = Callable[[Machine, Any, Arguments], Value]  # what makes an object of a class
ARGS, MADE, KEYWORDS = "$args", "$made", "$keywords"
STATE: Mapping[str, str] = MappingProxyType(  # attribute: the field that stands for it
    {"args": ARGS, "__cause__": "$cause", "__context__": "$context", "__traceback__": "$traceback"}
)
FURTHER = (StopIteration, AttributeError, NameError)  # they have attributes more, which none of them needs


def is_plain(cls: type) -> bool:
    """Whether the exceptions of a class have nothing that Python source doesn't give them, but their arguments."""
    size = BaseException.__basicsize__
    base = next(c for c in cls.__mro__ if c.__module__ == "builtins")
    return issubclass(cls, BaseException) and (base in FURTHER or base.__basicsize__ == size)


def new_exception(m: Machine, cls: type, args: tuple[Value, ...], keywords: Keywords) -> Ref:
    """An instance as BaseException.__new__ makes it."""
    made = (MADE, Tup((*args, *keywords.values()))), (KEYWORDS, Static(tuple(keywords)))
    return Ref(m.allocate(InstanceCell(cls, ((ARGS, Tup(args)), *made), changed=True)))


def is_exception(m: Machine, value: Value) -> bool:
    """Whether it is an exception that the program has made."""
    return _is_made(m.content(value))


def _is_made(cell: object) -> bool:
    return isinstance(cell, InstanceCell) and issubclass(cell.cls, BaseException) and cell.origin is None


def kept_state(m: Machine, owner: Ref, name: str, holder: object) -> Value | None:
    """What Python itself keeps of an exception under the name of an attribute; None for any other attribute."""
    cell = m.content(owner)
    if not isinstance(cell, InstanceCell) or not _is_made(cell) or not isinstance(holder, type):
        return None
    if holder is StopIteration and name == "value":
        args = cell.entries()[ARGS]
        return args.items[0] if isinstance(args, Tup) and args.items else NONE
    return cell.entries().get(STATE[name], NONE) if holder is BaseException and name in STATE else None


def keep_state(m: Machine, owner: Value, name: str, value: Value) -> bool:
    """Set what Python itself keeps of an exception; False for other objects and attributes."""
    cell = m.content(owner)
    if not isinstance(owner, Ref) or not isinstance(cell, InstanceCell) or not _is_made(cell) or name not in STATE:
        return False
    m.change(owner.cell, cell.with_field(STATE[name], value))
    return True


def object_of_exception(m: Machine, cell: object, make: Maker) -> Value | None:
    """An object of the class of an exception, made as the program has made it; None for any other cell."""
    if not isinstance(cell, InstanceCell) or not _is_made(cell):
        return None
    return _again(m, cell.cls, cell.entries()[MADE], cell.entries()[KEYWORDS], make)


def _again(m: Machine, cls: type, given: Value, keywords: Value, make: Maker) -> Value:
    for one, other in ((given, keywords), (keywords, given)):
        if isinstance(one, Choice):
            pairs = [(side, settled_as(other, one, side)) for side in (one.then, one.otherwise)]
            rows = [pair if one is given else pair[::-1] for pair in pairs]
            sides = [partial(_again, m, cls, *row, make) for row in rows]
            return m.ports.branch(m, one.condition, *sides)
    if not isinstance(given, Tup) or not isinstance(keywords, Static):
        m.refuse(
            "how an exception was made differs from one turn of a loop to the next",
            do="raise it where it is made.",
        )
    count = len(given.items) - len(keywords.value)
    named = dict(zip(keywords.value, given.items[count:], strict=True))
    return make(m, cls, Arguments(given.items[:count], named))


def settled_as(value: Value, chosen: Choice, side: Value) -> Value:
    """Another value that is chosen by the same condition, on that side."""
    if not isinstance(value, Choice) or value.condition is not chosen.condition:
        return value
    return value.then if side is chosen.then else value.otherwise


__all__ = ["ARGS", "is_exception", "is_plain", "keep_state", "kept_state", "new_exception", "object_of_exception"]
