"""Operations that make arrays from lengths and numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    as_dtype,
    check_room,
    dim_atom,
    dtype_name,
    emit,
    flag,
    integer,
    known_rank,
    length_atom,
    length_dim,
    one_axis,
    shape_operands,
    shaped,
    with_new_axes,
)
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, ToOne, static
from srcad.ops.shaping import array_of, moved
from srcad.ops.spelling import call, options, shape_text
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.dims import UNKNOWN_DIM, Dim, fixed
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, dtype_of, elementwise_type, promote, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

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
    """How many numbers: known where the step is 1, or all are numbers."""
    dims = [length_dim(t) for t in bounds]
    start, stop, step = (fixed(0), dims[0], fixed(1)) if len(dims) == 1 else (*dims, fixed(1))[:3]
    if step != fixed(1):
        numbers = [d.number for d in (start, stop, step) if d.number is not None]
        return fixed(len(range(*numbers))) if len(numbers) == 3 and numbers[2] else UNKNOWN_DIM
    return (stop - start).counted.as_length


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


def _each_text(texts: tuple[str, ...], params: Params) -> str:
    dtype = "" if params["dtype"] == "float64" else f", dtype=np.{params['dtype']}"
    return f"np.zeros(({texts[0]}, *np.shape({texts[1]})){dtype})"


def _filled_text(function: str, **defaults: object) -> Any:
    def spelling(texts: tuple[str, ...], params: Params) -> str:
        return f"{function}({', '.join([shape_text(texts), *options(params, defaults)])})"

    return spelling


def _full_text(texts: tuple[str, ...], params: Params) -> str:
    return f"np.full({', '.join([shape_text(texts[1:]), texts[0], *options(params, {'dtype': None})])})"


def _linspace_text(texts: tuple[str, ...], params: Params) -> str:
    return f"np.linspace({', '.join([*texts, *options(params, {'endpoint': True})])})"


def _indices_text(texts: tuple[str, ...], params: Params) -> str:
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


def _constant(name: str) -> ToOne:
    def lowering(b: Builder, shape: Argument, dtype: Argument = None) -> Atom:
        return emit(b, name, *shape_operands(shape), **unless_default(dtype_name(dtype)))

    return lowering


def unless_default(dtype: str | None) -> dict[str, object]:
    return {} if dtype in (None, "float64") else {"dtype": dtype}


zeros = lowers(np.zeros)(_constant("zeros"))
ones = lowers(np.ones)(_constant("ones"))
empty = lowers(np.empty)(_constant("empty"))


@lowers(np.ndarray)
def ndarray(
    b: Builder,
    shape: Argument,
    dtype: Argument = float,
    buffer: Argument = None,
    offset: Argument = 0,
    strides: Argument = None,
    order: Argument = None,
) -> Atom:
    """An array without content: of memory that is there already it would be a view."""
    for name, given, default in (("buffer", buffer, None), ("offset", offset, 0), ("strides", strides, None)):
        if static(given, name) != default:
            raise NotYetSupported(f"np.ndarray with {name}=", do="use np.reshape, np.empty, or a slice")
    if static(order, "order") not in (None, "C"):
        raise NotYetSupported("np.ndarray with order=", do="leave it out: it says how the array lies in memory")
    return empty(b, shape, dtype)


def _constant_like(name: str) -> ToOne:
    def lowering(b: Builder, a: Argument, dtype: Argument = None, shape: Argument = None) -> Atom:
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
def full(b: Builder, shape: Argument, fill_value: Argument, dtype: Argument = None) -> Atom:
    value, given, lengths = as_array(b, fill_value), dtype_name(dtype), shape_operands(shape)
    check_room(value, lengths)
    return emit(b, "full", value, *lengths, **({} if given is None else {"dtype": given}))


@lowers(np.full_like)
def full_like(b: Builder, a: Argument, fill_value: Argument, dtype: Argument = None, shape: Argument = None) -> Atom:
    x, given = array_of(b, a), dtype_name(dtype)
    if shape is not None:
        return full(b, shape, fill_value, given or dtype_of(x.type))
    extra: dict[str, object] = {} if given in (None, dtype_of(x.type)) else {"dtype": given}
    return emit(b, "full_like", x, as_array(b, fill_value), **extra)


# ---- lowerings: matrices


def _offset(k: Argument, dtype: str | None) -> dict[str, object]:
    places = integer(k, "k")
    return {**({"k": places} if places else {}), **unless_default(dtype)}


def _columns(columns: Argument) -> tuple[Atom, ...]:
    return () if columns is None else (length_atom(columns),)


@lowers(np.eye)
def eye(b: Builder, N: Argument, M: Argument = None, k: Argument = 0, dtype: Argument = float) -> Atom:
    return emit(b, "eye", length_atom(N), *_columns(M), **_offset(k, dtype_name(dtype)))


@lowers(np.identity)
def identity(b: Builder, n: Argument, dtype: Argument = None) -> Atom:
    return eye(b, n, dtype=float if dtype is None else dtype)


@lowers(np.tri)
def tri(b: Builder, N: Argument, M: Argument = None, k: Argument = 0, dtype: Argument = float) -> Atom:
    return emit(b, "tri", length_atom(N), *_columns(M), **_offset(k, dtype_name(dtype)))


@lowers(np.vander)
def vander(b: Builder, x: Argument, N: Argument = None, increasing: Argument = False) -> Atom:
    """Powers of `x` as columns."""
    base = as_array(b, x)
    count = dim_atom(b, base, 0) if N is None else length_atom(N)
    powers = emit(b, "arange", count)
    if not flag(increasing, "increasing"):
        powers = emit(b, "flip", powers, axis=None)
    return emit(b, "power", with_new_axes(b, base, (1,)), powers)


# ---- lowerings: ranges


@lowers(np.arange)
def arange(
    b: Builder, start: Argument = None, stop: Argument = None, step: Argument = None, dtype: Argument = None
) -> Atom:
    """One bound is the stop, wherever it stands."""
    if start is None or stop is None:
        start, stop = None, stop if start is None else start
    if start is None and step is not None:
        start = 0
    given = dtype_name(dtype)
    bounds = [x for x in (start, stop, step) if x is not None]
    return emit(b, "arange", *bounds, **({} if given is None else {"dtype": given}))


def _samples(b: Builder, start: Argument, stop: Argument, count: Atom, endpoint: Argument) -> Atom:
    """Evenly spaced numbers along a new first axis."""
    extra: dict[str, object] = {} if flag(endpoint, "endpoint") else {"endpoint": False}
    return emit(b, "linspace", as_array(b, start), as_array(b, stop), count, **extra)


def _along(b: Builder, samples: Atom, axis: Argument) -> Atom:
    """Samples along the axis where they are to be."""
    place = integer(axis, "axis")
    return samples if place == 0 else moved(b, samples, 0, one_axis(place, known_rank(samples, "samples")))


@lowers(np.linspace)
def linspace(
    b: Builder,
    start: Argument,
    stop: Argument,
    num: Argument = 50,
    endpoint: Argument = True,
    retstep: Argument = False,
    dtype: Argument = None,
    axis: Argument = 0,
) -> Atom | tuple[Atom, Atom]:
    first, last, count = as_array(b, start), as_array(b, stop), length_atom(num)
    samples, kind = _samples(b, first, last, count, endpoint), dtype_name(dtype)
    if kind is not None and np.dtype(kind).kind in "iu":
        samples = emit(b, "floor", samples)
    samples = _along(b, as_dtype(b, samples, kind), axis)
    if not flag(retstep, "retstep"):
        return samples
    gaps = emit(b, "subtract", count, 1) if flag(endpoint, "endpoint") else count
    return samples, emit(b, "divide", emit(b, "subtract", last, first), gaps)


@lowers(np.logspace)
def logspace(
    b: Builder,
    start: Argument,
    stop: Argument,
    num: Argument = 50,
    endpoint: Argument = True,
    base: Argument = 10.0,
    dtype: Argument = None,
    axis: Argument = 0,
) -> Atom:
    exponents = _samples(b, start, stop, length_atom(num), endpoint)
    return _along(b, as_dtype(b, emit(b, "power", as_array(b, base), exponents), dtype), axis)


@lowers(np.geomspace)
def geomspace(
    b: Builder,
    start: Argument,
    stop: Argument,
    num: Argument = 50,
    endpoint: Argument = True,
    dtype: Argument = None,
    axis: Argument = 0,
) -> Atom:
    first, last = as_array(b, start), as_array(b, stop)
    fractions = _samples(b, 0.0, 1.0, length_atom(num), endpoint)
    rank = max(known_rank(first, "geomspace"), known_rank(last, "geomspace"))
    fractions = with_new_axes(b, fractions, tuple(range(1, rank + 1)))
    growth = emit(b, "power", emit(b, "divide", last, first), fractions)
    return _along(b, as_dtype(b, emit(b, "multiply", first, growth), dtype), axis)


# ---- lowerings: arrays of places


@lowers(np.indices)
def indices(
    b: Builder, dimensions: Argument, dtype: Argument = int, sparse: Argument = False
) -> Atom | tuple[Atom, ...]:
    shape = shape_operands(dimensions)
    rank = len(shape)
    grids = [
        with_new_axes(b, as_dtype(b, emit(b, "arange", n), dtype), tuple(j for j in range(rank) if j != k))
        for k, n in enumerate(shape)
    ]
    if flag(sparse, "sparse"):
        return tuple(grids)
    return emit(b, "stack", *(emit(b, "broadcast_to", g, *shape) for g in grids), axis=0)


@lowers(np.diag_indices)
def diag_indices(b: Builder, n: Argument, ndim: Argument = 2) -> tuple[Atom, ...]:
    return (emit(b, "arange", length_atom(n)),) * integer(ndim, "ndim")


@lowers(np.diag_indices_from)
def diag_indices_from(b: Builder, arr: Argument) -> tuple[Atom, ...]:
    x = as_array(b, arr)
    return diag_indices(b, dim_atom(b, x, 0), known_rank(x, "diag_indices_from"))


Places = Callable[..., tuple[Atom, ...]]


def _triangle(name: str) -> Places:
    def lowering(b: Builder, n: Argument, k: Argument = 0, m: Argument = None) -> tuple[Atom, ...]:
        lengths = (length_atom(n), length_atom(k), *_columns(m))
        return b.emit_many("triangle_indices", *lengths, function=name)

    return lowering


def _triangle_from(name: str) -> Places:
    lowering = _triangle(name)

    def of(b: Builder, arr: Argument, k: Argument = 0) -> tuple[Atom, ...]:
        x = as_array(b, arr)
        return lowering(b, dim_atom(b, x, 0), k, dim_atom(b, x, 1))

    return of


tril_indices = lowers(np.tril_indices)(_triangle("tril_indices"))
triu_indices = lowers(np.triu_indices)(_triangle("triu_indices"))
tril_indices_from = lowers(np.tril_indices_from)(_triangle_from("tril_indices"))
triu_indices_from = lowers(np.triu_indices_from)(_triangle_from("triu_indices"))


# ---- lowerings: arrays from what is given


@lowers(np.array)
def array(b: Builder, object: Argument, dtype: Argument = None, *, copy: Argument = True, ndmin: Argument = 0) -> Atom:
    """A new array, unless `copy` says that the old one will do."""
    x = _converted(b, object, dtype, copy)
    rank = integer(ndmin, "ndmin")
    return with_new_axes(b, x, tuple(range(rank - known_rank(x, "ndmin")))) if rank else x


@lowers(np.ascontiguousarray, np.asfortranarray)
def laid_out(b: Builder, a: Argument, dtype: Argument = None) -> Atom:
    """Of one dimension at least; how the result lies in memory is not of the trace."""
    x = _converted(b, a, dtype, None)
    return with_new_axes(b, x, (0,)) if rank_of(x.type) == 0 else x


@lowers(np.asarray, np.asanyarray, np.asarray_chkfinite)
def asarray(b: Builder, a: Argument, dtype: Argument = None, *, copy: Argument = None) -> Atom:
    """The array itself; a number or nested sequence as an array."""
    return _converted(b, a, dtype, copy)


def _converted(b: Builder, given: Argument, dtype: Argument, copy: Argument) -> Atom:
    """An array-like as an array of a dtype; what was an array of it is copied if `copy` is True."""
    x = as_array(b, given, dtype_name(dtype)) if isinstance(given, (tuple, list)) else array_of(b, given)
    x = as_dtype(b, x, dtype)
    policy = static(copy, "copy")
    if x is given:
        return emit(b, "copy", x) if policy else x
    if policy is False:
        raise CallError("Unable to avoid copy while creating an array as requested.")
    return x


@lowers(np.copy)
def copy(b: Builder, a: Argument) -> Atom:
    x = array_of(b, a)
    return emit(b, "copy", x) if x is a else x


@lowers(method="copy")
def copy_method(b: Builder, a: Argument) -> Atom:
    x = as_array(b, a)
    return emit(b, "copy", x) if not isinstance(x.type, Scalar) else x
