"""Keys of dicts: what they are, the values that they are keys of, and setting one.

An object without a hash of its own is a key by its identity: an outside object is that itself, one that the program has
made is told by its cell.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, final

from srcad.frontend.core.counting import countable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Choice, DictCell, InstanceCell, Num, Obj, Ref, Static, Tup, Value
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Var


@final
@dataclass(frozen=True)
class InstanceKey:
    """The key that an instance of the program is."""

    cell: int


def key_of(m: Machine, value: Value) -> Any:
    """The Python key of a dict."""
    match value:
        case Ref() if isinstance(cell := m.heap[value.cell], InstanceCell) and _by_identity(cell.cls):
            return InstanceKey(value.cell) if cell.origin is None else cell.origin
        case Static():
            return value.value
        case Tup():
            return tuple(key_of(m, item) for item in value.items)
        case Num() | Obj() if isinstance(value.var, Var):
            raise NeedsStatic(value.var, "a key of a dict")
        case Choice() if countable(m, value.condition):
            raise NeedsStatic(value.condition, "a key of a dict")
    m.refuse(f"{value.describe()} is a key of a dict")


def _by_identity(cls: type) -> bool:
    return not any("__hash__" in vars(base) or "__eq__" in vars(base) for base in cls.__mro__[:-1])


def value_of_key(m: Machine, key: Hashable) -> Value:
    """What a program gets that runs through the keys of a dict."""
    if isinstance(key, InstanceKey):
        return Ref(key.cell)
    if type(key) is tuple:
        values = tuple(value_of_key(m, item) for item in key)
        return Static(key) if all(isinstance(value, Static) for value in values) else Tup(values)
    met = m.outside.met.get(id(key))
    return met[1] if met is not None and isinstance(met[1], Ref) else Static(key)


def set_key(m: Machine, owner: Ref, cell: DictCell, key: Hashable, value: Value) -> None:
    """owner[key] = value."""
    items = dict(cell.items)
    items[key] = value
    m.change(owner.cell, replace(cell, items=tuple(items.items()), unsure=cell.unsure - {key}))
