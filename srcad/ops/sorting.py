"""Sorting, order statistics, and searching in sorted arrays."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import emit, known_rank, one_axis
from srcad.ops.catalogue import Kind, lowers, op, static
from srcad.ops.shaping import array_of, flatten, ravel
from srcad.ops.spelling import call, options
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder
from srcad.trace.nodes import Atom, Var
from srcad.trace.types import ONE, UNKNOWN_DIM, Array, Dim, Scalar, Type, Unknown, dims_of, dtype_of

# ---- types


def _sorted(x: Type, *, axis: int = -1, kind: str | None = None) -> Type:
    return x


def _argsorted(x: Type, *, axis: int = -1, kind: str | None = None) -> Type:
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


def _quantile_text(texts: tuple[str, ...], params: Mapping[str, Any]) -> str:
    name = "np.percentile" if params.get("percent") else "np.quantile"
    return f"{name}({', '.join([*texts, *options(params, {'axis': None, 'keepdims': False})])})"


op("sort", Kind.SCAN, _sorted, call("np.sort", axis=-1, kind=None), cost="dear")
op("argsort", Kind.ALGORITHM, _argsorted, call("np.argsort", axis=-1, kind=None), cost="dear")
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


def _axis_option(x: Atom, axis: Any) -> dict[str, int]:
    """The axis, left out where it is the last."""
    rank = known_rank(x, "sorting")
    place = one_axis(axis, rank)
    return {} if place == rank - 1 else {"axis": place}


def _kind_option(kind: Any, stable: Any) -> dict[str, str]:
    return {"kind": "stable"} if static(stable, "stable") or static(kind, "kind") in ("stable", "mergesort") else {}


@lowers(np.sort)
def sort(b: Builder, a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Atom:
    x = as_array(b, a)
    if static(axis, "axis") is None:
        x, axis = flatten(b, x), -1
    return emit(b, "sort", x, **_axis_option(x, axis), **_kind_option(kind, stable))


@lowers(np.argsort, method="argsort")
def argsort(b: Builder, a: Any, axis: Any = -1, kind: Any = None, order: Any = None, *, stable: Any = None) -> Atom:
    x = as_array(b, a)
    if static(axis, "axis") is None:
        x, axis = ravel(b, x), -1
    return emit(b, "argsort", x, **_axis_option(x, axis), **_kind_option(kind, stable))


@lowers(np.argpartition, method="argpartition")
def argpartition(b: Builder, a: Any, kth: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Atom:
    x = as_array(b, a)
    if static(axis, "axis") is None:
        x, axis = ravel(b, x), -1
    kth = static(kth, "kth")
    kth = tuple(kth) if isinstance(kth, list) else kth
    return emit(b, "argpartition", x, kth=kth, **_axis_option(x, axis))


@lowers(np.partition)
def partition(b: Builder, a: Any, kth: Any, axis: Any = -1, kind: Any = None, order: Any = None) -> Atom:
    """What `argpartition` picks, so that its derivative knows what went where."""
    x = array_of(b, a)
    if static(axis, "axis") is None:
        x, axis = flatten(b, x), -1
    places = argpartition(b, x, kth, axis)
    return emit(b, "take_along_axis", x, places, axis=one_axis(axis, known_rank(x, "partition")))


@lowers(np.searchsorted)
def searchsorted(b: Builder, a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Atom:
    x = as_array(b, a)
    if sorter is not None:
        x = emit(b, "get_item", x, as_array(b, sorter), index=(("array", 0),))
    return emit(b, "searchsorted", x, as_array(b, v), **({} if static(side, "side") == "left" else {"side": "right"}))


@lowers(method="searchsorted")
def searchsorted_method(b: Builder, a: Any, v: Any, side: Any = "left", sorter: Any = None) -> Atom:
    return searchsorted(b, a, v, side, sorter)


@lowers(np.digitize)
def digitize(b: Builder, x: Any, bins: Any, right: Any = False) -> Atom:
    extra = {"right": True} if static(right, "right") else {}
    return emit(b, "digitize", as_array(b, x), as_array(b, bins), **extra)


@lowers(np.lexsort)
def lexsort(b: Builder, keys: Any, axis: Any = -1) -> Atom:
    if isinstance(keys, Var):
        raise NotYetSupported("np.lexsort of an array", do="give a tuple of keys")
    return emit(b, "lexsort", *(as_array(b, key) for key in keys))


@lowers(np.unique)
def unique(
    b: Builder,
    ar: Any,
    return_index: Any = False,
    return_inverse: Any = False,
    return_counts: Any = False,
    axis: Any = None,
    **_: Any,
) -> Any:
    """The first of equal elements stands for all of them."""
    if static(axis, "axis") is not None:
        raise NotYetSupported("np.unique along an axis", do="sort the rows, and compare neighbours")
    x = array_of(b, ar)
    places = emit(b, "unique_places", x)
    results = [emit(b, "get_item", ravel(b, x), places, index=(("array", 0),))]
    results += [places] if static(return_index, "return_index") else []
    results += [emit(b, "unique_inverse", x)] if static(return_inverse, "return_inverse") else []
    results += [emit(b, "unique_counts", x)] if static(return_counts, "return_counts") else []
    return results[0] if len(results) == 1 else tuple(results)


def _statistic_options(x: Atom, axis: Any, keepdims: Any) -> dict[str, Any]:
    axis = static(axis, "axis")
    if isinstance(axis, (tuple, list)):
        if len(axis) != 1:
            raise NotYetSupported("an order statistic over several axes", do="reshape, so that it is one axis")
        (axis,) = axis
    place = None if axis is None else one_axis(axis, known_rank(x, "an order statistic"))
    return {
        **({} if place is None else {"axis": place}),
        **({"keepdims": True} if static(keepdims, "keepdims") else {}),
    }


@lowers(np.median)
def median(
    b: Builder, a: Any, axis: Any = None, out: Any = None, overwrite_input: Any = False, keepdims: Any = False
) -> Atom:
    x = array_of(b, a)
    return emit(b, "median", x, **_statistic_options(x, axis, keepdims))


def _quantiles(percent: bool) -> Any:
    def lowering(
        b: Builder,
        a: Any,
        q: Any,
        axis: Any = None,
        out: Any = None,
        overwrite_input: Any = False,
        method: Any = "linear",
        keepdims: Any = False,
        *,
        weights: Any = None,
        **_: Any,
    ) -> Atom:
        if static(method, "method") != "linear" or weights is not None:
            raise NotYetSupported("a quantile with weights, or with a method other than linear", do="use the default")
        x = array_of(b, a)
        extra = {"percent": True} if percent else {}
        return emit(b, "quantile", x, as_array(b, q), **_statistic_options(x, axis, keepdims), **extra)

    return lowering


quantile = lowers(np.quantile)(_quantiles(percent=False))
percentile = lowers(np.percentile)(_quantiles(percent=True))
