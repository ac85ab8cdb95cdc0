"""Operations that join arrays, split them, and repeat their elements."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any, TypeGuard

import numpy as np

from srcad.errors import NotYetSupported
from srcad.ops.arguments import (
    WHOLE,
    as_dtype,
    dim_atom,
    dims_or_raise,
    emit,
    emit_many,
    flag,
    integer,
    known_rank,
    length_atom,
    length_dim,
    one_axis,
    only_given,
    picked,
    shape_atoms,
    shape_operands,
    sliced,
    to_rank,
    with_new_axes,
    word,
)
from srcad.ops.declare import Area, Argument, CallError, Index, Items, Kind, present, static
from srcad.ops.shaping import MISSING_AXES, array_of, array_type, moved, ravel
from srcad.ops.spelling import call, options, sequence_call
from srcad.ops.structural import as_array
from srcad.ops.subscripts import Template
from srcad.trace.builder import Builder, atom
from srcad.trace.dims import ONE, UNKNOWN_DIM, Dim, fixed, product, total
from srcad.trace.nodes import Atom, Const, Params, Var
from srcad.trace.types import Array, ListOf, Scalar, Type, Unknown, dims_of, dtype_of, join_dtypes, rank_of

AREA = Area()
op, lowers = AREA.op, AREA.lowers

# ---- types


def _common_dtype(types: Sequence[Type]) -> str | None:
    dtype = dtype_of(types[0])
    for t in types[1:]:
        dtype = join_dtypes(dtype, dtype_of(t))
    return dtype


def _concatenated(*xs: Type, axis: int) -> Type:
    dtype, all_dims = _common_dtype(xs), [dims_of(x) for x in xs]
    known = [dims for dims in all_dims if dims is not None]
    if dtype is None or not known:
        return Unknown(dtype)
    dims = [_known_of([dims[k] for dims in known]) for k in range(len(known[0]))]
    dims[axis] = total([d[axis] for d in known]) if len(known) == len(xs) else UNKNOWN_DIM
    return Array(dtype, tuple(dims))


def _concatenated_list(xs: Items, *, axis: int | None) -> Type:
    element = xs.element if isinstance(xs, ListOf) else Unknown()
    if axis is None:
        return array_type(element, (UNKNOWN_DIM,))
    dims = dims_of(element)
    if dims == ():
        raise CallError("zero-dimensional arrays cannot be concatenated")
    return Unknown(dtype_of(element)) if dims is None else _with_dim(element, axis % len(dims), UNKNOWN_DIM)


def _known_of(dims: Sequence[Dim]) -> Dim:
    """The best of what is known of one and the same length."""
    return next((d for d in dims if d.number is not None), next((d for d in dims if d.known), UNKNOWN_DIM))


def _stacked(*xs: Type, axis: int) -> Type:
    dtype, known = _common_dtype(xs), [dims for dims in map(dims_of, xs) if dims is not None]
    if dtype is None or not known:
        return Unknown(dtype)
    dims = [_known_of([dims[k] for dims in known]) for k in range(len(known[0]))]
    return Array(dtype, (*dims[:axis], fixed(len(xs)), *dims[axis:]))


def _splits(x: Type, *, sections: int, axis: int, uneven: bool = False) -> tuple[Type, ...]:
    dims = dims_or_raise(x, "splitting")
    n = dims[axis].counted
    more = (sections - 1 - k if uneven else 0 for k in range(sections))
    sizes = [((n + rest) // sections).as_length for rest in more]
    return tuple(array_type(x, (*dims[:axis], size, *dims[axis + 1 :])) for size in sizes)


def _with_dim(x: Type, axis: int, dim: Dim) -> Type:
    dims = dims_of(x)
    return Unknown(dtype_of(x)) if dims is None else array_type(x, (*dims[:axis], dim, *dims[axis + 1 :]))


def _tiled(x: Type, *reps: Index) -> Type:
    dims = dims_of(x)
    if dims is None:
        return Unknown(dtype_of(x))
    rank = max(len(dims), len(reps))
    dims = (ONE,) * (rank - len(dims)) + dims
    counts = (ONE,) * (rank - len(reps)) + tuple(map(length_dim, reps))
    return array_type(x, tuple(map(product, zip(dims, counts, strict=True))))


def _repeated(x: Type, repeats: Index, *, axis: int | None = None) -> Type:
    """Without an axis, of a vector: other arrays are raveled first."""
    dims = dims_of(x)
    if dims is None:
        return Unknown(dtype_of(x))
    scalar = isinstance(repeats, Scalar)
    return _with_dim(x, axis or 0, product((dims[axis or 0], length_dim(repeats))) if scalar else UNKNOWN_DIM)


def _padded(x: Type, *, width: tuple[tuple[int, int], ...], mode: str = "constant", constant_values: float = 0) -> Type:
    dims = dims_of(x)
    if dims is None:
        return Unknown(dtype_of(x))
    return array_type(x, [total((d, fixed(before + after))) for d, (before, after) in zip(dims, width, strict=True)])


def _split_like(g: Type, parts: Items, *, axis: int | None) -> Type:
    return parts


# ---- spellings


def _split_text(texts: tuple[str, ...], params: Params) -> str:
    name = "np.array_split" if params.get("uneven") else "np.split"
    return f"{name}({', '.join([texts[0], str(params['sections']), *options(params, {'axis': 0})])})"


def _tile_text(texts: tuple[str, ...], _params: Params) -> str:
    return f"np.tile({texts[0]}, {texts[1] if len(texts) == 2 else '(' + ', '.join(texts[1:]) + ')'})"


def _pad_text(texts: tuple[str, ...], params: Params) -> str:
    width = params["width"]
    same = set(width)
    short = width[0] if len(same) == 1 else width
    if len(same) == 1 and width[0][0] == width[0][1]:
        short = width[0][0]
    return f"np.pad({', '.join([texts[0], repr(short), *options(params, {'mode': 'constant', 'constant_values': 0})])})"


op("concatenate", Kind.MOVEMENT, _concatenated, sequence_call("np.concatenate", axis=0))
op("concatenate_list", Kind.MOVEMENT, _concatenated_list, call("np.concatenate", axis=0), cost="cheap", linear=True)
op(
    "split_like",
    Kind.MOVEMENT,
    _split_like,
    lambda texts, params: f"split_like({texts[0]}, {texts[1]}, {params['axis']})",
    linear=True,
)
op("stack", Kind.MOVEMENT, _stacked, sequence_call("np.stack", axis=0))
op("split", Kind.VIEW, _splits, _split_text, cost="free", linear=True)
op("tile", Kind.MOVEMENT, _tiled, _tile_text, linear=True)
op("repeat", Kind.MOVEMENT, _repeated, call("np.repeat", axis=None), linear=True)
op("pad", Kind.MOVEMENT, _padded, _pad_text)


# ---- lowerings: several arrays into one


def items_of(b: Builder, arrays: Argument) -> list[Atom] | None:
    """The members of a sequence of arrays; None where how many there are isn't known before the run."""
    known = arrays.value if isinstance(arrays, Const) else arrays
    return [as_array(b, a) for a in known] if isinstance(known, (tuple, list, np.ndarray)) else None


def given_list(b: Builder, arrays: Argument) -> Argument:
    """The list of which an array-like was made: its members need not be equally long, where they aren't stacked."""
    if not isinstance(arrays, Var):
        return arrays
    made = next((eq for eq in reversed(b.equations) if arrays in eq.results), None)
    return made.operands[0] if made is not None and made.op == "list_to_array" else arrays


def _stacked_at_run_time(b: Builder, arrays: Atom, axis: int) -> Atom:
    """Of a run-time sequence of arrays, the first axis of the whole counts them."""
    arrays = at_least_one(b, arrays)
    if isinstance(arrays.type, ListOf):
        whole = emit(b, "list_to_array", arrays, stacked=True)
        return moved(b, whole, 0, one_axis(axis, known_rank(whole, "stack")))
    return emit(b, "copy", moved(b, arrays, 0, one_axis(axis, known_rank(arrays, "stack"))))


@lowers(np.concatenate, np.concat)
def concatenate(
    b: Builder,
    arrays: Argument,
    /,
    axis: Argument = 0,
    *,
    dtype: Argument = None,
    casting: Argument = "same_kind",
) -> Atom:
    given, along = given_list(b, arrays), None if static(axis, "axis") is None else integer(axis, "axis")
    items = items_of(b, given)
    if items is None:
        joined = _concatenate_at_run_time(b, atom(given), along)
    elif along is None:
        joined = joined_along(b, [ravel(b, x) for x in items], 0)
    else:
        joined = joined_along(b, items, along)
    return as_dtype(b, joined, dtype, casting)


def joined_along(b: Builder, items: Sequence[Atom], axis: int) -> Atom:
    if not items:
        raise CallError("need at least one array to concatenate")
    rank = next((len(dims) for x in items if (dims := dims_of(x.type)) is not None), None)
    if rank is not None:
        axis = one_axis(axis, rank)
    return emit(b, "concatenate", *items, axis=axis)


def at_least_one(b: Builder, arrays: Atom) -> Atom:
    """The rows of an array as a list, where there may be none: of no arrays NumPy makes none, it raises."""
    dims = dims_of(arrays.type)
    return arrays if not dims or (dims[0].least or 0) > 0 else emit(b, "array_to_list", arrays)


def _concatenate_at_run_time(b: Builder, arrays: Atom, axis: int | None) -> Atom:
    arrays = at_least_one(b, arrays)
    if isinstance(arrays.type, ListOf):
        return emit(b, "concatenate_list", arrays, axis=axis)
    rank = known_rank(arrays, "concatenate")
    if axis is None:
        return emit(b, "flatten", arrays)
    axis = one_axis(axis, rank - 1)
    together = moved(b, arrays, 0, axis)
    lengths = list(shape_atoms(b, together))
    lengths[axis : axis + 2] = [emit(b, "multiply", lengths[axis], lengths[axis + 1])]
    return emit(b, "copy", emit(b, "reshape", together, *lengths))


@lowers(np.append)
def append(b: Builder, arr: Argument, values: Argument, axis: Argument = None) -> Atom:
    return concatenate(b, [arr, values], axis)


@lowers(np.insert)
def insert(b: Builder, arr: Argument, obj: Argument, values: Argument, axis: Argument = None) -> Atom:
    x = array_of(b, arr)
    if not isinstance(obj, int) and not (isinstance(obj, Var) and isinstance(obj.type, Scalar)):
        raise NotYetSupported("np.insert at several places", do="insert one after the other")
    if static(axis, "axis") is None:
        x, axis = ravel(b, x), 0
    place = one_axis(axis, known_rank(x, "insert"))
    parts = [sliced(b, x, place, None, obj), _slab(b, x, place, values), sliced(b, x, place, obj, None)]
    return joined_along(b, parts, place)


def _slab(b: Builder, x: Atom, axis: int, values: Argument) -> Atom:
    """What is put in at one place along an axis: NumPy spreads a number, or one less dimension, over it."""
    value, rank = as_dtype(b, as_array(b, values), dtype_of(x.type)), known_rank(x, "insert")
    if rank == 1:
        return ravel(b, array_of(b, value))
    shape = list(shape_atoms(b, x))
    if known_rank(value, "insert") == rank:
        raise NotYetSupported("np.insert of several rows at once", do="use np.concatenate")
    shape[axis] = length_atom(1)
    if known_rank(value, "insert"):
        value = with_new_axes(b, to_rank(b, value, rank - 1), (axis,))
    return emit(b, "broadcast_to", value, *shape)


@lowers(np.stack)
def stack(
    b: Builder, arrays: Argument, axis: Argument = 0, *, dtype: Argument = None, casting: Argument = "same_kind"
) -> Atom:
    given, along = given_list(b, arrays), integer(axis, "axis")
    items = items_of(b, given)
    if items is None:
        return as_dtype(b, _stacked_at_run_time(b, atom(given), along), dtype, casting)
    if not items:
        raise CallError("need at least one array to stack")
    rank = next((len(dims) for x in items if (dims := dims_of(x.type)) is not None), None)
    place = along if rank is None else one_axis(along, rank + 1)
    return as_dtype(b, emit(b, "stack", *items, axis=place), dtype, casting)


def _members(b: Builder, arrays: Argument) -> list[Atom]:
    """The members of a sequence, also those of an array with a known first dimension."""
    items = items_of(b, arrays)
    if items is not None:
        return items
    whole = atom(arrays)
    dims = dims_of(whole.type)
    if not dims or dims[0].number is None:
        raise NotYetSupported(
            "joining arrays whose number isn't known before the run, in this way",
            do="use np.stack or np.concatenate",
        )
    return [picked(b, whole, 0, k) for k in range(dims[0].offset)]


def _ranks(items: Sequence[Atom], what: str) -> list[int]:
    return [known_rank(x, what) for x in items]


def _stacks_vectors(b: Builder, tup: Argument, what: str) -> bool:
    """Whether all members are vectors."""
    items = items_of(b, tup)
    if items is not None:
        return all(known_rank(x, what) == 1 for x in items)
    whole = atom(tup).type
    element = whole.element if isinstance(whole, ListOf) else None
    return (dims := dims_of(element if element else whole)) is not None and len(dims) == (1 if element else 2)


def array_of_numbers(b: Builder, arrays: Argument) -> Argument:
    """The vector of the numbers in a run-time list; anything else as it is."""
    of = arrays.type if isinstance(arrays, Var) else None
    numbers = isinstance(of, ListOf) and of.element.rank == 0
    return emit(b, "list_to_array", arrays, stacked=True) if numbers else arrays


def _numbers(b: Builder, vector: Var) -> Atom:
    """The numbers in a vector, put together: a copy, where there are any."""
    numbers = at_least_one(b, vector)
    return emit(b, "copy", vector) if numbers is vector else emit(b, "list_to_array", numbers, stacked=True)


def _is_vector(tup: Argument) -> TypeGuard[Var]:
    """Whether what is to be put together are the numbers in a vector."""
    return isinstance(tup, Var) and isinstance(tup.type, Array) and tup.type.rank == 1


@lowers(np.hstack)
def hstack(b: Builder, tup: Argument, *, dtype: Argument = None, casting: Argument = "same_kind") -> Atom:
    given = array_of_numbers(b, given_list(b, tup))
    if isinstance(given, Var) and isinstance(given.type, ListOf):
        dims = dims_of(given.type.element)
        axis = 0 if dims is not None and len(dims) == 1 else 1
        return concatenate(b, given, axis, dtype=dtype, casting=casting)
    if _is_vector(given):
        return as_dtype(b, _numbers(b, given), dtype, casting)
    if isinstance(given, Var) and (rank := known_rank(given, "hstack")) > 1:
        return concatenate(b, given, 0 if rank == 2 else 1, dtype=dtype, casting=casting)
    items = [_at_least(b, x, 1) for x in _members(b, given)]
    axis = 0 if _ranks(items, "hstack")[0] == 1 else 1
    return concatenate(b, items, axis, dtype=dtype, casting=casting)


@lowers(np.vstack)
def vstack(b: Builder, tup: Argument, *, dtype: Argument = None, casting: Argument = "same_kind") -> Atom:
    given = array_of_numbers(b, given_list(b, tup))
    if _is_vector(given):
        return as_dtype(b, with_new_axes(b, _numbers(b, given), (1,)), dtype, casting)
    if _stacks_vectors(b, given, "vstack"):
        return stack(b, given, dtype=dtype, casting=casting)
    if isinstance(given, Var):
        return concatenate(b, given, dtype=dtype, casting=casting)
    return concatenate(b, [_at_least(b, x, 2) for x in _members(b, given)], dtype=dtype, casting=casting)


@lowers(np.dstack)
def dstack(b: Builder, tup: Argument) -> Atom:
    tup = array_of_numbers(b, tup)
    if _is_vector(tup):
        return with_new_axes(b, _numbers(b, tup), (0, 1))
    whole = tup if isinstance(tup, Var) and not isinstance(tup.type, ListOf) else None
    if whole is not None and (rank := known_rank(whole, "dstack")) in (2, 3):
        stacked = stack(b, whole, rank - 1)
        return with_new_axes(b, stacked, (0,)) if rank == 2 else stacked
    return concatenate(b, [_at_least(b, x, 3) for x in _members(b, tup)], 2)


def _at_least(b: Builder, x: Atom, rank: int) -> Atom:
    """An array of at least this many dimensions, as np.atleast_1d and its kin make it."""
    return with_new_axes(b, x, MISSING_AXES[rank].get(known_rank(x, "joining"), ()))


@lowers(np.column_stack)
def column_stack(b: Builder, tup: Argument) -> Atom:
    given = array_of_numbers(b, given_list(b, tup))
    if _is_vector(given):
        return with_new_axes(b, _numbers(b, given), (0,))
    if _stacks_vectors(b, given, "column_stack"):
        return stack(b, given, 1)
    if isinstance(given, Var) and isinstance(given.type, ListOf):
        return concatenate(b, given, 1)
    items = _members(b, given)
    columns = [_column(b, x) if known_rank(x, "column_stack") < 2 else x for x in items]
    return concatenate(b, columns, 1)


def _column(b: Builder, x: Atom) -> Atom:
    return with_new_axes(b, x, (0, 1) if known_rank(x, "column_stack") == 0 else (1,))


@lowers(np.block)
def block(b: Builder, arrays: Argument) -> Atom:
    """Nested lists: the innermost are joined along the last axis, the next along the one before, and so on."""
    depth = _depth(arrays)
    rank = max([depth, *_leaf_ranks(b, arrays)])
    return _joined_block(b, arrays, rank, depth)


def _depth(arrays: Argument) -> int:
    return 1 + _depth(arrays[0]) if isinstance(arrays, list) else 0


def _leaf_ranks(b: Builder, arrays: Argument) -> list[int]:
    if isinstance(arrays, list):
        return [rank for inner in arrays for rank in _leaf_ranks(b, inner)]
    if given_list(b, arrays) is not arrays:  # which is a row of blocks, and not a block of many rows
        raise NotYetSupported(
            "np.block of a list whose length is known at run time only", do="use np.concatenate or np.stack"
        )
    return [known_rank(as_array(b, arrays), "block")]


def _joined_block(b: Builder, arrays: Argument, rank: int, depth: int) -> Atom:
    if not isinstance(arrays, list):
        return to_rank(b, as_array(b, arrays), rank)
    parts = [_joined_block(b, inner, rank, depth - 1) for inner in arrays]
    return parts[0] if len(parts) == 1 else joined_along(b, parts, rank - depth)


# ---- lowerings: one array into several


def _split(b: Builder, x: Atom, sections: Argument, axis: Argument, uneven: bool) -> list[Atom]:
    along = one_axis(axis, known_rank(x, "split"))
    if isinstance(sections, (tuple, list, np.ndarray)):
        bounds = [None, *sections, None]
        return [sliced(b, x, along, lo, hi) for lo, hi in itertools.pairwise(bounds)]
    count = integer(sections, "the number of parts")
    if count == 1:
        return [sliced(b, x, along, None, None)]
    return list(emit_many(b, "split", x, sections=count, axis=along, **only_given(uneven=uneven)))


@lowers(np.split)
def split(b: Builder, ary: Argument, indices_or_sections: Argument, axis: Argument = 0) -> list[Atom]:
    return _split(b, as_array(b, ary), indices_or_sections, axis, uneven=False)


@lowers(np.array_split)
def array_split(b: Builder, ary: Argument, indices_or_sections: Argument, axis: Argument = 0) -> list[Atom]:
    return _split(b, as_array(b, ary), indices_or_sections, axis, uneven=True)


@lowers(np.hsplit)
def hsplit(b: Builder, ary: Argument, indices_or_sections: Argument) -> list[Atom]:
    x = as_array(b, ary)
    return split(b, x, indices_or_sections, 0 if known_rank(x, "hsplit") == 1 else 1)


@lowers(np.vsplit)
def vsplit(b: Builder, ary: Argument, indices_or_sections: Argument) -> list[Atom]:
    return split(b, ary, indices_or_sections, 0)


@lowers(np.dsplit)
def dsplit(b: Builder, ary: Argument, indices_or_sections: Argument) -> list[Atom]:
    return split(b, ary, indices_or_sections, 2)


@lowers(*present("unstack"))
def unstack(b: Builder, x: Argument, /, *, axis: Argument = 0) -> tuple[Atom, ...]:
    whole = as_array(b, x)
    place = one_axis(axis, known_rank(whole, "unstack"))
    count = integer(dim_atom(b, whole, place), "the number of arrays that np.unstack makes")
    return tuple(picked(b, whole, place, k) for k in range(count))


# ---- lowerings: repeating, padding


def _is_row(lengths: Argument) -> bool:
    """Whether an array that the run makes holds several lengths."""
    return isinstance(lengths, Var) and rank_of(lengths.type) != 0


@lowers(np.tile)
def tile(b: Builder, A: Argument, reps: Argument) -> Atom:
    counts = shape_operands(static(reps, "the repetitions") if _is_row(reps) else reps)
    return emit(b, "tile", array_of(b, A), *counts)


@lowers(np.repeat, method="repeat")
def repeat(b: Builder, a: Argument, repeats: Argument, axis: Argument = None) -> Atom:
    x = array_of(b, a)
    rank = known_rank(x, "repeat")
    if static(axis, "axis") is None:
        x, axis, rank = x if rank == 1 else ravel(b, x), 0, 1
    counts, place = as_array(b, repeats), one_axis(axis, rank)
    return emit(b, "repeat", x, counts, **({} if rank == 1 else {"axis": place}))


Width = tuple[tuple[int, int], ...]


@lowers(np.pad)
def pad(
    b: Builder,
    array: Argument,
    pad_width: Argument,
    mode: Argument = "constant",
    *,
    constant_values: Argument = 0,
) -> Atom:
    x = as_array(b, array)
    width = _widths(static(pad_width, "the width of the padding"), known_rank(x, "pad"))
    how = word(mode, "mode")
    if not width:
        return emit(b, "copy", x)
    if how in ("empty", "constant"):
        return _constant_pad(b, x, width, constant_values)
    if how not in ("edge", "reflect", "symmetric", "wrap"):
        raise NotYetSupported(f"np.pad with mode={how!r}", do="use mode constant, edge, reflect, symmetric or wrap")
    for axis, pair in enumerate(width):
        if pair != (0, 0):
            x = _index_pad(b, x, axis, pair, how)
    return x


def _widths(width: Any, rank: int) -> Width:
    if isinstance(width, dict):
        width = [width.get(k, width.get(k - rank, 0)) for k in range(rank)]
        width = [w if isinstance(w, (tuple, list)) else (w, w) for w in width]
    pairs = np.broadcast_to(np.asarray(width, dtype=int), (rank, 2))
    return tuple((int(before), int(after)) for before, after in pairs)


def _constant_pad(b: Builder, x: Atom, width: Width, value: Argument) -> Atom:
    if not _has_var(value):
        known = static(value, "the values of the padding")
        known = tuple(map(tuple, known)) if np.ndim(known) == 2 else known
        extra = {} if np.ndim(known) == 0 and known == 0 else {"constant_values": known}
        return emit(b, "pad", x, width=width, mode="constant", **extra)
    if isinstance(value, (tuple, list)) or rank_of(atom(value).type) != 0:
        raise NotYetSupported("np.pad with several constant_values that are computed", do="use one value")
    lengths = [emit(b, "add", n, sum(pair)) for n, pair in zip(shape_atoms(b, x), width, strict=True)]
    border = emit(b, "full", value, *lengths, dtype=dtype_of(x.type))
    index, bounds = _interior(width)
    return emit(b, "set_item", border, x, *bounds, index=index)


def _has_var(value: Argument) -> bool:
    return isinstance(value, Var) or (isinstance(value, (tuple, list)) and any(map(_has_var, value)))


def _interior(width: Width) -> tuple[Template, list[Atom]]:
    """The subscript of what padding by `width` surrounds."""
    index: list[tuple[str | int | None, ...]] = []
    bounds: list[Atom] = []
    for before, after in width:
        places: list[int | None] = []
        for bound in (before, -after):
            places.append(len(bounds) if bound else None)
            bounds += [length_atom(bound)] if bound else []
        index.append(("slice", *places, None))
    return tuple(index), bounds


def interior(b: Builder, x: Atom, width: Width) -> Atom:
    """What lies inside the padding."""
    index, bounds = _interior(width)
    return emit(b, "get_item", x, *bounds, index=index)


def _index_pad(b: Builder, x: Atom, axis: int, pair: tuple[int, int], mode: str) -> Atom:
    """Padding by elements of the array itself: gather what `np.pad` makes of the places."""
    places = emit(b, "pad", emit(b, "arange", dim_atom(b, x, axis)), width=(pair,), mode=mode)
    return emit(b, "get_item", x, places, index=(*(WHOLE,) * axis, ("array", 0)))


# ---- lowerings: grids


@lowers(np.meshgrid)
def meshgrid(
    b: Builder, *xi: Argument, copy: Argument = True, sparse: Argument = False, indexing: Argument = "xy"
) -> tuple[Atom, ...]:
    xs = [ravel(b, x) for x in xi]
    order = list(range(len(xs)))
    if word(indexing, "indexing") == "xy" and len(xs) > 1:
        order[:2] = [1, 0]
    spread = [with_new_axes(b, x, tuple(k for k in range(len(xs)) if k != order[n])) for n, x in enumerate(xs)]
    shape = tuple(dim_atom(b, xs[order.index(k)], 0) for k in range(len(xs)))
    views = spread if flag(sparse, "sparse") else [emit(b, "broadcast_to", x, *shape) for x in spread]
    return tuple(emit(b, "copy", v) for v in views) if flag(copy, "copy") else tuple(views)
