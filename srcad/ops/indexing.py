"""Functions that pick elements: most are subscripts with index arrays, and lower to these."""

from __future__ import annotations

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import WHOLE, dim_atom, emit, gathered, known_rank, one_axis, sliced, word
from srcad.ops.declare import Area, Argument, CallError, Index, Kind, static
from srcad.ops.shaping import array_of
from srcad.ops.structural import as_array
from srcad.trace.builder import Builder, const
from srcad.trace.dims import UNKNOWN_DIM, fixed
from srcad.trace.nodes import Atom
from srcad.trace.types import Array, Scalar, Type, Unknown, broadcast_dims, dims_of, dtype_of, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

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


def _choices_type(which: Index, n: Index) -> Type:
    return which


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


# numbers of choices, of which there are so many: others are refused as NumPy refuses them
op("choices", Kind.ALGORITHM, _choices_type, "choices({0}, {1})", cost="cheap")


# ---- taking


@lowers(np.take, method="take")
def take(b: Builder, a: Argument, indices: Argument, axis: Argument = None, mode: Argument = "raise") -> Atom:
    x, places, along = as_array(b, a), as_array(b, indices), static(axis, "axis")
    if along is None:
        x, along = _flat(b, x), 0
    place = one_axis(along, known_rank(x, "take"))
    if any(d.number == 0 for d in dims_of(places.type) or ()):  # an empty list makes an array of floats
        places = emit(b, "cast", places, dtype="int64")
    places = kept_inside(b, places, dim_atom(b, x, place), word(mode, "mode"))
    if isinstance(places.type, Scalar):
        return emit(b, "get_item", x, places, index=(*(WHOLE,) * place, ("int", 0)))
    return gathered(b, x, place, places)


def kept_inside(b: Builder, places: Atom, n: Atom, mode: str | None) -> Atom:
    """Places as `mode` has them: wrapped around, or clipped, by which negative ones become 0."""
    if mode == "wrap":
        return emit(b, "remainder", places, n)
    if mode == "clip":
        return emit(b, "clip", places, 0, emit(b, "subtract", n, 1))
    if mode != "raise":
        raise CallError(f"clipmode must be one of 'clip', 'raise', or 'wrap' (got {mode!r})")
    return places


@lowers(np.take_along_axis)
def take_along_axis(b: Builder, arr: Argument, indices: Argument, axis: Argument = -1) -> Atom:
    x, places = as_array(b, arr), as_array(b, indices)
    if static(axis, "axis") is None:
        return emit(b, "take_along_axis", emit(b, "ravel", x), places, axis=0)
    return emit(b, "take_along_axis", x, places, axis=one_axis(axis, known_rank(x, "take_along_axis")))


# ---- picking by conditions


@lowers(np.nonzero, method="nonzero")
def nonzero(b: Builder, a: Argument) -> tuple[Atom, ...]:
    x = as_array(b, a)
    return b.emit_many("nonzero", x, rank=known_rank(x, "nonzero"))


@lowers(np.flatnonzero)
def flatnonzero(b: Builder, a: Argument) -> Atom:
    return emit(b, "nonzero", _flat(b, as_array(b, a)), rank=1)


@lowers(np.argwhere)
def argwhere(b: Builder, a: Argument) -> Atom:
    return emit(b, "argwhere", as_array(b, a))


def _flat(b: Builder, x: Atom) -> Atom:
    return x if rank_of(x.type) == 1 else emit(b, "ravel", array_of(b, x))


@lowers(np.compress)
def compress(b: Builder, condition: Argument, a: Argument, axis: Argument = None) -> Atom:
    if known_rank(as_array(b, condition), "compress") != 1:
        raise CallError("condition must be a 1-d array")
    return take(b, a, flatnonzero(b, condition), axis)


@lowers(method="compress")
def compress_method(b: Builder, a: Argument, condition: Argument, axis: Argument = None) -> Atom:
    return compress(b, condition, a, axis)


@lowers(np.extract)
def extract(b: Builder, condition: Argument, arr: Argument) -> Atom:
    return take(b, arr, flatnonzero(b, condition))


@lowers(np.choose, method="choose")
def choose(b: Builder, a: Argument, choices: Argument, mode: Argument = "raise") -> Atom:
    rows = choices if isinstance(choices, (tuple, list)) else _rows(b, as_array(b, choices))
    kept = word(mode, "mode")
    which = kept_inside(b, as_array(b, a), const(len(rows)), kept)
    if kept == "raise":
        which = emit(b, "choices", which, len(rows))
    result = as_array(b, rows[-1])
    for k in reversed(range(len(rows) - 1)):
        result = emit(b, "where", emit(b, "equal", which, k), as_array(b, rows[k]), result)
    return result


def _rows(b: Builder, x: Atom) -> list[Atom]:
    dims = dims_of(x.type)
    if not dims or dims[0].number is None:
        raise NotYetSupported("np.choose from an array whose length isn't known", do="index the array: a[which]")
    return [emit(b, "get_item", x, k, index=(("int", 0),)) for k in range(dims[0].offset)]


@lowers(np.select)
def select(b: Builder, condlist: Argument, choicelist: Argument, default: Argument = 0) -> Atom:
    if not (isinstance(condlist, (tuple, list)) and isinstance(choicelist, (tuple, list))):
        raise NotYetSupported("np.select from lists whose length isn't known", do="use np.where")
    result = as_array(b, default)
    for condition, choice in reversed(list(zip(condlist, choicelist, strict=True))):
        result = emit(b, "where", as_array(b, condition), as_array(b, choice), result)
    return result


# ---- leaving out, and open meshes


@lowers(np.delete)
def delete(b: Builder, arr: Argument, obj: Argument, axis: Argument = None) -> Atom:
    x, along = as_array(b, arr), static(axis, "axis")
    if along is None:
        x, along = _flat(b, x), 0
    place = one_axis(along, known_rank(x, "delete"))
    if isinstance(obj, slice):
        every = emit(b, "arange", dim_atom(b, x, place))
        obj = sliced(b, every, 0, obj.start, obj.stop, obj.step)
    return gathered(b, x, place, emit(b, "remaining", dim_atom(b, x, place), as_array(b, obj)))


@lowers(np.ix_)
def ix_(b: Builder, *args: Argument) -> tuple[Atom, ...]:
    return tuple(_open(b, as_array(b, arg), k, len(args)) for k, arg in enumerate(args))


def _open(b: Builder, places: Atom, axis: int, rank: int) -> Atom:
    """Places along one axis of an open mesh."""
    if dtype_of(places.type) == "bool":
        places = flatnonzero(b, places)
    if rank == 1:
        return places
    return emit(b, "get_item", places, index=tuple(WHOLE if k == axis else ("newaxis",) for k in range(rank)))
