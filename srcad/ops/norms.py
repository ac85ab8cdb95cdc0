"""Norms of vectors and matrices."""

from __future__ import annotations

import numpy as np

from srcad.ops.arguments import dims_or_raise, emit, flag, known_rank, many_axes, only_given, shape_atoms, with_new_axes
from srcad.ops.declare import Area, Argument, CallError, Kind, static
from srcad.ops.linalg import float_dtype, real_dtype
from srcad.ops.products import as_vector, number_or_array
from srcad.ops.shaping import transposed
from srcad.ops.spelling import options, value_text
from srcad.ops.structural import as_array
from srcad.ops.typing import shaped
from srcad.trace.builder import Builder
from srcad.trace.dims import ONE
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Scalar, Type, Unknown, dims_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers


def _norm(
    x: Type, *, ord: float | str | None = None, axis: tuple[int, ...] | None = None, keepdims: bool = False
) -> Type:
    dims = dims_of(x)
    if axis is None and not keepdims:
        return number_or_array(real_dtype(float_dtype(x)), ())
    if dims is None:
        return Unknown(real_dtype(float_dtype(x)))
    axes = range(len(dims)) if axis is None else axis
    one = ONE
    left = [one if k in axes else d for k, d in enumerate(dims) if keepdims or k not in axes]
    return number_or_array(real_dtype(float_dtype(x)), left)


def _norm_text(texts: tuple[str, ...], params: Params) -> str:
    ord, axis = params.get("ord"), params.get("axis")
    parts = [texts[0], *([] if ord is None else [value_text(ord)])]
    parts += [] if axis is None else [f"axis={axis[0] if len(axis) == 1 else axis}"]
    return f"np.linalg.norm({', '.join([*parts, *options(params, {'keepdims': False})])})"


def _squared_modulus(z: Type) -> Type:
    return shaped((z,), real_dtype(float_dtype(z)))


def _moves_as(value: Type, moving: Type) -> Type:
    return value


op("norm", Kind.REDUCTION, _norm, _norm_text)
op("squared_modulus", Kind.ELEMENTWISE, _squared_modulus, "np.abs({0}) ** 2")
# the first operand as it stands, which is equal to the second, and moves as that does
op("moves_as", Kind.ELEMENTWISE, _moves_as, "{0}", cost="free", shares=True, solution=True)


# ---- lowerings: norms

Order = float | str | None


def _order(ord: Argument) -> Order:
    known: object = static(ord, "ord")
    return known if known is None or isinstance(known, (int, float, str)) else float(np.asarray(known))


@lowers(np.linalg.norm)
def norm(b: Builder, x: Argument, ord: Argument = None, axis: Argument = None, keepdims: Argument = False) -> Atom:
    operand, order, keep = as_array(b, x), _order(ord), flag(keepdims, "keepdims")
    known = static(axis, "axis")
    rank = None if known is None and order is None else known_rank(operand, "a norm")
    axes = None if known is None or rank is None else many_axes(known, rank)
    if order is None:
        return _euclidean(b, operand, axes, keep)
    if (rank if axes is None else len(axes)) == 1:
        return _vector_norm(b, operand, order, axes or (0,), keep)
    if (rank if axes is None else len(axes)) == 2:
        return _matrix_norm(b, operand, order, axes or (0, 1), keep)
    raise CallError("Improper number of dimensions to norm.")


def _floating(b: Builder, x: Atom) -> Atom:
    """Ints become floats, as in all of linear algebra."""
    dtype = float_dtype(x.type)
    return x if dtype == x.type.dtype else emit(b, "cast", x, dtype=dtype)


def _euclidean(b: Builder, x: Atom, axes: tuple[int, ...] | None, keepdims: bool) -> Atom:
    if isinstance(x.type, Scalar):
        return emit(b, "absolute", x)
    return emit(b, "norm", x, **only_given(axis=axes, keepdims=keepdims))


def _reduced(b: Builder, name: str, x: Atom, axes: tuple[int, ...], keepdims: bool) -> Atom:
    return emit(b, name, x, axis=axes[0] if len(axes) == 1 else axes, keepdims=keepdims)


def _has_a_norm_of_nothing() -> bool:
    """Whether in this version of NumPy the largest of no elements is 0."""
    try:
        return float(np.linalg.norm(np.zeros(0), np.inf)) == 0.0
    except ValueError:
        return False


_OF_NOTHING = _has_a_norm_of_nothing()


def _vector_norm(b: Builder, x: Atom, ord: Order, axes: tuple[int, ...], keepdims: bool) -> Atom:
    if ord is None or isinstance(ord, str):
        raise CallError(f"Invalid norm order '{ord}' for vectors")
    x = _floating(b, x)
    if ord in (np.inf, -np.inf, 1):
        name = {np.inf: "max", -np.inf: "min"}.get(ord, "sum")
        nothing = any(dims_or_raise(x.type, "a norm")[k].number == 0 for k in axes)
        if name == "max" and nothing and _OF_NOTHING:
            name = "sum"
        return _reduced(b, name, emit(b, "absolute", x), axes, keepdims)
    if ord == 0:
        nonzero = emit(b, "cast", emit(b, "not_equal", x, 0), dtype=real_dtype(float_dtype(x.type)))
        return _reduced(b, "sum", nonzero, axes, keepdims)
    extra = only_given(keepdims=keepdims, axis=axes if known_rank(x, "a norm") > 1 else None)
    return emit(b, "norm", x, **({} if ord == 2 else {"ord": float(ord)}), **extra)


def _matrix_norm(b: Builder, x: Atom, ord: Order, axes: tuple[int, ...], keepdims: bool) -> Atom:
    if ord in ("fro", "f"):
        whole = axes == tuple(range(known_rank(x, "a norm")))
        return _euclidean(b, x, None if whole else axes, keepdims)
    if ord in ("nuc", 2, -2):
        return _spectral_norm(b, x, ord, axes, keepdims)
    if ord not in (1, -1, np.inf, -np.inf):
        raise CallError("Invalid norm order for matrices.")
    x = _floating(b, x)
    inner, outer = axes if ord in (1, -1) else axes[::-1]
    sums = emit(b, "sum", emit(b, "absolute", x), axis=inner, keepdims=keepdims)
    place = outer if keepdims else outer - (inner < outer)
    return emit(b, "max" if ord in (1, np.inf) else "min", sums, axis=place, keepdims=keepdims)


def _spectral_norm(b: Builder, x: Atom, ord: Order, axes: tuple[int, ...], keepdims: bool) -> Atom:
    rest = [k for k in range(known_rank(x, "a norm")) if k not in axes]
    values = emit(b, "singular_values", transposed(b, x, (*rest, *axes)))
    name = "sum" if ord == "nuc" else "max" if ord == 2 else "min"
    result = emit(b, name, values, axis=len(rest), keepdims=False)
    return with_new_axes(b, result, tuple(sorted(axes))) if keepdims else result


@lowers(np.linalg.vector_norm)
def vector_norm(
    b: Builder, x: Argument, /, *, axis: Argument = None, keepdims: Argument = False, ord: Argument = 2
) -> Atom:
    operand, known, keep = as_array(b, x), static(axis, "axis"), flag(keepdims, "keepdims")
    rank = known_rank(operand, "vector_norm")
    if known is None or rank == 0:
        whole = _vector_norm(b, as_vector(b, operand), _order(ord), (0,), False)
        return with_new_axes(b, whole, tuple(range(rank))) if keep else whole
    axes = many_axes(known, rank)
    if len(axes) == 1:
        return _vector_norm(b, operand, _order(ord), axes, keep)
    rest = [k for k in range(rank) if k not in axes]
    turned = transposed(b, operand, (*rest, *axes))
    flat = emit(b, "reshape", turned, *shape_atoms(b, turned)[: len(rest)], -1)
    result = _vector_norm(b, flat, _order(ord), (len(rest),), False)
    return with_new_axes(b, result, tuple(sorted(axes))) if keep else result


@lowers(np.linalg.matrix_norm)
def matrix_norm(b: Builder, x: Argument, /, *, keepdims: Argument = False, ord: Argument = "fro") -> Atom:
    operand = as_array(b, x)
    rank = known_rank(operand, "matrix_norm")
    return _matrix_norm(b, operand, _order(ord), (rank - 2, rank - 1), flag(keepdims, "keepdims"))


@lowers(np.linalg.cond)
def cond(b: Builder, x: Argument, p: Argument = None) -> Atom:
    operand, order = as_array(b, x), _order(p)
    if order in (None, 2, -2):
        values = emit(b, "singular_values", operand)
        greatest, least = (emit(b, "get_item", values, k, index=(("ellipsis",), ("int", 0))) for k in (0, -1))
        return emit(b, "divide", least, greatest) if order == -2 else emit(b, "divide", greatest, least)
    rank = known_rank(operand, "cond")
    norms = [_matrix_norm(b, a, order, (rank - 2, rank - 1), False) for a in (operand, emit(b, "inv", operand))]
    return emit(b, "multiply", *norms)
