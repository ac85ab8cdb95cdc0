"""The built-in functions that ask what a value is, and that copy it."""

from __future__ import annotations

import copy
import dataclasses
import typing
from collections.abc import Callable, Hashable
from types import GeneratorType, ModuleType
from typing import Any, cast

import numpy as np

from srcad.frontend.containers.containers import copied
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.core.cells import Cell, DictCell, GrownCell, InstanceCell, ListCell
from srcad.frontend.core.guards import StructureGuard
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments
from srcad.frontend.core.source import DEFINITIONS
from srcad.frontend.core.suspended import GeneratorCell
from srcad.frontend.core.values import (
    FALSE,
    NONE,
    ArrayRef,
    Bound,
    Choice,
    Func,
    Iter,
    Method,
    Num,
    Obj,
    Range,
    Ref,
    Static,
    Tup,
    Value,
)
from srcad.frontend.core.walk import known_values
from srcad.frontend.library.lowered import lower
from srcad.frontend.library.opaque import as_it_stands
from srcad.frontend.memory import objects
from srcad.frontend.memory.arrays import is_list, load, to_atom, to_number
from srcad.frontend.memory.branches import branch, distribute, settled
from srcad.frontend.memory.elements import detached
from srcad.frontend.memory.inherited import CONTENT, container_in
from srcad.frontend.memory.lookup import own_attribute
from srcad.frontend.memory.nested import listed
from srcad.frontend.memory.number_kinds import (
    classes_beside,
    count_on_kinds,
    kind_of_number,
    kinds_of_number,
    refuse_kinds,
)
from srcad.frontend.memory.presence import has_key
from srcad.frontend.memory.tables import is_set, is_table
from srcad.trace.fields import attributes_of
from srcad.trace.nodes import Var
from srcad.trace.types import Array, Scalar, Type, Unknown


def python_types(m: Machine, value: Value) -> tuple[type, ...] | None:
    """The Python types that a value may be of; None if it isn't known."""
    match value:
        case Static(value=known):
            return (type(known),)
        case Tup():
            return (value.cls or tuple,)
        case ArrayRef():
            known = not isinstance(load(m, value).type, Unknown)
            return (list if is_list(m, value) else np.ndarray,) if known else None
        case Ref():
            return (_container_type(m.heap[value.cell]),)
        case Num(var=Var(type=Scalar())):
            return tuple(kinds_of_number(m, value.var) or ())
        case Func() | Bound() | Method():
            return (type(lambda: None),)
        case Range():
            return (range,)
    return None


def _container_type(cell: Cell) -> type:
    match cell:
        case DictCell():
            return cell.cls or dict
        case GeneratorCell():
            return GeneratorType
        case InstanceCell():
            return dict if is_table(cell) else set if is_set(cell) else cell.cls
        case GrownCell(is_tuple=True):
            return tuple
    return list


def _vars(m: Machine, owner: Value) -> Value:
    """vars(x); without an argument it is refused elsewhere."""
    return objects.get_attribute(m, owner, "__dict__")


def _isinstance(m: Machine, value: Value, kinds: Value) -> Value:
    wanted = (
        kinds.value
        if isinstance(kinds, Static)
        else tuple(k.value for k in known_items(m, kinds, "classes") if isinstance(k, Static))
    )
    known = python_types(m, value)
    if known is not None:
        return Static(_is_one_of(m, value, known, wanted))
    if isinstance(value, Choice):
        chosen = value
        return branch(
            m,
            value.condition,
            lambda: _isinstance(m, chosen.then, kinds),
            lambda: _isinstance(m, chosen.otherwise, kinds),
        )
    return Num(m.emit("is_instance", to_atom(m, value), to_atom(m, Static(wanted))))


def _issubclass(m: Machine, cls: Value, kinds: Value) -> Value:
    known = known_values((cls, kinds))
    if known is None:
        return as_it_stands(m, Static(issubclass), "issubclass", Arguments((cls, kinds), {}))
    one, wanted = cast("list[Any]", known)
    try:
        return Static(issubclass(one, wanted))
    except TypeError as error:
        m.raises(error)


def _is_one_of(m: Machine, value: Value, known: tuple[type, ...], wanted: Any) -> bool:
    """Whether a value is of one of the classes; of a number this is counted on, unless all numbers would be."""
    if not isinstance(value, Num):
        return _is_one(m, known[0], wanted)
    answer, *others = {_is_one(m, cls, wanted) for cls in known}
    if others:
        refuse_kinds(m, "isinstance")
    if any(_is_one(m, cls, wanted) != answer for cls in classes_beside(known)):
        count_on_kinds(m, value.var, "isinstance")
    return answer


def _is_one(m: Machine, cls: type, wanted: Any) -> bool:
    """Whether instances of a class are of one of these; the class of a definition stands for one of SciPy's."""
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    of_scipy = [k for k in kinds if isinstance(k, type) and k.__module__.startswith("scipy.")]
    if issubclass(cls, wanted) or not cls.__module__.startswith(DEFINITIONS) or not of_scipy:
        return issubclass(cls, wanted)
    if any(base.__name__ == kind.__name__ for base in cls.__mro__ for kind in of_scipy):
        return True
    m.refuse(f"whether an object of SciPy is a {of_scipy[0].__name__} isn't known before the run")


def _type(m: Machine, value: Value) -> Value:
    value = settled(m, value)
    if isinstance(value, Choice):
        return distribute(m, value, lambda one: _type(m, one))
    known = python_types(m, value)
    if known is not None and known[0].__module__.startswith(DEFINITIONS):
        m.refuse("the type of an object of SciPy is asked for", do="use isinstance.")
    if known is None:
        m.refuse("the type of a value that is known at run time only is asked for", do="use isinstance.")
    return Static(kind_of_number(m, value.var, "the type") if isinstance(value, Num) else known[0])


def _callable(_m: Machine, value: Value) -> Value:
    if isinstance(value, Static):
        return Static(callable(value.value))
    return Static(isinstance(value, (Func, Bound, Method)))


def _name(m: Machine, name: Value) -> str:
    if not isinstance(name, Static):
        m.refuse("the name of an attribute isn't known before the run")
    return str(name.value)


def _getattr(m: Machine, owner: Value, name: Value, default: Value | None = None) -> Value:
    if default is not None and _hasattr(m, owner, name) == FALSE:
        return default
    return objects.get_attribute(m, owner, _name(m, name))


def _setattr(m: Machine, owner: Value, name: Value, value: Value) -> Value:
    objects.set_attribute(m, owner, _name(m, name), value)
    return NONE


def _hasattr(m: Machine, owner: Value, name: Value) -> Value:
    word = _name(m, name)
    if isinstance(owner, Ref):
        cell = m.heap[owner.cell]
        if isinstance(cell, InstanceCell):
            if word in cell.unsure and not hasattr(cell.cls, word):
                return has_key(m, cell, word)
            has = word in dict(cell.fields) or hasattr(cell.cls, word) or hasattr(cell.origin, word)
            if not has and cell.path is not None:
                m.outside.guard(StructureGuard(cell.path.attr(word), "absent"))
            if cell.cls.__module__.startswith(DEFINITIONS) and not has:
                m.refuse(f"whether an object of SciPy has the attribute {word!r} isn't known before the run")
            return Static(has)
    known = (zip,) if isinstance(owner, Iter) else python_types(m, owner)
    if isinstance(owner, Static):
        path = m.outside.origins.get(id(owner.value))
        if path is not None and not hasattr(owner.value, word):
            m.outside.guard(StructureGuard(path.attr(word), "absent"))
        return Static(hasattr(owner.value, word))
    if known is None or (isinstance(owner, Num) and isinstance(owner.var.type, Unknown)):
        m.refuse("whether an object has an attribute isn't known before the run")
    return Static(hasattr(known[0], word))


def _copy(m: Machine, value: Value) -> Value:
    value = listed(m, value)
    if isinstance(value, ArrayRef):
        return lower(m, np.copy, (value,), {})
    own = objects.call_if_special(m, value, "__copy__")
    if own is not None:
        return own
    return _shallow(m, value) if isinstance(value, Ref) else value


def _shallow(m: Machine, value: Ref) -> Value:
    """A copy; the container in an instance of a class that is made from list or dict is copied as well."""
    made, content = copied(m, value), container_in(m, value)
    cell = m.content(made)
    if content is not None and isinstance(made, Ref) and isinstance(cell, InstanceCell):
        m.heap[made.cell] = cell.with_field(CONTENT, copied(m, content))
    return made


def _deepcopy(m: Machine, value: Value) -> Value:
    return _deep(m, value, {})


def _deep(m: Machine, value: Value, known: dict[Value, Value]) -> Value:
    """`known`: what has been copied already; an object that is there twice is copied once."""
    match value:
        case Tup():
            return value.rebuild([_deep(m, item, known) for item in value.items])
        case ArrayRef(path=path) if path and value in known:
            m.refuse(
                "a view that is there twice is copied by deepcopy",
                why="whether it is one object, or two that look alike, isn't known.",
                do="copy the arrays by x.copy().",
            )
        case ArrayRef() | Ref():
            if value not in known:
                one = listed(m, value)
                known[value] = _deep_ref(m, one, known) if isinstance(one, Ref) else _copy(m, one)
            return known[value]
        case Obj():
            return as_it_stands(m, Static(copy.deepcopy), "copy.deepcopy", Arguments((value,), {}))
    return value


def _deep_ref(m: Machine, value: Ref, known: dict[Value, Value]) -> Value:
    own = objects.call_if_special(m, value, "__deepcopy__", Ref(m.allocate(DictCell(()))))
    if own is not None:
        return own
    cell = m.heap[value.cell]
    if isinstance(cell, InstanceCell) and _copied_by_attributes(cell.cls):
        for name in attributes_of(cell.origin):  # what is read of it later would be the original's
            own_attribute(m, value, name, is_slot=True)
    cell = detached(m, value) or m.heap[value.cell]
    made = known[value] = Ref(m.allocate(ListCell(())))
    m.heap[made.cell] = cell.rebuild([_deep(m, item, known) for item in cell.children()]).copied()
    return made


def _copied_by_attributes(cls: Any) -> bool:
    """Whether instances are copied by copying what they have, as Python does unless the class says otherwise."""
    plain: Any = object
    return cls.__reduce_ex__ is plain.__reduce_ex__ and cls.__reduce__ is plain.__reduce__


def _replace(m: Machine, owner: Value, **named: Value) -> Value:
    """dataclasses.replace."""
    if not isinstance(owner, Ref) or not isinstance(m.heap[owner.cell], InstanceCell):
        m.refuse("dataclasses.replace of something that is no dataclass")
    cls = python_types(m, owner)
    names = [f.name for f in dataclasses.fields(cls[0]) if f.init] if cls else []
    kept = {name: objects.get_attribute(m, owner, name) for name in names if name not in named}
    return m.call(Static(cls[0] if cls else None), (), {**kept, **named})


def _replace_any(m: Machine, owner: Value, **named: Value) -> Value:
    """copy.replace: of a named tuple, a dataclass, or what says itself what it is."""
    if isinstance(owner, Tup) and owner.cls is not None:
        return m.call(objects.get_attribute(m, owner, "_replace"), (), named)
    cls = python_types(m, owner)
    if cls and getattr(cls[0], "__replace__", None) is getattr(dataclasses, "_replace", None):
        return _replace(m, owner, **named)
    method = objects.special_method(m, owner, "__replace__")
    if method is None:
        m.refuse("copy.replace of something that has no method __replace__")
    return m.call(method, (), named)


def _asdict(m: Machine, owner: Value) -> Ref:
    cls = python_types(m, owner)
    names = [f.name for f in dataclasses.fields(cls[0])] if cls else []
    return Ref(m.allocate(DictCell(tuple((name, objects.get_attribute(m, owner, name)) for name in names))))


def _astuple(m: Machine, owner: Value) -> Value:
    made = _asdict(m, owner)
    cell = m.cell(made.cell, DictCell)
    return Tup(tuple(value for _, value in cell.items))


def _is_scalar(m: Machine, value: Value) -> Value:
    """np.isscalar."""
    match value:
        case Static():
            return Static(np.isscalar(value.value))
        case Num() if not isinstance(value.var.type, Scalar):
            m.refuse("whether a value is a number isn't known before the run")
    return Static(isinstance(value, Num))


def _is_iterable(_m: Machine, value: Value) -> Value:
    """np.iterable."""
    return Static(np.iterable(value.value) if isinstance(value, Static) else not isinstance(value, (Num, Func)))


def _result_type(m: Machine, *values: Value) -> Value:
    """np.result_type: of Python's numbers, which are weak, the kind alone counts."""
    kinds: list[Any] = []
    for value in values:
        given: Any = value.value if isinstance(value, Static) else to_number(m, value).type
        if isinstance(given, Scalar) and given.python:
            given = {"int64": 0, "float64": 0.0, "complex128": 0j}.get(given.dtype, given.dtype)
        elif isinstance(given, (Scalar, Array)):
            given = given.dtype
        elif isinstance(given, Type):
            m.refuse("np.result_type of a value whose dtype isn't known before the run")
        kinds.append(given)
    return Static(np.result_type(*kinds))


def _dtype(m: Machine, given: Value, *more: Value, **options: Value) -> Value:
    """np.dtype of what is known, which nobody changes."""
    kind: Any = given.value if isinstance(given, Static) else None
    if more or options or not isinstance(kind, (str, type, np.dtype)):
        return as_it_stands(m, Static(np.dtype), "np.dtype", Arguments((given, *more), options))
    try:
        return Static(np.dtype(kind))
    except (TypeError, ValueError) as error:
        m.raises(error)


def _marked(_m: Machine, function: Value) -> Value:
    """What marks a function and leaves it as it is: typing.override."""
    return function


LATE: tuple[tuple[ModuleType, str, Callable[..., Value]], ...] = (
    (copy, "replace", _replace_any),
    (typing, "override", _marked),
)
KINDS: dict[Hashable, Callable[..., Value]] = {
    isinstance: _isinstance,
    issubclass: _issubclass,
    type: _type,
    callable: _callable,
    getattr: _getattr,
    setattr: _setattr,
    hasattr: _hasattr,
    vars: _vars,
    typing.cast: lambda _m, _kind, value: value,
    typing.final: _marked,
    typing.no_type_check: _marked,
    copy.copy: _copy,
    copy.deepcopy: _deepcopy,
    dataclasses.replace: _replace,
    dataclasses.asdict: _asdict,
    dataclasses.astuple: _astuple,
    np.isscalar: _is_scalar,
    np.iterable: _is_iterable,
    np.result_type: _result_type,
    np.dtype: _dtype,
    # which not every Python has
    **{getattr(owner, name): handler for owner, name, handler in LATE if hasattr(owner, name)},
}
