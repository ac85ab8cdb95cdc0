"""Keys of dicts: what they are, and setting one."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import replace
from typing import Any

from srcad.frontend.core.counting import countable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Choice, DictCell, Num, Obj, Ref, Static, Tup, Value
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Var


def key_of(m: Machine, value: Value) -> Any:
    """The Python key of a dict."""
    match value:
        case Static():
            return value.value
        case Tup():
            return tuple(key_of(m, item) for item in value.items)
        case Num() | Obj() if isinstance(value.var, Var):
            raise NeedsStatic(value.var, "a key of a dict")
        case Choice() if countable(m, value.condition):
            raise NeedsStatic(value.condition, "a key of a dict")
    m.refuse(f"{value.describe()} is a key of a dict")


def set_key(m: Machine, owner: Ref, cell: DictCell, key: Hashable, value: Value) -> None:
    """owner[key] = value."""
    items = dict(cell.items)
    items[key] = value
    m.change(owner.cell, replace(cell, items=tuple(items.items()), unsure=cell.unsure - {key}))
