"""How the objects of free roots are found again, by another function object with the same code, too.

A root is called without arguments. Most find the same object for all function objects; closure cells and `self` don't.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import CellType, FunctionType, MethodType
from typing import Any

Function = FunctionType | MethodType


@dataclass(frozen=True, eq=False)
class GlobalRoot:
    """What a global is."""

    names: dict[str, Any]
    name: str

    def __call__(self) -> Any:
        return self.names[self.name]


@dataclass(frozen=True, eq=False)
class CellRoot:
    """What a closure cell holds."""

    cell: CellType

    def __call__(self) -> Any:
        return self.cell.cell_contents


@dataclass(frozen=True, eq=False)
class SelfRoot:
    """The instance of a bound method."""

    method: MethodType

    def __call__(self) -> Any:
        return self.method.__self__


Rebinding = Callable[[Function], Callable[[], Any]]


def rebinding(root: Callable[[], Any], function: Function) -> Rebinding:
    """How to find for another function object with the same code what `root` finds for this one."""
    if isinstance(root, SelfRoot) and root.method is function:
        return _self_of
    cells = function.__closure__ or () if isinstance(function, FunctionType) else function.__func__.__closure__ or ()
    for k, cell in enumerate(cells):
        if isinstance(root, CellRoot) and root.cell is cell:
            return _cell_of(k)
    return lambda other: root


def _self_of(other: Function) -> Callable[[], Any]:
    assert isinstance(other, MethodType)
    return SelfRoot(other)


def _cell_of(k: int) -> Rebinding:
    def rebound(other: Function) -> Callable[[], Any]:
        plain: Any = other.__func__ if isinstance(other, MethodType) else other
        return CellRoot(plain.__closure__[k])

    return rebound
