"""What a number or an array says about itself, and numbers of other kinds: shape, dtype, real, float(x), x.item()."""

from __future__ import annotations

import builtins
import math
from functools import reduce

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import as_dtype, dim_atom, emit, flag, known_rank, many_axes, number_in
from srcad.ops.declare import Area, Argument, Kind, ToOne, static
from srcad.ops.elementwise import by_numpy
from srcad.ops.structural import as_array, dtype_name
from srcad.ops.typing import is_python, real_dtype, shaped
from srcad.trace.builder import Builder, atom
from srcad.trace.nodes import Atom, Const
from srcad.trace.types import (
    FLOAT,
    PYTHON_NAMES,
    Array,
    ListOf,
    Scalar,
    TupleOf,
    Type,
    Unknown,
    dims_of,
    dtype_of,
    is_complex,
    rank_of,
)
from srcad.trace.widths import COUNT, WIDE, WORD

AREA = Area()
op, lowers = AREA.op, AREA.lowers

FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
INTS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

# ---- operations


def _part_type(x: Type, *, python: bool | None = None) -> Type:
    """The real or imaginary part."""
    dtype = dtype_of(x)
    if dtype is None:
        return Unknown()
    return shaped((x,), real_dtype(dtype))


def whole(x: Type) -> Type:
    """An int made of another number: of a float it may be of any size, of an array's element it has 64 bits."""
    if x.dtype in ("float64", "float32", "float16", None):
        return Scalar("int64", True, None, WIDE)
    return Scalar("int64", True, None, x.width if isinstance(x, Scalar) and x.python else WORD)


# the one float, complex, int and bool that Python has
_PYTHONS = {"f": "float64", "c": "complex128", "i": "int64", "u": "int64", "b": "bool"}


def _float_type(x: Type) -> Type:
    return FLOAT


def _complex_type(*parts: Type) -> Type:
    return Scalar("complex128", True)


def _item(x: Type) -> Type:
    if isinstance(x, (Array, Scalar)):
        dtype = _PYTHONS[np.dtype(x.dtype).kind]
        return Scalar(dtype, True, None, WORD if dtype == "int64" else COUNT)
    return Unknown(dtype_of(x))


op("real", Kind.ELEMENTWISE, _part_type, "np.real({0})", shares=True, linear=True)
op("imag", Kind.ELEMENTWISE, _part_type, "np.imag({0})", shares=True, linear=True, read_only=True)
op("to_float", Kind.CONVERSION, _float_type, "float({0})")
op("to_int", Kind.CONVERSION, whole, "int({0})")
op("to_complex", Kind.CONVERSION, _complex_type, lambda t, p: f"complex({', '.join(t)})")
op("round_to_int", Kind.CONVERSION, whole, "round({0})")
op("item", Kind.CONVERSION, _item, "{0}.item()", linear=True)


# ---- lowerings: numbers of other kinds


@lowers(np.real, attribute="real")
def real(b: Builder, val: Argument) -> Atom:
    x = as_array(b, val)
    return x if _surely_real(x) else emit(b, "real", x)


@lowers(np.imag, attribute="imag")
def imag(b: Builder, val: Argument) -> Atom:
    x = as_array(b, val)
    return emit(b, "zeros_like", x) if _surely_real(x) else emit(b, "imag", x)


@lowers(method="conjugate")
def conjugate_method(b: Builder, x: Argument) -> Atom:
    z = as_array(b, x)
    return z if _surely_real(z) else emit(b, "conjugate", z)


@lowers(method="conj")
def conj_method(b: Builder, x: Argument) -> Atom:
    return conjugate_method(b, x)


@lowers(np.angle)
def angle(b: Builder, z: Argument, deg: Argument = False) -> Atom:
    result = emit(b, "arctan2", imag(b, z), real(b, z))
    return emit(b, "degrees", result) if flag(deg, "deg") else result


def _surely_real(x: Atom) -> bool:
    return dtype_of(x.type) is not None and not is_complex(x.type)


@lowers(builtins.float)
def to_float(b: Builder, x: Argument = 0.0) -> Atom:
    number = as_array(b, x)
    return number if number.type == FLOAT else emit(b, "to_float", number)


@lowers(builtins.int)
def to_int(b: Builder, x: Argument = 0) -> Atom:
    number = as_array(b, x)
    return number if is_python(number.type) and dtype_of(number.type) == "int64" else emit(b, "to_int", number)


@lowers(builtins.bool)
def to_bool(b: Builder, x: Argument = False) -> Atom:
    return emit(b, "truth", as_array(b, x))


@lowers(builtins.complex)
def to_complex(b: Builder, real: Argument = 0.0, imag: Argument = 0.0) -> Atom:
    return emit(b, "to_complex", as_array(b, real), as_array(b, imag))


@lowers(method="item")
def item(b: Builder, x: Argument, *index: Argument) -> Atom:
    owner = as_array(b, x)
    if not index:
        return owner if is_python(owner.type) else emit(b, "item", owner)
    places = index[0] if isinstance(index[0], (tuple, list)) else index
    template = tuple(("int", k) for k in range(len(places)))
    source = owner if len(places) == rank_of(owner.type) else emit(b, "ravel", owner)
    return emit(b, "item", emit(b, "get_item", source, *places, index=template))


@lowers(method="tolist")
def tolist(b: Builder, x: Argument) -> Atom:
    owner = as_array(b, x)
    rank = rank_of(owner.type)
    if rank == 0:
        return item(b, owner)
    if rank != 1:
        raise NotYetSupported("tolist of an array that isn't of rank 1", do="keep the array")
    return emit(b, "array_to_list", owner, python=dtype_of(owner.type) in PYTHON_NAMES)


@lowers(method="astype")
def astype(b: Builder, x: Argument, dtype: Argument, casting: Argument = "unsafe", copy: Argument = True) -> Atom:
    owner = as_array(b, x)
    result = as_dtype(b, owner, np.dtype(static(dtype, "dtype")), casting)
    return emit(b, "copy", owner) if result is owner and flag(copy, "copy") else result


def _scalar_type(name: str) -> ToOne:
    """The lowering of np.float32(x) and its kin."""

    def lowering(b: Builder, x: Argument = 0) -> Atom:
        number = number_in(b, as_array(b, x))
        if is_python(number.type) and dtype_of(number.type) == name:
            return by_numpy(b, "positive", number) if name != "bool" else number
        return number if dtype_of(number.type) == name else emit(b, "cast", number, dtype=name)

    return lowering


for _kind in (*FLOATS, *INTS):
    lowers(getattr(np, dtype_name(_kind)))(_scalar_type(_kind))


# ---- what an array says about itself


@lowers(np.shape, attribute="shape")
def shape(b: Builder, a: Argument) -> Atom | tuple[int | Atom, ...]:
    x = as_array(b, a)
    dims = dims_of(x.type)
    if dims is None:
        return emit(b, "shape", x)
    return tuple(d.offset if d.number is not None else emit(b, "dim", x, axis=k) for k, d in enumerate(dims))


@lowers(np.size, attribute="size")
def size(b: Builder, a: Argument, axis: Argument = None) -> int | Atom:
    x = as_array(b, a)
    if static(axis, "axis") is not None:
        return _count(b, x, many_axes(axis, known_rank(x, "np.size along an axis")))
    dims = dims_of(x.type)
    if dims is not None and all(d.number is not None for d in dims):
        return math.prod(d.offset for d in dims)
    return emit(b, "size", x)


@lowers(attribute="itemsize")
def itemsize(b: Builder, a: Argument) -> int | Atom:
    x = as_array(b, a)
    dtype = dtype_of(x.type)
    return emit(b, "attribute", x, name="itemsize") if dtype is None else np.dtype(dtype).itemsize


@lowers(attribute="nbytes")
def nbytes(b: Builder, a: Argument) -> int | Atom:
    count, width = size(b, a), itemsize(b, a)
    return count * width if isinstance(count, int) and isinstance(width, int) else emit(b, "multiply", count, width)


def _count(b: Builder, x: Atom, axes: tuple[int, ...]) -> int | Atom:
    """The number of places along some axes."""
    lengths = [dim_atom(b, x, axis) for axis in axes]
    numbers = [int(n.value) for n in lengths if isinstance(n, Const)]
    if len(numbers) == len(lengths):
        return math.prod(numbers)
    return reduce(lambda n, m: emit(b, "multiply", n, m), lengths)


@lowers(np.ndim, attribute="ndim")
def ndim(b: Builder, a: Argument) -> int | Atom:
    x = as_array(b, a)
    rank = rank_of(x.type)
    return emit(b, "ndim", x) if rank is None else rank


@lowers(builtins.len)
def length(b: Builder, obj: Argument) -> int | Atom:
    if isinstance(obj, (tuple, list)):
        return len(obj)
    x = atom(obj)
    if isinstance(x.type, TupleOf):
        return len(x.type.items)
    dims = dims_of(x.type)
    if dims and not isinstance(x.type, ListOf):
        return dims[0].offset if dims[0].number is not None else emit(b, "dim", x, axis=0)
    return emit(b, "list_len", x)


@lowers(attribute="dtype")
def dtype_attribute(b: Builder, a: Argument) -> np.dtype[np.generic] | Atom:
    x = as_array(b, a)
    dtype = dtype_of(x.type)
    return emit(b, "attribute", x, name="dtype") if dtype is None else np.dtype(dtype)
