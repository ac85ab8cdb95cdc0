"""Classes that a program defines: real classes, in which something else stands for the functions and values of it.

    class State:                          cls = type("State", (), {"moved": moved, "unit": unit})
        unit = x                  ->      moved    stands for the function of the program, and is never run
        def moved(self, dt): ...          unit     stands for the variable x

So what `dataclass`, `property` and inheritance make of a class is what they make of any other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NoReturn

from srcad.frontend.core.attempts import Restorable
from srcad.frontend.core.machine import Machine
from srcad.frontend.core.values import Bound, Func, Static, Tup, Value
from srcad.frontend.core.walk import known_values


@dataclass(eq=False)
class Inside(Restorable):
    """What stands for which value, by its id; the classes in which it stands."""

    values: dict[int, tuple[object, Value]] = field(default_factory=dict)
    classes: dict[int, type] = field(default_factory=dict)


class Standing:
    """It stands for a value of the program that is no function."""


def stand_in(m: Machine, value: Value, name: str) -> object:
    """An object that stands for a value in a class; what is known stands for itself."""
    if isinstance(value, Static):
        return value.value
    known = known_values(value.items) if isinstance(value, Tup) and value.cls is None else None
    if known is not None:
        return tuple(known)
    made: object = _function(name) if isinstance(value, (Func, Bound)) else Standing()
    m.part(Inside).values[id(made)] = (made, value)
    return made


def meant_by(m: Machine, value: object) -> Value | None:
    """The value of the program for which an object stands; None if it stands for itself."""
    known = m.part(Inside).values.get(id(value))
    return None if known is None else known[1]


def _function(name: str) -> Callable[..., NoReturn]:
    def method(*_args: object, **_keywords: object) -> NoReturn:
        raise RuntimeError(f"{name} is a function of a differentiated program, and runs in its derivative alone")

    method.__name__ = method.__qualname__ = name
    return method


__all__ = ["Inside", "meant_by", "stand_in"]
