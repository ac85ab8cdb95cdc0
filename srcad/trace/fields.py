"""Objects that are containers by their attributes: dataclasses, classes of attrs and pydantic, and registered ones."""

from __future__ import annotations

import argparse
import dataclasses
import inspect
import types
from typing import Any, TypeVar

C = TypeVar("C", bound=type)

NAMESPACES = (types.SimpleNamespace, argparse.Namespace)


def register_container(cls: C, *names: str) -> C:
    """Let instances of a class be differentiated by what is in them, as those of a dataclass are.

    A derivative with respect to an instance is an instance of the class, with derivatives in the place of its
    attributes, and None for those that have none. It is made without a call of `__init__`.

    - `names`: the attributes that count; without them it is all that an instance has.

    It can stand as a decorator.

        >>> class Spring:
        ...     def __init__(self, stiffness, length):
        ...         self.stiffness, self.length = stiffness, length
        >>> _ = srcad.register_container(Spring)
        >>> energy = lambda spring: 0.5 * spring.stiffness * spring.length**2
        >>> srcad.grad(energy)(Spring(2.0, 3.0)).length
        6.0
    """
    cls.__srcad_fields__ = names  # type: ignore[attr-defined]
    return cls


def fields_of(value: object) -> tuple[str, ...] | None:
    """The attributes of which an object is made; None for what is no container by its attributes."""
    cls: Any = type(value)
    if isinstance(value, type):
        return None
    named = getattr(cls, "__srcad_fields__", None)
    if named is not None:
        return tuple(named) or attributes_of(value)
    if dataclasses.is_dataclass(cls):
        return tuple(field.name for field in dataclasses.fields(cls))
    if hasattr(cls, "__attrs_attrs__"):
        return tuple(attribute.name for attribute in cls.__attrs_attrs__)
    if isinstance(value, NAMESPACES) or hasattr(cls, "__pydantic_fields__"):
        return attributes_of(value)
    return None


def attributes_of(value: object) -> tuple[str, ...]:
    """The attributes that an object has itself, beside those of its class."""
    slots = [name for base in type(value).__mro__ for name in _slots(base) if hasattr(value, name)]
    return (*slots, *getattr(value, "__dict__", {}))


def _slots(base: type) -> tuple[str, ...]:
    names = vars(base).get("__slots__", ())
    given = (names,) if isinstance(names, str) else tuple(names)
    return tuple(name for name in given if not name.startswith("__"))


def fields_of_class(cls: Any) -> tuple[str, ...] | None:
    """What is known of that from the class alone; () for the attributes that an instance happens to have."""
    if getattr(cls, "__srcad_fields__", None) is not None:
        return tuple(cls.__srcad_fields__)
    if dataclasses.is_dataclass(cls):
        return tuple(field.name for field in dataclasses.fields(cls))
    if hasattr(cls, "__attrs_attrs__"):
        return tuple(attribute.name for attribute in cls.__attrs_attrs__)
    return () if cls in NAMESPACES or hasattr(cls, "__pydantic_fields__") else None


def makes_itself(cls: Any) -> bool:
    """Whether a call of the class with all of its fields gives an instance that has just these: a plain dataclass."""
    if not dataclasses.is_dataclass(cls) or hasattr(cls, "__post_init__"):
        return False
    init = inspect.getattr_static(cls, "__init__", None)
    generated = isinstance(init, types.FunctionType) and init.__code__.co_filename.startswith("<")
    every: list[Any] = list(cls.__dataclass_fields__.values())
    return generated and all(field.init and field._field_type.name == "_FIELD" for field in every)


def overridden(value: object, base: type, harmless: frozenset[str] = frozenset()) -> str:
    """A method of a class of Python or NumPy that the class of a value does in another way; "" for none."""
    for cls in type(value).__mro__:
        if cls is base:
            return ""
        for name, found in vars(cls).items():
            if name in harmless or not isinstance(found, (types.FunctionType, property)):
                continue
            if hasattr(base, name) or name in ("__array_ufunc__", "__array_function__", "__missing__", "__getattr__"):
                return name
    return ""


__all__ = ["attributes_of", "fields_of", "fields_of_class", "makes_itself", "overridden", "register_container"]
