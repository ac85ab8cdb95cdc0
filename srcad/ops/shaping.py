"""Operations that rearrange elements: reshaping, transposing, joining, splitting, repeating, padding."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    as_dtype,
    check_room,
    dim_atom,
    dims_or_raise,
    emit,
    flag,
    integer,
    known_rank,
    length_atom,
    length_dim,
    many_axes,
    one_axis,
    shape_atoms,
    shape_operands,
    shaped,
    two_axes,
    with_new_axes,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, Lowering, ToOne, static
from srcad.ops.spelling import call, shape_call
from srcad.ops.structural import as_array
from srcad.ops.typing import summed_dtype
from srcad.trace.builder import Builder
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, product, smaller, total
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Array, Scalar, Type, Unknown, broadcast_dims, dims_of, dtype_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

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
    """The one dim that `old` has beyond `rest`."""
    if old is None:
        return UNKNOWN_DIM
    return (product(old).counted // product(rest).counted).as_length


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
    """The length of a diagonal of a matrix, which starts as many columns to the right, or rows down."""
    return smaller(rows.counted + min(offset, 0), columns.counted - max(offset, 0)).as_length


def _diag(x: Type, *, k: int = 0) -> Type:
    """A vector on the diagonal of a matrix."""
    (d,) = dims_or_raise(x, "the diagonal matrix")
    return array_type(x, (total((d, fixed(abs(k)))),) * 2)


def _trace(x: Type, *, offset: int = 0) -> Type:
    dtype = dtype_of(x)
    return Unknown() if dtype is None else Scalar(summed_dtype(dtype))


# ---- spellings


def _method(name: str) -> Any:
    return lambda texts, params: f"{texts[0]}.{name}({', '.join(texts[1:])})"


def _reshape_text(texts: tuple[str, ...], params: Params) -> str:
    return f"{texts[0]}.reshape({', '.join(texts[1:]) or '()'})"


def _transpose_text(texts: tuple[str, ...], params: Params) -> str:
    axes = params.get("axes")
    if axes is None:
        return f"{texts[0]}.T"
    moved = [k for k, a in enumerate(axes) if a != k]
    if len(moved) == 2:
        return f"{texts[0]}.swapaxes({moved[0]}, {moved[1]})"
    return f"{texts[0]}.transpose({', '.join(map(str, axes))})"


def _expand_text(texts: tuple[str, ...], params: Params) -> str:
    axes = params["axis"]
    return f"np.expand_dims({texts[0]}, {axes[0] if len(axes) == 1 else axes})"


def _flip_text(texts: tuple[str, ...], params: Params) -> str:
    axes = params.get("axis")
    return f"np.flip({texts[0]}{'' if axes is None else f', {axes[0] if len(axes) == 1 else axes}'})"


def _roll_text(texts: tuple[str, ...], params: Params) -> str:
    axes = params.get("axis")
    if axes is None:
        return f"np.roll({texts[0]}, {texts[1]})"
    if len(axes) == 1:
        return f"np.roll({texts[0]}, {texts[1]}, axis={axes[0]})"
    return f"np.roll({texts[0]}, ({', '.join(texts[1:])}), axis={axes})"


def _k_text(function: str, option: str) -> Any:
    """A function whose option is best given by place where it is not 0."""

    def spelling(texts: tuple[str, ...], params: Params) -> str:
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


def known_order(order: Argument, what: str) -> str:
    """ "C" or "F"; the others depend on how an array lies in memory."""
    known = word(order, "order")
    if known in ("C", "F"):
        return known
    raise NotYetSupported(
        f"{what} with order={known!r}",
        why="the order of the elements depends on how the array lies in memory",
        do="use order='C' or order='F'",
    )


def array_of(b: Builder, value: Argument) -> Atom:
    """An operand that has a shape: a Python number becomes an array of no dimensions."""
    x = as_array(b, value)
    return emit(b, "array", x, structure=0) if isinstance(x.type, Scalar) else x


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
        backwards = emit(b, "reshape", _reversed(b, x), *shape[::-1])
        return _reversed(b, backwards)
    return emit(b, "reshape", x, *shape)


def _reversed(b: Builder, x: Atom) -> Atom:
    return transposed(b, x, range(known_rank(x, "order='F'"))[::-1])


@lowers(np.reshape)
def reshape(b: Builder, a: Argument, /, shape: Argument, order: Argument = "C", *, copy: Argument = None) -> Atom:
    if static(copy, "copy") is False:
        raise NotYetSupported("np.reshape with copy=False", do="leave the argument out")
    result = reshaped(b, array_of(b, a), shape_operands(shape), known_order(order, "reshape"))
    return emit(b, "copy", result) if flag(copy, "copy") else result


@lowers(method="reshape")
def reshape_method(b: Builder, a: Argument, *shape: Argument, order: Argument = "C", copy: Argument = None) -> Atom:
    return reshape(b, a, shape[0] if len(shape) == 1 else shape, order, copy=copy)


@lowers(np.ravel, method="ravel")
def ravel(b: Builder, a: Argument, order: Argument = "C") -> Atom:
    x = array_of(b, a)
    x = x if known_order(order, "ravel") == "C" else _reversed(b, x)
    return emit(b, "ravel", x)


@lowers(method="flatten")
def flatten(b: Builder, a: Argument, order: Argument = "C") -> Atom:
    x = array_of(b, a)
    x = x if known_order(order, "flatten") == "C" else _reversed(b, x)
    return emit(b, "flatten", x)


@lowers(np.transpose, np.permute_dims)
def transpose(b: Builder, a: Argument, axes: Argument = None) -> Atom:
    x = array_of(b, a)
    known = static(axes, "the order of the axes")
    if known is None and not isinstance(x.type, (Array, Scalar)):
        return emit(b, "transpose", x, axes=None)
    rank = known_rank(x, "transpose")
    if known is not None and len(known if isinstance(known, (tuple, list)) else (known,)) != rank:
        raise CallError("axes don't match array")
    return transposed(b, x, range(rank)[::-1] if known is None else many_axes(known, rank))


@lowers(method="transpose")
def transpose_method(b: Builder, a: Argument, *axes: Argument) -> Atom:
    return transpose(b, a, axes if len(axes) > 1 else axes[0] if axes else None)


@lowers(attribute="T")
def transpose_attribute(b: Builder, a: Argument) -> Atom:
    return transpose(b, a)


@lowers(np.matrix_transpose, np.linalg.matrix_transpose, attribute="mT")
def matrix_transpose(b: Builder, x: Argument, /) -> Atom:
    if known_rank(as_array(b, x), "the transpose of matrices") < 2:
        raise CallError("matrix transpose with ndim < 2 is undefined")
    return swapaxes(b, x, -1, -2)


@lowers(np.swapaxes, method="swapaxes")
def swapaxes(b: Builder, a: Argument, axis1: Argument, axis2: Argument) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "swapaxes")
    one, other = one_axis(axis1, rank), one_axis(axis2, rank)
    order = list(range(rank))
    order[one], order[other] = other, one
    return transposed(b, x, order)


@lowers(np.moveaxis)
def moveaxis(b: Builder, a: Argument, source: Argument, destination: Argument) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "moveaxis")
    sources, places = many_axes(source, rank), many_axes(destination, rank)
    order = [k for k in range(rank) if k not in sources]
    for place, axis in sorted(zip(places, sources, strict=True)):
        order.insert(place, axis)
    return transposed(b, x, order)


@lowers(np.rollaxis)
def rollaxis(b: Builder, a: Argument, axis: Argument, start: Argument = 0) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "rollaxis")
    source, place = one_axis(axis, rank), integer(start, "start")
    place += rank if place < 0 else 0
    return moved(b, x, source, place - 1 if source < place else place)


@lowers(np.expand_dims)
def expand_dims(b: Builder, a: Argument, axis: Argument) -> Atom:
    x = as_array(b, a)
    known = static(axis, "axis")
    axes = tuple(known) if isinstance(known, (tuple, list)) else (integer(known, "axis"),)
    if not isinstance(x.type, (Array, Scalar)):
        return emit(b, "expand_dims", x, axis=axes)
    return with_new_axes(b, x, many_axes(axes, known_rank(x, "expand_dims") + len(axes)))


@lowers(np.squeeze, method="squeeze")
def squeeze(b: Builder, a: Argument, axis: Argument = None) -> Atom:
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
def broadcast_to(b: Builder, array: Argument, shape: Argument) -> Atom:
    x, lengths = as_array(b, array), shape_operands(shape)
    check_room(x, lengths)
    return emit(b, "broadcast_to", x, *lengths)


@lowers(np.broadcast_arrays)
def broadcast_arrays(b: Builder, *args: Argument) -> tuple[Atom, ...]:
    """Each spread to the common shape."""
    xs = [array_of(b, a) for a in args]
    shape = common_shape(b, xs)
    return tuple(emit(b, "broadcast_to", x, *shape) if _differs(x, shape) else x for x in xs)


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
    if dim.number is not None:
        return length_atom(dim.offset)
    own = [(x, dims_of(x.type) or ()) for x in xs]
    candidates = [(x, dims) for x, dims in own if len(dims) >= -axis and not dims[axis].is_one]
    known = [(x, dims) for x, dims in candidates if dims[axis].same(dim)][:1]
    return _longest(b, [dim_atom(b, x, len(dims) + axis) for x, dims in known or candidates])


def _longest(b: Builder, lengths: Sequence[Atom]) -> Atom:
    """The length that is not 1 among some that are otherwise equal."""
    result = lengths[0]
    for n in lengths[1:]:
        result = emit(b, "where", emit(b, "equal", result, 1), n, result)
    return result


# the places of new axes that make an array of a lower rank one of at least 1, 2, or 3 dimensions
MISSING_AXES: dict[int, dict[int, tuple[int, ...]]] = {
    1: {0: (0,)},
    2: {0: (0, 1), 1: (0,)},
    3: {0: (0, 1, 2), 1: (0, 2), 2: (2,)},
}


def _atleast(rank: int) -> Lowering:
    """The lowering of atleast_1d, 2d, 3d: new axes for each lower rank."""

    def lowering(b: Builder, *arys: Argument) -> Atom | tuple[Atom, ...]:
        xs = [as_array(b, ary) for ary in arys]
        made = [with_new_axes(b, x, MISSING_AXES[rank].get(known_rank(x, f"atleast_{rank}d"), ())) for x in xs]
        return made[0] if len(made) == 1 else tuple(made)

    return lowering


lowers(np.atleast_1d)(_atleast(1))
lowers(np.atleast_2d)(_atleast(2))
lowers(np.atleast_3d)(_atleast(3))


@lowers(np.flip)
def flip(b: Builder, m: Argument, axis: Argument = None) -> Atom:
    x = as_array(b, m)
    known = static(axis, "axis")
    return emit(b, "flip", x, axis=None if known is None else many_axes(known, known_rank(x, "flip")))


@lowers(np.flipud)
def flipud(b: Builder, m: Argument) -> Atom:
    return flip(b, m, 0)


@lowers(np.fliplr)
def fliplr(b: Builder, m: Argument) -> Atom:
    return flip(b, m, 1)


@lowers(np.rot90)
def rot90(b: Builder, m: Argument, k: Argument = 1, axes: Argument = (0, 1)) -> Atom:
    x = as_array(b, m)
    first, second = many_axes(axes, known_rank(x, "rot90"))
    turns = integer(k, "the number of turns") % 4
    if turns == 2:
        return flip(b, x, (first, second))
    if turns == 1:
        return swapaxes(b, flip(b, x, second), first, second)
    return flip(b, swapaxes(b, x, first, second), second) if turns else x


@lowers(np.roll)
def roll(b: Builder, a: Argument, shift: Argument, axis: Argument = None) -> Atom:
    x = as_array(b, a)
    shifts = tuple(shift) if isinstance(shift, (tuple, list)) else (shift,)
    known = static(axis, "axis")
    if known is None:
        total = reduce(lambda n, m: emit(b, "add", n, m), map(length_atom, shifts))
        return emit(b, "roll", x, total, axis=None)
    rank = known_rank(x, "roll")
    axes = tuple(one_axis(k, rank) for k in (known if isinstance(known, (tuple, list)) else (known,)))
    if not axes or not shifts:
        return emit(b, "copy", x)
    count = max(len(axes), len(shifts))
    shifts, axes = shifts * (count // len(shifts)), axes * (count // len(axes))
    return emit(b, "roll", x, *map(length_atom, shifts), axis=axes)


# ---- lowerings: diagonals and triangles
@lowers(np.diag)
def diag(b: Builder, v: Argument, k: Argument = 0) -> Atom:
    x = as_array(b, v)
    offset = integer(k, "k")
    rank = known_rank(x, "diag")
    if rank not in (1, 2):
        raise CallError("Input must be 1- or 2-d.")
    return emit(b, "diag", x, k=offset) if rank == 1 else diagonal(b, x, offset)


@lowers(np.diagflat)
def diagflat(b: Builder, v: Argument, k: Argument = 0) -> Atom:
    return diag(b, ravel(b, v), k)


@lowers(np.diagonal, method="diagonal")
def diagonal(b: Builder, a: Argument, offset: Argument = 0, axis1: Argument = 0, axis2: Argument = 1) -> Atom:
    x = as_array(b, a)
    rank = known_rank(x, "diagonal")
    first, second = two_axes(axis1, axis2, rank)
    return emit(b, "diagonal", x, offset=integer(offset, "offset"), axis1=first, axis2=second)


@lowers(np.linalg.diagonal)
def matrix_diagonal(b: Builder, x: Argument, /, *, offset: Argument = 0) -> Atom:
    return diagonal(b, x, offset, -2, -1)


@lowers(np.trace, method="trace")
def trace(
    b: Builder, a: Argument, offset: Argument = 0, axis1: Argument = 0, axis2: Argument = 1, dtype: Argument = None
) -> Atom:
    x = as_array(b, a)
    x, places = as_dtype(b, x, dtype), integer(offset, "offset")
    if known_rank(x, "trace") == 2:
        first, second = two_axes(axis1, axis2, 2)
        return emit(b, "trace", x, offset=-places if first > second else places)
    return emit(b, "sum", diagonal(b, x, places, axis1, axis2), axis=known_rank(x, "trace") - 2, keepdims=False)


@lowers(np.linalg.trace)
def matrix_trace(b: Builder, x: Argument, /, *, offset: Argument = 0, dtype: Argument = None) -> Atom:
    return trace(b, x, offset, -2, -1, dtype)


def _triangle(name: str) -> ToOne:
    def lowering(b: Builder, m: Argument, k: Argument = 0) -> Atom:
        x = as_array(b, m)
        rank = known_rank(x, name)
        if rank == 0:
            raise CallError("tri() missing 1 required positional argument: 'N'")
        if rank == 1:
            x = emit(b, "broadcast_to", x, *shape_atoms(b, x) * 2)
        return emit(b, name, x, k=integer(k, "k"))

    return lowering


triu = lowers(np.triu)(_triangle("triu"))
tril = lowers(np.tril)(_triangle("tril"))
