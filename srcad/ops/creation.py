"""Operations that make arrays from lengths and numbers."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    dim_atom,
    dtype_name,
    emit,
    known_rank,
    length_atom,
    length_dim,
    shape_operands,
    shaped,
    with_new_axes,
)
from srcad.ops.catalogue import Index, Kind, lowers, op, static
from srcad.ops.shaping import array_of, as_dtype
from srcad.ops.spelling import call, options, shape_text
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    UNKNOWN_DIM,
    Array,
    Dim,
    Scalar,
    Type,
    Unknown,
    dims_of,
    dtype_of,
    elementwise_type,
    fixed,
    promote,
)

# ---- types


def _filled(*shape: Index, dtype: str = "float64") -> Type:
    return shaped(dtype, shape)


def _full(value: Type, *shape: Index, dtype: str | None = None) -> Type:
    dtype = dtype or dtype_of(value)
    return Unknown() if dtype is None else shaped(dtype, shape)


def _like(x: Type, *, dtype: str | None = None) -> Type:
    dims, dtype = dims_of(x), dtype or dtype_of(x)
    return Unknown(dtype) if dims is None or dtype is None else Array(dtype, dims)


def _full_like(x: Type, value: Type, *, dtype: str | None = None) -> Type:
    return _like(x, dtype=dtype)


def _eye(n: Index, m: Index | None = None, *, k: int = 0, dtype: str = "float64") -> Type:
    return shaped(dtype, (n, m or n))


def _arange(*bounds: Type, dtype: str | None = None) -> Type:
    dtype = dtype or promote(*bounds)
    return Unknown() if dtype is None else Array(dtype, (_arange_dim(bounds),))


def _arange_dim(bounds: tuple[Type, ...]) -> Dim:
    """How many numbers: known where the step is 1 and the start a number."""
    dims = [length_dim(t) for t in bounds]
    start, stop, step = (fixed(0), dims[0], fixed(1)) if len(dims) == 1 else (*dims, fixed(1))[:3]
    if start.symbol is not None or step != fixed(1):
        numbers = [d.offset for d in (start, stop, step)]
        plain = all(d.symbol is None for d in (start, stop, step)) and step.offset != 0
        return fixed(len(range(*numbers))) if plain else UNKNOWN_DIM
    if stop.symbol is None:
        return fixed(max(stop.offset - start.offset, 0))
    return stop.plus(-start.offset)


def _linspace(start: Type, stop: Type, num: Index, *, endpoint: bool = True) -> Type:
    ends = elementwise_type((start, stop, Scalar("float64", python=True)))
    dims, dtype = dims_of(ends), dtype_of(ends)
    return Unknown(dtype) if dims is None or dtype is None else Array(dtype, (length_dim(num), *dims))


def _each(n: Index, x: Type, *, dtype: str) -> Type:
    dims = dims_of(x)
    return Unknown(dtype) if dims is None else Array(dtype, (length_dim(n), *dims))


def _triangle_types(n: Index, k: Index, m: Index | None = None, *, function: str) -> tuple[Type, ...]:
    return (Array("int64", (UNKNOWN_DIM,)),) * 2


# ---- spellings


def _each_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    dtype = "" if params["dtype"] == "float64" else f", dtype=np.{params['dtype']}"
    return f"np.zeros(({texts[0]}, *np.shape({texts[1]})){dtype})"


def _filled_text(function: str, **defaults: Any) -> Any:
    def spelling(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
        return f"{function}({', '.join([shape_text(texts), *options(params, defaults)])})"

    return spelling


def _full_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    return f"np.full({', '.join([shape_text(texts[1:]), texts[0], *options(params, {'dtype': None})])})"


def _linspace_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    return f"np.linspace({', '.join([*texts, *options(params, {'endpoint': True})])})"


def _indices_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    return f"np.{params['function']}({', '.join([*texts, *options(params, {'k': 0})])})"


op("zeros", Kind.CREATION, _filled, _filled_text("np.zeros", dtype="float64"), to_fill=True)
op("ones", Kind.CREATION, _filled, _filled_text("np.ones", dtype="float64"), to_fill=True)
op("empty", Kind.CREATION, _filled, _filled_text("np.empty", dtype="float64"), to_fill=True)
op("full", Kind.CREATION, _full, _full_text, to_fill=True, linear=True)
op(
    "ones_like",
    Kind.CREATION,
    _like,
    call("np.ones_like", dtype=None),
    to_fill=True,
    shape_of=0,
    reads_dtype=True,
    like=0,
)
op(
    "empty_like",
    Kind.CREATION,
    _like,
    call("np.empty_like", dtype=None),
    to_fill=True,
    shape_of=0,
    reads_dtype=True,
    like=0,
)
op(
    "full_like",
    Kind.CREATION,
    _full_like,
    call("np.full_like", dtype=None),
    to_fill=True,
    shape_of=0,
    reads_dtype=True,
    like=0,
    linear=True,
)
op("eye", Kind.CREATION, _eye, call("np.eye", k=0, dtype="float64"), to_fill=True)
op("tri", Kind.CREATION, _eye, call("np.tri", k=0, dtype="float64"), to_fill=True)
op("arange", Kind.CREATION, _arange, call("np.arange", dtype=None))
op("linspace", Kind.CREATION, _linspace, _linspace_text, linear=True)
op("triangle_indices", Kind.CREATION, _triangle_types, _indices_text)


# zeros in the shape of the second operand, as often as the first says
op("zeros_each", Kind.CREATION, _each, _each_text, to_fill=True, shape_of=1)


# ---- lowerings: arrays of one value


def _constant(name: str) -> Any:
    def lowering(b: Builder, shape: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Atom:
        given = dtype_name(dtype)
        return emit(b, name, *shape_operands(shape), **unless_default(given))

    return lowering


def unless_default(dtype: str | None) -> dict[str, Any]:
    return {} if dtype in (None, "float64") else {"dtype": dtype}


zeros = lowers(np.zeros)(_constant("zeros"))
ones = lowers(np.ones)(_constant("ones"))
empty = lowers(np.empty)(_constant("empty"))


def _constant_like(name: str) -> Any:
    def lowering(
        b: Builder, a: Any, dtype: Any = None, order: Any = "K", subok: Any = True, shape: Any = None, **_: Any
    ) -> Atom:
        x = array_of(b, a)
        given = dtype_name(dtype)
        if shape is not None:
            return emit(
                b, name.removesuffix("_like"), *shape_operands(shape), **unless_default(given or dtype_of(x.type))
            )
        if name == "zeros_like":
            return as_dtype(b, emit(b, name, x), given)
        return emit(b, name, x, **({} if given in (None, dtype_of(x.type)) else {"dtype": given}))

    return lowering


zeros_like = lowers(np.zeros_like)(_constant_like("zeros_like"))
ones_like = lowers(np.ones_like)(_constant_like("ones_like"))
empty_like = lowers(np.empty_like)(_constant_like("empty_like"))


@lowers(np.full)
def full(b: Builder, shape: Any, fill_value: Any, dtype: Any = None, order: Any = "C", **_: Any) -> Atom:
    value, given = as_array(b, fill_value), dtype_name(dtype)
    return emit(b, "full", value, *shape_operands(shape), **({} if given is None else {"dtype": given}))


@lowers(np.full_like)
def full_like(
    b: Builder,
    a: Any,
    fill_value: Any,
    dtype: Any = None,
    order: Any = "K",
    subok: Any = True,
    shape: Any = None,
    **_: Any,
) -> Atom:
    x, given = array_of(b, a), dtype_name(dtype)
    if shape is not None:
        return full(b, shape, fill_value, given or dtype_of(x.type))
    extra = {} if given in (None, dtype_of(x.type)) else {"dtype": given}
    return emit(b, "full_like", x, as_array(b, fill_value), **extra)


# ---- lowerings: matrices


def _offset(k: Any, dtype: str | None) -> dict[str, Any]:
    k = operator.index(static(k, "k"))
    return {**({"k": k} if k else {}), **unless_default(dtype)}


def _columns(columns: Any) -> tuple[Atom, ...]:
    return () if columns is None else (length_atom(columns),)


@lowers(np.eye)
def eye(b: Builder, N: Any, M: Any = None, k: Any = 0, dtype: Any = float, order: Any = "C", **_: Any) -> Atom:
    return emit(b, "eye", length_atom(N), *_columns(M), **_offset(k, dtype_name(dtype)))


@lowers(np.identity)
def identity(b: Builder, n: Any, dtype: Any = None, **_: Any) -> Atom:
    return eye(b, n, dtype=float if dtype is None else dtype)


@lowers(np.tri)
def tri(b: Builder, N: Any, M: Any = None, k: Any = 0, dtype: Any = float, **_: Any) -> Atom:
    return emit(b, "tri", length_atom(N), *_columns(M), **_offset(k, dtype_name(dtype)))


@lowers(np.vander)
def vander(b: Builder, x: Any, N: Any = None, increasing: Any = False) -> Atom:
    """Powers of `x` as columns."""
    x = as_array(b, x)
    count = dim_atom(b, x, 0) if N is None else length_atom(N)
    powers = emit(b, "arange", count)
    if not static(increasing, "increasing"):
        powers = emit(b, "flip", powers, axis=None)
    return emit(b, "power", with_new_axes(b, x, (1,)), powers)


# ---- lowerings: ranges


@lowers(np.arange)
def arange(b: Builder, start: Any = None, stop: Any = None, step: Any = None, dtype: Any = None, **_: Any) -> Atom:
    bounds = [start if start is not None else 0, stop, step]
    if start is None or stop is None:
        bounds = [stop, None, step] if start is None else [start, None, step]
    if step is not None and bounds[1] is None:
        bounds = [0, bounds[0], step]
    given = dtype_name(dtype)
    return emit(b, "arange", *(x for x in bounds if x is not None), **({} if given is None else {"dtype": given}))


@lowers(np.linspace)
def linspace(
    b: Builder,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    retstep: Any = False,
    dtype: Any = None,
    axis: Any = 0,
    **_: Any,
) -> Any:
    if operator.index(static(axis, "axis")) != 0:
        raise NotYetSupported("np.linspace with an axis", do="use np.moveaxis on the result")
    first, last, endpoint = as_array(b, start), as_array(b, stop), bool(static(endpoint, "endpoint"))
    count = length_atom(num)
    samples = emit(b, "linspace", first, last, count, **({} if endpoint else {"endpoint": False}))
    samples = as_dtype(b, samples, dtype)
    if not static(retstep, "retstep"):
        return samples
    gaps = b.emit("subtract", count, 1) if endpoint else count
    return samples, b.emit("divide", b.emit("subtract", last, first), gaps)


@lowers(np.logspace)
def logspace(
    b: Builder,
    start: Any,
    stop: Any,
    num: Any = 50,
    endpoint: Any = True,
    base: Any = 10.0,
    dtype: Any = None,
    axis: Any = 0,
) -> Atom:
    exponents = linspace(b, start, stop, num, endpoint, axis=axis)
    return as_dtype(b, emit(b, "power", as_array(b, base), exponents), dtype)


@lowers(np.geomspace)
def geomspace(
    b: Builder, start: Any, stop: Any, num: Any = 50, endpoint: Any = True, dtype: Any = None, axis: Any = 0
) -> Atom:
    first, last = as_array(b, start), as_array(b, stop)
    fractions = linspace(b, 0.0, 1.0, num, endpoint, axis=axis)
    rank = max(known_rank(first, "geomspace"), known_rank(last, "geomspace"))
    fractions = with_new_axes(b, fractions, tuple(range(1, rank + 1)))
    growth = b.emit("power", b.emit("divide", last, first), fractions)
    return as_dtype(b, emit(b, "multiply", first, growth), dtype)


# ---- lowerings: arrays of places


@lowers(np.indices)
def indices(b: Builder, dimensions: Any, dtype: Any = int, sparse: Any = False) -> Any:
    shape = shape_operands(dimensions)
    rank = len(shape)
    grids = [
        with_new_axes(b, emit(b, "arange", n), tuple(j for j in range(rank) if j != k)) for k, n in enumerate(shape)
    ]
    if static(sparse, "sparse"):
        return tuple(grids)
    return as_dtype(b, emit(b, "stack", *(b.emit("broadcast_to", g, *shape) for g in grids), axis=0), dtype)


@lowers(np.diag_indices)
def diag_indices(b: Builder, n: Any, ndim: Any = 2) -> tuple[Atom, ...]:
    return (emit(b, "arange", length_atom(n)),) * operator.index(static(ndim, "ndim"))


@lowers(np.diag_indices_from)
def diag_indices_from(b: Builder, arr: Any) -> tuple[Atom, ...]:
    x = as_array(b, arr)
    return diag_indices(b, dim_atom(b, x, 0), known_rank(x, "diag_indices_from"))


def _triangle(name: str) -> Any:
    def lowering(b: Builder, n: Any, k: Any = 0, m: Any = None) -> tuple[Atom, ...]:
        lengths = (length_atom(n), length_atom(k), *_columns(m))
        return b.emit_many("triangle_indices", *lengths, function=name)

    return lowering


def _triangle_from(name: str) -> Any:
    lowering = _triangle(name)

    def of(b: Builder, arr: Any, k: Any = 0) -> tuple[Atom, ...]:
        x = as_array(b, arr)
        places: tuple[Atom, ...] = lowering(b, dim_atom(b, x, 0), k, dim_atom(b, x, 1))
        return places

    return of


tril_indices = lowers(np.tril_indices)(_triangle("tril_indices"))
triu_indices = lowers(np.triu_indices)(_triangle("triu_indices"))
tril_indices_from = lowers(np.tril_indices_from)(_triangle_from("tril_indices"))
triu_indices_from = lowers(np.triu_indices_from)(_triangle_from("triu_indices"))


# ---- lowerings: arrays from what is given


@lowers(np.array)
def array(
    b: Builder,
    object: Any,
    dtype: Any = None,
    *,
    copy: Any = True,
    order: Any = "K",
    subok: Any = False,
    ndmin: Any = 0,
    **_: Any,
) -> Atom:
    """A new array, unless `copy` says that the old one will do."""
    x = asarray(b, object, dtype)
    rank = operator.index(static(ndmin, "ndmin"))
    if rank:
        x = with_new_axes(b, x, tuple(range(rank - known_rank(x, "ndmin"))))
    if x is object and static(copy, "copy"):
        return emit(b, "copy", x)
    return x


@lowers(np.asarray, np.asanyarray, np.ascontiguousarray, np.asfortranarray, np.asarray_chkfinite)
def asarray(b: Builder, a: Any, dtype: Any = None, order: Any = None, **_: Any) -> Atom:
    """The array itself; a number or nested sequence as an array."""
    given = dtype_name(dtype)
    if isinstance(a, (tuple, list)):
        result: Atom = as_array(b, a, given)
        return result
    return as_dtype(b, array_of(b, a), given)


@lowers(np.copy, method="copy")
def copy(b: Builder, a: Any, order: Any = "K", subok: Any = False) -> Atom:
    x = as_array(b, a)
    return emit(b, "copy", x) if not isinstance(x.type, Scalar) else x
