"""Keys of dicts: what they are, the values that they are keys of, and setting one.

An object without a hash of its own is a key by its identity: an outside object is that itself, one that the program has
made is told by its cell.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import Any, final

from srcad.frontend.core.cells import DictCell, GrownCell, Housed, InstanceCell
from srcad.frontend.core.counting import countable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Choice, Num, Obj, Partial, Ref, Static, Tup, Value
from srcad.frontend.memory.boxes import set_part
from srcad.frontend.memory.joins import alike
from srcad.frontend.memory.objects import get_attribute
from srcad.ops.catalogue import NeedsStatic
from srcad.trace.nodes import Var


@final
@dataclass(frozen=True)
class InstanceKey:
    """The key that an instance of the program is."""

    cell: int


@final
@dataclass(frozen=True)
class RecordKey:
    """The key that an instance of a frozen dataclass is: by what is in it."""

    cls: type
    names: tuple[str, ...]
    parts: tuple[Any, ...]


def _record(m: Machine, owner: Ref, cls: Any) -> RecordKey:
    names = tuple(f.name for f in dataclasses.fields(cls) if f.compare)
    if any(not f.compare for f in dataclasses.fields(cls)):
        m.refuse(f"a {cls.__name__} is a key of a dict, and some of its fields don't count", do="use a tuple.")
    return RecordKey(cls, names, tuple(key_of(m, get_attribute(m, owner, name)) for name in names))


def _is_record(cls: type) -> bool:
    """Whether instances are compared and hashed by their fields, as a frozen dataclass says."""
    params = vars(cls).get("__dataclass_params__")
    made = vars(cls).get("__eq__")
    code = getattr(made, "__code__", None)
    plain = code is not None and code.co_filename.startswith("<")
    return bool(params and params.frozen and params.eq) and plain


def key_of(m: Machine, value: Value) -> Any:
    """The Python key of a dict."""
    match value:
        case Ref() if isinstance(m.heap[value.cell], Housed) and m.cell(value.cell, Housed).at_home is not None:
            m.refuse("an object in a list that has grown in a loop is a key of a dict", do="use its place in the list.")
        case Ref() if isinstance(cell := m.heap[value.cell], InstanceCell) and _by_identity(cell.cls):
            return InstanceKey(value.cell) if cell.origin is None else cell.origin
        case Ref() if isinstance(cell := m.heap[value.cell], InstanceCell) and _is_record(cell.cls):
            return _record(m, value, cell.cls)
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
    if isinstance(key, RecordKey):
        fields = zip(key.names, (value_of_key(m, part) for part in key.parts), strict=True)
        return Ref(m.allocate(InstanceCell(key.cls, tuple(fields), changed=True)))
    if type(key) is tuple:
        values = tuple(value_of_key(m, item) for item in key)
        return Static(key) if all(isinstance(value, Static) for value in values) else Tup(values)
    met = m.outside.met.get(id(key))
    return met[1] if met is not None and isinstance(met[1], Ref) else Static(key)


def set_key(m: Machine, owner: Ref, cell: DictCell, key: Hashable, value: Value) -> None:
    """owner[key] = value. A key that was missing stands behind all others."""
    if cell.home is not None:
        set_part(m, cell, key, value)
        return
    items = dict(cell.items)
    value = _in_its_place(m, items.get(key), value)
    ordered = cell.ordered and (key not in cell.unsure or key == cell.items[-1][0])
    items[key] = value
    m.change(owner.cell, replace(cell, items=tuple(items.items()), unsure=cell.unsure - {key}, ordered=ordered))


def _in_its_place(m: Machine, old: Value | None, value: Value) -> Value:
    """A new container for a key that is missing here: it takes the cell of the one that the key has on other ways.

    Nobody can have that one here, so what is said of its cell is said of the new one, and both ways have one cell.
    """
    if not isinstance(old, Partial) or not isinstance(old.value, Ref) or not isinstance(value, Ref):
        return value
    missing = isinstance(old.defined, Var) and m.known_truth(old.defined) is False
    if not missing or holders(m, value.cell) or holders(m, old.value.cell) > 1:
        return value
    if not alike(m.heap[old.value.cell], m.heap[value.cell]):
        return value
    m.heap[old.value.cell] = m.heap[value.cell]
    return old.value


def holders(m: Machine, cell_id: int) -> int:
    """In how many places a container is: names, and containers."""
    held = sum(_refers(value, cell_id) for cell in m.heap.values() for value in cell.children())
    return held + sum(isinstance(cell, GrownCell) and cell_id in cell.lists for cell in m.heap.values())


def _refers(value: Value, cell_id: int) -> bool:
    return value.refers_to() == cell_id or any(_refers(child, cell_id) for child in value.children())


def drop_key(m: Machine, owner: Ref, key: Hashable) -> None:
    """A dict without a key that it may have."""
    cell = m.cell(owner.cell, DictCell)
    rest = tuple((k, v) for k, v in cell.items if k != key)
    m.change(owner.cell, replace(cell, items=rest, unsure=cell.unsure - {key}))
