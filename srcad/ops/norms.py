"""Norms of vectors and matrices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import emit, known_rank, many_axes, with_new_axes
from srcad.ops.catalogue import CallError, Kind, lowers, op, static
from srcad.ops.linalg import as_vector, float_dtype, number_or_array, real_dtype
from srcad.ops.shaping import transposed
from srcad.ops.spelling import options, value_text
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import Dim, Scalar, Type, Unknown, dims_of


def _norm(
    x: Type, *, ord: float | str | None = None, axis: tuple[int, ...] | None = None, keepdims: bool = False
) -> Type:
    dims = dims_of(x)
    if axis is None and not keepdims:
        return number_or_array(real_dtype(float_dtype(x)), ())
    if dims is None:
        return Unknown(real_dtype(float_dtype(x)))
    axes = range(len(dims)) if axis is None else axis
    one = Dim(None, 1)
    left = [one if k in axes else d for k, d in enumerate(dims) if keepdims or k not in axes]
    return number_or_array(real_dtype(float_dtype(x)), left)


def _norm_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    ord, axis = params.get("ord"), params.get("axis")
    parts = [texts[0], *([] if ord is None else [value_text(ord)])]
    parts += [] if axis is None else [f"axis={axis[0] if len(axis) == 1 else axis}"]
    return f"np.linalg.norm({', '.join([*parts, *options(params, {'keepdims': False})])})"


op("norm", Kind.REDUCTION, _norm, _norm_text)


# ---- lowerings: norms


@lowers(np.linalg.norm)
def norm(b: Builder, x: Any, ord: Any = None, axis: Any = None, keepdims: Any = False) -> Atom:
    x, ord, axis = as_array(b, x), static(ord, "ord"), static(axis, "axis")
    keepdims = bool(static(keepdims, "keepdims"))
    rank = None if axis is None and ord is None else known_rank(x, "a norm")
    axes = None if axis is None or rank is None else many_axes(axis, rank)
    if ord is None:
        return _euclidean(b, x, axes, keepdims)
    if (rank if axes is None else len(axes)) == 1:
        return _vector_norm(b, x, ord, axes or (0,), keepdims)
    if (rank if axes is None else len(axes)) == 2:
        return _matrix_norm(b, x, ord, axes or (0, 1), keepdims)
    raise CallError("Improper number of dimensions to norm.")


def _euclidean(b: Builder, x: Atom, axes: tuple[int, ...] | None, keepdims: bool) -> Atom:
    if isinstance(x.type, Scalar):
        return emit(b, "absolute", x)
    extra: dict[str, Any] = {} if axes is None else {"axis": axes}
    return emit(b, "norm", x, **extra, **({"keepdims": True} if keepdims else {}))


def _reduced(b: Builder, name: str, x: Atom, axes: tuple[int, ...], keepdims: bool) -> Atom:
    return emit(b, name, x, axis=axes[0] if len(axes) == 1 else axes, keepdims=keepdims)


def _vector_norm(b: Builder, x: Atom, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Atom:
    if ord in (np.inf, -np.inf, 1):
        name = {np.inf: "max", -np.inf: "min"}.get(ord, "sum")
        return _reduced(b, name, emit(b, "absolute", x), axes, keepdims)
    if ord == 0:
        nonzero = emit(b, "cast", emit(b, "not_equal", x, 0), dtype=real_dtype(float_dtype(x.type)))
        return _reduced(b, "sum", nonzero, axes, keepdims)
    extra: dict[str, Any] = {"keepdims": True} if keepdims else {}
    if known_rank(x, "a norm") > 1:
        extra["axis"] = axes
    return emit(b, "norm", x, **({} if ord == 2 else {"ord": float(ord)}), **extra)


def _matrix_norm(b: Builder, x: Atom, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Atom:
    if ord in ("fro", "f"):
        whole = axes == tuple(range(known_rank(x, "a norm")))
        return _euclidean(b, x, None if whole else axes, keepdims)
    if ord in ("nuc", 2, -2):
        return _spectral_norm(b, x, ord, axes, keepdims)
    if ord not in (1, -1, np.inf, -np.inf):
        raise CallError("CallError norm order for matrices.")
    inner, outer = axes if ord in (1, -1) else axes[::-1]
    sums = emit(b, "sum", emit(b, "absolute", x), axis=inner, keepdims=True)
    result = emit(b, "max" if ord > 0 else "min", sums, axis=outer, keepdims=True)
    return result if keepdims else emit(b, "squeeze", result, axis=tuple(sorted(axes)))


def _spectral_norm(b: Builder, x: Atom, ord: Any, axes: tuple[int, ...], keepdims: bool) -> Atom:
    rest = [k for k in range(known_rank(x, "a norm")) if k not in axes]
    values = emit(b, "singular_values", transposed(b, x, (*rest, *axes)))
    name = "sum" if ord == "nuc" else "max" if ord == 2 else "min"
    result = emit(b, name, values, axis=len(rest), keepdims=False)
    return with_new_axes(b, result, tuple(sorted(axes))) if keepdims else result


@lowers(np.linalg.vector_norm)
def vector_norm(b: Builder, x: Any, /, *, axis: Any = None, keepdims: Any = False, ord: Any = 2) -> Atom:
    x, axis = as_array(b, x), static(axis, "axis")
    if axis is not None:
        axes = many_axes(axis, known_rank(x, "vector_norm"))
        return _vector_norm(b, x, static(ord, "ord"), axes, bool(static(keepdims, "keepdims")))
    if static(keepdims, "keepdims"):
        raise NotYetSupported("np.linalg.vector_norm of a whole array with keepdims", do="name the axes")
    return _vector_norm(b, as_vector(b, x), static(ord, "ord"), (0,), False)


@lowers(np.linalg.matrix_norm)
def matrix_norm(b: Builder, x: Any, /, *, keepdims: Any = False, ord: Any = "fro") -> Atom:
    x = as_array(b, x)
    rank = known_rank(x, "matrix_norm")
    return _matrix_norm(b, x, static(ord, "ord"), (rank - 2, rank - 1), bool(static(keepdims, "keepdims")))


@lowers(np.linalg.cond)
def cond(b: Builder, x: Any, p: Any = None) -> Atom:
    x, p = as_array(b, x), static(p, "p")
    if p in (None, 2, -2):
        values = emit(b, "singular_values", x)
        greatest, least = (emit(b, "get_item", values, k, index=(("ellipsis",), ("int", 0))) for k in (0, -1))
        return emit(b, "divide", least, greatest) if p == -2 else emit(b, "divide", greatest, least)
    rank = known_rank(x, "cond")
    norms = [_matrix_norm(b, a, p, (rank - 2, rank - 1), False) for a in (x, emit(b, "inv", x))]
    return emit(b, "multiply", *norms)
