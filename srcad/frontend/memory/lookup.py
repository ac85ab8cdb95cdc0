"""Attributes as Python looks them up: in the classes of an object, by their order, and what stands there bound to it.

    super().penalty(x)      the first class behind the present one that has `penalty`: a static method, say

Whatever isn't understood here is refused: an attribute is never left out.
"""

from __future__ import annotations

import functools
import inspect
import types
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from srcad.frontend.core.cells import InstanceCell
from srcad.frontend.core.externals import check_stored, external
from srcad.frontend.core.guards import IdentityGuard, NameGuard
from srcad.frontend.core.inside import meant_by
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.source import DEFINITIONS, called_in_python, is_function, transparent
from srcad.frontend.core.values import Bound, Ref, Static, Tup, Value
from srcad.frontend.memory.boxes import set_part
from srcad.frontend.memory.elements import looked_up
from srcad.frontend.memory.presence import present

MISSING = object()
REPLACED = (staticmethod, classmethod, property, types.FunctionType)  # what a class may get another one of
IN_C = (types.WrapperDescriptorType, types.MethodDescriptorType, types.ClassMethodDescriptorType)


@dataclass(frozen=True)
class DispatchedMethod:
    """A functools.singledispatchmethod: the type of the argument behind `self` chooses the function."""

    dispatcher: Any

    def __call__(self, *args: object) -> object:
        return self.dispatcher.dispatch(type(args[1]))(*args)


def in_classes(classes: Sequence[type], name: str) -> tuple[type | None, Any]:
    """The first of the classes that has a name of its own, and what stands there; (None, MISSING) for none."""
    for cls in classes:
        if name in vars(cls):
            return cls, vars(cls)[name]
    return None, MISSING


def class_of(m: Machine, owner: Value) -> type | None:
    """The class of an instance or a named tuple; None for other values."""
    cell = m.content(owner)
    if isinstance(cell, InstanceCell):
        return cell.cls
    return owner.cls if isinstance(owner, Tup) else None


def is_data(found: object) -> bool:
    """Whether what stands in a class goes before what the instance has: a property, a slot."""
    kind = type(found)
    return hasattr(kind, "__set__") or hasattr(kind, "__delete__")


def bound(m: Machine, owner: Value, cls: type, holder: type, name: str, found: Any) -> Value:
    """What an attribute of a class is for an instance `owner` of the class `cls`; it stands in the class `holder`."""
    _rely_on(m, owner, cls, holder, name, found)
    match found:
        case property():
            if found.fget is None:
                m.raises(AttributeError(f"property {name!r} of {cls.__name__!r} object has no getter"))
            return m.call(Static(found.fget), (owner,))
        case staticmethod():
            return Static(found.__func__)
        case classmethod():
            return Bound(Static(found.__func__), (Static(cls),))
        case functools.cached_property() if isinstance(owner, Ref):
            return _cached(m, owner, name, found)
        case functools.partialmethod():
            return _partial_method(m, owner, found)
        case functools.singledispatchmethod():
            return Bound(Static(DispatchedMethod(found.dispatcher)), (owner,))
    if is_function(found) or transparent(found) or getattr(type(found), "__srcad_rules__", False):
        return Bound(Static(found), (owner,))
    if isinstance(found, IN_C):
        return Bound(Static(found), (owner,))
    if hasattr(type(found), "__get__") and not isinstance(found, type):
        return _descriptor(m, owner, cls, holder, name, found)
    return class_value(m, holder, name, found)


def _rely_on(m: Machine, owner: Value, cls: type, holder: type, name: str, found: Any) -> None:
    """Let another reading serve once a method has been replaced in its class, or a class before it has another."""
    if cls.__module__.startswith(DEFINITIONS):
        return
    cell = m.content(owner)
    path = m.outside.origins.get(id(cls))
    if path is None and isinstance(cell, InstanceCell) and cell.path is not None:
        path = cell.path.attr("__class__")
    if path is None or in_classes(cls.__mro__, name)[1] is not found or not isinstance(found, REPLACED):
        for one in cls.__mro__[: cls.__mro__.index(holder)]:
            if name not in vars(one):  # behind which `super` has found it
                m.outside.guard(NameGuard(one, name))
        if isinstance(found, REPLACED):
            m.outside.guard(NameGuard(holder, name, found))
        return
    match found:
        case staticmethod():
            m.outside.guard(IdentityGuard(path.attr(name), found.__func__))
        case classmethod():
            m.outside.guard(IdentityGuard(path.attr(name).attr("__func__"), found.__func__))
        case property() | types.FunctionType():
            m.outside.guard(IdentityGuard(path.attr(name), found))


def _partial_method(m: Machine, owner: Value, found: functools.partialmethod[Any]) -> Value:
    if not is_function(found.func):
        m.refuse("a partialmethod of something that is no function")
    path = m.outside.root("partialmethod", id(found), lambda: found)
    first = tuple(external(m, a, path.attr("args").item(k), free=True) for k, a in enumerate(found.args))
    named = ((k, external(m, a, path.attr("keywords").item(k), free=True)) for k, a in found.keywords.items())
    return Bound(Static(found.func), (owner, *first), tuple(named))


def _descriptor(m: Machine, owner: Value, cls: type, holder: type, name: str, found: Any) -> Value:
    """What the __get__ of a descriptor gives, which has to be in Python."""
    get = inspect.getattr_static(type(found), "__get__")
    if not is_function(get):
        m.refuse(
            f"the attribute {name!r} of {cls.__name__} is a {type(found).__name__}, which srcad can't look into",
            why="what it gives is decided by code that isn't Python source.",
            do="make it a method, a property or a plain attribute.",
        )
    return m.call(Static(get), (class_value(m, holder, name, found), owner, Static(cls)))


def class_value(m: Machine, holder: object, name: str, value: object) -> Value:
    """What stands in a class or a module: a number is an input, as it may change; functions and classes are known."""
    inside = meant_by(m, value)
    if inside is not None:
        return inside
    path = m.outside.origins.get(id(holder))
    if path is None:
        known = isinstance(value, (str, type(None), type, types.ModuleType, types.FunctionType))
        if known or (callable(value) and not called_in_python(value)):
            return Static(value)
        label = str(getattr(holder, "__name__", type(holder).__name__)).rpartition(".")[2]
        path = m.outside.root(label, id(holder), lambda: holder)
    return external(m, value, path.attr(name), free=True)


def own_attribute(m: Machine, owner: Ref, name: str, is_slot: bool = False) -> Value | None:
    """What the instance itself has: set by the program, or before the call."""
    cell = m.cell(owner.cell, InstanceCell)
    for field, value in cell.fields:
        if field == name:
            text = f"{cell.cls.__name__!r} object has no attribute {name!r}"
            value = present(m, value, AttributeError(text))
            check_stored(m, owner, name, value)
            return looked_up(m, value) if cell.home is not None else value
    if cell.has_outside(name) or (is_slot and cell.origin is not None and hasattr(cell.origin, name)):
        assert cell.path is not None
        value = external(m, getattr(cell.origin, name), cell.path.attr(name), cell.free)
        cell = m.cell(owner.cell, InstanceCell)
        m.heap[owner.cell] = replace(cell, fields=(*cell.fields, (name, value)))
        return value
    return None


def set_field(m: Machine, owner: Ref, name: str, value: Value) -> None:
    """Set what the instance itself has."""
    cell = m.cell(owner.cell, InstanceCell)
    if cell.home is not None:
        set_part(m, cell, name, value)
        return
    m.change(owner.cell, replace(cell.with_field(name, value), unsure=cell.unsure - {name}))


def _cached(m: Machine, owner: Ref, name: str, found: functools.cached_property[Any]) -> Value:
    """What the instance has kept of an earlier call, or the function gives."""
    name = found.attrname or name
    kept = own_attribute(m, owner, name)
    if kept is None:
        kept = m.call(Static(found.func), (owner,))
        cell = m.cell(owner.cell, InstanceCell)
        if cell.outlives:  # whether an object of the world outside keeps it, nobody can tell
            m.heap[owner.cell] = replace(cell, fields=(*cell.fields, (name, kept)))
        else:
            set_field(m, owner, name, kept)
    return kept


def set_by_descriptor(m: Machine, owner: Ref, cls: type, name: str, value: Value) -> bool:
    """Whether a property or another descriptor of the class has taken a value that is set on an instance."""
    holder, found = in_classes(cls.__mro__, name)
    if holder is None or isinstance(found, types.MemberDescriptorType) or not is_data(found):
        return False
    if isinstance(found, property):
        if found.fset is None:
            m.raises(AttributeError(f"property {name!r} of {cls.__name__!r} object has no setter"))
        m.call(Static(found.fset), (owner, value))
        return True
    if isinstance(found, types.GetSetDescriptorType):
        m.refuse(f"the attribute {name!r} of an instance is set")
    setter = inspect.getattr_static(type(found), "__set__", None)
    if not is_function(setter):
        m.refuse(
            f"the attribute {name!r} of {cls.__name__} is set through a {type(found).__name__}, which isn't Python"
        )
    m.call(Static(setter), (class_value(m, holder, name, found), owner, value))
    return True


__all__ = [
    "IN_C",
    "MISSING",
    "DispatchedMethod",
    "bound",
    "class_of",
    "class_value",
    "in_classes",
    "is_data",
    "own_attribute",
    "set_by_descriptor",
    "set_field",
]
