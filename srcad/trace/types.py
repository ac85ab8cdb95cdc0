"""The types of primal variables: what decides which derivative code is right, and nothing more.

A gradient must sum over the dimensions that broadcasting stretched. Which those are depends on ranks and on which
dimensions are 1, on nothing else; so a type holds the dtype, the rank, and for each dimension a symbolic length.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, named


class Type:
    """Abstract: the type of a primal variable. The kinds tell themselves."""

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


@dataclass(frozen=True)
class Scalar(Type):
    """A number: a Python float, int, bool, complex (`python`), or a NumPy scalar. `length`: what an int counts."""

    is_scalar: ClassVar[bool] = True

    dtype: str
    python: bool = False
    length: Dim | None = None

    @property
    def is_python(self) -> bool:
        return self.python

    def __str__(self) -> str:
        if self.python:
            return {"float64": "float", "int64": "int", "bool": "bool", "complex128": "complex"}[self.dtype]
        return self.dtype


@dataclass(frozen=True)
class Array(Type):
    """A NumPy array of known dtype and rank."""

    is_array: ClassVar[bool] = True

    dtype: str
    dims: tuple[Dim, ...]

    @property
    def rank(self) -> int:
        return len(self.dims)

    def __str__(self) -> str:
        return f"{self.dtype}[{', '.join(map(str, self.dims))}]"


@dataclass(frozen=True)
class Unknown(Type):
    """A number or an array; rank (and, if None, dtype) are known at run time only."""

    is_unknown: ClassVar[bool] = True

    dtype: str | None = None

    def __str__(self) -> str:
        return f"unknown[{self.dtype or '?'}]"


@dataclass(frozen=True)
class ListOf(Type):
    """A Python list that grows or whose length isn't known: a run-time object with elements of one type."""

    is_list: ClassVar[bool] = True
    is_container: ClassVar[bool] = True

    element: Type

    def __str__(self) -> str:
        return f"list[{self.element}]"


@dataclass(frozen=True)
class TupleOf(Type):
    """A Python tuple as a run-time object (the element of a `ListOf`; others are taken apart)."""

    is_tuple: ClassVar[bool] = True
    is_container: ClassVar[bool] = True

    items: tuple[Type, ...]

    def __str__(self) -> str:
        return f"tuple[{', '.join(map(str, self.items))}]"


@dataclass(frozen=True, eq=False)
class Recording:
    """What one procedure records for its pullback. `label`: the name of the procedure."""

    label: str


@dataclass(frozen=True)
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
    def derivative(self) -> Record:
        return Record(self.of, self.order + 1)

    def __str__(self) -> str:
        return f"recorded[{self.of.label}]" + "'" * self.order


@dataclass(frozen=True)
class Opaque(Type):
    """Any other Python object: no derivative passes through it."""

    is_opaque: ClassVar[bool] = True

    def __str__(self) -> str:
        return "object"


@dataclass(frozen=True)
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


def is_numeric(t: Type) -> bool:
    return isinstance(t, (Scalar, Array, Unknown))


def dtype_of(t: Type) -> str | None:
    return t.dtype if isinstance(t, (Scalar, Array, Unknown)) else None


def is_inexact(dtype: str | None) -> bool:
    """Float or complex, or not known: a derivative can pass."""
    return dtype is None or np.dtype(dtype).kind in "fc"


def is_complex(t: Type) -> bool:
    dtype = dtype_of(t)
    return dtype is not None and np.dtype(dtype).kind == "c"


def is_differentiable(t: Type) -> bool:
    """Whether a tangent can live on values of this type."""
    if isinstance(t, ListOf):
        return is_differentiable(t.element)
    if isinstance(t, TupleOf):
        return any(is_differentiable(item) for item in t.items)
    if isinstance(t, Record):
        return True
    return is_numeric(t) and is_inexact(dtype_of(t))


def tangent_type(t: Type) -> Type:
    """The type of tangents and of whole adjoints of values of this type."""
    if isinstance(t, Scalar):
        return Scalar(t.dtype, t.python)
    if isinstance(t, ListOf):
        return ListOf(tangent_type(t.element))
    if isinstance(t, TupleOf):
        return TupleOf(tuple(map(tangent_type, t.items)))
    return t.derivative if isinstance(t, Record) else t


def rank_of(t: Type) -> int | None:
    """None where it isn't known."""
    if isinstance(t, Array):
        return t.rank
    return 0 if isinstance(t, Scalar) else None


def dims_of(t: Type) -> tuple[Dim, ...] | None:
    if isinstance(t, Array):
        return t.dims
    return () if isinstance(t, Scalar) else None


def type_of(value: Any, symbol: str = "") -> Type:
    """The type of a run-time value.

    `symbol` is the root of the dimension symbols: for "x", the dims are x0, x1, ... unless they are 0 or 1.
    """
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
    if isinstance(a, Undefined):
        return b
    if isinstance(a, ListOf) and isinstance(b, ListOf):
        element = join(a.element, b.element)
        return None if element is None else ListOf(element)
    if isinstance(a, TupleOf) and isinstance(b, TupleOf) and len(a.items) == len(b.items):
        items = [join(x, y) for x, y in zip(a.items, b.items, strict=True)]
        return None if any(item is None for item in items) else TupleOf(tuple(i for i in items if i is not None))
    if is_numeric(a) and is_numeric(b):
        dtype = join_dtypes(dtype_of(a), dtype_of(b))
        if isinstance(a, Scalar) and isinstance(b, Scalar) and dtype is not None:
            return Scalar(dtype, a.python and b.python and dtype in ("float64", "int64", "bool", "complex128"))
        if dtype is not None and rank_of(a) == rank_of(b) == 0:
            return Scalar(dtype)
        if isinstance(a, Array) and isinstance(b, Array) and a.rank == b.rank and dtype is not None:
            return Array(dtype, tuple(map(join_dims, a.dims, b.dims)))
        return Unknown(dtype)
    return None


def promote(*types: Type) -> str | None:
    """The dtype of an arithmetic result by NumPy's rules (NEP 50: Python scalars are weak)."""
    weak: dict[str, Any] = {"float64": 0.0, "int64": 0, "bool": False, "complex128": 0j}
    parts: list[Any] = []
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
    return Scalar(dtype, python and dtype in ("float64", "int64", "bool", "complex128"))
