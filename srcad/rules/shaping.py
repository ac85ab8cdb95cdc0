"""Derivatives of operations that rearrange elements: their transposes put the elements back."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from srcad.ops.arguments import WHOLE, known_rank
from srcad.ops.catalogue import result_types
from srcad.rules.language import (
    Expr,
    Given,
    Operand,
    apply,
    dim,
    expanded,
    get_item,
    maximum,
    minimum,
    set_item,
    transpose,
    unbroadcast,
    zeros,
)
from srcad.rules.table import RuleTable
from srcad.trace.types import Array, Scalar, dims_of

TABLE = RuleTable()
linear = TABLE.linear

# ---- new shapes


def shaped_like(g: Expr, x: Expr) -> Expr:
    """The elements of `g` in the shape of `x`."""
    dims = dims_of(x.type)
    if _same_dims(g, x):
        return g
    if not g.type.is_array:
        return apply("materialise", g, x)
    if dims is not None and all(d.number is not None for d in dims):
        return apply("reshape", g, *(d.offset for d in dims))
    if dims is not None and len(dims) == 1:
        (flat,) = result_types("ravel", (g.type,), {})
        if isinstance(flat, Array) and flat.dims[0].same(dims[0]):
            return apply("ravel", g)
    return apply("reshape_like", g, x)


def _put_back(g: Expr, x: Expr, *_: Expr) -> Expr:
    return shaped_like(g, x)


def _same_dims(g: Expr, x: Expr) -> bool:
    have, want = dims_of(g.type), dims_of(x.type)
    if not g.type.is_array or have is None or want is None or len(have) != len(want):
        return False
    return all(d.same(w) for d, w in zip(have, want, strict=True))


def sized(g: Expr, x: Expr) -> Expr:
    """`g`, which has the shape of `x`, with a type that says so."""
    want = dims_of(x.type)
    if not g.type.is_array or want is None or len(want) != g.rank or not all(w.known for w in want):
        return g
    return g if _same_dims(g, x) else apply("with_dims", g, dims=want)


linear("with_dims", lambda g, x, y, *, dims: sized(g, x))

for _name in ("reshape", "ravel", "flatten"):
    linear(_name, _put_back)
linear("reshape_like", _put_back)


def permuted(x: Expr, order: Sequence[int]) -> Expr:
    """`x` with its axes in this order."""
    if tuple(order) == tuple(range(len(order))):
        return x
    backwards = tuple(order) == tuple(range(len(order)))[::-1]
    return transpose(x, None if backwards else tuple(int(k) for k in order))


def swapped(x: Expr) -> Expr:
    """The transposes of the matrices in `x`."""
    rank = known_rank(x.atom, "the transpose")
    return permuted(x, (*range(rank - 2), rank - 1, rank - 2))


def _transposed(g: Expr, x: Expr, y: Expr, *, axes: tuple[int, ...] | None = None) -> Expr:
    return transpose(g, None) if axes is None else permuted(g, np.argsort(axes).tolist())


linear("transpose", _transposed)


def first_along(x: Expr, axes: Sequence[int]) -> Expr:
    """The first along each of these axes, which go away."""
    index = tuple(("int", axes.index(k)) if k in axes else WHOLE for k in range(max(axes, default=-1) + 1))
    return get_item(x, *(0 for _ in axes), index=index) if axes else x


def _expand_dims(g: Expr, x: Expr, y: Expr, *, axis: tuple[int, ...]) -> Expr:
    rank = known_rank(y.atom, "expand_dims")
    return first_along(g, tuple(sorted(k % rank for k in axis)))


def _squeeze(g: Expr, x: Expr, y: Expr, *, axis: tuple[int, ...] | None = None) -> Expr:
    return apply("reshape_like", g, x) if axis is None else expanded(g, axis, x)


linear("expand_dims", _expand_dims)
linear("squeeze", _squeeze)
linear("broadcast_to", lambda g, x, *_: unbroadcast(g, x))

# ---- the same elements in another order


def _flip(g: Expr, x: Expr, y: Expr, *, axis: tuple[int, ...] | None = None) -> Given:
    return apply("flip", g, axis=axis)


def _roll(g: Expr, x: Expr, *rest: Expr, axis: tuple[int, ...] | None = None) -> Given:
    return apply("roll", g, *(_minus(shift) for shift in rest[:-1]), axis=axis)


def _minus(n: Expr) -> Given:
    return -n if n.constant is None else -n.constant


linear("flip", _flip)
linear("roll", _roll)

# ---- diagonals and triangles


def diagonal_places(x: Expr, offset: int, axis1: int, axis2: int) -> tuple[Operand, Operand]:
    """The rows and columns of the diagonal."""
    rows, columns = dim(x, axis1), dim(x, axis2)
    square = rows.type == columns.type and isinstance(rows.type, Scalar) and rows.type.length is not None
    if offset == 0 and square:
        places = apply("arange", rows)
        return places, places
    shortened = rows + min(offset, 0)
    count = maximum(minimum(shortened, columns - max(offset, 0)), 0)
    places = apply("arange", count)
    return places - min(offset, 0), places + max(offset, 0)


def _diagonal(g: Expr, x: Expr, y: Expr, *, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Expr:
    rows, columns = diagonal_places(x, offset, axis1, axis2)
    rank = known_rank(x.atom, "the diagonal")
    if rank == 2:
        first, second = (rows, columns) if axis1 < axis2 else (columns, rows)
        return set_item(zeros(x), g, first, second, index=(("array", 0), ("array", 1)))
    order = [k for k in range(rank) if k not in (axis1, axis2)] + [axis1, axis2]
    blank = permuted(zeros(x), order)
    filled = set_item(blank, g, rows, columns, index=(("ellipsis",), ("array", 0), ("array", 1)))
    return permuted(filled, np.argsort(order).tolist())


def _trace(g: Expr, x: Expr, y: Expr, *, offset: int = 0) -> Expr:
    rows, columns = dims_of(x.type) or (None, None)
    if offset == 0 and rows is not None and columns is not None and rows.same(columns):
        return g * apply("eye", dim(x, 0))
    places = diagonal_places(x, offset, 0, 1)
    return set_item(zeros(x), g, *places, index=(("array", 0), ("array", 1)))


linear("diagonal", _diagonal)
linear("trace", _trace)
linear("diag", lambda g, x, y, *, k=0: apply("diagonal", g, offset=k, axis1=0, axis2=1))
linear("triu", lambda g, x, y, *, k=0: apply("triu", g, k=k))
linear("tril", lambda g, x, y, *, k=0: apply("tril", g, k=k))
