"""Products of vectors and matrices."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from string import ascii_letters

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    as_dtype,
    dim_atom,
    dims_or_raise,
    emit,
    flag,
    integer,
    is_given,
    known_rank,
    many_axes,
    one_axis,
    picked,
    shape_atoms,
    with_new_axes,
)
from srcad.ops.declare import Area, Argument, CallError, Kind, static
from srcad.ops.einsum import letter_dims, parse
from srcad.ops.elementwise import in_dtype, strong
from srcad.ops.joining import items_of
from srcad.ops.shaping import moved, ravel, transposed
from srcad.ops.spelling import options
from srcad.ops.structural import as_array, as_axes
from srcad.trace.builder import Builder
from srcad.trace.dims import Dim, fixed
from srcad.trace.nodes import Atom, Params, Var
from srcad.trace.types import (
    Array,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dims_of,
    dtype_of,
    is_complex,
    is_numeric,
    promote,
)

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def number_or_array(dtype: str | None, dims: Sequence[Dim] | None) -> Type:
    """A NumPy scalar where no dimensions are left."""
    if dims is None or dtype is None:
        return Unknown(dtype)
    return Array(dtype, tuple(dims)) if dims else Scalar(dtype)


def _matmul(a: Type, b: Type) -> Type:
    dtype, left, right = promote(a, b), dims_of(a), dims_of(b)
    if left is None or right is None:
        return Unknown(dtype)
    if not (left and right):
        raise CallError(f"matmul: Input operand {int(bool(left))} does not have enough dimensions")
    if len(left) == 1:
        return number_or_array(dtype, (*right[:-2], *right[-1:]) if len(right) > 1 else ())
    if len(right) == 1:
        return number_or_array(dtype, left[:-1])
    return number_or_array(dtype, (*broadcast_dims(left[:-2], right[:-2]), left[-2], right[-1]))


def _outer(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "outer"), dims_or_raise(b, "outer")
    return number_or_array(promote(a, b), left + right)


def _inner(a: Type, b: Type) -> Type:
    return number_or_array(promote(a, b), dims_or_raise(a, "inner")[:-1] + dims_or_raise(b, "inner")[:-1])


def _tensordot(a: Type, b: Type, *, axes: tuple[tuple[int, ...], tuple[int, ...]], last: bool = False) -> Type:
    left, right = dims_or_raise(a, "tensordot"), dims_or_raise(b, "tensordot")
    free = [d for k, d in enumerate(left) if k not in axes[0]] + [d for k, d in enumerate(right) if k not in axes[1]]
    dtype = promote(a, b)
    return Unknown() if dtype is None else Array(dtype, tuple(free))


def _einsum(*xs: Type, subscripts: str, optimize: bool | str = False) -> Type:
    dims = [dims_or_raise(x, "einsum") for x in xs]
    notation = parse(subscripts, [len(d) for d in dims])
    lengths = letter_dims(notation, dims)
    return number_or_array(promote(*xs), [lengths[c] for c in notation.output])


def _kron(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "kron"), dims_or_raise(b, "kron")
    return number_or_array(promote(a, b), [(x.counted * y.counted).as_length for x, y in zip(left, right, strict=True)])


def _cross(a: Type, b: Type) -> Type:
    left, right = dims_or_raise(a, "cross"), dims_or_raise(b, "cross")
    return number_or_array(promote(a, b), (*broadcast_dims(left[:-1], right[:-1]), fixed(3)))


# ---- spellings


def _tensordot_text(texts: tuple[str, ...], params: Params) -> str:
    left, right = params["axes"]
    count = len(left)
    if right == tuple(range(count)) and params.get("last"):
        return f"np.tensordot({texts[0]}, {texts[1]}, {count})"
    return f"np.tensordot({texts[0]}, {texts[1]}, ({_axes_text(left)}, {_axes_text(right)}))"


def _axes_text(axes: tuple[int, ...]) -> str:
    return str(axes[0]) if len(axes) == 1 else str(list(axes))


def _einsum_text(texts: tuple[str, ...], params: Params) -> str:
    extra = options(params, {"optimize": False})
    return f"np.einsum({', '.join([repr(params['subscripts']), *texts, *extra])})"


op("matmul", Kind.CONTRACTION, _matmul, "{0} @ {1}", cost="dear", bilinear=True, scalar_product=True)
op("dot", Kind.CONTRACTION, _matmul, "np.dot({0}, {1})", cost="dear", bilinear=True, scalar_product=True)
op("outer", Kind.CONTRACTION, _outer, "np.outer({0}, {1})", bilinear=True)
op("inner", Kind.CONTRACTION, _inner, "np.inner({0}, {1})", cost="dear", bilinear=True, scalar_product=True)
op("tensordot", Kind.CONTRACTION, _tensordot, _tensordot_text, cost="dear", bilinear=True)
op("einsum", Kind.CONTRACTION, _einsum, _einsum_text, cost="dear", read_only=True)
op("kron", Kind.CONTRACTION, _kron, "np.kron({0}, {1})", bilinear=True)
op("cross", Kind.CONTRACTION, _cross, "np.cross({0}, {1})", bilinear=True)


# ---- lowerings


@lowers(np.matmul)
def matmul(
    b: Builder,
    x1: Argument,
    x2: Argument,
    /,
    *,
    axes: Argument = None,
    dtype: Argument = None,
    casting: Argument = "same_kind",
) -> Atom:
    one, other = in_dtype(b, np.matmul, [as_array(b, x1), as_array(b, x2)], dtype, casting)
    if not is_given(axes):
        return emit(b, "matmul", one, other)
    return _matmul_of_axes(b, one, other, static(axes, "axes"))


def _matmul_of_axes(b: Builder, one: Atom, other: Atom, axes: Sequence[int | tuple[int, ...]]) -> Atom:
    """The product with the axes of the matrices (one axis, if it is a vector) where `axes` says that they are."""
    operands = [_last(b, x, as_axes(own)) for x, own in zip((one, other), axes, strict=False)]
    result = emit(b, "matmul", *operands)
    rank = known_rank(result, "matmul")
    count = sum(known_rank(x, "matmul") > 1 for x in operands)
    places = as_axes(axes[2]) if len(axes) > 2 else tuple(range(-count, 0))
    if len(places) != count:
        raise CallError(f"matmul: operand 2 has {count} core dimensions, and axes gives {len(places)}")
    return _spread_last(b, result, tuple(one_axis(k, rank) for k in places))


def _last(b: Builder, x: Atom, axes: tuple[int, ...]) -> Atom:
    """An array with these axes put last."""
    rank = known_rank(x, "matmul")
    own = tuple(one_axis(k, rank) for k in axes)
    return transposed(b, x, (*(k for k in range(rank) if k not in own), *own))


def _spread_last(b: Builder, x: Atom, places: tuple[int, ...]) -> Atom:
    """An array with its last axes put at these places."""
    rank = known_rank(x, "matmul")
    rest = iter(range(rank - len(places)))
    own = {place: rank - len(places) + k for k, place in enumerate(places)}
    return transposed(b, x, [own[k] if k in own else next(rest) for k in range(rank)])


@lowers(np.linalg.matmul)
def matrix_product(b: Builder, x1: Argument, x2: Argument, /) -> Atom:
    return emit(b, "matmul", as_array(b, x1), as_array(b, x2))


@lowers(np.dot, method="dot")
def dot(build: Builder, a: Argument, b: Argument) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    if isinstance(one.type, Unknown) or isinstance(other.type, Unknown):
        return emit(build, "dot", one, other)
    ranks = known_rank(one, "dot"), known_rank(other, "dot")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    if max(ranks) <= 2:
        return emit(build, "dot", one, other)
    return _tensordot_of(build, one, other, (ranks[0] - 1,), (max(ranks[1] - 2, 0),))


@lowers(np.vdot)
def vdot(build: Builder, a: Argument, b: Argument) -> Atom:
    one, other = as_vector(build, as_array(build, a)), as_vector(build, as_array(build, b))
    return emit(build, "dot", _conjugate(build, one), other)


@lowers(np.linalg.vecdot, np.vecdot)
def vecdot(b: Builder, x1: Argument, x2: Argument, /, *, axis: Argument = -1, keepdims: Argument = False) -> Atom:
    one, other = as_array(b, x1), as_array(b, x2)
    place = integer(axis, "axis") if is_given(axis) else -1
    if place != -1:
        one, other = (_last(b, x, (place,)) for x in (one, other))
    _check_vectors(one, other)
    products = emit(b, "multiply", _conjugate(b, one), other)
    rank = known_rank(products, "vecdot")
    total = emit(b, "sum", products, axis=rank - 1, keepdims=False)
    return with_new_axes(b, total, (one_axis(place, rank),)) if flag(keepdims, "keepdims") else total


def _check_vectors(*vectors: Atom) -> None:
    """That there are two, as long as each other: none is stretched."""
    dims = [dims_or_raise(x.type, "vecdot") for x in vectors]
    for k, known in enumerate(dims):
        if not known:
            raise CallError(f"vecdot: Input operand {k} does not have enough dimensions")
    if any(one[-1].is_one and other[-1].not_one for one, other in (dims, dims[::-1])):
        raise CallError("vecdot: Input operand 1 has a mismatch in its core dimension 0")


def _conjugate(b: Builder, x: Atom) -> Atom:
    return emit(b, "conjugate", x) if is_complex(x.type) else x


def as_vector(b: Builder, x: Atom) -> Atom:
    return x if known_rank(x, "a product of vectors") == 1 else ravel(b, x)


@lowers(np.outer)
def outer(build: Builder, /, a: Argument, b: Argument) -> Atom:
    return emit(build, "outer", as_vector(build, as_array(build, a)), as_vector(build, as_array(build, b)))


@lowers(np.linalg.outer)
def matrix_outer(b: Builder, x1: Argument, x2: Argument, /) -> Atom:
    return outer(b, x1, x2)


@lowers(np.inner)
def inner(build: Builder, a: Argument, b: Argument) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    ranks = known_rank(one, "inner"), known_rank(other, "inner")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    if max(ranks) <= 2:
        return emit(build, "inner", one, other)
    return _tensordot_of(build, one, other, (ranks[0] - 1,), (ranks[1] - 1,))


def _tensordot_of(b: Builder, one: Atom, other: Atom, left: tuple[int, ...], right: tuple[int, ...]) -> Atom:
    rank = known_rank(one, "tensordot")
    extra = {"last": True} if left == tuple(range(rank - len(left), rank)) else {}
    return emit(b, "tensordot", one, other, axes=(left, right), **extra)


@lowers(np.tensordot)
def tensordot(build: Builder, /, a: Argument, b: Argument, axes: Argument = 2) -> Atom:
    one, other = as_array(build, a), as_array(build, b)
    rank, other_rank = known_rank(one, "tensordot"), known_rank(other, "tensordot")
    known = static(axes, "axes")
    if isinstance(known, (tuple, list)):
        return _tensordot_of(build, one, other, many_axes(known[0], rank), many_axes(known[1], other_rank))
    count = integer(known, "axes")
    return _tensordot_of(build, one, other, tuple(range(rank - count, rank)), tuple(range(count)))


@lowers(np.linalg.tensordot)
def matrix_tensordot(b: Builder, x1: Argument, x2: Argument, /, *, axes: Argument = 2) -> Atom:
    return tensordot(b, x1, x2, axes)


@lowers(np.einsum)
def einsum(
    b: Builder,
    subscripts: Argument,
    /,
    *operands: Argument,
    optimize: Argument = False,
    dtype: Argument = None,
    casting: Argument = "safe",
) -> Atom:
    if not isinstance(subscripts, Var) or not is_numeric(subscripts.type):
        subscripts = static(subscripts, "the subscripts of einsum")
    if not isinstance(subscripts, str):
        subscripts, operands = _in_letters((subscripts, *operands))
    xs = strong(b, *(as_dtype(b, as_array(b, x), dtype, casting) for x in operands))
    parse(subscripts, [known_rank(x, "einsum") for x in xs])
    order = static(optimize, "optimize") if not isinstance(optimize, Var) or is_numeric(optimize.type) else True
    order = tuple(order) if isinstance(order, list) else order
    return emit(b, "einsum", *xs, subscripts=subscripts, **({"optimize": order} if order else {}))


def _in_letters(given: tuple[Argument, ...]) -> tuple[str, tuple[Argument, ...]]:
    """np.einsum(x, [0, 1], y, [1], [0]): the subscripts as a string, and the operands.

    Without a list for the result, its axes come in the order of their numbers, and so do letters.
    """
    pairs = len(given) // 2
    terms = [static(axes, "the axes of einsum") for axes in given[1 : 2 * pairs : 2]]
    result = [static(axes, "the axes of einsum") for axes in given[2 * pairs :]]
    numbers = sorted({n for term in (*terms, *result) for n in term if n is not Ellipsis})
    letters: dict[object, str] = {**dict(zip(numbers, ascii_letters, strict=False)), Ellipsis: "..."}
    words = ["".join(letters[n] for n in term) for term in (*terms, *result)]
    arrow = f"->{words[-1]}" if result else ""
    return ",".join(words[:pairs]) + arrow, given[: 2 * pairs : 2]


@lowers(np.kron)
def kron(build: Builder, /, a: Argument, b: Argument) -> Atom:
    one, other = strong(build, as_array(build, a), as_array(build, b))
    ranks = known_rank(one, "kron"), known_rank(other, "kron")
    if 0 in ranks:
        return emit(build, "multiply", one, other)
    rank = max(ranks)
    one, other = (with_new_axes(build, x, tuple(range(rank - r))) for x, r in zip((one, other), ranks, strict=True))
    return emit(build, "kron", one, other)


@lowers(np.cross)
def cross(
    build: Builder,
    /,
    a: Argument,
    b: Argument,
    axisa: Argument = -1,
    axisb: Argument = -1,
    axisc: Argument = -1,
    axis: Argument = None,
) -> Atom:
    if static(axis, "axis") is not None:
        axisa = axisb = axisc = axis
    one, other = as_array(build, a), as_array(build, b)
    one, other = _last_axis(build, one, axisa), _last_axis(build, other, axisb)
    if 2 in [_components(build, x) for x in (one, other)]:
        return _cross_in_plane(build, one, other)
    result = emit(build, "cross", one, other)
    rank = known_rank(result, "cross")
    return moved(build, result, rank - 1, one_axis(axisc, rank))


@lowers(np.linalg.cross)
def matrix_cross(b: Builder, x1: Argument, x2: Argument, /, *, axis: Argument = -1) -> Atom:
    return cross(b, x1, x2, axis=axis)


def _components(b: Builder, x: Atom) -> int:
    """How many components vectors have: 2 and 3 are two different functions."""
    rank = known_rank(x, "cross")
    return integer(dim_atom(b, x, rank - 1), "how many components vectors have") if rank else 0


def _last_axis(b: Builder, x: Atom, axis: Argument) -> Atom:
    rank = known_rank(x, "cross")
    return moved(b, x, one_axis(axis, rank), rank - 1)


def _cross_in_plane(b: Builder, one: Atom, other: Atom) -> Atom:
    for x in (one, other):
        if (dims_of(x.type) or ())[-1] != fixed(2):
            raise NotYetSupported("np.cross of vectors with two and with three components", do="give all of them three")
    (a0, a1), (b0, b1) = ([picked(b, x, known_rank(x, "cross") - 1, k) for k in (0, 1)] for x in (one, other))
    return emit(b, "subtract", emit(b, "multiply", a0, b1), emit(b, "multiply", a1, b0))


@lowers(np.linalg.matrix_power)
def matrix_power(b: Builder, a: Argument, n: Argument) -> Atom:
    """By repeated squaring, as NumPy does."""
    x, power = as_array(b, a), integer(n, "the power of a matrix")
    if power == 0:
        return _identity_like(b, x)
    if power < 0:
        x, power = emit(b, "inv", x), -power
    factors: list[Atom] = []
    while power:
        factors += [x] if power % 2 else []
        power //= 2
        x = emit(b, "matmul", x, x) if power else x
    return reduce(lambda result, factor: emit(b, "matmul", result, factor), factors)


def _identity_like(b: Builder, x: Atom) -> Atom:
    shape = shape_atoms(b, x)
    eye = emit(b, "eye", shape[-1], **({} if dtype_of(x.type) == "float64" else {"dtype": dtype_of(x.type)}))
    return eye if len(shape) == 2 else emit(b, "copy", emit(b, "broadcast_to", eye, *shape))


@lowers(np.linalg.multi_dot)
def multi_dot(b: Builder, arrays: Argument) -> Atom:
    """From the right where the last is a vector, else from the left."""
    items = items_of(b, arrays)
    if items is None:
        raise NotYetSupported("np.linalg.multi_dot of a list whose length isn't known before the run", do="use a loop")
    if known_rank(items[-1], "multi_dot") == 1:
        return reduce(lambda result, x: emit(b, "matmul", x, result), reversed(items))
    return reduce(lambda result, x: emit(b, "matmul", result, x), items)
