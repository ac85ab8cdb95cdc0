"""What must hold for a specialisation to serve a call.

A guard speaks of what is found at a path from the arguments or from a free root (a global, a closure cell, `self`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass

from srcad.trace.dims import Symbol, length_of
from srcad.trace.nodes import Path
from srcad.trace.types import Scalar, Type


@dataclass(frozen=True)
class TypeGuard:
    """A number or an array of this type; with `layout` "C", a C-contiguous one, with "F" one in Fortran order alone,
    with numbers one whose axes step on by these, in bytes. With `writeable`, one that can be written to, or can't.

    A dim that is a number other than 1 stands for just that length.
    """

    path: Path
    type: Type
    layout: str | tuple[int, ...] | None = None
    writeable: bool | None = None


@dataclass(frozen=True)
class ValueGuard:
    """A value of the same Python type that is equal: bools, strings, None, integers that the code depends on."""

    path: Path
    value: object


@dataclass(frozen=True)
class IdentityGuard:
    """This very object: a function, a class, a module."""

    path: Path
    object: object


@dataclass(frozen=True)
class StructureGuard:
    """A container: kind is list, tuple, dict, namedtuple, dataclass, instance, or "absent" (no such key).

    `keys`: the length of a list or tuple as a range, the keys of a dict in order; `cls`: the exact class.
    """

    path: Path
    kind: str
    keys: tuple[Hashable, ...] = ()
    cls: type | None = None


@dataclass(frozen=True)
class ListGuard:
    """A list whose elements are all of this type: a `Scalar`, an `Array`, or a `TupleOf` these."""

    path: Path
    element: Type


@dataclass(frozen=True)
class SameGuard:
    """The very object that is found at another path."""

    path: Path
    other: Path


def told_sizes(guards: Iterable[Guard], sizes: Mapping[Symbol, int]) -> dict[Symbol, int]:
    """The lengths and ints of which guards can promise something: those that an argument tells by itself."""
    types = (guard.type for guard in guards if isinstance(guard, TypeGuard))
    told = {dim for t in types for dim in (*(t.dims or ()), *([t.length] if isinstance(t, Scalar) else []))}
    return {symbol: size for symbol, size in sizes.items() if length_of(symbol) in told}


Guard = SameGuard | ListGuard | TypeGuard | ValueGuard | IdentityGuard | StructureGuard
