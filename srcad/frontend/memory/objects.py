"""Attributes: of arrays, modules, instances, tuples with names, and of objects that aren't known."""

from __future__ import annotations

import dataclasses
import inspect
import sys
import types
from dataclasses import replace

import numpy as np

from srcad.frontend.core.externals import add_input, external
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import (
    ArrayRef,
    Bound,
    Func,
    InstanceCell,
    Iter,
    Method,
    Num,
    Obj,
    Range,
    Ref,
    Slice,
    Static,
    Tup,
    Value,
)
from srcad.frontend.memory.arrays import is_list, result_value, to_atom, to_python
from srcad.frontend.memory.parts import flat, set_array_attribute
from srcad.ops.catalogue import ATTRIBUTES, METHODS
from srcad.trace.nodes import Path, Var
from srcad.trace.types import OPAQUE

IN_PLACE = ("fill", "sort", "put", "itemset", "setflags", "partition", "resize", "byteswap")
STANDARD = sys.stdlib_module_names | {"numpy", "scipy"}


def get_attribute(m: Machine, owner: Value, name: str) -> Value:
    """owner.name."""
    match owner:
        case ArrayRef() | Num():
            return _of_array(m, owner, name)
        case Static():
            return _of_static(m, owner, name)
        case Ref():
            cell = m.heap[owner.cell]
            return _of_instance(m, owner, cell, name) if isinstance(cell, InstanceCell) else Method(name, owner)
        case Tup():
            return _of_tuple(m, owner, name)
        case Obj():
            return Obj(m.emit("attribute", owner.var, name=name))
        case Slice() | Range() if name in ("start", "stop", "step"):
            part: Value = getattr(owner, name)
            return part
        case Iter() if owner.kind == "super":
            return _of_super(m, owner, name)
        case Func() | Bound() if name == "__name__":
            return Static(owner.code.name if isinstance(owner, Func) else "bound")
    m.refuse(f"the attribute {name!r} of {owner.describe()} isn't supported")


def _of_array(m: Machine, owner: ArrayRef | Num, name: str) -> Value:
    if isinstance(owner, ArrayRef) and is_list(m, owner):
        return Method(name, owner)
    if name in METHODS or name in IN_PLACE:
        return Method(name, owner)
    if name == "flat":
        return flat(owner) if isinstance(owner, ArrayRef) else m.call(Method("ravel", owner), ())
    lowering = ATTRIBUTES.get(name)
    if lowering is None:
        kind = float if isinstance(owner, Num) else np.ndarray
        if not hasattr(kind, name) and not hasattr(np.float64, name):
            m.raises(AttributeError(f"'{kind.__name__}' object has no attribute {name!r}"))
        m.refuse(f"the attribute {name!r} of an array isn't supported yet")
    atom = to_python(m, owner)
    start = len(m.builder.equations)
    result = lowering(m.builder, atom)
    m.note(start)
    sources = {atom: owner} if isinstance(owner, ArrayRef) and isinstance(atom, Var) else {}
    return result_value(m, result, sources, None)


def _of_static(m: Machine, owner: Static, name: str) -> Value:
    obj = owner.value
    if isinstance(obj, (str, bytes, int, float, set, frozenset, tuple, dict)) and callable(getattr(obj, name, None)):
        return Method(name, owner)
    try:
        value = inspect.getattr_static(obj, name) if isinstance(obj, type) else getattr(obj, name)
    except AttributeError as error:
        m.raises(error)
    if isinstance(obj, type):
        value = getattr(obj, name)
    path = m.outside.origins.get(id(obj))
    if path is None or standard(obj):
        return Static(value) if _constant(value) else external(m, value, _detached(m, obj, name), free=True)
    return external(m, value, path.attr(name), free=True)


def _constant(value: object) -> bool:
    return isinstance(value, (int, float, complex, str, type(None), type, types.ModuleType)) or callable(value)


def standard(obj: object) -> bool:
    """Of the standard library, NumPy or SciPy: its constants stay as they are."""
    module = obj.__name__ if isinstance(obj, types.ModuleType) else getattr(obj, "__module__", None) or ""
    return str(module).partition(".")[0] in STANDARD


def _detached(m: Machine, obj: object, name: str) -> Path:
    label = getattr(obj, "__name__", type(obj).__name__).rpartition(".")[2]
    return m.outside.root(label, id(obj), lambda: obj).attr(name)


def _of_tuple(m: Machine, owner: Tup, name: str) -> Value:
    fields: tuple[str, ...] = getattr(owner.cls, "_fields", ())
    if name in fields:
        return owner.items[fields.index(name)]
    known = getattr(owner.cls, name, None) if owner.cls is not None else None
    if isinstance(known, property) and isinstance(known.fget, types.FunctionType):
        return m.call(Static(known.fget), (owner,))
    if isinstance(known, types.FunctionType) and name not in ("_replace", "_asdict"):
        return Bound(Static(known), (owner,))
    if known is not None and not callable(known):
        return Static(known)
    return Method(name, owner)


# ---- instances


def _of_instance(m: Machine, owner: Ref, cell: InstanceCell, name: str) -> Value:
    for field, value in cell.fields:
        if field == name:
            return value
    found = inspect.getattr_static(cell.cls, name, None)
    if isinstance(found, property) and found.fget is not None:
        return m.call(Static(found.fget), (owner,))
    if cell.has_outside(name):
        assert cell.path is not None
        value = external(m, getattr(cell.origin, name), cell.path.attr(name), cell.free)
        m.heap[owner.cell] = replace(cell, fields=(*cell.fields, (name, value)))
        return value
    if name == "__class__":
        return Static(cell.cls)
    if found is None:
        m.raises(AttributeError(f"{cell.cls.__name__!r} object has no attribute {name!r}"))
    return _class_attribute(m, owner, cell, found, name)


def _class_attribute(m: Machine, owner: Ref, cell: InstanceCell, found: object, name: str) -> Value:
    if isinstance(found, types.FunctionType) or getattr(type(found), "__srcad_rules__", False):
        return Bound(Static(found), (owner,))
    if isinstance(found, staticmethod):
        return Static(found.__func__)
    if isinstance(found, classmethod):
        return Bound(Static(found.__func__), (Static(cell.cls),))
    if hasattr(found, "func") and type(found).__name__ == "cached_property":
        value = m.call(Static(found.func), (owner,))
        set_field(m, owner, name, value)
        return value
    if cell.origin is not None and isinstance(found, types.MethodDescriptorType):
        return Obj(m.emit("attribute", object_atom(m, owner), name=name))
    return _of_static(m, Static(cell.cls), name)


def set_field(m: Machine, owner: Ref, name: str, value: Value) -> None:
    cell = m.cell(owner.cell, InstanceCell)
    fields = dict(cell.fields)
    fields[name] = value
    m.change(owner.cell, replace(cell, fields=tuple(fields.items()), unsure=cell.unsure - {name}))


def _of_super(m: Machine, owner: Iter, name: str) -> Value:
    cls, self_value = owner.parts
    assert isinstance(cls, Static) and isinstance(self_value, Ref)
    cell = m.cell(self_value.cell, InstanceCell)
    order = cell.cls.__mro__
    for base in order[order.index(cls.value) + 1 :]:
        if name in vars(base):
            if isinstance(vars(base)[name], types.FunctionType):
                return Bound(Static(vars(base)[name]), (self_value,))
            return Method("nothing", self_value)
    m.refuse(f"no base class has the attribute {name!r}")


def set_attribute(m: Machine, owner: Value, name: str, value: Value) -> None:
    """owner.name = value."""
    match owner:
        case Ref() if isinstance(m.heap[owner.cell], InstanceCell):
            _set_on_instance(m, owner, name, value)
            return
        case ArrayRef() if not is_list(m, owner):
            set_array_attribute(m, owner, name, value)
            return
        case Num():
            m.refuse(f"the attribute {name!r} of a number is set", do="make another number of it.")
    refuse_outside(m, value, f"the attribute {name!r} of {owner.describe()}")
    m.effect("set_attribute", to_atom(m, owner), to_atom(m, value), name=name)


def _set_on_instance(m: Machine, owner: Ref, name: str, value: Value) -> None:
    cell = m.cell(owner.cell, InstanceCell)
    found = inspect.getattr_static(cell.cls, name, None)
    if isinstance(found, property) and found.fset is not None:
        m.call(Static(found.fset), (owner, value))
        return
    if getattr(getattr(cell.cls, "__dataclass_params__", None), "frozen", False):
        m.raises(dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}"))
    if cell.free:
        refuse_outside(m, value, f"the attribute {name!r} of an object that outlives the call")
        m.effect("set_attribute", object_atom(m, owner), to_atom(m, value), name=name)
    set_field(m, owner, name, value)


def delete_attribute(m: Machine, owner: Value, name: str) -> None:
    """del owner.name."""
    cell = m.content(owner)
    if not isinstance(owner, Ref) or not isinstance(cell, InstanceCell) or cell.free:
        m.refuse(f"the attribute {name!r} of {owner.describe()} is deleted", do="leave it where it is.")
    fields = dict(cell.fields)
    if fields.pop(name, None) is None:
        m.raises(AttributeError(f"{cell.cls.__name__!r} object has no attribute {name!r}"))
    m.heap[owner.cell] = replace(cell, fields=tuple(fields.items()))


def object_atom(m: Machine, owner: Ref) -> Var:
    """The instance itself, as an input of the trace."""
    cell = m.heap[owner.cell]
    if not isinstance(cell, InstanceCell) or cell.path is None:
        m.refuse("an instance made in the function is passed to a function that isn't differentiated")
    m.outside.objects[cell.path] = cell.origin
    return add_input(m, cell.path, OPAQUE, cell.free)


def refuse_outside(m: Machine, value: Value, what: str) -> None:
    if m.depends(value):
        m.refuse(
            f"{what} is set to a value that depends on the differentiated arguments",
            why="what is stored outside of the function can be read by anybody; no derivative passes through it.",
            do="return the value instead.",
            never=True,
        )


def set_unknown_item(m: Machine, owner: Obj, key: Value, value: Value) -> None:
    refuse_outside(m, value, "an item of an object that srcad doesn't know")
    m.emit("call", const_method(m, owner, "__setitem__"), to_atom(m, key), to_atom(m, value), keywords=())


def const_method(m: Machine, owner: Obj, name: str) -> Var:
    return m.emit("attribute", owner.var, name=name)


# ---- special methods


def call_special(m: Machine, owner: Ref, name: str, args: tuple[Value, ...]) -> Value:
    return m.call(get_attribute(m, owner, name), args)


def _call(m: Machine, function: Value, args: tuple[Value, ...]) -> Value:
    return m.call(function, args)


SPECIAL = {
    "add": "add",
    "subtract": "sub",
    "multiply": "mul",
    "divide": "truediv",
    "power": "pow",
    "matmul": "matmul",
    "remainder": "mod",
    "floor_divide": "floordiv",
}


def operator_method(m: Machine, op: str, left: Value, right: Value) -> Value | None:
    """`a + b` where a or b is an instance of a class with __add__ or __radd__."""
    word = SPECIAL.get(op)
    for owner, other, prefix in ((left, right, "__"), (right, left, "__r")):
        made = call_if_special(m, owner, f"{prefix}{word}__", other) if word else None
        if made is not None:
            return made
    return None


def special_method(m: Machine, owner: Value, name: str) -> Value | None:
    """A special method that the class of an instance has in Python; None for other values and classes."""
    cell = m.content(owner)
    cls = cell.cls if isinstance(cell, InstanceCell) else owner.cls if isinstance(owner, Tup) else None
    found = inspect.getattr_static(cls, name, None) if cls is not None else None
    return get_attribute(m, owner, name) if isinstance(found, types.FunctionType) else None


def call_if_special(m: Machine, owner: Value, name: str, *args: Value) -> Value | None:
    """owner.name(*args), if the class of an instance has it."""
    method = special_method(m, owner, name)
    return None if method is None else m.call(method, args)


def in_place_method(m: Machine, op: str, owner: Value, value: Value) -> Value | None:
    """`owner += value` for an instance."""
    return call_if_special(m, owner, f"__i{SPECIAL.get(op, '')}__", value)


def unary_method(m: Machine, op: str, value: Value) -> Value | None:
    word = {"negative": "__neg__", "positive": "__pos__", "invert": "__invert__"}.get(op, "")
    return call_if_special(m, value, word)
