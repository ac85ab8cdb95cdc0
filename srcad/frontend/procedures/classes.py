"""Classes: making instances of them, as `type.__call__` does."""

from __future__ import annotations

import argparse
import ast
import collections
import collections.abc
import dataclasses
import enum
import inspect
import statistics
import types
from collections.abc import Callable, Hashable
from types import FunctionType
from typing import Any

from srcad.frontend.containers.comparisons import compare
from srcad.frontend.containers.iteration import known_items
from srcad.frontend.containers.strings import shown_exception, told
from srcad.frontend.core.cells import InstanceCell, ListCell
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.ports import Arguments, Keywords
from srcad.frontend.core.values import NONE, Iter, Obj, Ref, Static, Tup, Value
from srcad.frontend.core.walk import known_values
from srcad.frontend.memory.arrays import to_atom
from srcad.frontend.memory.inherited import CONTENT, container_base
from srcad.frontend.memory.lookup import class_of, in_classes, own_attribute
from srcad.frontend.memory.objects import get_attribute, plain_attribute, set_attribute, set_plainly, standard
from srcad.frontend.memory.raised import is_exception, is_plain, keep_state, new_exception
from srcad.frontend.procedures.functions import default

VIEWS = (collections.abc.KeysView, collections.abc.ValuesView, collections.abc.ItemsView)
READ = (collections.UserDict, collections.UserList, collections.ChainMap, statistics.NormalDist, *VIEWS)  # in Python
PLAIN = (types.SimpleNamespace, argparse.Namespace)


def construct(m: Machine, cls: type, args: tuple[Value, ...], keywords: Keywords) -> Value | None:
    """A call of a user's class; None for a class that isn't one."""
    if hasattr(cls, "_fields") and issubclass(cls, tuple):
        return m.call(Static(cls.__new__), (Static(cls), *args), keywords)
    if cls in PLAIN:
        return Ref(m.allocate(InstanceCell(cls, tuple(keywords.items()))))
    if issubclass(cls, enum.Enum) and not keywords:
        return _member(m, cls, args)
    if issubclass(cls, BaseException):
        return _exception(m, cls, args, keywords)
    if cls.__module__ == "builtins" or (standard(cls) and cls not in READ):
        return None
    base = container_base(cls)
    if base is not None:
        return _container(m, cls, base, args, keywords)
    if issubclass(cls, tuple) and "__new__" not in _in_python(cls) and "__init__" not in _in_python(cls):
        return Tup(known_items(m, args[0], "the items of a tuple") if args else (), cls)
    by_metaclass = inspect.getattr_static(type(cls), "__call__", None)
    if isinstance(by_metaclass, FunctionType):
        return m.call(Static(by_metaclass), (Static(cls), *args), keywords)
    return instantiated(m, cls, args, keywords)


def _member(m: Machine, cls: Any, args: tuple[Value, ...]) -> Value | None:
    """The member of an enumeration that has a value."""
    known = known_values(args)
    if known is None:
        m.refuse(
            f"a member of {cls.__name__} is looked up by a value that is known at run time only",
            do="compare the value with those of the members.",
        )
    try:
        return Static(cls(*known))
    except ValueError as error:
        m.raises(error)


def instantiated(m: Machine, cls: type, args: tuple[Value, ...], keywords: Keywords) -> Value | None:
    """What `type.__call__` does: an object by __new__, which __init__ fills. None for a class with a base in C."""
    new = inspect.getattr_static(cls, "__new__", None)
    function = new.__func__ if isinstance(new, staticmethod) else new
    if isinstance(function, FunctionType) and not _of_typing(function):
        owner = m.call(Static(function), (Static(cls), *args), keywords)
        cell = m.content(owner)
        if not isinstance(cell, InstanceCell) or not issubclass(cell.cls, cls):
            return owner
        assert isinstance(owner, Ref)
    elif in_python(cls):
        owner = Ref(m.allocate(InstanceCell(cls)))
    else:
        return None
    return owner if _initialise(m, owner, cls, args, keywords) else None


def _in_python(cls: type) -> set[str]:
    """What the classes that an object is of have in Python."""
    return {name for base in cls.__mro__ for name, found in vars(base).items() if not isinstance(found, NATIVE)}


NATIVE = (types.BuiltinFunctionType, types.WrapperDescriptorType, types.MethodDescriptorType)


def _container(m: Machine, cls: type, base: type, args: tuple[Value, ...], keywords: Keywords) -> Value | None:
    """An instance of a class that is made from list or dict: with a container in it, which __init__ fills."""
    if "__new__" in _in_python(cls):
        return None
    owner = Ref(m.allocate(InstanceCell(cls, ((CONTENT, m.call(Static(base), ())),), changed=True)))
    _, init = in_classes(cls.__mro__, "__init__")
    m.call(Static(init), (owner, *args), keywords)
    return owner


def _exception(m: Machine, cls: type, args: tuple[Value, ...], keywords: Keywords) -> Value | None:
    """An exception; None for one with more to it than attributes and arguments."""
    _, init = in_classes(cls.__mro__, "__init__")
    in_python = isinstance(init, FunctionType)
    if not is_plain(cls) or (keywords and not in_python):
        return None
    owner = new_exception(m, cls, args, keywords)
    if in_python:
        m.call(Static(init), (owner, *args), keywords)
    return owner


def of_exceptions(m: Machine, f: object, given: Arguments) -> Value | None:
    """A method that exceptions have from Python itself, as `super().__init__(message)` calls it."""
    kinds = (types.WrapperDescriptorType, types.MethodDescriptorType)
    if not isinstance(f, kinds) or not issubclass(f.__objclass__, BaseException) or not given.args:
        return None
    owner, *others = given.args
    handler = OF_EXCEPTIONS.get(f.__name__)
    return None if handler is None or not is_exception(m, owner) else handler(m, owner, *others)


def _with_arguments(m: Machine, owner: Value, *args: Value) -> Value:
    """BaseException.__init__."""
    keep_state(m, owner, "args", Tup(args))
    return NONE


def _noted(m: Machine, owner: Value, note: Value) -> Value:
    """BaseException.add_note."""
    assert isinstance(owner, Ref)
    if own_attribute(m, owner, NOTES) is None:
        set_plainly(m, owner, NOTES, Ref(m.allocate(ListCell(()))))
    return m.call(get_attribute(m, get_attribute(m, owner, NOTES), "append"), (note,))


NOTES = "__notes__"
OF_EXCEPTIONS: dict[str, Callable[..., Value]] = {
    "__init__": _with_arguments,
    "with_traceback": lambda _m, owner, _traceback: owner,
    "add_note": _noted,
    "__str__": lambda m, owner: shown_exception(m, owner, "s"),
    "__repr__": lambda m, owner: shown_exception(m, owner, "r"),
}


def _of_typing(function: FunctionType) -> bool:
    return function.__module__ == "typing"  # that of Generic, in Python 3.8 and before, and of Protocol


def in_python(cls: type) -> bool:
    """Whether instances have attributes and nothing else: no base of the class is a list, a dict, an array."""
    return not any(base is not object and _in_c(base) for base in cls.__mro__)


def _in_c(base: type) -> bool:
    heap_type = bool(base.__flags__ & (1 << 9))
    return not heap_type or ("__new__" in vars(base) and isinstance(vars(base)["__new__"], types.BuiltinFunctionType))


def _initialise(m: Machine, owner: Ref, cls: type, args: tuple[Value, ...], keywords: Keywords) -> bool:
    """Run __init__; False where it isn't Python."""
    abstract = sorted(getattr(cls, "__abstractmethods__", ()))
    if abstract:
        m.raises(TypeError(f"Can't instantiate abstract class {cls.__name__} with abstract method {abstract[0]}"))
    init = next((vars(base)["__init__"] for base in cls.__mro__ if _own_init(base)), object.__init__)
    if isinstance(init, FunctionType):
        made = m.call(Static(init), (owner, *args), keywords)
        if made != NONE:
            m.raises(TypeError(f"__init__() should return None, not {made.describe()}"))
    elif init is not object.__init__:
        return False
    elif (args or keywords) and not isinstance(inspect.getattr_static(cls, "__new__", None), staticmethod):
        m.raises(TypeError(f"{cls.__name__}() takes no arguments"))
    return True


def _own_init(base: type) -> bool:
    """Whether a class has an __init__ that does something: that of a Protocol looks for the next one."""
    init = vars(base).get("__init__")
    return init is not None and not (isinstance(init, FunctionType) and init.__module__ == "typing")


# ---- what dataclasses and named tuples have been given


def generated(m: Machine, f: object, given: Arguments) -> Value | None:
    """A method that dataclass or namedtuple has made, for which there is no source; None for any other function."""
    if not isinstance(f, FunctionType) or not f.__code__.co_filename.startswith("<") or not given.args:
        return None
    first, rest = given.args[0], given.args[1:]
    if f.__name__ == "__new__" and isinstance(first, Static) and hasattr(first.value, "_fields"):
        return _named_tuple(m, first.value, rest, given.keywords)
    holder = _dataclass_with(m, first, f)
    if holder is None or not isinstance(first, Ref):
        return None
    if f.__name__ == "__init__":
        _fill_dataclass(m, first, holder, rest, given.keywords)
        return NONE
    if f.__name__ in COMPARED and len(rest) == 1:
        return _compared(m, holder, COMPARED[f.__name__], first, rest[0])
    return _shown(m, holder, first) if f.__name__ == "__repr__" else None


def _shown(m: Machine, holder: Any, owner: Ref) -> Value:
    """The text of an instance of a dataclass."""
    shown = [field.name for field in dataclasses.fields(holder) if field.repr]
    pieces: list[object] = [f"{holder.__qualname__}("]
    atoms = []
    for k, name in enumerate(shown):
        value = get_attribute(m, owner, name)
        text = told(m, value, "r")
        atoms.append(to_atom(m, text))
        pieces += [f"{', ' if k else ''}{name}=", (k, "r" if text is value else "", "")]
    return Obj(m.emit("format", *atoms, pieces=(*pieces, ")")))


def _dataclass_with(m: Machine, owner: Value, f: FunctionType) -> Any:
    """The class, of those that an instance has, for which a function was made."""
    classes = (class_of(m, owner) or object).__mro__
    return next((c for c in classes if dataclasses.is_dataclass(c) and vars(c).get(f.__name__) is f), None)


COMPARED = {"__eq__": ast.Eq, "__lt__": ast.Lt, "__le__": ast.LtE, "__gt__": ast.Gt, "__ge__": ast.GtE}


def _compared(m: Machine, holder: Any, op: type[ast.cmpop], one: Ref, other: Value) -> Value:
    """Two instances of a dataclass are compared as the tuples of their fields."""
    if class_of(m, other) is not class_of(m, one):
        return Static(NotImplemented)
    names = [field.name for field in dataclasses.fields(holder) if field.compare]
    sides = (Tup(tuple(get_attribute(m, side, name) for name in names)) for side in (one, other))
    return compare(m, op(), *sides)


def _named_tuple(m: Machine, cls: Any, args: tuple[Value, ...], keywords: Keywords) -> Value:
    wrong = [k for k in keywords if k not in cls._fields[len(args) :]]
    if len(args) > len(cls._fields) or wrong:
        m.raises(TypeError(f"{cls.__name__}() got unexpected arguments"))
    items = dict(zip(cls._fields, args, strict=False)) | keywords
    defaults = {k: default(m, cls.__name__, v) for k, v in cls._field_defaults.items() if k not in items}
    every = {**defaults, **items}
    missing = [name for name in cls._fields if name not in every]
    if missing:
        m.raises(TypeError(f"{cls.__name__}() missing the required argument {missing[0]!r}"))
    return Tup(tuple(every[name] for name in cls._fields), cls)


def _fill_dataclass(m: Machine, owner: Ref, cls: Any, args: tuple[Value, ...], keywords: Keywords) -> None:
    """The fields of an instance, in the order of the class; what is for __init__ alone goes to __post_init__."""
    fields = [f for f in cls.__dataclass_fields__.values() if _kind(f) != "_FIELD_CLASSVAR"]
    given = _dataclass_arguments(m, cls, fields, args, keywords)
    handed: list[Value] = []
    for field in fields:
        value = given.get(field.name)
        if value is None:
            value = _default_of(m, cls, field)
        if value is None:
            continue
        if _kind(field) == "_FIELD_INITVAR":
            handed.append(value)
        elif cls.__dataclass_params__.frozen:
            set_plainly(m, owner, field.name, value)
        else:
            set_attribute(m, owner, field.name, value)
    holder, post = in_classes((class_of(m, owner) or cls).__mro__, "__post_init__")
    if holder is not None and isinstance(post, FunctionType):
        m.call(Static(post), (owner, *handed))


def _kind(field: Any) -> str:
    return str(field._field_type.name)


def _default_of(m: Machine, cls: Any, field: Any) -> Value | None:
    """What a field is where the call doesn't say it; None for a field that __post_init__ sets."""
    if field.default is not dataclasses.MISSING:
        return default(m, cls.__name__, field.default)
    if field.default_factory is not dataclasses.MISSING:
        return m.call(Static(field.default_factory), ())
    if field.init:
        m.raises(TypeError(f"{cls.__name__}() missing the required argument {field.name!r}"))
    return None


def _dataclass_arguments(
    m: Machine, cls: Any, every: list[Any], args: tuple[Value, ...], keywords: Keywords
) -> Keywords:
    """The fields that a call of a dataclass gives."""
    fields = [f for f in every if f.init]
    positional = [f.name for f in fields if not f.kw_only]
    wrong = set(keywords) - {f.name for f in fields} | set(keywords) & set(positional[: len(args)])
    if len(args) > len(positional) or wrong:
        m.raises(TypeError(f"{cls.__name__}() got unexpected arguments"))
    return dict(zip(positional, args, strict=False)) | keywords


# ---- what `object` and `type` have


def _nothing(m: Machine, _owner: Value, *args: Value, **named: Value) -> Value:
    """object.__init__."""
    if args or named:
        m.raises(TypeError("object.__init__() takes exactly one argument (the instance to initialize)"))
    return NONE


def _allocated(m: Machine, cls: Value, *_args: Value, **_named: Value) -> Value:
    """object.__new__; what else it gets is for __init__."""
    if not isinstance(cls, Static) or not isinstance(cls.value, type) or not in_python(cls.value):
        m.refuse(f"object.__new__ of {cls.describe()}")
    return Ref(m.allocate(InstanceCell(cls.value)))


def _called(m: Machine, cls: Value, *args: Value, **named: Value) -> Value:
    """type.__call__, which a metaclass calls."""
    made = instantiated(m, cls.value, args, named) if isinstance(cls, Static) else None
    if made is None:
        m.refuse(f"type.__call__ of {cls.describe()}")
    return made


def _instance(m: Machine, owner: Value, what: str) -> Ref:
    if not isinstance(owner, Ref) or not isinstance(m.heap[owner.cell], InstanceCell):
        m.refuse(f"{what} of {owner.describe()}")
    return owner


def _plain_attribute(m: Machine, owner: Value, name: Value) -> Value:
    return plain_attribute(m, _instance(m, owner, "object.__getattribute__"), _text(m, name))


def _set_plainly(m: Machine, owner: Value, name: Value, value: Value) -> Value:
    """By which a frozen dataclass sets its own fields."""
    set_plainly(m, _instance(m, owner, "object.__setattr__"), _text(m, name), value)
    return NONE


def _text(m: Machine, name: Value) -> str:
    if not isinstance(name, Static):
        m.refuse("the name of an attribute isn't known before the run")
    return str(name.value)


def _super(m: Machine, *given: Value) -> Value:
    """super(Class, self)."""
    if len(given) != 2:
        m.refuse("super() without an object", do="write super() or super(Class, self).")
    return Iter("super", given)


OF_OBJECT: dict[Hashable, Callable[..., Value]] = {
    object.__init__: _nothing,
    object.__new__: _allocated,
    object.__getattribute__: _plain_attribute,
    object.__setattr__: _set_plainly,
    type.__call__: _called,
    super: _super,
}

__all__ = ["OF_OBJECT", "construct", "generated", "of_exceptions"]
