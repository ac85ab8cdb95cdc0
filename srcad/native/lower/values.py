"""What stands for a variable of the trace in a kernel: a scalar, an array in memory, a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import ClassVar

from srcad.errors import Span
from srcad.native.ir import CExpr, CType
from srcad.trace.types import ListOf, Record, Scalar, TupleOf, Type


class NotLowered(Exception):  # noqa: N818 - an answer, not an error: the equation stays in Python
    """An equation that native code can't do yet: what, and why."""

    def __init__(self, what: str, span: Span | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.span = span


MACHINES: Mapping[str, CType] = MappingProxyType({one.value: one for one in CType})


def machine(t: Type) -> CType:
    """The machine's type of a number, or of the elements of an array."""
    found = MACHINES.get(t.dtype or "")
    if found is None:
        raise NotLowered(f"values of type {t}")
    return found


def is_wide(t: Type) -> bool:
    """Whether it is an int of Python's that may exceed 64 bits."""
    return isinstance(t, Scalar) and t.python and t.wide and t.dtype == "int64"


class LoweredValue:
    """Abstract: what a variable is in a kernel."""

    is_array: ClassVar[bool] = False


@dataclass(frozen=True)
class InRegister(LoweredValue):
    expr: CExpr


@dataclass(frozen=True)
class InMemory(LoweredValue):
    """An array. `block`: the name of what owns all of it, and begins where it begins; "" for views and arguments.


    root      which memory it is, as far as is known here: equal roots share
    argument  whether it is the caller's, which is never written
    packed    whether its elements lie one after the other, in C order
    """

    is_array: ClassVar[bool] = True

    pointer: str
    type: CType
    lengths: tuple[CExpr, ...]
    strides: tuple[CExpr, ...]
    root: str
    block: str = ""
    argument: bool = False
    packed: bool = False

    @property
    def rank(self) -> int:
        return len(self.lengths)

    @property
    def whole(self) -> bool:
        """Whether it is all of a block, in C order."""
        return bool(self.block)


@dataclass(frozen=True)
class InList(LoweredValue):
    """A list: `name` is its block."""

    name: str
    element: Type


@dataclass(frozen=True)
class InRecord(LoweredValue):
    """What a procedure has recorded, or a tuple: `name` is its block."""

    name: str
    type: Record | TupleOf


@dataclass(frozen=True)
class NoValue(LoweredValue):
    """No value."""


@dataclass(frozen=True)
class CSignature:
    """What a procedure is called in C, and the types of what it takes and returns."""

    name: str
    inputs: tuple[Type, ...]
    outputs: tuple[Type, ...]


def element_kind(t: Type) -> str:
    """How the support treats elements of a list of this type: "scalar", "array", "list"."""
    match t:
        case Scalar():
            return "scalar"
        case ListOf() | Record() | TupleOf():  # blocks
            return "list"
    if t.is_array:
        return "array"
    raise NotLowered(f"lists of {t}")
