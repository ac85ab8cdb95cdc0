"""Operations that rearrange elements: reshaping, transposing, joining, splitting, repeating, padding."""

from __future__ import annotations

import operator
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    dim_atom,
    dims_or_raise,
    emit,
    known_rank,
    length_atom,
    length_dim,
    many_axes,
    one_axis,
    shape_operands,
    shaped,
    with_new_axes,
)
from srcad.ops.catalogue import Index, Kind, lowers, op, static
from srcad.ops.spelling import call, shape_call
from srcad.ops.structural import as_array, size_dim
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    ONE,
    UNKNOWN_DIM,
    Array,
    Dim,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dims_of,
    dtype_of,
    fixed,
)

# ---- types


def array_type(x: Type, dims: Sequence[Dim] | None) -> Type:
    """An array with the dtype of `x`."""
    dtype = dtype_of(x)
    return Unknown(dtype) if dims is None or dtype is None else Array(dtype, tuple(dims))


def _reshaped(x: Type, *shape: Index) -> Type:
    result = shaped(dtype_of(x) or "float64", shape)
    if not isinstance(result, Array):
        return Unknown(dtype_of(x))
    return array_type(x, _filled(dims_of(x), result.dims))


def _filled(old: tuple[Dim, ...] | None, new: tuple[Dim, ...]) -> tuple[Dim, ...]:
    """The dims of a shape, where one may be -1: what is left for it."""
    holes = [k for k, d in enumerate(new) if d == fixed(-1)]
    if not holes:
        return new
    (hole,) = holes
    return (*new[:hole], _left(old, new[:hole] + new[hole + 1 :]), *new[hole + 1 :])


def _left(old: tuple[Dim, ...] | None, rest: tuple[Dim, ...]) -> Dim:
    """The one dim that `old` has beyond `rest`, if that is plain to see."""
    if old is None:
        return UNKNOWN_DIM
    remaining = [d for d in old if not d.is_one]
    for d in rest:
        if d in remaining:
            remaining.remove(d)
        elif not d.is_one:
            return _quotient(old, rest)
    return size_dim(tuple(remaining)) or UNKNOWN_DIM


def _quotient(old: Sequence[Dim], rest: Sequence[Dim]) -> Dim:
    if any(d.symbol is not None for d in (*old, *rest)):
        return UNKNOWN_DIM
    count = int(np.prod([d.offset for d in rest], dtype=int))
    return fixed(int(np.prod([d.offset for d in old], dtype=int)) // count) if count else UNKNOWN_DIM


def _raveled(x: Type) -> Type:
    dims = dims_of(x)
    return array_type(x, (_left(dims, ()),)) if dims is not None else array_type(x, (UNKNOWN_DIM,))


def _transposed(x: Type, *, axes: tuple[int, ...] | None = None) -> Type:
    dims = dims_of(x)
    if dims is None:
        return x
    return array_type(x, dims[::-1] if axes is None else [dims[a] for a in axes])


def _expanded(x: Type, *, axis: tuple[int, ...]) -> Type:
    dims = dims_of(x)
    if dims is None:
        return Unknown(dtype_of(x))
    rank = len(dims) + len(axis)
    rest = iter(dims)
    places = {a % rank for a in axis}
    return array_type(x, [ONE if k in places else next(rest) for k in range(rank)])


def _squeezed(x: Type, *, axis: tuple[int, ...] | None = None) -> Type:
    dims = dims_of(x)
    if dims is None or (axis is None and not all(d.is_one or d.not_one for d in dims)):
        return Unknown(dtype_of(x))
    return array_type(x, [d for k, d in enumerate(dims) if not (d.is_one if axis is None else k in axis)])


def _broadcast(x: Type, *shape: Index) -> Type:
    return shaped(dtype_of(x) or "float64", shape) if dtype_of(x) else Unknown()


def _rolled(x: Type, *shifts: Index, axis: tuple[int, ...] | None = None) -> Type:
    return x


def _flipped(x: Type, *, axis: tuple[int, ...] | None = None) -> Type:
    return x


def _cut(x: Type, *, k: int = 0) -> Type:
    return x


def _like(g: Type, x: Type) -> Type:
    return array_type(g, dims_of(x))


def _with_dims(x: Type, *, dims: tuple[Dim, ...]) -> Type:
    return array_type(x, dims)


def _diagonal(x: Type, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Type:
    dims = dims_or_raise(x, "the diagonal")
    rest = [d for k, d in enumerate(dims) if k not in (axis1, axis2)]
    return array_type(x, (*rest, diagonal_dim(dims[axis1], dims[axis2], offset)))


def diagonal_dim(rows: Dim, columns: Dim, offset: int) -> Dim:
    if rows.symbol is None and columns.symbol is None:
        return fixed(max(min(rows.offset, columns.offset - offset, rows.offset + offset, columns.offset), 0))
    return rows if rows.same(columns) and offset == 0 else UNKNOWN_DIM


def _diag(x: Type, *, k: int = 0) -> Type:
    """A vector on the diagonal of a matrix."""
    (d,) = dims_or_raise(x, "the diagonal matrix")
    return array_type(x, (d.plus(abs(k)),) * 2)


def _trace(x: Type, *, offset: int = 0) -> Type:
    dtype = dtype_of(x)
    return Unknown() if dtype is None else Scalar(dtype)


# ---- spellings


def _method(name: str) -> Any:
    return lambda texts, params: f"{texts[0]}.{name}({', '.join(texts[1:])})"


def _reshape_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    return f"{texts[0]}.reshape({', '.join(texts[1:]) or '()'})"


def _transpose_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    axes = params.get("axes")
    if axes is None:
        return f"{texts[0]}.T"
    moved = [k for k, a in enumerate(axes) if a != k]
    if len(moved) == 2:
        return f"{texts[0]}.swapaxes({moved[0]}, {moved[1]})"
    return f"{texts[0]}.transpose({', '.join(map(str, axes))})"


def _expand_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    axes = params["axis"]
    return f"np.expand_dims({texts[0]}, {axes[0] if len(axes) == 1 else axes})"


def _flip_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    axes = params.get("axis")
    return f"np.flip({texts[0]}{'' if axes is None else f', {axes[0] if len(axes) == 1 else axes}'})"


def _roll_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    axes = params.get("axis")
    if axes is None:
        return f"np.roll({texts[0]}, {texts[1]})"
    if len(axes) == 1:
        return f"np.roll({texts[0]}, {texts[1]}, axis={axes[0]})"
    return f"np.roll({texts[0]}, ({', '.join(texts[1:])}), axis={axes})"


def _k_text(function: str, option: str) -> Any:
    """A function whose option is best given by place where it is not 0."""

    def spelling(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
        k = params.get(option, 0)
        return f"{function}({texts[0]}{f', {k}' if k else ''})"

    return spelling


op("reshape", Kind.VIEW, _reshaped, _reshape_text, cost="free", linear=True)
op("reshape_like", Kind.VIEW, _like, "{0}.reshape({1}.shape)", cost="free", shape_of=1, like=1, linear=True)
# the operand itself, of which the lengths are known from elsewhere
op("with_dims", Kind.VIEW, _with_dims, "{0}", cost="free", linear=True)
op("ravel", Kind.VIEW, _raveled, _method("ravel"), cost="free", linear=True)
op("flatten", Kind.MOVEMENT, _raveled, _method("flatten"), linear=True)
op("transpose", Kind.VIEW, _transposed, _transpose_text, cost="free", linear=True)
op("expand_dims", Kind.VIEW, _expanded, _expand_text, cost="free", linear=True)
op("squeeze", Kind.VIEW, _squeezed, call("np.squeeze", axis=None), cost="free", linear=True)
op("broadcast_to", Kind.VIEW, _broadcast, shape_call("np.broadcast_to"), cost="free", read_only=True, linear=True)
op("roll", Kind.MOVEMENT, _rolled, _roll_text, linear=True)
op("flip", Kind.VIEW, _flipped, _flip_text, cost="free", linear=True)
op(
    "diagonal",
    Kind.VIEW,
    _diagonal,
    call("np.diagonal", offset=0, axis1=0, axis2=1),
    cost="free",
    read_only=True,
    linear=True,
)
op("diag", Kind.MOVEMENT, _diag, _k_text("np.diag", "k"), read_only=True, linear=True)
op("triu", Kind.MOVEMENT, _cut, _k_text("np.triu", "k"), linear=True)
op("tril", Kind.MOVEMENT, _cut, _k_text("np.tril", "k"), linear=True)
op("trace", Kind.REDUCTION, _trace, _k_text("np.trace", "offset"), linear=True)


# ---- lowerings: new shapes


def as_dtype(b: Builder, x: Atom, dtype: Any) -> Atom:
    """`x` with the dtype asked for, if one is."""
    name = static(dtype, "dtype")
    if name is None or str(np.dtype(name)) == dtype_of(x.type):
        return x
    return emit(b, "cast", x, dtype=str(np.dtype(name)))


def refuse_order(order: Any, what: str) -> str:
    """ "C" or "F"; the others depend on how an array lies in memory."""
    order = static(order, "order")
    if order in ("C", "F"):
        return str(order)
    raise NotYetSupported(
        f"{what} with order={order!r}",
        why="the order of the elements depends on how the array lies in memory",
        do="use order='C' or order='F'",
    )


def array_of(b: Builder, value: Any) -> Atom:
    """An operand that has a shape: a Python number becomes an array of no dimensions."""
    x = as_array(b, value)
    if isinstance(x.type, Scalar):
        return emit(b, "array", x, structure=0)
    plain: Atom = x
    return plain


def transposed(b: Builder, x: Atom, axes: Sequence[int]) -> Atom:
    """`x` with its axes in this order; `x` itself where that is the order they have."""
    rank, axes = len(axes), tuple(axes)
    if axes == tuple(range(rank)):
        return x
    return emit(b, "transpose", x, axes=None if axes == tuple(range(rank))[::-1] else axes)


def moved(b: Builder, x: Atom, source: int, destination: int) -> Atom:
    """`x` with one axis put elsewhere."""
    order = [k for k in range(known_rank(x, "moving an axis")) if k != source]
    order.insert(destination, source)
    return transposed(b, x, order)


def reshaped(b: Builder, x: Atom, shape: tuple[Atom, ...], order: str = "C") -> Atom:
    if order == "F":
        backwards = b.emit("reshape", _reversed(b, x), *shape[::-1])
        return _reversed(b, backwards)
    return emit(b, "reshape", x, *shape)


def _reversed(b: Builder, x: Atom) -> Atom:
    return transposed(b, x, range(known_rank(x, "order='F'"))[::-1])


@lowers(np.reshape)
def reshape(b: Builder, a: Any, /, shape: Any, order: Any = "C", *, copy: Any = None) -> Atom:
    result = reshaped(b, array_of(b, a), shape_operands(shape), refuse_order(order, "reshape"))
    return emit(b, "copy", result) if static(copy, "copy") else result


@lowers(method="reshape")
def reshape_method(b: Builder, a: Any, *shape: Any, order: Any = "C", copy: Any = None) -> Atom:
    return reshape(b, a, shape[0] if len(shape) == 1 else shape, order, copy=copy)


@lowers(np.ravel, method="ravel")
def ravel(b: Builder, a: Any, order: Any = "C") -> Atom:
    x = array_of(b, a)
    x = x if refuse_order(order, "ravel") == "C" else _reversed(b, x)
    return emit(b, "ravel", x)


@lowers(method="flatten")
def flatten(b: Builder, a: Any, order: Any = "C") -> Atom:
    x = array_of(b, a)
    x = x if refuse_order(order, "flatten") == "C" else _reversed(b, x)
    return emit(b, "flatten", x)


@lowers(np.transpose, np.permute_dims)
def transpose(b: Builder, a: Any, axes: Any = None) -> Atom:
    x = as_array(b, a)
    axes = static(axes, "the order of the axes")
    if axes is None and not isinstance(x.type, (Array, Scalar)):
        return emit(b, "transpose", x, axes=None)
    rank = known_rank(x, "transpose")
    return transposed(b, x, range(rank)[::-1] if axes is None else many_axes(axes, rank))


@lowers(method="transpose")
def transpose_method(b: Builder, a: Any, *axes: Any) -> Atom:
    return transpose(b, a, axes if len(axes) > 1 else axes[0] if axes else None)


@lowers(attribute="T")
def transpose_attribute(b: Builder, a: Any) -> Atom:
    return transpose(b, a)


@lowers(np.matrix_transpose, np.linalg.matrix_transpose, attribute="mT")
def matrix_transpose(b: Builder, x: Any, /) -> Atom:
    return swapaxes(b, x, -1, -2)


@lowers(np.swapaxes, method="swapaxes")
def swapaxes(b: Builder, a: Any, axis1: Any, axis2: Any) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "swapaxes")
    one, other = one_axis(axis1, rank), one_axis(axis2, rank)
    order = list(range(rank))
    order[one], order[other] = other, one
    return transposed(b, x, order)


@lowers(np.moveaxis)
def moveaxis(b: Builder, a: Any, source: Any, destination: Any) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "moveaxis")
    sources, places = many_axes(source, rank), many_axes(destination, rank)
    order = [k for k in range(rank) if k not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transposed(b, x, order)


@lowers(np.rollaxis)
def rollaxis(b: Builder, a: Any, axis: Any, start: Any = 0) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "rollaxis")
    axis, start = one_axis(axis, rank), operator.index(static(start, "start"))
    start += rank if start < 0 else 0
    return moved(b, x, axis, start - 1 if axis < start else start)


@lowers(np.expand_dims)
def expand_dims(b: Builder, a: Any, axis: Any) -> Atom:
    x = as_array(b, a)
    axis = static(axis, "axis")
    axes = tuple(axis) if isinstance(axis, (tuple, list)) else (operator.index(axis),)
    if not isinstance(x.type, (Array, Scalar)):
        return emit(b, "expand_dims", x, axis=axes)
    return with_new_axes(b, x, many_axes(axes, known_rank(x, "expand_dims") + len(axes)))


@lowers(np.squeeze, method="squeeze")
def squeeze(b: Builder, a: Any, axis: Any = None) -> Atom:
    x = array_of(b, a)
    if static(axis, "axis") is not None:
        axes = many_axes(axis, known_rank(x, "squeeze"))
        return emit(b, "squeeze", x, axis=axes) if axes else x
    dims = dims_of(x.type)
    if dims is None or not all(d.is_one or d.not_one for d in dims):
        return emit(b, "squeeze", x, axis=None)
    ones = tuple(k for k, d in enumerate(dims) if d.is_one)
    return emit(b, "squeeze", x, axis=ones) if ones else x


@lowers(np.broadcast_to)
def broadcast_to(b: Builder, array: Any, shape: Any) -> Atom:
    return emit(b, "broadcast_to", as_array(b, array), *shape_operands(shape))


@lowers(np.broadcast_arrays)
def broadcast_arrays(b: Builder, *args: Any) -> tuple[Atom, ...]:
    """Each spread to the common shape."""
    xs = [array_of(b, a) for a in args]
    shape = common_shape(b, xs)
    return tuple(b.emit("broadcast_to", x, *shape) if _differs(x, shape) else x for x in xs)


def _differs(x: Atom, shape: tuple[Atom, ...]) -> bool:
    dims = dims_of(x.type) or ()
    wanted = [length_dim(n.type) for n in shape]
    return len(dims) != len(wanted) or not all(d.same(w) for d, w in zip(dims, wanted, strict=True))


def common_shape(b: Builder, xs: Sequence[Atom]) -> tuple[Atom, ...]:
    """The lengths to which these arrays broadcast together."""
    dims: tuple[Dim, ...] = ()
    for x in xs:
        dims = broadcast_dims(dims, dims_or_raise(x.type, "broadcasting"))
    return tuple(_common_length(b, xs, k - len(dims), d) for k, d in enumerate(dims))


def _common_length(b: Builder, xs: Sequence[Atom], axis: int, dim: Dim) -> Atom:
    """The length of one axis (counted from the end) of the common shape."""
    if dim.symbol is None:
        return length_atom(dim.offset)
    own = [(x, dims_of(x.type) or ()) for x in xs]
    candidates = [(x, dims) for x, dims in own if len(dims) >= -axis and not dims[axis].is_one]
    known = [(x, dims) for x, dims in candidates if dims[axis].same(dim)][:1]
    return _longest(b, [dim_atom(b, x, len(dims) + axis) for x, dims in known or candidates])


def _longest(b: Builder, lengths: Sequence[Atom]) -> Atom:
    """The length that is not 1 among some that are otherwise equal."""
    result = lengths[0]
    for n in lengths[1:]:
        result = b.emit("where", b.emit("equal", result, 1), n, result)
    return result


def _atleast(rank: int, places: Mapping[int, tuple[int, ...]]) -> Any:
    """The lowering of atleast_1d, 2d, 3d: new axes for each lower rank."""

    def lowering(b: Builder, *arys: Any) -> Any:
        results = []
        for ary in arys:
            x = as_array(b, ary)
            axes = places.get(known_rank(x, f"atleast_{rank}d"), ())
            results.append(with_new_axes(b, x, axes))
        return results[0] if len(results) == 1 else tuple(results)

    return lowering


atleast_1d = lowers(np.atleast_1d)(_atleast(1, {0: (0,)}))
atleast_2d = lowers(np.atleast_2d)(_atleast(2, {0: (0, 1), 1: (0,)}))
atleast_3d = lowers(np.atleast_3d)(_atleast(3, {0: (0, 1, 2), 1: (0, 2), 2: (2,)}))


@lowers(np.flip)
def flip(b: Builder, m: Any, axis: Any = None) -> Atom:
    x = as_array(b, m)
    axes = static(axis, "axis")
    return emit(b, "flip", x, axis=None if axes is None else many_axes(axes, known_rank(x, "flip")))


@lowers(np.flipud)
def flipud(b: Builder, m: Any) -> Atom:
    return flip(b, m, 0)


@lowers(np.fliplr)
def fliplr(b: Builder, m: Any) -> Atom:
    return flip(b, m, 1)


@lowers(np.rot90)
def rot90(b: Builder, m: Any, k: Any = 1, axes: Any = (0, 1)) -> Atom:
    x = as_array(b, m)
    first, second = many_axes(axes, known_rank(x, "rot90"))
    turns = operator.index(static(k, "the number of turns")) % 4
    if turns == 2:
        return flip(b, x, (first, second))
    if turns == 1:
        return swapaxes(b, flip(b, x, second), first, second)
    return flip(b, swapaxes(b, x, first, second), second) if turns else x


@lowers(np.roll)
def roll(b: Builder, a: Any, shift: Any, axis: Any = None) -> Atom:
    x = as_array(b, a)
    shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,)
    axis = static(axis, "axis")
    if axis is None:
        return emit(b, "roll", x, *map(length_atom, shifts), axis=None)
    rank = known_rank(x, "roll")
    axes = tuple(one_axis(k, rank) for k in (axis if isinstance(axis, (tuple, list)) else (axis,)))
    count = max(len(axes), len(shifts))
    shifts, axes = shifts * (count // len(shifts)), axes * (count // len(axes))
    return emit(b, "roll", x, *map(length_atom, shifts), axis=axes)


# ---- lowerings: diagonals and triangles
@lowers(np.diag)
def diag(b: Builder, v: Any, k: Any = 0) -> Atom:
    x = as_array(b, v)
    k = operator.index(static(k, "k"))
    if known_rank(x, "diag") == 1:
        return emit(b, "diag", x, k=k)
    return diagonal(b, x, k)


@lowers(np.diagflat)
def diagflat(b: Builder, v: Any, k: Any = 0) -> Atom:
    return diag(b, ravel(b, v), k)


@lowers(np.diagonal, method="diagonal")
def diagonal(b: Builder, a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "diagonal")
    first, second = one_axis(axis1, rank), one_axis(axis2, rank)
    offset = operator.index(static(offset, "offset"))
    return emit(b, "diagonal", x, offset=offset, axis1=first, axis2=second)


@lowers(np.linalg.diagonal)
def matrix_diagonal(b: Builder, x: Any, /, *, offset: Any = 0) -> Atom:
    return diagonal(b, x, offset, -2, -1)


@lowers(np.trace, method="trace")
def trace(b: Builder, a: Any, offset: Any = 0, axis1: Any = 0, axis2: Any = 1, dtype: Any = None) -> Atom:
    x = as_array(b, a)
    offset = operator.index(static(offset, "offset"))
    if known_rank(x, "trace") == 2:
        if one_axis(axis1, 2) > one_axis(axis2, 2):
            offset = -offset
        return as_dtype(b, b.emit("trace", x, offset=offset), dtype)
    total = b.emit("sum", diagonal(b, x, offset, axis1, axis2), axis=known_rank(x, "trace") - 2, keepdims=False)
    return as_dtype(b, total, dtype)


@lowers(np.linalg.trace)
def matrix_trace(b: Builder, x: Any, /, *, offset: Any = 0, dtype: Any = None) -> Atom:
    return trace(b, x, offset, -2, -1, dtype)


def _triangle(name: str) -> Any:
    def lowering(b: Builder, m: Any, k: Any = 0) -> Atom:
        x = as_array(b, m)
        if known_rank(x, name) < 2:
            raise NotYetSupported(f"np.{name} of a vector", do=f"use np.{name}(np.broadcast_to(v, (n, n)))")
        return emit(b, name, x, k=operator.index(static(k, "k")))

    return lowering


triu = lowers(np.triu)(_triangle("triu"))
tril = lowers(np.tril)(_triangle("tril"))
