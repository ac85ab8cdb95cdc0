"""Two variables, values or cells that are to be joined: whether they can be, and of which type the result is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from srcad.frontend.core.cells import Cell, DictCell, EitherCell, GrownCell, InstanceCell, ListCell, Lost
from srcad.frontend.core.sameness import constant_key
from srcad.frontend.core.suspended import CursorCell
from srcad.frontend.core.values import ArrayRef, Choice, Num, Obj, Partial, Undef, Value
from srcad.trace.builder import const
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import OPAQUE, Array, Scalar, Type, Unknown, dtype_of, is_numeric, join


def ways(value: Value) -> int:
    """How many values one may be, by conditions of the run."""
    return ways(value.then) + ways(value.otherwise) if isinstance(value, Choice) else 1


def joined_type(a: Atom, b: Atom) -> Type:
    """The type of a variable for both. A literal zero that a sum starts from takes the type of the sum."""
    if is_start(a) and isinstance(b.type, Array) and dtype_of(b.type) != "bool":
        return b.type
    if is_start(b) and isinstance(a.type, Array) and dtype_of(a.type) != "bool":
        return a.type
    joined = join(a.type, b.type)
    if joined is not None:
        return joined
    none = [is_none(x) for x in (a, b)]
    if any(none) and any(is_numeric(x.type) for x in (a, b)):
        other = b if none[0] else a
        return Unknown(dtype_of(other.type))
    return OPAQUE


def has_value(value: Value, otherwise: bool) -> Atom:
    """Whether a name has a value on one side; `otherwise`: the answer for one that has none."""
    return value.defined if isinstance(value, Partial) else const(otherwise or not isinstance(value, Undef))


def as_float(atom: Atom, t: Type) -> Atom:
    """A whole number that stands for one side of a float variable, as a float: its adjoint will be one."""
    if isinstance(atom, Const) and type(atom.value) is int and isinstance(t, Scalar) and t.dtype == "float64":
        return const(float(atom.value))
    return atom


def is_none(atom: Atom) -> bool:
    return isinstance(atom, Const) and atom.value is None


def is_start(atom: Atom) -> bool:
    return isinstance(atom, Const) and type(atom.value) in (int, float) and atom.value == 0


def same_constant(a: Const, b: Const) -> bool:
    return a is b or a.value is b.value or constant_key(a.value) == constant_key(b.value)


def missing(a: DictCell | InstanceCell, b: DictCell | InstanceCell) -> frozenset[Any]:
    """The keys or attributes that one of the two may not have."""
    return frozenset((a.entries().keys() ^ b.entries().keys()) | a.unsure | b.unsure)


def in_one_order(a: tuple[Any, ...], b: tuple[Any, ...]) -> tuple[tuple[Any, ...], bool]:
    """The keys of both, and whether those of each stand in their order among them."""
    for one, other in ((a, b), (b, a)):
        every = (*one, *(key for key in other if key not in one))
        if tuple(key for key in every if key in other) == other:
            return every, True
    return (*a, *(key for key in b if key not in a)), False


def alike(a: Cell, b: Cell) -> bool:
    match a, b:
        case (Lost(), _) | (_, Lost()):
            return True
        case ListCell() | GrownCell() | EitherCell(), ListCell() | GrownCell() | EitherCell():
            return a.is_tuple == b.is_tuple
        case CursorCell(), CursorCell():
            return a.rest() == b.rest()
        case DictCell(), DictCell():
            return a.keys() == b.keys()
        case InstanceCell(), InstanceCell() if a.cls is b.cls:
            return a.origin is b.origin or a.entries().keys() == b.entries().keys()
    return False


def identity(value: Value) -> Hashable:
    match value:
        case ArrayRef() | Num() | Obj():
            return value.rest()
    return type(value), repr(value)
