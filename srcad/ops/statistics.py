"""Averages, covariances, histograms."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import dim_atom, emit, known_rank, many_axes, one_axis, with_new_axes
from srcad.ops.catalogue import Index, Kind, lowers, op, static
from srcad.ops.elementwise import as_dtype
from srcad.ops.joining import joined_along
from srcad.ops.shaping import array_of, atleast_2d, transposed
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom
from srcad.trace.types import UNKNOWN_DIM, Array, Type, dims_of, dtype_of, fixed

# ---- types


def _bincount(x: Index, weights: Type | None = None, *, minlength: int = 0) -> Type:
    return Array("int64" if weights is None else "float64", (UNKNOWN_DIM,))


def _histogram(x: Type, edges: Type, weights: Type | None = None) -> Type:
    (n,) = dims_of(edges) or (UNKNOWN_DIM,)
    dtype = "int64" if weights is None else dtype_of(weights)
    return Array(dtype or "float64", (n.plus(-1),))


def _edges_type(x: Type, *, bins: int | str = 10) -> Type:
    return Array("float64", (UNKNOWN_DIM,))


def _histogram_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    weights = [f"weights={text}" for text in texts[2:]]
    return f"np.histogram({', '.join([*texts[:2], *weights])})[0]"


op(
    "bincount",
    Kind.ALGORITHM,
    _bincount,
    lambda texts, params: f"np.bincount({', '.join([*texts, *options(params, {'minlength': 0})])})",
    linear=True,
)
op("histogram", Kind.ALGORITHM, _histogram, _histogram_text, linear=True)
op("histogram_edges", Kind.ALGORITHM, _edges_type, call("np.histogram_bin_edges", bins=10))


# ---- lowerings: averages


@lowers(np.average)
def average(
    b: Builder, a: Any, axis: Any = None, weights: Any = None, returned: Any = False, *, keepdims: Any = False
) -> Any:
    x = array_of(b, a)
    axis, keepdims = static(axis, "axis"), bool(static(keepdims, "keepdims"))
    place = None if axis is None else _places(axis, known_rank(x, "average"))
    if weights is None:
        result = emit(b, "mean", x, axis=place, keepdims=keepdims)
        return (result, _beside(b, result, _count(b, x, place))) if static(returned, "returned") else result
    w = _spread_weights(b, x, as_array(b, weights), place)
    total = emit(
        b, "sum", w, axis=place if known_rank(w, "average") == known_rank(x, "average") else None, keepdims=keepdims
    )
    weighted = emit(b, "sum", b.emit("multiply", x, w), axis=place, keepdims=keepdims)
    result = emit(b, "divide", weighted, total)
    return (result, _beside(b, result, total)) if static(returned, "returned") else result


def _places(axis: Any, rank: int) -> int | tuple[int, ...]:
    return many_axes(axis, rank) if isinstance(axis, (tuple, list)) else one_axis(axis, rank)


def _spread_weights(b: Builder, x: Atom, w: Atom, axis: int | tuple[int, ...] | None) -> Atom:
    """Weights for some axes, in the order in which these are named, with the other axes."""
    rank = known_rank(x, "average")
    if axis is None or known_rank(w, "average") == rank:
        return w
    axes = (axis,) if isinstance(axis, int) else axis
    order = tuple(int(k) for k in np.argsort(axes))
    turned = w if order == tuple(range(len(axes))) else emit(b, "transpose", w, axes=order)
    return with_new_axes(b, turned, tuple(k for k in range(rank) if k not in axes))


def _beside(b: Builder, result: Atom, weight: Atom) -> Atom:
    """The sum of the weights, in the shape and dtype of the average."""
    if known_rank(result, "average") == 0:
        return emit(b, "cast", weight, dtype=dtype_of(result.type))
    return emit(b, "full_like", result, weight)


def _count(b: Builder, x: Atom, axis: int | tuple[int, ...] | None) -> Atom:
    if axis is None:
        return emit(b, "size", x)
    first, *others = (axis,) if isinstance(axis, int) else axis
    count = dim_atom(b, x, first)
    for other in others:
        count = b.emit("multiply", count, dim_atom(b, x, other))
    return count


# ---- lowerings: covariance


@lowers(np.cov)
def cov(
    b: Builder,
    m: Any,
    y: Any = None,
    rowvar: Any = True,
    bias: Any = False,
    ddof: Any = None,
    fweights: Any = None,
    aweights: Any = None,
    *,
    dtype: Any = None,
) -> Atom:
    if fweights is not None or aweights is not None:
        raise NotYetSupported("np.cov with weights", do="compute the weighted covariance with np.average")
    x = _observations(b, m, y, bool(static(rowvar, "rowvar")))
    x = as_dtype(b, x, dtype if dtype is not None else np.result_type(dtype_of(x.type) or "float64", "float64"))
    centred = emit(b, "subtract", x, b.emit("mean", x, axis=1, keepdims=True))
    count = emit(b, "subtract", dim_atom(b, x, 1), _ddof(bias, ddof))
    products = emit(b, "matmul", centred, transposed(b, _conjugated(b, centred), (1, 0)))
    result = emit(b, "divide", products, count)
    return emit(b, "squeeze", result, axis=(0, 1)) if (dims_of(x.type) or ())[:1] == (fixed(1),) else result


def _ddof(bias: Any, ddof: Any) -> int:
    if ddof is not None:
        return operator.index(static(ddof, "ddof"))
    return 0 if static(bias, "bias") else 1


def _conjugated(b: Builder, x: Atom) -> Atom:
    return emit(b, "conjugate", x) if (dtype_of(x.type) or "").startswith("complex") else x


def _observations(b: Builder, m: Any, y: Any, rowvar: bool) -> Atom:
    """One row for each variable."""
    rows = [_rows(b, array_of(b, part), rowvar) for part in (m, y) if part is not None]
    return rows[0] if len(rows) == 1 else joined_along(b, rows, 0)


def _rows(b: Builder, x: Atom, rowvar: bool) -> Atom:
    if known_rank(x, "cov") == 2 and not rowvar:
        return transposed(b, x, (1, 0))
    rows: Atom = atleast_2d(b, x)
    return rows


@lowers(np.corrcoef)
def corrcoef(b: Builder, x: Any, y: Any = None, rowvar: Any = True, *, dtype: Any = None) -> Atom:
    c = cov(b, x, y, rowvar)
    if known_rank(c, "corrcoef") == 0:
        return emit(b, "divide", c, c)
    deviations = emit(b, "sqrt", b.emit("diagonal", c, offset=0, axis1=0, axis2=1))
    by_rows = emit(b, "divide", c, with_new_axes(b, deviations, (1,)))
    return emit(b, "divide", by_rows, deviations)


# ---- lowerings: counting


@lowers(np.bincount)
def bincount(b: Builder, x: Any, /, weights: Any = None, minlength: Any = 0) -> Atom:
    operands = [as_array(b, x), *([] if weights is None else [as_array(b, weights)])]
    least = operator.index(static(minlength, "minlength"))
    return emit(b, "bincount", *operands, **({"minlength": least} if least else {}))


@lowers(np.histogram)
def histogram(
    b: Builder, a: Any, bins: Any = 10, range: Any = None, density: Any = None, weights: Any = None
) -> tuple[Atom, Atom]:
    """Counts do not move with the data; sums of weights move with the weights."""
    if static(density, "density"):
        raise NotYetSupported("np.histogram with density=True", do="divide the counts by their sum and the widths")
    x = as_array(b, a)
    edges = _edges(b, x, bins, range)
    extra = [] if weights is None else [as_array(b, weights)]
    return emit(b, "histogram", x, edges, *extra), edges


def _edges(b: Builder, x: Atom, bins: Any, range: Any) -> Atom:
    if isinstance(bins, str):
        raise NotYetSupported("np.histogram with a rule for the bins", do="give the number of bins, or their edges")
    if not isinstance(bins, int):
        edges: Atom = as_array(b, bins)
        return edges
    low, high = range if range is not None else (b.emit(name, x, axis=None, keepdims=False) for name in ("min", "max"))
    return emit(b, "linspace", low, high, bins + 1)
