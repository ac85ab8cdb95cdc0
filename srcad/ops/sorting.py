"""Sorting, order statistics, and searching in sorted arrays."""

from __future__ import annotations

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    emit,
    flag,
    known_rank,
    many_axes,
    one_axis,
    only_given,
    shape_atoms,
    with_new_axes,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Kind, ToOne, static
from srcad.ops.shaping import array_of, ravel, reshaped, transposed
from srcad.ops.spelling import Spelling, call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim
from srcad.trace.nodes import Atom, Params
from srcad.trace.types import Array, Scalar, Type, Unknown, dims_of, dtype_of, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def _sorted(x: Type, *, axis: int = -1, kind: str | None = None, descending: bool = False) -> Type:
    return x


def _argsorted(x: Type, *, axis: int = -1, kind: str | None = None, descending: bool = False) -> Type:
    return _places(x)


def _argpartitioned(x: Type, *, kth: int | tuple[int, ...], axis: int = -1) -> Type:
    return _places(x)


def _keyed(*keys: Type) -> Type:
    return _places(keys[0])


def _digitized(x: Type, bins: Type, *, right: bool = False) -> Type:
    return _found(bins, x)


def _places(x: Type) -> Type:
    dims = dims_of(x)
    return Unknown("int64") if dims is None else Array("int64", dims)


def _found(a: Type, v: Type, *, side: str = "left") -> Type:
    dims = dims_of(v)
    if dims is None:
        return Unknown("int64")
    return Array("int64", dims) if dims else Scalar("int64")


def _one_place(x: Type) -> Type:
    return Array("int64", (UNKNOWN_DIM,))


def reduced_dims(x: Type, axis: int | None, keepdims: bool) -> tuple[Dim, ...] | None:
    """The dims after a reduction over one axis, or over all."""
    dims = dims_of(x)
    if dims is None:
        return None
    return tuple(ONE if axis in (None, k) else d for k, d in enumerate(dims) if keepdims or axis not in (None, k))


def _median(x: Type, *, axis: int | None = None, keepdims: bool = False) -> Type:
    return _statistic(x, (), axis, keepdims)


def _quantile(x: Type, q: Type, *, axis: int | None = None, keepdims: bool = False, percent: bool = False) -> Type:
    dtypes = (dtype_of(x), dtype_of(q))
    if isinstance(q, Array) and isinstance(x, Array) and None not in dtypes:
        x = Array(str(np.result_type(*dtypes)), x.dims)
    return _statistic(x, dims_of(q), axis, keepdims)


def _statistic(x: Type, front: tuple[Dim, ...] | None, axis: int | None, keepdims: bool) -> Type:
    rest, dtype = reduced_dims(x, axis, keepdims), dtype_of(x)
    dtype = dtype if dtype is None or np.dtype(dtype).kind in "fc" else "float64"
    if rest is None or front is None or dtype is None:
        return Unknown(dtype)
    return Array(dtype, front + rest) if front + rest else Scalar(dtype)


# ---- spellings


def _quantile_text(texts: tuple[str, ...], params: Params) -> str:
    name = "np.percentile" if params.get("percent") else "np.quantile"
    return f"{name}({', '.join([*texts, *options(params, {'axis': None, 'keepdims': False})])})"


def _sorting(function: str) -> Spelling:
    """NumPy takes `kind` alone: where it also sorts downwards, `stable` says what kind "stable" does."""

    def spelling(texts: tuple[str, ...], params: Params) -> str:
        down = params.get("descending", False)
        stable = ["stable=True"] if params.get("kind") and down else options(params, {"kind": None})
        shown = [*options(params, {"axis": -1}), *stable, *options(params, {"descending": False})]
        return f"{function}({', '.join([*texts, *shown])})"

    return spelling


op("sort", Kind.SCAN, _sorted, _sorting("np.sort"), cost="dear")
op("argsort", Kind.ALGORITHM, _argsorted, _sorting("np.argsort"), cost="dear")
op("argpartition", Kind.ALGORITHM, _argpartitioned, call("np.argpartition", kth=None, axis=-1), cost="dear")
op("searchsorted", Kind.ALGORITHM, _found, call("np.searchsorted", side="left"))
op("digitize", Kind.ALGORITHM, _digitized, call("np.digitize", right=False))
op("median", Kind.REDUCTION, _median, call("np.median", axis=None, keepdims=False), cost="dear")
op("quantile", Kind.REDUCTION, _quantile, _quantile_text, cost="dear")
op("unique_places", Kind.ALGORITHM, _one_place, "np.unique({0}, return_index=True)[1]", cost="dear")
op("unique_inverse", Kind.ALGORITHM, _places, "np.unique({0}, return_inverse=True)[1]", cost="dear")
op("unique_counts", Kind.ALGORITHM, _one_place, "np.unique({0}, return_counts=True)[1]", cost="dear")
op("lexsort", Kind.ALGORITHM, _keyed, lambda texts, params: f"np.lexsort(({', '.join(texts)},))", cost="dear")


# ---- lowerings


def _axis_option(x: Atom, axis: Argument) -> dict[str, object]:
    """The axis, left out where it is the last."""
    rank = known_rank(x, "sorting")
    place = one_axis(axis, rank)
    return {} if place == rank - 1 else {"axis": place}


def _way_of_sorting(kind: Argument, stable: Argument, descending: Argument) -> dict[str, object]:
    """The kind and the direction, as far as they are said."""
    said = (static(stable, "stable"), static(descending, "descending"))
    if static(kind, "kind") is not None and said != (None, None):
        raise CallError("`kind` and keyword parameters can't be provided at the same time. Use only one of them.")
    kept = flag(stable, "stable") or word(kind, "kind") in ("stable", "mergesort")
    return only_given(kind="stable" if kept else None, descending=flag(descending, "descending"))


def _or_flat(b: Builder, x: Atom, axis: Argument) -> tuple[Atom, Argument]:
    """An array and an axis of it; of None, the array in one row."""
    return (x, axis) if static(axis, "axis") is not None else (x if rank_of(x.type) == 1 else ravel(b, x), -1)


def _of_a_row(b: Builder, x: Argument, axis: Argument) -> Argument:
    """The axis, for functions that take a number for a row of one."""
    return None if rank_of(as_array(b, x).type) == 0 and static(axis, "axis") in (-1, 0) else axis


@lowers(np.sort)
def sort(
    b: Builder,
    a: Argument,
    axis: Argument = -1,
    kind: Argument = None,
    *,
    stable: Argument = None,
    descending: Argument = None,
) -> Atom:
    x, along = _or_flat(b, as_array(b, a), axis)
    return emit(b, "sort", x, **_axis_option(x, along), **_way_of_sorting(kind, stable, descending))


@lowers(np.argsort, method="argsort")
def argsort(
    b: Builder,
    a: Argument,
    axis: Argument = -1,
    kind: Argument = None,
    *,
    stable: Argument = None,
    descending: Argument = None,
) -> Atom:
    x, along = _or_flat(b, as_array(b, a), _of_a_row(b, a, axis))
    return emit(b, "argsort", x, **_axis_option(x, along), **_way_of_sorting(kind, stable, descending))


@lowers(np.argpartition, method="argpartition")
def argpartition(b: Builder, a: Argument, kth: Argument, axis: Argument = -1) -> Atom:
    x, along = _or_flat(b, as_array(b, a), _of_a_row(b, a, axis))
    place = static(kth, "kth")
    place = tuple(place) if isinstance(place, list) else place
    return emit(b, "argpartition", x, kth=place, **_axis_option(x, along))


@lowers(np.partition)
def partition(b: Builder, a: Argument, kth: Argument, axis: Argument = -1) -> Atom:
    """What `argpartition` picks, so that its derivative knows what went where."""
    x, along = _or_flat(b, array_of(b, a), axis)
    places = argpartition(b, x, kth, along)
    return emit(b, "take_along_axis", x, places, axis=one_axis(along, known_rank(x, "partition")))


@lowers(np.searchsorted, method="searchsorted")
def searchsorted(b: Builder, a: Argument, v: Argument, side: Argument = "left", sorter: Argument = None) -> Atom:
    x = as_array(b, a)
    if sorter is not None:
        x = emit(b, "get_item", x, as_array(b, sorter), index=(("array", 0),))
    right = word(side, "side") not in ("left", "l")
    return emit(b, "searchsorted", x, as_array(b, v), **({"side": "right"} if right else {}))


@lowers(np.digitize)
def digitize(b: Builder, x: Argument, bins: Argument, right: Argument = False) -> Atom:
    return emit(b, "digitize", as_array(b, x), as_array(b, bins), **only_given(right=flag(right, "right")))


@lowers(np.lexsort)
def lexsort(b: Builder, keys: Argument, axis: Argument = -1) -> Atom:
    if not isinstance(keys, (tuple, list)):
        raise NotYetSupported("np.lexsort of an array", do="give a tuple of keys")
    rows = [as_array(b, key) for key in keys]
    rank = known_rank(rows[0], "lexsort")
    if not rank:
        return emit(b, "to_int", 0)
    if one_axis(axis, rank) != rank - 1:
        raise NotYetSupported("np.lexsort along another axis than the last", do="transpose the keys")
    return emit(b, "lexsort", *rows)


@lowers(np.unique)
def unique(
    b: Builder,
    ar: Argument,
    return_index: Argument = False,
    return_inverse: Argument = False,
    return_counts: Argument = False,
) -> Atom | tuple[Atom, ...]:
    """The first of equal elements stands for all of them."""
    x = array_of(b, ar)
    places = emit(b, "unique_places", x)
    results = [emit(b, "get_item", ravel(b, x), places, index=(("array", 0),))]
    results += [places] if flag(return_index, "return_index") else []
    results += [emit(b, "unique_inverse", x)] if flag(return_inverse, "return_inverse") else []
    results += [emit(b, "unique_counts", x)] if flag(return_counts, "return_counts") else []
    return results[0] if len(results) == 1 else tuple(results)


def _along(b: Builder, x: Atom, axis: Argument, keepdims: Argument) -> tuple[Atom, dict[str, object], tuple[int, ...]]:
    """An array, the options of a statistic along one axis of it, and the axes that have to be put back afterwards.

    Several axes are made one, in front of the others.
    """
    known, keep = static(axis, "axis"), flag(keepdims, "keepdims")
    if known is None:
        return x, only_given(keepdims=keep), ()
    rank = known_rank(x, "an order statistic")
    axes = tuple(sorted(many_axes(known, rank)))
    if len(axes) == 1:
        return x, {"axis": axes[0], **only_given(keepdims=keep)}, ()
    rest = [k for k in range(rank) if k not in axes]
    turned = transposed(b, x, (*axes, *rest))
    lengths = shape_atoms(b, turned)[len(axes) :]
    return reshaped(b, turned, (const(-1), *lengths)), {"axis": 0}, axes if keep else ()


@lowers(np.median)
def median(b: Builder, a: Argument, axis: Argument = None, keepdims: Argument = False) -> Atom:
    x, options, back = _along(b, array_of(b, a), axis, keepdims)
    return with_new_axes(b, emit(b, "median", x, **options), back)


def _quantiles(percent: bool) -> ToOne:
    def lowering(
        b: Builder,
        a: Argument,
        q: Argument,
        axis: Argument = None,
        method: Argument = "linear",
        keepdims: Argument = False,
    ) -> Atom:
        if word(method, "method") != "linear":
            raise NotYetSupported(f"a quantile with method={method!r}", do="use the method 'linear'")
        x, options, back = _along(b, array_of(b, a), axis, keepdims)
        places = as_array(b, q)
        if known_rank(places, "the order of a quantile") > 1:
            raise NotYetSupported("quantiles whose orders are a matrix", do="give a list of orders")
        found = emit(b, "quantile", x, places, **options, **only_given(percent=percent))
        front = known_rank(places, "the places of quantiles")
        return with_new_axes(b, found, tuple(front + k for k in back))

    return lowering


quantile = lowers(np.quantile)(_quantiles(percent=False))
percentile = lowers(np.percentile)(_quantiles(percent=True))
