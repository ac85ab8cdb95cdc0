"""Averages, covariances, histograms."""

from __future__ import annotations

from functools import reduce

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    as_dtype,
    dim_atom,
    emit,
    flag,
    integer,
    known_rank,
    many_axes,
    one_axis,
    to_rank,
    with_new_axes,
)
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, static
from srcad.ops.joining import joined_along
from srcad.ops.shaping import array_of, transposed
from srcad.ops.spelling import call, options
from srcad.ops.structural import Axis, as_array, as_axes
from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM, fixed
from srcad.trace.nodes import Atom, Const, Params
from srcad.trace.types import Array, Type, dims_of, dtype_of, is_complex, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def _bincount(x: Index, weights: Type | None = None, *, minlength: int = 0) -> Type:
    return Array("int64" if weights is None else "float64", (UNKNOWN_DIM,))


def _histogram(x: Type, edges: Type, weights: Type | None = None) -> Type:
    (n,) = dims_of(edges) or (UNKNOWN_DIM,)
    dtype = "int64" if weights is None else dtype_of(weights)
    return Array(dtype or "float64", (n - 1,))


def _edges_type(x: Type, *, bins: int | str = 10) -> Type:
    return Array("float64", (UNKNOWN_DIM,))


def _histogram_text(texts: tuple[str, ...], params: Params) -> str:
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
    b: Builder,
    a: Argument,
    axis: Argument = None,
    weights: Argument = None,
    returned: Argument = False,
    *,
    keepdims: Argument = False,
) -> Atom | tuple[Atom, Atom]:
    x, keep = array_of(b, a), flag(keepdims, "keepdims")
    known = static(axis, "axis")
    place = None if known is None else _places(known, known_rank(x, "average"))
    if weights is None:
        result, total = emit(b, "mean", x, axis=place, keepdims=keep), _count(b, x, place)
    else:
        result, total = _weighted(b, x, as_array(b, weights), place, keep)
    return (result, _beside(b, result, total)) if flag(returned, "returned") else result


def _weighted(b: Builder, x: Atom, weights: Atom, place: Axis, keepdims: bool) -> tuple[Atom, Atom]:
    """The average, and the sum of the weights."""
    w = _spread_weights(b, x, weights, place)
    same = known_rank(w, "average") == known_rank(x, "average")
    total = emit(b, "sum", w, axis=place if same else None, keepdims=keepdims)
    weighted = emit(b, "sum", emit(b, "multiply", x, w), axis=place, keepdims=keepdims)
    return emit(b, "divide", weighted, total), total


def _places(axis: object, rank: int) -> int | tuple[int, ...]:
    return many_axes(axis, rank) if isinstance(axis, (tuple, list)) else one_axis(axis, rank)


def _spread_weights(b: Builder, x: Atom, w: Atom, axis: Axis) -> Atom:
    """Weights for some axes, in the order in which these are named, with the other axes."""
    rank = known_rank(x, "average")
    if known_rank(w, "average") == rank:
        return w
    if axis is None:
        raise CallError("Axis must be specified when shapes of a and weights differ.")
    axes = as_axes(axis)
    order = tuple(int(k) for k in np.argsort(axes))
    turned = w if order == tuple(range(len(axes))) else emit(b, "transpose", w, axes=order)
    return with_new_axes(b, turned, tuple(k for k in range(rank) if k not in axes))


def _beside(b: Builder, result: Atom, weight: Atom) -> Atom:
    """The sum of the weights, in the shape and dtype of the average."""
    if known_rank(result, "average") == 0:
        return emit(b, "cast", weight, dtype=dtype_of(result.type))
    return emit(b, "full_like", result, weight)


def _count(b: Builder, x: Atom, axis: Axis) -> Atom:
    if axis is None:
        return emit(b, "size", x)
    lengths = [dim_atom(b, x, one) for one in as_axes(axis)]
    return reduce(lambda one, other: emit(b, "multiply", one, other), lengths) if lengths else const(1)


# ---- lowerings: covariance


@lowers(np.cov)
def cov(
    b: Builder,
    m: Argument,
    y: Argument = None,
    rowvar: Argument = True,
    bias: Argument = False,
    ddof: Argument = None,
    fweights: Argument = None,
    aweights: Argument = None,
    *,
    dtype: Argument = None,
) -> Atom:
    x = _observations(b, m, y, flag(rowvar, "rowvar"))
    x = as_dtype(b, x, dtype if dtype is not None else np.result_type(dtype_of(x.type) or "float64", "float64"))
    frequencies, importances = (None if w is None else as_array(b, w) for w in (fweights, aweights))
    if frequencies is None and importances is None:
        centred = emit(b, "subtract", x, emit(b, "mean", x, axis=1, keepdims=True))
        none = (dims_of(x.type) or (None, None))[1] == fixed(0)
        weighted, count = centred, const(0) if none else emit(b, "subtract", dim_atom(b, x, 1), _ddof(bias, ddof))
    else:
        centred, weighted, count = _centred(b, x, frequencies, importances, _ddof(bias, ddof))
    products = emit(b, "matmul", weighted, transposed(b, _conjugated(b, centred), (1, 0)))
    result = emit(b, "divide", products, count)
    return emit(b, "squeeze", result, axis=(0, 1)) if (dims_of(x.type) or ())[:1] == (fixed(1),) else result


def _centred(
    b: Builder, x: Atom, frequencies: Atom | None, importances: Atom | None, ddof: int
) -> tuple[Atom, Atom, Atom]:
    """What is observed, about its weighted mean; the same times the weights; and what the products are divided by."""
    given = [w for w in (frequencies, importances) if w is not None]
    w = given[0] if len(given) == 1 else emit(b, "multiply", *given)
    total = emit(b, "sum", w, axis=None, keepdims=False)
    weighted_sum = emit(b, "sum", emit(b, "multiply", x, w), axis=1, keepdims=True)
    centred = emit(b, "subtract", x, emit(b, "divide", weighted_sum, total))
    less: Atom = const(ddof)
    if importances is not None and ddof:
        squares = emit(b, "sum", emit(b, "multiply", w, importances), axis=None, keepdims=False)
        less = emit(b, "divide", emit(b, "multiply", squares, ddof), total)
    count = emit(b, "subtract", total, less) if ddof else total
    return centred, emit(b, "multiply", centred, w), count


def _ddof(bias: Argument, ddof: Argument) -> int:
    if ddof is not None:
        return integer(ddof, "ddof")
    return 0 if flag(bias, "bias") else 1


def _conjugated(b: Builder, x: Atom) -> Atom:
    return emit(b, "conjugate", x) if (dtype_of(x.type) or "").startswith("complex") else x


def _observations(b: Builder, m: Argument, y: Argument, rowvar: bool) -> Atom:
    """One row for each variable."""
    rows = [_rows(b, array_of(b, part), rowvar) for part in (m, y) if part is not None]
    return rows[0] if len(rows) == 1 else joined_along(b, rows, 0)


def _rows(b: Builder, x: Atom, rowvar: bool) -> Atom:
    if known_rank(x, "cov") == 2 and not rowvar:
        return transposed(b, x, (1, 0))
    return to_rank(b, x, 2)


@lowers(np.corrcoef)
def corrcoef(b: Builder, x: Argument, y: Argument = None, rowvar: Argument = True, *, dtype: Argument = None) -> Atom:
    c = cov(b, x, y, rowvar, dtype=dtype)
    if known_rank(c, "corrcoef") == 0:
        return emit(b, "divide", c, c)
    variances = emit(b, "diagonal", c, offset=0, axis1=0, axis2=1)
    if is_complex(variances.type):
        variances = emit(b, "real", variances)
    deviations = emit(b, "sqrt", variances)
    by_rows = emit(b, "divide", c, with_new_axes(b, deviations, (1,)))
    return emit(b, "divide", by_rows, deviations)


# ---- lowerings: counting


@lowers(np.bincount)
def bincount(b: Builder, x: Argument, /, weights: Argument = None, minlength: Argument = 0) -> Atom:
    operands = [as_array(b, x), *([] if weights is None else [as_array(b, weights)])]
    least = integer(minlength, "minlength")
    return emit(b, "bincount", *operands, **({"minlength": least} if least else {}))


@lowers(np.histogram)
def histogram(
    b: Builder,
    a: Argument,
    bins: Argument = 10,
    range: Argument = None,
    density: Argument = None,
    weights: Argument = None,
) -> tuple[Atom, Atom]:
    """Counts do not move with the data; sums of weights move with the weights."""
    x = as_array(b, a)
    edges = _edges(b, x, bins, range)
    counts = emit(b, "histogram", x, edges, *([] if weights is None else [as_array(b, weights)]))
    if flag(density, "density"):
        total = emit(b, "sum", counts, axis=None, keepdims=False)
        counts = emit(b, "divide", emit(b, "divide", counts, emit(b, "diff", edges)), total)
    return counts, edges


def _widened(b: Builder, low: Atom, high: Atom) -> tuple[Atom, Atom]:
    """A range without width is made one of width 1."""
    if isinstance(low, Const) and isinstance(high, Const) and low.value != high.value:
        return low, high
    half = emit(b, "where", emit(b, "equal", low, high), 0.5, 0.0)
    return emit(b, "subtract", low, half), emit(b, "add", high, half)


def _edges(b: Builder, x: Atom, bins: Argument, bounds: Argument) -> Atom:
    known = bins.value if isinstance(bins, Const) else bins
    if isinstance(known, str):
        raise NotYetSupported("np.histogram with a rule for the bins", do="give the number of bins, or their edges")
    count = as_array(b, known)
    if rank_of(count.type) != 0:
        return count
    if bounds is None:
        low, high = (emit(b, name, x, axis=None, keepdims=False) for name in ("min", "max"))
    elif isinstance(bounds, (tuple, list)):
        low, high = (as_array(b, bound) for bound in bounds)
    else:
        raise NotYetSupported("np.histogram with a range that isn't a pair", do="write range=(low, high)")
    low, high = _widened(b, low, high)
    return emit(b, "linspace", low, high, known + 1 if isinstance(known, int) else emit(b, "add", count, 1))
