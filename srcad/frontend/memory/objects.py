"""Attributes: of arrays, modules, instances, tuples with names, and of objects that aren't known."""

from __future__ import annotations

import dataclasses
import operator
import sys
import types
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np

from srcad.frontend.core.cells import Cell, DictCell, GrownCell, InstanceCell
from srcad.frontend.core.externals import INDEXERS, add_input, external
from srcad.frontend.core.guards import StructureGuard
from srcad.frontend.core.known import NeedsKept, NeedsOwn
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.sharing import sharers
from srcad.frontend.core.source import DEFINITIONS
from srcad.frontend.core.values import (
    NONE,
    ArrayRef,
    Bound,
    Func,
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
from srcad.frontend.memory.boxes import held
from srcad.frontend.memory.foreign import refuse_foreign_write
from srcad.frontend.memory.inherited import container_in
from srcad.frontend.memory.lookup import (
    IN_C,
    MISSING,
    bound,
    class_of,
    class_value,
    in_classes,
    is_data,
    own_attribute,
    set_by_descriptor,
    set_field,
)
from srcad.frontend.memory.parts import flat, set_array_attribute
from srcad.frontend.memory.presence import present
from srcad.frontend.memory.raised import keep_state, kept_state
from srcad.frontend.memory.stand_ins import raise_what_setting_does
from srcad.ops.catalogue import ATTRIBUTES, METHODS, CallError
from srcad.trace.nodes import Atom, Path, Var
from srcad.trace.types import OPAQUE

# special methods of arrays that are operators
OPERATORS = {
    f"__{name}__": getattr(operator, f"__{name}__")
    for name in (
        *("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "neg", "pos", "getitem"),
        *("and", "or", "xor", "lt", "le", "gt", "ge", "eq", "ne"),
    )
}
PLAIN = (int, float, complex, str, type(None), types.ModuleType, *INDEXERS)
TUPLE_METHODS = ("_replace", "_asdict", "count", "index")
IN_PLACE = ("fill", "sort", "put", "itemset", "setflags", "partition", "resize", "byteswap", "view")
STANDARD = sys.stdlib_module_names | {"numpy", "scipy"}


OF_CONTAINERS: dict[str, Callable[[Cell], Value]] = {  # what a deque and a defaultdict have besides methods
    "maxlen": lambda cell: Static(getattr(cell, "most", None)),
    "default_factory": lambda cell: getattr(cell, "factory", None) or NONE,
}


def get_attribute(m: Machine, owner: Value, name: str) -> Value:
    """owner.name."""
    match owner:
        case ArrayRef() | Num():
            return _of_array(m, owner, name)
        case Static():
            return _of_static(m, owner, name)
        case Ref():
            cell = m.heap[owner.cell]
            if isinstance(cell, InstanceCell):
                return _of_instance(m, owner, cell, name)
            if isinstance(cell, GrownCell) and cell.is_tuple and not hasattr(tuple, name):
                m.raises(AttributeError(f"'tuple' object has no attribute {name!r}"))
            return OF_CONTAINERS[name](cell) if name in OF_CONTAINERS else Method(name, owner)
        case Tup():
            return _of_tuple(m, owner, name)
        case Obj():
            return Obj(m.emit("attribute", owner.var, name=name))
        case Slice() | Range() if name in ("start", "stop", "step"):
            part: Value = getattr(owner, name)
            return part
        case Iter() if owner.kind == "super":
            return _of_super(m, owner, name)
        case Func(own=int(own)) if name in m.cell(own, InstanceCell).entries() or not hasattr(types.FunctionType, name):
            return _of_function(m, own, name)
        case Func() | Bound() if name == "__name__":
            return Static(owner.code.name if isinstance(owner, Func) else "bound")
    m.refuse(f"the attribute {name!r} of {owner.describe()} isn't supported")


def _of_function(m: Machine, own: int, name: str) -> Value:
    """An attribute that the program has set of a function of its own."""
    error = AttributeError(f"'function' object has no attribute {name!r}")
    value = m.cell(own, InstanceCell).entries().get(name)
    if value is None:
        m.raises(error)
    return present(m, value, error)


def _of_array(m: Machine, owner: ArrayRef | Num, name: str) -> Value:
    if isinstance(owner, ArrayRef) and is_list(m, owner):
        return Method(name, owner)
    if name in METHODS or name in IN_PLACE:
        return Method(name, owner)
    if name == "flat":
        return flat(owner) if isinstance(owner, ArrayRef) else m.call(Method("ravel", owner), ())
    if name in OPERATORS:
        return Bound(Static(OPERATORS[name]), (owner,))
    lowering = ATTRIBUTES.get(name)
    if lowering is None:
        kind = float if isinstance(owner, Num) else np.ndarray
        if not hasattr(kind, name) and not hasattr(np.float64, name):
            m.raises(AttributeError(f"'{kind.__name__}' object has no attribute {name!r}"))
        m.refuse(f"the attribute {name!r} of an array isn't supported yet")
    atom = to_python(m, owner)
    start = len(m.builder.equations)
    try:
        result = lowering(m.builder, atom)
    except CallError as error:
        m.raises(error)
    m.note(start)
    sources = {atom: owner} if isinstance(owner, ArrayRef) and isinstance(atom, Var) else {}
    return result_value(m, result, sources, None)


def _of_static(m: Machine, owner: Static, name: str) -> Value:
    obj = owner.value
    if isinstance(obj, (str, bytes, int, float, set, frozenset, tuple, dict)) and callable(getattr(obj, name, None)):
        return Method(name, owner)
    try:
        value = getattr(obj, name)
    except AttributeError as error:
        m.raises(error)
    settled = standard(obj) or type(obj).__module__.startswith(DEFINITIONS)
    if settled and (isinstance(value, PLAIN) or callable(value)):
        return Static(value)
    return class_value(m, obj, name, value)


def standard(obj: object) -> bool:
    """Of the standard library, NumPy or SciPy: its constants stay as they are.

    A function is if it says so, and was written there: `functools.wraps(np.sin)` gives a function NumPy's `__module__`.
    """
    module = obj.__name__ if isinstance(obj, types.ModuleType) else getattr(obj, "__module__", None) or ""
    written = obj.__globals__.get("__name__") if isinstance(obj, types.FunctionType) else None
    return all(str(name).partition(".")[0] in STANDARD for name in (module, written or module))


def _of_tuple(m: Machine, owner: Tup, name: str) -> Value:
    fields: tuple[str, ...] = getattr(owner.cls, "_fields", getattr(owner.cls, "__match_args__", ()))
    if name in fields:
        return owner.items[fields.index(name)]
    if owner.cls is None or name in TUPLE_METHODS:
        return Method(name, owner)
    holder, found = in_classes(owner.cls.__mro__, name)
    if holder is None:
        m.raises(AttributeError(f"{owner.cls.__name__!r} object has no attribute {name!r}"))
    return bound(m, owner, owner.cls, holder, name, found)


# ---- instances


def _of_instance(m: Machine, owner: Ref, cell: InstanceCell, name: str) -> Value:
    holder, reader = in_classes(cell.cls.__mro__, "__getattribute__")
    if holder is not None and not isinstance(reader, IN_C):
        return m.call(bound(m, owner, cell.cls, holder, "__getattribute__", reader), (Static(name),))
    return plain_attribute(m, owner, name)


def plain_attribute(m: Machine, owner: Ref, name: str) -> Value:
    """owner.name, as `object` looks it up; then by `__getattr__`."""
    cell = m.cell(owner.cell, InstanceCell)
    holder, found = in_classes(cell.cls.__mro__, name)
    is_slot = isinstance(found, types.MemberDescriptorType)
    if name == "__class__":
        return Static(cell.cls)
    if name == "__dict__":
        return attributes(m, owner)
    content = container_in(m, owner)
    kept_in_c = isinstance(found, (types.MemberDescriptorType, types.GetSetDescriptorType))
    if content is not None and kept_in_c and name in OF_CONTAINERS:
        return get_attribute(m, content, name)
    kept = kept_state(m, owner, name, holder)
    if kept is not None:
        return kept
    if isinstance(found, property) and holder is not None and standard(holder) and cell.path is not None:
        return external(m, getattr(cell.origin, name), cell.path.attr(name), cell.free)
    if holder is not None and is_data(found) and not is_slot:
        return bound(m, owner, cell.cls, holder, name, found)
    own = own_attribute(m, owner, name, is_slot)
    if own is not None:
        return own
    if cell.path is not None and not is_slot and isinstance(getattr(cell.origin, "__dict__", None), dict):
        # that of the class is meant, until the object has one of its own
        m.outside.guard(StructureGuard(cell.path.attr("__dict__").item(name), "absent"))
    if holder is None or is_slot:
        return _missing_attribute(m, owner, cell, name)
    if cell.origin is not None and isinstance(found, types.MethodDescriptorType):
        return Obj(m.emit("attribute", object_atom(m, owner), name=name))
    return bound(m, owner, cell.cls, holder, name, found)


def _missing_attribute(m: Machine, owner: Ref, cell: InstanceCell, name: str) -> Value:
    holder, found = in_classes(cell.cls.__mro__, "__getattr__")
    if holder is not None:
        return m.call(bound(m, owner, cell.cls, holder, "__getattr__", found), (Static(name),))
    if cell.cls.__module__.startswith(DEFINITIONS):
        m.refuse(f"the attribute {name!r} of {cell.cls.__name__} isn't supported yet")
    m.raises(AttributeError(f"{cell.cls.__name__!r} object has no attribute {name!r}"))


def attributes(m: Machine, owner: Ref) -> Value:
    """owner.__dict__: a dict through which the attributes are seen and set."""
    cell = m.cell(owner.cell, InstanceCell)
    for name in getattr(cell.origin, "__dict__", {}):
        own_attribute(m, owner, name)
    cell = m.cell(owner.cell, InstanceCell)
    if cell.unsure:
        m.refuse("the attributes of an object are asked for, and which it has depends on the run")
    if cell.home is not None:
        m.refuse("the __dict__ of an object in a list that has grown in a loop", do="ask for its attributes by name.")
    fields = tuple(f for f in cell.fields if not f[0].startswith("$"))  # what Python keeps of it is no attribute
    return Ref(m.allocate(DictCell(fields, attributes_of=owner.cell)))


def _of_super(m: Machine, owner: Iter, name: str) -> Value:
    """super().name: of the classes behind the present one, in the order of the object's."""
    present, first = owner.parts
    kind = class_of(m, first)
    cls = first.value if kind is None and isinstance(first, Static) and isinstance(first.value, type) else None
    if cls is not None and isinstance(present, Static):
        kind = cls if issubclass(cls, present.value) else type(cls)
    if kind is None or not isinstance(present, Static) or present.value not in kind.__mro__:
        m.refuse(f"super() of {first.describe()}")
    order = kind.__mro__
    holder, found = in_classes(order[order.index(present.value) + 1 :], name)
    if holder is None:
        m.raises(AttributeError(f"'super' object has no attribute {name!r}"))
    if cls is not None and kind is cls:
        return _of_super_class(m, kind, holder, name, found)
    return bound(m, first, kind, holder, name, found)


def _of_super_class(m: Machine, kind: type, holder: type, name: str, found: object) -> Value:
    """super().name in a class method, whose object is the class, or in __new__."""
    match found:
        case staticmethod() | types.FunctionType():
            return Static(getattr(found, "__func__", found))
        case classmethod():
            return Bound(Static(found.__func__), (Static(kind),))
        case types.BuiltinFunctionType():  # object.__new__
            return Static(found)
    if hasattr(type(found), "__get__") and not isinstance(found, type):
        m.refuse(f"the attribute {name!r} of super() is asked for in a class method")
    return class_value(m, holder, name, found)


def set_attribute(m: Machine, owner: Value, name: str, value: Value) -> None:
    """owner.name = value."""
    match owner:
        case Ref() if isinstance(m.heap[owner.cell], InstanceCell):
            _set_on_instance(m, owner, name, value)
            return
        case Func(own=int(own)):
            set_field(m, Ref(own), name, value)
            return
        case Func(own=None):
            raise NeedsOwn(owner.code.node)
        case ArrayRef() if not is_list(m, owner):
            set_array_attribute(m, owner, name, value)
            return
        case Num():
            raise_what_setting_does(m, owner, name)
            m.refuse(f"the attribute {name!r} of a number is set", do="make another number of it.", unsettled=True)
    refuse_outside(m, value, f"the attribute {name!r} of {owner.describe()}")
    if isinstance(owner, Obj):
        refuse_foreign_write(m, owner.var)
    m.effect("set_attribute", to_atom(m, owner), to_atom(m, value), name=name)


def _set_on_instance(m: Machine, owner: Ref, name: str, value: Value) -> None:
    cls = m.cell(owner.cell, InstanceCell).cls
    holder, setter = in_classes(cls.__mro__, "__setattr__")
    if getattr(getattr(cls, "__dataclass_params__", None), "frozen", False):
        m.raises(dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}"))
    own = holder in cls.__mro__[: cls.__mro__.index(object)] and not standard(holder)
    if holder is not None and (own or not isinstance(setter, IN_C)):
        m.call(bound(m, owner, cls, holder, "__setattr__", setter), (Static(name), value))
        return
    set_plainly(m, owner, name, value)


def set_plainly(m: Machine, owner: Ref, name: str, value: Value) -> None:
    """owner.name = value, as `object` does it: by a descriptor of the class, or in the instance itself."""
    cell = m.cell(owner.cell, InstanceCell)
    if keep_state(m, owner, name, value) or set_by_descriptor(m, owner, cell.cls, name, value):
        return
    if cell.outlives:
        set_outside(m, owner, name, value)
        return
    set_field(m, owner, name, value)
    if cell.home is None:
        m.heap[owner.cell] = replace(m.cell(owner.cell, InstanceCell), changed=True)


def set_outside(m: Machine, owner: Ref, name: str, value: Value) -> None:
    """Set an attribute of an object that outlives the call: it gets what the program puts there, a plain number."""
    cell = m.cell(owner.cell, InstanceCell)
    m.effect("set_attribute", object_atom(m, owner), to_atom(m, value), name=name)
    hand_out(m, (value,))
    if m.depends(value):
        m.outside.stored[owner.cell, name] = m.builder.span
    m.change(owner.cell, replace(cell.with_field(name, value), unsure=cell.unsure - {name}), outside=True)


def hand_out(m: Machine, values: Iterable[Value]) -> None:
    """Note that others hold the arrays and containers among these values from now on."""
    arrays, lists = held(m, values)
    m.lent |= lists.union(*(sharers(m.heap, k) for k in arrays))


KEPT = (deque, set)  # which nobody takes apart in any case


def kept_path(m: Machine, owner: Atom) -> Path | None:
    """Where a list or dict of the world outside was met that the program changes; None for another object."""
    path = next((path for path, entry in m.outside.inputs.items() if entry.var is owner), None)
    if path is None or not (path in m.known.kept or isinstance(m.outside.objects.get(path), KEPT)):
        return None
    return path


def put_into_kept(m: Machine, path: Path, values: Iterable[Value]) -> None:
    """What goes into a list or dict of the world outside: where it is active, that isn't read any more."""
    values = tuple(values)
    if path not in m.known.filled and any(m.depends(value) for value in values):
        raise NeedsKept(path, active=True)
    hand_out(m, values)


def delete_attribute(m: Machine, owner: Value, name: str) -> None:
    """del owner.name."""
    cell = m.content(owner)
    if not isinstance(owner, Ref) or not isinstance(cell, InstanceCell) or cell.outlives:
        m.refuse(f"the attribute {name!r} of {owner.describe()} is deleted", do="leave it where it is.")
    holder, found = in_classes(cell.cls.__mro__, name)
    if isinstance(found, property) and found.fdel is not None:
        m.call(Static(found.fdel), (owner,))
        return
    if not isinstance(in_classes(cell.cls.__mro__, "__delattr__")[1], IN_C) or (holder is not None and is_data(found)):
        m.refuse(f"the attribute {name!r} of {owner.describe()} is deleted", do="leave it where it is.")
    if own_attribute(m, owner, name) is None:
        m.raises(AttributeError(f"{cell.cls.__name__!r} object has no attribute {name!r}"))
    if cell.origin is not None:
        m.refuse(f"the attribute {name!r} of an object from outside of the function is deleted")
    m.change(owner.cell, replace(cell, fields=tuple(f for f in cell.fields if f[0] != name)))


def object_atom(m: Machine, owner: Ref) -> Var:
    """The instance itself, as an input of the trace."""
    cell = m.heap[owner.cell]
    if not isinstance(cell, InstanceCell) or cell.path is None or cell.changed:
        m.refuse(
            "an instance that was made or changed in the function goes where srcad doesn't follow it",
            why="it is taken apart in the derivative, and no object of its class is there to be handed on.",
            do="hand on the numbers and arrays in it.",
        )
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
    refuse_foreign_write(m, owner.var)
    path = kept_path(m, owner.var)
    if path is None:
        refuse_outside(m, value, "an item of an object that srcad doesn't know")
    else:
        put_into_kept(m, path, (value,))
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
    "bitwise_and": "and",
    "bitwise_or": "or",
    "bitwise_xor": "xor",
    "left_shift": "lshift",
    "right_shift": "rshift",
}


def operator_method(m: Machine, op: str, left: Value, right: Value) -> Value | None:
    """`a + b` where a or b is an instance of a class with __add__ or __radd__.

    As in Python, the class of b goes first if it is made from that of a, and a method may leave it to the other one.
    """
    word = SPECIAL[op]
    ways = [(left, f"__{word}__", right), (right, f"__r{word}__", left)]
    a, b = class_of(m, left), class_of(m, right)
    if a is not None and b is not None and a is not b and issubclass(b, a):
        ways.reverse()
    for owner, name, other in ways:
        if isinstance(other, ArrayRef) and owner is right and special_method(m, owner, name) is not None:
            _check_array_operand(m, owner)
        made = call_if_special(m, owner, name, other)
        if made is not None and made != Static(NotImplemented):
            return made
    return None


def _check_array_operand(m: Machine, owner: Value) -> None:
    """`array + instance` is left to the instance if its class says so; else NumPy goes through the elements."""
    cls = class_of(m, owner)
    if getattr(cls, "__array_ufunc__", MISSING) is None or getattr(cls, "__array_priority__", 0.0) > 0:
        return
    m.refuse(
        "an array stands on the left of an operator, and an instance of a class on the right",
        why="NumPy makes an array of objects of it, with one operation for each element.",
        do="put the instance on the left, or set __array_ufunc__ = None in its class.",
    )


def special_method(m: Machine, owner: Value, name: str) -> Value | None:
    """A special method that the class of an instance has in Python; None for other values and classes."""
    cls = class_of(m, owner)
    holder, found = (None, None) if cls is None else in_classes(cls.__mro__, name)
    in_c = isinstance(found, IN_C) and (container_in(m, owner) is None or holder is object)
    if cls is None or holder is None or found is None or in_c:
        return None
    if isinstance(owner, Tup) and not isinstance(found, types.FunctionType):
        return None
    return bound(m, owner, cls, holder, name, found)


def call_if_special(m: Machine, owner: Value, name: str, *args: Value) -> Value | None:
    """owner.name(*args), if the class of an instance has it."""
    method = special_method(m, owner, name)
    return None if method is None else m.call(method, args)


def in_place_method(m: Machine, op: str, owner: Value, value: Value) -> Value | None:
    """`owner += value` for an instance."""
    made = call_if_special(m, owner, f"__i{SPECIAL.get(op, '')}__", value)
    return None if made == Static(NotImplemented) else made


def unary_method(m: Machine, op: str, value: Value) -> Value | None:
    word = {"negative": "__neg__", "positive": "__pos__", "invert": "__invert__"}.get(op, "")
    return call_if_special(m, value, word)
