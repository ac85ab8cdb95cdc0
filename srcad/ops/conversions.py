"""What a number or an array says about itself, and numbers of other kinds: shape, dtype, real, float(x), x.item()."""

from __future__ import annotations

import builtins
import math
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.catalogue import LOWERINGS, Kind, lowers, op, static
from srcad.ops.elementwise import by_numpy
from srcad.ops.structural import as_array, dtype_name
from srcad.ops.typing import is_python, shaped
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    FLOAT,
    INT,
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

FLOATS = ("float16", "float32", "float64", "complex64", "complex128")
INTS = ("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64")

# ---- operations


def _part_type(x: Type, *, python: bool | None = None) -> Type:
    """The real or imaginary part."""
    dtype = dtype_of(x)
    if dtype is None:
        return Unknown()
    kind = np.dtype(dtype)
    return shaped((x,), {"complex64": "float32", "complex128": "float64"}.get(kind.name, kind.name))


# the one float, complex, int and bool that Python has
_PYTHONS = {"f": "float64", "c": "complex128", "i": "int64", "u": "int64", "b": "bool"}


def _float_type(x: Type) -> Type:
    return FLOAT


def _int_type(x: Type) -> Type:
    return INT


def _complex_type(*parts: Type) -> Type:
    return Scalar("complex128", True)


def _item(x: Type) -> Type:
    if isinstance(x, (Array, Scalar)):
        return Scalar(_PYTHONS[np.dtype(x.dtype).kind], True)
    return Unknown(dtype_of(x))


op("real", Kind.ELEMENTWISE, _part_type, "np.real({0})", shares=True, linear=True)
op("imag", Kind.ELEMENTWISE, _part_type, "np.imag({0})", shares=True, linear=True, read_only=True)
op("to_float", Kind.CONVERSION, _float_type, "float({0})")
op("to_int", Kind.CONVERSION, _int_type, "int({0})")
op("to_complex", Kind.CONVERSION, _complex_type, lambda t, p: f"complex({', '.join(t)})")
op("round_to_int", Kind.CONVERSION, _int_type, "round({0})")
op("item", Kind.CONVERSION, _item, "{0}.item()", linear=True)


# ---- lowerings: numbers of other kinds


@lowers(np.real, attribute="real")
def real(b: Builder, x: Any) -> Any:
    x = as_array(b, x)
    return x if _surely_real(x) else b.emit("real", x)


@lowers(np.imag, attribute="imag")
def imag(b: Builder, x: Any) -> Any:
    x = as_array(b, x)
    return b.emit("zeros_like", x) if _surely_real(x) else b.emit("imag", x)


@lowers(method="conjugate")
def conjugate_method(b: Builder, x: Any) -> Any:
    return x if _surely_real(x) else b.emit("conjugate", x)


@lowers(method="conj")
def conj_method(b: Builder, x: Any) -> Any:
    return conjugate_method(b, x)


@lowers(np.angle)
def angle(b: Builder, z: Any, deg: Any = False) -> Any:
    result: Atom = b.emit("arctan2", imag(b, z), real(b, z))
    return b.emit("degrees", result) if static(deg, "deg") else result


def _surely_real(x: Atom) -> bool:
    return dtype_of(x.type) is not None and not is_complex(x.type)


@lowers(builtins.float)
def to_float(b: Builder, x: Any = 0.0) -> Any:
    x = as_array(b, x)
    return x if x.type == FLOAT else b.emit("to_float", x)


@lowers(builtins.int)
def to_int(b: Builder, x: Any = 0) -> Any:
    x = as_array(b, x)
    return x if is_python(x.type) and dtype_of(x.type) == "int64" else b.emit("to_int", x)


@lowers(builtins.bool)
def to_bool(b: Builder, x: Any = False) -> Any:
    return b.emit("truth", as_array(b, x))


@lowers(builtins.complex)
def to_complex(b: Builder, real: Any = 0.0, imag: Any = 0.0) -> Any:
    return b.emit("to_complex", as_array(b, real), as_array(b, imag))


@lowers(method="item")
def item(b: Builder, x: Any, *index: Any) -> Any:
    if not index:
        return x if is_python(x.type) else b.emit("item", x)
    places = index[0] if isinstance(index[0], (tuple, list)) else index
    template = tuple(("int", k) for k in range(len(places)))
    source = x if len(places) == rank_of(x.type) else b.emit("ravel", x)
    return b.emit("item", b.emit("get_item", source, *places, index=template))


@lowers(method="tolist")
def tolist(b: Builder, x: Any) -> Any:
    rank = rank_of(x.type)
    if rank == 0:
        return item(b, x)
    if rank != 1:
        raise NotYetSupported("tolist of an array that isn't of rank 1", do="keep the array")
    return b.emit("array_to_list", x)


@lowers(method="astype")
def astype(b: Builder, x: Any, dtype: Any, *_: Any, **options: Any) -> Any:
    name = np.dtype(static(dtype, "dtype")).name
    if name != dtype_of(x.type):
        return b.emit("cast", x, dtype=name)
    return b.emit("copy", x) if static(options.get("copy", True), "copy") else x


def _scalar_type(name: str) -> Any:
    """The lowering of np.float32(x) and its kin."""

    def lowering(b: Builder, x: Any = 0) -> Any:
        x = as_array(b, x)
        if is_python(x.type) and dtype_of(x.type) == name:
            return by_numpy(b, "positive", x) if name != "bool" else x
        return x if dtype_of(x.type) == name else b.emit("cast", x, dtype=name)

    return lowering


for _kind in (*FLOATS, *INTS):
    LOWERINGS[getattr(np, dtype_name(_kind))] = _scalar_type(_kind)


# ---- what an array says about itself


@lowers(np.shape, attribute="shape")
def shape(b: Builder, a: Any) -> Any:
    x = as_array(b, a)
    dims = dims_of(x.type)
    if dims is None:
        return b.emit("shape", x)
    return tuple(d.offset if d.symbol is None else b.emit("dim", x, axis=k) for k, d in enumerate(dims))


@lowers(np.size, attribute="size")
def size(b: Builder, a: Any, axis: Any = None) -> Any:
    x, axis = as_array(b, a), static(axis, "axis")
    if axis is not None:
        return shape(b, x)[axis]
    dims = dims_of(x.type)
    if dims is not None and all(d.symbol is None for d in dims):
        return math.prod(d.offset for d in dims)
    return b.emit("size", x)


@lowers(np.ndim, attribute="ndim")
def ndim(b: Builder, a: Any) -> Any:
    x = as_array(b, a)
    rank = rank_of(x.type)
    return b.emit("ndim", x) if rank is None else rank


@lowers(builtins.len)
def length(b: Builder, a: Any) -> Any:
    if isinstance(a, (tuple, list)):
        return len(a)
    if isinstance(a.type, ListOf):
        return b.emit("list_len", a)
    if isinstance(a.type, TupleOf):
        return len(a.type.items)
    dims = dims_of(a.type)
    if dims:
        return dims[0].offset if dims[0].symbol is None else b.emit("dim", a, axis=0)
    return b.emit("list_len", a)


@lowers(attribute="dtype")
def dtype_attribute(b: Builder, a: Any) -> Any:
    dtype = dtype_of(a.type)
    return b.emit("attribute", a, name="dtype") if dtype is None else np.dtype(dtype)
