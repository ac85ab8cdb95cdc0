"""How the objects of free roots are found again, by another function object with the same code, too.

A root is called without arguments. Most find the same object for all function objects; closure cells, the instance of a
bound method and the arguments of a partial don't.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from types import BuiltinMethodType, CellType, FunctionType, MethodType, MethodWrapperType
from typing import Any

Root = Callable[[], object]
Rebinding = Callable[[object], Root]


@dataclass(frozen=True, eq=False)
class GlobalRoot:
    """What a global is."""

    names: dict[str, object]
    name: str

    def __call__(self) -> object:
        return self.names[self.name]


@dataclass(frozen=True, eq=False)
class CellRoot:
    """What a closure cell holds."""

    cell: CellType

    def __call__(self) -> object:
        return self.cell.cell_contents


@dataclass(frozen=True, eq=False)
class CellItselfRoot:
    """A closure cell, which the program sets."""

    cell: CellType

    def __call__(self) -> object:
        return self.cell


@dataclass(frozen=True, eq=False)
class SelfRoot:
    """The object that a method is bound to."""

    method: MethodType | BuiltinMethodType | MethodWrapperType

    def __call__(self) -> object:
        return self.method.__self__


@dataclass(frozen=True, eq=False)
class PartialRoot:
    """A partial, which has arguments."""

    partial: functools.partial[object]

    def __call__(self) -> object:
        return self.partial


def layers(function: object) -> list[Any]:
    """A function and what is in it: a partial of a bound method of a function has three layers."""
    found: list[Any] = [function]
    while isinstance(found[-1], (functools.partial, MethodType)):
        found.append(found[-1].func if isinstance(found[-1], functools.partial) else found[-1].__func__)
    return found


def rebinding(root: Root, function: object) -> Rebinding:
    """How to find for another function object with the same code what `root` finds for this one."""
    inside = layers(function)
    for k, layer in enumerate(inside):
        match root:
            case SelfRoot() if root.method is layer:
                return lambda other: SelfRoot(layers(other)[k])
            case PartialRoot() if root.partial is layer:
                return lambda other: PartialRoot(layers(other)[k])
    cells = inside[-1].__closure__ or () if isinstance(inside[-1], FunctionType) else ()
    for k, cell in enumerate(cells):
        if isinstance(root, CellItselfRoot) and root.cell is cell:
            return lambda other: CellItselfRoot(layers(other)[-1].__closure__[k])
        if isinstance(root, CellRoot) and root.cell is cell:
            return lambda other: CellRoot(layers(other)[-1].__closure__[k])
    return lambda other: root
