"""The types of primal variables: what decides which derivative code is right, and nothing more.

A gradient must sum over the dimensions that broadcasting stretched. Which those are depends on ranks and on which
dimensions are 1, on nothing else; so a type holds the dtype, the rank, and for each dimension a symbolic length.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np

from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, named
from srcad.trace.widths import COUNT, WORD, width_of


class Type:
    """Abstract: the type of a primal variable, and what a slot of this type promises of what is in it.

    Where a fact has no answer for a type, it is None: the rank of an object, the lengths of an `Unknown`.
    """

    __slots__ = ()

    is_scalar: ClassVar[bool] = False
    is_array: ClassVar[bool] = False
    is_unknown: ClassVar[bool] = False
    is_list: ClassVar[bool] = False
    is_tuple: ClassVar[bool] = False
    is_record: ClassVar[bool] = False
    is_opaque: ClassVar[bool] = False
    is_undefined: ClassVar[bool] = False
    is_container: ClassVar[bool] = False  # a Python object with values in it

    @property
    def is_python(self) -> bool:
        """Whether it is a Python number, which takes on the dtype of what it meets."""
        return False

    @property
    def may_be_python(self) -> bool:
        """Whether it is a Python number, or the run tells whether it is: division by it may raise."""
        return False

    @property
    def dtype(self) -> str | None:
        return None

    @property
    def rank(self) -> int | None:
        """How many dimensions there are."""
        dims = self.dims
        return None if dims is None else len(dims)

    @property
    def dims(self) -> tuple[Dim, ...] | None:
        return None

    @property
    def numeric(self) -> bool:
        """Whether it is a number or an array."""
        return False

    @property
    def complex(self) -> bool:
        return False

    @property
    def differentiable(self) -> bool:
        """Whether a tangent can live on values of this type."""
        return False

    @property
    def tangent(self) -> Type:
        """The type of tangents and of whole adjoints of values of this type."""
        return self

    def holds(self, source: Type) -> bool:
        """Whether a slot of this type may be given a value of another one: whether what it promises is kept.

        The dtype is exactly that of the slot, as nothing is converted on the way, and an int is no wider than the slot.
        Python's numbers may be in a slot of NumPy's. The other way round floats alone, as NumPy's are floats of Python,
        while ints of NumPy overflow.
        """
        return isinstance(source, Undefined)

    def joined(self, other: Type) -> Type | None:
        """The least type of a variable that holds this or the other; None if there is none but an opaque object.

        Neither is `Undefined`, and they are not equal.
        """
        return None


class Number(Type):
    """Abstract: a number, or an array of numbers."""

    __slots__ = ()

    @property
    def numeric(self) -> bool:
        return True

    @property
    def complex(self) -> bool:
        return self.dtype is not None and np.dtype(self.dtype).kind == "c"

    @property
    def differentiable(self) -> bool:
        return is_inexact(self.dtype)

    def joined(self, other: Type) -> Type | None:
        if not other.numeric:
            return None
        dtype = join_dtypes(self.dtype, other.dtype)
        if dtype is None or self.rank != other.rank:
            return Unknown(dtype)
        if self.rank == 0:
            return Scalar(dtype)
        dims = None if self.dims is None or other.dims is None else tuple(map(join_dims, self.dims, other.dims))
        return Unknown(dtype) if dims is None else Array(dtype, dims)


@dataclass(frozen=True, slots=True)
class Scalar(Number):
    """A number: a Python float, int, bool, complex (`python`), or a NumPy scalar.

    length   what an int counts
    width    how many bits an int of Python's takes at most: see `srcad.trace.widths`
    either   that only the run tells whether it is Python's or NumPy's; it isn't `python` then
    """

    is_scalar: ClassVar[bool] = True

    dtype: str = field()
    python: bool = False
    length: Dim | None = None
    width: int = COUNT
    either: bool = False

    @property
    def wide(self) -> bool:
        """Whether it is an int that may exceed 64 bits: of Python's, none of NumPy's does."""
        return self.width > WORD

    @property
    def is_python(self) -> bool:
        return self.python

    @property
    def may_be_python(self) -> bool:
        return self.python or self.either

    @property
    def dims(self) -> tuple[Dim, ...]:
        return ()

    @property
    def tangent(self) -> Scalar:
        return Scalar(self.dtype, self.python)

    @property
    def without_length(self) -> Scalar:
        return self if self.length is None else Scalar(self.dtype, self.python, None, self.width, self.either)

    def holds(self, source: Type) -> bool:
        if not isinstance(source, Scalar):
            return isinstance(source, Undefined)
        same_class = source.python or not self.python or self.dtype in DOUBLES
        return self.dtype == source.dtype and same_class and (source.width <= self.width or not self.python)

    def joined(self, other: Type) -> Type | None:
        dtype = join_dtypes(self.dtype, other.dtype)
        if isinstance(other, Scalar) and dtype is not None:
            python = self.python and other.python and dtype in PYTHON_NAMES
            width = max(self.width, other.width) if python and dtype == "int64" else COUNT
            return Scalar(dtype, python, None, width, not python and (self.may_be_python or other.may_be_python))
        return Number.joined(self, other)

    def __str__(self) -> str:
        if self.python:
            return PYTHON_NAMES[self.dtype]
        return f"{self.dtype}|{PYTHON_NAMES.get(self.dtype, self.dtype)}" if self.either else self.dtype


PYTHON_NAMES = {"float64": "float", "int64": "int", "bool": "bool", "complex128": "complex"}
DOUBLES = ("float64", "complex128")  # NumPy's classes of these are subclasses of Python's


@dataclass(frozen=True, slots=True)
class Array(Number):
    """A NumPy array of known dtype and rank."""

    is_array: ClassVar[bool] = True

    dtype: str = field()
    dims: tuple[Dim, ...] = field()

    @property
    def rank(self) -> int:
        return len(self.dims)

    def holds(self, source: Type) -> bool:
        """Lengths that surely differ don't fit; of others only a run can tell, or nobody asks."""
        if not isinstance(source, Array):
            return isinstance(source, Undefined)
        return self.dtype == source.dtype and agree(self.dims, source.dims)

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.dims))}]"


@dataclass(frozen=True, slots=True)
class Unknown(Number):
    """A number or an array; rank (and, if None, dtype) are known at run time only.

    A slot of this type holds None where the program gives it no number yet.
    """

    is_unknown: ClassVar[bool] = True

    dtype: str | None = None

    def holds(self, source: Type) -> bool:
        return isinstance(source, Undefined) or (source.numeric and self.dtype in (None, source.dtype))

    def __str__(self) -> str:
        return f"unknown[{self.dtype or '?'}]"

    @property
    def may_be_python(self) -> bool:
        return self.dtype is None or self.dtype in PYTHON_NAMES


@dataclass(frozen=True, slots=True)
class ListOf(Type):
    """A Python list that grows or whose length isn't known: a run-time object with elements of one type."""

    is_list: ClassVar[bool] = True
    is_container: ClassVar[bool] = True

    element: Type

    @property
    def differentiable(self) -> bool:
        return self.element.differentiable

    @property
    def tangent(self) -> ListOf:
        return ListOf(self.element.tangent)

    def holds(self, source: Type) -> bool:
        if isinstance(source, ListOf):
            return self.element.holds(source.element)
        return isinstance(source, Undefined)

    def joined(self, other: Type) -> Type | None:
        element = join(self.element, other.element) if isinstance(other, ListOf) else None
        return None if element is None else ListOf(element)

    def __str__(self) -> str:
        return f"list[{self.element}]"


@dataclass(frozen=True, slots=True)
class TupleOf(Type):
    """A Python tuple as a run-time object (the element of a `ListOf`; others are taken apart)."""

    is_tuple: ClassVar[bool] = True
    is_container: ClassVar[bool] = True

    items: tuple[Type, ...]

    @property
    def differentiable(self) -> bool:
        return any(item.differentiable for item in self.items)

    @property
    def tangent(self) -> TupleOf:
        return TupleOf(tuple(item.tangent for item in self.items))

    def holds(self, source: Type) -> bool:
        if not isinstance(source, TupleOf):
            return isinstance(source, Undefined)
        pairs = zip(self.items, source.items, strict=False)
        return len(self.items) == len(source.items) and all(mine.holds(other) for mine, other in pairs)

    def joined(self, other: Type) -> Type | None:
        if not isinstance(other, TupleOf) or len(self.items) != len(other.items):
            return None
        items = [join(x, y) for x, y in zip(self.items, other.items, strict=True)]
        known = tuple(item for item in items if item is not None)
        return TupleOf(known) if len(known) == len(items) else None

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, eq=False)
class Recording:
    """What one procedure records for its pullback. `label`: the name of the procedure."""

    label: str


@dataclass(frozen=True, slots=True)
class Record(Type):
    """What a procedure has recorded: a Python tuple, which may hold what the calls inside of it have recorded.

    So the type can't list the types of its items: the procedure gives them. Tangents and adjoints of a record are
    tuples of the same shape, of the next `order`, with None for items that have none. Nothing in it is ever changed.
    """

    is_record: ClassVar[bool] = True
    is_container: ClassVar[bool] = True

    of: Recording
    order: int = 0

    @property
    def differentiable(self) -> bool:
        return True

    @property
    def tangent(self) -> Record:
        return Record(self.of, self.order + 1)

    def holds(self, source: Type) -> bool:
        return self == source or isinstance(source, Undefined)

    def __str__(self) -> str:
        return f"recorded[{self.of.label}]" + "'" * self.order


@dataclass(frozen=True, slots=True)
class Opaque(Type):
    """Any other Python object: no derivative passes through it. A slot of this type holds anything."""

    is_opaque: ClassVar[bool] = True

    def holds(self, source: Type) -> bool:
        return True

    def __str__(self) -> str:
        return "object"


@dataclass(frozen=True, slots=True)
class Undefined(Type):
    """No value: what a branch that doesn't assign yields for a name that the other one does."""

    is_undefined: ClassVar[bool] = True

    def __str__(self) -> str:
        return "undefined"


FLOAT = Scalar("float64", python=True)
INT = Scalar("int64", python=True)
BOOL = Scalar("bool", python=True)
OPAQUE = Opaque()
UNDEFINED = Undefined()
PYTHON = {float: FLOAT, int: INT, bool: BOOL, complex: Scalar("complex128", python=True)}


def agree(a: tuple[Dim, ...], b: tuple[Dim, ...]) -> bool:
    """Whether these may be the lengths of one array: as many, of which none differ by a number other than 0."""
    return len(a) == len(b) and all((x - y).number in (0, None) for x, y in zip(a, b, strict=True))


def is_numeric(t: Type) -> bool:
    return t.numeric


def dtype_of(t: Type) -> str | None:
    return t.dtype


def is_inexact(dtype: str | None) -> bool:
    """Float or complex, or not known: a derivative can pass."""
    return dtype is None or np.dtype(dtype).kind in "fc"


KINDS = {
    "O": "an array of objects",
    "U": "an array of text",
    "S": "an array of bytes",
    "V": "an array of records",
    "M": "an array of dates",
    "m": "an array of durations",
}


def kind_of(t: Type) -> str | None:
    """What an array is one of, if that is no numbers; None for one of numbers."""
    element = t.element if isinstance(t, ListOf) else t
    return None if element.dtype is None else KINDS.get(np.dtype(element.dtype).kind)


def is_text(t: Type) -> bool:
    """Whether it is text or another object from which a number can be made, or a list of such."""
    return is_text(t.element) if isinstance(t, ListOf) else t.is_opaque or kind_of(t) is not None


def is_complex(t: Type) -> bool:
    return t.complex


def is_differentiable(t: Type) -> bool:
    return t.differentiable


def tangent_type(t: Type) -> Type:
    return t.tangent


def rank_of(t: Type) -> int | None:
    return t.rank


def dims_of(t: Type) -> tuple[Dim, ...] | None:
    return t.dims


def type_of(value: object, symbol: str = "") -> Type:
    """The type of a run-time value.

    `symbol` is the root of the dimension symbols: for "x", the dims are x0, x1, ... unless they are 0 or 1.
    """
    if type(value) is int:
        return Scalar("int64", True, None, width_of(value))
    if type(value) in PYTHON:
        return PYTHON[type(value)]
    if isinstance(value, np.generic) and value.dtype.kind in "fcbiu":
        return Scalar(str(value.dtype))
    if isinstance(value, np.ndarray) and value.dtype.kind in "fcbiu":
        dims = (fixed(n) if n < 2 else named(f"{symbol or 'n'}{k}", not_one=True) for k, n in enumerate(value.shape))
        return Array(str(value.dtype), tuple(dims))
    return OPAQUE


# ---- joining and promoting


def join_dims(a: Dim, b: Dim) -> Dim:
    return a if a.same(b) else UNKNOWN_DIM


def join_dtypes(a: str | None, b: str | None) -> str | None:
    if a is None or b is None:
        return None
    return a if a == b else str(np.result_type(a, b))


def join(a: Type, b: Type) -> Type | None:
    """The least type of a variable that holds one or the other; None if there is none but an opaque object."""
    if a == b or isinstance(b, Undefined):
        return a
    return b if isinstance(a, Undefined) else a.joined(b)


def promote(*types: Type) -> str | None:
    """The dtype of an arithmetic result by NumPy's rules (NEP 50: Python scalars are weak)."""
    weak: dict[str, complex] = {"float64": 0.0, "int64": 0, "bool": False, "complex128": 0j}
    parts: list[complex | np.dtype[np.generic]] = []
    for t in types:
        dtype = dtype_of(t)
        if dtype is None:
            return None
        parts.append(weak[dtype] if isinstance(t, Scalar) and t.python else np.dtype(dtype))
    return str(np.result_type(*parts))


def broadcast_dims(a: tuple[Dim, ...], b: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The dims of an elementwise result."""
    rank = max(len(a), len(b))
    a, b = (ONE,) * (rank - len(a)) + a, (ONE,) * (rank - len(b)) + b
    return tuple(map(_broadcast_dim, a, b))


def _broadcast_dim(a: Dim, b: Dim) -> Dim:
    if a.same(b) or b.is_one:
        return a
    if a.is_one:
        return b
    if a.not_one or b.not_one:
        return b if not a.not_one or (b.not_one and b.number is not None) else a
    return UNKNOWN_DIM


def elementwise_type(types: tuple[Type, ...], dtype: str | None = None) -> Type:
    """The type of an elementwise result. With `dtype`, that instead of the promoted one."""
    if dtype is None:
        dtype = promote(*types)
    all_dims = [dims_of(t) for t in types]
    if dtype is None or any(dims is None for dims in all_dims):
        return Unknown(dtype)
    dims: tuple[Dim, ...] = ()
    for other in all_dims:
        dims = broadcast_dims(dims, other or ())
    if dims:
        return Array(dtype, dims)
    python = all(isinstance(t, Scalar) and t.python for t in types)
    return Scalar(dtype, python and dtype in PYTHON_NAMES)
