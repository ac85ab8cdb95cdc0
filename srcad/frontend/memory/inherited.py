"""Instances of classes that are made from list, dict and their like: what the built-in class keeps is a container.

class Log(list):                          l.append(v)     the method of the class, which calls
    def append(self, v):          ->                      list.append(l, v), of the container in l
        super().append(2 * v)             l.note = 1      an attribute, as of any instance
"""

from __future__ import annotations

import collections
import types

from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Ref, Value

CONTENT = "$content"
BASES = (list, dict, collections.OrderedDict, collections.defaultdict, collections.deque)


def container_base(cls: type) -> type | None:
    """The built-in container that a class of the program is made from; None for other classes."""
    base = next((c for c in cls.__mro__ if c in BASES), None)
    if base is None or cls is base:
        return None
    others = [c for c in cls.__mro__ if c is not object and c not in base.__mro__]
    return base if all(c.__flags__ & (1 << 9) and c.__module__ != "collections" for c in others) else None


def container_in(m: Machine, value: Value) -> Ref | None:
    """The container in an instance of such a class; None for other values."""
    cell = m.content(value)
    found = dict(cell.fields).get(CONTENT) if isinstance(cell, InstanceCell) else None
    return found if isinstance(found, Ref) else None


def plain_container(m: Machine, value: Value, *methods: str) -> Value:
    """The container in an instance, if its class leaves these methods as they are; else the value itself."""
    found, cell = container_in(m, value), m.content(value)
    if found is None or not isinstance(cell, InstanceCell):
        return value
    return found if all(_in_c(cell.cls, name) for name in methods) else value


def _in_c(cls: type, name: str) -> bool:
    """Whether the method of a class is that of the built-in container."""
    method = next((vars(c)[name] for c in cls.__mro__ if name in vars(c)), None)
    return not isinstance(method, types.FunctionType)


__all__ = ["CONTENT", "container_base", "container_in", "plain_container"]
