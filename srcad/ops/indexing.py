"""Functions that pick elements: most are subscripts with index arrays, and lower to these."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import WHOLE, dim_atom, emit, gathered, known_rank, one_axis
from srcad.ops.catalogue import Index, Kind, lowers, op, static
from srcad.ops.elementwise import refuse_out
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.nodes import Atom
from srcad.trace.types import (
    UNKNOWN_DIM,
    Array,
    Scalar,
    Type,
    Unknown,
    broadcast_dims,
    dims_of,
    dtype_of,
    fixed,
    rank_of,
)

# ---- operations


def _along_axis_type(x: Type, indices: Index, *, axis: int) -> Type:
    dims, places, dtype = dims_of(x), dims_of(indices), dtype_of(x)
    if dims is None or places is None or dtype is None:
        return Unknown(dtype)
    together = broadcast_dims(dims[:axis] + dims[axis + 1 :], places[:axis] + places[axis + 1 :])
    return Array(dtype, (*together[:axis], places[axis], *together[axis:]))


def _nonzero_type(x: Type, *, rank: int) -> Type | tuple[Type, ...]:
    found = Array("int64", (UNKNOWN_DIM,))
    return found if rank == 1 else (found,) * rank


def _argwhere_type(x: Type) -> Type:
    rank = rank_of(x)
    return Unknown("int64") if rank is None else Array("int64", (UNKNOWN_DIM, fixed(rank)))


def _remaining_type(n: Index, places: Index) -> Type:
    return Array("int64", (UNKNOWN_DIM,))


op("take_along_axis", Kind.MOVEMENT, _along_axis_type, "np.take_along_axis({0}, {1}, axis={axis})", linear=True)
op(
    "nonzero",
    Kind.ALGORITHM,
    _nonzero_type,
    lambda texts, params: f"np.nonzero({texts[0]})" + ("[0]" if params["rank"] == 1 else ""),
)
op("argwhere", Kind.ALGORITHM, _argwhere_type, "np.argwhere({0})")
# the places that deleting some of n leaves
op("remaining", Kind.ALGORITHM, _remaining_type, "np.delete(np.arange({0}), {1})")


# ---- taking


@lowers(np.take, method="take")
def take(b: Builder, a: Any, indices: Any, axis: Any = None, out: Any = None, mode: Any = "raise") -> Any:
    refuse_out(out, True, "take")
    x, axis, places = as_array(b, a), static(axis, "axis"), as_array(b, indices)
    if axis is None:
        x, axis = x if rank_of(x.type) == 1 else b.emit("ravel", x), 0
    place = one_axis(axis, known_rank(x, "take"))
    places = _kept_inside(b, places, dim_atom(b, x, place), static(mode, "mode"))
    if isinstance(places.type, Scalar):
        return b.emit("get_item", x, places, index=(*(WHOLE,) * place, ("int", 0)))
    return gathered(b, x, place, places)


def _kept_inside(b: Builder, places: Atom, n: Atom, mode: str) -> Atom:
    if mode == "raise":
        return places
    if mode == "wrap":
        return emit(b, "remainder", places, n)
    return emit(b, "clip", places, 0, b.emit("subtract", n, 1))


@lowers(np.take_along_axis)
def take_along_axis(b: Builder, arr: Any, indices: Any, axis: Any = -1) -> Any:
    x, places = as_array(b, arr), as_array(b, indices)
    axis = static(axis, "axis")
    if axis is None:
        return b.emit("take_along_axis", b.emit("ravel", x), places, axis=0)
    return b.emit("take_along_axis", x, places, axis=one_axis(axis, known_rank(x, "take_along_axis")))


# ---- picking by conditions


@lowers(np.nonzero, method="nonzero")
def nonzero(b: Builder, a: Any) -> tuple[Any, ...]:
    x = as_array(b, a)
    return b.emit_many("nonzero", x, rank=known_rank(x, "nonzero"))


@lowers(np.flatnonzero)
def flatnonzero(b: Builder, a: Any) -> Any:
    return b.emit("nonzero", _flat(b, as_array(b, a)), rank=1)


@lowers(np.argwhere)
def argwhere(b: Builder, a: Any) -> Any:
    return b.emit("argwhere", as_array(b, a))


def _flat(b: Builder, x: Atom) -> Atom:
    return x if rank_of(x.type) == 1 else emit(b, "ravel", x)


@lowers(np.compress)
def compress(b: Builder, condition: Any, a: Any, axis: Any = None, out: Any = None) -> Any:
    refuse_out(out, True, "compress")
    return take(b, a, flatnonzero(b, condition), axis)


@lowers(method="compress")
def compress_method(b: Builder, a: Any, condition: Any, axis: Any = None, out: Any = None) -> Any:
    return compress(b, condition, a, axis, out)


@lowers(np.extract)
def extract(b: Builder, condition: Any, arr: Any) -> Any:
    return take(b, arr, flatnonzero(b, condition))


@lowers(np.choose)
def choose(b: Builder, a: Any, choices: Any, out: Any = None, mode: Any = "raise") -> Any:
    refuse_out(out, True, "choose")
    if not isinstance(choices, (tuple, list)):
        choices = _rows(b, as_array(b, choices))
    which = _kept_inside(b, as_array(b, a), const(len(choices)), static(mode, "mode"))
    result = as_array(b, choices[-1])
    for k in reversed(range(len(choices) - 1)):
        result = b.emit("where", b.emit("equal", which, k), as_array(b, choices[k]), result)
    return result


def _rows(b: Builder, x: Atom) -> list[Atom]:
    dims = dims_of(x.type)
    if not dims or dims[0].symbol is not None:
        raise NotYetSupported("np.choose from an array whose length isn't known", do="index the array: a[which]")
    return [b.emit("get_item", x, k, index=(("int", 0),)) for k in range(dims[0].offset)]


@lowers(np.select)
def select(b: Builder, condlist: Any, choicelist: Any, default: Any = 0) -> Any:
    if not (isinstance(condlist, (tuple, list)) and isinstance(choicelist, (tuple, list))):
        raise NotYetSupported("np.select from lists whose length isn't known", do="use np.where")
    result = as_array(b, default)
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = b.emit("where", as_array(b, condition), as_array(b, choice), result)
    return result


# ---- leaving out, and open meshes


@lowers(np.delete)
def delete(b: Builder, arr: Any, obj: Any, axis: Any = None) -> Any:
    x, axis = as_array(b, arr), static(axis, "axis")
    if axis is None:
        x, axis = _flat(b, x), 0
    place = one_axis(axis, known_rank(x, "delete"))
    places = obj if isinstance(obj, slice) else as_array(b, obj)
    if isinstance(places, slice):
        places = as_array(b, list(range(*places.indices(operator.index(static(dim_atom(b, x, place), "length"))))))
    return gathered(b, x, place, b.emit("remaining", dim_atom(b, x, place), places))


@lowers(np.ix_)
def ix_(b: Builder, *args: Any) -> tuple[Any, ...]:
    return tuple(_open(b, as_array(b, arg), k, len(args)) for k, arg in enumerate(args))


def _open(b: Builder, places: Atom, axis: int, rank: int) -> Any:
    """Places along one axis of an open mesh."""
    if dtype_of(places.type) == "bool":
        places = flatnonzero(b, places)
    if rank == 1:
        return places
    return b.emit("get_item", places, index=tuple(WHOLE if k == axis else ("newaxis",) for k in range(rank)))
